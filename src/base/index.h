/* SPDX-License-Identifier: MIT */
/*
 * An index over an array of records that begin with an sftr_str: from a name
 * to its place in the array.
 *
 *      slots   [ . | 7 | . | 2 | 9 | . | ... ]    place + 1, and a tag of the
 *                    |       |   |                hash in the bits above
 *      records [ 0 1 2 3 4 5 6 7 8 9 ... ]
 *
 * Open addressing with bounded probes.  Names chosen to collide make it hash
 * all names again by a seed that their author cannot know, a few times at most,
 * so no input makes it quadratic.
 */
#ifndef SFTR_BASE_INDEX_H
#define SFTR_BASE_INDEX_H

#include "base/digest.h"

#include <safetree/base.h>
#include <stdbool.h>

#define SFTR__NO_PLACE UINT32_MAX
#define SFTR__INDEX_MAX (UINT32_MAX / 2) /* records that it can hold */

typedef struct sftr__index {
	uint32_t *slots;
	size_t n_slots;		/* a power of two */
	uint32_t n;		/* records in the index */
	uint32_t n_free_places; /* places that fit without growth; seeded: 0 */
	uint64_t seed;		/* of the hashes; 0: none, they are as given */
	unsigned n_seeds;	/* drawn so far */
	size_t stride;		/* bytes from record to record */
} sftr__index;

static inline uint32_t
sftr__index_hash(const char *name, size_t n_bytes)
{
	return (uint32_t)sftr__digest(name, n_bytes);
}

/* An index with room for n records of 'stride' bytes; false without memory. */
bool
sftr__index_init(sftr__index *ix, const sftr_allocator *a, size_t n,
		 size_t stride);

void
sftr__index_free(sftr__index *ix, const sftr_allocator *a);

/*
 * Adds records[place], whose name hashes to 'hash'.  *place_before is
 * SFTR__NO_PLACE, or the record of the same name that is there already; then
 * nothing is added.  False, with all as it was, without memory; or when the
 * names collide by every seed, as none do that were made without knowing them.
 */
bool
sftr__index_add_slow(sftr__index *ix, const sftr_allocator *a,
		     const void *records, uint32_t place, uint32_t hash,
		     uint32_t *place_before);

static inline bool
sftr__index_add(sftr__index *ix, const sftr_allocator *a, const void *records,
		uint32_t place, uint32_t hash, uint32_t *place_before)
{
	uint32_t mask = (uint32_t)ix->n_slots - 1;

	/* Most slots are free when they are asked for. */
	if (place >= ix->n_free_places || ix->slots[hash & mask] != 0)
		return sftr__index_add_slow(ix, a, records, place, hash,
					    place_before);
	ix->slots[hash & mask] = (hash & ~mask) | (place + 1);
	ix->n++;
	*place_before = SFTR__NO_PLACE;
	return true;
}

/* The place of the record with this name and hash, or SFTR__NO_PLACE. */
uint32_t
sftr__index_find_hashed(const sftr__index *ix, const void *records,
			uint32_t hash, const char *name, size_t n_bytes);

static inline uint32_t
sftr__index_find(const sftr__index *ix, const void *records, const char *name,
		 size_t n_bytes)
{
	return sftr__index_find_hashed(
		ix, records, sftr__index_hash(name, n_bytes), name, n_bytes);
}

/* How many names ahead of use their slots are to be brought near. */
#define SFTR__INDEX_AHEAD 12

/* Brings near what an add or a find with this hash will touch first. */
static inline void
sftr__index_prefetch(const sftr__index *ix, uint32_t hash)
{
	__builtin_prefetch(&ix->slots[hash & (ix->n_slots - 1)], 1);
}

#endif
