/* SPDX-License-Identifier: MIT */
#include "numeric/stride.h"

#include "dice.h"
#include "suite.h"

#include <check.h>
#include <stdlib.h>
#include <string.h>

START_TEST(a_matrix_is_transposed)
{
	const uint16_t src[2][3] = { { 1, 2, 3 }, { 4, 5, 6 } };
	const uint16_t want[3][2] = { { 1, 4 }, { 2, 5 }, { 3, 6 } };
	uint16_t dst[3][2];
	sftr__stride s;

	sftr__stride_begin(&s, 2, 1);
	sftr__stride_dim(&s, 2, 2, 6);
	sftr__stride_dim(&s, 3, 4, 2);
	sftr__stride_copy(&s, dst, src);
	ck_assert_mem_eq(dst, want, sizeof dst);
}
END_TEST

START_TEST(layers_are_stacked_on_the_last_axis)
{
	unsigned char dst[6] = { 0 };
	const unsigned char want[6] = { 1, 4, 2, 5, 3, 6 };
	const unsigned char layers[2][3] = { { 1, 2, 3 }, { 4, 5, 6 } };
	sftr__stride s;

	sftr__stride_begin(&s, 1, 1);
	sftr__stride_dim(&s, 3, 2, 1);
	sftr__stride_copy(&s, dst, layers[0]);
	sftr__stride_copy(&s, dst + 1, layers[1]);
	ck_assert_mem_eq(dst, want, 6);
}
END_TEST

START_TEST(an_axis_is_turned_round)
{
	const uint32_t src[4] = { 1, 2, 3, 4 }, want[4] = { 4, 3, 2, 1 };
	uint32_t dst[4];
	sftr__stride s;

	sftr__stride_begin(&s, 4, 1);
	sftr__stride_dim(&s, 4, 4, -4);
	sftr__stride_copy(&s, dst, src + 3);
	ck_assert_mem_eq(dst, want, sizeof dst);
}
END_TEST

START_TEST(one_element_is_spread_over_an_axis)
{
	const uint64_t src = 7;
	uint64_t dst[5] = { 0 };
	sftr__stride s;

	sftr__stride_begin(&s, 8, 1);
	sftr__stride_dim(&s, 5, 8, 0);
	sftr__stride_copy(&s, dst, &src);
	for (int i = 0; i < 5; i++)
		ck_assert_uint_eq(dst[i], 7);
}
END_TEST

START_TEST(nothing_is_copied_where_an_extent_is_zero)
{
	sftr__stride s;

	sftr__stride_begin(&s, 8, 1);
	sftr__stride_dim(&s, UINT64_MAX, 8, 8);
	sftr__stride_dim(&s, 0, 8, 8);
	sftr__stride_dim(&s, UINT64_MAX, -8, 8);
	sftr__stride_copy(&s, NULL, NULL);

	sftr__stride_begin(&s, 0, 1);
	sftr__stride_copy(&s, NULL, NULL);

	/* Never one axis, and more of them than any memory holds. */
	sftr__stride_begin(&s, 1, 1);
	for (int i = 0; i < 3000; i++)
		sftr__stride_dim(&s, 2, 5, 7);
	sftr__stride_dim(&s, 0, 1, 1);
	sftr__stride_copy(&s, NULL, NULL);
}
END_TEST

START_TEST(any_rank_is_served)
{
	const unsigned char src[6] = { 1, 2, 3, 4, 5, 6 };
	const unsigned char want[6] = { 1, 4, 2, 5, 3, 6 };
	unsigned char dst[6];
	sftr__stride s;

	sftr__stride_begin(&s, 1, 1);
	for (int i = 0; i < 3000000; i++) {
		sftr__stride_dim(&s, 1, 99, -99);
		if (i == 1000000)
			sftr__stride_dim(&s, 2, 1, 3);
		if (i == 2000000)
			sftr__stride_dim(&s, 3, 2, 1);
	}
	sftr__stride_copy(&s, dst, src);
	ck_assert_mem_eq(dst, want, 6);
}
END_TEST

enum { MAX_RANK = 5, MAX_BYTES = 1 << 17 };

/* A copy as a test rolls it: extents, slowest first, and steps in bytes. */
typedef struct job {
	size_t rank, element, n_dst, n_src;
	unsigned swap;
	uint64_t extent[MAX_RANK];
	int64_t dst[MAX_RANK], src[MAX_RANK];
} job;

/*
 * Steps of a layout whose axes lie in memory in a shuffled order, with gaps
 * now and then; returns the bytes it spans.
 */
static size_t
roll_steps(const job *j, int64_t *steps)
{
	size_t order[MAX_RANK], n = j->element;

	for (size_t i = 0; i < j->rank; i++)
		order[i] = i;
	for (size_t i = j->rank; i > 1; i--) {
		size_t k = dice(i), t = order[k];

		order[k] = order[i - 1];
		order[i - 1] = t;
	}
	for (size_t i = j->rank; i-- > 0;) {
		if (dice(4) == 0)
			n += j->element * dice(3);
		steps[order[i]] = (int64_t)n;
		n *= (size_t)j->extent[order[i]];
	}
	return n;
}

static void
roll(job *j)
{
	static const uint64_t few[] = { 1, 2, 3, 4 };
	static const uint64_t many[] = { 31, 32, 33, 64, 65, 70, 129 };
	static const size_t elements[] = { 1, 2, 4, 8, 3, 16, 12 };
	size_t n_many;

	do {
		n_many = 0;
		j->rank = dice(MAX_RANK + 1);
		j->element = elements[dice(7)];
		j->swap = j->element % 4 == 0 && dice(3) == 0 ? 4 : 1;
		for (size_t i = 0; i < j->rank; i++) {
			j->extent[i] = few[dice(4)];
			if (n_many < 2 && dice(3) == 0) {
				j->extent[i] = many[dice(7)];
				n_many++;
			}
		}
		j->n_dst = roll_steps(j, j->dst);
		j->n_src = roll_steps(j, j->src);
	} while (j->n_dst > MAX_BYTES || j->n_src > MAX_BYTES);
}

/* The second definition: every element by its indices, byte by byte. */
static void
copy_plainly(const job *j, unsigned char *dst, const unsigned char *src)
{
	uint64_t n = 1;

	for (size_t i = 0; i < j->rank; i++)
		n *= j->extent[i];
	for (uint64_t e = 0; e < n; e++) {
		int64_t to = 0, from = 0;
		uint64_t rest = e;

		for (size_t i = 0; i < j->rank; i++) {
			int64_t at = (int64_t)(rest % j->extent[i]);

			rest /= j->extent[i];
			to += at * j->dst[i];
			from += at * j->src[i];
		}
		for (size_t b = 0; b < j->element; b++)
			dst[to + (int64_t)b] =
				src[from +
				    (int64_t)(b / j->swap * j->swap + j->swap -
					      1 - b % j->swap)];
	}
}

START_TEST(any_layout_becomes_any_other)
{
	unsigned char *src = malloc(MAX_BYTES);
	unsigned char *dst = malloc(MAX_BYTES), *want = malloc(MAX_BYTES);

	ck_assert(src != NULL && dst != NULL && want != NULL);
	seed = (uint64_t)_i;
	for (size_t i = 0; i < MAX_BYTES; i++)
		src[i] = (unsigned char)dice(256);
	for (int round = 0; round < 150; round++) {
		sftr__stride s;
		job j;

		roll(&j);
		memset(dst, 0xa5, MAX_BYTES);
		memset(want, 0xa5, MAX_BYTES);
		copy_plainly(&j, want, src);
		sftr__stride_begin(&s, j.element, j.swap);
		for (size_t i = j.rank; i-- > 0;)
			sftr__stride_dim(&s, j.extent[i], j.dst[i], j.src[i]);
		sftr__stride_copy(&s, dst, src);
		ck_assert_msg(memcmp(dst, want, MAX_BYTES) == 0,
			      "seed %d round %d", _i, round);
	}
	free(src);
	free(dst);
	free(want);
}
END_TEST

int
main(void)
{
	TCase *tc = tcase_create("stride");

	tcase_add_test(tc, a_matrix_is_transposed);
	tcase_add_test(tc, layers_are_stacked_on_the_last_axis);
	tcase_add_test(tc, an_axis_is_turned_round);
	tcase_add_test(tc, one_element_is_spread_over_an_axis);
	tcase_add_test(tc, nothing_is_copied_where_an_extent_is_zero);
	tcase_add_test(tc, any_rank_is_served);
	tcase_add_loop_test(tc, any_layout_becomes_any_other, 0, 8);
	return run_suite("stride", tc);
}
