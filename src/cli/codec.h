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
 * Reads --codec A:B, two of them; "guess" is one, and so is what is not given.
 * A codec alone stands for both.
 */
bool
codec_pair_option(const options *o, sftr_codec *a, sftr_codec *b);

#endif
