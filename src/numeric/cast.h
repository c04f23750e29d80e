/* SPDX-License-Identifier: MIT */
/*
 * Elements of one dtype become elements of another: which pairs there are,
 * which of them lose nothing, and the conversion by the fastest way that
 * gives the bits numeric/number defines.  Those bits are the same on every
 * host.  Knows nothing of tensors.
 */
#ifndef SFTR_NUMERIC_CAST_H
#define SFTR_NUMERIC_CAST_H

#include <safetree/base.h>
#include <stdbool.h>

/*
 * Whether the pair has a conversion: any two of BOOL, the integers, and the
 * floats of 8 bits and more; C64, F4 and the F6 pair only to themselves.
 */
bool
sftr__cast_defined(sftr_dtype to, sftr_dtype from);

/*
 * Whether every value of 'from' is one of 'to', with infinities and the sign
 * of zero, so that the cast back gives the same value again.
 */
bool
sftr__cast_lossless(sftr_dtype to, sftr_dtype from);

/*
 * Converts n elements, both in host order and of any alignment; dst and src do
 * not overlap.  Rounds as sftr__number_encode says; equal dtypes are copied bit
 * by bit.  'stream' lets it write past the caches, for outputs larger than
 * they are.  False, with dst as it was, if the pair is not defined.
 */
bool
sftr__cast(sftr_dtype to, void *dst, sftr_dtype from, const void *src, size_t n,
	   bool stream);

#endif
