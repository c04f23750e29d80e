/* SPDX-License-Identifier: MIT */
#include "numeric/runs.h"
#include "dice.h"
#include "suite.h"

#include <check.h>
#include <string.h>

typedef struct choice {
	uint64_t extent, start, stop, step;
} choice;

static void
begin(sftr__runs *runs, unsigned bits, const choice *dims, size_t rank)
{
	sftr__runs_begin(runs, bits);
	for (size_t i = rank; i-- > 0;)
		sftr__runs_dim(runs, dims[i].extent, dims[i].start,
			       dims[i].stop, dims[i].step);
}

/* clang-format off */
static const struct {
	const char *what;
	unsigned bits;
	size_t rank;
	choice dims[4];
	size_t n;
	uint64_t runs[6][2]; /* offset, bytes */
} table[] = {
	{ "a scalar", 32, 0, { { 0 } }, 1, { { 0, 4 } } },
	{ "everything", 32, 2, { { 3, 0, 3, 1 }, { 5, 0, 5, 1 } }, 1,
	  { { 0, 60 } } },
	{ "whole rows", 32, 2, { { 3, 1, 3, 1 }, { 5, 0, 5, 1 } }, 1,
	  { { 20, 40 } } },
	{ "part of each row", 32, 2, { { 3, 0, 3, 1 }, { 5, 1, 3, 1 } }, 3,
	  { { 4, 8 }, { 24, 8 }, { 44, 8 } } },
	{ "a stop between two steps", 16, 1, { { 9, 1, 8, 3 } }, 3,
	  { { 2, 2 }, { 8, 2 }, { 14, 2 } } },
	{ "a step past the stop", 16, 1, { { 9, 4, 9, UINT64_MAX } }, 1,
	  { { 8, 2 } } },
	{ "the last of a row touches the first of the next", 8, 2,
	  { { 3, 0, 3, 1 }, { 4, 0, 4, 3 } }, 4,
	  { { 0, 1 }, { 3, 2 }, { 7, 2 }, { 11, 1 } } },
	{ "every other element of all rows", 8, 2,
	  { { 2, 0, 2, 1 }, { 4, 0, 4, 2 } }, 4,
	  { { 0, 1 }, { 2, 1 }, { 4, 1 }, { 6, 1 } } },
	{ "one row of one element", 64, 3,
	  { { 4, 2, 3, 1 }, { 4, 1, 2, 1 }, { 4, 3, 4, 1 } }, 1,
	  { { 312, 8 } } },
	{ "nothing", 64, 2, { { 4, 0, 4, 1 }, { 4, 3, 3, 1 } }, 0, { { 0 } } },
	{ "nothing, from the back", 64, 1, { { 4, 4, 1, 1 } }, 0, { { 0 } } },
	{ "an extent of 0", 64, 2, { { 0, 0, 0, 1 }, { 4, 0, 4, 1 } }, 0,
	  { { 0 } } },
	{ "pairs of nibbles", 4, 2, { { 3, 0, 3, 2 }, { 4, 2, 4, 1 } }, 2,
	  { { 1, 1 }, { 5, 1 } } },
	{ "four of six bits", 6, 2, { { 3, 1, 3, 1 }, { 8, 4, 8, 1 } }, 2,
	  { { 9, 3 }, { 15, 3 } } },
};
/* clang-format on */

START_TEST(runs_are_where_the_selection_lies)
{
	sftr__runs runs;
	uint64_t offset, n_bytes;

	begin(&runs, table[_i].bits, table[_i].dims, table[_i].rank);
	ck_assert_msg(sftr__runs_whole(&runs), "%s", table[_i].what);
	for (size_t i = 0; i < table[_i].n; i++) {
		ck_assert_msg(sftr__runs_next(&runs, &offset, &n_bytes), "%s",
			      table[_i].what);
		ck_assert_msg(offset == table[_i].runs[i][0] &&
				      n_bytes == table[_i].runs[i][1],
			      "%s: run %zu", table[_i].what, i);
	}
	ck_assert_msg(!sftr__runs_next(&runs, &offset, &n_bytes), "%s",
		      table[_i].what);
	ck_assert(!sftr__runs_next(&runs, &offset, &n_bytes));
}
END_TEST

static const struct {
	unsigned bits;
	choice dims[2];
} parts[] = {
	{ 4, { { 2, 0, 2, 1 }, { 4, 1, 3, 1 } } }, /* begins in a byte */
	{ 4, { { 2, 0, 2, 1 }, { 4, 0, 3, 1 } } }, /* ends in a byte */
	{ 4, { { 2, 0, 2, 1 }, { 4, 0, 4, 3 } } }, /* 0, 3 and 4, 7 */
	{ 4, { { 3, 0, 2, 1 }, { 5, 0, 2, 1 } } }, /* an odd row */
	{ 6, { { 2, 0, 2, 1 }, { 6, 0, 4, 1 } } },
};

START_TEST(part_of_a_byte_is_noticed)
{
	sftr__runs runs;

	begin(&runs, parts[_i].bits, parts[_i].dims, 2);
	ck_assert(!sftr__runs_whole(&runs));
}
END_TEST

START_TEST(any_rank_is_served)
{
	sftr__runs runs;
	uint64_t offset, n_bytes;

	sftr__runs_begin(&runs, 8);
	sftr__runs_dim(&runs, 3, 1, 3, 1);
	for (int i = 0; i < 3000000; i++)
		sftr__runs_dim(&runs, 1, 0, 1, 1);
	sftr__runs_dim(&runs, 2, 0, 2, 1);
	ck_assert(sftr__runs_next(&runs, &offset, &n_bytes));
	ck_assert(offset == 1 && n_bytes == 2);
	ck_assert(sftr__runs_next(&runs, &offset, &n_bytes));
	ck_assert(offset == 4 && n_bytes == 2);
	ck_assert(!sftr__runs_next(&runs, &offset, &n_bytes));

	/* Steps keep these from being one run; only the 0 makes it a tensor. */
	sftr__runs_begin(&runs, 8);
	for (int i = 0; i < 3000; i++)
		sftr__runs_dim(&runs, 5, 0, 4, 3);
	sftr__runs_dim(&runs, 0, 0, 0, 1);
	ck_assert(sftr__runs_whole(&runs));
	ck_assert(!sftr__runs_next(&runs, &offset, &n_bytes));
}
END_TEST

START_TEST(sixty_three_dimensions_of_two)
{
	sftr__runs runs;
	uint64_t offset, n_bytes;

	/* 2^63 bits, of which every dimension's last is chosen but one. */
	sftr__runs_begin(&runs, 1);
	for (int i = 0; i < 63; i++)
		sftr__runs_dim(&runs, 2, i < 62, 2, 1);
	ck_assert(!sftr__runs_whole(&runs));
	ck_assert(sftr__runs_next(&runs, &offset, &n_bytes));
	ck_assert_uint_eq(offset, (UINT64_C(1) << 59) - 1);
	ck_assert(sftr__runs_next(&runs, &offset, &n_bytes));
	ck_assert_uint_eq(offset, (UINT64_C(1) << 60) - 1);
	ck_assert(!sftr__runs_next(&runs, &offset, &n_bytes));
}
END_TEST

/* Marks by plain nested counting the bytes that a selection holds. */
static size_t
mark(unsigned char *marks, const choice *dims, size_t rank, size_t n_bytes)
{
	uint64_t n = 1, n_chosen = 0;

	for (size_t i = 0; i < rank; i++)
		n *= dims[i].extent;
	for (uint64_t e = 0; e < n; e++) {
		uint64_t rest = e;
		int chosen = 1;

		for (size_t i = rank; i-- > 0;) {
			uint64_t at = rest % dims[i].extent;

			rest /= dims[i].extent;
			chosen = chosen && at >= dims[i].start &&
				 at < dims[i].stop &&
				 (at - dims[i].start) % dims[i].step == 0;
		}
		if (chosen) {
			memset(marks + e * n_bytes, 1, n_bytes);
			n_chosen++;
		}
	}
	return (size_t)n * n_bytes;
}

START_TEST(runs_are_the_longest_there_are)
{
	seed = (uint64_t)_i;
	for (int round = 0; round < 1000; round++) {
		unsigned char marks[4096 * 8 + 1] = { 0 };
		size_t rank = dice(6), n, at = 0, n_bytes = 1u << dice(4);
		uint64_t offset, len;
		choice dims[6];
		sftr__runs runs;

		for (size_t i = 0; i < rank; i++) {
			dims[i].extent = dice(5);
			dims[i].start = dice(dims[i].extent + 1);
			dims[i].stop = dice(dims[i].extent + 1);
			dims[i].step = 1 + dice(4);
			if (dice(2)) {
				dims[i].start = 0;
				dims[i].stop = dims[i].extent;
			}
		}
		n = mark(marks, dims, rank, n_bytes);
		begin(&runs, (unsigned)n_bytes * 8, dims, rank);
		while (sftr__runs_next(&runs, &offset, &len)) {
			ck_assert(offset >= at && len > 0);
			for (; at < offset; at++)
				ck_assert(!marks[at]);
			for (; at < offset + len; at++)
				ck_assert(marks[at]);
			ck_assert(!marks[at]);
		}
		for (; at < n; at++)
			ck_assert(!marks[at]);
	}
}
END_TEST

int
main(void)
{
	TCase *tc = tcase_create("runs");

	tcase_add_loop_test(tc, runs_are_where_the_selection_lies, 0,
			    COUNT(table));
	tcase_add_loop_test(tc, part_of_a_byte_is_noticed, 0, COUNT(parts));
	tcase_add_test(tc, any_rank_is_served);
	tcase_add_test(tc, sixty_three_dimensions_of_two);
	tcase_add_loop_test(tc, runs_are_the_longest_there_are, 0, 4);
	return run_suite("runs", tc);
}
