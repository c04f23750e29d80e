/* SPDX-License-Identifier: MIT */
/* What the tests of trees share: trees at random, and looking at them. */
#ifndef TESTS_TREES_H
#define TESTS_TREES_H

#include "paths.h"

#include <safetree/tree.h>

/* What a tree at random may hold. */
enum {
	RANDOM_TUPLES = 1,
	RANDOM_NONE = 2,     /* None and empty containers */
	RANDOM_INT_KEYS = 4, /* negative ones too */
	RANDOM_FLAT = 8,
	RANDOM_ORDERED = 16,
	RANDOM_TYPES = 32,
	RANDOM_SCALARS = 64,
	RANDOM_ALIASES = 128,
	RANDOM_ALL = 255,
	RANDOM_PLAIN_KEYS = 256, /* letters only, never empty */
	RANDOM_NO_NUMBERS = 512	 /* no lists: keys and attributes only */
};

/* A tree at random from 'allocator' (may be NULL); never failed. */
sftr_tree *
random_tree(unsigned what, const sftr_allocator *allocator);

/* Fails the test, saying where, unless both are equal. */
void
assert_equal_trees(const sftr_tree *a, const sftr_tree *b);

/* A step as tests read it: ".attr @key @3 #3 ~3". */
const char *
step_text(const sftr_step *step);

/*
 * The whole tree as one text, in the order of a walk: "{@a:[#0:T #1:-]}" with
 * {} dict, <> ordered dict, [] list, () tuple, Type/ / object, T tensor, =
 * shared tensor, S scalar, - none.  Lent until the next call.
 */
const char *
tree_text(const sftr_tree *tree);

/* A small tensor, F32 [n], whose bytes last as long as the test. */
sftr_node *
add_floats(sftr_node *parent, sftr_step step, uint64_t n);

/*
 * A checkpoint of one-byte tensors with these names, parted by spaces in the
 * order in which the file has them, and metadata "pytree.note" and
 * "pytree.codec" unless these are NULL.
 */
sftr_checkpoint *
checkpoint_of(const char *names, const char *note, const char *codec);

/* The tree of such a file; err may be NULL. */
sftr_code
tree_of(sftr_codec codec, const char *names, const char *note, sftr_tree **tree,
	sftr_error *err);

/* A file in memory; the bytes are the caller's to free. */
struct bytes {
	unsigned char *p;
	size_t n;
};
sftr_code
save_bytes(const sftr_tree *tree, sftr_codec codec, int note,
	   struct bytes *bytes, sftr_error *err);
sftr_code
load_bytes(struct bytes bytes, const sftr_tree_options *options,
	   sftr_tree **tree, sftr_error *err);

/* The metadata "pytree.note" of a file, "" if it has none; for the test. */
const char *
note_of(struct bytes bytes);

#endif
