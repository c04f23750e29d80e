/* SPDX-License-Identifier: MIT */
#include "base/alloc.h"

#include "effort.h"
#include "ledger.h"
#include "suite.h"

#include <stdint.h>

#define BIG SFTR__BIG_BLOCK

/* Sizes about every border: small, big, pages, huge pages. */
static const size_t sizes[] = {
	1,	 63,	       4096,	    BIG - 1,
	BIG,	 BIG + 1,      BIG + 4096,  2 * BIG - 1,
	2 * BIG, 2 * BIG + 1,  7 * BIG / 2, 7 * BIG / 2 + 5000,
	5 * BIG, 8 * BIG + 77,
};

static unsigned char
mark(size_t i)
{
	return (unsigned char)(i * 2654435761U >> 13);
}

/* A byte in each page, the first and the last. */
static void
fill(unsigned char *p, size_t begin, size_t end)
{
	for (size_t i = begin; i < end; i += 1000)
		p[i] = mark(i);
	p[end - 1] = mark(end - 1);
}

static void
assert_filled(const unsigned char *p, size_t n)
{
	for (size_t i = 0; i < n; i += 1000)
		if (p[i] != mark(i))
			ck_abort_msg("byte %zu of %zu", i, n);
}

START_TEST(blocks_keep_their_bytes_from_any_size_to_any_other)
{
	sftr_allocator a = sftr__allocator(NULL);

	for (size_t i = 0; i < COUNT(sizes); i++) {
		for (size_t k = i % every(5); k < COUNT(sizes); k += every(5)) {
			unsigned char *p = sftr__alloc(&a, sizes[i]), *q;
			size_t less = sizes[i] < sizes[k] ? sizes[i] : sizes[k];

			ck_assert_ptr_nonnull(p);
			fill(p, 0, sizes[i]);
			q = sftr__realloc(&a, p, sizes[i], sizes[k]);
			ck_assert_ptr_nonnull(q);
			assert_filled(q, less);
			fill(q, 0, sizes[k]);
			assert_filled(q, sizes[k]);
			sftr__free(&a, q, sizes[k]);
		}
	}
}
END_TEST

START_TEST(zeroed_blocks_are_zero_even_where_memory_is_used_again)
{
	sftr_allocator a = sftr__allocator(NULL);

	for (size_t i = 0; i < COUNT(sizes); i++) {
		unsigned char *p = sftr__alloc(&a, sizes[i]);
		size_t sum = 0;

		memset(p, 0xee, sizes[i]);
		sftr__free(&a, p, sizes[i]);
		p = sftr__alloc_zeroed(&a, sizes[i], 1);
		for (size_t k = 0; k < sizes[i]; k++)
			sum += p[k];
		ck_assert_uint_eq(sum, 0);
		sftr__free(&a, p, sizes[i]);
	}
}
END_TEST

START_TEST(big_blocks_begin_at_huge_pages)
{
	sftr_allocator a = sftr__allocator(NULL);

	for (int i = 0; i < 4; i++) {
		void *small = sftr__alloc(&a, BIG + (size_t)i);
		void *big = sftr__alloc(&a, 5 * BIG);

		ck_assert_uint_eq((uintptr_t)small % (2 << 20), 0);
		ck_assert_uint_eq((uintptr_t)big % (2 << 20), 0);
		sftr__free(&a, small, BIG + (size_t)i);
		sftr__free(&a, big, 5 * BIG);
	}
}
END_TEST

START_TEST(sizes_beyond_memory_are_refused_and_change_nothing)
{
	sftr_allocator a = sftr__allocator(NULL);
	size_t far = SIZE_MAX / 2 + 1, capacity = 4;
	unsigned char *p = sftr__alloc(&a, BIG);
	void *block = p;

	fill(p, 0, BIG);
	ck_assert_ptr_null(sftr__alloc(&a, far));
	ck_assert_ptr_null(sftr__alloc(&a, SIZE_MAX));
	ck_assert_ptr_null(sftr__alloc_zeroed(&a, SIZE_MAX / 4, 8));
	ck_assert_ptr_null(sftr__copy_text(&a, "", SIZE_MAX));
	ck_assert_ptr_null(sftr__realloc(&a, p, BIG, far));
	assert_filled(p, BIG);

	capacity = BIG / 8;
	ck_assert(!sftr__grow(&a, &block, &capacity, SIZE_MAX - 1, 8));
	ck_assert(!sftr__grow(&a, &block, &capacity, SIZE_MAX / 8, 8));
	ck_assert(!sftr__resize(&a, &block, &capacity, SIZE_MAX / 8, 8));
	/* Within bounds, and yet more than a host of 64 bits maps. */
	if (SIZE_MAX > UINT32_MAX) {
		size_t huge = SIZE_MAX / 2 - 4 * BIG, many = SIZE_MAX / 64;

		ck_assert_ptr_null(sftr__alloc(&a, huge));
		ck_assert_ptr_null(sftr__realloc(&a, p, BIG, huge));
		ck_assert(!sftr__grow(&a, &block, &capacity, many, 8));
		ck_assert(!sftr__resize(&a, &block, &capacity, many, 8));
	}
	ck_assert_ptr_eq(block, p);
	ck_assert_uint_eq(capacity, BIG / 8);
	assert_filled(p, BIG);
	sftr__free(&a, p, BIG);
}
END_TEST

START_TEST(the_callers_allocator_gets_every_call_with_the_right_sizes)
{
	struct ledger books;
	sftr_allocator own = ledger_allocator(&books);
	sftr_allocator a = sftr__allocator(&own);
	sftr_allocator none = { NULL, NULL };
	size_t capacity = 0;
	void *block = NULL, *empty;
	char *text;

	ck_assert_ptr_eq((void *)(uintptr_t)a.user, &books);
	a = sftr__allocator(&none);
	ck_assert(a.resize != NULL);
	a = sftr__allocator(&own);
	empty = sftr__alloc(&a, 0);
	ck_assert_ptr_nonnull(empty);
	empty = sftr__realloc(&a, empty, 0, 0);
	text = sftr__copy_text(&a, "a\0b", 3);
	ck_assert_int_eq(memcmp(text, "a\0b\0", 4), 0);
	ck_assert(sftr__grow(&a, &block, &capacity, 1, 16));
	ck_assert_uint_eq(capacity, 8);
	ck_assert(sftr__grow(&a, &block, &capacity, 100, 16));
	ck_assert_uint_eq(capacity, 128);
	ck_assert(sftr__grow(&a, &block, &capacity, 128, 16));
	ck_assert(sftr__resize(&a, &block, &capacity, 3, 16));
	ck_assert_uint_eq(books.n_bytes, 1 + 4 + 48);
	books.fail_at = books.n_calls + 1;
	ck_assert(!sftr__grow(&a, &block, &capacity, 4, 16));
	ck_assert_uint_eq(capacity, 3);
	books.fail_at = books.n_calls + 1;
	ck_assert(!sftr__resize(&a, &block, &capacity, 5, 16));
	ck_assert_uint_eq(capacity, 3);
	ck_assert(sftr__resize(&a, &block, &capacity, 0, 16));
	ck_assert_ptr_null(block);
	ck_assert(sftr__resize(&a, &block, &capacity, 0, 16));
	sftr__free(&a, text, 4);
	sftr__free(&a, empty, 0);
	sftr__free(&a, NULL, 99);
	ck_assert_uint_eq(books.n_blocks, 0);
	ck_assert_uint_eq(books.n_bytes, 0);
}
END_TEST

int
main(void)
{
	TCase *tc = tcase_create("alloc");

	tcase_add_test(tc, blocks_keep_their_bytes_from_any_size_to_any_other);
	tcase_add_test(tc,
		       zeroed_blocks_are_zero_even_where_memory_is_used_again);
	tcase_add_test(tc, big_blocks_begin_at_huge_pages);
	tcase_add_test(tc, sizes_beyond_memory_are_refused_and_change_nothing);
	tcase_add_test(
		tc, the_callers_allocator_gets_every_call_with_the_right_sizes);
	return run_suite("alloc", tc);
}
