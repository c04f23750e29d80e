/* SPDX-License-Identifier: MIT */
/* Numbers at random, the same after the same seed on every host. */
#ifndef SFTR_TESTS_DICE_H
#define SFTR_TESTS_DICE_H

#include <stddef.h>
#include <stdint.h>

static uint64_t seed;

/* From 0 to one less than 'sides'. */
static inline size_t
dice(uint64_t sides)
{
	seed = seed * UINT64_C(6364136223846793005) + 1442695040888963407;
	return (size_t)((seed >> 33) % sides);
}

#endif
