/* SPDX-License-Identifier: MIT */
#include "base/index.h"

#include "base/alloc.h"

#include <string.h>

/*
 * Beyond so many probes somebody chose the names.  Over random hashes the
 * longest run of n of them at a load L is about ln n / (L - 1 - ln L): at 5/8
 * that is 145 for a million and 225 for two thousand million, while at 0.8 it
 * is above 500 for a quarter of a million.
 */
#define MAX_PROBES 256

/* Seeds that an index draws before it thinks that somebody knows them. */
#define MAX_SEEDS 8

static sftr_str
name_at(const sftr__index *ix, const void *records, uint32_t place)
{
	const char *record = (const char *)records + place * ix->stride;
	sftr_str name;

	memcpy(&name, record, sizeof name);
	return name;
}

static bool
is_name(sftr_str a, const char *name, size_t n_bytes)
{
	return a.len == n_bytes &&
	       (n_bytes == 0 || memcmp(a.ptr, name, n_bytes) == 0);
}

/* Places that n slots have room for. */
static size_t
places_in(size_t n_slots)
{
	return n_slots / 8 * 5;
}

/* The slots that n records need; 0 if there cannot be as many. */
static size_t
slots_for(size_t n)
{
	size_t n_slots = 16;

	if (n > SFTR__INDEX_MAX)
		return 0;
	while (places_in(n_slots) < n && n_slots <= SIZE_MAX / 4)
		n_slots *= 2;
	return places_in(n_slots) < n ? 0 : n_slots;
}

/* The bits of a slot that hold place + 1; the others hold the tag. */
static uint32_t
place_mask(const sftr__index *ix)
{
	return (uint32_t)ix->n_slots - 1;
}

bool
sftr__index_init(sftr__index *ix, const sftr_allocator *a, size_t n,
		 size_t stride)
{
	memset(ix, 0, sizeof *ix);
	ix->stride = stride;
	ix->n_slots = slots_for(n);
	if (ix->n_slots == 0)
		return false;
	ix->slots = sftr__alloc_zeroed(a, ix->n_slots, sizeof *ix->slots);
	if (ix->slots == NULL)
		memset(ix, 0, sizeof *ix);
	ix->n_free_places = (uint32_t)places_in(ix->n_slots);
	return ix->slots != NULL;
}

void
sftr__index_free(sftr__index *ix, const sftr_allocator *a)
{
	sftr__free(a, ix->slots, ix->n_slots * sizeof *ix->slots);
	memset(ix, 0, sizeof *ix);
}

enum probe { PROBE_FREE, PROBE_FOUND, PROBE_TOO_LONG };

/*
 * Follows the probes of a hash to the record of this name or to a free slot.
 * A place is below 5/8 of n_slots, so it never reaches the bits of the tag.
 */
static enum probe
probe(const sftr__index *ix, const void *records, uint32_t hash,
      const char *name, size_t n_bytes, size_t *slot, uint32_t *place)
{
	uint32_t mask = place_mask(ix);
	uint32_t tag = hash & ~mask;

	for (size_t i = 0; i < MAX_PROBES; i++) {
		uint32_t held;

		*slot = (hash + i) & mask;
		held = ix->slots[*slot];
		if (held == 0)
			return PROBE_FREE;
		if ((held & ~mask) != tag)
			continue;
		*place = (held & mask) - 1;
		if (is_name(name_at(ix, records, *place), name, n_bytes))
			return PROBE_FOUND;
	}
	return PROBE_TOO_LONG;
}

/*
 * A seed that whoever made the names does not know: where systems put memory
 * differs from run to run.  Nothing but time depends on it.
 */
static void
draw_seed(sftr__index *ix)
{
	const void *places[2] = { ix->slots, &places };

	/* 0 would be none. */
	ix->seed = 1 | sftr__digest_seeded(places, sizeof places, ix->n_seeds);
	ix->n_seeds++;
	ix->n_free_places = 0;
}

static uint32_t
hash_name(const sftr__index *ix, const char *name, size_t n_bytes)
{
	return ix->seed == 0 ?
		       sftr__index_hash(name, n_bytes) :
		       (uint32_t)sftr__digest_seeded(name, n_bytes, ix->seed);
}

/* Whether all of 'from' finds a slot in 'to', which is empty. */
static bool
refill(sftr__index *to, const sftr__index *from, const void *records)
{
	for (size_t i = 0; i < from->n_slots; i++) {
		uint32_t place, hash, before;
		sftr_str name;
		size_t slot;

		if (from->slots[i] == 0)
			continue;
		place = (from->slots[i] & place_mask(from)) - 1;
		name = name_at(from, records, place);
		hash = hash_name(to, name.ptr, name.len);
		if (probe(to, records, hash, name.ptr, name.len, &slot,
			  &before) == PROBE_TOO_LONG)
			return false;
		to->slots[slot] = (hash & ~place_mask(to)) | (place + 1);
	}
	to->n = from->n;
	return true;
}

/* Into slots for 'room' records; by a new seed if it must or cannot else. */
static bool
rebuild(sftr__index *ix, const sftr_allocator *a, const void *records,
	size_t room, bool new_seed)
{
	sftr__index wider;
	bool filled;

	if (!sftr__index_init(&wider, a, room, ix->stride))
		return false;
	wider.seed = ix->seed;
	wider.n_seeds = ix->n_seeds;
	if (ix->seed != 0)
		wider.n_free_places = 0;
	if (new_seed)
		draw_seed(&wider);
	filled = refill(&wider, ix, records);
	while (!filled && wider.n_seeds < MAX_SEEDS) {
		memset(wider.slots, 0, wider.n_slots * sizeof *wider.slots);
		draw_seed(&wider);
		filled = refill(&wider, ix, records);
	}
	sftr__index_free(filled ? ix : &wider, a);
	if (filled)
		*ix = wider;
	return filled;
}

bool
sftr__index_add_slow(sftr__index *ix, const sftr_allocator *a,
		     const void *records, uint32_t place, uint32_t hash,
		     uint32_t *place_before)
{
	sftr_str name = name_at(ix, records, place);
	size_t slot;

	if (place >= places_in(ix->n_slots) &&
	    !rebuild(ix, a, records, (size_t)place * 2, false))
		return false;
	for (;;) {
		if (ix->seed != 0)
			hash = hash_name(ix, name.ptr, name.len);
		switch (probe(ix, records, hash, name.ptr, name.len, &slot,
			      place_before)) {
		case PROBE_FOUND: return true;
		case PROBE_FREE:
			ix->slots[slot] =
				(hash & ~place_mask(ix)) | (place + 1);
			ix->n++;
			*place_before = SFTR__NO_PLACE;
			return true;
		case PROBE_TOO_LONG: break;
		}
		if (ix->n_seeds == MAX_SEEDS ||
		    !rebuild(ix, a, records, places_in(ix->n_slots), true))
			return false;
	}
}

uint32_t
sftr__index_find_hashed(const sftr__index *ix, const void *records,
			uint32_t hash, const char *name, size_t n_bytes)
{
	size_t slot;
	uint32_t place;

	if (ix->n == 0)
		return SFTR__NO_PLACE;
	if (ix->seed != 0)
		hash = hash_name(ix, name, n_bytes);
	return probe(ix, records, hash, name, n_bytes, &slot, &place) ==
			       PROBE_FOUND ?
		       place :
		       SFTR__NO_PLACE;
}
