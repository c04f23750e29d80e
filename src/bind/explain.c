/* SPDX-License-Identifier: MIT */
#include "bind/explain.h"

#include "base/utf8.h"
#include "bind/slot.h"
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
	else
		sftr__report_add(e->report, SFTR__SHAPE, want->slot.name,
				 &t->name, "file %s; %s", has,
				 match->fault_text);
}

/* A stack has one shape and one dtype, those of its first part. */
static void
explain_odd_part(const sftr__explainer *e, const sftr__want *want,
		 const sftr__match *match)
{
	const sftr_tensor *first = match->parts[0],
			  *odd = match->parts[match->odd_part];
	char has[128], wants[128];

	sftr__shape_text(odd->shape, odd->rank, has, sizeof has);
	sftr__shape_text(first->shape, first->rank, wants, sizeof wants);
	sftr__report_add(e->report, SFTR__SHAPE, want->slot.name, &odd->name,
			 "file %s %s; part %" PRIu64 " of the stack, of which "
			 "part 0 is %s %s",
			 sftr_dtype_name(odd->dtype), has, match->odd_part,
			 sftr_dtype_name(first->dtype), wants);
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
	case SFTR__SHAPE:
		if (match->odd_part != 0)
			explain_odd_part(e, want, match);
		else
			explain_shape(e, want, match);
		break;
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
