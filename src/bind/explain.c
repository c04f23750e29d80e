/* SPDX-License-Identifier: MIT */
#include "bind/explain.h"

#include "base/alloc.h"
#include "base/utf8.h"
#include "bind/slot.h"
#include "names/codec.h"
#include "numeric/cast.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

/* Hints are for people: so many names are compared, and no more. */
#define MAX_COMPARED 1024
#define MAX_NEAR_NAMES 64
#define MAX_APART 8

static const char *
dtype_text(sftr_dtype dtype)
{
	return dtype == SFTR_DTYPE_NONE ? "any" : sftr_dtype_name(dtype);
}

/* Edit distance of two short texts. */
static size_t
distance(const char *a, size_t n_a, const char *b, size_t n_b)
{
	size_t row[MAX_APART + 1];

	for (size_t j = 0; j <= n_b; j++)
		row[j] = j;
	for (size_t i = 1; i <= n_a; i++) {
		size_t diagonal = row[0];

		row[0] = i;
		for (size_t j = 1; j <= n_b; j++) {
			size_t best = diagonal + (a[i - 1] != b[j - 1]);

			diagonal = row[j];
			if (row[j] + 1 < best)
				best = row[j] + 1;
			if (row[j - 1] + 1 < best)
				best = row[j - 1] + 1;
			row[j] = best;
		}
	}
	return row[n_b];
}

static bool
is_number(const char *text, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (text[i] < '0' || text[i] > '9')
			return false;
	return true;
}

/*
 * How far two keys are apart, SIZE_MAX if not near.  Names that differ only in
 * a number are other layers, and no slip of the pen.
 */
static size_t
apart(sftr_str a, sftr_str b)
{
	size_t begin = 0, end = 0, n_a, n_b, n;

	while (begin < a.len && begin < b.len && a.ptr[begin] == b.ptr[begin])
		begin++;
	while (end < a.len - begin && end < b.len - begin &&
	       a.ptr[a.len - 1 - end] == b.ptr[b.len - 1 - end])
		end++;
	n_a = a.len - begin - end;
	n_b = b.len - begin - end;
	if (n_a > MAX_APART || n_b > MAX_APART ||
	    (is_number(a.ptr + begin, n_a) && is_number(b.ptr + begin, n_b)))
		return SIZE_MAX;
	n = distance(a.ptr + begin, n_a, b.ptr + begin, n_b);
	return n <= 2 || n <= a.len / 4 ? n : SIZE_MAX;
}

/* The tensor nobody took whose name is nearest to a slot's; NULL if none is. */
static const sftr_tensor *
nearest(const sftr__explainer *e, sftr_str key)
{
	size_t best = SIZE_MAX, n = 0;
	const sftr_tensor *t = NULL;

	for (size_t i = 0; i < e->offers->n && n < MAX_COMPARED; i++) {
		const sftr__offer *o = &e->offers->offers[i];
		size_t far;

		if (o->is_taken || o->key.ptr == NULL)
			continue;
		n++;
		far = apart(key, o->key);
		if (far < best) {
			best = far;
			t = o->tensor;
		}
	}
	return t;
}

static void
explain_missing(const sftr__explainer *e, const sftr__want *want)
{
	const sftr_slot *slot = &want->slot;
	const sftr_tensor *near = NULL;
	char shape[64], name[80] = "";

	if ((slot->flags & SFTR_SLOT_OPTIONAL) != 0)
		return;
	sftr__slot_shape_text(slot, e->dims, true, shape, sizeof shape);
	if (e->report->counts.n_missing < MAX_NEAR_NAMES)
		near = nearest(e, want->names[0].pattern == NULL ?
					  want->names[0].key :
					  want->key);
	if (near != NULL)
		sftr__utf8_print(near->name.ptr, near->name.len, name,
				 sizeof name);
	sftr__report_add(e->report, SFTR__MISSING, slot->name,
			 near != NULL ? &near->name : NULL, "%s %s%s%s",
			 dtype_text(slot->dtype), shape,
			 near != NULL ? "; near: " : "", name);
}

/* Whether the slot would take the shape turned round. */
static bool
transpose_fits(const sftr__explainer *e, const sftr__want *want,
	       const sftr__match *match)
{
	uint64_t turned[SFTR__MAX_AXES];

	if (match->rank < 2 || match->rank > SFTR__MAX_AXES)
		return false;
	for (uint32_t i = 0; i < match->rank; i++)
		turned[i] = match->shape[match->rank - 1 - i];
	return sftr__slot_would_fit(&want->slot, turned, match->rank, e->dims);
}

static void
explain_shape(const sftr__explainer *e, const sftr__want *want,
	      const sftr__match *match)
{
	const sftr_tensor *t = match->parts[0];
	char has[64], wants[80];

	sftr__slot_shape_text(&want->slot, e->dims, false, wants, sizeof wants);
	if (match->shape != NULL)
		sftr__shape_text(match->shape, match->rank, has, sizeof has);
	else
		sftr__shape_text(t->shape, t->rank, has, sizeof has);
	if (match->shape != NULL && sftr_dtype_bits(t->dtype) % 8 != 0 &&
	    !match->axes.is_identity)
		sftr__report_add(e->report, SFTR__SHAPE, want->slot.name,
				 &t->name,
				 "file %s %s; parts of a byte cannot "
				 "be moved",
				 sftr_dtype_name(t->dtype), has);
	else if (match->shape != NULL)
		sftr__report_add(e->report, SFTR__SHAPE, want->slot.name,
				 &t->name, "file %s; wants %s%s", has, wants,
				 transpose_fits(e, want, match) ?
					 "; its transpose fits" :
					 "");
	else if (match->n_parts > 1)
		sftr__report_add(e->report, SFTR__SHAPE, want->slot.name,
				 &t->name,
				 "file %s; the %" PRIu64 " parts of "
				 "the stack differ in shape or dtype",
				 has, match->n_parts);
	else
		sftr__report_add(e->report, SFTR__SHAPE, want->slot.name,
				 &t->name,
				 "file %s; the transform is for "
				 "another rank",
				 has);
}

static void
explain_dtype(const sftr__explainer *e, const sftr__want *want,
	      const sftr__match *match)
{
	sftr_dtype from = match->parts[0]->dtype, to = want->slot.dtype;
	const char *hint = "there is no conversion";

	if (sftr__cast_defined(to, from))
		hint = sftr__cast_lossless(to, from) ?
			       "a lossless conversion would do" :
			       "a lossy conversion would do";
	sftr__report_add(e->report, SFTR__DTYPE, want->slot.name,
			 &match->parts[0]->name, "file %s; wants %s; %s",
			 sftr_dtype_name(from), sftr_dtype_name(to), hint);
}

static void
explain_fault(const sftr__explainer *e, const sftr__want *want,
	      const sftr__match *match)
{
	const sftr_slot *slot = &want->slot;

	switch (match->fault) {
	case SFTR__SHAPE: explain_shape(e, want, match); break;
	case SFTR__DTYPE: explain_dtype(e, want, match); break;
	case SFTR__CAPACITY:
		sftr__report_add(e->report, SFTR__CAPACITY, slot->name,
				 &match->parts[0]->name,
				 "file %" PRIu64 " bytes; the memory holds "
				 "%" PRIu64,
				 match->n_bytes, slot->capacity);
		break;
	case SFTR__VIEW_REFUSED:
		sftr__report_add(e->report, SFTR__VIEW_REFUSED, slot->name,
				 &match->parts[0]->name, "%s",
				 match->fault_text);
		break;
	case SFTR__OVERLAP:
		sftr__report_add(e->report, SFTR__OVERLAP, slot->name,
				 &match->other,
				 "its memory is also that of "
				 "another slot");
		break;
	default: break;
	}
}

static void
explain_notes(const sftr__explainer *e, const sftr__want *want,
	      const sftr__match *match)
{
	const sftr_tensor *t = match->parts[0];

	if (match->kinds_differ)
		sftr__report_add(e->report, SFTR__KIND, want->slot.name,
				 &t->name, "step kinds differ");
	if (match->is_tied)
		sftr__report_add(e->report, SFTR__TIED, want->slot.name,
				 &t->name, "its tensor fills another slot too");
	if (match->is_filled && match->is_converted)
		sftr__report_add(e->report, SFTR__CONVERTED, want->slot.name,
				 &t->name, "file %s; becomes %s",
				 sftr_dtype_name(t->dtype),
				 sftr_dtype_name(match->dtype));
}

void
sftr__explain_slot(const sftr__explainer *e, size_t i)
{
	const sftr__want *want = &e->wants->wants[i];
	const sftr__match *match = &e->matches[i];

	sftr__report_tensor(e->report,
			    match->n_parts > 0 ? match->parts[0] : NULL);
	if (match->is_absent) {
		explain_missing(e, want);
		return;
	}
	if (match->is_ambiguous)
		sftr__report_add(e->report, SFTR__AMBIGUOUS, want->slot.name,
				 &match->other,
				 "file has it twice, under other "
				 "step kinds");
	if (match->has_fault)
		explain_fault(e, want, match);
	if (match->n_parts > 0)
		explain_notes(e, want, match);
}

/* Whether a key's step is a number of n and more. */
static bool
is_behind(const char *step, uint64_t n)
{
	uint64_t v = 0;

	if (*step == '\0')
		return false;
	for (; *step != '\0'; step++) {
		if (*step < '0' || *step > '9')
			return false;
		if (v < n)
			v = v * 10 + (uint64_t)(*step - '0');
	}
	return v >= n;
}

/* The array of structs that the tensor lies behind the end of, or NULL. */
static const sftr__array_limit *
limit_of(const sftr__explainer *e, sftr_str key)
{
	for (size_t i = 0; i < e->n_limits; i++) {
		const sftr__array_limit *l = &e->limits[i];

		if (key.len > l->key.len &&
		    memcmp(key.ptr, l->key.ptr, l->key.len) == 0 &&
		    is_behind(key.ptr + l->key.len, l->n))
			return l;
	}
	return NULL;
}

void
sftr__explain_unexpected(const sftr__explainer *e)
{
	for (size_t i = 0; i < e->offers->n && !e->report->stopped; i++) {
		const sftr__offer *o = &e->offers->offers[i];
		const sftr__array_limit *limit = NULL;
		char shape[64], hint[160] = "";

		if (o->is_taken || o->key.ptr == NULL)
			continue;
		if (e->report->counts.n_unexpected < MAX_NEAR_NAMES)
			limit = limit_of(e, o->key);
		if (limit != NULL)
			snprintf(hint, sizeof hint, "; %s holds %" PRIu64,
				 limit->name, limit->n);
		sftr__shape_text(o->tensor->shape, o->tensor->rank, shape,
				 sizeof shape);
		sftr__report_tensor(e->report, o->tensor);
		sftr__report_add(e->report, SFTR__UNEXPECTED, o->tensor->name,
				 NULL, "%s %s%s",
				 sftr_dtype_name(o->tensor->dtype), shape,
				 hint);
	}
}

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
sftr__explain_all(const sftr__explainer *e, sftr_error *err)
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
	for (size_t i = 0;
	     i < e->offers->n && n_tried < 8 && !found && code == SFTR_OK;
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
