/* SPDX-License-Identifier: MIT */
#include "bind/presence.h"

#include "bind/escape.h"
#include "names/codec.h"

#include <string.h>

void
sftr__presence_init(sftr__presence *p, const sftr__offers *offers,
		    sftr__arena *arena, const sftr_allocator *allocator)
{
	p->offers = offers;
	p->arena = arena;
	sftr__path_buffer_init(&p->path, allocator);
	sftr__key_init(&p->key, allocator);
}

void
sftr__presence_free(sftr__presence *p)
{
	sftr__key_free(&p->key);
	sftr__path_buffer_free(&p->path);
}

bool
sftr__presence_key(sftr__presence *p, const char *name, bool *is_path)
{
	sftr_code code;

	name = sftr__unescape(p->arena, name);
	if (name == NULL)
		return false;
	sftr__path_buffer_clear(&p->path);
	p->key.n = 0;
	code = sftr__path_parse_into(SFTR_CODEC_DOTTED, name, strlen(name),
				     &p->path, NULL);
	*is_path = code == SFTR_OK;
	if (code != SFTR_OK)
		return code == SFTR_E_PATH;
	return sftr__key_add(&p->key, p->path.steps, p->path.n_steps);
}

/* Whether a tensor has this name; with a "*" in it, whether it has number 0. */
static bool
name_exists(sftr__presence *p, const char *name, bool *exists)
{
	bool is_path;

	if (sftr__find_star(name) != NULL)
		name = sftr__name_numbered(p->arena, name, 0);
	if (name == NULL || !sftr__presence_key(p, name, &is_path))
		return false;
	/* What is no path is no name of a tensor; sftr__wants_init tells. */
	*exists = is_path && sftr__offers_find(p->offers, p->key.text,
					       p->key.n) != SFTR__NO_OFFER;
	return true;
}

static bool
struct_exists(sftr__presence *p, const sftr_table *table, const char *name,
	      bool *exists);

/* The same of a field's struct, or of the first of its array. */
static bool
below_exists(sftr__presence *p, const sftr_field *field, const char *name,
	     bool *exists)
{
	if (field->what != SFTR__NESTED)
		name = sftr__name_numbered(p->arena, name, 0);
	return name != NULL && struct_exists(p, field->table(), name, exists);
}

/* Whether there is a tensor for a field, or below it. */
static bool
field_exists(sftr__presence *p, const sftr_field *field, const char *above,
	     bool *exists)
{
	const char *name, *transform;

	for (size_t k = 0; !*exists; k++) {
		if (!sftr__field_name(field, above, k, p->arena, &name,
				      &transform))
			return false;
		if (name == NULL)
			return true;
		if (sftr__field_is_struct(field) ?
			    !below_exists(p, field, name, exists) :
			    !name_exists(p, name, exists))
			return false;
	}
	return true;
}

/* Tables nest as a program wrote them: no file decides how deep. */
static bool
struct_exists(sftr__presence *p, const sftr_table *table, const char *name,
	      bool *exists)
{
	*exists = false;
	for (size_t i = 0; i < table->n_fields && !*exists; i++)
		if (table->fields[i].what != SFTR__DIM &&
		    !field_exists(p, &table->fields[i], name, exists))
			return false;
	return true;
}

bool
sftr__presence_choose(sftr__presence *p, const sftr_field *field,
		      const char *above, const char **name, bool *exists)
{
	const char *other, *transform;

	*exists = false;
	if (!sftr__field_name(field, above, 0, p->arena, name, &transform))
		return false;
	other = *name;
	for (size_t k = 1; other != NULL; k++) {
		if (!below_exists(p, field, other, exists))
			return false;
		if (*exists) {
			*name = other;
			return true;
		}
		if (!sftr__field_name(field, above, k, p->arena, &other,
				      &transform))
			return false;
	}
	return true;
}

bool
sftr__presence_count(sftr__presence *p, const sftr_field *field,
		     const char *name, uint64_t most, uint64_t *count)
{
	bool exists = true;

	for (*count = 0; *count < most; (*count)++) {
		const char *element =
			sftr__name_numbered(p->arena, name, *count);

		if (element == NULL ||
		    !struct_exists(p, field->table(), element, &exists))
			return false;
		if (!exists)
			break;
	}
	return true;
}
