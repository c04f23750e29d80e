/* SPDX-License-Identifier: MIT */
/*
 * The layout of a file that is to be written: in which order its tensors
 * stand, where their bytes go, and the head that says so.
 *
 *      | N | {"__metadata__":{...},"a":{...}} and spaces | data of a | ... |
 *      '-------------------- head -----------------------'--- no gaps -----'
 *
 * Knows the rules that a writer must keep to be read.  Does not know where
 * bytes come from or go to, and expects names that are UTF-8 and differ.
 */
#ifndef SFTR_FORMAT_LAYOUT_H
#define SFTR_FORMAT_LAYOUT_H

#include "format/emit.h"

#include <safetree/checkpoint.h>

/* One tensor to be laid out; it begins with its name, for base/index. */
typedef struct sftr__item {
	sftr_str name;
	const uint64_t *shape; /* rank extents */
	uint64_t n_bytes;      /* as sftr__item_size says */
	uint32_t rank;
	sftr_dtype dtype;
} sftr__item;

/*
 * The bytes of a tensor, by the strict policy.  SFTR_E_DTYPE; SFTR_E_RANGE if
 * its bits pass 64 bits, or would but for a zero in the shape; SFTR_E_PARTIAL
 * if its elements do not fill whole bytes.
 */
sftr_code
sftr__item_size(sftr_dtype dtype, const uint64_t *shape, uint32_t rank,
		uint64_t *n_bytes, sftr_error *err);

typedef struct sftr__layout {
	const void **order; /* the items as the data stand in the file */
	size_t n;
	sftr__emit head; /* length field and padded header */
	uint64_t data_n_bytes;
} sftr__layout;

/*
 * Lays out items[n]: highest dtype first, then names by their bytes; metadata
 * (NULL: no such member) by their keys.  Data begin at a multiple of 'align' in
 * the file.  The items are lent until sftr__layout_free.  SFTR_E_LENGTH if the
 * header gets longer than a reader takes, SFTR_E_RANGE if the file passes 64
 * bits.
 */
sftr_code
sftr__layout_make(sftr__layout *layout, const sftr_allocator *allocator,
		  const sftr__item *items, size_t n,
		  const sftr_metadata *metadata, size_t n_metadata,
		  uint64_t align, sftr_error *err);

void
sftr__layout_free(sftr__layout *layout);

/* The i-th item in the file. */
static inline const sftr__item *
sftr__layout_item(const sftr__layout *layout, size_t i)
{
	return layout->order[i];
}

#endif
