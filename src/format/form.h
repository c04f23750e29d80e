/* SPDX-License-Identifier: MIT */
/*
 * How entries begin, byte for byte, and what that said:
 *
 *      {"dtype":"F32","shape":[2,3],"data_offsets":[
 *
 * A model has many tensors of few dtypes and shapes, so most entries begin as
 * one before them did, and need not be read again.  Knows nothing of JSON.
 */
#ifndef SFTR_FORMAT_FORM_H
#define SFTR_FORMAT_FORM_H

#include "base/bytes.h"

#include <safetree/base.h>

/* Longer ones are not kept; pretty-printed ones take some 90 bytes. */
#define SFTR__FORM_MAX 112
#define SFTR__FORM_SAMPLE 16

/* Bytes that must be readable from where a form is asked for. */
#define SFTR__FORM_SLACK (SFTR__FORM_MAX + SFTR__FORM_SAMPLE)

typedef struct sftr__form {
	const char *text; /* lent by the header */
	uint8_t n_text;	  /* 0: no form here */
	uint8_t shape_at; /* where in the text its '[' stands */
	bool is_whole;	  /* its bits fill bytes, below 2^64 */
	sftr_dtype dtype;
	uint32_t shape;	  /* which of the shapes that were read... */
	uint32_t rank;	  /* ...and its rank */
	uint64_t n_bytes; /* of such a tensor */
} sftr__form;

typedef struct sftr__forms {
	sftr__form slots[32];
	unsigned sample_at; /* in an entry: where shapes begin */
} sftr__forms;

/*
 * The slot of what begins at p.  Told apart by the first bytes of the shape, if
 * it stands where it stood last: what follows a short shape is always the same.
 */
static inline sftr__form *
sftr__forms_slot(sftr__forms *f, const char *p)
{
	uint64_t first = sftr__load_u64(p + f->sample_at);
	uint64_t second = sftr__load_u64(p + f->sample_at + 8);
	uint64_t mixed = (first ^ (second << 29 | second >> 35)) *
			 UINT64_C(0x9e3779b97f4a7c15);

	return &f->slots[mixed >> 59];
}

/* Whether what begins at p is of this form; the next will be looked for so. */
static inline bool
sftr__forms_match(sftr__forms *f, const sftr__form *form, const char *p)
{
	if (form->n_text == 0 || memcmp(p, form->text, form->n_text) != 0)
		return false;
	f->sample_at = form->shape_at + 1U;
	return true;
}

/* Puts a form, whose n_text is not set yet, in its slot if it is not too long. */
static inline void
sftr__forms_keep(sftr__forms *f, const sftr__form *form, size_t n_text)
{
	sftr__form *slot;

	if (n_text > SFTR__FORM_MAX)
		return;
	f->sample_at = form->shape_at + 1U;
	slot = sftr__forms_slot(f, form->text);
	*slot = *form;
	slot->n_text = (uint8_t)n_text;
}

#endif
