/* SPDX-License-Identifier: MIT */
#include "bind/transform.h"
#include "suite.h"

#include <check.h>
#include <string.h>

#define ALL_AXES                                                               \
	"0,1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19,20,21,22,23,24,25," \
	"26,27,28,29,30,31"

/* A text and what it means: the axes as digits, the axis of a stack or -1. */
static const struct {
	const char *text;
	sftr__turn turn;
	const char *axes;
	int stack;
} texts[] = {
	{ "", SFTR__KEEP, "", -1 },
	{ " \t ", SFTR__KEEP, "", -1 },
	{ "T", SFTR__REVERSE, "", -1 },
	{ " T ", SFTR__REVERSE, "", -1 },
	{ "permute 0", SFTR__PERMUTE, "0", -1 },
	{ "permute 3,2,0,1", SFTR__PERMUTE, "3201", -1 },
	{ "permute\t1,0 ", SFTR__PERMUTE, "10", -1 },
	{ "stack 0", SFTR__KEEP, "", 0 },
	{ "stack 31", SFTR__KEEP, "", 31 },
	{ "T stack 2", SFTR__REVERSE, "", 2 },
	{ "permute 1,0 stack 1", SFTR__PERMUTE, "10", 1 },
};

START_TEST(words_say_what_is_done)
{
	sftr__transform t;
	const char *due;
	size_t at;

	ck_assert_msg(sftr__transform_parse(texts[_i].text,
					    strlen(texts[_i].text), &t, &at,
					    &due),
		      "\"%s\"", texts[_i].text);
	ck_assert_int_eq(t.turn, texts[_i].turn);
	ck_assert_uint_eq(t.n_axes, strlen(texts[_i].axes));
	for (uint32_t i = 0; i < t.n_axes; i++)
		ck_assert_int_eq(t.axes[i], texts[_i].axes[i] - '0');
	ck_assert_int_eq(t.is_stack, texts[_i].stack >= 0);
	if (t.is_stack)
		ck_assert_int_eq((int)t.stack_axis, texts[_i].stack);
}
END_TEST

START_TEST(what_turns_alike_is_told)
{
	for (size_t i = 0; i < COUNT(texts); i++)
		for (size_t k = 0; k < COUNT(texts); k++) {
			bool alike = texts[i].turn == texts[k].turn &&
				     !strcmp(texts[i].axes, texts[k].axes);
			sftr__transform a, b;
			const char *due;
			size_t at;

			sftr__transform_parse(texts[i].text,
					      strlen(texts[i].text), &a, &at,
					      &due);
			sftr__transform_parse(texts[k].text,
					      strlen(texts[k].text), &b, &at,
					      &due);
			ck_assert_int_eq(sftr__transform_turns_as(&a, &b),
					 alike);
			ck_assert_int_eq(sftr__transform_turns_as(&a, NULL),
					 a.turn == SFTR__KEEP);
			ck_assert_int_eq(sftr__transform_turns_as(NULL, &b),
					 b.turn == SFTR__KEEP);
		}
	ck_assert(sftr__transform_turns_as(NULL, NULL));
}
END_TEST

static const struct {
	const char *text;
	size_t at;
	const char *due;
} faults[] = {
	{ "t", 0, "T, permute or stack" },
	{ " TT", 1, "T, permute or stack" },
	{ "T T", 2, "\"stack N\" or the end" },
	{ "T permute 0", 2, "\"stack N\" or the end" },
	{ "permute", 7, "the number of a dimension" },
	{ "permute ", 8, "the number of a dimension" },
	{ "permute -1", 8, "the number of a dimension" },
	{ "permute 0,", 10, "the number of a dimension" },
	{ "permute 0, 1", 10, "the number of a dimension" },
	{ "permute 0 1", 10, "\"stack N\" or the end" },
	{ "permute 0,1,0", 12, "each dimension once" },
	{ "permute 1", 8, "each dimension from 0 on" },
	{ "permute 0,2", 8, "each dimension from 0 on" },
	{ "permute 32", 8, "a dimension below 32" },
	{ "permute 0,4294967296", 10, "a dimension below 32" },
	{ "permute " ALL_AXES ",5", 94, "each dimension once" },
	{ "permute " ALL_AXES ",32", 94, "a dimension below 32" },
	{ "stack", 5, "the number of a dimension" },
	{ "stack x", 6, "the number of a dimension" },
	{ "stack 99", 6, "a dimension below 32" },
	{ "stack 0 T", 8, "the end of the line" },
	{ "stack 0,1", 7, "the end of the line" },
};

/* What lies behind the transform is not touched. */
START_TEST(a_fault_has_its_place)
{
	struct {
		sftr__transform t;
		unsigned char guard[8];
	} room;
	const char *due;
	size_t at;

	memset(&room, 0xa5, sizeof room);
	ck_assert_msg(!sftr__transform_parse(faults[_i].text,
					     strlen(faults[_i].text), &room.t,
					     &at, &due),
		      "\"%s\"", faults[_i].text);
	ck_assert_str_eq(due, faults[_i].due);
	ck_assert_uint_eq(at, faults[_i].at);
	for (size_t i = 0; i < sizeof room.guard; i++)
		ck_assert_uint_eq(room.guard[i], 0xa5);
}
END_TEST

START_TEST(every_dimension_there_can_be_is_permuted)
{
	static const char text[] = "permute " ALL_AXES;
	sftr__transform t;
	sftr__axes axes;
	const char *due;
	size_t at;

	ck_assert(sftr__transform_parse(text, strlen(text), &t, &at, &due));
	ck_assert_uint_eq(t.n_axes, SFTR__MAX_AXES);
	sftr__axes_init(&axes, SFTR__MAX_AXES);
	ck_assert(sftr__axes_turn(&axes, &t));
	ck_assert(axes.is_identity);
	ck_assert(!sftr__axes_stack(&axes, 0));
}
END_TEST

/* Texts one after another, on a tensor of a rank; "" where one does not fit. */
static const struct {
	uint32_t rank;
	const char *texts[2];
	const char *from; /* 's' where the parts are counted */
} turns[] = {
	{ 0, { "T", "" }, "=" },
	{ 1, { "T", "" }, "=" },
	{ 2, { "T", "" }, "10" },
	{ 3, { "T", "" }, "210" },
	{ 2, { "T", "T" }, "=01" },
	{ 3, { "permute 1,2,0", "" }, "120" },
	{ 3, { "permute 1,2,0", "permute 1,2,0" }, "201" },
	{ 3, { "permute 1,2,0", "permute 2,0,1" }, "=012" },
	{ 3, { "permute 0,1,2", "" }, "=012" },
	{ 2, { "permute 1,2,0", "" }, "" },
	{ 0, { "permute 0", "" }, "" },
	{ 0, { "stack 0", "" }, "s" },
	{ 2, { "stack 0", "" }, "s01" },
	{ 2, { "stack 2", "" }, "01s" },
	{ 2, { "stack 3", "" }, "" },
	{ 2, { "T stack 1", "" }, "1s0" },
	{ 3, { "permute 2,0,1 stack 1", "" }, "2s01" },
	{ 30, { "stack 31", "" }, "" },
	{ 33, { "T", "" }, "" },
	{ 33, { "stack 0", "" }, "" },
};

static bool
turn(sftr__axes *axes, const char *text)
{
	sftr__transform t;
	const char *due;
	size_t at;

	ck_assert(sftr__transform_parse(text, strlen(text), &t, &at, &due));
	return sftr__axes_turn(axes, &t) &&
	       (!t.is_stack || sftr__axes_stack(axes, t.stack_axis));
}

START_TEST(dimensions_come_to_lie_as_the_words_say)
{
	const char *from = turns[_i].from;
	sftr__axes axes;
	bool fits;

	sftr__axes_init(&axes, turns[_i].rank);
	fits = turn(&axes, turns[_i].texts[0]) &&
	       turn(&axes, turns[_i].texts[1]);
	ck_assert_int_eq(fits, from[0] != '\0');
	if (!fits)
		return;
	ck_assert_int_eq(axes.is_identity, from[0] == '=');
	if (*from == '=')
		from++;
	for (uint32_t i = 0; i < strlen(from); i++)
		ck_assert_int_eq(axes.from[i],
				 from[i] == 's' ? SFTR__STACK : from[i] - '0');
}
END_TEST

START_TEST(the_last_dimension_may_count_a_stack)
{
	sftr__axes axes;

	sftr__axes_init(&axes, 31);
	ck_assert(sftr__axes_stack(&axes, 31));
	ck_assert_uint_eq(axes.rank, 32);
	for (uint32_t i = 0; i < 31; i++)
		ck_assert_uint_eq(axes.from[i], i);
	ck_assert_uint_eq(axes.from[31], SFTR__STACK);
	ck_assert(!sftr__axes_stack(&axes, 0));
}
END_TEST

int
main(void)
{
	TCase *tc = tcase_create("transform");

	tcase_add_loop_test(tc, words_say_what_is_done, 0, COUNT(texts));
	tcase_add_test(tc, what_turns_alike_is_told);
	tcase_add_loop_test(tc, a_fault_has_its_place, 0, COUNT(faults));
	tcase_add_test(tc, every_dimension_there_can_be_is_permuted);
	tcase_add_loop_test(tc, dimensions_come_to_lie_as_the_words_say, 0,
			    COUNT(turns));
	tcase_add_test(tc, the_last_dimension_may_count_a_stack);
	return run_suite("transform", tc);
}
