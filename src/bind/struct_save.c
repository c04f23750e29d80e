/* SPDX-License-Identifier: MIT */
/*
 * Saving a C struct by the table that loads it: the same members under the same
 * names, with what a load turns turned back.
 */
#include "base/bytes.h"
#include "base/diagnostic.h"
#include "bind/dims.h"
#include "bind/member.h"
#include "bind/outgoing.h"
#include "bind/slot.h"
#include "checkpoint/writer.h"

#include <string.h>

struct saver {
	sftr_allocator allocator;
	sftr__outlet out;
	bool is_first_pass; /* arrays tell dimensions; nothing is declared */
	sftr__dims dims;
	uint32_t next_scope; /* of the pass: both meet them in one order */
};

/* An instance of a struct, and the front of its tensors' names. */
struct instance {
	const sftr_table *table;
	const char *object;
	const char *name;
	uint32_t scope;
};

static sftr_code
fail(struct saver *s, sftr_code code, const char *name, const char *why)
{
	return sftr__outlet_fail(&s->out, code, name, why);
}

/* The first name of a field, below its instance's; NULL without memory. */
static const char *
first_name(struct saver *s, const struct instance *in, const sftr_field *field)
{
	const char *name, *transform;

	return sftr__field_name(field, in->name, 0, &s->out.arena, &name,
				&transform) ?
		       name :
		       NULL;
}

/* Extents that an array in place has by itself, as far as they fit. */
static sftr_code
learn_extents(struct saver *s, const struct instance *in, sftr__outgoing *t)
{
	const sftr_field *f = t->field;
	sftr_slot slot;

	memset(&slot, 0, sizeof slot);
	slot.shape_text = f->shape;
	slot.scope = in->scope;
	t->shape[0] = f->n;
	t->shape[1] = f->n_inner;
	return sftr__slot_fits(&slot, t->shape, f->n_inner > 0 ? 2 : 1,
			       &s->dims) == SFTR__FIT_NO_MEMORY ?
		       sftr__fail_memory(s->out.err) :
		       SFTR_OK;
}

/* The shape by its text; what the text does not say an array may. */
static sftr_code
resolve_shape(struct saver *s, const struct instance *in, sftr__outgoing *t)
{
	const sftr_field *f = t->field;
	size_t at = 0, unknown = SIZE_MAX, n_unknown = 0;
	uint64_t known = 1;

	t->rank = 0;
	for (;;) {
		sftr__token k = sftr__shape_next(f->shape, &at);
		size_t d = SFTR__NO_DIM;

		if (k.kind == SFTR__SHAPE_END)
			break;
		if (t->rank == SFTR__MAX_AXES)
			return fail(s, SFTR_E_TABLE, t->name,
				    "more than 32 dimensions");
		if (k.kind == SFTR__DIM_NAME)
			d = sftr__dims_resolve(&s->dims, in->scope, k.name,
					       k.n_name);
		if (k.kind == SFTR__DIM_NAME && d == SFTR__NO_DIM)
			return sftr__fail_memory(s->out.err);
		t->shape[t->rank] = k.extent;
		if (d != SFTR__NO_DIM && s->dims.dims[d].is_known) {
			t->shape[t->rank] = s->dims.dims[d].value;
		} else if (k.kind != SFTR__EXTENT) {
			unknown = t->rank;
			n_unknown++;
		}
		if (unknown != t->rank &&
		    !sftr__mul(known, t->shape[t->rank], &known))
			return fail(s, SFTR_E_RANGE, t->name,
				    "its size overflows 64 bits");
		t->rank++;
	}
	if (n_unknown == 1 && f->what == SFTR__ARRAY && f->n_inner == 0 &&
	    known > 0 && f->n % known == 0) {
		t->shape[unknown] = f->n / known;
		known = f->n;
		n_unknown = 0;
	}
	if (f->n_inner > 0) {
		t->rank = 2;
		t->shape[0] = f->n;
		t->shape[1] = f->n_inner;
		known = (uint64_t)f->n * f->n_inner;
		n_unknown = 0;
	}
	t->n_elements = known;
	return n_unknown == 0 ? SFTR_OK :
				fail(s, SFTR_E_TABLE, t->name,
				     "one of its dimensions has no value");
}

/* Where the elements are, and whether there are as many as the shape says. */
static sftr_code
find_data(struct saver *s, const struct instance *in, sftr__outgoing *t)
{
	const sftr_field *f = t->field;
	const char *member = in->object + f->offset;
	uint64_t capacity = UINT64_MAX;

	if (f->what == SFTR__ARRAY) {
		t->data = member;
		capacity = (uint64_t)f->n * (f->n_inner > 0 ? f->n_inner : 1);
	} else {
		memcpy(&t->data, member, sizeof t->data);
	}
	if (f->what == SFTR__INTO &&
	    !sftr__field_integer(f, in->object, &capacity))
		return fail(s, SFTR_E_ARGUMENT, t->name,
			    "its capacity is negative");
	if (t->n_elements > capacity)
		return fail(s, SFTR_E_ARGUMENT, t->name,
			    "its dimensions are more than it holds");
	if (t->data == NULL && t->n_elements > 0)
		return fail(s, SFTR_E_ARGUMENT, t->name, "it is NULL");
	return SFTR_OK;
}

static sftr_code
save_tensor(struct saver *s, const struct instance *in, const sftr_field *field)
{
	const sftr__word *w = sftr__field_word(field, SFTR__NAMED, 0);
	const char *words =
		w != NULL && w->transform != NULL ? w->transform : "";
	const char *due;
	sftr__outgoing t;
	sftr_code code;
	size_t at;

	memset(&t, 0, sizeof t);
	t.field = field;
	if (s->is_first_pass)
		return field->what == SFTR__ARRAY ? learn_extents(s, in, &t) :
						    SFTR_OK;
	t.name = first_name(s, in, field);
	if (t.name == NULL)
		return sftr__fail_memory(s->out.err);
	if (!sftr__transform_parse(words, strlen(words), &t.transform, &at,
				   &due))
		return fail(s, SFTR_E_TABLE, t.name,
			    "its transform cannot be read");
	code = resolve_shape(s, in, &t);
	if (code == SFTR_OK)
		code = find_data(s, in, &t);
	return code == SFTR_OK ? sftr__outgoing_declare(&s->out, &t) : code;
}

static sftr_code
save_struct(struct saver *s, const struct instance *in);

static sftr_code
save_structs(struct saver *s, const struct instance *in,
	     const sftr_field *field)
{
	const char *name = first_name(s, in, field);
	struct instance below = { field->table(), NULL, name, in->scope };
	const char *first = in->object + field->offset;
	uint64_t n = field->n;
	sftr_code code = SFTR_OK;

	if (name == NULL)
		return sftr__fail_memory(s->out.err);
	if (field->count_size > 0 &&
	    (!sftr__field_integer(field, in->object, &n) ||
	     (field->what == SFTR__STRUCTS && n > field->n)))
		return fail(s, SFTR_E_ARGUMENT, name,
			    "its count is not one that the array can have");
	if (field->what == SFTR__STRUCTS_ALLOC)
		memcpy(&first, in->object + field->offset, sizeof first);
	if (first == NULL && n > 0)
		return fail(s, SFTR_E_ARGUMENT, name, "it is NULL");
	for (uint64_t i = 0; i < n && code == SFTR_OK; i++) {
		below.object = first + i * field->size;
		below.name =
			field->what == SFTR__NESTED ?
				name :
				sftr__name_numbered(&s->out.arena, name, i);
		code = below.name == NULL ? sftr__fail_memory(s->out.err) :
					    save_struct(s, &below);
	}
	return code;
}

/* A scope with the values of the dimensions that the struct holds. */
static sftr_code
enter_scope(struct saver *s, struct instance *in)
{
	bool entered = false;

	for (size_t i = 0; i < in->table->n_fields; i++) {
		const sftr_field *f = &in->table->fields[i];
		uint64_t value;
		size_t dim;

		if (f->what != SFTR__DIM)
			continue;
		if (!entered && s->is_first_pass)
			in->scope = sftr__dims_scope(&s->dims, in->scope);
		else if (!entered)
			in->scope = s->next_scope++;
		entered = true;
		if (!s->is_first_pass)
			continue;
		if (!sftr__field_integer(f, in->object, &value))
			return fail(s, SFTR_E_ARGUMENT, f->member,
				    "a dimension is negative");
		dim = in->scope == UINT32_MAX ?
			      SFTR__NO_DIM :
			      sftr__dims_declare(&s->dims, in->scope, f->shape,
						 strlen(f->shape));
		if (dim == SFTR__NO_DIM)
			return sftr__fail_memory(s->out.err);
		s->dims.dims[dim].value = value;
		s->dims.dims[dim].is_known = true;
	}
	return SFTR_OK;
}

static sftr_code
save_struct(struct saver *s, const struct instance *in)
{
	struct instance own = *in;
	sftr_code code = enter_scope(s, &own);

	for (size_t i = 0; i < own.table->n_fields && code == SFTR_OK; i++) {
		const sftr_field *f = &own.table->fields[i];
		const sftr__word *w = sftr__field_word(f, SFTR__OPTIONAL, 0);
		bool is_there = true;

		if (w != NULL)
			memcpy(&is_there, own.object + w->offset,
			       sizeof is_there);
		if (f->what == SFTR__DIM || !is_there)
			continue;
		code = f->table != NULL ? save_structs(s, &own, f) :
					  save_tensor(s, &own, f);
	}
	return code;
}

sftr_code
sftr_struct_write(sftr_writer *writer, const sftr_table *table,
		  const void *object, const sftr_struct_save_options *options,
		  sftr_error *err)
{
	struct instance top = { table, object, "", 0 };
	struct saver s;
	sftr_code code = sftr__table_check(table, &writer->allocator, err);

	if (code != SFTR_OK)
		return code;
	memset(&s, 0, sizeof s);
	s.allocator = writer->allocator;
	s.out.writer = writer;
	s.out.codec = options != NULL ? options->codec : SFTR_CODEC_GUESS;
	if (s.out.codec == SFTR_CODEC_GUESS)
		s.out.codec = SFTR_CODEC_DOTTED;
	s.out.err = err;
	s.next_scope = 1;
	sftr__arena_init(&s.out.arena, &s.allocator);
	sftr__path_buffer_init(&s.out.path, &s.allocator);
	sftr__dims_init(&s.dims, &s.allocator,
			options != NULL ? options->dims : NULL,
			options != NULL ? options->n_dims : 0);
	s.is_first_pass = true;
	if (sftr__dims_scope(&s.dims, 0) == UINT32_MAX)
		code = sftr__fail_memory(err);
	if (code == SFTR_OK)
		code = save_struct(&s, &top);
	s.is_first_pass = false;
	if (code == SFTR_OK)
		code = save_struct(&s, &top);
	sftr__dims_free(&s.dims);
	sftr__path_buffer_free(&s.out.path);
	sftr__arena_free(&s.out.arena);
	return code;
}

sftr_code
sftr_struct_save(const char *path, const sftr_table *table, const void *object,
		 const sftr_struct_save_options *options, sftr_error *err)
{
	sftr_writer *writer;
	sftr_code code;

	code = sftr_writer_new(options != NULL ? options->write : NULL, &writer,
			       err);
	if (code == SFTR_OK)
		code = sftr_struct_write(writer, table, object, options, err);
	if (code == SFTR_OK)
		code = sftr_writer_save(writer, path, err);
	sftr_writer_free(writer);
	return code;
}
