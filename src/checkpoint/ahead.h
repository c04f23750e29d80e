/* SPDX-License-Identifier: MIT */
/*
 * Large reads past the caches.
 *
 * pread copies from the system's pages, and waits for each line of them to come
 * from memory; then each line of the result is brought in as well, to be
 * overwritten.  Here a piece that fits the caches is read, and stored past them
 * while the lines of the next piece are fetched.  To name these lines to the
 * processor takes an address, so the pages are mapped meanwhile.  Nothing is
 * ever read there: who cuts the file takes the pages away, a fetch then does
 * nothing, and pread says what has happened.
 */
#ifndef SFTR_CHECKPOINT_AHEAD_H
#define SFTR_CHECKPOINT_AHEAD_H

#include "checkpoint/source.h"

#define SFTR__AHEAD_PIECE ((size_t)128 << 10)

/*
 * Whether this pays for a file that is read as a whole: the processor fetches,
 * and a sample of the file is in the system's cache, in large pages.  Those of
 * 4 KiB cost as much to map as is gained.
 */
bool
sftr__ahead_pays(const sftr__source *s);

/*
 * Reads, as sftr__source_read_part does, by way of SFTR__AHEAD_PIECE bytes of
 * scratch.  What is not in the system's cache, or may not be mapped, is read
 * straight to its place.
 */
sftr_code
sftr__ahead_read(const sftr__source *s, uint64_t offset, void *buffer,
		 size_t n_bytes, char *scratch, sftr_error *err);

#endif
