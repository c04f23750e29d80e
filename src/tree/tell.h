/* SPDX-License-Identifier: MIT */
/*
 * A tree as names under a codec, and as a note what these do not say: the
 * least that tree/load needs to make the same tree again.
 */
#ifndef SFTR_TREE_TELL_H
#define SFTR_TREE_TELL_H

#include "tree/say.h"

/* Gets every tensor that has a name; the name is lent for the call. */
typedef sftr_code
sftr__tell_fn(void *user, sftr_str name, const sftr_node *tensor,
	      sftr_error *err);

/* A node on the way, as a list. */
struct sftr__level {
	size_t told;  /* items up to the last that is no null node */
	uint64_t due; /* the index that the names of tensors have next */
};

typedef struct sftr__tell {
	sftr__say say;	  /* out: its note */
	bool needs_codec; /* out: the names alone would be misread */
	struct sftr__level *levels;
	size_t level_capacity;
	bool null_nodes_follow; /* from gaps, and need no lines */
	uint64_t n_gaps;
	size_t n_leaves;
} sftr__tell;

/* Release by sftr__tell_end whatever sftr__tell_tree returned. */
void
sftr__tell_begin(sftr__tell *t, const sftr_tree *tree, sftr_codec codec,
		 bool with_note);
void
sftr__tell_end(sftr__tell *t);

/*
 * SFTR_E_CODEC for a path that the codec cannot say, SFTR_E_NOTE for what only
 * a note can say, SFTR_E_CONFLICT for two keys that it says alike, and what
 * 'fn' returns.
 */
sftr_code
sftr__tell_tree(sftr__tell *t, sftr__tell_fn *fn, void *user, sftr_error *err);

#endif
