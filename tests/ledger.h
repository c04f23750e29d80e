/* SPDX-License-Identifier: MIT */
/*
 * An allocator that keeps books: it knows the size of every block, holds each
 * caller to it, and can be told to have no memory at its n-th call.
 */
#ifndef SFTR_TESTS_LEDGER_H
#define SFTR_TESTS_LEDGER_H

#include <safetree/base.h>

#include <check.h>
#include <stdalign.h>
#include <stdlib.h>
#include <string.h>

struct ledger {
	size_t n_calls; /* that asked for memory */
	size_t fail_at; /* the call that gets none, from 1; 0: none does */
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
	if (++books->n_calls == books->fail_at)
		return NULL;
	base = realloc(base, LEDGER_LEAD + new_size);
	ck_assert_ptr_nonnull(base);
	memcpy(base, &new_size, sizeof new_size);
	books->n_blocks += block == NULL;
	books->n_bytes += new_size - held;
	if (books->n_bytes > books->peak)
		books->peak = books->n_bytes;
	return base + LEDGER_LEAD;
}

static inline sftr_allocator
ledger_allocator(struct ledger *books)
{
	sftr_allocator a = { ledger_resize, books };

	memset(books, 0, sizeof *books);
	return a;
}

#endif
