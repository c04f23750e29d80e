/* SPDX-License-Identifier: MIT */
/* Checkpoints whose bytes are in memory: a whole file, a head, or arrays. */
#include "base/alloc.h"
#include "base/bytes.h"
#include "base/utf8.h"
#include "checkpoint/checkpoint.h"
#include "format/size.h"

#include <inttypes.h>

static const sftr_open_options defaults;

static sftr_code
open_head(const void *bytes, size_t n_bytes, uint64_t file_n_bytes,
	  const sftr_open_options *options, sftr_checkpoint **ckpt,
	  sftr_error *err)
{
	const sftr_open_options *o = options == NULL ? &defaults : options;
	sftr_allocator a = sftr__allocator(o->allocator);
	sftr__source s;
	sftr_code code = sftr__source_open_memory(&s, &a, bytes, n_bytes,
						  file_n_bytes, err);

	*ckpt = NULL;
	return code == SFTR_OK ? sftr__checkpoint_finish(&s, o, ckpt, err) :
				 code;
}

sftr_code
sftr_checkpoint_open_memory(const void *bytes, size_t n_bytes,
			    const sftr_open_options *options,
			    sftr_checkpoint **ckpt, sftr_error *err)
{
	return open_head(bytes, n_bytes, n_bytes, options, ckpt, err);
}

sftr_code
sftr_header_parse(const void *bytes, size_t n_bytes, uint64_t file_n_bytes,
		  const sftr_open_options *options, sftr_checkpoint **ckpt,
		  sftr_error *err)
{
	sftr_code code;

	if (n_bytes > file_n_bytes)
		n_bytes = (size_t)file_n_bytes;
	code = open_head(bytes, n_bytes, file_n_bytes, options, ckpt, err);
	if (code == SFTR_OK)
		(*ckpt)->has_data = false;
	return code;
}

/* Room for all names and extents, so that records can point into it. */
static sftr_code
make_room(sftr_checkpoint *c, const sftr_array *arrays, size_t n,
	  sftr_error *err)
{
	const sftr_allocator *a = &c->allocator;
	sftr__header *h = &c->headers[0];
	size_t n_text = 0, n_dims = 1;

	for (size_t i = 0; i < n; i++) {
		if (arrays[i].name.len >= SIZE_MAX / 4 - n_text ||
		    arrays[i].rank > SIZE_MAX / 16 - n_dims)
			return sftr__fail_memory(err);
		n_text += arrays[i].name.len + 1;
		n_dims += arrays[i].rank;
	}
	h->text = sftr__alloc(a, n_text + SFTR__HEADER_SLACK);
	h->n_text = h->text == NULL ? 0 : n_text;
	h->dims = sftr__alloc_zeroed(a, n_dims, sizeof *h->dims);
	h->dims_capacity = h->dims == NULL ? 0 : n_dims;
	h->tensors = sftr__alloc_zeroed(a, n, sizeof *h->tensors);
	h->tensors_capacity = h->tensors == NULL ? 0 : n;
	c->arrays = sftr__alloc_zeroed(a, n, sizeof *c->arrays);
	if (h->text == NULL || h->dims == NULL || h->tensors == NULL ||
	    c->arrays == NULL ||
	    !sftr__index_init(&h->names, a, n, sizeof *h->tensors)) {
		if (c->arrays != NULL)
			sftr__free(a, (void *)(uintptr_t)c->arrays,
				   n * sizeof *c->arrays);
		c->arrays = NULL;
		return sftr__fail_memory(err);
	}
	h->n_tensors = c->n_tensors = n;
	return SFTR_OK;
}

static sftr_code
check_array(const sftr_array *array, sftr_policy policy, sftr_error *err)
{
	const sftr_str *name = &array->name;
	uint64_t n_bytes;
	uint32_t dim;
	sftr_code code = SFTR_OK;

	if (name->ptr == NULL && name->len > 0)
		return sftr__fail(err, SFTR_E_ARGUMENT, "the name is NULL");
	if (sftr__utf8_span(name->ptr, name->len) != name->len)
		code = sftr__fail(err, SFTR_E_UTF8, "the name is not UTF-8");
	else if (policy == SFTR_STRICT && name->len > 0 &&
		 memchr(name->ptr, '\0', name->len) != NULL)
		code = sftr__fail(err, SFTR_E_NUL, "U+0000 in the name");
	else if (sftr_dtype_bits(array->dtype) == 0)
		code = sftr__fail(err, SFTR_E_DTYPE, "no such dtype: %u",
				  array->dtype);
	else if (array->rank > 0 && array->shape == NULL)
		code = sftr__fail(err, SFTR_E_ARGUMENT, "shape is NULL");
	else if (array->n_bytes > 0 && array->bytes == NULL)
		code = sftr__fail(err, SFTR_E_ARGUMENT, "bytes is NULL");
	if (code == SFTR_OK) {
		code = sftr__tensor_size(policy, array->dtype, array->shape,
					 array->rank, &n_bytes, &dim);
		if (code == SFTR_E_RANGE)
			sftr__fail(err, code, "shape is more than 2^64-1 bits");
		else if (code == SFTR_E_PARTIAL)
			sftr__fail(err, code, "does not fill whole bytes");
		else if (n_bytes != array->n_bytes)
			code = sftr__fail(err, SFTR_E_SIZE,
					  "shape and dtype say %" PRIu64
					  " bytes, n_bytes %" PRIu64,
					  n_bytes, array->n_bytes);
	}
	if (code != SFTR_OK)
		sftr__set_key(err, name->ptr, name->len);
	return code;
}

static sftr_code
add_arrays(sftr_checkpoint *c, const sftr_array *arrays, sftr_policy policy,
	   sftr_error *err)
{
	sftr__header *h = &c->headers[0];
	const void **bytes = (const void **)(uintptr_t)c->arrays;
	uint64_t *shape = h->dims, begin = 0;
	char *text = h->text;
	uint32_t before;

	for (size_t i = 0; i < h->n_tensors; i++) {
		const sftr_array *array = &arrays[i];
		sftr_tensor *t = &h->tensors[i];
		sftr_code code = check_array(array, policy, err);

		if (code != SFTR_OK)
			return code;
		if (array->name.len > 0)
			memcpy(text, array->name.ptr, array->name.len);
		text[array->name.len] = '\0';
		t->name.ptr = text;
		t->name.len = array->name.len;
		text += array->name.len + 1;
		if (array->rank > 0)
			memcpy(shape, array->shape,
			       array->rank * sizeof *shape);
		t->shape = shape;
		shape += array->rank;
		t->rank = array->rank;
		t->dtype = array->dtype;
		t->begin = begin;
		if (!sftr__add(begin, array->n_bytes, &begin))
			return sftr__fail(err, SFTR_E_RANGE,
					  "more than 2^64-1 bytes in all");
		t->end = begin;
		bytes[i] = array->bytes;
		if (!sftr__index_add(&h->names, &c->allocator, h->tensors,
				     (uint32_t)i,
				     sftr__index_hash(t->name.ptr, t->name.len),
				     &before))
			return sftr__fail_memory(err);
		if (before != SFTR__NO_PLACE) {
			code = sftr__fail(err, SFTR_E_DUPLICATE,
					  "two arrays of this name");
			sftr__set_key(err, t->name.ptr, t->name.len);
			return code;
		}
	}
	return SFTR_OK;
}

sftr_code
sftr_checkpoint_open_arrays(const sftr_array *arrays, size_t n,
			    const sftr_open_options *options,
			    sftr_checkpoint **ckpt, sftr_error *err)
{
	const sftr_open_options *o = options == NULL ? &defaults : options;
	sftr_allocator a = sftr__allocator(o->allocator);
	sftr_checkpoint *c = sftr__checkpoint_new(&a, 1);
	uint32_t place;
	sftr_code code;

	*ckpt = NULL;
	if (c == NULL)
		return sftr__fail_memory(err);
	code = sftr__source_open_memory(&c->sources[0], &a, NULL, 0, 0, err);
	if (code == SFTR_OK)
		code = make_room(c, arrays, n, err);
	if (code == SFTR_OK)
		code = add_arrays(c, arrays, o->policy, err);
	if (code == SFTR_OK)
		code = sftr__checkpoint_join(c, &place, err);
	if (code != SFTR_OK) {
		sftr_checkpoint_close(c);
		return code;
	}
	*ckpt = c;
	return SFTR_OK;
}
