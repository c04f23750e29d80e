/* SPDX-License-Identifier: MIT */
/*
 * What is done to a file's tensor on its way into a slot: its dimensions
 * reversed or permuted, and it may be one part of a stack.  Knows the words of
 * rules; not names, dtypes or data.
 */
#ifndef SFTR_BIND_TRANSFORM_H
#define SFTR_BIND_TRANSFORM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Tensors of a higher rank keep their order. */
#define SFTR__MAX_AXES 32

typedef enum sftr__turn {
	SFTR__KEEP = 0,
	SFTR__REVERSE,
	SFTR__PERMUTE
} sftr__turn;

typedef struct sftr__transform {
	sftr__turn turn;
	uint32_t n_axes; /* of PERMUTE */
	bool is_stack;
	uint32_t stack_axis;
	uint8_t axes[SFTR__MAX_AXES];
} sftr__transform;

/*
 * Reads "T", "permute 3,2,0,1", "stack 0", or one of the first two and then the
 * last, spaces between, from the whole of text[n]; "" is no transform.  On
 * failure false, *at is the place of the fault, and *due what should be there.
 */
bool
sftr__transform_parse(const char *text, size_t n, sftr__transform *t,
		      size_t *at, const char **due);

/* Whether two turn dimensions alike; NULL turns none. */
bool
sftr__transform_turns_as(const sftr__transform *t,
			 const sftr__transform *other);

/*
 * The order of dimensions: the result's i is the file's from[i], or counts the
 * parts of a stack.
 */
#define SFTR__STACK 0xff

typedef struct sftr__axes {
	bool is_identity; /* 'from' is then not filled: any rank */
	uint32_t rank;	  /* of the result */
	uint8_t from[SFTR__MAX_AXES];
} sftr__axes;

void
sftr__axes_init(sftr__axes *axes, uint32_t rank);

/* What the transform's turn makes of it.  False if it is for another rank. */
bool
sftr__axes_turn(sftr__axes *axes, const sftr__transform *t);

/* A stack of tensors so turned, on a new dimension 'at'.  False as above. */
bool
sftr__axes_stack(sftr__axes *axes, uint32_t at);

#endif
