/* SPDX-License-Identifier: MIT */
/*
 * Byte order.  Elements in a file are little-endian; this module turns them
 * into the host's order and back, which is the same act.  It knows how wide
 * the numbers of a dtype are, and nothing of what they mean.
 */
#ifndef SFTR_NUMERIC_SWAP_H
#define SFTR_NUMERIC_SWAP_H

#include <safetree/base.h>

#include <stdbool.h>

/*
 * Bytes that turn round together: 2, 4 or 8; 1 where byte order says nothing.
 * C64 is two numbers of 4 bytes.
 */
unsigned
sftr__swap_width(sftr_dtype dtype);

/*
 * Copies n numbers of 'width' bytes (1, 2, 4, 8), each reversed.  dst and src
 * are the same or do not overlap, and need no alignment.
 */
void
sftr__swap(void *dst, const void *src, size_t n, unsigned width);

/*
 * File order to the host's, or back, in place: nothing on a little-endian
 * host.  n_bytes is that of whole elements.
 */
void
sftr__to_host(sftr_dtype dtype, void *bytes, size_t n_bytes);

/*
 * The same from src to dst, which do not overlap.  'stream' lets it write past
 * the caches, for outputs larger than they are.
 */
void
sftr__copy_to_host(sftr_dtype dtype, void *dst, const void *src, size_t n_bytes,
		   bool stream);

#endif
