/* SPDX-License-Identifier: MIT */
#include "names/step.h"

#include "effort.h"
#include "paths.h"

static const struct {
	const char *text;
	sftr__decimal_fault fault;
	size_t at;
	int64_t value;
} decimals[] = {
	{ "0", SFTR__DECIMAL_OK, 0, 0 },
	{ "7", SFTR__DECIMAL_OK, 0, 7 },
	{ "10", SFTR__DECIMAL_OK, 0, 10 },
	{ "-1", SFTR__DECIMAL_OK, 0, -1 },
	{ "9223372036854775807", SFTR__DECIMAL_OK, 0, INT64_MAX },
	{ "-9223372036854775807", SFTR__DECIMAL_OK, 0, -INT64_MAX },
	{ "-9223372036854775808", SFTR__DECIMAL_OK, 0, INT64_MIN },
	{ "", SFTR__DECIMAL_DIGIT, 0, 0 },
	{ "-", SFTR__DECIMAL_DIGIT, 1, 0 },
	{ "--1", SFTR__DECIMAL_DIGIT, 1, 0 },
	{ "+1", SFTR__DECIMAL_DIGIT, 0, 0 },
	{ " 1", SFTR__DECIMAL_DIGIT, 0, 0 },
	{ "1 ", SFTR__DECIMAL_DIGIT, 1, 0 },
	{ "1_0", SFTR__DECIMAL_DIGIT, 1, 0 },
	{ "12x", SFTR__DECIMAL_DIGIT, 2, 0 },
	{ "0x1", SFTR__DECIMAL_DIGIT, 1, 0 },
	{ "01", SFTR__DECIMAL_ZERO, 0, 0 },
	{ "00", SFTR__DECIMAL_ZERO, 0, 0 },
	{ "-0", SFTR__DECIMAL_ZERO, 1, 0 },
	{ "-01", SFTR__DECIMAL_ZERO, 1, 0 },
	{ "9223372036854775808", SFTR__DECIMAL_RANGE, 0, 0 },
	{ "-9223372036854775809", SFTR__DECIMAL_RANGE, 0, 0 },
	{ "18446744073709551616", SFTR__DECIMAL_RANGE, 0, 0 },
	{ "100000000000000000000000000", SFTR__DECIMAL_RANGE, 0, 0 },
};

START_TEST(a_decimal_has_one_text)
{
	const char *text = decimals[_i].text;
	int64_t value = 0;
	size_t at = 99;
	sftr__decimal_fault fault =
		sftr__decimal_parse(text, strlen(text), &value, &at);

	ck_assert_msg(fault == decimals[_i].fault, "%s", text);
	if (fault == SFTR__DECIMAL_OK)
		ck_assert_msg(value == decimals[_i].value, "%s", text);
	else
		ck_assert_msg(at == decimals[_i].at, "%s: %zu", text, at);
}
END_TEST

START_TEST(a_number_and_its_decimal_are_one_text)
{
	const char *text = decimals[_i].text;
	sftr_step step = INT_KEY(decimals[_i].value);
	char decimal[SFTR__DECIMAL];
	sftr_str printed = sftr__step_text(&step, decimal);

	if (decimals[_i].fault != SFTR__DECIMAL_OK)
		return;
	ck_assert_uint_eq(printed.len, strlen(text));
	ck_assert_str_eq(printed.ptr, text);
}
END_TEST

/* Each before the next. */
static const struct path in_order[] = {
	NO_STEPS,
	PATH(INT_KEY(INT64_MIN)),
	PATH(INT_KEY(-1)),
	PATH(INT_KEY(0)),
	PATH(INT_KEY(0), KEY("z")),
	PATH(INDEX(0)),
	PATH(INDEX(0), INDEX(1)),
	PATH(FLAT(0)),
	PATH(INDEX(2)),
	PATH(INDEX(10)),
	PATH(FLAT(11)),
	PATH(INDEX(INT64_MAX)),
	PATH(NAME("")),
	PATH(KEY("")),
	PATH(KEY("\0")),
	PATH(NAME("10")),
	PATH(NAME("2")),
	PATH(KEY("Z")),
	PATH(NAME("a")),
	PATH(NAME("a"), NAME("z")),
	PATH(ATTR("a")),
	PATH(ATTR("a"), INDEX(3)),
	PATH(ATTR("a"), ATTR("b")),
	PATH(KEY("a")),
	PATH(KEY("a"), ATTR("a")),
	PATH(KEY("a\0")),
	PATH(ATTR("aa")),
	PATH(KEY("\x7f")),
	PATH(KEY("\xc2\x80")),
	PATH(KEY("\xef\xbf\xbf")),
	PATH(KEY("\xf0\x90\x80\x80")),
};

START_TEST(paths_are_in_the_order_of_jax)
{
	for (size_t k = 0; k < COUNT(in_order); k++) {
		const struct path *a = &in_order[_i], *b = &in_order[k];
		int order = sftr_path_compare(a->steps, a->n, b->steps, b->n);

		ck_assert_msg((order > 0) - (order < 0) ==
				      ((size_t)_i > k) - ((size_t)_i < k),
			      "%d and %zu: %d", _i, k, order);
	}
}
END_TEST

static struct path
keep(struct path path, sftr_step *steps, char (*texts)[64])
{
	for (size_t i = 0; i < path.n; i++) {
		steps[i] = path.steps[i];
		if (steps[i].text.len > 0)
			memcpy(texts[i], steps[i].text.ptr, steps[i].text.len);
		steps[i].text.ptr = texts[i];
	}
	path.steps = steps;
	return path;
}

static int
sign_of_compare(struct path a, struct path b)
{
	int order = sftr_path_compare(a.steps, a.n, b.steps, b.n);

	return (order > 0) - (order < 0);
}

START_TEST(the_order_is_total)
{
	static sftr_step steps[3][RANDOM_STEPS];
	static char texts[3][RANDOM_STEPS][64];

	for (size_t left = repetitions(20000, 1000000); left > 0; left--) {
		struct path p[3];
		int ab, bc, ac;

		for (int i = 0; i < 3; i++) {
			p[i] = keep(random_path(), steps[i], texts[i]);
			if (p[i].n > 2)
				p[i].n = 2;
			ck_assert_int_eq(sign_of_compare(p[i], p[i]), 0);
		}
		ab = sign_of_compare(p[0], p[1]);
		bc = sign_of_compare(p[1], p[2]);
		ac = sign_of_compare(p[0], p[2]);
		ck_assert_int_eq(ab, -sign_of_compare(p[1], p[0]));
		ck_assert_int_eq(ab == 0, same_path(p[0].steps, p[0].n,
						    p[1].steps, p[1].n));
		if (ab == bc)
			ck_assert_int_eq(ac, ab);
		if (ab == 0)
			ck_assert_int_eq(ac, bc);
		if (bc == 0)
			ck_assert_int_eq(ac, ab);
	}
}
END_TEST

static const struct {
	struct path a, b;
	int matches;
} matches[] = {
	{ NO_STEPS, NO_STEPS, 1 },
	{ NO_STEPS, PATH(KEY("")), 0 },
	{ PATH(INDEX(3)), PATH(NAME("3")), 1 },
	{ PATH(INDEX(3)), PATH(KEY("03")), 0 },
	{ PATH(INDEX(3)), PATH(INT_KEY(3)), 1 },
	{ PATH(INDEX(3)), PATH(FLAT(3)), 1 },
	{ PATH(INDEX(3)), PATH(FLAT(4)), 0 },
	{ PATH(INT_KEY(-3)), PATH(KEY("-3")), 1 },
	{ PATH(INT_KEY(0)), PATH(KEY("-0")), 0 },
	{ PATH(INDEX(0)), PATH(KEY("")), 0 },
	{ PATH(INDEX(10)), PATH(ATTR("1")), 0 },
	{ PATH(KEY("a")), PATH(ATTR("a")), 1 },
	{ PATH(KEY("a")), PATH(NAME("b")), 0 },
	{ PATH(KEY("")), PATH(NAME("")), 1 },
	{ PATH(KEY("a\0b")), PATH(NAME("a\0c")), 0 },
	{ PATH(ATTR("layers"), INDEX(10), KEY("query")),
	  PATH(NAME("layers"), NAME("10"), NAME("query")), 1 },
	{ PATH(ATTR("layers"), INDEX(10), KEY("query")),
	  PATH(NAME("layers"), NAME("10")), 0 },
};

START_TEST(paths_match_with_kinds_erased)
{
	const struct path *a = &matches[_i].a, *b = &matches[_i].b;

	ck_assert_int_eq(sftr_path_matches(a->steps, a->n, b->steps, b->n),
			 matches[_i].matches);
	ck_assert_int_eq(sftr_path_matches(b->steps, b->n, a->steps, a->n),
			 matches[_i].matches);
}
END_TEST

/* Two ways to say the same: by value, and by the text of each. */
START_TEST(steps_match_if_their_texts_are_equal)
{
	static sftr_step steps[2][RANDOM_STEPS];
	static char texts[2][RANDOM_STEPS][64];

	for (size_t left = repetitions(20000, 1000000); left > 0; left--) {
		struct path a = keep(random_path(), steps[0], texts[0]);
		struct path b = keep(random_path(), steps[1], texts[1]);

		for (size_t i = 0; i < a.n && i < b.n; i++) {
			char of_a[SFTR__DECIMAL], of_b[SFTR__DECIMAL];
			sftr_str ta = sftr__step_text(&a.steps[i], of_a);
			sftr_str tb = sftr__step_text(&b.steps[i], of_b);
			bool equal = ta.len == tb.len &&
				     memcmp(ta.ptr, tb.ptr, ta.len) == 0;

			ck_assert(sftr__step_matches(&a.steps[i],
						     &b.steps[i]) == equal);
		}
	}
}
END_TEST

/* Only a dict has children of two kinds. */
START_TEST(kinds_of_one_container_are_a_family)
{
	for (int k = SFTR_STEP_NAME; k <= SFTR_STEP_FLAT; k++)
		for (int j = SFTR_STEP_NAME; j <= SFTR_STEP_FLAT; j++)
			ck_assert_int_eq(
				sftr__step_family((sftr_step_kind)k) ==
					sftr__step_family((sftr_step_kind)j),
				k == j ||
					(k == SFTR_STEP_KEY &&
					 j == SFTR_STEP_INT_KEY) ||
					(j == SFTR_STEP_KEY &&
					 k == SFTR_STEP_INT_KEY));
}
END_TEST

START_TEST(every_kind_has_a_name_in_messages)
{
	for (int k = SFTR_STEP_NAME; k <= SFTR_STEP_FLAT; k++)
		for (int j = SFTR_STEP_NAME; j <= SFTR_STEP_FLAT; j++)
			ck_assert_int_eq(
				strcmp(sftr__step_kind_text((sftr_step_kind)k),
				       sftr__step_kind_text(
					       (sftr_step_kind)j)) == 0,
				k == j);
}
END_TEST

int
main(void)
{
	TCase *tc = tcase_create("step");

	random_begin();
	tcase_set_timeout(tc, 600);
	tcase_add_loop_test(tc, a_decimal_has_one_text, 0, COUNT(decimals));
	tcase_add_loop_test(tc, a_number_and_its_decimal_are_one_text, 0,
			    COUNT(decimals));
	tcase_add_loop_test(tc, paths_are_in_the_order_of_jax, 0,
			    COUNT(in_order));
	tcase_add_test(tc, the_order_is_total);
	tcase_add_loop_test(tc, paths_match_with_kinds_erased, 0,
			    COUNT(matches));
	tcase_add_test(tc, steps_match_if_their_texts_are_equal);
	tcase_add_test(tc, kinds_of_one_container_are_a_family);
	tcase_add_test(tc, every_kind_has_a_name_in_messages);
	return run_suite("step", tc);
}
