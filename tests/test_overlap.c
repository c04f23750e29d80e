/* SPDX-License-Identifier: MIT */
#include "bind/overlap.h"

#include "ledger.h"
#include "str.h"
#include "suite.h"

static char memory[64];

static const char *const names[] = { "0", "1", "2", "3" };

/* Slots of memory[at, at + n); each marked for that of 'other', or none. */
static const struct {
	const char *what;
	size_t n;
	struct {
		int at, n, other;
	} slots[4];
} cases[] = {
	{ "none", 0, { { 0, 0, -1 } } },
	{ "side by side", 3, { { 8, 8, -1 }, { 0, 8, -1 }, { 16, 1, -1 } } },
	{ "one byte", 2, { { 0, 9, -1 }, { 8, 8, 0 } } },
	{ "the later slot comes first", 2, { { 8, 8, 1 }, { 0, 9, -1 } } },
	{ "within one", 3, { { 0, 16, -1 }, { 2, 2, 0 }, { 8, 8, 0 } } },
	/* What is not filled is in nobody's way. */
	{ "a chain", 3, { { 0, 4, -1 }, { 3, 3, 0 }, { 5, 3, -1 } } },
	{ "nothing", 3, { { 0, 8, -1 }, { 4, 0, -1 }, { 8, 8, -1 } } },
	{ "twice",
	  4,
	  { { 0, 4, -1 }, { 2, 4, 0 }, { 8, 4, -1 }, { 9, 1, 2 } } },
};

static struct ledger books;
static sftr__want want[4];
static sftr__match matches[4];
static sftr__wants wants = { .wants = want };
static sftr_error err;

static void
fill_case(int c)
{
	memset(want, 0, sizeof want);
	memset(matches, 0, sizeof matches);
	wants.n = cases[c].n;
	for (size_t i = 0; i < wants.n; i++) {
		want[i].slot.name = str(names[i]);
		want[i].slot.data = memory + cases[c].slots[i].at;
		matches[i].is_filled = true;
		matches[i].place = SFTR_PLACE_BUFFER;
		matches[i].n_bytes = (uint64_t)cases[c].slots[i].n;
	}
}

static sftr_code
mark(size_t fail_at)
{
	sftr_allocator a = ledger_allocator(&books);
	sftr_code code;

	books.fail_at = fail_at;
	code = sftr__overlaps_mark(&wants, matches, &a, &err);
	ck_assert_uint_eq(books.n_blocks, 0);
	return code;
}

START_TEST(all_but_the_first_in_memory_are_at_fault)
{
	fill_case(_i);
	assert_ok(mark(0), err);
	for (size_t i = 0; i < wants.n; i++) {
		int other = cases[_i].slots[i].other;

		ck_assert_msg(matches[i].has_fault == (other >= 0), "%s: %zu",
			      cases[_i].what, i);
		ck_assert(matches[i].is_filled == (other < 0));
		if (other < 0)
			continue;
		ck_assert_int_eq(matches[i].fault, SFTR__OVERLAP);
		ck_assert_str_eq(matches[i].other.ptr, names[other]);
	}
}
END_TEST

START_TEST(only_what_is_written_to_counts)
{
	fill_case(4);
	matches[0].is_filled = false;
	matches[2].place = SFTR_PLACE_VIEW;
	want[1].slot.data = want[2].slot.data;
	assert_ok(mark(0), err);
	for (size_t i = 0; i < wants.n; i++)
		ck_assert(!matches[i].has_fault);
	ck_assert_int_eq(mark(1), SFTR_E_MEMORY);
	ck_assert_int_eq(mark(2), SFTR_E_MEMORY);
}
END_TEST

int
main(void)
{
	TCase *tc = tcase_create("overlap");

	tcase_add_loop_test(tc, all_but_the_first_in_memory_are_at_fault, 0,
			    COUNT(cases));
	tcase_add_test(tc, only_what_is_written_to_counts);
	return run_suite("overlap", tc);
}
