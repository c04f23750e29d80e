/* SPDX-License-Identifier: MIT */
#include "bind/expand.h"

#include "base/alloc.h"
#include "base/diagnostic.h"
#include "bind/escape.h"
#include "bind/member.h"
#include "bind/slot.h"

#include <inttypes.h>
#include <string.h>

/*
 * Names that overlap would make of L names and T tensors L x T slots; who means
 * what the lines say needs a few for each tensor, or each line.  So it is with
 * bytes: a long line is repeated as often as a short one.
 */
#define NAMES_EACH 64
#define NAMES_ANYHOW 1024
#define BYTES_ANYHOW (UINT64_C(1) << 20)

/* A wish whose first stars have become numbers. */
struct item {
	const sftr__wish *wish;
	const sftr_alias *aliases;
	unsigned repeats; /* stars that are still to become numbers */
};

struct expander {
	const sftr__offers *offers;
	sftr__dims *dims;
	sftr_codec codec;
	sftr_allocator allocator;
	sftr__arena *arena;
	sftr_slot *slots;
	size_t n, capacity;
	uint64_t n_names, most_names;
	uint64_t n_bytes, most_bytes; /* of names and shapes */
	sftr__path_buffer path;
	sftr__key key;
	sftr_error *err;
};

static sftr_code
no_memory(struct expander *e)
{
	return sftr__fail_memory(e->err);
}

static unsigned
count_repeats(const sftr_alias *alias)
{
	const char *p = alias->name;
	unsigned n = 0;

	while ((p = sftr__find_star(p)) != NULL) {
		n++;
		p++;
	}
	if (n > 0 && alias->transform != NULL &&
	    strstr(alias->transform, "stack") != NULL)
		n--;
	return n;
}

/* The names with a number for the first star of each; NULL without memory. */
static const sftr_alias *
number_names(struct expander *e, const struct item *item, uint64_t number)
{
	size_t n = item->wish->n_aliases;
	sftr_alias *out = sftr__arena_alloc(e->arena, n * sizeof *out);

	for (size_t i = 0; i < n && out != NULL; i++) {
		const sftr_alias *alias = &item->aliases[i];

		out[i] = *alias;
		if (sftr__find_star(alias->name) != NULL)
			out[i].name = sftr__name_numbered(e->arena, alias->name,
							  number);
		if (out[i].name == NULL)
			return NULL;
	}
	return out;
}

/* Whether a tensor has the name, with 0 for every star that is left. */
static sftr_code
name_exists(struct expander *e, const char *name, bool *exists)
{
	sftr__path_reader r = { NULL, 0, &e->path, NULL, SFTR_OK };
	sftr__capture zeros[SFTR__MAX_CAPTURES];
	sftr__pattern pattern;
	sftr_code code;

	code = sftr__pattern_parse(name, strlen(name), e->codec, &e->allocator,
				   &pattern, e->err);
	if (code != SFTR_OK)
		return code;
	for (size_t i = 0; i < SFTR__MAX_CAPTURES; i++)
		zeros[i] = (sftr__capture){ 0, 0, 1 };
	sftr__path_buffer_clear(&e->path);
	e->key.n = 0;
	sftr__path_push_text(&r, SFTR_STEP_NAME, "0", 1);
	code = r.code;
	if (code == SFTR_OK)
		code = sftr__pattern_fill(&pattern, zeros, &e->path);
	if (code == SFTR_OK &&
	    !sftr__key_add(&e->key, e->path.steps + 1, e->path.n_steps - 1))
		code = SFTR_E_MEMORY;
	sftr__pattern_free(&pattern);
	if (code != SFTR_OK)
		return no_memory(e);
	*exists = *exists || sftr__offers_find(e->offers, e->key.text,
					       e->key.n) != SFTR__NO_OFFER;
	return SFTR_OK;
}

/* The shape without the points that say which names are of this scope. */
static sftr_code
make_shape(struct expander *e, const sftr__wish *wish, uint32_t scope,
	   const char **shape)
{
	size_t n = strlen(wish->shape), len = 0;
	char *out = sftr__arena_alloc(e->arena, n + 1);
	sftr_error why;

	if (out == NULL)
		return no_memory(e);
	for (size_t i = 0; i < n; i++) {
		sftr__token t = { .kind = SFTR__SHAPE_FAULT };
		size_t end = i + 1;

		if (wish->shape[i] == '.' &&
		    (i == 0 || wish->shape[i - 1] == ' '))
			t = sftr__shape_next(wish->shape, &end);
		/* What no name is behind stays, and is a fault. */
		if (t.kind != SFTR__DIM_NAME || t.at != i + 1)
			out[len++] = wish->shape[i];
		else if (sftr__dims_declare(e->dims, scope, t.name, t.n_name) ==
				 SFTR__NO_DIM &&
			 t.n_name <= SFTR__DIM_NAME_MAX)
			return no_memory(e);
	}
	out[len] = '\0';
	*shape = out;
	if (sftr__shape_check(out, &why) == SFTR_OK)
		return SFTR_OK;
	return sftr__fail_at(e->err, SFTR_E_TABLE, wish->shape_at, "%s",
			     why.message);
}

static uint64_t
count_bytes(const sftr__wish *wish, const sftr_alias *aliases)
{
	uint64_t n = strlen(wish->shape);

	for (size_t i = 0; i < wish->n_aliases; i++)
		n += strlen(aliases[i].name);
	return n;
}

static sftr_code
emit(struct expander *e, const struct item *item, uint32_t scope)
{
	void *p = e->slots;
	sftr_slot *slot;

	e->n_names += item->wish->n_aliases;
	e->n_bytes += count_bytes(item->wish, item->aliases);
	if (e->n_names > e->most_names || e->n_bytes > e->most_bytes)
		return sftr__fail_at(
			e->err, SFTR_E_LIMIT, item->wish->names_at,
			"the lines come to more than %" PRIu64 " %s",
			e->n_names > e->most_names ? e->most_names :
						     e->most_bytes,
			e->n_names > e->most_names ? "names" : "bytes");
	if (!sftr__grow(&e->allocator, &p, &e->capacity, e->n + 1,
			sizeof *slot))
		return no_memory(e);
	e->slots = p;
	slot = &e->slots[e->n++];
	memset(slot, 0, sizeof *slot);
	slot->name.ptr = sftr__unescape(e->arena, item->aliases[0].name);
	if (slot->name.ptr == NULL)
		return no_memory(e);
	slot->name.len = strlen(slot->name.ptr);
	slot->aliases = item->aliases;
	slot->n_aliases = item->wish->n_aliases;
	slot->dtype = item->wish->dtype;
	slot->scope = scope;
	slot->flags = item->wish->is_optional ? SFTR_SLOT_OPTIONAL : 0;
	slot->place = SFTR_PLACE_NONE;
	return make_shape(e, item->wish, scope, &slot->shape_text);
}

/* Bytes of the first name up to and with its first star. */
static size_t
front_of(const struct item *item)
{
	const char *name = item->aliases[0].name, *star = sftr__find_star(name);

	return star == NULL ? 0 : (size_t)(star - name) + 1;
}

/* How many items from the first on repeat together. */
static size_t
group_size(const struct item *items, size_t n)
{
	size_t front = front_of(&items[0]), i = 1;

	while (i < n && items[i].repeats > 0 && front_of(&items[i]) == front &&
	       memcmp(items[i].aliases[0].name, items[0].aliases[0].name,
		      front) == 0)
		i++;
	return i;
}

static sftr_code
expand(struct expander *e, const struct item *items, size_t n, uint32_t scope);

/* The next element of a group; *exists is whether the file has any of it. */
static sftr_code
number_group(struct expander *e, const struct item *items, size_t n,
	     uint64_t number, struct item *out, bool *exists)
{
	sftr_code code = SFTR_OK;

	*exists = false;
	for (size_t i = 0; i < n && code == SFTR_OK; i++) {
		out[i] = items[i];
		out[i].repeats--;
		out[i].aliases = number_names(e, &items[i], number);
		if (out[i].aliases == NULL)
			return no_memory(e);
		for (size_t k = 0;
		     k < items[i].wish->n_aliases && code == SFTR_OK; k++)
			code = name_exists(e, out[i].aliases[k].name, exists);
	}
	return code;
}

static sftr_code
expand_group(struct expander *e, const struct item *items, size_t n,
	     uint32_t scope)
{
	sftr_code code = SFTR_OK;
	bool exists = true;

	for (uint64_t i = 0; code == SFTR_OK; i++) {
		struct item *element =
			sftr__arena_alloc(e->arena, n * sizeof *element);
		uint32_t inner;

		if (element == NULL)
			return no_memory(e);
		code = number_group(e, items, n, i, element, &exists);
		/* Those of number 0 are missing, if all are. */
		if (code != SFTR_OK || (!exists && i > 0))
			return code;
		inner = sftr__dims_scope(e->dims, scope);
		if (inner == UINT32_MAX)
			return no_memory(e);
		code = expand(e, element, n, inner);
	}
	return code;
}

/* As deep as there are stars in a name: at most SFTR__MAX_CAPTURES. */
static sftr_code
expand(struct expander *e, const struct item *items, size_t n, uint32_t scope)
{
	sftr_code code = SFTR_OK;

	for (size_t i = 0; i < n && code == SFTR_OK;) {
		size_t group = 1;

		if (items[i].repeats == 0) {
			code = emit(e, &items[i], scope);
		} else {
			group = group_size(items + i, n - i);
			code = expand_group(e, items + i, group, scope);
		}
		i += group;
	}
	return code;
}

static sftr_code
check_name(struct expander *e, const sftr__wish *wish, const char *name)
{
	sftr__pattern pattern;
	sftr_error why;
	sftr_code code = sftr__pattern_parse(name, strlen(name), e->codec,
					     &e->allocator, &pattern, &why);

	if (code == SFTR_E_MEMORY)
		return no_memory(e);
	for (size_t i = 0; code == SFTR_OK && i < pattern.n_wildcards; i++)
		if (pattern.many[i])
			code = sftr__fail(&why, SFTR_E_TABLE,
					  "expected \"*\", found \"**\"");
	sftr__pattern_free(&pattern);
	if (code == SFTR_OK)
		return code;
	sftr__fail_at(e->err, SFTR_E_TABLE, wish->names_at, "%s", why.message);
	sftr__set_key(e->err, name, strlen(name));
	return SFTR_E_TABLE;
}

/*
 * Each name of a line is numbered alike: one with a star less would be there
 * for every number, and there would be no end.
 */
static sftr_code
check_names(struct expander *e, const sftr__wish *wish, unsigned *n)
{
	sftr_code code = SFTR_OK;

	*n = count_repeats(&wish->aliases[0]);
	for (size_t i = 0; i < wish->n_aliases && code == SFTR_OK; i++) {
		unsigned other = count_repeats(&wish->aliases[i]);

		code = check_name(e, wish, wish->aliases[i].name);
		if (code == SFTR_OK && other != *n)
			code = sftr__fail_at(e->err, SFTR_E_TABLE,
					     wish->names_at,
					     "expected as many stars to repeat "
					     "in each name, found %u and %u",
					     *n, other);
	}
	return code;
}

static sftr_code
expand_all(struct expander *e, const sftr__wishes *wishes)
{
	size_t n = wishes->n;
	struct item *items = sftr__arena_alloc(e->arena, n * sizeof *items);
	uint32_t top = sftr__dims_scope(e->dims, 0);
	sftr_code code;

	if (items == NULL || top == UINT32_MAX)
		return no_memory(e);
	for (size_t i = 0; i < n; i++) {
		items[i].wish = &wishes->wishes[i];
		items[i].aliases = wishes->wishes[i].aliases;
		code = check_names(e, items[i].wish, &items[i].repeats);
		if (code != SFTR_OK)
			return code;
	}
	return expand(e, items, n, top);
}

static void
set_limits(struct expander *e, const sftr__wishes *wishes)
{
	uint64_t n = 0;

	for (size_t i = 0; i < e->offers->n; i++)
		n += e->offers->offers[i].tensor->name.len;
	for (size_t i = 0; i < wishes->n; i++)
		n += count_bytes(&wishes->wishes[i], wishes->wishes[i].aliases);
	e->most_names = NAMES_EACH * ((uint64_t)e->offers->n + wishes->n) +
			NAMES_ANYHOW;
	e->most_bytes = NAMES_EACH * n + BYTES_ANYHOW;
}

sftr_code
sftr__wishes_bind(sftr__wishes *wishes, const sftr_checkpoint *ckpt,
		  const sftr_bind_options *options, sftr_binding **binding,
		  sftr_error *err)
{
	struct expander e = { .allocator = wishes->allocator,
			      .arena = &wishes->arena,
			      .codec = options->slot_codec,
			      .err = err };
	sftr__binding_setup setup;
	sftr_code code;

	if (e.codec == SFTR_CODEC_GUESS)
		e.codec = SFTR_CODEC_DOTTED;
	code = sftr__binding_setup_init(&setup, ckpt, options, e.codec, err);
	if (code != SFTR_OK)
		return code;
	e.offers = &setup.offers;
	e.dims = &setup.dims;
	set_limits(&e, wishes);
	sftr__path_buffer_init(&e.path, &e.allocator);
	sftr__key_init(&e.key, &e.allocator);
	code = expand_all(&e, wishes);
	if (code == SFTR_OK) {
		setup.slots = e.slots;
		setup.n_slots = e.n;
		code = sftr__binding_new(&setup, binding, err);
	}
	sftr__free(&e.allocator, e.slots, e.capacity * sizeof *e.slots);
	sftr__key_free(&e.key);
	sftr__path_buffer_free(&e.path);
	sftr__binding_setup_free(&setup);
	return code;
}
