/* SPDX-License-Identifier: MIT */
#include "format/layout.h"

#include "base/alloc.h"
#include "base/bytes.h"
#include "base/diagnostic.h"
#include "base/sort.h"
#include "format/rule.h"
#include "format/size.h"

#include <inttypes.h>

#define LENGTH_BYTES 8

sftr_code
sftr__item_size(sftr_dtype dtype, const uint64_t *shape, uint32_t rank,
		uint64_t *n_bytes, sftr_error *err)
{
	uint64_t n_bits = sftr_dtype_bits(dtype);
	uint32_t dim;

	if (n_bits == 0)
		return sftr__fail(err, SFTR_E_DTYPE, "no dtype has number %u",
				  (unsigned)dtype);
	switch (sftr__tensor_size(SFTR_STRICT, dtype, shape, rank, n_bytes,
				  &dim)) {
	case SFTR_OK: return SFTR_OK;
	case SFTR_E_PARTIAL:
		for (dim = 0; dim < rank; dim++)
			n_bits *= shape[dim];
		return sftr__fail(err, SFTR_E_PARTIAL,
				  "%s of this shape has %" PRIu64
				  " bits, which fill no whole bytes",
				  sftr_dtype_name(dtype), n_bits);
	default:
		return sftr__fail(err, SFTR_E_RANGE,
				  "%s of this shape has more than 2^64 - 1 "
				  "bits",
				  sftr_dtype_name(dtype));
	}
}

static int
compare_texts(sftr_str a, sftr_str b)
{
	size_t n = a.len < b.len ? a.len : b.len;
	int order = n == 0 ? 0 : memcmp(a.ptr, b.ptr, n);

	return order != 0 ? order : (a.len > b.len) - (a.len < b.len);
}

static int
compare_items(const void *a, const void *b)
{
	const sftr__item *x = a, *y = b;

	if (x->dtype != y->dtype)
		return y->dtype > x->dtype ? 1 : -1;
	return compare_texts(x->name, y->name);
}

static int
compare_metadata(const void *a, const void *b)
{
	const sftr_metadata *x = a, *y = b;

	return compare_texts(x->key, y->key);
}

/* Pointers to n records in their order; a block of n, or NULL. */
static const void **
sorted(const sftr_allocator *a, const void *records, size_t n, size_t size,
       sftr__compare_fn *compare)
{
	const void **order = sftr__alloc_zeroed(a, n, sizeof *order);
	const void **scratch = sftr__alloc_zeroed(a, n, sizeof *scratch);

	if (order != NULL && scratch != NULL) {
		for (size_t i = 0; i < n; i++)
			order[i] = (const char *)records + i * size;
		sftr__sort(order, scratch, n, compare);
	} else {
		sftr__free(a, order, n * sizeof *order);
		order = NULL;
	}
	sftr__free(a, scratch, n * sizeof *scratch);
	return order;
}

static bool
emit_metadata(sftr__emit *e, const sftr_metadata *metadata, size_t n)
{
	const void **order = sorted(&e->allocator, metadata, n,
				    sizeof *metadata, compare_metadata);

	if (order == NULL)
		return false;
	sftr__emit_text(e, "\"__metadata__\":{");
	for (size_t i = 0; i < n; i++) {
		const sftr_metadata *m = order[i];

		if (i > 0)
			sftr__emit_text(e, ",");
		sftr__emit_string(e, m->key);
		sftr__emit_text(e, ":");
		sftr__emit_string(e, m->value);
	}
	sftr__emit_text(e, "}");
	sftr__free(&e->allocator, order, n * sizeof *order);
	return true;
}

static void
emit_item(sftr__emit *e, const sftr__item *item, uint64_t begin, uint64_t end)
{
	sftr__emit_string(e, item->name);
	sftr__emit_text(e, ":{\"dtype\":\"");
	sftr__emit_text(e, sftr_dtype_name(item->dtype));
	sftr__emit_text(e, "\",\"shape\":[");
	for (uint32_t i = 0; i < item->rank; i++) {
		if (i > 0)
			sftr__emit_text(e, ",");
		sftr__emit_u64(e, item->shape[i]);
	}
	sftr__emit_text(e, "],\"data_offsets\":[");
	sftr__emit_u64(e, begin);
	sftr__emit_text(e, ",");
	sftr__emit_u64(e, end);
	sftr__emit_text(e, "]}");
}

/* Stops once no reader would take the header: memory stays within it. */
static sftr_code
emit_items(sftr__layout *layout, bool follows, sftr_error *err)
{
	sftr__emit *e = &layout->head;
	uint64_t end = 0;

	for (size_t i = 0; i < layout->n; i++) {
		const sftr__item *item = sftr__layout_item(layout, i);
		uint64_t begin = end;

		if (!sftr__add(begin, item->n_bytes, &end))
			return sftr__fail(err, SFTR_E_RANGE,
					  "the tensors have more than 2^64 - 1 "
					  "bytes");
		if (e->n_bytes > LENGTH_BYTES + SFTR__HEADER_MAX)
			break;
		if (follows || i > 0)
			sftr__emit_text(e, ",");
		emit_item(e, item, begin, end);
	}
	layout->data_n_bytes = end;
	return SFTR_OK;
}

/* The header filled up to where the data begin, and its length in front. */
static sftr_code
close_head(sftr__layout *layout, uint64_t align, sftr_error *err)
{
	sftr__emit *e = &layout->head;
	uint64_t n = e->n_bytes;
	uint64_t file_n_bytes;

	n += (align - n % align) % align;
	if (n - LENGTH_BYTES > SFTR__HEADER_MAX)
		return sftr__fail(err, SFTR_E_LENGTH,
				  "the header would have %" PRIu64
				  " bytes or more, at most %" PRIu64
				  " can be read",
				  n - LENGTH_BYTES, SFTR__HEADER_MAX);
	if (!sftr__add(n, layout->data_n_bytes, &file_n_bytes))
		return sftr__fail(err, SFTR_E_RANGE,
				  "the file would have more than 2^64 - 1 "
				  "bytes");
	sftr__emit_spaces(e, (size_t)(n - e->n_bytes));
	if (e->failed)
		return sftr__fail_memory(err);
	sftr__store_u64(e->text, n - LENGTH_BYTES);
	return SFTR_OK;
}

static sftr_code
make_head(sftr__layout *layout, const sftr_metadata *metadata,
	  size_t n_metadata, uint64_t align, sftr_error *err)
{
	sftr__emit *e = &layout->head;
	sftr_code code;

	sftr__emit_bytes(e, "\0\0\0\0\0\0\0", LENGTH_BYTES);
	sftr__emit_text(e, "{");
	if (metadata != NULL && !emit_metadata(e, metadata, n_metadata))
		return sftr__fail_memory(err);
	code = emit_items(layout, metadata != NULL, err);
	if (code != SFTR_OK)
		return code;
	sftr__emit_text(e, "}");
	return e->failed ? sftr__fail_memory(err) :
			   close_head(layout, align, err);
}

sftr_code
sftr__layout_make(sftr__layout *layout, const sftr_allocator *allocator,
		  const sftr__item *items, size_t n,
		  const sftr_metadata *metadata, size_t n_metadata,
		  uint64_t align, sftr_error *err)
{
	sftr_code code;

	memset(layout, 0, sizeof *layout);
	sftr__emit_begin(&layout->head, allocator);
	layout->order = sorted(&layout->head.allocator, items, n, sizeof *items,
			       compare_items);
	if (layout->order == NULL)
		return sftr__fail_memory(err);
	layout->n = n;
	code = make_head(layout, metadata, n_metadata, align, err);
	if (code != SFTR_OK)
		sftr__layout_free(layout);
	return code;
}

void
sftr__layout_free(sftr__layout *layout)
{
	sftr__free(&layout->head.allocator, layout->order,
		   layout->n * sizeof *layout->order);
	layout->order = NULL;
	layout->n = 0;
	sftr__emit_free(&layout->head);
}
