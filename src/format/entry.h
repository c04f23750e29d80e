/* SPDX-License-Identifier: MIT */
/*
 * One tensor's entry in a header, {"dtype":..,"shape":[..],"data_offsets":[..]}:
 * its grammar, and whether its parts agree with each other.
 */
#ifndef SFTR_FORMAT_ENTRY_H
#define SFTR_FORMAT_ENTRY_H

#include "format/form.h"
#include "format/reader.h"

/* A rank that 16 bits do not hold. */
#define SFTR__LONG_RANK UINT16_MAX

/* What reads entries, and the extents that it has read. */
typedef struct sftr__entry_reader {
	sftr__reader reader;
	/*
	 * Shapes one after the other; equal ones may be there once.  Behind one
	 * of SFTR__LONG_RANK extents and more its rank stands again.  Owned by
	 * whoever set the reader up.
	 */
	uint64_t *dims;
	size_t n_dims;
	size_t dims_capacity;
	sftr__forms forms;
	const char *form_at; /* NULL: the entry being read is no form */
	/* The dtype read last, as spelt: most entries repeat it. */
	const char *dtype_at;
	size_t dtype_n_bytes;
	sftr_dtype dtype;
	/* The end read last, as spelt: most begins repeat it. */
	const char *end_at;
	size_t end_n_bytes;
	uint64_t end;
} sftr__entry_reader;

typedef struct sftr__entry {
	uint64_t begin, end;
	uint32_t shape; /* its place among the reader's dims */
	uint32_t rank;
	sftr_dtype dtype;
	bool is_whole;	  /* its bits fill bytes, below 2^64 */
	uint64_t n_bytes; /* which dtype and shape come to */
	bool is_sound;	  /* begin <= end, and the range is n_bytes */
	const char *shape_at, *begin_at, *end_at;
	const char *form_end; /* behind the '[' of the offsets */
} sftr__entry;

/* Reads from behind the name's closing quote to behind the entry. */
void
sftr__entry_parse(sftr__entry_reader *r, sftr__entry *e);

#endif
