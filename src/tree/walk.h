/* SPDX-License-Identifier: MIT */
/*
 * Walking a tree in the order of JAX with the path at hand, and finding nodes
 * by their paths.  Nothing here recurses.
 */
#ifndef SFTR_TREE_WALK_H
#define SFTR_TREE_WALK_H

#include "tree/node.h"

/*
 *      for (sftr__walk_begin(&w, top, &a); w.node; sftr__walk_next(&w))
 *              use w.node, w.steps[w.n_steps]
 *      failed = sftr__walk_end(&w)
 */
typedef struct sftr__walk {
	const sftr_node *top;
	const sftr_node *node; /* NULL when the walk is over */
	sftr_step *steps;      /* from top to node */
	size_t n_steps;
	size_t capacity;
	sftr_allocator allocator;
	bool failed;
} sftr__walk;

void
sftr__walk_begin(sftr__walk *walk, const sftr_node *top,
		 const sftr_allocator *allocator);
void
sftr__walk_next(sftr__walk *walk);

/* Releases what the walk holds; false if it ended for want of memory. */
bool
sftr__walk_end(sftr__walk *walk);

#endif
