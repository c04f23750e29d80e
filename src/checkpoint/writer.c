/* SPDX-License-Identifier: MIT */
#include "checkpoint/writer.h"

#include "base/alloc.h"
#include "base/bytes.h"
#include "base/diagnostic.h"
#include "base/utf8.h"

#include <inttypes.h>

#define ALIGN_MIN 8
#define ALIGN_MAX (UINT64_C(1) << 20)

static sftr_code
check_options(const sftr_write_options *o, sftr_error *err)
{
	uint64_t align = o->align;

	if (align != 0 && (align < ALIGN_MIN || align > ALIGN_MAX ||
			   (align & (align - 1)) != 0))
		return sftr__fail(err, SFTR_E_ARGUMENT,
				  "align is %" PRIu64
				  ", no power of two from 8 to 1048576",
				  align);
	return SFTR_OK;
}

sftr_code
sftr_writer_new(const sftr_write_options *options, sftr_writer **writer,
		sftr_error *err)
{
	sftr_write_options o = { 0 };
	sftr_allocator a;
	sftr_writer *w;
	sftr_code code;

	*writer = NULL;
	if (options != NULL)
		o = *options;
	code = check_options(&o, err);
	if (code != SFTR_OK)
		return code;
	a = sftr__allocator(o.allocator);
	w = sftr__alloc_zeroed(&a, 1, sizeof *w);
	if (w == NULL)
		return sftr__fail_memory(err);
	w->allocator = a;
	w->align = o.align == 0 ? ALIGN_MIN : o.align;
	w->is_durable = !o.not_durable;
	w->has_metadata = o.has_metadata != 0;
	w->progress = o.progress;
	w->progress_user = o.progress_user;
	if (!sftr__index_init(&w->names, &a, 0, sizeof *w->items) ||
	    !sftr__index_init(&w->keys, &a, 0, sizeof *w->metadata))
		code = sftr__fail_memory(err);
	else if (o.format != NULL)
		code = sftr_writer_add_metadata(
			w, (sftr_str)SFTR_STR("format"),
			(sftr_str){ o.format, strlen(o.format) }, err);
	if (code == SFTR_OK)
		*writer = w;
	else
		sftr_writer_free(w);
	return code;
}

/* The shape comes first in its block, the name behind it. */
static size_t
item_block_size(const sftr__item *item)
{
	return item->rank * sizeof *item->shape + item->name.len + 1;
}

static void
free_item(const sftr_allocator *a, const sftr__item *item)
{
	sftr__free(a, (void *)(uintptr_t)item->shape, item_block_size(item));
}

static void
free_metadata(const sftr_allocator *a, const sftr_metadata *m)
{
	sftr__free(a, (void *)(uintptr_t)m->key.ptr, m->key.len + 1);
	sftr__free(a, (void *)(uintptr_t)m->value.ptr, m->value.len + 1);
}

void
sftr_writer_free(sftr_writer *writer)
{
	sftr_allocator a;

	if (writer == NULL)
		return;
	a = writer->allocator;
	for (size_t i = 0; i < writer->n; i++) {
		free_item(&a, &writer->items[i]);
		sftr_checkpoint_close(writer->origins[i].ckpt);
	}
	for (size_t i = 0; i < writer->n_metadata; i++)
		free_metadata(&a, &writer->metadata[i]);
	sftr__index_free(&writer->names, &a);
	sftr__index_free(&writer->keys, &a);
	sftr__free(&a, writer->items,
		   writer->items_capacity * sizeof *writer->items);
	sftr__free(&a, writer->origins,
		   writer->origins_capacity * sizeof *writer->origins);
	sftr__free(&a, writer->metadata,
		   writer->metadata_capacity * sizeof *writer->metadata);
	while (writer->kept != NULL) {
		sftr__kept *kept = writer->kept;

		writer->kept = kept->next;
		sftr__free(&a, kept->bytes, kept->n_bytes);
		sftr__free(&a, kept, sizeof *kept);
	}
	sftr__free(&a, writer, sizeof *writer);
}

void *
sftr__writer_keep(sftr_writer *writer, size_t n)
{
	sftr__kept *kept = sftr__alloc(&writer->allocator, sizeof *kept);

	if (kept == NULL)
		return NULL;
	kept->n_bytes = n;
	kept->bytes = sftr__alloc(&writer->allocator, n);
	if (kept->bytes == NULL) {
		sftr__free(&writer->allocator, kept, sizeof *kept);
		return NULL;
	}
	kept->next = writer->kept;
	writer->kept = kept;
	return kept->bytes;
}

/* What a reader demands of every string; 'what' says which one it is. */
static sftr_code
check_text(sftr_str s, const char *what, sftr_error *err)
{
	const char *nul;
	size_t span;

	if (s.ptr == NULL && s.len > 0)
		return sftr__fail(err, SFTR_E_ARGUMENT, "the %s is NULL", what);
	span = s.len == 0 ? 0 : sftr__utf8_span(s.ptr, s.len);
	if (span < s.len)
		return sftr__fail(err, SFTR_E_UTF8,
				  "the %s is no UTF-8 from its byte %zu on",
				  what, span);
	nul = s.len == 0 ? NULL : memchr(s.ptr, '\0', s.len);
	if (nul != NULL)
		return sftr__fail(err, SFTR_E_NUL,
				  "the %s holds U+0000 at its byte %zu", what,
				  (size_t)(nul - s.ptr));
	return SFTR_OK;
}

static sftr_code
check_name(sftr_str name, sftr_error *err)
{
	static const char reserved[] = "__metadata__";
	sftr_code code = check_text(name, "name", err);

	if (code == SFTR_OK && name.len == sizeof reserved - 1 &&
	    memcmp(name.ptr, reserved, name.len) == 0)
		code = sftr__fail(err, SFTR_E_ARGUMENT,
				  "the format keeps this name for itself");
	return code;
}

/* The caller's name and shape, replaced in *item by copies. */
static bool
copy_item(const sftr_allocator *a, sftr__item *item)
{
	size_t shape_size;
	uint64_t size;
	char *block;

	if (!sftr__mul(item->rank, sizeof *item->shape, &size) ||
	    !sftr__add(size, item->name.len, &size) || !sftr__fits_size(size))
		return false;
	shape_size = item->rank * sizeof *item->shape;
	block = sftr__alloc(a, item_block_size(item));
	if (block == NULL)
		return false;
	if (shape_size > 0)
		memcpy(block, item->shape, shape_size);
	if (item->name.len > 0)
		memcpy(block + shape_size, item->name.ptr, item->name.len);
	block[shape_size + item->name.len] = '\0';
	item->shape = (const uint64_t *)(void *)block;
	item->name.ptr = block + shape_size;
	return true;
}

static bool
grow_items(sftr_writer *w)
{
	void *items = w->items, *origins = w->origins;
	bool grown;

	if (w->n >= SFTR__INDEX_MAX)
		return false;
	grown = sftr__grow(&w->allocator, &items, &w->items_capacity, w->n + 1,
			   sizeof *w->items) &&
		sftr__grow(&w->allocator, &origins, &w->origins_capacity,
			   w->n + 1, sizeof *w->origins);
	w->items = items;
	w->origins = origins;
	return grown;
}

/* Into the tables, name last: nothing is to be undone but the copy. */
static sftr_code
insert(sftr_writer *w, sftr__item item, const sftr__origin *origin,
       sftr_error *err)
{
	uint32_t before = SFTR__NO_PLACE;
	bool added;

	if (!grow_items(w) || !copy_item(&w->allocator, &item))
		return sftr__fail_memory(err);
	w->items[w->n] = item;
	added = sftr__index_add(
		&w->names, &w->allocator, w->items, (uint32_t)w->n,
		sftr__index_hash(item.name.ptr, item.name.len), &before);
	if (!added || before != SFTR__NO_PLACE) {
		free_item(&w->allocator, &item);
		return !added ? sftr__fail_memory(err) :
				sftr__fail(err, SFTR_E_DUPLICATE,
					   "there is a tensor of this name "
					   "already");
	}
	w->origins[w->n] = *origin;
	w->data_n_bytes += item.n_bytes;
	w->n++;
	return SFTR_OK;
}

static sftr_code
add(sftr_writer *w, sftr__item item, const sftr__origin *origin,
    const uint64_t *n_given, sftr_error *err)
{
	uint64_t total;
	sftr_code code = check_name(item.name, err);

	if (code != SFTR_OK)
		return code;
	if (item.shape == NULL && item.rank > 0)
		return sftr__fail(err, SFTR_E_ARGUMENT, "the shape is NULL");
	code = sftr__item_size(item.dtype, item.shape, item.rank, &item.n_bytes,
			       err);
	if (code != SFTR_OK)
		return code;
	if (n_given != NULL && *n_given != item.n_bytes)
		return sftr__fail(err, SFTR_E_SIZE,
				  "%" PRIu64 " byte%s given, %s of this shape "
				  "has %" PRIu64,
				  *n_given, *n_given == 1 ? "" : "s",
				  sftr_dtype_name(item.dtype), item.n_bytes);
	if (!sftr__add(w->data_n_bytes, item.n_bytes, &total))
		return sftr__fail(
			err, SFTR_E_RANGE,
			"all tensors together have more than 2^64 - 1 "
			"bytes");
	return insert(w, item, origin, err);
}

/* The key of a failure is the tensor that was to be declared. */
static sftr_code
with_key(sftr_code code, sftr_str name, sftr_error *err)
{
	if (code != SFTR_OK && name.ptr != NULL)
		sftr__set_key(err, name.ptr, name.len);
	return code;
}

sftr_code
sftr_writer_add(sftr_writer *writer, sftr_str name, sftr_dtype dtype,
		const uint64_t *shape, uint32_t rank, const void *bytes,
		uint64_t n_bytes, sftr_error *err)
{
	sftr__item item = { name, shape, 0, rank, dtype };
	sftr__origin origin = { .bytes = bytes };

	if (bytes == NULL && n_bytes > 0)
		return with_key(
			sftr__fail(err, SFTR_E_ARGUMENT, "its bytes are NULL"),
			name, err);
	return with_key(add(writer, item, &origin, &n_bytes, err), name, err);
}

sftr_code
sftr_writer_add_source(sftr_writer *writer, sftr_str name, sftr_dtype dtype,
		       const uint64_t *shape, uint32_t rank,
		       sftr_source_fn *source, void *user, sftr_error *err)
{
	sftr__item item = { name, shape, 0, rank, dtype };
	sftr__origin origin = { .source = source, .user = user };

	if (source == NULL)
		return with_key(
			sftr__fail(err, SFTR_E_ARGUMENT, "its source is NULL"),
			name, err);
	return with_key(add(writer, item, &origin, NULL, err), name, err);
}

sftr_code
sftr_writer_add_tensor(sftr_writer *writer, sftr_str name,
		       const sftr_checkpoint *ckpt, const sftr_tensor *tensor,
		       sftr_error *err)
{
	sftr__item item = { .name = name };
	sftr__origin origin = { .tensor = tensor };
	sftr_code code;

	if (tensor == NULL)
		return with_key(sftr__fail_absent(err), name, err);
	item.shape = tensor->shape;
	item.rank = tensor->rank;
	item.dtype = tensor->dtype;
	if (name.ptr == NULL)
		item.name = tensor->name;
	origin.ckpt = sftr_checkpoint_retain(ckpt);
	code = add(writer, item, &origin, NULL, err);
	if (code != SFTR_OK)
		sftr_checkpoint_close(origin.ckpt);
	return with_key(code, item.name, err);
}

static sftr_code
insert_metadata(sftr_writer *w, sftr_str key, sftr_str value, sftr_error *err)
{
	const sftr_allocator *a = &w->allocator;
	void *metadata = w->metadata;
	uint32_t before = SFTR__NO_PLACE;
	sftr_metadata m;
	bool added;

	if (w->n_metadata >= SFTR__INDEX_MAX ||
	    !sftr__grow(a, &metadata, &w->metadata_capacity, w->n_metadata + 1,
			sizeof *w->metadata))
		return sftr__fail_memory(err);
	w->metadata = metadata;
	m.key = (sftr_str){ sftr__copy_text(a, key.ptr, key.len), key.len };
	m.value = (sftr_str){ sftr__copy_text(a, value.ptr, value.len),
			      value.len };
	w->metadata[w->n_metadata] = m;
	added = m.key.ptr != NULL && m.value.ptr != NULL &&
		sftr__index_add(
			&w->keys, a, w->metadata, (uint32_t)w->n_metadata,
			sftr__index_hash(m.key.ptr, m.key.len), &before);
	if (added && before == SFTR__NO_PLACE) {
		w->n_metadata++;
		return SFTR_OK;
	}
	free_metadata(a, &m);
	return !added ? sftr__fail_memory(err) :
			sftr__fail(err, SFTR_E_DUPLICATE,
				   "there is metadata with this key already");
}

sftr_code
sftr_writer_add_metadata(sftr_writer *writer, sftr_str key, sftr_str value,
			 sftr_error *err)
{
	sftr_code code = check_text(key, "metadata key", err);

	if (code == SFTR_OK)
		code = check_text(value, "metadata value", err);
	if (code == SFTR_OK)
		code = insert_metadata(writer, key, value, err);
	return with_key(code, key, err);
}
