/* SPDX-License-Identifier: MIT */
#include "tree/build.h"

#include "base/alloc.h"
#include "names/codec.h"
#include "tree/branch.h"

#include <string.h>

void
sftr__build_begin(sftr__build *b, sftr_tree *tree, sftr_codec codec)
{
	memset(b, 0, sizeof *b);
	b->tree = tree;
	b->codec = codec;
	sftr__path_buffer_init(&b->path, &tree->allocator);
}

void
sftr__build_end(sftr__build *b)
{
	sftr__path_buffer_free(&b->path);
	sftr__free(&b->tree->allocator, b->way,
		   b->way_capacity * sizeof(sftr_node *));
	b->way = NULL;
}

static bool
is_at(const sftr_node *node, const sftr_step *step)
{
	sftr_step here = sftr__node_step(node);

	return sftr__step_compare(&here, step) == 0;
}

/* The last child, if it is before 'step': then there is none at 'step'. */
static sftr_node *
find(const sftr_node *branch, const sftr_step *step)
{
	const sftr_node *last = branch->as.branch.last;
	sftr_step end;

	if (last != NULL) {
		end = sftr__node_step(last);
		if (sftr__step_compare(step, &end) > 0)
			return NULL;
	}
	return sftr__branch_find(branch, step);
}

/* The child at 'step', made if need be; *is_new says which. */
static sftr_code
enter(sftr_node *parent, const sftr_step *step, sftr_node **child, bool *is_new,
      sftr_error *err)
{
	const sftr_node *first;

	if (*is_new)
		parent->kind = SFTR_NODE_DICT;
	else if (sftr__build_is_leaf(parent))
		return sftr__fail(err, SFTR_E_CONFLICT,
				  "expected nothing below a leaf");
	first = parent->as.branch.first;
	if (first != NULL &&
	    sftr__step_family((sftr_step_kind)first->step_kind) !=
		    sftr__step_family(step->kind))
		return sftr__fail(
			err, SFTR_E_CONFLICT, "expected %s, found %s",
			sftr__step_kind_text((sftr_step_kind)first->step_kind),
			sftr__step_kind_text(step->kind));
	*child = find(parent, step);
	*is_new = *child == NULL;
	if (!*is_new)
		return SFTR_OK;
	*child = sftr__node_new(parent->tree, parent, step, SFTR_NODE_NONE);
	if (*child == NULL || sftr__branch_attach(*child) == NULL)
		return sftr__fail_memory(err);
	return SFTR_OK;
}

static sftr_code
parse(sftr__build *b, sftr_str name, sftr_error *err)
{
	void *way = b->way;
	sftr_code code;

	sftr__path_buffer_clear(&b->path);
	code = sftr__path_parse_into(b->codec, name.ptr, name.len, &b->path,
				     err);
	if (code != SFTR_OK)
		return code;
	if (!sftr__grow(&b->tree->allocator, &way, &b->way_capacity,
			b->path.n_steps, sizeof *b->way))
		return sftr__fail_memory(err);
	b->way = way;
	return SFTR_OK;
}

sftr_code
sftr__build_leaf(sftr__build *b, sftr_str name, sftr_node_kind kind,
		 sftr_node **leaf, sftr_error *err)
{
	sftr_code code = parse(b, name, err);
	bool is_new = b->n_names == 0;
	sftr_node *node = b->tree->root;
	size_t i = 0;

	if (code != SFTR_OK)
		return code;
	/* Names that follow each other mostly begin alike. */
	for (; i < b->path.n_steps && i < b->n_way &&
	       is_at(b->way[i], &b->path.steps[i]);
	     i++)
		node = b->way[i];
	for (; i < b->path.n_steps; i++) {
		code = enter(node, &b->path.steps[i], &node, &is_new, err);
		if (code != SFTR_OK)
			return code;
		b->way[i] = node;
	}
	b->n_way = i;
	if (!is_new)
		return sftr__fail(err, SFTR_E_CONFLICT,
				  sftr__build_is_leaf(node) ?
					  "expected a path of its own" :
					  "expected a leaf without children");
	node->kind = (uint8_t)kind;
	b->n_names++;
	b->n_leaves += kind == SFTR_NODE_TENSOR || kind == SFTR_NODE_SCALAR;
	*leaf = node;
	return SFTR_OK;
}

sftr_code
sftr__build_find(sftr__build *b, sftr_str name, sftr_node **node,
		 sftr_error *err)
{
	sftr_code code = parse(b, name, err);

	*node = NULL;
	if (code != SFTR_OK)
		return code;
	b->n_way = 0;
	*node = b->tree->root;
	for (size_t i = 0; i < b->path.n_steps && *node != NULL; i++)
		*node = sftr__branch_find(*node, &b->path.steps[i]);
	return SFTR_OK;
}
