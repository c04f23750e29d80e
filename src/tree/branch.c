/* SPDX-License-Identifier: MIT */
#include "tree/branch.h"

#include "tree/siblings.h"

#include <string.h>

/* The power of two that items[count] has room for; 0 for none. */
static size_t
capacity_for(size_t count)
{
	size_t n = 4;

	if (count == 0)
		return 0;
	while (n < count)
		n *= 2;
	return n;
}

sftr_node **
sftr__branch_items(sftr_tree *tree, size_t n)
{
	if (n > SIZE_MAX / 4 / sizeof(sftr_node *))
		return NULL;
	return sftr__arena_alloc(&tree->arena,
				 capacity_for(n) * sizeof(sftr_node *));
}

/* Makes room for one more item by place; false without memory. */
static bool
reserve(sftr_node *branch)
{
	size_t n = branch->as.branch.count;
	sftr_node **items;

	if (n + 1 <= capacity_for(n))
		return true;
	items = sftr__branch_items(branch->tree, n + 1);
	if (items == NULL)
		return false;
	if (n > 0)
		memcpy(items, branch->as.branch.items, n * sizeof *items);
	branch->as.branch.items = items;
	return true;
}

void
sftr__branch_clear(sftr_node *branch)
{
	branch->as.branch.first = NULL;
	branch->as.branch.last = NULL;
	branch->as.branch.top = NULL;
	branch->as.branch.items = NULL;
	branch->as.branch.count = 0;
}

void
sftr__branch_place(sftr_node *branch, sftr_node **items, size_t n)
{
	branch->flags |= SFTR__NODE_PLACED;
	branch->as.branch.items = items;
	branch->as.branch.count = n;
	branch->as.branch.first = n > 0 ? items[0] : NULL;
	branch->as.branch.last = n > 0 ? items[n - 1] : NULL;
	for (size_t i = 0; i < n; i++)
		items[i]->next = i + 1 < n ? items[i + 1] : NULL;
}

/* Threads 'node' into the order of its parent, behind 'before' or first. */
static void
thread(sftr_node *parent, sftr_node *before, sftr_node *node)
{
	sftr_node **link =
		before == NULL ? &parent->as.branch.first : &before->next;

	node->next = *link;
	*link = node;
	if (node->next == NULL)
		parent->as.branch.last = node;
}

sftr_node *
sftr__branch_attach(sftr_node *node)
{
	sftr_node *parent = node->parent;
	size_t n = parent->as.branch.count;
	bool is_placed = (parent->flags & SFTR__NODE_PLACED) != 0;
	bool is_list = parent->kind == SFTR_NODE_LIST ||
		       parent->kind == SFTR_NODE_TUPLE;
	sftr_node *last = parent->as.branch.last;
	sftr_node *before = last;
	sftr_node *found;

	if (is_placed && !reserve(parent))
		return sftr__tree_fail(node->tree, NULL, SFTR_E_MEMORY,
				       "out of memory");
	if (!is_list) {
		found = sftr__siblings_insert(&parent->as.branch.top,
					      is_placed ? NULL : last, node,
					      &before);
		if (found != NULL)
			return found;
	}
	thread(parent, is_placed ? last : before, node);
	if (is_placed)
		parent->as.branch.items[n] = node;
	parent->as.branch.count = n + 1;
	return node;
}

sftr_node *
sftr__branch_find(const sftr_node *branch, const sftr_step *step)
{
	if (!sftr__node_is_branch(branch))
		return NULL;
	if (branch->as.branch.top != NULL)
		return sftr__siblings_find(branch->as.branch.top, step);
	if (step->kind != SFTR_STEP_INDEX || step->number < 0 ||
	    (uint64_t)step->number >= branch->as.branch.count)
		return NULL;
	return branch->as.branch.items[step->number];
}

/* The same step as a kind that the children of this branch may have. */
static sftr_node *
find_as(const sftr_node *branch, const sftr_step *step, sftr_step_kind kind)
{
	char decimal[SFTR__DECIMAL];
	sftr_step other = { kind, { NULL, 0 }, step->number };

	if (!sftr__step_is_number(kind))
		other.text = sftr__step_text(step, decimal);
	else if (!sftr__step_is_number(step->kind) &&
		 sftr__decimal_parse(step->text.ptr, step->text.len,
				     &other.number, NULL) != SFTR__DECIMAL_OK)
		return NULL;
	return sftr__branch_find(branch, &other);
}

sftr_node *
sftr__branch_match(const sftr_node *branch, const sftr_step *step)
{
	sftr_node *found = sftr__branch_find(branch, step);
	bool is_dict = branch->kind == SFTR_NODE_DICT;

	if (found != NULL || !sftr__node_is_branch(branch))
		return found;
	if (branch->kind == SFTR_NODE_LIST || branch->kind == SFTR_NODE_TUPLE)
		return find_as(branch, step, SFTR_STEP_INDEX);
	found = find_as(branch, step, is_dict ? SFTR_STEP_KEY : SFTR_STEP_ATTR);
	if (found != NULL)
		return found;
	return find_as(branch, step,
		       is_dict ? SFTR_STEP_INT_KEY : SFTR_STEP_FLAT);
}

size_t
sftr_node_count(const sftr_node *node)
{
	return node != NULL && sftr__node_is_branch(node) ?
		       node->as.branch.count :
		       0;
}

sftr_node *
sftr_node_child(const sftr_node *node, size_t i, sftr_step *step)
{
	sftr_node *child;

	if (i >= sftr_node_count(node))
		return NULL;
	child = node->flags & SFTR__NODE_PLACED ?
			node->as.branch.items[i] :
			sftr__siblings_at(node->as.branch.top, i);
	if (step != NULL)
		*step = sftr__node_step(child);
	return child;
}
