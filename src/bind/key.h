/* SPDX-License-Identifier: MIT */
/*
 * A path as one text with the kinds of its steps erased, so that paths match
 * if and only if their keys are equal as bytes, and one is below another if and
 * only if its key begins with the other's:
 *
 *      layers#10@query   ->   layers\0 10\0 query\0
 *
 * In a step's text the bytes 0 and 1 are written as 1 1 and 1 2.
 */
#ifndef SFTR_BIND_KEY_H
#define SFTR_BIND_KEY_H

#include <safetree/tree.h>
#include <stdbool.h>

/* A key being made; owned, sftr__key_free. */
typedef struct sftr__key {
	sftr_allocator allocator;
	char *text;
	size_t n;
	size_t capacity;
} sftr__key;

void
sftr__key_init(sftr__key *key, const sftr_allocator *allocator);
void
sftr__key_free(sftr__key *key);

/* Appends steps; false without memory. */
bool
sftr__key_add(sftr__key *key, const sftr_step *steps, size_t n_steps);
/* As above, but passes over FLAT steps where slots do. */
bool
sftr__key_add_slot(sftr__key *key, const sftr_step *steps, size_t n_steps,
		   bool drop_flat);

#endif
