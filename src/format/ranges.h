/* SPDX-License-Identifier: MIT */
/*
 * The byte ranges of a header's tensors: together they must tile the data,
 * without hole, overlap or rest.
 */
#ifndef SFTR_FORMAT_RANGES_H
#define SFTR_FORMAT_RANGES_H

#include "base/diagnostic.h"

#include <safetree/checkpoint.h>

/*
 * Whether the ranges, in any order, tile the n_bytes of data.  Takes 8 bytes a
 * tensor for a while; false without memory.
 */
bool
sftr__ranges_tile(const sftr_tensor *tensors, size_t n, uint64_t n_bytes,
		  const sftr_allocator *a, bool *tile);

/* What a report on ranges needs to know of the header they stand in. */
typedef struct sftr__ranges {
	const sftr_tensor *tensors; /* by their place in the text */
	size_t n;
	char *text; /* as parsed: names decoded and terminated in place */
	size_t n_text;
	uint64_t text_offset; /* of the text in the file */
	uint64_t n_bytes;     /* of data */
	sftr_policy policy;
} sftr__ranges;

/*
 * Adds every fault of ranges and sizes to findings, in the order of the text;
 * for a header that some fault is known of, since it reads the text again.
 * False without memory.
 */
bool
sftr__ranges_report(const sftr__ranges *ranges, const sftr_allocator *a,
		    sftr__findings *findings);

#endif
