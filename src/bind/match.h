/* SPDX-License-Identifier: MIT */
/*
 * Which tensors fill a slot, and how they come to lie in it.  Decides; neither
 * reports nor writes anything.
 */
#ifndef SFTR_BIND_MATCH_H
#define SFTR_BIND_MATCH_H

#include "bind/dims.h"
#include "bind/offer.h"
#include "bind/report.h"
#include "bind/want.h"

/*
 * A slot and what fills it.  Its parts are tensors of one shape and dtype, one
 * unless it is a stack; 'axes' takes them to the result, which has 'shape'.
 */
typedef struct sftr__match {
	bool is_filled; /* a tensor was found, and may be loaded */
	bool is_absent; /* none was found */
	bool has_fault; /* one was, but it does not fit: */
	sftr__finding fault;
	sftr_str other;		/* of an ambiguity, the second tensor */
	const char *fault_text; /* why there is no view, or no 'shape' */
	uint64_t odd_part; /* in shape or dtype unlike part 0; 0: none is */
	bool is_ambiguous; /* the first of several was taken */
	bool is_tied, is_converted, kinds_differ;

	const sftr_tensor **parts;
	uint64_t n_parts;
	sftr__axes axes;
	const uint64_t *shape;
	uint32_t rank;
	sftr_dtype dtype;
	uint64_t n_bytes; /* of the result */
	sftr_place place; /* a view that is none is an ALLOC */
	const void *view;
} sftr__match;

/* What slots are held against. */
typedef struct sftr__matcher {
	sftr__offers *offers;
	sftr__dims *dims;
	sftr__arena *arena; /* for what a match points to */
	const sftr_checkpoint *ckpt;
	sftr_conversion conversion;
	bool wants_kinds;    /* 'kinds_differ' is asked for */
	bool takes_first;    /* of tensors that are ambiguous */
	uint64_t parts_left; /* that slots may still have */
	sftr__path_buffer path;
	sftr__key key;
	sftr_error *err;
} sftr__matcher;

void
sftr__matcher_init(sftr__matcher *m, const sftr_allocator *allocator);
void
sftr__matcher_free(sftr__matcher *m);

/*
 * Fills in 'match', which is zeroed.  Tensors that it takes are so marked, and
 * dimensions get their values.  SFTR_E_MEMORY, or SFTR_E_LIMIT if the result
 * is larger than this host's memory or has more parts than are left.
 */
sftr_code
sftr__match_slot(sftr__matcher *m, const sftr__want *want, sftr__match *match);

#endif
