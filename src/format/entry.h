/* SPDX-License-Identifier: MIT */
/*
 * One tensor's entry in a header, {"dtype":..,"shape":[..],"data_offsets":[..]}:
 * its grammar, and whether its parts agree with each other.
 */
#ifndef SFTR_FORMAT_ENTRY_H
#define SFTR_FORMAT_ENTRY_H

#include "base/diagnostic.h"
#include "format/form.h"
#include "format/json.h"

#include <safetree/checkpoint.h>

/* A rank that 16 bits do not hold. */
#define SFTR__LONG_RANK UINT16_MAX

/* What reads entries, and the extents that it has read. */
typedef struct sftr__entry_reader {
	sftr__json json;
	sftr_error error; /* json's */
	const sftr_allocator *allocator;
	sftr_policy policy;
	sftr__findings *findings; /* for what only strict rejects */
	sftr_str name;		  /* of the entry being read */
	/*
	 * Shapes one after the other; equal ones may be there once.  Behind one
	 * of SFTR__LONG_RANK extents and more its rank stands again.  Owned by
	 * whoever set the reader up.
	 */
	uint64_t *dims;
	size_t n_dims;
	size_t dims_capacity;
	bool no_memory;
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

/*
 * Room for one element more than the n that *block holds, of 'size' bytes and
 * at least n_least of text.  What has been read tells how many will come, so
 * an array never stands much larger than what the text has to put into it.
 * False, after a fault, without memory.
 */
bool
sftr__entry_room(sftr__entry_reader *r, void **block, size_t *capacity,
		 size_t n, size_t size, size_t n_least);

/* Reads from behind the name's closing quote to behind the entry. */
void
sftr__entry_parse(sftr__entry_reader *r, sftr__entry *e);

/*
 * A fault under SFTR_STRICT, a warning in findings under SFTR_REFERENCE.
 */
void
sftr__entry_strict(sftr__entry_reader *r, sftr_code code, unsigned rule,
		   const char *at, const char *message);

#endif
