/* SPDX-License-Identifier: MIT */
/*
 * Copies of trees.  The copy's bytes, if it has its own, are one block.
 */
#include <safetree/tree.h>

#include "base/alloc.h"
#include "base/bytes.h"
#include "tree/branch.h"
#include "tree/metadata.h"

#include <string.h>

struct copying {
	sftr_tree *tree;
	sftr_tree_data data;
	uint64_t used; /* of the block */
};

static sftr_code
out_of_memory(sftr_tree *tree)
{
	sftr__tree_fail(tree, NULL, SFTR_E_MEMORY, "out of memory");
	return SFTR_E_MEMORY;
}

/* The bytes of the block that the leaves of a tree take. */
static bool
measure(const sftr_tree *tree, uint64_t *n_bytes)
{
	const sftr_node *node = tree->root;

	for (*n_bytes = 0; node != NULL;
	     node = sftr__node_after(tree->root, node)) {
		uint64_t n;

		if (node->kind != SFTR_NODE_TENSOR ||
		    node->as.leaf.data == NULL)
			continue;
		if (!sftr__add(node->as.leaf.n_bytes, SFTR__STORE_ALIGN - 1,
			       &n) ||
		    !sftr__add(*n_bytes,
			       n / SFTR__STORE_ALIGN * SFTR__STORE_ALIGN,
			       n_bytes))
			return false;
	}
	return true;
}

static bool
copy_tensor(struct copying *c, const sftr_node *from, sftr_node *to)
{
	sftr__store *store = c->tree->store;

	to->flags |= from->flags & SFTR__NODE_SHARED;
	if (from->as.leaf.alias != NULL) {
		to->as.leaf.alias = from->as.leaf.alias;
		return true;
	}
	if (sftr__node_describe(to, from->dtype, from->as.leaf.shape,
				from->rank, NULL) != SFTR_OK)
		return false;
	if (c->data == SFTR_TREE_DESCRIBE)
		to->as.leaf.source = from->as.leaf.source;
	if (c->data == SFTR_TREE_VIEW) {
		to->as.leaf.source = from->as.leaf.source;
		to->as.leaf.data = from->as.leaf.data;
	}
	if (c->data != SFTR_TREE_COPY || from->as.leaf.data == NULL ||
	    from->as.leaf.n_bytes == 0)
		return true;
	to->as.leaf.data = store->block + c->used;
	memcpy(to->as.leaf.data, from->as.leaf.data,
	       (size_t)from->as.leaf.n_bytes);
	c->used += (from->as.leaf.n_bytes + SFTR__STORE_ALIGN - 1) /
		   SFTR__STORE_ALIGN * SFTR__STORE_ALIGN;
	return true;
}

static bool
copy_scalar(struct copying *c, const sftr_node *from, sftr_node *to)
{
	const sftr_str *text = &from->as.scalar.as.text;

	to->as.scalar = from->as.scalar;
	if (from->as.scalar.kind != SFTR_SCALAR_TEXT)
		return true;
	to->as.scalar.as.text.ptr =
		sftr__arena_text(&c->tree->arena, text->ptr, text->len);
	return to->as.scalar.as.text.ptr != NULL;
}

static bool
copy_type(struct copying *c, const sftr_node *from, sftr_node *to)
{
	sftr_str type;

	if (from->as.branch.type == NULL)
		return true;
	type = *from->as.branch.type;
	type.ptr = sftr__arena_text(&c->tree->arena, type.ptr, type.len);
	if (type.ptr == NULL)
		return false;
	to->as.branch.type =
		sftr__arena_copy(&c->tree->arena, &type, sizeof type);
	return to->as.branch.type != NULL;
}

/* The copy of one node, without its children; NULL without memory. */
static sftr_node *
copy_node(struct copying *c, const sftr_node *from, sftr_node *parent)
{
	sftr_step step = sftr__node_step(from);
	sftr_node *to =
		sftr__node_new(c->tree, parent, parent == NULL ? NULL : &step,
			       (sftr_node_kind)from->kind);
	bool done = true;

	if (to == NULL)
		return NULL;
	to->flags = from->flags & (SFTR__NODE_ORDERED | SFTR__NODE_PLACED);
	if (from->kind == SFTR_NODE_TENSOR)
		done = copy_tensor(c, from, to);
	else if (from->kind == SFTR_NODE_SCALAR)
		done = copy_scalar(c, from, to);
	else if (sftr__node_is_branch(from))
		done = copy_type(c, from, to);
	if (!done)
		return NULL;
	return parent == NULL ? to : sftr__branch_attach(to);
}

static bool
copy_nodes(struct copying *c, const sftr_tree *tree)
{
	const sftr_node *from = tree->root;
	sftr_node *to = copy_node(c, from, NULL);

	c->tree->root = to;
	while (to != NULL) {
		if (sftr__node_is_branch(from) &&
		    from->as.branch.first != NULL) {
			from = from->as.branch.first;
			to = copy_node(c, from, to);
			continue;
		}
		while (from != tree->root && from->next == NULL) {
			from = from->parent;
			to = to->parent;
		}
		if (from == tree->root)
			return true;
		from = from->next;
		to = copy_node(c, from, to->parent);
	}
	return false;
}

/* A place in the source, climbed from its end to its root. */
struct climb {
	const sftr_node **nodes;
	size_t n;
	size_t capacity;
};

static bool
climb(struct climb *way, const sftr_allocator *a, const sftr_node *from)
{
	for (way->n = 0; from->parent != NULL; from = from->parent) {
		void *nodes = way->nodes;

		if (!sftr__grow(a, &nodes, &way->capacity, way->n + 1,
				sizeof *way->nodes))
			return false;
		way->nodes = nodes;
		way->nodes[way->n++] = from;
	}
	return true;
}

/* Turns the aliases of the copy from nodes of the source to its own. */
static bool
link_aliases(sftr_tree *tree)
{
	const sftr_allocator *a = &tree->allocator;
	struct climb way = { NULL, 0, 0 };
	sftr_node *node = tree->root;
	bool done = true;

	for (; node != NULL && done;
	     node = sftr__node_after(tree->root, node)) {
		sftr_node *target = tree->root;

		if (sftr_node_alias(node) == NULL)
			continue;
		done = climb(&way, a, node->as.leaf.alias);
		while (done && way.n > 0) {
			sftr_step step = sftr__node_step(way.nodes[--way.n]);

			target = sftr__branch_find(target, &step);
		}
		node->as.leaf.alias = target;
	}
	sftr__free(a, way.nodes, way.capacity * sizeof *way.nodes);
	return done;
}

static sftr_code
prepare_store(struct copying *c, const sftr_tree *tree)
{
	uint64_t n_bytes;

	if (c->data != SFTR_TREE_COPY) {
		c->tree->store = sftr__store_retain(tree->store);
		return SFTR_OK;
	}
	if (!measure(tree, &n_bytes))
		return out_of_memory(c->tree);
	c->tree->store = sftr__store_new(&c->tree->allocator, NULL, n_bytes);
	return c->tree->store == NULL ? out_of_memory(c->tree) : SFTR_OK;
}

sftr_code
sftr_tree_copy(const sftr_tree *tree, sftr_tree_data data, sftr_tree **copy,
	       sftr_error *err)
{
	struct copying c = { NULL, data, 0 };
	sftr_code code;
	bool done;

	*copy = NULL;
	if ((unsigned)data > SFTR_TREE_DESCRIBE)
		return sftr__fail(err, SFTR_E_ARGUMENT,
				  "expected what to do with data, found %u",
				  (unsigned)data);
	if (tree->failed)
		return sftr_tree_status(tree, err);
	code = sftr_tree_new(&tree->allocator, &c.tree, err);
	if (code != SFTR_OK)
		return code;
	c.tree->codec = tree->codec;
	done = prepare_store(&c, tree) == SFTR_OK && copy_nodes(&c, tree) &&
	       link_aliases(c.tree) && sftr__metadata_copy(c.tree, tree);
	if (!done) {
		sftr_tree_free(c.tree);
		return sftr__fail_memory(err);
	}
	*copy = c.tree;
	return SFTR_OK;
}
