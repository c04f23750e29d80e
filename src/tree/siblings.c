/* SPDX-License-Identifier: MIT */
#include "tree/siblings.h"

#include "tree/node.h"

/*
 * A side weighs at least a quarter of the whole, so that a path has at most
 * log(n) / log(4/3) nodes: fewer than 160 for all that 64 bits can count.
 */
#define MAX_DEPTH 160

sftr_node *
sftr__siblings_find(sftr_node *top, const sftr_step *step)
{
	while (top != NULL) {
		sftr_step here = sftr__node_step(top);
		int c = sftr__step_compare(step, &here);

		if (c == 0)
			return top;
		top = c < 0 ? top->left : top->right;
	}
	return NULL;
}

/* One more than the nodes, so that an empty side weighs something. */
static size_t
weight(const sftr_node *node)
{
	return node == NULL ? 1 : node->n_under + 1;
}

static void
count_under(sftr_node *node)
{
	node->n_under = weight(node->left) + weight(node->right) - 1;
}

static sftr_node *
turn_left(sftr_node *node)
{
	sftr_node *up = node->right;

	node->right = up->left;
	up->left = node;
	count_under(node);
	count_under(up);
	return up;
}

static sftr_node *
turn_right(sftr_node *node)
{
	sftr_node *up = node->left;

	node->left = up->right;
	up->right = node;
	count_under(node);
	count_under(up);
	return up;
}

/* The top in place of 'node', one side of which has got a node more. */
static sftr_node *
balance(sftr_node *node)
{
	count_under(node);
	if (weight(node->right) > 3 * weight(node->left)) {
		if (weight(node->right->left) >= 2 * weight(node->right->right))
			node->right = turn_right(node->right);
		return turn_left(node);
	}
	if (weight(node->left) > 3 * weight(node->right)) {
		if (weight(node->left->right) >= 2 * weight(node->left->left))
			node->left = turn_left(node->left);
		return turn_right(node);
	}
	return node;
}

/*
 * The links that lead to where 'step' belongs, the last of them empty, into
 * links[]; *found is the node that has it already.
 */
static size_t
descend(sftr_node **top, const sftr_step *step, sftr_node **links[],
	sftr_node **before, sftr_node **found)
{
	size_t depth = 0;

	*before = NULL;
	*found = NULL;
	for (links[0] = top; *links[depth] != NULL; depth++) {
		sftr_node *node = *links[depth];
		sftr_step here = sftr__node_step(node);
		int c = sftr__step_compare(step, &here);

		if (c == 0) {
			*found = node;
			break;
		}
		if (c > 0)
			*before = node;
		links[depth + 1] = c < 0 ? &node->left : &node->right;
	}
	return depth;
}

sftr_node *
sftr__siblings_insert(sftr_node **top, sftr_node *last, sftr_node *node,
		      sftr_node **before)
{
	sftr_step step = sftr__node_step(node);
	sftr_node **links[MAX_DEPTH];
	sftr_node *found = NULL;
	size_t depth = 0;
	sftr_step end;

	if (last != NULL)
		end = sftr__node_step(last);
	if (last != NULL && sftr__step_compare(&step, &end) > 0) {
		*before = last;
		for (links[0] = top; *links[depth] != NULL; depth++)
			links[depth + 1] = &(*links[depth])->right;
	} else {
		depth = descend(top, &step, links, before, &found);
	}
	if (found != NULL)
		return found;
	*links[depth] = node;
	node->left = node->right = NULL;
	node->n_under = 1;
	while (depth-- > 0)
		*links[depth] = balance(*links[depth]);
	return NULL;
}

sftr_node *
sftr__siblings_at(sftr_node *top, size_t i)
{
	while (top != NULL) {
		size_t n_left = weight(top->left) - 1;

		if (i == n_left)
			return top;
		if (i < n_left) {
			top = top->left;
		} else {
			i -= n_left + 1;
			top = top->right;
		}
	}
	return NULL;
}
