/* SPDX-License-Identifier: MIT */
/*
 * Building a tree by hand.  The first failure stays with the tree and makes
 * every later call return NULL, so that a program asks once.
 */
#include <safetree/tree.h>

#include "base/utf8.h"
#include "tree/branch.h"

#include <inttypes.h>
#include <string.h>

/* A place that has no node yet, for messages. */
static sftr_node
place(sftr_node *parent, const sftr_step *step)
{
	sftr_node node;

	memset(&node, 0, sizeof node);
	node.parent = parent;
	node.step_kind = (uint8_t)step->kind;
	node.n_text = step->text.len;
	if (sftr__step_is_number(step->kind))
		node.step.number = step->number;
	else
		node.step.text = step->text.ptr;
	return node;
}

static bool
is_text(sftr_str s)
{
	return s.len == 0 ||
	       (s.ptr != NULL && sftr__utf8_span(s.ptr, s.len) == s.len);
}

/* Whether a node of the parent's kind takes such a step at all. */
static bool
takes_kind(const sftr_node *parent, sftr_step_kind kind)
{
	const sftr_node *first = parent->as.branch.first;

	switch (parent->kind) {
	case SFTR_NODE_DICT:
		return kind == SFTR_STEP_KEY || kind == SFTR_STEP_INT_KEY;
	case SFTR_NODE_LIST:
	case SFTR_NODE_TUPLE: return kind == SFTR_STEP_INDEX;
	case SFTR_NODE_OBJECT:
		if (first != NULL)
			return kind == (sftr_step_kind)first->step_kind;
		return kind == SFTR_STEP_ATTR || kind == SFTR_STEP_FLAT;
	default: return false;
	}
}

/* NULL, and the tree has failed, unless 'parent' takes a child at 'step'. */
static sftr_node *
check_step(sftr_node *parent, const sftr_step *step)
{
	sftr_tree *tree = parent->tree;
	size_t count = sftr_node_count(parent);
	sftr_node here;

	if ((unsigned)step->kind > SFTR_STEP_FLAT)
		return sftr__tree_fail(tree, parent, SFTR_E_ARGUMENT,
				       "expected a step, found kind %u",
				       (unsigned)step->kind);
	here = place(parent, step);
	if (!sftr__node_is_branch(parent))
		return sftr__tree_fail(
			tree, parent, SFTR_E_ARGUMENT,
			"expected a container, found a %s",
			sftr__node_kind_name((sftr_node_kind)parent->kind));
	if (!sftr__step_is_number(step->kind) && !is_text(step->text))
		return sftr__tree_fail(tree, parent, SFTR_E_UTF8,
				       "the name of a child is not UTF-8");
	if (!takes_kind(parent, step->kind))
		return sftr__tree_fail(
			tree, &here, SFTR_E_ARGUMENT,
			"%s does not go into this %s",
			sftr__step_kind_text(step->kind),
			sftr__node_kind_name((sftr_node_kind)parent->kind));
	if (step->kind == SFTR_STEP_INDEX && (uint64_t)step->number != count)
		return sftr__tree_fail(tree, &here, SFTR_E_ARGUMENT,
				       "expected index %zu, found %" PRId64,
				       count, step->number);
	if (step->kind == SFTR_STEP_FLAT && step->number < 0)
		return sftr__tree_fail(tree, &here, SFTR_E_ARGUMENT,
				       "expected an index, found %" PRId64,
				       step->number);
	return parent;
}

/* A new child, not attached yet, or NULL. */
static sftr_node *
make_child(sftr_node *parent, const sftr_step *step, sftr_node_kind kind)
{
	if (parent == NULL || parent->tree->failed ||
	    check_step(parent, step) == NULL)
		return NULL;
	return sftr__node_new(parent->tree, parent, step, kind);
}

/* Attributes keep the order in which they are added. */
static sftr_node *
attach(sftr_node *node)
{
	sftr_node *parent = node->parent;
	sftr_node *there;

	if (parent == NULL) {
		node->tree->root = node;
		return node;
	}
	if (parent->as.branch.count == 0 && parent->kind == SFTR_NODE_OBJECT &&
	    node->step_kind == SFTR_STEP_ATTR)
		parent->flags |= SFTR__NODE_PLACED;
	there = sftr__branch_attach(node);
	if (there != NULL && there != node)
		return sftr__tree_fail(node->tree, node, SFTR_E_DUPLICATE,
				       "is there already");
	return there;
}

static sftr_node *
make_root(sftr_tree *tree, sftr_node_kind kind)
{
	if (tree == NULL || tree->failed)
		return NULL;
	if (tree->root->kind != SFTR_NODE_NONE)
		return sftr__tree_fail(tree, NULL, SFTR_E_ARGUMENT,
				       "the root is set already");
	return sftr__node_new(tree, NULL, NULL, kind);
}

static sftr_node *
finish_tensor(sftr_node *node, sftr_dtype dtype, const uint64_t *shape,
	      uint32_t rank, void *data)
{
	sftr_error err;

	if (node == NULL)
		return NULL;
	if (shape == NULL && rank > 0)
		return sftr__tree_fail(node->tree, node, SFTR_E_ARGUMENT,
				       "expected a shape, found NULL");
	if (sftr__node_describe(node, dtype, shape, rank, &err) != SFTR_OK)
		return sftr__tree_fail(node->tree, node, err.code, "%s",
				       err.message);
	node->as.leaf.data = data;
	return attach(node);
}

static sftr_node *
finish_scalar(sftr_node *node, sftr_scalar value)
{
	sftr_tree *tree;
	sftr_str text;

	if (node == NULL)
		return NULL;
	tree = node->tree;
	text = value.as.text;
	switch (value.kind) {
	case SFTR_SCALAR_BOOL: value.as.boolean = value.as.boolean != 0; break;
	case SFTR_SCALAR_I64:
	case SFTR_SCALAR_F64: break;
	case SFTR_SCALAR_U64:
		if (value.as.u64 > INT64_MAX)
			break;
		value.kind = SFTR_SCALAR_I64;
		value.as.i64 = (int64_t)value.as.u64;
		break;
	case SFTR_SCALAR_TEXT:
		if (!is_text(text))
			return sftr__tree_fail(tree, node, SFTR_E_UTF8,
					       "the text is not UTF-8");
		value.as.text.ptr =
			sftr__arena_text(&tree->arena, text.ptr, text.len);
		if (value.as.text.ptr == NULL)
			return sftr__tree_fail(tree, NULL, SFTR_E_MEMORY,
					       "out of memory");
		break;
	default:
		return sftr__tree_fail(tree, node, SFTR_E_ARGUMENT,
				       "expected a scalar, found kind %u",
				       (unsigned)value.kind);
	}
	node->as.scalar = value;
	return attach(node);
}

static bool
is_container(sftr_node_kind kind)
{
	return (unsigned)kind <= SFTR_NODE_OBJECT;
}

sftr_node *
sftr_tree_set_root(sftr_tree *tree, sftr_node_kind kind)
{
	sftr_node *node;

	if (tree != NULL && !is_container(kind))
		return sftr__tree_fail(tree, NULL, SFTR_E_ARGUMENT,
				       "expected a kind of container");
	node = make_root(tree, kind);
	return node == NULL ? NULL : attach(node);
}

sftr_node *
sftr_tree_set_root_tensor(sftr_tree *tree, sftr_dtype dtype,
			  const uint64_t *shape, uint32_t rank, void *data)
{
	return finish_tensor(make_root(tree, SFTR_NODE_TENSOR), dtype, shape,
			     rank, data);
}

sftr_node *
sftr_tree_set_root_scalar(sftr_tree *tree, sftr_scalar value)
{
	return finish_scalar(make_root(tree, SFTR_NODE_SCALAR), value);
}

sftr_node *
sftr_node_add(sftr_node *parent, sftr_step step, sftr_node_kind kind)
{
	sftr_node *node;

	if (parent != NULL && !is_container(kind))
		return sftr__tree_fail(parent->tree, parent, SFTR_E_ARGUMENT,
				       "expected a kind of container");
	node = make_child(parent, &step, kind);
	return node == NULL ? NULL : attach(node);
}

sftr_node *
sftr_node_add_tensor(sftr_node *parent, sftr_step step, sftr_dtype dtype,
		     const uint64_t *shape, uint32_t rank, void *data)
{
	return finish_tensor(make_child(parent, &step, SFTR_NODE_TENSOR), dtype,
			     shape, rank, data);
}

sftr_node *
sftr_node_add_scalar(sftr_node *parent, sftr_step step, sftr_scalar value)
{
	return finish_scalar(make_child(parent, &step, SFTR_NODE_SCALAR),
			     value);
}

sftr_node *
sftr_node_add_alias(sftr_node *parent, sftr_step step, sftr_node *target)
{
	sftr_node *node;

	if (target == NULL)
		return NULL;
	node = make_child(parent, &step, SFTR_NODE_TENSOR);
	if (node == NULL)
		return NULL;
	if (target->tree != node->tree || target->kind != SFTR_NODE_TENSOR)
		return sftr__tree_fail(node->tree, node, SFTR_E_ARGUMENT,
				       "expected a tensor of the same tree to "
				       "share");
	if (target->as.leaf.alias != NULL)
		target = target->as.leaf.alias;
	target->flags |= SFTR__NODE_SHARED;
	node->as.leaf.alias = target;
	return attach(node);
}

void
sftr_node_set_type(sftr_node *object, sftr_str type_name)
{
	sftr_tree *tree;
	sftr_str type;

	if (object == NULL || object->tree->failed)
		return;
	tree = object->tree;
	type.len = type_name.len;
	if (object->kind != SFTR_NODE_OBJECT) {
		sftr__tree_fail(
			tree, object, SFTR_E_ARGUMENT,
			"expected an object to have a type, found a %s",
			sftr__node_kind_name((sftr_node_kind)object->kind));
		return;
	}
	if (!is_text(type_name)) {
		sftr__tree_fail(tree, object, SFTR_E_UTF8,
				"the name of its type is not UTF-8");
		return;
	}
	type.ptr = sftr__arena_text(&tree->arena, type_name.ptr, type.len);
	object->as.branch.type =
		type.ptr == NULL ?
			NULL :
			sftr__arena_copy(&tree->arena, &type, sizeof type);
	if (object->as.branch.type == NULL)
		sftr__tree_fail(tree, NULL, SFTR_E_MEMORY, "out of memory");
}

void
sftr_node_set_ordered(sftr_node *dict)
{
	if (dict == NULL || dict->tree->failed)
		return;
	if (dict->kind != SFTR_NODE_DICT || dict->as.branch.count > 0) {
		sftr__tree_fail(dict->tree, dict, SFTR_E_ARGUMENT,
				"expected a dict without children to be "
				"ordered");
		return;
	}
	dict->flags |= SFTR__NODE_ORDERED | SFTR__NODE_PLACED;
}
