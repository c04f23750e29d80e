/* SPDX-License-Identifier: MIT */
/* Tables of structs: whether they hold together. */
#include "base/alloc.h"
#include "base/diagnostic.h"
#include "base/sort.h"
#include "bind/escape.h"
#include "bind/member.h"
#include "bind/slot.h"

#include <string.h>

#define MAX_DEPTH 32

/* Of so many fields each is held against each; more are sorted. */
#define FEW_FIELDS 64

static sftr_code
fail(sftr_error *err, const sftr_table *table, const sftr_field *field,
     const char *why)
{
	sftr__fail(err, SFTR_E_TABLE, "table of %s: %s", table->type, why);
	sftr__set_key(err, field->member, strlen(field->member));
	return SFTR_E_TABLE;
}

/* Several elements share a byte. */
static bool
is_packed(const sftr_field *f)
{
	return f->dtype != SFTR_DTYPE_NONE && sftr_dtype_bits(f->dtype) < 8;
}

/* Of names parted by "|". */
static bool
has_empty_name(const char *names)
{
	sftr_str list = { names, strlen(names) }, name;

	while (sftr__escape_next(&list, '|', &name))
		if (name.len == 0)
			return true;
	return false;
}

static sftr_code
check_words(const sftr_table *table, const sftr_field *f, sftr_error *err)
{
	const sftr__word *w;

	if (sftr__field_word(f, SFTR__OPTIONAL, 1) != NULL)
		return fail(err, table, f, "it is optional twice");
	if (sftr__field_word(f, SFTR__OR_COPY, 0) != NULL &&
	    f->what != SFTR__VIEW)
		return fail(err, table, f, "SFTR_OR_COPY is for views");
	for (size_t i = 0; (w = sftr__field_word(f, SFTR__NAMED, i)) != NULL;
	     i++) {
		if (w->name == NULL || has_empty_name(w->name))
			return fail(err, table, f, "its name is empty");
		if (sftr__escape_is_open(w->name, strlen(w->name)))
			return fail(err, table, f, "its name ends in a \"\\\"");
		if (sftr__field_is_struct(f) && w->transform != NULL)
			return fail(err, table, f,
				    "the name of a struct has a transform");
		if (is_packed(f) &&
		    (w->transform != NULL || sftr__find_star(w->name) != NULL))
			return fail(err, table, f,
				    "elements below a byte cannot be moved");
		if (f->what == SFTR__NESTED && sftr__find_star(w->name) != NULL)
			return fail(err, table, f,
				    "a \"*\" in the name of one struct");
	}
	return SFTR_OK;
}

static bool
is_twin(const sftr_field *a, const sftr_field *b)
{
	return a->what != SFTR__DIM && b->what != SFTR__DIM &&
	       strcmp(a->member, b->member) == 0;
}

static sftr_code
check_field(const sftr_table *table, const sftr_field *f, sftr_error *err)
{
	sftr_error why;

	for (const sftr_field *g = table->fields;
	     g < f && table->n_fields <= FEW_FIELDS; g++)
		if (is_twin(f, g))
			return fail(err, table, f, "it is there twice");
	if (f->what == SFTR__DIM) {
		size_t at = 0;

		if (f->shape == NULL || f->shape[0] == ' ' ||
		    sftr__shape_next(f->shape, &at).kind != SFTR__DIM_NAME ||
		    f->shape[at] != '\0' || at > SFTR__DIM_NAME_MAX)
			return fail(err, table, f,
				    "expected the name of a dimension");
		return SFTR_OK;
	}
	if (!sftr__field_is_struct(f) && f->shape == NULL)
		return fail(err, table, f, "expected a shape, found NULL");
	if (!sftr__field_is_struct(f) &&
	    sftr__shape_check(f->shape, &why) != SFTR_OK)
		return fail(err, table, f, why.message);
	return check_words(table, f, err);
}

/* Dimensions, which may have the name of a member, come last. */
static int
compare(const void *a, const void *b)
{
	const sftr_field *f = a, *g = b;
	int dims = (f->what == SFTR__DIM) - (g->what == SFTR__DIM);

	return dims != 0 ? dims : strcmp(f->member, g->member);
}

/* A generated table may have as many members as a file has names. */
static sftr_code
check_many(const sftr_table *table, const sftr_allocator *a, sftr_error *err)
{
	size_t n = table->n_fields;
	const void **fields = sftr__alloc_zeroed(a, n, 2 * sizeof *fields);
	sftr_code code = SFTR_OK;

	if (fields == NULL)
		return sftr__fail_memory(err);
	for (size_t i = 0; i < n; i++)
		fields[i] = &table->fields[i];
	sftr__sort(fields, fields + n, n, compare);
	for (size_t i = 1; i < n && code == SFTR_OK; i++)
		if (is_twin(fields[i - 1], fields[i]))
			code = fail(err, table, fields[i], "it is there twice");
	sftr__free(a, fields, n * 2 * sizeof *fields);
	return code;
}

/* Tables are the program's own: so deep is a mistake, not an input. */
static sftr_code
check(const sftr_table *table, unsigned depth, const sftr_allocator *a,
      sftr_error *err)
{
	sftr_code code = SFTR_OK;

	if (table->n_fields > FEW_FIELDS)
		code = check_many(table, a, err);
	for (size_t i = 0; i < table->n_fields && code == SFTR_OK; i++) {
		const sftr_field *f = &table->fields[i];

		code = check_field(table, f, err);
		if (code == SFTR_OK && sftr__field_is_struct(f))
			code = depth == MAX_DEPTH ?
				       fail(err, table, f,
					    "structs within structs without "
					    "end") :
				       check(f->table(), depth + 1, a, err);
	}
	return code;
}

sftr_code
sftr__table_check(const sftr_table *table, const sftr_allocator *allocator,
		  sftr_error *err)
{
	sftr_allocator a = sftr__allocator(allocator);

	return check(table, 0, &a, err);
}
