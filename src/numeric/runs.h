/* SPDX-License-Identifier: MIT */
/*
 * Where a selection lies: the runs of bytes, in rising order, that hold the
 * chosen elements of a tensor in C order.  Runs that touch are one.  Knows
 * sizes and positions; reads nothing.
 *
 *	sftr__runs_begin(&runs, bits);
 *	for (i = rank; i-- > 0;)
 *		sftr__runs_dim(&runs, extent[i], start[i], stop[i], step[i]);
 *	while (sftr__runs_next(&runs, &offset, &n_bytes))
 *		read(offset, n_bytes);
 *
 * A rank may be in the millions, yet dimensions of which one element is chosen
 * only move the start, and of others no tensor has more than 63: with two
 * elements in each they would pass 64 bits.  So nothing is allocated.
 */
#ifndef SFTR_NUMERIC_RUNS_H
#define SFTR_NUMERIC_RUNS_H

#include <stdbool.h>
#include <stdint.h>

#define SFTR__RUNS_DIMS 64

typedef struct sftr__runs {
	uint64_t stride; /* bits, of the next dimension */
	uint64_t n_bits; /* of a run, before runs that touch are joined */
	uint64_t offset; /* bits, of the run that comes next */
	bool done;	 /* no run comes next */
	unsigned rank;
	struct {
		uint64_t step; /* bits */
		uint64_t count;
		uint64_t at;
	} dims[SFTR__RUNS_DIMS]; /* fastest first; in none count < 2 */
} sftr__runs;

/* A scalar of so many bits; its dimensions are to follow, fastest first. */
void
sftr__runs_begin(sftr__runs *runs, unsigned element_bits);

/*
 * The next slower dimension and what is chosen of it: start, start + step, ...
 * below stop, which is at most extent.  step is at least 1; start >= stop
 * chooses nothing.  The extents' product in bits fits 64 bits, or one is 0.
 */
void
sftr__runs_dim(sftr__runs *runs, uint64_t extent, uint64_t start, uint64_t stop,
	       uint64_t step);

/*
 * Whether every run begins and ends at a byte; to be asked before the first
 * sftr__runs_next.  Always so when elements are whole bytes.
 */
bool
sftr__runs_whole(const sftr__runs *runs);

/* The next run, in bytes from the tensor's start; false after the last. */
bool
sftr__runs_next(sftr__runs *runs, uint64_t *offset, uint64_t *n_bytes);

#endif
