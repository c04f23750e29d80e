/* SPDX-License-Identifier: MIT */
/*
 * Bytes and sizes: little-endian loads and stores, and arithmetic on 64-bit
 * sizes that says when it overflows.  Knows nothing of files.
 */
#ifndef SFTR_BASE_BYTES_H
#define SFTR_BASE_BYTES_H

#include <limits.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#if defined(__BYTE_ORDER__) && __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
#define SFTR__BIG_ENDIAN 1
#else
#define SFTR__BIG_ENDIAN 0
#endif

static inline uint64_t
sftr__load_u64(const void *bytes)
{
	uint64_t v;

	memcpy(&v, bytes, sizeof v);
#if SFTR__BIG_ENDIAN
	v = __builtin_bswap64(v);
#endif
	return v;
}

static inline void
sftr__store_u64(void *bytes, uint64_t v)
{
#if SFTR__BIG_ENDIAN
	v = __builtin_bswap64(v);
#endif
	memcpy(bytes, &v, sizeof v);
}

/* *product = a * b; false if that does not fit, *product is then undefined. */
static inline bool
sftr__mul(uint64_t a, uint64_t b, uint64_t *product)
{
	return !__builtin_mul_overflow(a, b, product);
}

static inline bool
sftr__add(uint64_t a, uint64_t b, uint64_t *sum)
{
	return !__builtin_add_overflow(a, b, sum);
}

/* Whether a 64-bit size can be a size in memory on this host. */
static inline bool
sftr__fits_size(uint64_t n)
{
	return n <= SIZE_MAX / 2;
}

#endif
