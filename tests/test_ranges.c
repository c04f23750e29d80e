/* SPDX-License-Identifier: MIT */
#include "format/ranges.h"

#include "ledger.h"
#include "suite.h"

/* Ranges in the order of the text, and whether they tile so many bytes. */
static const struct {
	const char *name;
	bool tile;
	uint64_t n_bytes;
	size_t n;
	uint64_t ranges[4][2];
} cases[] = {
	{ "nothing of nothing", true, 0, 0, { { 0 } } },
	{ "nothing of a byte", false, 1, 0, { { 0 } } },
	{ "in order", true, 8, 2, { { 0, 4 }, { 4, 8 } } },
	{ "backwards", true, 8, 2, { { 4, 8 }, { 0, 4 } } },
	{ "a byte behind", false, 9, 2, { { 4, 8 }, { 0, 4 } } },
	{ "a byte too few", false, 7, 2, { { 4, 8 }, { 0, 4 } } },
	{ "a hole in front", false, 8, 2, { { 4, 8 }, { 1, 4 } } },
	{ "a hole", false, 8, 2, { { 5, 8 }, { 0, 4 } } },
	{ "an overlap", false, 8, 2, { { 3, 8 }, { 0, 4 } } },
	{ "the same twice", false, 4, 2, { { 0, 4 }, { 0, 4 } } },
	{ "one in another", false, 8, 2, { { 0, 8 }, { 0, 4 } } },
	{ "empty ones at every seam",
	  true,
	  8,
	  4,
	  { { 8, 8 }, { 0, 8 }, { 0, 0 }, { 8, 8 } } },
	{ "an empty one between",
	  true,
	  8,
	  3,
	  { { 4, 8 }, { 4, 4 }, { 0, 4 } } },
	{ "an empty one inside", false, 8, 2, { { 0, 8 }, { 4, 4 } } },
	{ "an empty one behind", false, 8, 2, { { 9, 9 }, { 0, 8 } } },
	{ "back to where it ends", false, 4, 2, { { 8, 4 }, { 0, 8 } } },
	{ "back to where all begin", false, 0, 2, { { 8, 0 }, { 0, 8 } } },
	{ "numbers of several digits",
	  true,
	  UINT64_C(1) << 40,
	  3,
	  { { 3 << 20, UINT64_C(1) << 40 }, { 2047, 3 << 20 }, { 0, 2047 } } },
};

START_TEST(ranges_tile_or_not_in_whatever_order)
{
	struct ledger books;
	sftr_allocator a = ledger_allocator(&books);
	sftr_tensor tensors[4] = { { .rank = 0 } };
	bool tile = false;

	for (size_t i = 0; i < cases[_i].n; i++) {
		tensors[i].begin = cases[_i].ranges[i][0];
		tensors[i].end = cases[_i].ranges[i][1];
	}
	while (ledger_round(&books))
		ck_assert_int_eq(sftr__ranges_tile(tensors, cases[_i].n,
						   cases[_i].n_bytes, &a,
						   &tile),
				 ledger_code(&books) == SFTR_OK);
	ck_assert_msg(tile == cases[_i].tile, "%s", cases[_i].name);
}
END_TEST

int
main(void)
{
	TCase *tc = tcase_create("ranges");

	tcase_add_loop_test(tc, ranges_tile_or_not_in_whatever_order, 0,
			    COUNT(cases));
	return run_suite("ranges", tc);
}
