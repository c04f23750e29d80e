/* SPDX-License-Identifier: MIT */
/*
 * The plan of a load: what is wanted of the files, cut into jobs that are few,
 * large and in rising order.  Knows what lies where; reads nothing.
 *
 *      file      [ a a a a a a a a | b | c | d | e e e e e ]
 *      jobs      [ 4 MiB ][ 4 MiB ][ b   c   d   e e ][ e e e ]
 *                straight to a      one read, four pieces
 */
#ifndef SFTR_BIND_PLAN_H
#define SFTR_BIND_PLAN_H

#include "bind/binding.h"

#define SFTR__JOB_BYTES ((size_t)1 << 20)    /* read at once */
#define SFTR__DIRECT_BYTES ((size_t)4 << 20) /* of one tensor, in place */
#define SFTR__DIRECT_MIN ((uint64_t)64 << 10)
#define SFTR__SPREAD_BYTES ((size_t)1 << 19) /* converted, not yet in place */
#define SFTR__JOB_PIECES 256

/* Elements of a part that lie together in the file. */
typedef struct sftr__piece {
	uint32_t slot;
	uint32_t part;
	uint64_t first; /* element of the part */
	uint64_t n;	/* elements; 8 / gcd(8, bits) of them if sub-byte */
	uint64_t begin; /* bytes in the tensor */
	uint64_t n_bytes;
	bool is_direct; /* is read straight to its place */
} sftr__piece;

typedef struct sftr__job {
	const sftr_tensor *tensor; /* of the first piece */
	uint64_t offset;	   /* of the first byte, in that tensor */
	size_t n_bytes;		   /* of one read */
	size_t n_pieces;
	sftr__piece pieces[SFTR__JOB_PIECES];
} sftr__job;

typedef struct sftr__plan {
	const sftr_binding *binding;
	bool joins;	 /* tensors that are neighbours in a file */
	bool is_in_line; /* what is direct; see sftr__stream_realigns */
	size_t at;	 /* in the binding's order */
	uint64_t done;	 /* bytes of that part that jobs were made of */
} sftr__plan;

/*
 * As many elements of a shape, from 'first' on, as make a box: a range of one
 * dimension, and all of the faster ones; at most 'most'.  A box is one copy
 * between strides.
 */
uint64_t
sftr__box_elements(const uint64_t *shape, uint32_t rank, uint64_t first,
		   uint64_t most);

/* Where a flat part of a slot begins in memory. */
char *
sftr__plan_place(const sftr_binding *b, uint32_t slot, uint32_t part);

/*
 * A plan of all slots whose state 'is_wanted'.  With is_in_line, for tensors in
 * files and slots with memory, only what lies in its lines as the file has it
 * is direct.
 */
void
sftr__plan_init(sftr__plan *plan, const sftr_binding *binding, bool joins,
		bool is_in_line);

/* The next job; false if there is none. */
bool
sftr__plan_next(sftr__plan *plan, sftr__job *job);

#endif
