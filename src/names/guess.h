/* SPDX-License-Identifier: MIT */
/*
 * Which codec explains all names of a checkpoint.  Sees names and one metadata
 * value, no checkpoint.
 */
#ifndef SFTR_NAMES_GUESS_H
#define SFTR_NAMES_GUESS_H

#include <safetree/tree.h>

/* n names, UTF-8, lent by whoever 'user' is; asked for more than once. */
typedef struct sftr__guess_names {
	size_t n;
	sftr_str (*at)(const void *user, size_t i);
	const void *user;
} sftr__guess_names;

/*
 * 'said', if not NULL, is the metadata value "pytree.codec" and decides:
 * SFTR_E_NOTE if it names no codec.  Otherwise the first of these that has its
 * sign, reads every name and makes one tree of them:
 *
 *      keystr   every name begins with '[' or '.', one has '['
 *      p2s      one has '@', or '#' before a digit
 *      haiku    one has "/~/"
 *      slash    one has '/'
 *      dotted
 *
 * and else raw.  reason[size], if not NULL, gets one line that names the
 * tensor with the sign, or the one that fits nothing.
 */
sftr_code
sftr__guess(const sftr__guess_names *names, const sftr_str *said,
	    const sftr_allocator *allocator, sftr_codec *codec, char *reason,
	    size_t size, sftr_error *err);

#endif
