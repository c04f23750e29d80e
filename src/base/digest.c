/* SPDX-License-Identifier: MIT */
#include "base/digest.h"

/* Inlined, since most inputs are names of a few dozen bytes. */
#define XXH_INLINE_ALL
#include <xxhash.h>

uint64_t
sftr__digest(const void *bytes, size_t n)
{
	return XXH3_64bits(bytes, n);
}

uint64_t
sftr__digest_seeded(const void *bytes, size_t n, uint64_t seed)
{
	return XXH3_64bits_withSeed(bytes, n, seed);
}
