/* SPDX-License-Identifier: MIT */
/*
 * A tree as rows, parents first, each with what is below it summed up:
 *
 *	rows[0]  the root         end 5
 *	rows[1]    "layers"       end 4
 *	rows[2]      [0]          end 3
 *	rows[3]      [1]          end 4
 *	rows[4]    "norm"         end 5
 *
 * All that is below a row stands from it to its end, so that two parts of a
 * tree are compared, and passed over, without climbing.
 */
#ifndef CLI_OUTLINE_H
#define CLI_OUTLINE_H

#include <safetree.h>

#include <stdbool.h>

struct row {
	const sftr_node *node;
	sftr_step step; /* to it; of the root nothing */
	size_t parent;	/* of the root 0 */
	size_t depth;
	size_t end;
	uint64_t n_tensors; /* at or below; shared ones once */
	uint64_t n_elements;
	uint64_t n_bytes;
};

typedef struct outline {
	struct row *rows;
	size_t n;
	size_t capacity;
	size_t deepest;		    /* depth of a row */
	const struct row **by_node; /* to find where a shared tensor is */
	sftr_step *path;	    /* of outline_path */
	size_t path_capacity;
	bool no_memory;
} outline;

/* False, after a complaint, without memory. */
bool
outline_make(outline *o, sftr_tree *tree);
void
outline_free(outline *o);

/* Whether two rows are alike in all but their own steps. */
bool
outline_same(const outline *o, size_t a, size_t b);

/*
 * The last of the rows that follow 'row' among its siblings in a list and are
 * like it; itself if there is none.
 */
size_t
outline_run(const outline *o, size_t row);

/* The first item of a list whose items are all alike; 0 if it is none. */
size_t
outline_items(const outline *o, size_t row);

/* The row of a node; NULL if there is none. */
const struct row *
outline_find(const outline *o, const sftr_node *node);

/* The steps to a row, row->depth of them; lent until the next call. */
const sftr_step *
outline_path(outline *o, const struct row *row);

#endif
