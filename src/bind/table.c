/* SPDX-License-Identifier: MIT */
/* Tables of structs: whether they hold together. */
#include "base/diagnostic.h"
#include "bind/member.h"
#include "bind/slot.h"

#include <string.h>

#define MAX_DEPTH 32

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
		if (w->name == NULL || w->name[0] == '\0')
			return fail(err, table, f, "its name is empty");
		if (sftr__field_is_struct(f) && w->transform != NULL)
			return fail(err, table, f,
				    "the name of a struct has a transform");
		if (is_packed(f) &&
		    (w->transform != NULL || strchr(w->name, '*') != NULL))
			return fail(err, table, f,
				    "elements below a byte cannot be moved");
		if (f->what == SFTR__NESTED && strchr(w->name, '*') != NULL)
			return fail(err, table, f,
				    "a \"*\" in the name of one struct");
	}
	return SFTR_OK;
}

static sftr_code
check_field(const sftr_table *table, const sftr_field *f, sftr_error *err)
{
	sftr_error why;

	for (const sftr_field *g = table->fields; g < f; g++)
		if (f->what != SFTR__DIM && g->what != SFTR__DIM &&
		    strcmp(f->member, g->member) == 0)
			return fail(err, table, f, "it is there twice");
	if (f->what == SFTR__DIM) {
		size_t at = 0;

		if (f->shape == NULL ||
		    sftr__shape_next(f->shape, &at).kind != SFTR__DIM_NAME ||
		    f->shape[at] != '\0' || at > 64)
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

/* Tables are the program's own: so deep is a mistake, not an input. */
static sftr_code
check(const sftr_table *table, unsigned depth, sftr_error *err)
{
	for (size_t i = 0; i < table->n_fields; i++) {
		const sftr_field *f = &table->fields[i];
		sftr_code code = check_field(table, f, err);

		if (code == SFTR_OK && sftr__field_is_struct(f))
			code = depth == MAX_DEPTH ?
				       fail(err, table, f,
					    "structs within structs without "
					    "end") :
				       check(f->table(), depth + 1, err);
		if (code != SFTR_OK)
			return code;
	}
	return SFTR_OK;
}

sftr_code
sftr__table_check(const sftr_table *table, sftr_error *err)
{
	return check(table, 0, err);
}
