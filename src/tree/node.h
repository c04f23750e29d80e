/* SPDX-License-Identifier: MIT */
/*
 * A tree and its nodes: what they hold, making and looking at them.  Knows no
 * files, no codecs, and not how children are kept.
 *
 *      sftr_tree -- arena: nodes, texts, shapes
 *          |
 *         root -- first --> child -- next --> child -- next --> NULL
 *                             |
 *                            ...           'next' is the order of JAX
 *
 * Children are found by key through tree/siblings, and in a node that keeps an
 * order of its own by place through 'items'.  A list has only 'items'.
 */
#ifndef SFTR_TREE_NODE_H
#define SFTR_TREE_NODE_H

#include "base/arena.h"
#include "base/diagnostic.h"
#include "names/step.h"
#include "tree/store.h"

#include <safetree/tree.h>
#include <stdbool.h>

enum {
	SFTR__NODE_ORDERED = 1, /* a dict that keeps its own order */
	SFTR__NODE_PLACED = 2,	/* children have a place in 'items' */
	SFTR__NODE_SHARED = 4,	/* another leaf shares this tensor */
	SFTR__NODE_INT_KEY = 8, /* while a tree is built: a note says that */
	SFTR__NODE_FLAT = 16,	/* its step is an integer key, a flat index */
	SFTR__NODE_SEEN = 32	/* within one check */
};

struct sftr_node {
	sftr_tree *tree;
	sftr_node *parent; /* NULL for the root */
	sftr_node *next;   /* the sibling after it */
	sftr_node *left;   /* tree/siblings: these three */
	sftr_node *right;
	size_t n_under;
	union {
		const char *text;
		int64_t number;
	} step;
	size_t n_text;
	uint8_t kind;	   /* sftr_node_kind */
	uint8_t step_kind; /* sftr_step_kind */
	uint8_t flags;
	uint8_t declared; /* while a tree is built: what a note says */
	uint16_t dtype;
	uint32_t rank;
	union {
		struct {
			sftr_node *first;
			sftr_node *last;
			sftr_node *top;	   /* by key */
			sftr_node **items; /* by place; a power of two long */
			size_t count;
			const sftr_str *type;
		} branch;
		struct {
			const uint64_t *shape;
			void *data;
			uint64_t n_bytes;
			sftr_node *alias;
			const sftr_tensor *source; /* of the store, or NULL */
		} leaf;
		sftr_scalar scalar;
	} as;
};

struct sftr_tree {
	sftr_allocator allocator;
	sftr__arena arena;
	sftr_node *root;
	sftr__store *store; /* or NULL */
	sftr_codec codec;
	sftr_metadata *metadata; /* sorted by key */
	size_t n_metadata;
	size_t metadata_capacity;
	bool failed;
	sftr_error status;
};

static inline bool
sftr__node_is_branch(const sftr_node *node)
{
	return node->kind >= SFTR_NODE_DICT && node->kind <= SFTR_NODE_OBJECT;
}

static inline sftr_step
sftr__node_step(const sftr_node *node)
{
	sftr_step step = { (sftr_step_kind)node->step_kind, { NULL, 0 }, 0 };

	if (sftr__step_is_number(step.kind)) {
		step.number = node->step.number;
	} else {
		step.text.ptr = node->step.text;
		step.text.len = node->n_text;
	}
	return step;
}

/* The node that a walk from 'top' on visits after 'node', or NULL. */
static inline sftr_node *
sftr__node_after(const sftr_node *top, const sftr_node *node)
{
	if (sftr__node_is_branch(node) && node->as.branch.first != NULL)
		return node->as.branch.first;
	while (node != top && node->next == NULL)
		node = node->parent;
	return node == top ? NULL : node->next;
}

/* "dict" and so on, as a note and messages spell it. */
const char *
sftr__node_kind_name(sftr_node_kind kind);

/* Puts the place of a node, its end if it is long, in err->key. */
void
sftr__node_set_key(sftr_error *err, const sftr_node *node);

/*
 * A node of this kind at 'step' (its text copied) that belongs to 'parent' but
 * is not among its children yet.  NULL without memory, which the tree keeps.
 */
sftr_node *
sftr__node_new(sftr_tree *tree, sftr_node *parent, const sftr_step *step,
	       sftr_node_kind kind);

/*
 * Makes a leaf hold this tensor; n_bytes follows.  SFTR_E_DTYPE,
 * SFTR_E_RANGE or SFTR_E_PARTIAL if no tensor is so, and SFTR_E_MEMORY.
 */
sftr_code
sftr__node_describe(sftr_node *leaf, sftr_dtype dtype, const uint64_t *shape,
		    uint32_t rank, sftr_error *err);

/* A tree's first failure, and NULL to return. */
sftr_node *
sftr__tree_fail(sftr_tree *tree, const sftr_node *where, sftr_code code,
		const char *format, ...) SFTR__PRINTF(4, 5);

#endif
