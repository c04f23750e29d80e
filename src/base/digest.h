/* SPDX-License-Identifier: MIT */
/* The one door to xxHash: 64-bit digests of bytes, by XXH3. */
#ifndef SFTR_BASE_DIGEST_H
#define SFTR_BASE_DIGEST_H

#include <stddef.h>
#include <stdint.h>

uint64_t
sftr__digest(const void *bytes, size_t n);

/* Another digest for every seed; of seed 0 the one above. */
uint64_t
sftr__digest_seeded(const void *bytes, size_t n, uint64_t seed);

#endif
