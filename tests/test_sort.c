/* SPDX-License-Identifier: MIT */
#include "base/sort.h"

#include "effort.h"
#include "suite.h"

#include <check.h>
#include <stdint.h>

#define MAX 2000

struct card {
	uint32_t key;
	uint32_t place;
};

static size_t n_compared;

static int
compare_cards(const void *a, const void *b)
{
	const struct card *x = a, *y = b;

	n_compared++;
	return (x->key > y->key) - (x->key < y->key);
}

/* A fixed stream of numbers that look random. */
static uint32_t
next(uint32_t *state)
{
	*state = *state * 1664525u + 1013904223u;
	return *state >> 8;
}

enum { RANDOM, FEW_KEYS, RISING, FALLING, EQUAL, N_KINDS };

static uint32_t
key_of(int kind, uint32_t i, uint32_t *state)
{
	switch (kind) {
	case RANDOM: return next(state);
	case FEW_KEYS: return next(state) % 7;
	case RISING: return i;
	case FALLING: return MAX - i;
	default: return 5;
	}
}

static size_t
n_log2_n(size_t n)
{
	size_t log = 0;

	while ((size_t)1 << log < n)
		log++;
	return n * log;
}

START_TEST(everything_is_in_order_and_equals_keep_theirs)
{
	uint32_t state = 1;

	for (uint32_t n = 0; n < repetitions(MAX, MAX);
	     n = n < 40 ? n + 1 : n * 3 / 2) {
		const void *items[MAX], *scratch[MAX];
		struct card cards[MAX];
		uint64_t sum = 0;

		for (uint32_t i = 0; i < n; i++) {
			cards[i].key = key_of(_i, i, &state);
			cards[i].place = i;
			items[i] = &cards[i];
			sum += i;
		}
		n_compared = 0;
		sftr__sort(items, scratch, n, compare_cards);
		ck_assert_uint_le(n_compared, n_log2_n(n));
		if (_i == RISING || _i == EQUAL)
			ck_assert_uint_le(n_compared, n);
		for (uint32_t i = 0; i < n; i++) {
			const struct card *c = items[i];
			const struct card *before = i > 0 ? items[i - 1] : c;

			sum -= c->place;
			if (before->key > c->key ||
			    (before->key == c->key && before->place > c->place))
				ck_abort_msg("%u of %u is out of order", i, n);
			if (i > 0 && before == c)
				ck_abort_msg("%u of %u is there twice", i, n);
		}
		ck_assert(sum == 0);
	}
}
END_TEST

int
main(void)
{
	TCase *tc = tcase_create("sort");

	tcase_add_loop_test(tc, everything_is_in_order_and_equals_keep_theirs,
			    0, N_KINDS);
	return run_suite("sort", tc);
}
