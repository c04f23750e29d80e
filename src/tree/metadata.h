/* SPDX-License-Identifier: MIT */
/*
 * The metadata of a tree, sorted by key as bytes.  The two entries that the
 * library writes and reads by itself are never among them.
 */
#ifndef SFTR_TREE_METADATA_H
#define SFTR_TREE_METADATA_H

#include "tree/node.h"

#define SFTR__NOTE_KEY "pytree.note"
#define SFTR__CODEC_KEY "pytree.codec"

/* Whether the library owns the entry with this key. */
bool
sftr__metadata_is_ours(sftr_str key);

/* Takes over the entries of a checkpoint; false without memory. */
bool
sftr__metadata_take(sftr_tree *tree, const sftr_checkpoint *ckpt);

/* Takes over the entries of another tree; false without memory. */
bool
sftr__metadata_copy(sftr_tree *to, const sftr_tree *from);

#endif
