/* SPDX-License-Identifier: MIT */
/*
 * Sorting pointers.  The C library's qsort takes memory of its own, may fall
 * back to a quadratic way without it, and promises no order among equals.
 */
#ifndef SFTR_BASE_SORT_H
#define SFTR_BASE_SORT_H

#include <stddef.h>

/* Below, at or above 0 as 'a' comes before, with or after 'b'. */
typedef int
sftr__compare_fn(const void *a, const void *b);

/*
 * Sorts items[n]; equals keep their order.  scratch[n] is overwritten.  Never
 * more than n log2 n comparisons, and n where they are in order already.
 */
void
sftr__sort(const void **items, const void **scratch, size_t n,
	   sftr__compare_fn *compare);

#endif
