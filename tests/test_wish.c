/* SPDX-License-Identifier: MIT */
#include "bind/wish.h"

#include "ledger.h"
#include "suite.h"

START_TEST(wishes_begin_empty_and_stay)
{
	static const sftr__wish empty;
	struct ledger books;
	sftr_allocator a = ledger_allocator(&books);
	sftr__wishes wishes;

	sftr__wishes_init(&wishes, &a);
	for (size_t i = 0; i < 100; i++) {
		sftr__wish *wish = sftr__wishes_add(&wishes);

		ck_assert_ptr_nonnull(wish);
		ck_assert_mem_eq(wish, &empty, sizeof empty);
		memset(wish, 0xa5, sizeof *wish);
		wish->names_at = i;
		wish->shape = sftr__arena_text(&wishes.arena, "n", 1);
	}
	ck_assert_uint_eq(wishes.n, 100);
	for (size_t i = 0; i < 100; i++) {
		ck_assert_uint_eq(wishes.wishes[i].names_at, i);
		ck_assert_str_eq(wishes.wishes[i].shape, "n");
	}
	sftr__wishes_free(&wishes);
	ck_assert_uint_eq(books.n_blocks, 0);
}
END_TEST

START_TEST(a_wish_without_memory_is_none)
{
	struct ledger books;
	sftr_allocator a = ledger_allocator(&books);
	sftr__wishes wishes;

	books.fail_at = 1;
	sftr__wishes_init(&wishes, &a);
	ck_assert_ptr_null(sftr__wishes_add(&wishes));
	ck_assert_uint_eq(wishes.n, 0);
	ck_assert_ptr_nonnull(sftr__wishes_add(&wishes));
	ck_assert_uint_eq(wishes.n, 1);
	sftr__wishes_free(&wishes);
	ck_assert_uint_eq(books.n_blocks, 0);
}
END_TEST

int
main(void)
{
	TCase *tc = tcase_create("wish");

	tcase_add_test(tc, wishes_begin_empty_and_stay);
	tcase_add_test(tc, a_wish_without_memory_is_none);
	return run_suite("wish", tc);
}
