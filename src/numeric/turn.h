/* SPDX-License-Identifier: MIT */
/*
 * A matrix in memory turned over: rows become columns.  Knows element sizes,
 * nothing of what the elements mean; moves bytes alone, so that the result is
 * the same by vectors and without.
 */
#ifndef SFTR_NUMERIC_TURN_H
#define SFTR_NUMERIC_TURN_H

#include <stdbool.h>
#include <stddef.h>

/* Whether elements of this size can be turned: 1, 2, 4 and 8 bytes. */
bool
sftr__turns(size_t size);

/*
 * Element (i, j) of 'src', n_rows by n_columns, becomes (j, i) of 'dst'.  A
 * step is the bytes from a row to the next; elements of a row lie side by
 * side.  No alignment is needed; dst and src do not overlap.
 */
void
sftr__turn(char *dst, ptrdiff_t dst_step, const char *src, ptrdiff_t src_step,
	   size_t n_rows, size_t n_columns, size_t size);

#endif
