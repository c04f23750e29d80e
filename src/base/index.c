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

/*
 * Sorted places are added to a short recent part.  When that is full it is
 * merged with the run before it, if that is as long, and so on: runs double in
 * length towards the front, as the bits of a counter do, and no place is moved
 * more often than there are bits.
 *
 *      | n_base | 4 | 1 | recent |      after five recent parts
 */
#define MAX_RECENT 4096

static sftr_str
name_at(const sftr__index *ix, const void *records, uint32_t place)
{
	const char *record = (const char *)records + place * ix->stride;
	sftr_str name;

	memcpy(&name, record, sizeof name);
	return name;
}

static int
compare(sftr_str a, const char *name, size_t n_bytes)
{
	size_t n = a.len < n_bytes ? a.len : n_bytes;
	int order = n == 0 ? 0 : memcmp(a.ptr, name, n);

	return order != 0 ? order : (a.len > n_bytes) - (a.len < n_bytes);
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
		if (compare(name_at(ix, records, *place), name, n_bytes) == 0)
			return PROBE_FOUND;
	}
	return PROBE_TOO_LONG;
}

/* Into slots for 'room' records; *too_long if the names collide too much. */
static bool
rehash(sftr__index *ix, const sftr_allocator *a, const void *records,
       size_t room, bool *too_long)
{
	sftr__index wider;

	*too_long = false;
	if (!sftr__index_init(&wider, a, room, ix->stride))
		return false;
	for (size_t i = 0; i < ix->n_slots; i++) {
		uint32_t place, hash, before;
		sftr_str name;
		size_t slot;

		if (ix->slots[i] == 0)
			continue;
		place = (ix->slots[i] & place_mask(ix)) - 1;
		name = name_at(ix, records, place);
		hash = sftr__index_hash(name.ptr, name.len);
		if (probe(&wider, records, hash, name.ptr, name.len, &slot,
			  &before) == PROBE_TOO_LONG) {
			sftr__index_free(&wider, a);
			*too_long = true;
			return true;
		}
		wider.slots[slot] = (hash & ~place_mask(&wider)) | (place + 1);
	}
	wider.n = ix->n;
	sftr__index_free(ix, a);
	*ix = wider;
	return true;
}

static void
sift_down(const sftr__index *ix, const void *records, uint32_t *heap, size_t n,
	  size_t i)
{
	for (;;) {
		size_t child = 2 * i + 1;
		uint32_t swap = heap[i];
		sftr_str name;

		if (child >= n)
			return;
		if (child + 1 < n) {
			name = name_at(ix, records, heap[child + 1]);
			if (compare(name_at(ix, records, heap[child]), name.ptr,
				    name.len) < 0)
				child++;
		}
		name = name_at(ix, records, heap[child]);
		if (compare(name_at(ix, records, swap), name.ptr, name.len) >=
		    0)
			return;
		heap[i] = heap[child];
		heap[child] = swap;
		i = child;
	}
}

/* From slots to places in the order of their names, by heapsort, in place. */
static void
give_up_hashing(sftr__index *ix, const void *records)
{
	uint32_t mask = place_mask(ix);
	size_t n = 0;

	for (size_t i = 0; i < ix->n_slots; i++)
		if (ix->slots[i] != 0)
			ix->slots[n++] = (ix->slots[i] & mask) - 1;
	for (size_t i = n / 2; i-- > 0;)
		sift_down(ix, records, ix->slots, n, i);
	for (size_t end = n; end-- > 1;) {
		uint32_t last = ix->slots[end];

		ix->slots[end] = ix->slots[0];
		ix->slots[0] = last;
		sift_down(ix, records, ix->slots, end, 0);
	}
	ix->is_sorted = true;
	ix->n_free_places = 0;
	ix->n_base = (uint32_t)n;
	ix->n_merged = (uint32_t)n;
}

/* Where 'name' stands or belongs among places[n], sorted. */
static uint32_t
search(const sftr__index *ix, const void *records, const uint32_t *places,
       uint32_t n, const char *name, size_t n_bytes, bool *found)
{
	uint32_t low = 0, high = n;

	*found = false;
	while (low < high) {
		uint32_t middle = low + (high - low) / 2;
		int order = compare(name_at(ix, records, places[middle]), name,
				    n_bytes);

		if (order == 0) {
			*found = true;
			return middle;
		}
		if (order < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

/* How many recent parts were merged: its bits are the runs there are. */
static uint32_t
n_parts(const sftr__index *ix)
{
	return (ix->n_merged - ix->n_base) / MAX_RECENT;
}

/* Merges places[n] and the n behind them; false without memory. */
static bool
merge_runs(const sftr__index *ix, const sftr_allocator *a, const void *records,
	   uint32_t *places, uint32_t n)
{
	uint32_t *right = sftr__alloc(a, n * sizeof *right);
	uint32_t i = n, k = n, to = 2 * n;

	if (right == NULL)
		return false;
	memcpy(right, places + n, n * sizeof *right);
	while (k > 0) {
		sftr_str name = name_at(ix, records, right[k - 1]);

		if (i > 0 && compare(name_at(ix, records, places[i - 1]),
				     name.ptr, name.len) > 0)
			places[--to] = places[--i];
		else
			places[--to] = right[--k];
	}
	sftr__free(a, right, n * sizeof *right);
	return true;
}

/*
 * Makes a run of the recent places.  Where memory ends on the way, all runs
 * are still what they were said to be: a part of a sorted run is sorted.
 */
static bool
merge_recent(sftr__index *ix, const sftr_allocator *a, const void *records)
{
	uint32_t parts = n_parts(ix), len = MAX_RECENT;
	uint32_t at = ix->n_merged;

	for (; (parts & 1) != 0; parts >>= 1, len *= 2) {
		at -= len;
		if (!merge_runs(ix, a, records, ix->slots + at, len))
			return false;
	}
	ix->n_merged += MAX_RECENT;
	return true;
}

/* The place of a name among all runs, or SFTR__NO_PLACE. */
static uint32_t
find_sorted(const sftr__index *ix, const void *records, const char *name,
	    size_t n_bytes)
{
	uint32_t begin = 0, len = ix->n_base, parts = n_parts(ix);
	uint32_t bit = UINT32_C(1) << 31;

	for (;;) {
		bool found;
		uint32_t at = begin + search(ix, records, ix->slots + begin,
					     len, name, n_bytes, &found);

		if (found)
			return ix->slots[at];
		begin += len;
		if (begin == ix->n)
			return SFTR__NO_PLACE;
		while (bit > 0 && (parts & bit) == 0)
			bit >>= 1;
		len = bit > 0 ? bit * MAX_RECENT : ix->n - begin;
		bit >>= 1;
	}
}

static bool
add_sorted(sftr__index *ix, const sftr_allocator *a, const void *records,
	   uint32_t place, uint32_t *place_before)
{
	sftr_str name = name_at(ix, records, place);
	bool found;
	uint32_t at;

	*place_before = sftr__index_find(ix, records, name.ptr, name.len);
	if (*place_before != SFTR__NO_PLACE)
		return true;
	if (ix->n == ix->n_slots) {
		uint32_t *more =
			sftr__realloc(a, ix->slots, ix->n_slots * sizeof *more,
				      2 * ix->n_slots * sizeof *more);

		if (more == NULL)
			return false;
		ix->slots = more;
		ix->n_slots *= 2;
	}
	if (ix->n - ix->n_merged == MAX_RECENT && !merge_recent(ix, a, records))
		return false;
	at = ix->n_merged + search(ix, records, ix->slots + ix->n_merged,
				   ix->n - ix->n_merged, name.ptr, name.len,
				   &found);
	memmove(ix->slots + at + 1, ix->slots + at,
		(ix->n - at) * sizeof *ix->slots);
	ix->slots[at] = place;
	ix->n++;
	return true;
}

bool
sftr__index_add_slow(sftr__index *ix, const sftr_allocator *a,
		     const void *records, uint32_t place, uint32_t hash,
		     uint32_t *place_before)
{
	sftr_str name;
	size_t slot;
	bool too_long = false;

	if (!ix->is_sorted && place >= ix->n_free_places &&
	    !rehash(ix, a, records, (size_t)place * 2, &too_long))
		return false;
	if (!ix->is_sorted && !too_long) {
		name = name_at(ix, records, place);
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
	}
	if (!ix->is_sorted)
		give_up_hashing(ix, records);
	return add_sorted(ix, a, records, place, place_before);
}

uint32_t
sftr__index_find_hashed(const sftr__index *ix, const void *records,
			uint32_t hash, const char *name, size_t n_bytes)
{
	size_t slot;
	uint32_t place;

	if (ix->n == 0)
		return SFTR__NO_PLACE;
	if (!ix->is_sorted)
		return probe(ix, records, hash, name, n_bytes, &slot, &place) ==
				       PROBE_FOUND ?
			       place :
			       SFTR__NO_PLACE;
	return find_sorted(ix, records, name, n_bytes);
}
