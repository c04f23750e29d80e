/* SPDX-License-Identifier: MIT */
/*
 * What a header becomes: its text, and records that point into it.
 *
 *      text      {"a":{"dtype":"F32","shape":[2,3],...},"b":...}
 *                  ^ name                      |
 *      tensors   [ name shape begin end ... ]  |
 *      dims      [ 2 3 | ... ] <---------------+
 *
 * Names and metadata stay in the text, decoded and terminated in their places.
 */
#ifndef SFTR_FORMAT_RECORDS_H
#define SFTR_FORMAT_RECORDS_H

#include "base/index.h"
#include "format/json.h"

#include <safetree/checkpoint.h>

#define SFTR__HEADER_OFFSET 8 /* of the text in the file */
#define SFTR__HEADER_SLACK (SFTR__JSON_SLACK + 1)

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
	bool has_metadata; /* that may have no entry */
	sftr__index names; /* of tensors */
	sftr__index keys;  /* of metadata */
} sftr__header;

void
sftr__header_free(sftr__header *h, const sftr_allocator *a);

#endif
