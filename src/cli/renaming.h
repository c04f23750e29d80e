/* SPDX-License-Identifier: MIT */
/*
 * The option --codec FROM:TO: the names of a checkpoint from one codec to
 * another, by way of the tree that they tell.
 *
 * The names may also be those that a binding gives, by rules: then a checkpoint
 * of names alone tells the tree, one tensor [0,i] for slot i, and what the
 * library writes of that tree under the other codec are the new names.
 */
#ifndef CLI_RENAMING_H
#define CLI_RENAMING_H

#include "cli/options.h"

#include <safetree.h>

#include <stdbool.h>

typedef struct renaming {
	sftr_codec from; /* may be GUESS until it is made */
	sftr_codec to;	 /* GUESS: names stay as they are */
	bool with_note;	 /* IN has a structure note, and it is wanted */
	sftr_tree *tree;
	sftr_checkpoint *said; /* names of slots, as they are to be */
	char *bytes;	       /* that it lies in */
	sftr_str *names;       /* of 'said', by slot */
} renaming;

/* Reads --codec; complains and returns false if it is no pair of codecs. */
bool
renaming_option(const options *o, renaming *r);

/*
 * Reads the names.  False after a complaint: names that make no tree are a no.
 * With 'drop_meta' a structure note is passed over.
 */
bool
renaming_make(renaming *r, const char *path, const sftr_checkpoint *ckpt,
	      bool drop_meta);

/*
 * Makes out FROM where it is to be guessed; false after a complaint.  Metadata
 * may turn p2s into p2s-esc.
 */
bool
renaming_settle(renaming *r, const char *path, const sftr_checkpoint *ckpt);

/* The same as make for the slots of a binding, called as FROM calls them. */
bool
renaming_make_slots(renaming *r, const char *path, sftr_binding *binding);
void
renaming_free(renaming *r);

/* Spells the names of slots, and declares the metadata that go with them. */
sftr_code
renaming_spell(renaming *r, sftr_writer *w, sftr_error *err);

/*
 * Declares all tensors under their new names, and the metadata "pytree.note"
 * and "pytree.codec" that go with them.
 */
sftr_code
renaming_declare(const renaming *r, sftr_writer *w, sftr_error *err);

/*
 * Whether a failure says that names cannot be rewritten so; it then was said,
 * as a no.
 */
bool
renaming_refuses(const renaming *r, const char *path, const sftr_error *err);

#endif
