/* SPDX-License-Identifier: MIT */
/*
 * Loops for the conversions that weights go through most.  Each gives the bits
 * that numeric/number defines, and so do its twins for a CPU's own vectors.
 */
#ifndef SFTR_NUMERIC_KERNEL_H
#define SFTR_NUMERIC_KERNEL_H

#include <safetree/base.h>
#include <stdbool.h>

/*
 * Converts n elements of any alignment; dst and src do not overlap.  'stream'
 * lets it write past the caches, if it can.
 */
typedef void
sftr__kernel(void *dst, const void *src, size_t n, bool stream);

/* The plain loop for this pair, or NULL. */
sftr__kernel *
sftr__kernel_plain(sftr_dtype to, sftr_dtype from);

/* The one for the vectors of this very CPU, or NULL.  Cheap to ask. */
sftr__kernel *
sftr__kernel_vector(sftr_dtype to, sftr_dtype from);

#endif
