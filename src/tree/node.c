/* SPDX-License-Identifier: MIT */
#include "tree/node.h"

#include "base/alloc.h"
#include "format/layout.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

_Static_assert(sizeof(sftr_node) <= 128, "a node is two cache lines");

const char *
sftr__node_kind_name(sftr_node_kind kind)
{
	static const char *const names[] = {
		[SFTR_NODE_NONE] = "none",     [SFTR_NODE_DICT] = "dict",
		[SFTR_NODE_LIST] = "list",     [SFTR_NODE_TUPLE] = "tuple",
		[SFTR_NODE_OBJECT] = "object", [SFTR_NODE_TENSOR] = "tensor",
		[SFTR_NODE_SCALAR] = "scalar",
	};

	return (unsigned)kind <= SFTR_NODE_SCALAR ? names[kind] : "?";
}

/* Writes a step before text[at], as far as there is room; the new start. */
static size_t
print_before(char *text, size_t at, const sftr_node *node)
{
	static const char marks[] = ".."
				    "@@##";
	sftr_step step = sftr__node_step(node);
	char decimal[SFTR__DECIMAL];
	sftr_str word = sftr__step_text(&step, decimal);

	if (word.len > at) {
		memcpy(text, word.ptr + (word.len - at), at);
		return 0;
	}
	at -= word.len;
	if (word.len > 0)
		memcpy(text + at, word.ptr, word.len);
	if (at > 0)
		text[--at] = marks[step.kind];
	return at;
}

/*
 * From the end, so that a place 100,000 deep needs no memory; an attribute's
 * point is left out in front, as pytree2safetensors does.
 */
void
sftr__node_set_key(sftr_error *err, const sftr_node *node)
{
	char text[128];
	size_t at = sizeof text;

	for (; node != NULL && node->parent != NULL && at > 0;
	     node = node->parent)
		at = print_before(text, at, node);
	if (at == 0)
		memcpy(text, "...", 3);
	else if (at < sizeof text && text[at] == '.')
		at++;
	while (at > 0 && at < sizeof text && (text[at] & 0xc0) == 0x80)
		at++;
	sftr__set_key(err, text + at, sizeof text - at);
}

sftr_node *
sftr__tree_fail(sftr_tree *tree, const sftr_node *where, sftr_code code,
		const char *format, ...)
{
	char message[sizeof tree->status.message];
	va_list args;

	if (tree->failed)
		return NULL;
	va_start(args, format);
	vsnprintf(message, sizeof message, format, args);
	va_end(args);
	tree->failed = true;
	sftr__fail(&tree->status, code, "%s", message);
	sftr__node_set_key(&tree->status, where);
	return NULL;
}

sftr_node *
sftr__node_new(sftr_tree *tree, sftr_node *parent, const sftr_step *step,
	       sftr_node_kind kind)
{
	sftr_node *node = sftr__arena_alloc(&tree->arena, sizeof *node);

	if (node == NULL)
		return sftr__tree_fail(tree, NULL, SFTR_E_MEMORY,
				       "out of memory");
	node->tree = tree;
	node->parent = parent;
	node->kind = (uint8_t)kind;
	if (kind == SFTR_NODE_LIST || kind == SFTR_NODE_TUPLE)
		node->flags = SFTR__NODE_PLACED;
	if (step == NULL)
		return node;
	node->step_kind = (uint8_t)step->kind;
	if (sftr__step_is_number(step->kind)) {
		node->step.number = step->number;
		return node;
	}
	node->n_text = step->text.len;
	node->step.text =
		sftr__arena_text(&tree->arena, step->text.ptr, step->text.len);
	if (node->step.text == NULL)
		return sftr__tree_fail(tree, NULL, SFTR_E_MEMORY,
				       "out of memory");
	return node;
}

sftr_code
sftr__node_describe(sftr_node *leaf, sftr_dtype dtype, const uint64_t *shape,
		    uint32_t rank, sftr_error *err)
{
	sftr_code code = sftr__item_size(dtype, shape, rank,
					 &leaf->as.leaf.n_bytes, err);

	if (code != SFTR_OK)
		return code;
	leaf->as.leaf.shape = sftr__arena_copy(&leaf->tree->arena, shape,
					       rank * sizeof *shape);
	if (leaf->as.leaf.shape == NULL)
		return sftr__fail_memory(err);
	leaf->dtype = dtype;
	leaf->rank = rank;
	return SFTR_OK;
}

sftr_node_kind
sftr_node_kind_of(const sftr_node *node)
{
	return node == NULL ? SFTR_NODE_NONE : (sftr_node_kind)node->kind;
}

sftr_str
sftr_node_type(const sftr_node *node)
{
	sftr_str none = { NULL, 0 };

	return node != NULL && sftr__node_is_branch(node) &&
			       node->as.branch.type != NULL ?
		       *node->as.branch.type :
		       none;
}

int
sftr_node_is_ordered(const sftr_node *node)
{
	return node != NULL && (node->flags & SFTR__NODE_ORDERED) != 0;
}

const sftr_node *
sftr_node_alias(const sftr_node *node)
{
	return sftr_node_kind_of(node) == SFTR_NODE_TENSOR ?
		       node->as.leaf.alias :
		       NULL;
}

static sftr_code
is_no(const sftr_node *node, const char *what, sftr_error *err)
{
	if (node == NULL)
		return sftr__fail(err, SFTR_E_ABSENT, "no node");
	sftr__fail(err, SFTR_E_ABSENT, "is a %s, not a %s",
		   sftr__node_kind_name((sftr_node_kind)node->kind), what);
	sftr__node_set_key(err, node);
	return SFTR_E_ABSENT;
}

sftr_code
sftr_node_tensor(const sftr_node *node, sftr_leaf *leaf, sftr_error *err)
{
	if (sftr_node_kind_of(node) != SFTR_NODE_TENSOR)
		return is_no(node, "tensor", err);
	if (node->as.leaf.alias != NULL)
		node = node->as.leaf.alias;
	leaf->dtype = node->dtype;
	leaf->rank = node->rank;
	leaf->shape = node->as.leaf.shape;
	leaf->data = node->as.leaf.data;
	leaf->n_bytes = node->as.leaf.n_bytes;
	return SFTR_OK;
}

sftr_code
sftr_node_scalar(const sftr_node *node, sftr_scalar *value, sftr_error *err)
{
	if (sftr_node_kind_of(node) != SFTR_NODE_SCALAR)
		return is_no(node, "scalar", err);
	*value = node->as.scalar;
	return SFTR_OK;
}

sftr_code
sftr_tree_new(const sftr_allocator *allocator, sftr_tree **tree,
	      sftr_error *err)
{
	sftr_allocator a = sftr__allocator(allocator);
	sftr_tree *t = sftr__alloc_zeroed(&a, 1, sizeof *t);

	*tree = NULL;
	if (t == NULL)
		return sftr__fail_memory(err);
	t->allocator = a;
	sftr__arena_init(&t->arena, &a);
	t->root = sftr__node_new(t, NULL, NULL, SFTR_NODE_NONE);
	if (t->root == NULL) {
		sftr_tree_free(t);
		return sftr__fail_memory(err);
	}
	*tree = t;
	return SFTR_OK;
}

void
sftr_tree_free(sftr_tree *tree)
{
	sftr_allocator a;

	if (tree == NULL)
		return;
	a = tree->allocator;
	sftr__arena_free(&tree->arena);
	sftr__free(&a, tree->metadata,
		   tree->metadata_capacity * sizeof *tree->metadata);
	sftr__store_release(tree->store);
	sftr__free(&a, tree, sizeof *tree);
}

sftr_node *
sftr_tree_root(sftr_tree *tree)
{
	return tree == NULL ? NULL : tree->root;
}

sftr_code
sftr_tree_status(const sftr_tree *tree, sftr_error *err)
{
	if (!tree->failed)
		return SFTR_OK;
	if (err != NULL)
		*err = tree->status;
	return tree->status.code;
}

sftr_codec
sftr_tree_codec(const sftr_tree *tree)
{
	return tree->codec;
}
