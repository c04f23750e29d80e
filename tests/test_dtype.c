/* SPDX-License-Identifier: MIT */
#include "suite.h"

#include <safetree/base.h>
#include <stdio.h>
#include <string.h>

/* The table of the format, in rank order, written a second time. */
static const struct row {
	const char *name;
	unsigned bits;
} table[] = {
	{ "BOOL", 8 },	      { "F4", 4 },	    { "F6_E2M3", 6 },
	{ "F6_E3M2", 6 },     { "U8", 8 },	    { "I8", 8 },
	{ "F8_E5M2", 8 },     { "F8_E4M3", 8 },	    { "F8_E8M0", 8 },
	{ "F8_E4M3FNUZ", 8 }, { "F8_E5M2FNUZ", 8 }, { "I16", 16 },
	{ "U16", 16 },	      { "F16", 16 },	    { "BF16", 16 },
	{ "I32", 32 },	      { "U32", 32 },	    { "F32", 32 },
	{ "C64", 64 },	      { "F64", 64 },	    { "I64", 64 },
	{ "U64", 64 },
};

START_TEST(every_dtype_has_its_name_its_bits_and_its_rank)
{
	ck_assert_uint_eq(SFTR_N_DTYPES, COUNT(table) + 1);
	for (size_t i = 0; i < COUNT(table); i++) {
		sftr_dtype d = (sftr_dtype)(i + 1);

		ck_assert_str_eq(sftr_dtype_name(d), table[i].name);
		ck_assert_uint_eq(sftr_dtype_bits(d), table[i].bits);
		ck_assert_uint_eq(
			sftr_dtype_parse(table[i].name, strlen(table[i].name)),
			d);
	}
}
END_TEST

START_TEST(what_is_no_dtype_says_so)
{
	static const sftr_dtype none[] = { SFTR_DTYPE_NONE, SFTR_N_DTYPES, 1000,
					   65535 };

	for (size_t i = 0; i < COUNT(none); i++) {
		ck_assert_str_eq(sftr_dtype_name(none[i]), "?");
		ck_assert_uint_eq(sftr_dtype_bits(none[i]), 0);
	}
}
END_TEST

/* A6 and A7 of doc/attacks.md: neither "F" nor "F640" is F64. */
START_TEST(nothing_but_the_whole_name_is_a_dtype)
{
	static const char *const wrong[] = { "",     "?",   "f32", "Bool",
					     "BF8",  "F",   "F8",  "F6",
					     "F128", "C32", "U1",  "F32 " };
	char text[32];

	for (size_t i = 0; i < COUNT(wrong); i++)
		ck_assert_msg(sftr_dtype_parse(wrong[i], strlen(wrong[i])) ==
				      SFTR_DTYPE_NONE,
			      "%s", wrong[i]);
	for (size_t i = 0; i < COUNT(table); i++) {
		size_t n = strlen(table[i].name);

		ck_assert_uint_eq(sftr_dtype_parse(table[i].name, n + 1), 0);
		snprintf(text, sizeof text, "%s0", table[i].name);
		ck_assert_uint_eq(sftr_dtype_parse(text, n + 1), 0);
		snprintf(text, sizeof text, " %s", table[i].name);
		ck_assert_uint_eq(sftr_dtype_parse(text, n + 1), 0);
	}
	/* One name cut by one can be another name: F8_E4M3FNUZ has a prefix. */
	ck_assert_uint_eq(sftr_dtype_parse("F8_E4M3FNUZ", 7), SFTR_F8_E4M3);
	ck_assert_uint_eq(sftr_dtype_parse("F8_E4M3FNUZ", 9), 0);
}
END_TEST

int
main(void)
{
	TCase *tc = tcase_create("dtype");

	tcase_add_test(tc, every_dtype_has_its_name_its_bits_and_its_rank);
	tcase_add_test(tc, what_is_no_dtype_says_so);
	tcase_add_test(tc, nothing_but_the_whole_name_is_a_dtype);
	return run_suite("dtype", tc);
}
