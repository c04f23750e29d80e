/* SPDX-License-Identifier: MIT */
#include "bind/binding.h"

#include "base/alloc.h"
#include "base/diagnostic.h"
#include "base/sort.h"
#include "bind/hint.h"
#include "bind/overlap.h"

#include <string.h>

/* Slots of one name are two wishes for one tensor: no one can tell them apart. */
static sftr_code
find_twins(sftr_binding *b, sftr__findings_report *report, sftr_error *err)
{
	sftr__wants *w = &b->wants;
	const sftr_allocator *a = &b->allocator;
	sftr__index index;
	sftr_code code = SFTR_OK;

	if (w->n > SFTR__INDEX_MAX)
		return sftr__fail(err, SFTR_E_LIMIT, "too many slots");
	if (!sftr__index_init(&index, a, w->n, sizeof *w->wants))
		return sftr__fail_memory(err);
	for (size_t i = 0; i < w->n && code == SFTR_OK; i++) {
		uint32_t before;
		sftr_str key = w->wants[i].key;

		if (!sftr__index_add(&index, a, w->wants, (uint32_t)i,
				     sftr__index_hash(key.ptr, key.len),
				     &before))
			code = sftr__fail_memory(err);
		else if (before != SFTR__NO_PLACE)
			sftr__report_add(report, SFTR__AMBIGUOUS,
					 w->wants[i].slot.name,
					 &w->wants[before].slot.name,
					 "two slots have this name");
	}
	sftr__index_free(&index, a);
	return code;
}

/* A part that is to be sorted. */
struct part {
	const sftr_tensor *tensor;
	sftr__order order;
};

static int
compare_parts(const void *a, const void *b)
{
	const struct part *x = a, *y = b;

	if (x->tensor->file != y->tensor->file)
		return x->tensor->file < y->tensor->file ? -1 : 1;
	return x->tensor->begin < y->tensor->begin ?
		       -1 :
		       x->tensor->begin > y->tensor->begin;
}

static bool
is_read(const sftr__match *m)
{
	return m->is_filled && m->n_bytes > 0 &&
	       (m->place == SFTR_PLACE_BUFFER || m->place == SFTR_PLACE_ALLOC);
}

static size_t
list_parts(const sftr_binding *b, struct part *parts)
{
	size_t n = 0;

	for (size_t i = 0; i < b->wants.n; i++) {
		const sftr__match *m = &b->matches[i];

		for (uint64_t p = 0; is_read(m) && p < m->n_parts; p++, n++) {
			if (parts == NULL)
				continue;
			parts[n].tensor = m->parts[p];
			parts[n].order.slot = (uint32_t)i;
			parts[n].order.part = (uint32_t)p;
		}
	}
	return n;
}

static sftr_code
sort_parts(sftr_binding *b, sftr_error *err)
{
	const sftr_allocator *a = &b->allocator;
	size_t n = list_parts(b, NULL);
	struct part *parts = sftr__alloc(a, n * sizeof *parts);
	const void **items = sftr__alloc(a, n * 2 * sizeof *items);
	sftr_code code = SFTR_OK;

	b->order = sftr__alloc(a, n * sizeof *b->order);
	if (parts == NULL || items == NULL || b->order == NULL) {
		code = sftr__fail_memory(err);
	} else {
		list_parts(b, parts);
		for (size_t i = 0; i < n; i++)
			items[i] = &parts[i];
		sftr__sort(items, items + n, n, compare_parts);
		for (size_t i = 0; i < n; i++)
			b->order[i] = ((const struct part *)items[i])->order;
	}
	b->n_order = n;
	sftr__free(a, items, n * 2 * sizeof *items);
	sftr__free(a, parts, n * sizeof *parts);
	return code;
}

/*
 * Of L slots and T tensors stacks could have L x T parts; as they are meant they
 * share few.
 */
#define PARTS_EACH 64
#define PARTS_ANYHOW 1024

static sftr_code
match_all(sftr_binding *b, sftr__binding_setup *setup,
	  sftr__findings_report *report, sftr_error *err)
{
	sftr__matcher m;
	sftr_code code = SFTR_OK;

	sftr__matcher_init(&m, &b->allocator);
	m.offers = &setup->offers;
	m.dims = &b->dims;
	m.arena = &b->arena;
	m.ckpt = b->ckpt;
	m.conversion = setup->options->conversion;
	m.takes_first =
		sftr__report_reaction(report, SFTR__AMBIGUOUS) != SFTR_REFUSE;
	m.wants_kinds =
		sftr__report_reaction(report, SFTR__KIND) != SFTR_IGNORE;
	m.parts_left = PARTS_EACH * ((uint64_t)setup->offers.n + b->wants.n) +
		       PARTS_ANYHOW;
	m.err = err;
	for (size_t i = 0; i < b->wants.n && code == SFTR_OK; i++)
		code = sftr__match_slot(&m, &b->wants.wants[i], &b->matches[i]);
	sftr__matcher_free(&m);
	return code;
}

static sftr_code
explain(sftr_binding *b, sftr__binding_setup *setup,
	sftr__findings_report *report, sftr_error *err)
{
	sftr__explainer e = { report,	       &b->wants,    b->matches,
			      &setup->offers,  &b->dims,     setup->limits,
			      setup->n_limits, b->slot_codec };
	sftr_code code = SFTR_OK;

	for (size_t i = 0; i < b->wants.n && !report->stopped; i++) {
		if (b->matches[i].is_filled)
			report->counts.n_bound++;
		sftr__explain_slot(&e, i);
	}
	sftr__explain_unexpected(&e);
	if (report->stopped)
		return SFTR_OK;
	if (report->counts.n_missing > 0)
		code = sftr__hint_prefix(&e, err);
	if (code == SFTR_OK)
		sftr__hint_rule(&e);
	return code;
}

static sftr_code
fill(sftr_binding *b, sftr__binding_setup *setup, sftr__findings_report *report,
     sftr_error *err)
{
	const sftr_allocator *a = &b->allocator;
	sftr_error why;
	sftr_code code;

	code = sftr__wants_init(&b->wants, setup->slots, setup->n_slots,
				b->slot_codec, setup->options, err);
	if (code != SFTR_OK)
		return code;
	b->matches = sftr__alloc_zeroed(a, b->wants.n, sizeof *b->matches);
	b->states = sftr__alloc_zeroed(a, b->wants.n, sizeof *b->states);
	if (b->matches == NULL || b->states == NULL)
		return sftr__fail_memory(err);
	code = match_all(b, setup, report, err);
	if (code == SFTR_OK)
		code = sftr__overlaps_mark(&b->wants, b->matches, a, err);
	if (code == SFTR_OK)
		code = find_twins(b, report, err);
	if (code != SFTR_OK)
		return code;
	/* By now 'err' may hold what the bind found. */
	code = explain(b, setup, report, &why);
	if (code != SFTR_OK) {
		if (err != NULL)
			*err = why;
		return code;
	}
	if (report->code != SFTR_OK)
		return report->code;
	return sort_parts(b, err);
}

sftr_code
sftr__binding_setup_init(sftr__binding_setup *setup,
			 const sftr_checkpoint *ckpt,
			 const sftr_bind_options *options,
			 sftr_codec slot_codec, sftr_error *err)
{
	sftr_code code;

	memset(setup, 0, sizeof *setup);
	setup->ckpt = ckpt;
	setup->options = options;
	setup->slot_codec = slot_codec;
	code = sftr__offers_init(&setup->offers, ckpt, options,
				 &setup->slot_codec, err);
	if (code == SFTR_OK)
		sftr__dims_init(&setup->dims, &setup->offers.allocator,
				options->dims, options->n_dims);
	return code;
}

void
sftr__binding_setup_free(sftr__binding_setup *setup)
{
	sftr__dims_free(&setup->dims);
	sftr__offers_free(&setup->offers);
}

sftr_code
sftr__binding_new(sftr__binding_setup *setup, sftr_binding **binding,
		  sftr_error *err)
{
	const sftr_bind_options *options = setup->options;
	sftr_allocator a = sftr__allocator(options->allocator);
	sftr__findings_report report;
	sftr_binding *b;
	sftr_code code;

	*binding = NULL;
	sftr__report_init(&report, setup->ckpt, options, err);
	report.counts.codec = setup->offers.codec;
	report.counts.n_slots = setup->n_slots;
	b = sftr__alloc_zeroed(&a, 1, sizeof *b);
	if (b == NULL)
		return sftr__fail_memory(err);
	b->allocator = a;
	b->ckpt = sftr_checkpoint_retain(setup->ckpt);
	b->slot_codec = setup->slot_codec;
	b->dims = setup->dims;
	memset(&setup->dims, 0, sizeof setup->dims);
	b->n_threads = options->n_threads;
	b->drop_flat = options->drop_flat != 0;
	b->progress = options->progress;
	b->progress_user = options->progress_user;
	sftr__arena_init(&b->arena, &a);
	code = fill(b, setup, &report, err);
	/* What failed for another reason has the report that it began with. */
	if (options->report != NULL &&
	    (code == SFTR_OK || report.code != SFTR_OK))
		*options->report = report.counts;
	if (code != SFTR_OK) {
		sftr_binding_free(b);
		return code;
	}
	/* The options are the caller's: their dims have served. */
	b->dims.known = NULL;
	b->dims.n_known = 0;
	*binding = b;
	return SFTR_OK;
}

void
sftr_binding_free(sftr_binding *binding)
{
	sftr_allocator a;

	if (binding == NULL)
		return;
	a = binding->allocator;
	while (binding->blocks != NULL) {
		sftr__block *block = binding->blocks;

		binding->blocks = block->next;
		sftr__free(&a, block->bytes, block->n_bytes);
		sftr__free(&a, block, sizeof *block);
	}
	sftr__free(&a, binding->window.bytes, SFTR__WINDOW_ROOM);
	sftr__free(&a, binding->order,
		   binding->n_order * sizeof *binding->order);
	sftr__free(&a, binding->states,
		   binding->wants.n * sizeof *binding->states);
	sftr__free(&a, binding->matches,
		   binding->wants.n * sizeof *binding->matches);
	/* Zeroed if it was never filled; then it has no allocator either. */
	if (binding->wants.wants != NULL)
		sftr__wants_free(&binding->wants);
	sftr__dims_free(&binding->dims);
	sftr__arena_free(&binding->arena);
	sftr_checkpoint_close(binding->ckpt);
	sftr__free(&a, binding, sizeof *binding);
}

void
sftr__binding_tell_presence(const sftr_binding *b)
{
	for (size_t i = 0; i < b->wants.n; i++) {
		bool *present = b->wants.wants[i].slot.present;

		if (present != NULL)
			*present = b->matches[i].is_filled;
	}
}

void
sftr__binding_point(const sftr_binding *b, size_t i, const void *at)
{
	void *pointer = b->wants.wants[i].slot.pointer;

	/* All pointers to objects are alike here; their types are not. */
	if (pointer != NULL)
		memcpy(pointer, &at, sizeof at);
}

void
sftr__match_steps(const sftr__match *match, uint64_t element, uint64_t *steps,
		  uint64_t *part)
{
	uint64_t step = element;

	*part = 0;
	for (uint32_t i = match->rank; i-- > 0;) {
		if (match->axes.from[i] == SFTR__STACK)
			*part = step;
		else
			steps[match->axes.from[i]] = step;
		step *= match->shape[i];
	}
}

bool
sftr__match_is_flat(const sftr__match *match)
{
	const sftr_tensor *t = match->parts[0];
	uint64_t steps[SFTR__MAX_AXES], part, step = 1;

	if (match->axes.is_identity)
		return true;
	sftr__match_steps(match, 1, steps, &part);
	for (uint32_t i = t->rank; i-- > 0;) {
		if (t->shape[i] != 1 && steps[i] != step)
			return false;
		step *= t->shape[i];
	}
	return match->n_parts == 1 || part == step;
}

sftr_code
sftr_bind(const sftr_slot *slots, size_t n_slots, const sftr_checkpoint *ckpt,
	  const sftr_bind_options *options, sftr_binding **binding,
	  sftr_error *err)
{
	const sftr_bind_options none = { 0 };
	sftr__binding_setup setup;
	sftr_codec slot_codec;
	sftr_code code;

	*binding = NULL;
	if (options == NULL)
		options = &none;
	sftr__report_fail(options, sftr_checkpoint_file(ckpt, 0));
	slot_codec = options->slot_codec;
	if (slot_codec == SFTR_CODEC_GUESS)
		slot_codec = SFTR_CODEC_DOTTED;
	code = sftr__binding_setup_init(&setup, ckpt, options, slot_codec, err);
	if (code != SFTR_OK)
		return code;
	setup.slots = slots;
	setup.n_slots = n_slots;
	code = sftr__binding_new(&setup, binding, err);
	sftr__binding_setup_free(&setup);
	if (code == SFTR_OK)
		sftr__binding_tell_presence(*binding);
	return code;
}
