/* SPDX-License-Identifier: MIT */
#include "tree/apply.h"

#include "tree/branch.h"

/* A failure of names/codec or tree/build, told as one of the line. */
static sftr_code
fail_as_line(const sftr__line *line, sftr_code code, const sftr_error *cause,
	     sftr_error *err)
{
	if (code == SFTR_E_MEMORY)
		return sftr__fail_memory(err);
	return sftr__line_fail(line, err, "%s", cause->message);
}

static sftr_code
copy_scalar(sftr_tree *tree, const sftr_scalar *from, sftr_scalar *to,
	    sftr_error *err)
{
	*to = *from;
	if (from->kind != SFTR_SCALAR_TEXT)
		return SFTR_OK;
	to->as.text.ptr = sftr__arena_text(&tree->arena, from->as.text.ptr,
					   from->as.text.len);
	return to->as.text.ptr == NULL ? sftr__fail_memory(err) : SFTR_OK;
}

static sftr_code
add_leaf(sftr__line *line, sftr__build *b, sftr_error *err)
{
	sftr_node_kind kind = SFTR_NODE_NONE;
	sftr_error cause;
	sftr_code code;

	if (line->kind == SFTR__LINE_ALIAS)
		kind = SFTR_NODE_TENSOR;
	else if (line->kind == SFTR__LINE_SCALAR)
		kind = SFTR_NODE_SCALAR;
	else if (line->kind == SFTR__LINE_EMPTY)
		kind = line->as.empty;
	code = sftr__build_leaf(b, line->path, kind, &line->node, &cause);
	if (code != SFTR_OK)
		return fail_as_line(line, code, &cause, err);
	if (kind == SFTR_NODE_LIST || kind == SFTR_NODE_TUPLE)
		line->node->flags |= SFTR__NODE_PLACED;
	if (kind == SFTR_NODE_SCALAR)
		return copy_scalar(b->tree, &line->as.scalar,
				   &line->node->as.scalar, err);
	return SFTR_OK;
}

/* Whether a container whose children have such steps can be of this kind. */
static bool
may_be(const sftr_node *node, sftr_node_kind kind)
{
	if (!sftr__node_is_branch(node))
		return false;
	if (node->as.branch.count == 0)
		return node->kind == kind;
	switch (node->as.branch.first->step_kind) {
	case SFTR_STEP_NAME: return true;
	case SFTR_STEP_KEY:
	case SFTR_STEP_INT_KEY: return kind == SFTR_NODE_DICT;
	case SFTR_STEP_INDEX: /* an object's, if the note says flat */
		return kind != SFTR_NODE_DICT;
	default: return kind == SFTR_NODE_OBJECT;
	}
}

static sftr_code
set_type(const sftr__line *line, sftr_error *err)
{
	sftr__arena *arena = &line->node->tree->arena;
	sftr_str type = line->as.text;

	if (type.ptr == NULL)
		return SFTR_OK;
	type.ptr = sftr__arena_text(arena, type.ptr, type.len);
	if (type.ptr != NULL)
		line->node->as.branch.type =
			sftr__arena_copy(arena, &type, sizeof type);
	return line->node->as.branch.type == NULL ? sftr__fail_memory(err) :
						    SFTR_OK;
}

static sftr_code
declare(const sftr__line *line, sftr_node_kind kind, sftr_error *err)
{
	sftr_node *node = line->node;

	if (node->declared != 0)
		return sftr__line_fail(
			line, err, "expected one kind, found %s and %s",
			sftr__node_kind_name((sftr_node_kind)node->declared),
			sftr__node_kind_name(kind));
	if (!may_be(node, kind))
		return sftr__line_fail(line, err, "the names make this no %s",
				       sftr__node_kind_name(kind));
	node->declared = (uint8_t)kind;
	return kind == SFTR_NODE_OBJECT ? set_type(line, err) : SFTR_OK;
}

/* "int" and "flat" are about the step to a node: a number, or its text. */
static sftr_code
mark_step(const sftr__line *line, uint8_t mark, sftr_error *err)
{
	bool is_int = mark == SFTR__NODE_INT_KEY;
	sftr_node *node = line->node;
	sftr_step step = sftr__node_step(node);
	bool is_number = step.kind == SFTR_STEP_INDEX && !is_int;
	int64_t value = 0;

	if (node->parent != NULL && (step.kind == SFTR_STEP_NAME ||
				     (step.kind == SFTR_STEP_KEY && is_int)))
		is_number =
			sftr__decimal_parse(step.text.ptr, step.text.len,
					    &value, NULL) == SFTR__DECIMAL_OK &&
			(is_int || value >= 0);
	if (node->parent == NULL || !is_number)
		return sftr__line_fail(line, err,
				       is_int ? "this is no dict key that is "
						"an integer" :
						"this is no index");
	if (node->flags & (SFTR__NODE_INT_KEY | SFTR__NODE_FLAT))
		return sftr__line_fail(line, err,
				       "what this step is has been said");
	node->flags |= mark;
	return SFTR_OK;
}

static sftr_code
mark_order(const sftr__line *line, sftr_error *err)
{
	if (!may_be(line->node, SFTR_NODE_DICT))
		return sftr__line_fail(line, err,
				       "the names make this no dict");
	if (line->node->flags & SFTR__NODE_ORDERED)
		return sftr__line_fail(line, err, "its order has been said");
	line->node->flags |= SFTR__NODE_ORDERED;
	return SFTR_OK;
}

static sftr_code
mark_node(sftr__line *line, sftr__build *b, sftr_error *err)
{
	sftr_error cause;
	sftr_code code = sftr__build_find(b, line->path, &line->node, &cause);

	if (code != SFTR_OK)
		return fail_as_line(line, code, &cause, err);
	if (line->node == NULL || b->n_names == 0)
		return sftr__line_fail(line, err, "no name leads to this path");
	switch (line->kind) {
	case SFTR__LINE_DICT: return declare(line, SFTR_NODE_DICT, err);
	case SFTR__LINE_LIST: return declare(line, SFTR_NODE_LIST, err);
	case SFTR__LINE_TUPLE: return declare(line, SFTR_NODE_TUPLE, err);
	case SFTR__LINE_OBJECT: return declare(line, SFTR_NODE_OBJECT, err);
	case SFTR__LINE_INT: return mark_step(line, SFTR__NODE_INT_KEY, err);
	case SFTR__LINE_FLAT: return mark_step(line, SFTR__NODE_FLAT, err);
	default: return mark_order(line, err);
	}
}

/* What an alias names: a tensor, or for now another alias. */
static sftr_code
find_target(sftr__line *line, sftr__build *b, sftr_error *err)
{
	sftr_node *target;
	sftr_error cause;
	sftr_code code = sftr__build_find(b, line->as.text, &target, &cause);

	if (code != SFTR_OK)
		return fail_as_line(line, code, &cause, err);
	if (target == NULL || target->kind != SFTR_NODE_TENSOR)
		return sftr__line_fail(line, err,
				       "expected a tensor to share, found %s",
				       target == NULL ? "nothing" :
							"another "
							"node");
	line->node->as.leaf.alias = target;
	return SFTR_OK;
}

/*
 * Follows a chain of aliases to its tensor, and links all of them to it: each
 * is followed once.  A chain longer than the note is a loop.
 */
static sftr_code
link_chain(const sftr__line *line, size_t n_lines, sftr_error *err)
{
	sftr_node *end = line->node;
	sftr_node *node = line->node;

	for (size_t n = 0; end->as.leaf.alias != NULL; n++) {
		if (n > n_lines)
			return sftr__line_fail(line, err,
					       "this alias leads to itself");
		end = end->as.leaf.alias;
	}
	end->flags |= SFTR__NODE_SHARED;
	while (node != end) {
		sftr_node *next = node->as.leaf.alias;

		node->as.leaf.alias = end;
		node = next;
	}
	return SFTR_OK;
}

sftr_code
sftr__note_apply(sftr__note *note, sftr__build *b, sftr_error *err)
{
	sftr_code code = SFTR_OK;
	sftr__line *end;

	if (note->n_lines == 0)
		return SFTR_OK;
	end = note->lines + note->n_lines;
	for (sftr__line *l = note->lines; l < end && code == SFTR_OK; l++)
		if (sftr__line_is_leaf(l->kind))
			code = add_leaf(l, b, err);
	for (sftr__line *l = note->lines; l < end && code == SFTR_OK; l++)
		if (l->kind == SFTR__LINE_ALIAS)
			code = find_target(l, b, err);
	for (sftr__line *l = note->lines; l < end && code == SFTR_OK; l++)
		if (l->kind == SFTR__LINE_ALIAS)
			code = link_chain(l, note->n_lines, err);
	for (sftr__line *l = note->lines; l < end && code == SFTR_OK; l++)
		if (!sftr__line_is_leaf(l->kind))
			code = mark_node(l, b, err);
	return code;
}

/* Keys that are all there and differ are all keys if they are as many. */
static sftr_code
order_dict(const sftr__note *note, const sftr__line *line, sftr_error *err)
{
	const sftr_step *keys = sftr__line_keys(note, line);
	size_t n = line->as.order.n;
	sftr_node *dict = line->node;
	sftr_node **items;

	if (dict->kind != SFTR_NODE_DICT)
		return sftr__line_fail(line, err,
				       "the names make this no dict");
	if (n != dict->as.branch.count)
		return sftr__line_fail(line, err,
				       "expected %zu keys, found %zu",
				       dict->as.branch.count, n);
	items = sftr__branch_items(dict->tree, n);
	if (items == NULL)
		return sftr__fail_memory(err);
	for (size_t i = 0; i < n; i++) {
		items[i] = sftr__branch_find(dict, &keys[i]);
		if (items[i] == NULL ||
		    (items[i]->flags & SFTR__NODE_SEEN) != 0)
			return sftr__line_fail(
				line, err, "key %zu of its order is %s", i,
				items[i] == NULL ? "not in the dict" :
						   "there twice");
		items[i]->flags |= SFTR__NODE_SEEN;
	}
	for (size_t i = 0; i < n; i++)
		items[i]->flags &= (uint8_t)~SFTR__NODE_SEEN;
	sftr__branch_place(dict, items, n);
	return SFTR_OK;
}

sftr_code
sftr__note_order(const sftr__note *note, sftr_error *err)
{
	sftr_code code = SFTR_OK;

	for (size_t i = 0; i < note->n_lines && code == SFTR_OK; i++)
		if (note->lines[i].kind == SFTR__LINE_ORDER)
			code = order_dict(note, &note->lines[i], err);
	return code;
}
