/* SPDX-License-Identifier: MIT */
/* --rules, --dtype and --lossless: what a file becomes under them. */
#ifndef CLI_REWRITING_H
#define CLI_REWRITING_H

#include "cli/options.h"

#include <safetree.h>

#include <stdbool.h>

typedef struct rewriting {
	sftr_bind_options bind;
	sftr_dtype dtype; /* what numbers become; NONE: as they are */
	char *rules;
	bool is_wanted; /* by an option */
} rewriting;

/* Reads --rules into 'bind' and the text, which is to be freed; NULL: none. */
bool
rewriting_read_rules(const options *o, sftr_bind_options *bind, char **rules);

/* Reads the options; complains and returns false if they cannot be. */
bool
rewriting_read(rewriting *r, const options *o);
void
rewriting_free(rewriting *r);

/* Complains that a checkpoint cannot be rewritten so. */
void
rewriting_trouble(const rewriting *r, const char *path, const sftr_error *err);

#endif
