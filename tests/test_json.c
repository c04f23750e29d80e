/* SPDX-License-Identifier: MIT */
#include "format/json.h"
#include "format/value.h"
#include "suite.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* A cursor over a text of its own, with the slack that it may read. */
struct reading {
	sftr__json json;
	sftr_error err;
	char *text;
};

static void
begin(struct reading *r, const char *text, size_t n)
{
	r->text = calloc(1, n + 1 + SFTR__JSON_SLACK);
	memcpy(r->text, text, n);
	memset(&r->err, 0, sizeof r->err);
	sftr__json_init(&r->json, r->text, n, 100, &r->err);
}

static void
end(struct reading *r)
{
	free(r->text);
}

/* The number at the start of a text, or the code of the fault. */
static sftr_code
read_u64(const char *text, uint64_t *value)
{
	struct reading r;

	begin(&r, text, strlen(text));
	*value = sftr__json_u64(&r.json);
	end(&r);
	return r.json.failed ? r.err.code : SFTR_OK;
}

START_TEST(numbers_of_every_length_are_exact)
{
	char text[64];
	uint64_t n = 0, value;

	for (int digits = 1; digits <= 20; digits++) {
		n = digits == 20 ? UINT64_MAX : n * 10 + (uint64_t)digits % 10;
		for (const char *behind = ",] \n}x"; *behind != '\0';
		     behind++) {
			snprintf(text, sizeof text, "%llu%c",
				 (unsigned long long)n, *behind);
			ck_assert_int_eq(read_u64(text, &value), SFTR_OK);
			ck_assert_uint_eq(value, n);
			/* At the very end of the text as well. */
			text[strlen(text) - 1] = '\0';
			ck_assert_int_eq(read_u64(text, &value), SFTR_OK);
			ck_assert_uint_eq(value, n);
		}
	}
	ck_assert_int_eq(read_u64(" \t\r\n42,", &value), SFTR_OK);
	ck_assert_uint_eq(value, 42);
	ck_assert_int_eq(read_u64("0,", &value), SFTR_OK);
	ck_assert_uint_eq(value, 0);
}
END_TEST

START_TEST(what_is_no_unsigned_integer_is_refused)
{
	static const char *const bad[] = {
		"",
		"-1",
		"-0",
		"+1",
		"01",
		"00",
		"1.0",
		"1e0",
		"1E0",
		"a",
		"\"1\"",
		"null",
		".5",
		"12345678.",
		"[",
		"0123",
		"00000000000000000",
		"1234567e1",
		"\xc3\xa9",
	};
	uint64_t value;

	for (size_t i = 0; i < COUNT(bad); i++)
		ck_assert_msg(read_u64(bad[i], &value) == SFTR_E_JSON &&
				      value == 0,
			      "%s", bad[i]);
	ck_assert_int_eq(read_u64("18446744073709551616", &value),
			 SFTR_E_RANGE);
	ck_assert_int_eq(read_u64("99999999999999999999", &value),
			 SFTR_E_RANGE);
	ck_assert_int_eq(read_u64("1000000000000000000000000000000", &value),
			 SFTR_E_RANGE);
}
END_TEST

START_TEST(strings_are_decoded_in_their_places)
{
	static const char text[] =
		"\"plain\" : \"\\u00e9\\ud83d\\ude00\\n\\\"\\\\\\/\\b\\f\\r\\t\""
		" : \"\" : \"long long long long long long \\u0041\" ;";
	struct reading r;
	int has_nul;
	sftr_str s;

	begin(&r, text, strlen(text));
	s = sftr__json_string(&r.json, &has_nul);
	ck_assert_str_eq(s.ptr, "plain");
	ck_assert_int_eq(has_nul, 0);
	ck_assert_int_eq(s.ptr[-1], '"');
	sftr__json_need(&r.json, ':');
	s = sftr__json_string(&r.json, NULL);
	ck_assert_str_eq(s.ptr, "\xc3\xa9\xf0\x9f\x98\x80\n\"\\/\b\f\r\t");
	ck_assert_uint_eq(s.len, strlen(s.ptr));
	/* Reading can begin again behind the NUL. */
	r.json.p = r.text + (s.ptr - r.text) + s.len + 1;
	sftr__json_need(&r.json, ':');
	s = sftr__json_string(&r.json, NULL);
	ck_assert_uint_eq(s.len, 0);
	sftr__json_need(&r.json, ':');
	s = sftr__json_string(&r.json, NULL);
	ck_assert_str_eq(s.ptr, "long long long long long long A");
	sftr__json_need(&r.json, ';');
	ck_assert(!r.json.failed);
	end(&r);
	begin(&r, "\"a\\u0000b\"", 10);
	s = sftr__json_string(&r.json, &has_nul);
	ck_assert_int_eq(has_nul, 1);
	ck_assert_uint_eq(s.len, 3);
	end(&r);
}
END_TEST

START_TEST(words_leave_the_text_as_it_is)
{
	static const char text[] = "\"dt\\u0079pe\" \"much too long\"";
	struct reading r;
	char word[8];

	begin(&r, text, strlen(text));
	ck_assert_uint_eq(sftr__json_word(&r.json, word, sizeof word), 5);
	ck_assert_str_eq(word, "dtype");
	ck_assert_uint_eq(sftr__json_word(&r.json, word, sizeof word), 13);
	ck_assert_str_eq(word, "much to");
	ck_assert_int_eq(memcmp(r.text, text, strlen(text)), 0);
	end(&r);
}
END_TEST

START_TEST(the_first_fault_sticks)
{
	struct reading r;

	begin(&r, "[1,x", 4);
	sftr__json_need(&r.json, '[');
	sftr__json_u64(&r.json);
	sftr__json_need(&r.json, ',');
	sftr__json_u64(&r.json);
	ck_assert(r.json.failed);
	ck_assert_int_eq(r.err.code, SFTR_E_JSON);
	ck_assert_uint_eq(r.err.offset, 103);
	ck_assert_str_eq(r.err.message,
			 "expected an unsigned integer, found 'x'");
	ck_assert(!sftr__json_take(&r.json, ','));
	ck_assert_uint_eq(sftr__json_string(&r.json, NULL).len, 0);
	ck_assert_uint_eq(sftr__json_u64(&r.json), 0);
	sftr__json_need(&r.json, ']');
	sftr__json_fail(&r.json, SFTR_E_DTYPE, 9, r.text, "another");
	ck_assert_int_eq(r.err.code, SFTR_E_JSON);
	ck_assert_uint_eq(r.err.offset, 103);
	end(&r);
}
END_TEST

/* SFTR_OK if the value is passed over whole, otherwise the code. */
static sftr_code
skip(const char *text, unsigned depth)
{
	struct reading r;
	sftr_code code;

	begin(&r, text, strlen(text));
	sftr__value_skip(&r.json, depth);
	code = r.json.failed ? r.err.code : SFTR_OK;
	if (code == SFTR_OK)
		ck_assert_msg(r.json.p == r.json.end, "%s: not whole", text);
	end(&r);
	return code;
}

START_TEST(any_value_is_passed_over)
{
	static const char *const good[] = {
		"null",
		"true",
		"false",
		"0",
		"-0",
		"-1.5e+10",
		"1E5",
		"\"\"",
		"[]",
		"{}",
		"[ ]",
		"{ }",
		"[[],{}]",
		"{\"a\":[1,{\"b\":null}]}",
		" [1 , 2]",
		"{ \"a\" : 1 , \"b\" : 2 }",
		"123456789012345678901",
		"1e-999999999999999999999",
		"0e999999999999999999999",
		"0.000000e400",
		"1.7976931348623157e308",
		"1.7976931348623158e308",
		"-1.7976931348623158e308",
		"0.00017976931348623158e312",
		"17976931348623158e292",
		"\"\\ud83d\\ude00\"",
	};
	static const char *const bad[] = {
		"",	    "nul",     "tru",	      "[",	    "]",
		"[1",	    "[1,",     "[1,]",	      "[,1]",	    "[1 2]",
		"{",	    "{\"a\"}", "{\"a\":}",    "{\"a\":1,}", "{1:2}",
		"{,}",	    "-",       "01",	      "-01",	    "1.",
		".1",	    "1e",      "1e+",	      "+1",	    "NaN",
		"Infinity", "\"",      "\"\\ud800\"", "\"\\x\"",    "\"\t\"",
		"[}",	    "{]",      "'a'",
	};

	for (size_t i = 0; i < COUNT(good); i++)
		ck_assert_msg(skip(good[i], 2) == SFTR_OK, "%s", good[i]);
	for (size_t i = 0; i < COUNT(bad); i++)
		ck_assert_msg(skip(bad[i], 2) == SFTR_E_JSON, "%s", bad[i]);
	ck_assert_int_eq(skip("\"\xff\"", 2), SFTR_E_UTF8);
}
END_TEST

START_TEST(a_number_must_be_finite_as_a_double)
{
	/* 2^1024 - 2^970, the first that rounds to infinity, and its neighbours. */
	static const char limit[] =
		"1797693134862315807937289714053034150799341327100378269361737"
		"7898044496829276475094664901797758720709633028641669288791094"
		"6555547851940402630657488671505820681908902000708383676273854"
		"8458177115317644757302700698555713669596228429148198608349364"
		"75292719074168444365510704342711559699508093042880177904174497";
	char text[400];

	ck_assert_int_eq(skip("1e309", 2), SFTR_E_RANGE);
	ck_assert_int_eq(skip("-1e309", 2), SFTR_E_RANGE);
	ck_assert_int_eq(skip("1e99999999999999999999", 2), SFTR_E_RANGE);
	ck_assert_int_eq(skip("1.7976931348623159e308", 2), SFTR_E_RANGE);
	ck_assert_int_eq(skip("0.000000000000000000001e330", 2), SFTR_E_RANGE);
	snprintf(text, sizeof text, "%s792", limit);
	ck_assert_int_eq(skip(text, 2), SFTR_E_RANGE);
	snprintf(text, sizeof text, "%s791", limit);
	ck_assert_int_eq(skip(text, 2), SFTR_OK);
	snprintf(text, sizeof text, "%s791.999", limit);
	ck_assert_int_eq(skip(text, 2), SFTR_OK);
	snprintf(text, sizeof text, "%s792.0", limit);
	ck_assert_int_eq(skip(text, 2), SFTR_E_RANGE);
}
END_TEST

START_TEST(depth_is_counted_from_the_outside)
{
	char text[300];

	for (unsigned inside = 1; inside <= 140; inside++) {
		memset(text, '[', inside);
		memset(text + inside, ']', inside);
		text[2 * inside] = '\0';
		ck_assert_int_eq(skip(text, 2),
				 inside + 2 <= SFTR__VALUE_MAX_DEPTH ?
					 SFTR_OK :
					 SFTR_E_JSON);
	}
}
END_TEST

START_TEST(a_million_levels_do_no_harm)
{
	size_t n = 1000000;
	char *text = malloc(n + 1);
	struct reading r;

	memset(text, '[', n);
	begin(&r, text, n);
	sftr__value_skip(&r.json, 0);
	ck_assert(r.json.failed);
	ck_assert_uint_eq(r.err.offset, 100 + SFTR__VALUE_MAX_DEPTH);
	end(&r);
	free(text);
}
END_TEST

START_TEST(integers_are_told_from_other_numbers)
{
	static const struct {
		const char *text;
		bool is_integer;
	} rows[] = { { "1", true },    { " 12,", true },  { "1.0", false },
		     { "1e3", false }, { "1E3", false },  { "-1", false },
		     { "", false },    { "\"1\"", false } };
	struct reading r;

	for (size_t i = 0; i < COUNT(rows); i++) {
		begin(&r, rows[i].text, strlen(rows[i].text));
		ck_assert_msg(sftr__value_is_integer(&r.json) ==
				      rows[i].is_integer,
			      "%s", rows[i].text);
		end(&r);
	}
}
END_TEST

int
main(void)
{
	TCase *tc = tcase_create("json");

	tcase_add_test(tc, numbers_of_every_length_are_exact);
	tcase_add_test(tc, what_is_no_unsigned_integer_is_refused);
	tcase_add_test(tc, strings_are_decoded_in_their_places);
	tcase_add_test(tc, words_leave_the_text_as_it_is);
	tcase_add_test(tc, the_first_fault_sticks);
	tcase_add_test(tc, any_value_is_passed_over);
	tcase_add_test(tc, a_number_must_be_finite_as_a_double);
	tcase_add_test(tc, depth_is_counted_from_the_outside);
	tcase_add_test(tc, a_million_levels_do_no_harm);
	tcase_add_test(tc, integers_are_told_from_other_numbers);
	return run_suite("json", tc);
}
