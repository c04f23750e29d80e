/* SPDX-License-Identifier: MIT */
/*
 * A header: 8 bytes of length and JSON, to checked tensor records.  It knows
 * nothing of files: the text is given, and the number of bytes that follow it.
 *
 *      text      {"a":{"dtype":"F32","shape":[2,3],...},"b":...}
 *                  ^ name                      |
 *      tensors   [ name shape begin end ... ]  |
 *      dims      [ 2 3 | ... ] <---------------+
 *
 * Names and metadata stay in the text, decoded and terminated in their places.
 */
#ifndef SFTR_FORMAT_HEADER_H
#define SFTR_FORMAT_HEADER_H

#include "base/diagnostic.h"
#include "base/index.h"

#include <safetree/checkpoint.h>

#define SFTR__HEADER_MAX UINT64_C(100000000)
#define SFTR__HEADER_OFFSET 8 /* of the text in the file */

typedef struct sftr__header {
	char *text; /* owned: n_text + SFTR__HEADER_SLACK bytes */
	size_t n_text;
	sftr_tensor *tensors;
	size_t n_tensors;
	size_t tensors_capacity;
	uint64_t *dims;
	size_t n_dims;
	size_t dims_capacity;
	sftr_metadata *metadata;
	size_t n_metadata;
	size_t metadata_capacity;
	sftr__index names; /* of tensors */
	sftr__index keys;  /* of metadata */
} sftr__header;

#define SFTR__HEADER_SLACK 65

/*
 * The length that the first bytes of a file declare; 'head' holds 8 of them,
 * or all if the file is shorter.  'max' is the caller's limit, 0: none.
 * False, with a finding, if no header can follow.
 */
bool
sftr__header_length(const unsigned char *head, uint64_t file_n_bytes,
		    uint64_t max, sftr__findings *findings, uint64_t *n_text);

/*
 * Parses and validates h->text[n_text], with n_bytes of data behind it; all
 * else in *h must be zero.  Faults go to findings; h is sound if that has no
 * error.  False without memory.  The caller frees *h in every case.
 */
bool
sftr__header_parse(sftr__header *h, const sftr_allocator *a, sftr_policy policy,
		   uint64_t n_bytes, sftr__findings *findings);

void
sftr__header_free(sftr__header *h, const sftr_allocator *a);

#endif
