/* SPDX-License-Identifier: MIT */
/*
 * The shape that a slot wants: its text, what it means for a tensor, and how
 * both are shown.  Knows extents and the names of dimensions; no data.
 */
#ifndef SFTR_BIND_SLOT_H
#define SFTR_BIND_SLOT_H

#include "bind/dims.h"

/* In sftr_slot.flags: 'shape' holds, besides the text. */
#define SFTR__SLOT_EXACT 0x100u

typedef enum sftr__token_kind {
	SFTR__EXTENT = 0, /* a number */
	SFTR__DIM_NAME,
	SFTR__ANY,  /* ? */
	SFTR__REST, /* ... */
	SFTR__SHAPE_END,
	SFTR__SHAPE_FAULT
} sftr__token_kind;

typedef struct sftr__token {
	sftr__token_kind kind;
	uint64_t extent;
	const char *name; /* points into the text */
	size_t n_name;
	size_t at; /* byte in the text */
} sftr__token;

/* The token at text[*at], and *at behind it. */
sftr__token
sftr__shape_next(const char *text, size_t *at);

/*
 * Whether 'text' is the text of a shape; otherwise SFTR_E_ARGUMENT with the
 * offset in it.
 */
sftr_code
sftr__shape_check(const char *text, sftr_error *err);

typedef enum sftr__fit {
	SFTR__FITS = 0,
	SFTR__FITS_NOT,
	SFTR__FIT_NO_MEMORY
} sftr__fit;

/*
 * Whether a tensor's shape is what the slot wants, whose shape text, if it has
 * one, is sound.  If so, names of dimensions that had no value get one; if not,
 * 'dims' is as it was.
 */
sftr__fit
sftr__slot_fits(const sftr_slot *slot, const uint64_t *shape, uint32_t rank,
		sftr__dims *dims);

/* The same, and 'dims' is as it was in any case.  False without memory too. */
bool
sftr__slot_would_fit(const sftr_slot *slot, const uint64_t *shape,
		     uint32_t rank, sftr__dims *dims);

/*
 * The shape wanted, "[out=64, in=128]", or bare, "[64,128]", with names only
 * where nothing is known, into text[size], cut with "...".
 */
void
sftr__slot_shape_text(const sftr_slot *slot, const sftr__dims *dims, bool bare,
		      char *text, size_t size);

/* "[128,64]", cut with "...". */
void
sftr__shape_text(const uint64_t *shape, uint32_t rank, char *text, size_t size);

#endif
