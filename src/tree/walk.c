/* SPDX-License-Identifier: MIT */
#include "tree/walk.h"

#include "base/alloc.h"
#include "tree/branch.h"

#include <string.h>

void
sftr__walk_begin(sftr__walk *walk, const sftr_node *top,
		 const sftr_allocator *allocator)
{
	memset(walk, 0, sizeof *walk);
	walk->top = top;
	walk->node = top;
	walk->allocator = *allocator;
}

static void
push(sftr__walk *walk, const sftr_node *child)
{
	void *steps = walk->steps;

	walk->node = child;
	if (!sftr__grow(&walk->allocator, &steps, &walk->capacity,
			walk->n_steps + 1, sizeof *walk->steps)) {
		walk->failed = true;
		walk->node = NULL;
		return;
	}
	walk->steps = steps;
	walk->steps[walk->n_steps++] = sftr__node_step(child);
}

void
sftr__walk_next(sftr__walk *walk)
{
	const sftr_node *node = walk->node;

	if (sftr__node_is_branch(node) && node->as.branch.first != NULL) {
		push(walk, node->as.branch.first);
		return;
	}
	for (; node != walk->top; node = node->parent) {
		walk->n_steps--;
		if (node->next != NULL) {
			push(walk, node->next);
			return;
		}
	}
	walk->node = NULL;
}

bool
sftr__walk_end(sftr__walk *walk)
{
	sftr__free(&walk->allocator, walk->steps,
		   walk->capacity * sizeof *walk->steps);
	walk->steps = NULL;
	return !walk->failed;
}

sftr_code
sftr_node_walk(const sftr_node *node, sftr_walk_fn *fn, void *user,
	       sftr_error *err)
{
	bool stopped = false;
	sftr__walk walk;

	if (node == NULL)
		return sftr__fail(err, SFTR_E_ARGUMENT,
				  "expected a node, found NULL");
	sftr__walk_begin(&walk, node, &node->tree->allocator);
	while (walk.node != NULL && !stopped) {
		stopped = fn(user, walk.node, walk.steps, walk.n_steps) != 0;
		if (!stopped)
			sftr__walk_next(&walk);
	}
	if (!sftr__walk_end(&walk))
		return sftr__fail_memory(err);
	if (stopped)
		return sftr__fail(err, SFTR_E_CANCELLED,
				  "the walk was told to stop");
	return SFTR_OK;
}

sftr_node *
sftr_tree_at(const sftr_tree *tree, const sftr_step *steps, size_t n_steps)
{
	sftr_node *node = tree->root;

	for (size_t i = 0; i < n_steps && node != NULL; i++)
		node = (unsigned)steps[i].kind > SFTR_STEP_FLAT ?
			       NULL :
			       sftr__branch_match(node, &steps[i]);
	return node;
}

sftr_node *
sftr_tree_get(const sftr_tree *tree, sftr_codec codec, const char *text,
	      size_t n_bytes)
{
	sftr_node *node = NULL;
	sftr_path path;

	if (codec == SFTR_CODEC_GUESS)
		codec = tree->codec != SFTR_CODEC_GUESS ? tree->codec :
							  SFTR_CODEC_P2S;
	if (sftr_path_parse(codec, text, n_bytes, &tree->allocator, &path,
			    NULL) == SFTR_OK)
		node = sftr_tree_at(tree, path.steps, path.n_steps);
	sftr_path_free(&path);
	return node;
}
