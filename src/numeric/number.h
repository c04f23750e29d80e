/* SPDX-License-Identifier: MIT */
/*
 * What the bits of an element mean: any element of any dtype as an exact
 * number, and that number rounded into any dtype.  Slow beside a kernel, but
 * one definition for all pairs.  Integer arithmetic throughout: neither the
 * rounding mode, nor flushing of subnormals, nor a compiler changes a bit, and
 * no NaN passes through a register that could quieten it.
 */
#ifndef SFTR_NUMERIC_NUMBER_H
#define SFTR_NUMERIC_NUMBER_H

#include <safetree/base.h>
#include <stdbool.h>

typedef enum sftr__kind {
	SFTR__ZERO,
	SFTR__FINITE,
	SFTR__INFINITE,
	SFTR__NAN
} sftr__kind;

typedef struct sftr__number {
	/*
	 * Finite: the top bit is set, the value is mantissa / 2^63 times
	 * 2^exponent.  NaN: its fraction, from the top bit down.
	 */
	uint64_t mantissa;
	int32_t exponent;
	bool negative;
	unsigned char kind;
} sftr__number;

/*
 * Whether the dtype's elements are numbers here: BOOL, integers and floats of
 * 8 bits and more.
 */
bool
sftr__is_number(sftr_dtype dtype);

/*
 * n elements, in host order and of any alignment.  Any byte of a BOOL but 0 is
 * 1.
 */
void
sftr__number_decode(sftr__number *numbers, sftr_dtype dtype, const void *src,
		    size_t n);

/*
 * Rounds n numbers into elements: to the nearest, ties to even.
 *
 * BOOL: 0 if zero, otherwise 1, as is NaN.  Integers saturate; NaN is 0.
 * Floats with infinities: overflow is infinity.  F8_E4M3 and the FNUZ pair
 * have none: overflow and infinity are NaN.  The FNUZ pair has no -0: it is 0.
 * NaN keeps its sign and as much of the top of its fraction as there is room
 * for, and where that is all 0 the lowest bit is set, lest it be an infinity.
 *
 * F8_E8M0 has neither 0 nor sign: zero and negatives are NaN.  Its ties go up,
 * one digit being odd always.  What lies below 2^-127 is 2^-127, and what lies
 * between that and 2^-126 is 2^-126, the one place where the nearest is not
 * taken; so do torch and ml_dtypes.
 */
void
sftr__number_encode(sftr_dtype dtype, void *dst, const sftr__number *numbers,
		    size_t n);

#endif
