/* SPDX-License-Identifier: MIT */
#include "bind/escape.h"

#include "ledger.h"
#include "str.h"
#include "suite.h"

START_TEST(a_span_ends_where_a_character_means_something)
{
	static const struct {
		const char *text;
		size_t n, n_span;
	} rows[] = {
		{ "", 0, 0 },	     { "ab", 2, 2 },	   { "|b", 2, 0 },
		{ "a|b", 3, 1 },     { "a|b", 1, 1 },	   { "a\\|b|", 5, 4 },
		{ "a\\\\|b", 5, 3 }, { "a\\\\\\|", 5, 5 }, { "a\\", 2, 2 },
		{ "a\\|", 2, 2 },
	};

	for (size_t i = 0; i < COUNT(rows); i++)
		ck_assert_msg(sftr__escape_span(rows[i].text, rows[i].n, '|') ==
				      rows[i].n_span,
			      "%s", rows[i].text);
	ck_assert_ptr_null(sftr__find_star("a\\*b\\\\"));
	ck_assert_str_eq(sftr__find_star("\\**c*"), "*c*");
}
END_TEST

START_TEST(a_text_is_open_if_something_must_follow)
{
	ck_assert(!sftr__escape_is_open("", 0));
	ck_assert(!sftr__escape_is_open("\\a", 2));
	ck_assert(sftr__escape_is_open("\\a", 1));
	ck_assert(!sftr__escape_is_open("\\\\", 2));
	ck_assert(sftr__escape_is_open("a\\\\\\", 4));
}
END_TEST

START_TEST(a_list_gives_its_texts_and_ends)
{
	static const struct {
		const char *list;
		size_t n;
		const char *texts[3];
	} rows[] = {
		{ "", 1, { "" } },
		{ "a", 1, { "a" } },
		{ "a|bc|d", 3, { "a", "bc", "d" } },
		{ "|", 2, { "", "" } },
		{ "a\\|b|c", 2, { "a\\|b", "c" } },
		{ "a|b\\", 2, { "a", "b\\" } },
	};

	for (size_t i = 0; i < COUNT(rows); i++) {
		sftr_str list = str(rows[i].list), text;

		for (size_t k = 0; k < rows[i].n; k++) {
			ck_assert(sftr__escape_next(&list, '|', &text));
			ck_assert_uint_eq(text.len, strlen(rows[i].texts[k]));
			ck_assert(memcmp(text.ptr, rows[i].texts[k],
					 text.len) == 0);
		}
		ck_assert(!sftr__escape_next(&list, '|', &text));
		ck_assert_ptr_null(list.ptr);
	}
}
END_TEST

START_TEST(what_is_meant_has_no_escapes)
{
	static const char plain[] = "a.*";
	struct ledger books;
	sftr_allocator a = ledger_allocator(&books);
	sftr__arena arena;

	sftr__arena_init(&arena, &a);
	ck_assert_ptr_eq(sftr__unescape(&arena, plain), plain);
	ck_assert_uint_eq(books.n_calls, 0);
	books.fail_at = 1;
	ck_assert_ptr_null(sftr__unescape(&arena, "\\*"));
	ck_assert_str_eq(sftr__unescape(&arena, "\\*a\\\\b\\|\\"), "*a\\b|\\");
	sftr__arena_free(&arena);
}
END_TEST

int
main(void)
{
	TCase *tc = tcase_create("escape");

	tcase_add_test(tc, a_span_ends_where_a_character_means_something);
	tcase_add_test(tc, a_text_is_open_if_something_must_follow);
	tcase_add_test(tc, a_list_gives_its_texts_and_ends);
	tcase_add_test(tc, what_is_meant_has_no_escapes);
	return run_suite("escape", tc);
}
