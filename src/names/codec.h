/* SPDX-License-Identifier: MIT */
/*
 * The table of codecs, and the one way in and out: every text and every path
 * passes here, and what holds for all codecs is held here.  The text
 * "__metadata__" names no tensor; the empty one is the path of a bare leaf,
 * but under raw.
 */
#ifndef SFTR_NAMES_CODEC_H
#define SFTR_NAMES_CODEC_H

#include "base/arena.h"
#include "names/path.h"

/*
 * As sftr_path_parse for text that is known to be UTF-8, but the steps are
 * appended to 'buffer', and their texts are borrowed from 'text' where nothing
 * was escaped.  On failure the buffer has the steps that it had.
 */
sftr_code
sftr__path_parse_into(sftr_codec codec, const char *text, size_t n,
		      sftr__path_buffer *buffer, sftr_error *err);

/*
 * As sftr_path_format, but a text that does not fit, *n_bytes >= size, is no
 * failure: it is for the caller to make room and ask again.
 */
sftr_code
sftr__path_spell(sftr_codec codec, const sftr_step *steps, size_t n_steps,
		 char *buffer, size_t size, size_t *n_bytes, sftr_error *err);

/* As sftr_path_format, but *text is in the arena, with a NUL behind. */
sftr_code
sftr__path_text(sftr_codec codec, const sftr_step *steps, size_t n_steps,
		sftr__arena *arena, sftr_str *text, sftr_error *err);

#endif
