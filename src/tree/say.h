/* SPDX-License-Identifier: MIT */
/*
 * A walk through a tree that spells the path of each node under a codec, and
 * keeps the lines of a note that are said on the way.  What needs a line is
 * not its business.
 */
#ifndef SFTR_TREE_SAY_H
#define SFTR_TREE_SAY_H

#include "tree/note.h"
#include "tree/walk.h"

typedef struct sftr__say {
	sftr__walk walk;
	sftr_codec codec;
	bool with_note;	  /* otherwise nothing may be said that matters */
	bool has_escapes; /* a path had one */
	sftr__note note;
	sftr__arena texts; /* what its lines lend */
	uint64_t n_kept;   /* bytes of the paths in them */
	char *text;	   /* the path of walk.node, if has_text */
	size_t n_text;
	size_t text_capacity;
	bool has_text;
} sftr__say;

/*
 * Whether a codec writes this integer key or flat index as such.  To keystr a
 * key of 0 or more would read as an index.
 */
bool
sftr__codec_says_number(sftr_codec codec, const sftr_step *step);

void
sftr__say_begin(sftr__say *s, const sftr_tree *tree, sftr_codec codec,
		bool with_note);
void
sftr__say_end(sftr__say *s);

/* To be called at each node, first of all; false without memory. */
bool
sftr__say_arrive(sftr__say *s);

/* The node's path; lent until the next.  SFTR_E_CODEC as sftr_path_format. */
sftr_code
sftr__say_path(sftr__say *s, sftr_str *text, sftr_error *err);

/*
 * Lines about the node.  Without a note those without which leaves or keys
 * were lost fail with SFTR_E_NOTE, and the others are passed over.
 */
sftr_code
sftr__say_kind(sftr__say *s, sftr__line_kind kind, sftr_error *err);
sftr_code
sftr__say_scalar(sftr__say *s, const sftr_scalar *scalar, sftr_error *err);
sftr_code
sftr__say_type(sftr__say *s, const sftr_node *object, sftr_error *err);
sftr_code
sftr__say_empty(sftr__say *s, sftr_node_kind kind, sftr_error *err);
sftr_code
sftr__say_order(sftr__say *s, const sftr_node *dict, sftr_error *err);
sftr_code
sftr__say_alias(sftr__say *s, const sftr_node *target, sftr_error *err);

/* SFTR_E_NOTE: "only a structure note can say WHAT". */
sftr_code
sftr__say_need(const sftr_node *node, const char *what, sftr_error *err);

#endif
