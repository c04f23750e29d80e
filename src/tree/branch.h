/* SPDX-License-Identifier: MIT */
/*
 * The children of a node: putting them in, finding them by step.  A list keeps
 * them by place, a dict by key, and what has keys and an order of its own both
 * ways.
 */
#ifndef SFTR_TREE_BRANCH_H
#define SFTR_TREE_BRANCH_H

#include "tree/node.h"

/*
 * Puts 'node' among its parent's children.  Returns 'node', the child that has
 * its key already, or NULL without memory, which the tree keeps.
 */
sftr_node *
sftr__branch_attach(sftr_node *node);

/* Room for n items by place, or NULL without memory. */
sftr_node **
sftr__branch_items(sftr_tree *tree, size_t n);

/*
 * Makes items[n], from sftr__branch_items, the children in that order; those
 * that it had are among them.  How they are found by key stays as it is.
 */
void
sftr__branch_place(sftr_node *branch, sftr_node **items, size_t n);

/* Forgets all children. */
void
sftr__branch_clear(sftr_node *branch);

/* The child with exactly this step, or NULL. */
sftr_node *
sftr__branch_find(const sftr_node *branch, const sftr_step *step);

/*
 * The child that a step means with kinds erased: the number 3 and the text
 * "3" are one, the very step goes first.  NULL if there is none.
 */
sftr_node *
sftr__branch_match(const sftr_node *branch, const sftr_step *step);

#endif
