/* SPDX-License-Identifier: MIT */
/*
 * Many names as paths: all names of a checkpoint read under one codec, sorted
 * as JAX walks, and held against each other: do they make one tree?  Nothing
 * here is a tree.
 */
#ifndef SFTR_NAMES_PATHSET_H
#define SFTR_NAMES_PATHSET_H

#include "base/arena.h"
#include "names/path.h"

/* One name and its path, of which its steps end the block. */
typedef struct sftr__pathset_row {
	sftr_str name; /* borrowed */
	size_t n_steps;
	sftr_step steps[];
} sftr__pathset_row;

typedef struct sftr__pathset {
	sftr__path_buffer buffer; /* holds texts that were unescaped */
	sftr__arena arena;	  /* of rows */
	const void **rows;	  /* sftr__pathset_row */
	size_t n_rows;
	size_t capacity;
	sftr_codec codec;
} sftr__pathset;

/* 'allocator' as in options; allocates nothing. */
void
sftr__pathset_init(sftr__pathset *set, sftr_codec codec,
		   const sftr_allocator *allocator);

void
sftr__pathset_free(sftr__pathset *set);

/* Adds a name: UTF-8, borrowed until the set is freed. */
sftr_code
sftr__pathset_add(sftr__pathset *set, sftr_str name, sftr_error *err);

/* By sftr_path_compare; names of one path by their bytes. */
sftr_code
sftr__pathset_sort(sftr__pathset *set, sftr_error *err);

/*
 * Of a sorted set: SFTR_OK if one tree can have all these leaves.  Otherwise
 * the first trouble in JAX order, whatever the order of adding.
 * SFTR_E_CONFLICT, both names in 'key' and 'other': one path twice, a leaf
 * where there is a subtree, or children of different kinds in one node; or a
 * list that lacks an element under a codec that fills no gaps, 'other' then
 * the element before it, if there is one.  SFTR_E_LIMIT if lists lack more
 * than 16 elements a leaf and 1024 in all under p2s and p2s-esc, which fill
 * gaps with null nodes.
 */
sftr_code
sftr__pathset_check(const sftr__pathset *set, sftr_error *err);

#endif
