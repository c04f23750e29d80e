/* SPDX-License-Identifier: MIT */
/*
 * Typed steps as JSON: [["attr","layers"],["index",10],["key","query"]]; a key
 * is an integer or a text, "name" is a step whose kind is not known.
 */
#ifndef CLI_STEPS_H
#define CLI_STEPS_H

#include "cli/json_out.h"

#include <safetree.h>

#include <stdbool.h>

void
steps_json_one(json_out *j, const sftr_step *step);
void
steps_json(json_out *j, const sftr_step *path, size_t n);

typedef struct steps {
	sftr_step *steps; /* their texts are the line's */
	size_t n;
	size_t capacity;
	const char *expected; /* after a failure: what was due ... */
	size_t at;	      /* ... at this byte; NULL: no memory */
} steps;

/* Reads line[n], which is NUL-terminated and gets changed; false on failure. */
bool
steps_read(steps *s, char *line, size_t n);
void
steps_free(steps *s);

#endif
