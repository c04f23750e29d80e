/* SPDX-License-Identifier: MIT */
/*
 * The children of one node by key: a search tree through the nodes themselves,
 * balanced by the number of nodes under each (Adams 1992, with the factors 3
 * and 2 that Hirai and Yamamoto proved), so that finding a key and finding the
 * i-th child take logarithmic time whatever keys a file holds.
 *
 *                  m (7)
 *                /       \          left: smaller keys, right: larger;
 *            c (3)       t (3)      first -> a -> c -> f -> m -> ... by
 *           /    \      /    \      the threads 'next', which this module
 *        a (1)  f (1) p (1)  z (1)  leaves to its caller
 */
#ifndef SFTR_TREE_SIBLINGS_H
#define SFTR_TREE_SIBLINGS_H

#include <safetree/tree.h>

/* The node with this key, or NULL. */
sftr_node *
sftr__siblings_find(sftr_node *top, const sftr_step *step);

/*
 * Puts 'node' where its step belongs.  'last' is the largest so far, and a
 * larger key is the quick case.  Returns NULL and *before, the node before it
 * or NULL; or the node that has this key already, and nothing is changed.
 */
sftr_node *
sftr__siblings_insert(sftr_node **top, sftr_node *last, sftr_node *node,
		      sftr_node **before);

/* The i-th by key, from 0; NULL if there are not as many. */
sftr_node *
sftr__siblings_at(sftr_node *top, size_t i);

#endif
