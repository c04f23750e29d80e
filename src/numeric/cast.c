/* SPDX-License-Identifier: MIT */
#include "numeric/cast.h"

#include "numeric/kernel.h"
#include "numeric/number.h"

#include <string.h>

/* Elements a step, where a conversion goes by way of another form. */
#define STEP 256

/* What a dtype has besides positive numbers. */
enum {
	NEGATIVE = 1,
	ZERO = 2,
	SPECIAL = 4 /* -0, and infinities if it has any */
};

/*
 * The values of a dtype: up to 'digits' binary digits, the lowest worth
 * 2^low or more, the highest 2^top or less.
 */
static const struct values {
	short digits, low, top;
	unsigned char flags;
} values[SFTR_N_DTYPES] = {
	[SFTR_BOOL] = { 1, 0, 0, ZERO },
	[SFTR_U8] = { 8, 0, 7, ZERO },
	[SFTR_I8] = { 7, 0, 7, ZERO | NEGATIVE },
	[SFTR_F8_E5M2] = { 3, -16, 15, ZERO | NEGATIVE | SPECIAL },
	[SFTR_F8_E4M3] = { 4, -9, 8, ZERO | NEGATIVE | SPECIAL },
	[SFTR_F8_E8M0] = { 1, -127, 127, 0 },
	[SFTR_F8_E4M3FNUZ] = { 4, -10, 7, ZERO | NEGATIVE },
	[SFTR_F8_E5M2FNUZ] = { 3, -17, 15, ZERO | NEGATIVE },
	[SFTR_I16] = { 15, 0, 15, ZERO | NEGATIVE },
	[SFTR_U16] = { 16, 0, 15, ZERO },
	[SFTR_F16] = { 11, -24, 15, ZERO | NEGATIVE | SPECIAL },
	[SFTR_BF16] = { 8, -133, 127, ZERO | NEGATIVE | SPECIAL },
	[SFTR_I32] = { 31, 0, 31, ZERO | NEGATIVE },
	[SFTR_U32] = { 32, 0, 31, ZERO },
	[SFTR_F32] = { 24, -149, 127, ZERO | NEGATIVE | SPECIAL },
	[SFTR_F64] = { 53, -1074, 1023, ZERO | NEGATIVE | SPECIAL },
	[SFTR_I64] = { 63, 0, 63, ZERO | NEGATIVE },
	[SFTR_U64] = { 64, 0, 63, ZERO },
};

bool
sftr__cast_defined(sftr_dtype to, sftr_dtype from)
{
	if (to == from)
		return sftr_dtype_bits(to) > 0;
	return sftr__is_number(to) && sftr__is_number(from);
}

bool
sftr__cast_lossless(sftr_dtype to, sftr_dtype from)
{
	const struct values *a, *b;

	if (to == from || !sftr__cast_defined(to, from))
		return sftr__cast_defined(to, from);
	a = &values[from];
	b = &values[to];
	return a->digits <= b->digits && a->low >= b->low && a->top <= b->top &&
	       (a->flags & ~b->flags) == 0;
}

static sftr__kernel *
find_kernel(sftr_dtype to, sftr_dtype from)
{
	sftr__kernel *vector = sftr__kernel_vector(to, from);

	return vector != NULL ? vector : sftr__kernel_plain(to, from);
}

/* By way of exact numbers. */
static void
cast_any(sftr_dtype to, void *dst, sftr_dtype from, const void *src, size_t n)
{
	size_t size_to = sftr_dtype_bits(to) / 8;
	size_t size_from = sftr_dtype_bits(from) / 8;
	const char *s = src;
	char *d = dst;

	while (n > 0) {
		sftr__number numbers[STEP];
		size_t step = n < STEP ? n : STEP;

		sftr__number_decode(numbers, from, s, step);
		sftr__number_encode(to, d, numbers, step);
		s += step * size_from;
		d += step * size_to;
		n -= step;
	}
}

/* By way of F32, where it holds all of 'from' and kernels go there and on. */
static void
cast_by_f32(sftr__kernel *widen, sftr__kernel *narrow, void *dst,
	    size_t size_to, const void *src, size_t size_from, size_t n)
{
	const char *s = src;
	char *d = dst;

	while (n > 0) {
		uint32_t f32[STEP];
		size_t step = n < STEP ? n : STEP;

		widen(f32, s, step, false);
		narrow(d, f32, step, false);
		s += step * size_from;
		d += step * size_to;
		n -= step;
	}
}

/* Inlined with a constant size. */
static inline void
look_up(unsigned char *dst, const unsigned char *table,
	const unsigned char *src, size_t n, size_t size)
{
	for (size_t i = 0; i < n; i++)
		memcpy(dst + i * size, table + src[i] * size, size);
}

/* There are but 256 different elements to convert. */
static void
cast_by_table(sftr_dtype to, void *dst, sftr_dtype from, const void *src,
	      size_t n)
{
	unsigned char all[256], table[256 * 8];

	for (int i = 0; i < 256; i++)
		all[i] = (unsigned char)i;
	cast_any(to, table, from, all, 256);
	switch (sftr_dtype_bits(to)) {
	case 8: look_up(dst, table, src, n, 1); break;
	case 16: look_up(dst, table, src, n, 2); break;
	case 32: look_up(dst, table, src, n, 4); break;
	default: look_up(dst, table, src, n, 8); break;
	}
}

/* Bytes of n packed elements; no product overflows if they are in memory. */
static size_t
n_packed(sftr_dtype dtype, size_t n)
{
	unsigned bits = sftr_dtype_bits(dtype);

	return n / 8 * bits + (n % 8 * bits + 7) / 8;
}

bool
sftr__cast(sftr_dtype to, void *dst, sftr_dtype from, const void *src, size_t n,
	   bool stream)
{
	unsigned bits_from = sftr_dtype_bits(from);
	sftr__kernel *kernel = find_kernel(to, from);
	sftr__kernel *widen = find_kernel(SFTR_F32, from);
	sftr__kernel *narrow = find_kernel(to, SFTR_F32);

	if (!sftr__cast_defined(to, from))
		return false;
	if (n == 0)
		return true;
	if (to == from)
		memcpy(dst, src, n_packed(to, n));
	else if (kernel != NULL)
		kernel(dst, src, n, stream);
	else if (bits_from == 8 && n >= 512)
		cast_by_table(to, dst, from, src, n);
	else if (widen != NULL && narrow != NULL)
		cast_by_f32(widen, narrow, dst, sftr_dtype_bits(to) / 8, src,
			    bits_from / 8, n);
	else
		cast_any(to, dst, from, src, n);
	return true;
}
