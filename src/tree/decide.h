/* SPDX-License-Identifier: MIT */
/*
 * What the containers of a tree that was built from names are: dict, list,
 * tuple or object.  Names decide, siblings where names do not say, and a note
 * where it says so; p2s leaves gaps in lists, which become null nodes.
 */
#ifndef SFTR_TREE_DECIDE_H
#define SFTR_TREE_DECIDE_H

#include "tree/build.h"
#include "tree/note.h"

/* Null nodes that names alone can call for: never what a number says. */
static inline uint64_t
sftr__null_limit(size_t n_leaves)
{
	return 16 * (uint64_t)n_leaves + 1024;
}

/* Whether a codec's lists may have gaps. */
static inline bool
sftr__codec_fills_gaps(sftr_codec codec)
{
	return codec == SFTR_CODEC_P2S || codec == SFTR_CODEC_P2S_ESC;
}

/* Whether children with these names, n of them, are the indices below n. */
bool
sftr__names_are_indices(const sftr_node *branch);

/*
 * Decides for the whole tree.  SFTR_E_CONFLICT for a gap that the codec does
 * not fill, SFTR_E_LIMIT for more null nodes than the limit, SFTR_E_NOTE for
 * lines of the note (or NULL) that contradict the names or each other.
 */
sftr_code
sftr__decide(sftr__build *b, const sftr__note *note, sftr_error *err);

#endif
