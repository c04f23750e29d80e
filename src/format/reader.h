/* SPDX-License-Identifier: MIT */
/*
 * What reads a header: its cursor, the policy by which it judges, and where the
 * memory comes from for what it finds.  Knows nothing of what a header holds.
 */
#ifndef SFTR_FORMAT_READER_H
#define SFTR_FORMAT_READER_H

#include "base/diagnostic.h"
#include "format/json.h"

#include <safetree/checkpoint.h>

typedef struct sftr__reader {
	sftr__json json;
	sftr_error error; /* json's */
	const sftr_allocator *allocator;
	sftr_policy policy;
	sftr__findings *findings; /* for what only strict rejects */
	sftr_str name;		  /* of the entry being read */
	bool departed;		  /* something was what strict rejects */
	bool no_memory;
} sftr__reader;

/*
 * Room for one element more than the n that *block holds, of 'size' bytes and
 * at least n_least of text.  What has been read tells how many will come, so
 * an array never stands much larger than what the text has to put into it.
 * False, after a fault, without memory.
 */
bool
sftr__reader_room(sftr__reader *r, void **block, size_t *capacity, size_t n,
		  size_t size, size_t n_least);

/* A fault under SFTR_STRICT, a warning in findings under SFTR_REFERENCE. */
void
sftr__reader_strict(sftr__reader *r, sftr_code code, unsigned rule,
		    const char *at, const char *message);

#endif
