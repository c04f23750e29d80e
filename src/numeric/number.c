/* SPDX-License-Identifier: MIT */
#include "numeric/number.h"

#include <string.h>

#define TOP (UINT64_C(1) << 63)

/* How a float says what is not finite. */
enum specials {
	IEEE,	  /* exponent all ones: infinity, or NaN with a fraction */
	ONE_NAN,  /* all ones but for the sign is NaN */
	NEG_ZERO, /* what would be -0 is the NaN */
	SCALE	  /* 2^exponent and no more; all ones is NaN */
};

typedef struct layout {
	unsigned n_bytes;
	unsigned exponent; /* bits */
	unsigned fraction; /* bits */
	int bias;
	enum specials specials;
} layout;

typedef struct integer {
	unsigned n_bytes;
	bool has_sign;
} integer;

/*
 * The functions below are inlined with a constant layout, one loop a dtype:
 * what they ask of it is then known to the compiler.
 */
static inline uint64_t
load(const unsigned char *src, unsigned n_bytes)
{
	uint64_t u64;
	uint32_t u32;
	uint16_t u16;

	switch (n_bytes) {
	case 1: return src[0];
	case 2: memcpy(&u16, src, 2); return u16;
	case 4: memcpy(&u32, src, 4); return u32;
	default: memcpy(&u64, src, 8); return u64;
	}
}

static inline void
store(unsigned char *dst, unsigned n_bytes, uint64_t bits)
{
	uint32_t u32 = (uint32_t)bits;
	uint16_t u16 = (uint16_t)bits;

	switch (n_bytes) {
	case 1: dst[0] = (unsigned char)bits; break;
	case 2: memcpy(dst, &u16, 2); break;
	case 4: memcpy(dst, &u32, 4); break;
	default: memcpy(dst, &bits, 8); break;
	}
}

/* mantissa / 2^shift to the nearest integer, ties to even. */
static inline uint64_t
round_shift(uint64_t mantissa, unsigned shift)
{
	uint64_t q, rest;

	if (shift == 0)
		return mantissa;
	if (shift >= 64)
		return shift == 64 && mantissa > TOP;
	q = mantissa >> shift;
	rest = mantissa << (64 - shift);
	return q + (rest > TOP || (rest == TOP && (q & 1)));
}

/* All ones below the sign: the largest pattern there is. */
static inline uint64_t
all_ones(const layout *f)
{
	return (UINT64_C(1) << (f->exponent + f->fraction)) - 1;
}

/* The pattern of infinity under IEEE. */
static inline uint64_t
infinity(const layout *f)
{
	return all_ones(f) >> f->fraction << f->fraction;
}

static inline bool
is_nan(const layout *f, bool negative, uint64_t magnitude)
{
	switch (f->specials) {
	case IEEE: return magnitude > infinity(f);
	case NEG_ZERO: return negative && magnitude == 0;
	default: return magnitude == all_ones(f);
	}
}

static inline sftr__number
decode_float(const layout *f, uint64_t bits)
{
	uint64_t magnitude = bits & all_ones(f);
	uint64_t fraction = magnitude & ((UINT64_C(1) << f->fraction) - 1);
	int biased = (int)(magnitude >> f->fraction);
	bool negative = magnitude != bits;
	sftr__number x = { 0, 0, negative, SFTR__ZERO };

	if (is_nan(f, negative, magnitude)) {
		x.kind = SFTR__NAN;
		x.mantissa = f->specials == IEEE ?
				     fraction << (64 - f->fraction) :
				     TOP;
	} else if (f->specials == IEEE && magnitude == infinity(f)) {
		x.kind = SFTR__INFINITE;
	} else if (biased > 0 || f->specials == SCALE) {
		x.kind = SFTR__FINITE;
		x.mantissa = TOP | fraction << (63 - f->fraction);
		x.exponent = biased - f->bias;
	} else if (fraction > 0) {
		int zeros = __builtin_clzll(fraction);

		x.kind = SFTR__FINITE;
		x.mantissa = fraction << zeros;
		x.exponent = 64 - zeros - f->bias - (int)f->fraction;
	}
	return x;
}

/* The pattern of a finite number; beyond the finite ones if it overflows. */
static inline uint64_t
round_float(const layout *f, const sftr__number *x)
{
	int biased = x->exponent + f->bias;
	unsigned shift = 63 - f->fraction;

	if (f->specials == SCALE && biased <= 0)
		return biased == 0 && x->mantissa > TOP;
	if (biased <= 0)
		return round_shift(x->mantissa, shift + (unsigned)(1 - biased));
	/* The leading one of the mantissa adds the 1 that biased lacks. */
	return ((uint64_t)(biased - 1) << f->fraction) +
	       round_shift(x->mantissa, shift);
}

static inline uint64_t
encode_float(const layout *f, const sftr__number *x)
{
	uint64_t sign = x->negative ? all_ones(f) + 1 : 0;
	uint64_t beyond, bits = 0;

	/* beyond: the first pattern that is no finite number */
	switch (f->specials) {
	case IEEE: beyond = infinity(f); break;
	case NEG_ZERO: beyond = all_ones(f) + 1; break;
	default: beyond = all_ones(f); break;
	}
	if (x->kind == SFTR__FINITE)
		bits = round_float(f, x);
	if (x->kind >= SFTR__INFINITE || bits > beyond)
		bits = beyond;
	if (x->kind == SFTR__NAN && f->specials == IEEE) {
		uint64_t fraction = x->mantissa >> (64 - f->fraction);

		bits |= fraction > 0 ? fraction : 1;
	}
	if (f->specials == SCALE)
		return x->negative || x->kind == SFTR__ZERO ? beyond : bits;
	if (f->specials == NEG_ZERO && bits == 0)
		return 0;
	return bits | sign;
}

static inline sftr__number
decode_integer(const integer *t, uint64_t bits)
{
	unsigned unused = 64 - 8 * t->n_bytes;
	sftr__number x = { 0, 0, false, SFTR__ZERO };

	if (t->has_sign && (bits << unused & TOP)) {
		x.negative = true;
		bits = (0 - bits) << unused >> unused;
	}
	if (bits > 0) {
		int zeros = __builtin_clzll(bits);

		x.kind = SFTR__FINITE;
		x.mantissa = bits << zeros;
		x.exponent = 63 - zeros;
	}
	return x;
}

static inline uint64_t
encode_integer(const integer *t, const sftr__number *x)
{
	uint64_t max = UINT64_MAX >> (64 - 8 * t->n_bytes + t->has_sign);
	uint64_t bits = 0;

	if (x->negative)
		max = t->has_sign ? max + 1 : 0;
	if (x->kind == SFTR__INFINITE ||
	    (x->kind == SFTR__FINITE && x->exponent > 63))
		bits = max;
	else if (x->kind == SFTR__FINITE && x->exponent >= -1)
		bits = round_shift(x->mantissa, (unsigned)(63 - x->exponent));
	if (bits > max)
		bits = max;
	return x->negative ? 0 - bits : bits;
}

static const layout f8_e5m2 = { 1, 5, 2, 15, IEEE };
static const layout f8_e4m3 = { 1, 4, 3, 7, ONE_NAN };
static const layout f8_e8m0 = { 1, 8, 0, 127, SCALE };
static const layout f8_e4m3fnuz = { 1, 4, 3, 8, NEG_ZERO };
static const layout f8_e5m2fnuz = { 1, 5, 2, 16, NEG_ZERO };
static const layout f16 = { 2, 5, 10, 15, IEEE };
static const layout bf16 = { 2, 8, 7, 127, IEEE };
static const layout f32 = { 4, 8, 23, 127, IEEE };
static const layout f64 = { 8, 11, 52, 1023, IEEE };

static const integer i8 = { 1, true }, u8 = { 1, false };
static const integer i16 = { 2, true }, u16 = { 2, false };
static const integer i32 = { 4, true }, u32 = { 4, false };
static const integer i64 = { 8, true }, u64 = { 8, false };

/* One line a dtype: DO(enumerator, float or integer, what it looks like) */
#define EACH_NUMBER(DO)                                                        \
	DO(SFTR_U8, integer, u8)                                               \
	DO(SFTR_I8, integer, i8)                                               \
	DO(SFTR_F8_E5M2, float, f8_e5m2)                                       \
	DO(SFTR_F8_E4M3, float, f8_e4m3)                                       \
	DO(SFTR_F8_E8M0, float, f8_e8m0)                                       \
	DO(SFTR_F8_E4M3FNUZ, float, f8_e4m3fnuz)                               \
	DO(SFTR_F8_E5M2FNUZ, float, f8_e5m2fnuz)                               \
	DO(SFTR_I16, integer, i16)                                             \
	DO(SFTR_U16, integer, u16)                                             \
	DO(SFTR_F16, float, f16)                                               \
	DO(SFTR_BF16, float, bf16)                                             \
	DO(SFTR_I32, integer, i32)                                             \
	DO(SFTR_U32, integer, u32)                                             \
	DO(SFTR_F32, float, f32)                                               \
	DO(SFTR_F64, float, f64)                                               \
	DO(SFTR_I64, integer, i64)                                             \
	DO(SFTR_U64, integer, u64)

bool
sftr__is_number(sftr_dtype dtype)
{
	switch (dtype) {
#define CASE(dtype, family, form) case dtype:
		EACH_NUMBER(CASE)
#undef CASE
	case SFTR_BOOL: return true;
	default: return false;
	}
}

void
sftr__number_decode(sftr__number *numbers, sftr_dtype dtype, const void *src,
		    size_t n)
{
	const unsigned char *p = src;

	switch (dtype) {
#define CASE(dtype, family, form)                                              \
	case dtype:                                                            \
		for (size_t i = 0; i < n; i++)                                 \
			numbers[i] = decode_##family(                          \
				&(form),                                       \
				load(p + i * (form).n_bytes, (form).n_bytes)); \
		break;
		EACH_NUMBER(CASE)
#undef CASE
	default:
		for (size_t i = 0; i < n; i++)
			numbers[i] = decode_integer(&u8, p[i] != 0);
		break;
	}
}

void
sftr__number_encode(sftr_dtype dtype, void *dst, const sftr__number *numbers,
		    size_t n)
{
	unsigned char *p = dst;

	switch (dtype) {
#define CASE(dtype, family, form)                                              \
	case dtype:                                                            \
		for (size_t i = 0; i < n; i++)                                 \
			store(p + i * (form).n_bytes, (form).n_bytes,          \
			      encode_##family(&(form), &numbers[i]));          \
		break;
		EACH_NUMBER(CASE)
#undef CASE
	default:
		for (size_t i = 0; i < n; i++)
			p[i] = numbers[i].kind != SFTR__ZERO;
		break;
	}
}
