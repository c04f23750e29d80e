/* SPDX-License-Identifier: MIT */
/*
 * Headers that are made to cost, each in one way, and a usual one to compare
 * them with.  2 MB each; with SFTR_TEST=long 100 MB, the most there can be.
 */
#ifndef SFTR_TESTS_HOSTILE_H
#define SFTR_TESTS_HOSTILE_H

#include <safetree/checkpoint.h>

/* A file that is being made, and what its header has in it. */
struct file {
	char *bytes;
	size_t n, size; /* of the header, so far and at most */
	uint64_t n_tensors, n_dims, n_metadata;
	uint64_t n_colliding; /* tensors whose names were made to collide */
	uint64_t n_data;      /* bytes that belong behind it */
	sftr_policy policy;   /* to be read under... */
	sftr_code code;	      /* ...and what opening it then returns */
};

typedef void
make_fn(struct file *f);

struct maker {
	const char *name;
	make_fn *make;
};

extern const struct maker makers[];
extern const int n_makers;

/* bytes[8 + n] is the head of a file, to be freed by the caller. */
void
make_file(struct file *f, const struct maker *maker);

#endif
