/* SPDX-License-Identifier: MIT */
#include "base/sort.h"

#include <string.h>

/* Makes one run of two, run[0..middle) and run[middle..n). */
static void
merge(const void **run, size_t middle, size_t n, const void **scratch,
      sftr__compare_fn *compare)
{
	size_t i = 0, k = middle, to = 0;

	memcpy(scratch, run, middle * sizeof *run);
	while (i < middle) {
		if (k == n || compare(scratch[i], run[k]) <= 0)
			run[to++] = scratch[i++];
		else
			run[to++] = run[k++];
	}
}

void
sftr__sort(const void **items, const void **scratch, size_t n,
	   sftr__compare_fn *compare)
{
	/* Twice 'half' fits: n pointers are in memory. */
	for (size_t half = 1; half < n; half *= 2) {
		for (size_t i = 0; n - i > half;) {
			size_t len = n - i < 2 * half ? n - i : 2 * half;
			const void **run = items + i;

			/* Halves that follow each other are one run. */
			if (compare(run[half - 1], run[half]) > 0)
				merge(run, half, len, scratch, compare);
			i += len;
		}
	}
}
