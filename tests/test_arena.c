/* SPDX-License-Identifier: MIT */
#include "base/arena.h"

#include "effort.h"
#include "ledger.h"
#include "paths.h"

START_TEST(pieces_are_aligned_and_do_not_touch)
{
	struct ledger books;
	sftr_allocator a = ledger_allocator(&books);
	static const char want[] = "x";
	char *pieces[3000];
	size_t sizes[3000];
	size_t n = repetitions(COUNT(pieces), COUNT(pieces));
	sftr__arena arena;

	random_begin();
	sftr__arena_init(&arena, &a);
	ck_assert_uint_eq(books.n_bytes, 0);
	for (size_t i = 0; i < n; i++) {
		sizes[i] = random_below(i % 100 == 0 ? 9000 : 60);
		if (i % 3 == 0) {
			pieces[i] = sftr__arena_text(&arena, want, 1);
			sizes[i] = 2;
			ck_assert_str_eq(pieces[i], "x");
		} else {
			pieces[i] = sftr__arena_alloc(&arena, sizes[i]);
			ck_assert_uint_eq((uintptr_t)pieces[i] % 8, 0);
			for (size_t k = 0; k < sizes[i]; k++)
				if (pieces[i][k] != 0)
					ck_abort_msg("byte %zu of %zu", k, i);
		}
		memset(pieces[i], (int)i % 251, sizes[i]);
	}
	for (size_t i = 0; i < n; i++)
		for (size_t k = 0; k < sizes[i]; k++)
			if ((unsigned char)pieces[i][k] != i % 251)
				ck_abort_msg("byte %zu of %zu", k, i);
	sftr__arena_free(&arena);
	ck_assert_uint_eq(books.n_bytes, 0);
}
END_TEST

START_TEST(a_large_piece_leaves_the_rest_of_a_chunk_in_use)
{
	struct ledger books;
	sftr_allocator a = ledger_allocator(&books);
	sftr__arena arena;

	sftr__arena_init(&arena, &a);
	ck_assert_ptr_nonnull(sftr__arena_alloc(&arena, 8));
	ck_assert_ptr_nonnull(sftr__arena_alloc(&arena, 1 << 20));
	ck_assert_uint_eq(books.n_calls, 2);
	ck_assert_ptr_nonnull(sftr__arena_alloc(&arena, 400));
	ck_assert_uint_eq(books.n_calls, 2);
	sftr__arena_free(&arena);
	ck_assert_uint_eq(books.n_bytes, 0);
}
END_TEST

START_TEST(little_takes_little_and_much_wastes_little)
{
	struct ledger books;
	sftr_allocator a = ledger_allocator(&books);
	sftr__arena arena;

	sftr__arena_init(&arena, &a);
	ck_assert_ptr_nonnull(sftr__arena_alloc(&arena, 8));
	ck_assert_uint_le(books.n_bytes, 600);
	for (int i = 0; i < 100000; i++)
		ck_assert_ptr_nonnull(sftr__arena_alloc(&arena, 128));
	ck_assert_uint_le(books.n_bytes, 12800000 + (300 << 10));
	sftr__arena_free(&arena);
}
END_TEST

START_TEST(no_memory_is_null_and_harmless)
{
	struct ledger books;
	sftr_allocator a = ledger_allocator(&books);
	sftr__arena arena;

	books.fail_at = 2;
	books.for_ever = true;
	sftr__arena_init(&arena, &a);
	ck_assert_ptr_nonnull(sftr__arena_alloc(&arena, 8));
	ck_assert_ptr_null(sftr__arena_alloc(&arena, 4096));
	ck_assert_ptr_null(sftr__arena_copy(&arena, "", SIZE_MAX - 4));
	ck_assert_ptr_null(sftr__arena_text(&arena, "", SIZE_MAX));
	ck_assert_ptr_nonnull(sftr__arena_copy(&arena, "1234567", 8));
	sftr__arena_free(&arena);
	ck_assert_uint_eq(books.n_bytes, 0);
}
END_TEST

int
main(void)
{
	TCase *tc = tcase_create("arena");

	tcase_add_test(tc, pieces_are_aligned_and_do_not_touch);
	tcase_add_test(tc, a_large_piece_leaves_the_rest_of_a_chunk_in_use);
	tcase_add_test(tc, little_takes_little_and_much_wastes_little);
	tcase_add_test(tc, no_memory_is_null_and_harmless);
	return run_suite("arena", tc);
}
