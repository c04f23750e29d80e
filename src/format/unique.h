/* SPDX-License-Identifier: MIT */
/*
 * Each name once: gives the records their shapes and their index, and tells of
 * names that repeat.  To the reference policy the last of them wins.
 */
#ifndef SFTR_FORMAT_UNIQUE_H
#define SFTR_FORMAT_UNIQUE_H

#include "base/diagnostic.h"
#include "format/entry.h"
#include "format/records.h"

typedef struct sftr__unique {
	sftr__header *h; /* parsed, its arrays at rest */
	const sftr_allocator *allocator;
	sftr_policy policy;
	sftr__findings *findings;
	const char *metadata_at; /* "__metadata__" in the text; or NULL */
	bool dropped;		 /* out: records that lost their name */
} sftr__unique;

/*
 * While shapes may still move, a record's place for them keeps the hash of its
 * name, its file the rank, and its rank the place among the dims: that of the
 * shape, or behind a long one.
 */
static inline void
sftr__unique_keep(sftr_tensor *t, uint32_t hash, uint32_t shape, uint32_t rank)
{
	bool is_long = rank >= SFTR__LONG_RANK;

	t->rank = is_long ? shape + rank : shape;
	t->file = is_long ? SFTR__LONG_RANK : (uint16_t)rank;
	t->shape = (const uint64_t *)(uintptr_t)hash;
}

/*
 * Settles names and keys.  Where records were dropped there is no index of
 * names until sftr__unique_index.  False without memory.
 */
bool
sftr__unique_settle(sftr__unique *u);

/* Indexes names that differ, and of which there is no index. */
bool
sftr__unique_index(sftr__unique *u);

#endif
