/* SPDX-License-Identifier: MIT */
#include "bind/want.h"

#include "base/alloc.h"
#include "base/diagnostic.h"
#include "bind/slot.h"
#include "names/codec.h"
#include "names/step.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

/* What slots are copied with. */
struct copier {
	sftr__wants *wants;
	sftr_codec codec;
	bool drop_flat;
	bool keep_steps;
	sftr__path_buffer path;
	sftr__key key;
	sftr_error *err;
};

static bool
keep_key(struct copier *c, sftr_str *key)
{
	key->len = c->key.n;
	key->ptr = sftr__arena_text(&c->wants->arena, c->key.text, c->key.n);
	return key->ptr != NULL;
}

static sftr_code
make_key(struct copier *c, const sftr_step *steps, size_t n, sftr_str *key)
{
	c->key.n = 0;
	return sftr__key_add_slot(&c->key, steps, n, c->drop_flat) &&
			       keep_key(c, key) ?
		       SFTR_OK :
		       sftr__fail_memory(c->err);
}

static sftr_code
parse_key(struct copier *c, const char *text, size_t n, sftr_str *key)
{
	sftr_code code;

	sftr__path_buffer_clear(&c->path);
	code = sftr__path_parse_into(c->codec, text, n, &c->path, c->err);
	return code != SFTR_OK ?
		       code :
		       make_key(c, c->path.steps, c->path.n_steps, key);
}

/*
 * The text of a path in messages: as the codec writes it, or if that cannot
 * say it, as the codec that says nearly everything.
 */
static sftr_code
name_of_steps(struct copier *c, const sftr_slot *slot, sftr_str *name)
{
	sftr_codec codecs[] = { c->codec, SFTR_CODEC_P2S_ESC,
				SFTR_CODEC_KEYSTR };

	for (size_t i = 0; i < sizeof codecs / sizeof codecs[0]; i++) {
		sftr_error why;
		sftr_code code =
			sftr__path_text(codecs[i], slot->steps, slot->n_steps,
					&c->wants->arena, name, &why);

		if (code == SFTR_E_CODEC)
			continue;
		if (code != SFTR_OK && c->err != NULL)
			*c->err = why;
		return code;
	}
	name->ptr = "?";
	name->len = 1;
	return SFTR_OK;
}

static sftr_code
keep_pattern(struct copier *c, const char *text, sftr__name *name)
{
	sftr__wants *w = c->wants;
	void *p = w->patterns;
	sftr__pattern *pattern;
	sftr_code code;

	if (!sftr__grow(&w->allocator, &p, &w->patterns_capacity,
			w->n_patterns + 1, sizeof *w->patterns))
		return sftr__fail_memory(c->err);
	w->patterns = p;
	pattern = sftr__arena_alloc(&w->arena, sizeof *pattern);
	if (pattern == NULL)
		return sftr__fail_memory(c->err);
	code = sftr__pattern_parse(text, strlen(text), c->codec, &w->allocator,
				   pattern, c->err);
	if (code != SFTR_OK)
		return code;
	w->patterns[w->n_patterns++] = pattern;
	name->pattern = pattern;
	if (pattern->n_wildcards > 1 ||
	    (pattern->n_wildcards == 1 && pattern->many[0]))
		return sftr__fail(c->err, SFTR_E_ARGUMENT,
				  "name \"%s\": expected one \"*\" at most",
				  text);
	return SFTR_OK;
}

static sftr_code
copy_alias(struct copier *c, const sftr_alias *alias, sftr__name *name)
{
	const char *words = alias->transform != NULL ? alias->transform : "";
	bool has_star;
	const char *due;
	sftr_code code;
	size_t at;

	if (alias->name == NULL)
		return sftr__fail(c->err, SFTR_E_ARGUMENT,
				  "expected a name, found NULL");
	if (!sftr__transform_parse(words, strlen(words), &name->transform, &at,
				   &due))
		return sftr__fail_at(c->err, SFTR_E_ARGUMENT, at,
				     "transform \"%s\": expected %s", words,
				     due);
	if (strpbrk(alias->name, "*\\") == NULL) {
		code = parse_key(c, alias->name, strlen(alias->name),
				 &name->key);
	} else {
		code = keep_pattern(c, alias->name, name);
		/* No "*" but a "\": its one key serves. */
		if (code == SFTR_OK && name->pattern->n_wildcards == 0) {
			if (!sftr__name_key(name, 0, &c->path, &c->key) ||
			    !keep_key(c, &name->key))
				return sftr__fail_memory(c->err);
			name->pattern = NULL;
		}
	}
	has_star = name->pattern != NULL;
	if (code == SFTR_OK && name->transform.is_stack && !has_star)
		return sftr__fail(c->err, SFTR_E_ARGUMENT,
				  "name \"%s\": expected a \"*\" to stack by",
				  alias->name);
	return code;
}

static sftr_code
copy_names(struct copier *c, const sftr_slot *slot, sftr__want *want)
{
	sftr_code code = SFTR_OK;

	want->n_names = slot->n_aliases > 0 ? slot->n_aliases : 1;
	want->names = sftr__arena_alloc(&c->wants->arena,
					want->n_names * sizeof *want->names);
	if (want->names == NULL)
		return sftr__fail_memory(c->err);
	want->names[0].key = want->key;
	for (size_t i = 0; i < slot->n_aliases && code == SFTR_OK; i++)
		code = copy_alias(c, &slot->aliases[i], &want->names[i]);
	return code;
}

static sftr_code
copy_shape(struct copier *c, const sftr_slot *slot, sftr__want *want)
{
	sftr__arena *arena = &c->wants->arena;
	sftr_slot *copy = &want->slot;

	if (slot->shape_text != NULL) {
		sftr_code code = sftr__shape_check(slot->shape_text, c->err);

		if (code != SFTR_OK)
			return code;
		copy->shape_text = sftr__arena_text(arena, slot->shape_text,
						    strlen(slot->shape_text));
		if (copy->shape_text == NULL)
			return sftr__fail_memory(c->err);
		if ((slot->flags & SFTR__SLOT_EXACT) == 0) {
			copy->shape = NULL;
			copy->rank = 0;
			return SFTR_OK;
		}
	}
	if (slot->rank > 0 && slot->shape == NULL)
		return sftr__fail(c->err, SFTR_E_ARGUMENT,
				  "expected %" PRIu32 " extents, found NULL",
				  slot->rank);
	copy->shape = sftr__arena_copy(arena, slot->shape,
				       slot->rank * sizeof *slot->shape);
	return copy->shape == NULL ? sftr__fail_memory(c->err) : SFTR_OK;
}

static sftr_code
check_place(struct copier *c, const sftr_slot *slot)
{
	const char *due = NULL;

	if ((unsigned)slot->place > SFTR_PLACE_NONE)
		due = "a place";
	else if (slot->dtype >= SFTR_N_DTYPES)
		due = "a dtype";
	else if (slot->place == SFTR_PLACE_BUFFER && slot->data == NULL &&
		 slot->capacity > 0)
		due = "memory at 'data'";
	else if ((slot->flags & SFTR_SLOT_OR_COPY) != 0 &&
		 slot->place != SFTR_PLACE_VIEW)
		due = "OR_COPY of views only";
	else if ((slot->flags & SFTR_SLOT_BOOL) != 0 &&
		 slot->dtype != SFTR_BOOL)
		due = "bool to be of dtype BOOL";
	return due == NULL ?
		       SFTR_OK :
		       sftr__fail(c->err, SFTR_E_ARGUMENT, "expected %s", due);
}

/* The steps of the slot's own name, as far as they count, for their kinds. */
static sftr_code
copy_steps(struct copier *c, const sftr_step *steps, size_t n, sftr_slot *copy)
{
	sftr__arena *arena = &c->wants->arena;
	sftr_step *own;

	if (!c->keep_steps)
		return SFTR_OK;
	own = sftr__arena_copy(arena, steps, n * sizeof *steps);
	if (own == NULL)
		return sftr__fail_memory(c->err);
	copy->steps = own;
	copy->n_steps = 0;
	for (size_t i = 0; i < n; i++) {
		sftr_step *step;

		if (c->drop_flat && steps[i].kind == SFTR_STEP_FLAT)
			continue;
		step = &own[copy->n_steps++];
		*step = steps[i];
		if (sftr__step_is_number(step->kind))
			continue;
		step->text.ptr = sftr__arena_text(arena, steps[i].text.ptr,
						  steps[i].text.len);
		if (step->text.ptr == NULL)
			return sftr__fail_memory(c->err);
	}
	return SFTR_OK;
}

static sftr_code
copy_path(struct copier *c, const sftr_slot *slot, sftr_str name,
	  sftr__want *want)
{
	sftr_code code;

	if (slot->steps != NULL) {
		code = make_key(c, slot->steps, slot->n_steps, &want->key);
		return code != SFTR_OK ? code :
					 copy_steps(c, slot->steps,
						    slot->n_steps, &want->slot);
	}
	code = parse_key(c, name.ptr, name.len, &want->key);
	return code != SFTR_OK ? code :
				 copy_steps(c, c->path.steps, c->path.n_steps,
					    &want->slot);
}

static sftr_code
copy_slot(struct copier *c, const sftr_slot *slot, sftr__want *want)
{
	sftr_str name = slot->name;
	sftr_code code = SFTR_OK;

	want->slot = *slot;
	want->slot.steps = NULL;
	want->slot.aliases = NULL;
	if (slot->steps != NULL)
		code = name_of_steps(c, slot, &name);
	if (code == SFTR_OK && name.ptr == NULL)
		code = sftr__fail(c->err, SFTR_E_ARGUMENT,
				  "expected a name or steps");
	if (code != SFTR_OK)
		return code;
	want->slot.name.len = name.len;
	want->slot.name.ptr =
		sftr__arena_text(&c->wants->arena, name.ptr, name.len);
	if (want->slot.name.ptr == NULL)
		return sftr__fail_memory(c->err);
	code = check_place(c, slot);
	if (code == SFTR_OK)
		code = copy_path(c, slot, name, want);
	if (code == SFTR_OK)
		code = copy_names(c, slot, want);
	if (code == SFTR_OK)
		code = copy_shape(c, slot, want);
	if (code != SFTR_OK)
		sftr__set_key(c->err, name.ptr, name.len);
	return code;
}

sftr_code
sftr__wants_init(sftr__wants *wants, const sftr_slot *slots, size_t n,
		 sftr_codec codec, const sftr_bind_options *options,
		 sftr_error *err)
{
	struct copier c;
	sftr_code code = SFTR_OK;

	memset(wants, 0, sizeof *wants);
	wants->allocator = sftr__allocator(options->allocator);
	sftr__arena_init(&wants->arena, &wants->allocator);
	wants->wants =
		sftr__alloc_zeroed(&wants->allocator, n, sizeof *wants->wants);
	if (wants->wants == NULL)
		return sftr__fail_memory(err);
	wants->n = n;
	c.wants = wants;
	c.codec = codec;
	c.drop_flat = options->drop_flat != 0;
	c.keep_steps =
		options->kind == SFTR_REFUSE || options->kind == SFTR_WARN;
	c.err = err;
	sftr__path_buffer_init(&c.path, &wants->allocator);
	sftr__key_init(&c.key, &wants->allocator);
	for (size_t i = 0; i < n && code == SFTR_OK; i++)
		code = copy_slot(&c, &slots[i], &wants->wants[i]);
	sftr__key_free(&c.key);
	sftr__path_buffer_free(&c.path);
	if (code != SFTR_OK)
		sftr__wants_free(wants);
	return code;
}

void
sftr__wants_free(sftr__wants *wants)
{
	const sftr_allocator *a = &wants->allocator;

	for (size_t i = 0; i < wants->n_patterns; i++)
		sftr__pattern_free(wants->patterns[i]);
	sftr__free(a, wants->patterns,
		   wants->patterns_capacity * sizeof *wants->patterns);
	sftr__free(a, wants->wants, wants->n * sizeof *wants->wants);
	sftr__arena_free(&wants->arena);
	memset(wants, 0, sizeof *wants);
}

bool
sftr__name_key(const sftr__name *name, uint64_t number, sftr__path_buffer *path,
	       sftr__key *key)
{
	char decimal[SFTR__DECIMAL];
	int n = snprintf(decimal, sizeof decimal, "%" PRIu64, number);
	sftr__path_reader r = { NULL, 0, path, NULL, SFTR_OK };
	sftr__capture capture = { 0, 0, (size_t)n };

	sftr__path_buffer_clear(path);
	sftr__path_push_text(&r, SFTR_STEP_NAME, decimal, (size_t)n);
	if (r.code != SFTR_OK ||
	    sftr__pattern_fill(name->pattern, &capture, path) != SFTR_OK)
		return false;
	key->n = 0;
	return sftr__key_add(key, path->steps + 1, path->n_steps - 1);
}
