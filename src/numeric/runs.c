/* SPDX-License-Identifier: MIT */
#include "numeric/runs.h"

void
sftr__runs_begin(sftr__runs *runs, unsigned element_bits)
{
	runs->stride = element_bits;
	runs->n_bits = element_bits;
	runs->offset = 0;
	runs->done = false;
	runs->rank = 0;
}

/* count elements, 'step' bits from one to the next */
static void
add(sftr__runs *runs, uint64_t count, uint64_t step)
{
	unsigned top = runs->rank - 1;

	if (runs->rank == 0 && step == runs->n_bits) {
		runs->n_bits *= count;
	} else if (runs->rank > 0 &&
		   step == runs->dims[top].step * runs->dims[top].count) {
		runs->dims[top].count *= count;
	} else if (runs->rank == SFTR__RUNS_DIMS) {
		/* Only a tensor with an extent of 0 has so many. */
		runs->done = true;
	} else {
		runs->dims[runs->rank].step = step;
		runs->dims[runs->rank].count = count;
		runs->dims[runs->rank].at = 0;
		runs->rank++;
	}
}

void
sftr__runs_dim(sftr__runs *runs, uint64_t extent, uint64_t start, uint64_t stop,
	       uint64_t step)
{
	uint64_t stride = runs->stride;

	if (start >= stop) {
		runs->done = true;
		return;
	}
	/*
	 * Products wrap only beside an extent of 0, whose dimension says that
	 * there is no run.
	 */
	runs->stride = stride * extent;
	runs->offset += stride * start;
	if (stop - start > step)
		add(runs, (stop - start - 1) / step + 1, stride * step);
}

bool
sftr__runs_whole(const sftr__runs *runs)
{
	uint64_t all = runs->offset | runs->n_bits;

	for (unsigned i = 0; i < runs->rank; i++)
		all |= runs->dims[i].step;
	return runs->done || all % 8 == 0;
}

/* Moves 'offset' to the next run, as an odometer. */
static void
advance(sftr__runs *runs)
{
	unsigned i;

	for (i = 0; i < runs->rank; i++) {
		if (++runs->dims[i].at < runs->dims[i].count) {
			runs->offset += runs->dims[i].step;
			return;
		}
		runs->offset -= runs->dims[i].step * (runs->dims[i].count - 1);
		runs->dims[i].at = 0;
	}
	runs->done = true;
}

bool
sftr__runs_next(sftr__runs *runs, uint64_t *offset, uint64_t *n_bytes)
{
	uint64_t begin = runs->offset;
	uint64_t end = begin;

	if (runs->done)
		return false;
	/* The last of a row may touch the first of the next. */
	do {
		end += runs->n_bits;
		advance(runs);
	} while (!runs->done && runs->offset == end);
	*offset = begin / 8;
	*n_bytes = (end - begin) / 8;
	return true;
}
