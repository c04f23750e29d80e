/* SPDX-License-Identifier: MIT */
#include "bind/match.h"

#include "base/bytes.h"
#include "base/diagnostic.h"
#include "bind/slot.h"
#include "numeric/cast.h"

#include <string.h>

void
sftr__matcher_init(sftr__matcher *m, const sftr_allocator *allocator)
{
	memset(m, 0, sizeof *m);
	sftr__path_buffer_init(&m->path, allocator);
	sftr__key_init(&m->key, allocator);
}

void
sftr__matcher_free(sftr__matcher *m)
{
	sftr__key_free(&m->key);
	sftr__path_buffer_free(&m->path);
}

/* The offer of a name, and for a "*" of its number; *head. */
static sftr_code
find(sftr__matcher *m, const sftr__name *name, uint64_t number, uint32_t *head)
{
	if (name->pattern == NULL) {
		*head = sftr__offers_find(m->offers, name->key.ptr,
					  name->key.len);
		return SFTR_OK;
	}
	if (!sftr__name_key(name, number, &m->path, &m->key))
		return sftr__fail_memory(m->err);
	*head = sftr__offers_find(m->offers, m->key.text, m->key.n);
	return SFTR_OK;
}

static void
set_fault(sftr__match *match, sftr__finding fault)
{
	if (!match->has_fault)
		match->fault = fault;
	match->has_fault = true;
}

/* There is no shape of which to say that it does not fit. */
static void
refuse_parts(sftr__match *match, const char *why)
{
	match->fault_text = why;
	set_fault(match, SFTR__SHAPE);
}

/* Room for the n parts of a slot, which are too many if others had them too. */
static sftr_code
make_room(sftr__matcher *m, const sftr__want *want, uint64_t n,
	  sftr__match *match)
{
	if (n > m->parts_left) {
		sftr__fail(m->err, SFTR_E_LIMIT,
			   "slots take the same tensors over and over");
		sftr__set_key(m->err, want->slot.name.ptr, want->slot.name.len);
		return SFTR_E_LIMIT;
	}
	m->parts_left -= n;
	match->parts =
		sftr__arena_alloc(m->arena, (size_t)n * sizeof *match->parts);
	if (match->parts == NULL)
		return sftr__fail_memory(m->err);
	match->n_parts = n;
	return SFTR_OK;
}

/* Marks what a name stands for as taken, and keeps its tensors. */
static sftr_code
take_chain(sftr__matcher *m, const sftr__want *want, uint32_t head,
	   sftr__match *match)
{
	sftr__offer *first = &m->offers->offers[head];
	bool is_stack = first->rule != NULL && first->rule->transform.is_stack;
	uint64_t n = is_stack ? first->n_chain : 1;
	sftr_code code = make_room(m, want, n, match);

	if (code != SFTR_OK)
		return code;
	match->is_tied = first->is_taken;
	for (uint64_t i = 0; i < n; i++) {
		sftr__offer *o = &m->offers->offers[head];

		match->parts[i] = o->tensor;
		o->is_taken = true;
		head = o->next;
	}
	if (!is_stack && first->next != SFTR__NO_OFFER) {
		sftr__offer *second = &m->offers->offers[first->next];

		match->other = second->tensor->name;
		match->is_ambiguous = true;
		for (; head != SFTR__NO_OFFER;
		     head = m->offers->offers[head].next)
			m->offers->offers[head].is_taken = true;
	}
	return SFTR_OK;
}

/* How many numbers in a row a name with a "*" has. */
static sftr_code
count_parts(sftr__matcher *m, const sftr__name *name, uint64_t *n)
{
	for (*n = 0;; (*n)++) {
		uint32_t head = 0;
		sftr_code code = find(m, name, *n, &head);

		if (code != SFTR_OK || head == SFTR__NO_OFFER)
			return code;
	}
}

static sftr_code
take_numbered(sftr__matcher *m, const sftr__want *want, const sftr__name *name,
	      uint64_t n, sftr__match *match)
{
	const sftr__transform *first = NULL;
	sftr_code code = make_room(m, want, n, match);

	for (uint64_t i = 0; i < n && code == SFTR_OK; i++) {
		const sftr__transform *own = NULL;
		uint32_t head = SFTR__NO_OFFER;
		sftr__offer *o;

		code = find(m, name, i, &head);
		if (code != SFTR_OK)
			return code;
		o = &m->offers->offers[head];
		match->is_tied = match->is_tied || o->is_taken;
		o->is_taken = true;
		match->parts[i] = o->tensor;
		if (o->next != SFTR__NO_OFFER) {
			match->other = m->offers->offers[o->next].tensor->name;
			match->is_ambiguous = true;
		}
		if (o->rule != NULL)
			own = &o->rule->transform;
		if (i == 0)
			first = own;
		if (own != NULL && own->is_stack)
			refuse_parts(match, "a part of the stack is a stack "
					    "itself, by a rule");
		else if (!sftr__transform_turns_as(own, first))
			refuse_parts(match, "rules turn the parts of the stack "
					    "differently");
	}
	return code;
}

/* The first part of another shape or dtype than part 0 has; 0 if none is. */
static uint64_t
find_odd_part(const sftr__match *match)
{
	const sftr_tensor *a = match->parts[0];

	for (uint64_t i = 1; i < match->n_parts; i++) {
		const sftr_tensor *b = match->parts[i];

		if (b->dtype != a->dtype || b->rank != a->rank ||
		    memcmp(a->shape, b->shape, a->rank * sizeof *a->shape) != 0)
			return i;
	}
	return 0;
}

/* The way from the file's dimensions to the slot's. */
static bool
turn(sftr__matcher *m, uint32_t head, const sftr__name *name,
     sftr__match *match)
{
	const sftr__rule *rule = m->offers->offers[head].rule;
	sftr__axes *axes = &match->axes;

	sftr__axes_init(axes, match->parts[0]->rank);
	if (rule != NULL &&
	    (!sftr__axes_turn(axes, &rule->transform) ||
	     (rule->transform.is_stack &&
	      !sftr__axes_stack(axes, rule->transform.stack_axis))))
		return false;
	return sftr__axes_turn(axes, &name->transform) &&
	       (name->pattern == NULL ||
		sftr__axes_stack(axes, name->transform.stack_axis));
}

static sftr_code
set_shape(sftr__matcher *m, sftr__match *match)
{
	const sftr_tensor *t = match->parts[0];
	uint64_t *shape;

	match->rank = match->axes.rank;
	match->shape = t->shape;
	if (match->axes.is_identity)
		return SFTR_OK;
	shape = sftr__arena_alloc(m->arena, match->rank * sizeof *shape);
	if (shape == NULL)
		return sftr__fail_memory(m->err);
	for (uint32_t i = 0; i < match->rank; i++)
		shape[i] = match->axes.from[i] == SFTR__STACK ?
				   match->n_parts :
				   t->shape[match->axes.from[i]];
	match->shape = shape;
	return SFTR_OK;
}

/*
 * Bytes of the result; false if there are more than its place can hold.  What
 * has none is read in parts.
 */
static bool
set_size(sftr__match *match, sftr_place place)
{
	const sftr_tensor *t = match->parts[0];
	uint64_t n = sftr_tensor_n_bytes(t);
	unsigned from = sftr_dtype_bits(t->dtype);
	unsigned to = sftr_dtype_bits(match->dtype);

	if (from != to) /* both are whole bytes: casts know no others */
		n = n / (from / 8);
	if ((from != to && !sftr__mul(n, to / 8, &n)) ||
	    !sftr__mul(n, match->n_parts, &n))
		return false;
	match->n_bytes = n;
	return place == SFTR_PLACE_NONE || sftr__fits_size(n);
}

static sftr_code
judge_dtype(sftr__matcher *m, const sftr__want *want, sftr__match *match)
{
	sftr_dtype from = match->parts[0]->dtype, to = want->slot.dtype;
	bool is_turned = !match->axes.is_identity;

	match->dtype = to == SFTR_DTYPE_NONE ? from : to;
	match->is_converted = match->dtype != from;
	if (match->is_converted && (m->conversion == SFTR_EXACT ||
				    !sftr__cast_defined(match->dtype, from) ||
				    (m->conversion == SFTR_LOSSLESS &&
				     !sftr__cast_lossless(match->dtype, from))))
		set_fault(match, SFTR__DTYPE);
	/* Parts of a byte are moved by no one. */
	if (is_turned && sftr_dtype_bits(from) % 8 != 0)
		set_fault(match, SFTR__SHAPE);
	if (match->has_fault)
		return SFTR_OK;
	if (!set_size(match, want->slot.place)) {
		sftr__fail(m->err, SFTR_E_LIMIT,
			   "takes more memory than this host can address");
		sftr__set_key(m->err, want->slot.name.ptr, want->slot.name.len);
		return SFTR_E_LIMIT;
	}
	return SFTR_OK;
}

static sftr_code
refuse_view(sftr__matcher *m, const sftr_slot *slot, const char *why,
	    sftr__match *match)
{
	if ((slot->flags & SFTR_SLOT_OR_COPY) != 0) {
		match->place = SFTR_PLACE_ALLOC;
		return SFTR_OK;
	}
	match->fault_text = sftr__arena_text(m->arena, why, strlen(why));
	set_fault(match, SFTR__VIEW_REFUSED);
	return match->fault_text == NULL ? sftr__fail_memory(m->err) : SFTR_OK;
}

static sftr_code
judge_place(sftr__matcher *m, const sftr__want *want, sftr__match *match)
{
	const sftr_slot *slot = &want->slot;
	sftr_error why;
	sftr_code code;

	match->place = slot->place;
	if (match->place == SFTR_PLACE_BUFFER &&
	    match->n_bytes > slot->capacity)
		set_fault(match, SFTR__CAPACITY);
	if (match->place != SFTR_PLACE_VIEW)
		return SFTR_OK;
	if (match->is_converted)
		return refuse_view(m, slot, "its dtype is another", match);
	if (!match->axes.is_identity)
		return refuse_view(m, slot, "it is transformed", match);
	code = sftr_checkpoint_view(m->ckpt, match->parts[0], &match->view,
				    &why);
	if (code == SFTR_E_VIEW)
		return refuse_view(m, slot, why.message, match);
	/* No data, or no memory for the mapping: no choice of place helps. */
	if (code != SFTR_OK && m->err != NULL)
		*m->err = why;
	return code;
}

static bool
kind_differs(const sftr_step *a, const sftr_step *b)
{
	return a->kind != SFTR_STEP_NAME && b->kind != SFTR_STEP_NAME &&
	       a->kind != b->kind;
}

/* The want has its steps if kinds are asked for. */
static sftr_code
judge_kinds(sftr__matcher *m, const sftr__want *want, sftr__match *match)
{
	sftr__new_name name;
	sftr_code code;

	if (!m->wants_kinds || want->slot.steps == NULL)
		return SFTR_OK;
	code = sftr__offers_rename(m->offers, match->parts[0], &m->path, &name,
				   m->err);
	if (code != SFTR_OK || want->slot.n_steps != m->path.n_steps)
		return code;
	for (size_t i = 0; i < m->path.n_steps; i++)
		if (kind_differs(&want->slot.steps[i], &m->path.steps[i]))
			match->kinds_differ = true;
	return SFTR_OK;
}

static sftr_code
judge(sftr__matcher *m, const sftr__want *want, uint32_t head,
      const sftr__name *name, sftr__match *match)
{
	sftr_code code;

	if (match->is_ambiguous && !m->takes_first)
		set_fault(match, SFTR__AMBIGUOUS);
	if (match->has_fault)
		return SFTR_OK;
	match->odd_part = find_odd_part(match);
	if (match->odd_part != 0)
		set_fault(match, SFTR__SHAPE);
	else if (!turn(m, head, name, match))
		refuse_parts(match, "the transform is for another rank");
	if (match->has_fault)
		return SFTR_OK;
	code = set_shape(m, match);
	if (code != SFTR_OK)
		return code;
	switch (sftr__slot_fits(&want->slot, match->shape, match->rank,
				m->dims)) {
	case SFTR__FITS: break;
	case SFTR__FITS_NOT: set_fault(match, SFTR__SHAPE); return SFTR_OK;
	case SFTR__FIT_NO_MEMORY: return sftr__fail_memory(m->err);
	}
	code = judge_dtype(m, want, match);
	if (code == SFTR_OK && !match->has_fault)
		code = judge_place(m, want, match);
	if (code == SFTR_OK)
		code = judge_kinds(m, want, match);
	return code;
}

sftr_code
sftr__match_slot(sftr__matcher *m, const sftr__want *want, sftr__match *match)
{
	for (size_t i = 0; i < want->n_names; i++) {
		const sftr__name *name = &want->names[i];
		uint32_t head = SFTR__NO_OFFER;
		sftr_code code = find(m, name, 0, &head);
		uint64_t n = 1;

		if (code != SFTR_OK)
			return code;
		if (head == SFTR__NO_OFFER)
			continue;
		if (name->pattern != NULL)
			code = count_parts(m, name, &n);
		if (code == SFTR_OK)
			code = name->pattern == NULL ?
				       take_chain(m, want, head, match) :
				       take_numbered(m, want, name, n, match);
		if (code == SFTR_OK)
			code = judge(m, want, head, name, match);
		match->is_filled = code == SFTR_OK && !match->has_fault;
		return code;
	}
	match->is_absent = true;
	return SFTR_OK;
}
