/* SPDX-License-Identifier: MIT */
#include "bind/flatten.h"

#include "base/alloc.h"
#include "base/bytes.h"
#include "base/diagnostic.h"
#include "bind/escape.h"

#include <stdio.h>
#include <string.h>

/* An instance of a struct: where it is, and what it and its tensors are called. */
struct instance {
	const sftr_table *table;
	char *object;	  /* NULL: only looked for */
	const char *path; /* by C members */
	const char *name; /* by the file's names */
	uint32_t scope;
	bool is_absent; /* optional, and not in the file */
};

static sftr_code
no_memory(sftr__flat *f)
{
	return sftr__fail_memory(f->err);
}

static sftr_code
fail(sftr__flat *f, sftr_code code, const char *path, const char *why)
{
	sftr__fail(f->err, code, "%s", why);
	sftr__set_key(f->err, path, strlen(path));
	return code;
}

static const char *
numbered(sftr__flat *f, const char *name, uint64_t number)
{
	return sftr__name_numbered(&f->arena, name, number);
}

static const char *
member_path(sftr__flat *f, const struct instance *in, const sftr_field *field)
{
	return sftr__name_below(&f->arena, in->path, field->member,
				strlen(field->member));
}

static sftr_code
add_later(sftr__flat *f, const struct instance *in, const sftr_field *field,
	  sftr__later later)
{
	later.object = in->object;
	later.path = in->path;
	later.field = field;
	return sftr__laters_add(&f->laters, &later) ? SFTR_OK : no_memory(f);
}

static sftr_code
add_pointer(sftr__flat *f, const struct instance *in, const sftr_field *field,
	    const void *pointer)
{
	sftr__later later = { .kind = SFTR__LATER_POINTER, .pointer = pointer };

	return add_later(f, in, field, later);
}

static sftr_code
add_count(sftr__flat *f, const struct instance *in, const sftr_field *field,
	  uint64_t count)
{
	sftr__later later = { .kind = SFTR__LATER_COUNT, .value = count };

	return add_later(f, in, field, later);
}

static sftr_code
add_bool(sftr__flat *f, const struct instance *in, const sftr_field *field,
	 const sftr__word *optional, bool value)
{
	sftr__later later = { .kind = SFTR__LATER_BOOL, .value = value };

	if (optional == NULL)
		return SFTR_OK;
	later.offset = optional->offset;
	return add_later(f, in, field, later);
}

static sftr_code
add_slot(sftr__flat *f, const struct instance *in, const sftr_field *field)
{
	const sftr__word *optional = sftr__field_word(field, SFTR__OPTIONAL, 0);
	const char *path = member_path(f, in, field);
	void *p = f->slots;
	sftr_slot *slot;
	sftr_code code;

	if (path == NULL || !sftr__grow(&f->allocator, &p, &f->slots_capacity,
					f->n_slots + 1, sizeof *slot))
		return no_memory(f);
	f->slots = p;
	slot = &f->slots[f->n_slots++];
	memset(slot, 0, sizeof *slot);
	slot->name.ptr = path;
	slot->name.len = strlen(path);
	slot->shape_text = field->shape;
	slot->dtype = field->dtype;
	slot->scope = in->scope;
	if (field->is_bool)
		slot->flags |= SFTR_SLOT_BOOL;
	if (sftr__field_word(field, SFTR__OR_COPY, 0) != NULL)
		slot->flags |= SFTR_SLOT_OR_COPY;
	if (optional != NULL) {
		slot->flags |= SFTR_SLOT_OPTIONAL;
		slot->present = in->object + optional->offset;
	}
	code = sftr__field_place(field, in->object, &f->arena, slot, f->err);
	if (code == SFTR_OK && slot->pointer != NULL)
		code = add_pointer(f, in, field, NULL);
	/* Until the bind tells; and again if its load fails. */
	if (code == SFTR_OK)
		code = add_bool(f, in, field, optional, false);
	if (code == SFTR_OK &&
	    !sftr__field_aliases(field, in->name, &f->arena, &slot->aliases,
				 &slot->n_aliases))
		code = no_memory(f);
	return code;
}

/* What an optional struct that is not there gets: no pointers, no counts. */
static sftr_code
clear_field(sftr__flat *f, const struct instance *in, const sftr_field *field)
{
	sftr_code code = SFTR_OK;

	if (field->what == SFTR__VIEW || field->what == SFTR__ALLOC ||
	    field->what == SFTR__STRUCTS_ALLOC)
		code = add_pointer(f, in, field, NULL);
	if (code == SFTR_OK && (field->what == SFTR__STRUCTS ||
				field->what == SFTR__STRUCTS_ALLOC))
		code = add_count(f, in, field, 0);
	if (code == SFTR_OK)
		code = add_bool(f, in, field,
				sftr__field_word(field, SFTR__OPTIONAL, 0),
				false);
	return code;
}

static sftr_code
add_struct(sftr__flat *f, const struct instance *in);

/* Memory for so many structs, no more in all than the file is large. */
static sftr_code
allocate(sftr__flat *f, const sftr_field *field, uint64_t count,
	 const char *path, char **structs)
{
	sftr__block *block;
	uint64_t n;

	if (!sftr__mul(count, field->size, &n) || n > f->room)
		return fail(f, SFTR_E_LIMIT, path,
			    "its structs take more memory than the file");
	f->room -= n;
	block = sftr__alloc_zeroed(&f->allocator, 1, sizeof *block);
	if (block == NULL)
		return no_memory(f);
	block->bytes = sftr__alloc_zeroed(&f->allocator, (size_t)n, 1);
	if (block->bytes == NULL) {
		sftr__free(&f->allocator, block, sizeof *block);
		return no_memory(f);
	}
	block->n_bytes = (size_t)n;
	block->n_slots = 1; /* never released before the binding is freed */
	block->next = f->blocks;
	f->blocks = block;
	*structs = block->bytes;
	return SFTR_OK;
}

static sftr_code
add_limit(sftr__flat *f, const sftr_field *field, const char *name,
	  const struct instance *in)
{
	size_t n_type = strlen(in->table->type), n_name;
	void *p = f->limits;
	sftr__array_limit *l;
	char *text;
	bool is_path;

	/* Only for arrays whose number is a step of its own. */
	if (sftr__find_star(name) != NULL)
		return SFTR_OK;
	if (!sftr__grow(&f->allocator, &p, &f->limits_capacity, f->n_limits + 1,
			sizeof *l))
		return no_memory(f);
	f->limits = p;
	if (!sftr__presence_key(&f->presence, name, &is_path))
		return no_memory(f);
	if (!is_path)
		return SFTR_OK;
	n_name = n_type + strlen(field->member) + 2;
	text = sftr__arena_alloc(&f->arena, n_name);
	if (text == NULL)
		return no_memory(f);
	snprintf(text, n_name, "%s.%s", in->table->type, field->member);
	l = &f->limits[f->n_limits];
	l->key.len = f->presence.key.n;
	l->key.ptr = sftr__arena_text(&f->arena, f->presence.key.text,
				      f->presence.key.n);
	l->name = text;
	l->n = field->n;
	if (l->key.ptr == NULL)
		return no_memory(f);
	f->n_limits++;
	return SFTR_OK;
}

/* 'all' is the first of them, but that it has the names of the array. */
static sftr_code
add_elements(sftr__flat *f, const struct instance *all, const sftr_field *field,
	     uint64_t count)
{
	struct instance element = *all;
	sftr_code code = SFTR_OK;

	for (uint64_t i = 0; i < count && code == SFTR_OK; i++) {
		element.object = all->object + i * field->size;
		element.path = numbered(f, all->path, i);
		element.name = numbered(f, all->name, i);
		if (element.path == NULL || element.name == NULL)
			return no_memory(f);
		code = add_struct(f, &element);
	}
	return code;
}

static sftr_code
add_array(sftr__flat *f, const struct instance *in, const sftr_field *field,
	  struct instance *below)
{
	const sftr__word *optional = sftr__field_word(field, SFTR__OPTIONAL, 0);
	bool grows = field->what == SFTR__STRUCTS_ALLOC;
	uint64_t count = field->n;
	sftr_code code = SFTR_OK;

	if (field->what != SFTR__EXACTLY) {
		if (!sftr__presence_count(&f->presence, field, below->name,
					  grows ? UINT64_MAX : field->n,
					  &count))
			return no_memory(f);
		/* Those of the first are missing, if it need not be absent. */
		if (count == 0 && optional == NULL)
			count = 1;
	}
	if (grows && count > 0)
		code = allocate(f, field, count, below->path, &below->object);
	if (code == SFTR_OK && grows)
		code = add_pointer(f, in, field,
				   count > 0 ? below->object : NULL);
	if (code == SFTR_OK && field->count_size > 0)
		code = add_count(f, in, field, count);
	if (code == SFTR_OK && !grows)
		code = add_limit(f, field, below->name, in);
	if (code == SFTR_OK)
		code = add_bool(f, in, field, optional,
				count > 0 && !below->is_absent);
	return code == SFTR_OK ? add_elements(f, below, field, count) : code;
}

static sftr_code
add_below(sftr__flat *f, const struct instance *in, const sftr_field *field)
{
	const sftr__word *optional = sftr__field_word(field, SFTR__OPTIONAL, 0);
	struct instance below = { field->table(),
				  in->object + field->offset,
				  member_path(f, in, field),
				  NULL,
				  in->scope,
				  false };
	sftr_code code;
	bool exists;

	if (below.path == NULL ||
	    !sftr__presence_choose(&f->presence, field, in->name, &below.name,
				   &exists))
		return no_memory(f);
	below.is_absent = in->is_absent || (optional != NULL && !exists);
	if (field->what != SFTR__NESTED)
		return add_array(f, in, field, &below);
	code = add_bool(f, in, field, optional, exists);
	return code == SFTR_OK ? add_struct(f, &below) : code;
}

/* A scope of its own, if the table declares dimensions. */
static sftr_code
enter_scope(sftr__flat *f, struct instance *in)
{
	bool entered = false;

	for (size_t i = 0; i < in->table->n_fields; i++) {
		const sftr_field *field = &in->table->fields[i];
		sftr__later later = { .kind = SFTR__LATER_DIM };
		sftr_code code;
		size_t dim;

		if (field->what != SFTR__DIM)
			continue;
		if (!entered)
			in->scope = sftr__dims_scope(f->dims, in->scope);
		entered = true;
		dim = in->scope == UINT32_MAX ?
			      SFTR__NO_DIM :
			      sftr__dims_declare(f->dims, in->scope,
						 field->shape,
						 strlen(field->shape));
		if (dim == SFTR__NO_DIM)
			return no_memory(f);
		later.value = dim;
		code = add_later(f, in, field, later);
		if (code != SFTR_OK)
			return code;
	}
	return SFTR_OK;
}

static sftr_code
add_struct(sftr__flat *f, const struct instance *in)
{
	struct instance own = *in;
	sftr_code code = enter_scope(f, &own);

	for (size_t i = 0; i < own.table->n_fields && code == SFTR_OK; i++) {
		const sftr_field *field = &own.table->fields[i];

		if (field->what == SFTR__DIM)
			continue;
		if (own.is_absent && field->what != SFTR__NESTED &&
		    field->what != SFTR__EXACTLY)
			code = clear_field(f, &own, field);
		else if (sftr__field_is_struct(field))
			code = add_below(f, &own, field);
		else
			code = add_slot(f, &own, field);
	}
	return code;
}

sftr_code
sftr__flat_init(sftr__flat *flat, const sftr_table *table, void *object,
		const sftr__offers *offers, sftr__dims *dims, uint64_t room,
		const sftr_allocator *allocator, sftr_error *err)
{
	struct instance top;

	memset(flat, 0, sizeof *flat);
	flat->allocator = *allocator;
	flat->dims = dims;
	flat->err = err;
	flat->room = room;
	sftr__arena_init(&flat->arena, allocator);
	sftr__presence_init(&flat->presence, offers, &flat->arena, allocator);
	sftr__laters_init(&flat->laters, allocator);
	memset(&top, 0, sizeof top);
	top.table = table;
	top.object = object;
	top.path = top.name = "";
	top.scope = sftr__dims_scope(dims, 0);
	if (top.scope == UINT32_MAX)
		return no_memory(flat);
	return add_struct(flat, &top);
}

void
sftr__flat_free(sftr__flat *flat)
{
	const sftr_allocator *a = &flat->allocator;

	while (flat->blocks != NULL) {
		sftr__block *block = flat->blocks;

		flat->blocks = block->next;
		sftr__free(a, block->bytes, block->n_bytes);
		sftr__free(a, block, sizeof *block);
	}
	sftr__free(a, flat->slots, flat->slots_capacity * sizeof *flat->slots);
	sftr__free(a, flat->limits,
		   flat->limits_capacity * sizeof *flat->limits);
	sftr__laters_free(&flat->laters);
	sftr__presence_free(&flat->presence);
	sftr__arena_free(&flat->arena);
	memset(flat, 0, sizeof *flat);
}
