/* SPDX-License-Identifier: MIT */
/*
 * One copy of n-dimensional data between two layouts in memory: slices,
 * transposes, permutations, stacks, and byte order on the way.  Knows extents
 * and strides; not what the elements mean, and no files.
 *
 *	sftr__stride_begin(&s, element_size, 1);
 *	for (i = rank; i-- > 0;)
 *		sftr__stride_dim(&s, extent[i], dst_step[i], src_step[i]);
 *	sftr__stride_copy(&s, dst, src);
 *
 * As in numeric/runs, extents of 1 are left out and at most 63 others fit in
 * memory, so any rank is served without an allocation.
 */
#ifndef SFTR_NUMERIC_STRIDE_H
#define SFTR_NUMERIC_STRIDE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef struct sftr__stride_axis {
	uint64_t extent;
	ptrdiff_t dst; /* bytes from one element to the next */
	ptrdiff_t src;
} sftr__stride_axis;

#define SFTR__STRIDE_AXES 64

typedef struct sftr__stride {
	size_t element; /* bytes moved as one */
	unsigned swap;	/* bytes turned round together */
	bool empty;
	unsigned rank;
	sftr__stride_axis axes[SFTR__STRIDE_AXES]; /* fastest first; none
						    of extent 1 */
} sftr__stride;

/*
 * A scalar of 'element' bytes, any number; 'swap' is sftr__swap_width(), or 1
 * to keep the byte order, and divides 'element'.  The axes are to follow,
 * fastest first; the order matters to speed alone, and is best that of dst.
 */
void
sftr__stride_begin(sftr__stride *s, size_t element, unsigned swap);

/*
 * The next axis: its extent, and the bytes from one element to the next in dst
 * and in src.  Steps may be negative, and that of src 0.
 */
void
sftr__stride_dim(sftr__stride *s, uint64_t extent, int64_t dst_step,
		 int64_t src_step);

/*
 * Copies every element.  dst and src point at the elements with all indices 0,
 * need no alignment and do not overlap; what lies between the elements of dst
 * is not touched.
 */
void
sftr__stride_copy(const sftr__stride *s, void *dst, const void *src);

#endif
