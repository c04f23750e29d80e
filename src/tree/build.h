/* SPDX-License-Identifier: MIT */
/*
 * A tree from names: each name adds a leaf and what is above it.  Until
 * tree/decide has looked at them, containers of every kind keep their children
 * by key, so that names may come in any order.
 */
#ifndef SFTR_TREE_BUILD_H
#define SFTR_TREE_BUILD_H

#include "names/path.h"
#include "tree/node.h"

typedef struct sftr__build {
	sftr_tree *tree;
	sftr_codec codec;
	sftr__path_buffer path;
	sftr_node **way; /* from below the root to the leaf added last */
	size_t n_way;
	size_t way_capacity;
	size_t n_names;
	size_t n_leaves; /* tensors and scalars */
} sftr__build;

/* 'tree' is new; sftr__build_end releases what is not the tree's. */
void
sftr__build_begin(sftr__build *b, sftr_tree *tree, sftr_codec codec);
void
sftr__build_end(sftr__build *b);

/*
 * Adds a leaf of this kind, or an empty container.  SFTR_E_PATH if the codec
 * cannot read the name; SFTR_E_CONFLICT, with one clause on what is in the way,
 * if the tree has no place for it: the tree is then of no use.
 */
sftr_code
sftr__build_leaf(sftr__build *b, sftr_str name, sftr_node_kind kind,
		 sftr_node **leaf, sftr_error *err);

/* The node at the path of this name: SFTR_E_PATH; NULL if there is none. */
sftr_code
sftr__build_find(sftr__build *b, sftr_str name, sftr_node **node,
		 sftr_error *err);

/* Whether a node is a leaf to names: it has no children. */
static inline bool
sftr__build_is_leaf(const sftr_node *node)
{
	return !sftr__node_is_branch(node) || node->as.branch.count == 0;
}

#endif
