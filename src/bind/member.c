/* SPDX-License-Identifier: MIT */
#include "bind/member.h"

#include "base/bytes.h"
#include "base/diagnostic.h"
#include "bind/escape.h"
#include "bind/slot.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

const sftr__word *
sftr__field_word(const sftr_field *field, int what, size_t i)
{
	const size_t n = sizeof field->words / sizeof field->words[0];

	for (size_t k = 0; k < n; k++)
		if (field->words[k].what == what && i-- == 0)
			return &field->words[k];
	return NULL;
}

const char *
sftr__name_below(sftr__arena *arena, const char *a, const char *b, size_t n)
{
	size_t room = strlen(a) + n + 2;
	char *text = sftr__arena_alloc(arena, room);

	if (text != NULL)
		snprintf(text, room, "%s%s%.*s", a, a[0] != '\0' ? "." : "",
			 (int)n, b);
	return text;
}

const char *
sftr__name_numbered(sftr__arena *arena, const char *name, uint64_t number)
{
	const char *star = sftr__find_star(name);
	size_t n = strlen(name),
	       front = star != NULL ? (size_t)(star - name) : n;
	char *text = sftr__arena_alloc(arena, n + 24);

	if (text != NULL)
		snprintf(text, n + 24, "%.*s%s%" PRIu64 "%s", (int)front, name,
			 star != NULL ? "" : ".", number,
			 star != NULL ? star + 1 : "");
	return text;
}

bool
sftr__field_name(const sftr_field *field, const char *above, size_t k,
		 sftr__arena *arena, const char **name, const char **transform)
{
	const sftr__word *w = sftr__field_word(field, SFTR__NAMED, 0);

	*name = *transform = NULL;
	if (w == NULL && k == 0) {
		*name = sftr__name_below(arena, above, field->member,
					 strlen(field->member));
		return *name != NULL;
	}
	for (size_t i = 1; w != NULL; i++) {
		sftr_str list = { w->name, strlen(w->name) }, text;

		*transform = w->transform;
		while (sftr__escape_next(&list, '|', &text))
			if (k-- == 0) {
				*name = sftr__name_below(arena, above, text.ptr,
							 text.len);
				return *name != NULL;
			}
		w = sftr__field_word(field, SFTR__NAMED, i);
	}
	return true;
}

bool
sftr__field_aliases(const sftr_field *field, const char *above,
		    sftr__arena *arena, const sftr_alias **aliases, size_t *n)
{
	const char *name, *transform;
	sftr_alias *all;

	*n = 0;
	do {
		if (!sftr__field_name(field, above, *n, arena, &name,
				      &transform))
			return false;
		*n += name != NULL;
	} while (name != NULL);
	all = sftr__arena_alloc(arena, *n * sizeof *all);
	for (size_t i = 0; i < *n && all != NULL; i++)
		if (!sftr__field_name(field, above, i, arena, &all[i].name,
				      &all[i].transform))
			return false;
	*aliases = all;
	return all != NULL;
}

bool
sftr__field_integer(const sftr_field *field, const char *object,
		    uint64_t *value)
{
	const char *at = object + field->count;
	uint8_t u8;
	uint16_t u16;
	uint32_t u32;

	switch (field->count_size) {
	case 1:
		memcpy(&u8, at, 1);
		*value = u8;
		break;
	case 2:
		memcpy(&u16, at, 2);
		*value = u16;
		break;
	case 4:
		memcpy(&u32, at, 4);
		*value = u32;
		break;
	default: memcpy(value, at, 8); break;
	}
	return sftr__field_holds(field, *value);
}

bool
sftr__field_holds(const sftr_field *field, uint64_t value)
{
	unsigned bits = (unsigned)field->count_size * 8;

	bits -= field->is_signed != 0;
	return bits == 64 || value >> bits == 0;
}

void
sftr__field_set_integer(const sftr_field *field, char *object, uint64_t value)
{
	char *at = object + field->count;
	uint8_t u8 = (uint8_t)value;
	uint16_t u16 = (uint16_t)value;
	uint32_t u32 = (uint32_t)value;

	switch (field->count_size) {
	case 1: memcpy(at, &u8, 1); break;
	case 2: memcpy(at, &u16, 2); break;
	case 4: memcpy(at, &u32, 4); break;
	default: memcpy(at, &value, 8); break;
	}
}

static sftr_code
refuse(const sftr_slot *slot, const char *why, sftr_error *err)
{
	sftr__fail(err, SFTR_E_ARGUMENT, "%s", why);
	sftr__set_key(err, slot->name.ptr, slot->name.len);
	return SFTR_E_ARGUMENT;
}

sftr_code
sftr__field_place(const sftr_field *field, char *object, sftr__arena *arena,
		  sftr_slot *slot, sftr_error *err)
{
	char *member = object + field->offset;
	uint64_t *extents;
	uint64_t capacity;

	switch (field->what) {
	case SFTR__VIEW: slot->place = SFTR_PLACE_VIEW; break;
	case SFTR__ALLOC: slot->place = SFTR_PLACE_ALLOC; break;
	case SFTR__INTO:
		memcpy(&slot->data, member, sizeof slot->data);
		if (!sftr__field_integer(field, object, &capacity))
			return refuse(slot, "its capacity is negative", err);
		if (!sftr__mul(capacity, field->size, &slot->capacity))
			return refuse(slot, "its capacity is more than memory",
				      err);
		return SFTR_OK;
	default:
		slot->data = member;
		slot->capacity = (uint64_t)field->size * field->n;
		if (field->n_inner == 0)
			return SFTR_OK;
		slot->capacity *= field->n_inner;
		extents = sftr__arena_alloc(arena, 2 * sizeof *extents);
		if (extents == NULL)
			return sftr__fail_memory(err);
		extents[0] = field->n;
		extents[1] = field->n_inner;
		slot->shape = extents;
		slot->rank = 2;
		slot->flags |= SFTR__SLOT_EXACT;
		return SFTR_OK;
	}
	slot->pointer = member;
	return SFTR_OK;
}
