/* SPDX-License-Identifier: MIT */
#include "bind/hint.h"

#include "base/alloc.h"
#include "base/utf8.h"
#include "names/codec.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

/* Hints are for people: so many prefixes are tried, and no more. */
#define MAX_TRIED 8

/* A prefix, as keys have it and as a person writes it. */
struct prefix {
	sftr_str key;
	char text[80];
	bool in_file; /* names of the file have it, those of slots have not */
};

static bool
ends_with(sftr_str key, sftr_str end)
{
	return key.len > end.len && key.ptr[key.len - end.len - 1] == '\0' &&
	       memcmp(key.ptr + key.len - end.len, end.ptr, end.len) == 0;
}

static const sftr__want *
next_missing(const sftr__explainer *e, size_t *i)
{
	for (; *i < e->wants->n; (*i)++) {
		const sftr__want *w = &e->wants->wants[*i];

		if (e->matches[*i].is_absent && w->names[0].pattern == NULL &&
		    (w->slot.flags & SFTR_SLOT_OPTIONAL) == 0)
			return &e->wants->wants[(*i)++];
	}
	return NULL;
}

/* Whether every missing name is there with the prefix, or without it. */
static sftr_code
explains_all(const sftr__explainer *e, const struct prefix *p, sftr__key *key,
	     bool *explains, sftr_error *err)
{
	const sftr__want *w;

	*explains = false;
	for (size_t i = 0; (w = next_missing(e, &i)) != NULL;) {
		sftr_str name = w->names[0].key;
		uint32_t at;
		void *room = key->text;

		if (!sftr__grow(&key->allocator, &room, &key->capacity,
				p->key.len + name.len, 1))
			return sftr__fail_memory(err);
		key->text = room;
		key->n = 0;
		if (p->in_file) {
			memcpy(key->text, p->key.ptr, p->key.len);
			memcpy(key->text + p->key.len, name.ptr, name.len);
			key->n = p->key.len + name.len;
		} else if (name.len > p->key.len &&
			   memcmp(name.ptr, p->key.ptr, p->key.len) == 0) {
			key->n = name.len - p->key.len;
			memcpy(key->text, name.ptr + p->key.len, key->n);
		} else {
			return SFTR_OK;
		}
		at = sftr__offers_find(e->offers, key->text, key->n);
		if (at == SFTR__NO_OFFER || e->offers->offers[at].is_taken)
			return SFTR_OK;
	}
	*explains = true;
	return SFTR_OK;
}

/*
 * The front of a name's text that leaves, as the codec reads it, a path of this
 * key: as long as possible, so that it has the separator.
 */
static void
cut_text(sftr_str name, sftr_codec codec, sftr_str rest, struct prefix *p,
	 sftr__path_buffer *path, sftr__key *key)
{
	size_t best = 0;

	for (size_t cut = 1; cut < name.len && cut < sizeof p->text; cut++) {
		sftr__path_buffer_clear(path);
		key->n = 0;
		if (sftr__path_parse_into(codec, name.ptr + cut, name.len - cut,
					  path, NULL) == SFTR_OK &&
		    sftr__key_add(key, path->steps, path->n_steps) &&
		    key->n == rest.len &&
		    memcmp(key->text, rest.ptr, rest.len) == 0)
			best = cut;
	}
	sftr__utf8_print(name.ptr, best, p->text, sizeof p->text);
}

/* A prefix by which a missing name and a tensor's differ. */
static bool
differ_by(const sftr__explainer *e, const sftr__want *w, const sftr__offer *o,
	  struct prefix *p, sftr__path_buffer *path, sftr__key *key)
{
	sftr_str name = w->names[0].key;

	if (ends_with(o->key, name)) {
		p->in_file = true;
		p->key.ptr = o->key.ptr;
		p->key.len = o->key.len - name.len;
		cut_text(o->tensor->name, e->offers->codec, name, p, path, key);
		return p->text[0] != '\0';
	}
	if (ends_with(name, o->key)) {
		p->in_file = false;
		p->key.ptr = name.ptr;
		p->key.len = name.len - o->key.len;
		cut_text(w->slot.name, e->slot_codec, o->key, p, path, key);
		return p->text[0] != '\0';
	}
	return false;
}

static void
tell_prefix(const sftr__explainer *e, const struct prefix *p)
{
	sftr_report *r = &e->report->counts;

	if (!p->in_file)
		snprintf(r->hint, sizeof r->hint,
			 "the file has the %" PRIu64 " missing names without "
			 "the prefix \"%s\"",
			 r->n_missing, p->text);
	else if (r->n_missing == r->n_unexpected)
		snprintf(r->hint, sizeof r->hint,
			 "the %" PRIu64 " missing and %" PRIu64 " unexpected "
			 "names differ only by the prefix \"%s\"; strip it",
			 r->n_missing, r->n_unexpected, p->text);
	else
		snprintf(r->hint, sizeof r->hint,
			 "the file has the %" PRIu64 " missing names behind "
			 "the prefix \"%s\"; strip it",
			 r->n_missing, p->text);
}

sftr_code
sftr__hint_prefix(const sftr__explainer *e, sftr_error *err)
{
	size_t first = 0, n_tried = 0;
	const sftr__want *w = next_missing(e, &first);
	sftr__path_buffer path;
	sftr_code code = SFTR_OK;
	bool found = false;
	sftr__key key;

	if (w == NULL)
		return SFTR_OK;
	sftr__path_buffer_init(&path, &e->offers->allocator);
	sftr__key_init(&key, &e->offers->allocator);
	for (size_t i = 0; i < e->offers->n && n_tried < MAX_TRIED && !found &&
			   code == SFTR_OK;
	     i++) {
		const sftr__offer *o = &e->offers->offers[i];
		struct prefix p;

		if (o->is_taken || o->key.ptr == NULL ||
		    !differ_by(e, w, o, &p, &path, &key))
			continue;
		n_tried++;
		code = explains_all(e, &p, &key, &found, err);
		if (found)
			tell_prefix(e, &p);
	}
	sftr__key_free(&key);
	sftr__path_buffer_free(&path);
	return code;
}

void
sftr__hint_rule(const sftr__explainer *e)
{
	sftr_report *r = &e->report->counts;
	const sftr__rules *rules = &e->offers->rules;

	for (size_t i = 0; i < rules->n && r->hint[0] == '\0'; i++)
		if (!rules->rules[i].is_used && !rules->rules[i].is_drop)
			snprintf(r->hint, sizeof r->hint,
				 "the rule of line %u applies to no tensor",
				 rules->rules[i].line);
}
