/* SPDX-License-Identifier: MIT */
#include "worth.h"

#include <check.h>
#include <math.h>
#include <string.h>

enum family { NONE, UNSIGNED, SIGNED, FLOAT };

static const struct form {
	enum family family;
	int exponent, fraction, bias; /* of a float */
	char specials;		      /* i: IEEE, n, z, s: as in the docs */
} forms[SFTR_N_DTYPES] = {
	[SFTR_BOOL] = { UNSIGNED, 0, 0, 0, 0 },
	[SFTR_U8] = { UNSIGNED, 0, 0, 0, 0 },
	[SFTR_U16] = { UNSIGNED, 0, 0, 0, 0 },
	[SFTR_U32] = { UNSIGNED, 0, 0, 0, 0 },
	[SFTR_U64] = { UNSIGNED, 0, 0, 0, 0 },
	[SFTR_I8] = { SIGNED, 0, 0, 0, 0 },
	[SFTR_I16] = { SIGNED, 0, 0, 0, 0 },
	[SFTR_I32] = { SIGNED, 0, 0, 0, 0 },
	[SFTR_I64] = { SIGNED, 0, 0, 0, 0 },
	[SFTR_F8_E5M2] = { FLOAT, 5, 2, 15, 'i' },
	[SFTR_F8_E4M3] = { FLOAT, 4, 3, 7, 'n' },
	[SFTR_F8_E8M0] = { FLOAT, 8, 0, 127, 's' },
	[SFTR_F8_E4M3FNUZ] = { FLOAT, 4, 3, 8, 'z' },
	[SFTR_F8_E5M2FNUZ] = { FLOAT, 5, 2, 16, 'z' },
	[SFTR_F16] = { FLOAT, 5, 10, 15, 'i' },
	[SFTR_BF16] = { FLOAT, 8, 7, 127, 'i' },
	[SFTR_F32] = { FLOAT, 8, 23, 127, 'i' },
	[SFTR_F64] = { FLOAT, 11, 52, 1023, 'i' },
};

unsigned
worth_n_bytes(sftr_dtype d)
{
	return sftr_dtype_bits(d) / 8;
}

bool
worth_has(sftr_dtype dtype)
{
	return forms[dtype].family != NONE;
}

worth
worth_of(sftr_dtype dtype, uint64_t bits)
{
	const struct form *f = &forms[dtype];
	uint64_t top = UINT64_C(1) << (8 * worth_n_bytes(dtype) - 1);
	worth w = { .negative = false };
	uint64_t fraction, exponent;

	if (f->family != FLOAT) {
		w.whole = true;
		w.integer = dtype == SFTR_BOOL ? bits != 0 : bits;
		if (f->family == SIGNED && (bits & top)) {
			w.negative = true;
			w.integer = top - (bits - top);
		}
		return w;
	}
	if (f->specials == 's') {
		w.nan = bits == 255;
		w.payload_bits = 1;
		w.payload = 1;
		w.real = ldexp(1, (int)bits - 127);
		return w;
	}
	w.negative = bits >= top;
	bits %= top;
	fraction = bits & ((UINT64_C(1) << f->fraction) - 1);
	exponent = bits >> f->fraction;
	if (f->specials == 'i' &&
	    exponent == (UINT64_C(1) << f->exponent) - 1) {
		w.nan = fraction != 0;
		w.payload = fraction;
		w.payload_bits = f->fraction;
		w.real = INFINITY;
	} else if ((f->specials == 'n' && bits == top - 1) ||
		   (f->specials == 'z' && w.negative && bits == 0)) {
		w.nan = true;
		w.payload_bits = 1;
		w.payload = 1;
	} else if (exponent == 0) {
		w.real = ldexp((double)fraction, 1 - f->bias - f->fraction);
	} else {
		fraction += UINT64_C(1) << f->fraction;
		w.real = ldexp((double)fraction,
			       (int)exponent - f->bias - f->fraction);
	}
	return w;
}

/* -1, 0, 1: the magnitude is below, at, above 'd', which is not negative. */
int
worth_compare(const worth *w, double d)
{
	uint64_t whole;

	if (!w->whole)
		return (w->real > d) - (w->real < d);
	if (d >= 0x1p64)
		return -1;
	whole = (uint64_t)d;
	if (w->integer != whole)
		return w->integer < whole ? -1 : 1;
	return d > floor(d) ? -1 : 0;
}

/* The n-th magnitude of a float, and on past the last finite one. */
static double
magnitude(sftr_dtype dtype, uint64_t n)
{
	const struct form *f = &forms[dtype];
	uint64_t fraction = n & ((UINT64_C(1) << f->fraction) - 1);
	uint64_t exponent = n >> f->fraction;

	if (exponent == 0 && f->specials != 's')
		return ldexp((double)fraction, 1 - f->bias - f->fraction);
	fraction += UINT64_C(1) << f->fraction;
	return ldexp((double)fraction, (int)exponent - f->bias - f->fraction);
}

/* The first pattern that is no finite number. */
static uint64_t
first_special(sftr_dtype dtype)
{
	const struct form *f = &forms[dtype];
	uint64_t top = UINT64_C(1) << (f->exponent + f->fraction);

	switch (f->specials) {
	case 'i': return top - (UINT64_C(1) << f->fraction);
	case 'z': return top;
	default: return top - 1;
	}
}

/*
 * The largest n whose magnitude is not above w.  The host's own conversion is
 * a guess to start from, and no more.
 */
static uint64_t
below(sftr_dtype dtype, const worth *w)
{
	const struct form *f = &forms[dtype];
	double guess = w->whole ? (double)w->integer : w->real;
	uint64_t special = first_special(dtype), n;
	int exponent;

	if (worth_compare(w, magnitude(dtype, special)) >= 0)
		return special;
	if (guess == 0)
		return 0;
	guess = frexp(guess, &exponent);
	exponent += f->bias - 1;
	n = exponent <= 0 ? 0 : (uint64_t)exponent << f->fraction;
	guess = exponent > 0 ? (2 * guess - 1) * ldexp(1, f->fraction) :
			       ldexp(guess, f->fraction + exponent);
	n += (uint64_t)guess;
	while (n > 0 && worth_compare(w, magnitude(dtype, n)) < 0)
		n--;
	while (worth_compare(w, magnitude(dtype, n + 1)) >= 0)
		n++;
	return n;
}

static uint64_t
nearest_float(sftr_dtype dtype, const worth *w)
{
	const struct form *f = &forms[dtype];
	uint64_t sign = (uint64_t)w->negative << (f->exponent + f->fraction);
	uint64_t special = first_special(dtype), n;
	int side;

	if (w->nan && f->specials == 'i') {
		int up = f->fraction - w->payload_bits;

		n = up >= 0 ? w->payload << up : w->payload >> -up;
		return sign | special | (n == 0 ? 1 : n);
	}
	if (w->nan)
		return special | (f->specials == 'n' ? sign : 0);
	if (f->specials == 's' && (w->negative || worth_compare(w, 0) == 0))
		return special;
	if (f->specials == 's' && worth_compare(w, 0x1p-126) < 0)
		return worth_compare(w, 0x1p-127) > 0;
	n = below(dtype, w);
	if (n < special && dtype == SFTR_F64 && w->whole) {
		/* Only 64-bit integers get here; the middle is one as well. */
		uint64_t a = (uint64_t)magnitude(dtype, n);
		uint64_t gap = (uint64_t)(magnitude(dtype, n + 1) -
					  magnitude(dtype, n));

		side = (w->integer - a > gap / 2) -
		       (w->integer - a < gap - gap / 2);
		if (gap <= 1)
			side = -1;
	} else if (n < special && dtype == SFTR_F64) {
		side = -1;
	} else if (n < special) {
		side = worth_compare(
			w, (magnitude(dtype, n) + magnitude(dtype, n + 1)) / 2);
	} else {
		side = -1;
	}
	if (side > 0 || (side == 0 && (n % 2 == 1 || f->specials == 's')))
		n++;
	if (f->specials == 'z' && (n == 0 || n == special))
		return n;
	return sign | n;
}

static uint64_t
nearest_integer(sftr_dtype dtype, const worth *w)
{
	unsigned bits = 8 * worth_n_bytes(dtype);
	uint64_t max = UINT64_MAX >> (64 - bits), n;

	if (dtype == SFTR_BOOL)
		return w->nan || worth_compare(w, 0) != 0;
	if (w->nan)
		return 0;
	if (forms[dtype].family == SIGNED)
		max = max / 2 + w->negative;
	else if (w->negative)
		max = 0;
	if (w->whole) {
		n = w->integer;
	} else if (w->real >= 0x1p64) {
		n = max;
	} else {
		double rest = w->real - floor(w->real);

		n = (uint64_t)w->real;
		n += rest > 0.5 || (rest == 0.5 && n % 2 == 1);
	}
	n = n < max ? n : max;
	return (w->negative ? 0 - n : n) & (UINT64_MAX >> (64 - bits));
}

uint64_t
worth_expected(sftr_dtype to, sftr_dtype from, uint64_t bits)
{
	worth w = worth_of(from, bits);

	if (to == from)
		return bits;
	return forms[to].family == FLOAT ? nearest_float(to, &w) :
					   nearest_integer(to, &w);
}

uint64_t
worth_element(sftr_dtype dtype, const void *array, size_t i)
{
	uint8_t u8;
	uint16_t u16;
	uint32_t u32;
	uint64_t u64;
	const char *p = (const char *)array + i * worth_n_bytes(dtype);

	switch (worth_n_bytes(dtype)) {
	case 1: memcpy(&u8, p, 1); return u8;
	case 2: memcpy(&u16, p, 2); return u16;
	case 4: memcpy(&u32, p, 4); return u32;
	default: memcpy(&u64, p, 8); return u64;
	}
}

void
worth_set_element(sftr_dtype dtype, void *array, size_t i, uint64_t bits)
{
	uint8_t u8 = (uint8_t)bits;
	uint16_t u16 = (uint16_t)bits;
	uint32_t u32 = (uint32_t)bits;
	char *p = (char *)array + i * worth_n_bytes(dtype);

	switch (worth_n_bytes(dtype)) {
	case 1: memcpy(p, &u8, 1); break;
	case 2: memcpy(p, &u16, 2); break;
	case 4: memcpy(p, &u32, 4); break;
	default: memcpy(p, &bits, 8); break;
	}
}

void
worth_check(sftr_dtype to, sftr_dtype from, uint64_t bits, uint64_t got)
{
	uint64_t want = worth_expected(to, from, bits);

	/* An assertion notes its place each time, too slow for millions. */
	if (got != want)
		ck_abort_msg("%s %llx to %s: %llx, not %llx",
			     sftr_dtype_name(from), (unsigned long long)bits,
			     sftr_dtype_name(to), (unsigned long long)got,
			     (unsigned long long)want);
}
