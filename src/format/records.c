/* SPDX-License-Identifier: MIT */
#include "format/records.h"

#include "base/alloc.h"

void
sftr__header_free(sftr__header *h, const sftr_allocator *a)
{
	sftr__index_free(&h->names, a);
	sftr__index_free(&h->keys, a);
	sftr__free(a, h->metadata, h->metadata_capacity * sizeof *h->metadata);
	sftr__free(a, h->dims, h->dims_capacity * sizeof *h->dims);
	sftr__free(a, h->tensors, h->tensors_capacity * sizeof *h->tensors);
	sftr__free(a, h->text, h->n_text + SFTR__HEADER_SLACK);
	memset(h, 0, sizeof *h);
}
