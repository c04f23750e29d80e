/* SPDX-License-Identifier: MIT */
/*
 * A tree as people draw it, with what is below each branch summed up; items of
 * a list that follow each other and are alike are drawn once, [0..31].
 */
#ifndef CLI_DRAWING_H
#define CLI_DRAWING_H

#include "cli/outline.h"

#include <safetree.h>

/*
 * Draws the outline of the tree of 'path', no deeper than max_depth, and below
 * it that its names are 'reason'.
 */
void
drawing_print(outline *o, const char *path, sftr_codec codec, size_t max_depth,
	      const char *reason);

/* "dict" and so on. */
const char *
drawing_kind(sftr_node_kind kind);

#endif
