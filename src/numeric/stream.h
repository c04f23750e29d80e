/* SPDX-License-Identifier: MIT */
/*
 * Copies past the caches, for results that are larger than they are: a usual
 * store brings a line in before it changes it, and drives out another.  While
 * one piece is stored, the processor can fetch the next: it is told the
 * addresses by prefetch instructions, which never fault.  So they may be of a
 * mapping whose file somebody cuts meanwhile, where a read would be a signal.
 */
#ifndef SFTR_NUMERIC_STREAM_H
#define SFTR_NUMERIC_STREAM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Bytes that caches move together. */
#define SFTR__LINE 64

/*
 * Whether so many bytes of output are too many for the last cache, so that
 * storing past it pays.  Asks the system: once a load, not once a block.
 */
bool
sftr__stream_pays(uint64_t n_bytes);

/*
 * Whether this processor makes a fetch wait that finds all of its places taken.
 * Where it drops it instead, fetching ahead is in vain.
 */
bool
sftr__stream_fetches(void);

/*
 * Whether this processor is faster in two steps than in one where bytes are to
 * lie otherwise in their lines than the system's copy of the file: read to
 * scratch that lies as they do, then copied past the caches.
 */
bool
sftr__stream_realigns(void);

/*
 * Copies n_bytes of any alignment, which do not overlap.  On the way n_ahead
 * bytes at 'ahead', at most n_bytes, are fetched; they are never read here.
 */
void
sftr__stream_copy(void *dst, const void *src, size_t n_bytes, const char *ahead,
		  size_t n_ahead);

#endif
