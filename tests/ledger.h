/* SPDX-License-Identifier: MIT */
/*
 * An allocator that keeps books: it knows the size of every block, holds each
 * caller to it, and can be told to have no memory at its n-th call.  A block
 * that is resized moves, so that a stale pointer is found.
 */
#ifndef SFTR_TESTS_LEDGER_H
#define SFTR_TESTS_LEDGER_H

#include <safetree/base.h>

#include <check.h>
#include <stdalign.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

struct ledger {
	size_t n_calls; /* that asked for memory */
	size_t fail_at; /* the call that gets none, from 1; 0: none does */
	bool for_ever;	/* so does every call after it */
	size_t n_blocks;
	size_t n_bytes;
	size_t peak;
};

#define LEDGER_LEAD                                                            \
	(sizeof(max_align_t) > sizeof(size_t) ? sizeof(max_align_t) :          \
						sizeof(size_t))

static void *
ledger_resize(void *user, void *block, size_t old_size, size_t new_size)
{
	struct ledger *books = user;
	char *base = block == NULL ? NULL : (char *)block - LEDGER_LEAD;
	char *moved;
	size_t held = 0;

	if (base != NULL) {
		memcpy(&held, base, sizeof held);
		ck_assert_uint_eq(old_size, held);
	}
	if (new_size == 0) {
		ck_assert_ptr_nonnull(base);
		books->n_blocks--;
		books->n_bytes -= held;
		free(base);
		return NULL;
	}
	books->n_calls++;
	if (books->fail_at > 0 &&
	    (books->for_ever ? books->n_calls >= books->fail_at :
			       books->n_calls == books->fail_at))
		return NULL;
	moved = malloc(LEDGER_LEAD + new_size);
	ck_assert_ptr_nonnull(moved);
	memcpy(moved, &new_size, sizeof new_size);
	if (base != NULL)
		memcpy(moved + LEDGER_LEAD, block,
		       held < new_size ? held : new_size);
	free(base);
	books->n_blocks += block == NULL;
	books->n_bytes += new_size - held;
	if (books->n_bytes > books->peak)
		books->peak = books->n_bytes;
	return moved + LEDGER_LEAD;
}

static inline sftr_allocator
ledger_allocator(struct ledger *books)
{
	sftr_allocator a = { ledger_resize, books };

	memset(books, 0, sizeof *books);
	return a;
}

/*
 * Whether there is one more round of a test without memory, and its begin: in
 * each, another call gets none, first by itself, then with all that follow it,
 * until a round does not ask as often.  A round gives back all it got.
 */
static inline bool
ledger_round(struct ledger *books)
{
	ck_assert_uint_eq(books->n_blocks, 0);
	ck_assert_uint_eq(books->n_bytes, 0);
	if (books->n_calls < books->fail_at)
		return false;
	books->n_calls = 0;
	books->for_ever = books->fail_at > 0 && !books->for_ever;
	books->fail_at += !books->for_ever;
	return true;
}

/* What a round must come to that minds every call. */
static inline sftr_code
ledger_code(const struct ledger *books)
{
	return books->n_calls < books->fail_at ? SFTR_OK : SFTR_E_MEMORY;
}

#endif
