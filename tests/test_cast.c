/* SPDX-License-Identifier: MIT */
#include "numeric/cast.h"

#include "effort.h"
#include "suite.h"
#include "worth.h"

#include <check.h>
#include <stdlib.h>
#include <string.h>

static void *
get(size_t n)
{
	void *p = malloc(n);

	ck_assert_ptr_nonnull(p);
	return p;
}

/*
 * In blocks too small for a table, and in one go: the ways inside sftr__cast
 * differ by length.
 */
static void
check_to_all(sftr_dtype from, const void *src, size_t n)
{
	char *dst = get(n * 8), *blocks = get(n * 8);

	for (sftr_dtype to = 1; to < SFTR_N_DTYPES; to++) {
		if (!worth_has(to))
			continue;
		ck_assert(sftr__cast(to, dst, from, src, n, false));
		for (size_t i = 0; i < n; i += 300)
			ck_assert(sftr__cast(
				to, blocks + i * worth_n_bytes(to), from,
				(const char *)src + i * worth_n_bytes(from),
				n - i < 300 ? n - i : 300, false));
		ck_assert(memcmp(dst, blocks, n * worth_n_bytes(to)) == 0);
		for (size_t i = 0; i < n; i++)
			worth_check(to, from, worth_element(from, src, i),
				    worth_element(to, dst, i));
	}
	free(dst);
	free(blocks);
}

START_TEST(every_element_of_8_and_16_bits_becomes_every_dtype)
{
	sftr_dtype from = (sftr_dtype)_i;
	size_t all = worth_n_bytes(from) == 1 ? 256 : 65536;
	size_t n = worth_n_bytes(from) == 1 ? 1024 : 65536 / every(16);
	void *src;

	if (!worth_has(from) || worth_n_bytes(from) > 2)
		return;
	src = get(n * 2);
	for (size_t i = 0; i < n; i++)
		worth_set_element(from, src, i,
				  i * (all > n ? 65519 : 1) % all);
	check_to_all(from, src, n);
	free(src);
}
END_TEST

static uint64_t seed;

static uint64_t
dice(void)
{
	seed = seed * UINT64_C(6364136223846793005) + 1442695040888963407;
	return seed >> 32 ^ seed << 13;
}

/*
 * Bits of which few change: around every power of two and its half and
 * quarter, where roundings decide.
 */
static size_t
fill_patterns(uint64_t *p, int bits)
{
	static const uint64_t stems[] = { 1, 3, 5, 7, 11, 0x81, 0x1001 };
	uint64_t mask = UINT64_MAX >> (64 - bits);
	size_t n = 0;

	for (int k = 0; k < bits; k++)
		for (size_t s = 0; s < 7; s++)
			for (uint64_t d = 0; d < 3; d++) {
				p[n++] = ((stems[s] << k) + d - 1) & mask;
				p[n++] = (mask - (stems[s] << k) + d) & mask;
			}
	return n;
}

enum { MAX_PATTERNS = 64 * 7 * 3 * 2 };

START_TEST(wide_integers_become_every_dtype)
{
	static const sftr_dtype dtypes[] = { SFTR_I32, SFTR_U32, SFTR_I64,
					     SFTR_U64 };
	sftr_dtype from = dtypes[_i];
	uint64_t *patterns = get(MAX_PATTERNS * sizeof *patterns);
	size_t n = fill_patterns(patterns, (int)worth_n_bytes(from) * 8);
	size_t n_random = repetitions(20000, 2000000);
	void *src = get((n + n_random) * 8);

	seed = 5;
	for (size_t i = 0; i < n; i++)
		worth_set_element(from, src, i, patterns[i]);
	for (size_t i = 0; i < n_random; i++)
		worth_set_element(from, src, n + i, dice() >> dice() % 64);
	check_to_all(from, src, n + n_random);
	free(patterns);
	free(src);
}
END_TEST

/* Whether some dtype begins, ends or turns subnormal near 2^e. */
static bool
is_boundary(int e)
{
	static const int powers[] = { -149, -133, -126, -24, -15, -8,
				      0,    8,	  16,	32,  64,  128 };

	for (size_t i = 0; i < sizeof powers / sizeof powers[0]; i++)
		if (abs(e - powers[i]) <= 2)
			return true;
	return false;
}

/* Every exponent; where dtypes have their bounds with all patterns. */
START_TEST(wide_floats_become_every_dtype)
{
	sftr_dtype from = _i < 8 ? SFTR_F32 : SFTR_F64;
	int fraction = from == SFTR_F32 ? 23 : 52;
	int exponent = from == SFTR_F32 ? 8 : 11;
	int bias = (1 << (exponent - 1)) - 1;
	uint64_t *patterns = get(MAX_PATTERNS * sizeof *patterns);
	size_t n_patterns = fill_patterns(patterns, fraction);
	void *src = get(2 * (n_patterns + 4) * 8);

	seed = (uint64_t)_i;
	int step = 8 * (int)every(7);

	for (int e = _i % 8; e < 1 << exponent; e += step) {
		bool all = e == 0 || e + 1 == 1 << exponent ||
			   is_boundary(e - bias);
		size_t n = 0;

		for (size_t i = 0; i < n_patterns + 4; i++) {
			uint64_t bits = i < n_patterns ? patterns[i] : dice();

			if (!all && i > 3 && i < n_patterns)
				continue;
			bits &= (UINT64_C(1) << fraction) - 1;
			bits |= (uint64_t)e << fraction;
			worth_set_element(from, src, n++, bits);
			bits |= UINT64_C(1) << (fraction + exponent);
			worth_set_element(from, src, n++, bits);
		}
		check_to_all(from, src, n);
	}
	free(patterns);
	free(src);
}
END_TEST

START_TEST(packed_and_complex_elements_are_only_copied)
{
	static const struct {
		sftr_dtype dtype;
		size_t n, n_bytes;
	} rows[] = {
		{ SFTR_F4, 10, 5 },	 { SFTR_F4, 3, 2 },
		{ SFTR_F6_E2M3, 12, 9 }, { SFTR_F6_E3M2, 4, 3 },
		{ SFTR_C64, 3, 24 },	 { SFTR_F64, 3, 24 },
	};
	char src[32], dst[32];

	for (size_t r = 0; r < sizeof rows / sizeof rows[0]; r++) {
		memset(src, 0x5a, sizeof src);
		memset(dst, 0, sizeof dst);
		ck_assert(sftr__cast(rows[r].dtype, dst, rows[r].dtype, src,
				     rows[r].n, false));
		ck_assert(memcmp(dst, src, rows[r].n_bytes) == 0);
		ck_assert_int_eq(dst[rows[r].n_bytes], 0);
	}
	memset(dst, 0, sizeof dst);
	ck_assert(!sftr__cast(SFTR_F32, dst, SFTR_C64, src, 1, false));
	ck_assert(!sftr__cast(SFTR_C64, dst, SFTR_F32, src, 1, false));
	ck_assert(!sftr__cast(SFTR_F4, dst, SFTR_F6_E2M3, src, 4, false));
	ck_assert(!sftr__cast(0, dst, 0, src, 1, false));
	ck_assert(!sftr__cast(SFTR_N_DTYPES, dst, SFTR_F32, src, 1, false));
	for (size_t i = 0; i < sizeof dst; i++)
		ck_assert_int_eq(dst[i], 0);
	ck_assert(sftr__cast(SFTR_F32, NULL, SFTR_F16, NULL, 0, false));
	ck_assert(sftr__cast(SFTR_F32, NULL, SFTR_F32, NULL, 0, false));
}
END_TEST

/* Whether every element comes back, by trying them all. */
static bool
all_come_back(sftr_dtype to, sftr_dtype from)
{
	size_t n = worth_n_bytes(from) == 1 ? 256 : 65536;
	char *src = get(n * 2), *there = get(n * 8), *back = get(n * 2);
	bool same = true;

	/* A BOOL is 0 or 1; the rest would come back as 1. */
	if (from == SFTR_BOOL)
		n = 2;
	for (size_t i = 0; i < n; i++)
		worth_set_element(from, src, i, i);
	sftr__cast(to, there, from, src, n, false);
	sftr__cast(from, back, to, there, n, false);
	for (size_t i = 0; i < n; i++) {
		worth a = worth_of(from, i);
		worth b = worth_of(from, worth_element(from, back, i));
		worth t = worth_of(to, worth_element(to, there, i));

		if (a.nan != b.nan ||
		    (!a.nan && (worth_element(from, back, i) != i || t.nan)))
			same = false;
		/* Saturated both ways is no return. */
		if (!a.nan && !t.nan &&
		    (a.negative != t.negative ||
		     (a.whole ? worth_compare(&t, (double)a.integer) :
				worth_compare(&t, a.real)) != 0))
			same = false;
	}
	free(src);
	free(there);
	free(back);
	return same;
}

START_TEST(lossless_is_what_comes_back)
{
	static const sftr_dtype wide[][2] = {
		{ SFTR_I64, SFTR_I32 }, { SFTR_F64, SFTR_I32 },
		{ SFTR_I64, SFTR_U32 }, { SFTR_U64, SFTR_U32 },
		{ SFTR_F64, SFTR_U32 }, { SFTR_F64, SFTR_F32 },
	};

	for (sftr_dtype from = 0; from <= SFTR_N_DTYPES; from++)
		for (sftr_dtype to = 0; to <= SFTR_N_DTYPES; to++) {
			bool numbers = from < SFTR_N_DTYPES &&
				       to < SFTR_N_DTYPES && worth_has(from) &&
				       worth_has(to);
			bool same =
				from == to && from > 0 && from < SFTR_N_DTYPES;
			bool want = same;

			if (numbers && worth_n_bytes(from) == 2 && every(2) > 1)
				continue; /* there is no trying some */
			if (numbers && worth_n_bytes(from) <= 2)
				want = all_come_back(to, from);
			for (size_t i = 0; i < sizeof wide / sizeof wide[0];
			     i++)
				if (wide[i][0] == to && wide[i][1] == from)
					want = true;
			ck_assert_msg(sftr__cast_lossless(to, from) == want,
				      "%s to %s", sftr_dtype_name(from),
				      sftr_dtype_name(to));
			ck_assert_msg(sftr__cast_defined(to, from) ==
					      (same || numbers),
				      "%s to %s", sftr_dtype_name(from),
				      sftr_dtype_name(to));
		}
}
END_TEST

int
main(void)
{
	TCase *tc = tcase_create("cast");

	tcase_set_timeout(tc, 120);
	tcase_add_loop_test(tc,
			    every_element_of_8_and_16_bits_becomes_every_dtype,
			    0, SFTR_N_DTYPES);
	tcase_add_loop_test(tc, wide_integers_become_every_dtype, 0, 4);
	tcase_add_loop_test(tc, wide_floats_become_every_dtype, 0, 16);
	tcase_add_test(tc, packed_and_complex_elements_are_only_copied);
	tcase_add_test(tc, lossless_is_what_comes_back);
	return run_suite("cast", tc);
}
