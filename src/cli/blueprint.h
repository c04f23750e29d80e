/* SPDX-License-Identifier: MIT */
/*
 * A tree as C structs: which rows of its outline are members, of which struct,
 * and under which names.  It knows nothing of how that is spelt in C, but for
 * identifiers.
 *
 *	rows                  parts
 *	the root              STRUCT  model
 *	  layers              ARRAY   a member of it, of structs model_layers
 *	    [0]               STRUCT  model_layers
 *	      weight          LEAF
 *	    [1]
 *	      weight          its twin is the weight of [0]
 *
 * A list whose items are all alike is an array; if no struct names it, as the
 * root, it is a struct with an array of items.  Structs stand in each other no
 * deeper than BLUEPRINT_DEPTH: what is below is FLAT, and its leaves are
 * members of the last one.
 *
 * Names that a file's tensors have are spelt, dotted, by steps.  A step that
 * dots or a table cannot say becomes "=" and the member's identifier, and the
 * name then is 'renamed': a rule has to tell.
 */
#ifndef CLI_BLUEPRINT_H
#define CLI_BLUEPRINT_H

#include "cli/outline.h"

#include <safetree.h>

#include <stdbool.h>

#define BLUEPRINT_DEPTH 16
#define BLUEPRINT_CHAIN (2 * BLUEPRINT_DEPTH + 4)

enum part_kind {
	PART_NONE = 0, /* no tensor is there */
	PART_LEAF,
	PART_STRUCT,
	PART_ARRAY,
	PART_FLAT
};

struct part {
	enum part_kind kind;
	bool has_items;	 /* all alike: an array, or a struct that has one */
	bool is_renamed; /* a LEAF, not only of the first items */
	unsigned depth;	 /* of structs */
	size_t twin;	 /* the row that tells what it is; itself, or before */
	size_t member;	 /* identifier in its struct; as all texts, a place */
	size_t tag;	 /* of a STRUCT */
	size_t step;	 /* its steps in its struct, dotted */
	size_t name;	 /* of a LEAF: the whole name */
};

typedef struct blueprint {
	outline *outline;
	struct part *parts; /* one for each row */
	char *texts;	    /* all texts, each terminated */
	size_t n_texts;
	size_t texts_capacity;
	size_t n_leaves;
	size_t n_renamed;
	bool is_whole; /* names are one step, whatever dots they hold */
} blueprint;

/*
 * The outline's structs, their tags beginning with 'prefix'.  'is_whole' says
 * that names are read as dotted though the tree does not.  False, after a
 * complaint, without memory.
 */
bool
blueprint_make(blueprint *b, outline *o, const char *prefix, bool is_whole);
void
blueprint_free(blueprint *b);

/* What a row is: its twin's part. */
const struct part *
blueprint_part(const blueprint *b, size_t row);

const char *
blueprint_text(const blueprint *b, size_t place);

/* The rows of a struct's members, first to last, and then its end. */
size_t
blueprint_first(const blueprint *b, size_t of);
size_t
blueprint_next(const blueprint *b, size_t of, size_t row);

/*
 * The rows from the root, which is left out, down to a row, as far as they are
 * members or items.
 */
size_t
blueprint_chain(const blueprint *b, size_t row, size_t chain[BLUEPRINT_CHAIN]);

/* Whether a row is an item of an array. */
bool
blueprint_is_item(const blueprint *b, size_t row);

#endif
