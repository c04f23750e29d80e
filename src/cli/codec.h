/* SPDX-License-Identifier: MIT */
/* The option --codec, which says how names are read. */
#ifndef CLI_CODEC_H
#define CLI_CODEC_H

#include "cli/options.h"

#include <safetree.h>

#include <stdbool.h>

#define CODEC_NAMES "p2s|p2s-esc|dotted|slash|haiku|keystr|raw"

/* Reads --codec, 'otherwise' if it was not given; complains if it is none. */
bool
codec_option(const options *o, sftr_codec otherwise, sftr_codec *codec);

/*
 * Whether 'code' says that the names of 'path' make a tree under 'codec'; if
 * they do not it complains, as a no.
 */
bool
codec_is_tree(const char *path, sftr_codec codec, sftr_code code,
	      const sftr_error *err);

/*
 * The tree that the names of 'ckpt' tell under --codec, guessed if it was not
 * given, without data; and in reason[size] why they are read so.  NULL after a
 * complaint: names that make no tree are a no.
 */
sftr_tree *
codec_tree(const options *o, const sftr_checkpoint *ckpt, bool ignore_note,
	   char *reason, size_t size);

/*
 * Reads --codec A:B, two of them; "guess" is one, and so is what is not given.
 * A codec alone stands for both.
 */
bool
codec_pair_option(const options *o, sftr_codec *a, sftr_codec *b);

#endif
