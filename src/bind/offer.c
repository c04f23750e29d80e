/* SPDX-License-Identifier: MIT */
#include "bind/offer.h"

#include "base/alloc.h"
#include "base/diagnostic.h"
#include "base/sort.h"
#include "names/codec.h"

#include <string.h>

/* Texts that are off the front of a name. */
static size_t
strip_prefixes(const sftr__offers *o, sftr_str name)
{
	size_t done = 0;

	for (size_t i = 0; i < o->n_strip; i++) {
		size_t n = strlen(o->strip[i]);

		if (n <= name.len - done &&
		    memcmp(name.ptr + done, o->strip[i], n) == 0)
			done += n;
	}
	return done;
}

sftr_code
sftr__offers_rename(const sftr__offers *o, const sftr_tensor *tensor,
		    sftr__path_buffer *path, sftr__new_name *name,
		    sftr_error *err)
{
	size_t cut = strip_prefixes(o, tensor->name), n_old;
	sftr_code code;

	memset(name, 0, sizeof *name);
	name->n_stripped = cut;
	name->is_renamed = cut > 0;
	sftr__path_buffer_clear(path);
	code = sftr__path_parse_into(o->codec, tensor->name.ptr + cut,
				     tensor->name.len - cut, path, err);
	if (code == SFTR_E_PATH && err != NULL) {
		err->offset += cut;
		sftr__set_key(err, tensor->name.ptr, tensor->name.len);
	}
	if (code != SFTR_OK)
		return code;
	n_old = path->n_steps;
	code = sftr__rules_apply(&o->rules, path, &name->rule, &name->part);
	if (code != SFTR_OK)
		return sftr__fail_memory(err);
	if (name->rule == NULL)
		return SFTR_OK;
	name->is_renamed = true;
	name->is_dropped = name->rule->is_drop;
	/* The new steps stand behind the old ones; there may be none at all. */
	if (n_old == 0)
		return SFTR_OK;
	path->n_steps -= n_old;
	memmove(path->steps, path->steps + n_old,
		path->n_steps * sizeof *path->steps);
	return SFTR_OK;
}

static sftr_code
add(sftr__offers *o, size_t i, uint32_t *tails, sftr__path_buffer *path,
    sftr__key *key, sftr_error *err)
{
	sftr__offer *offer = &o->offers[i], *first;
	sftr__new_name name;
	uint32_t before;
	sftr_code code;

	code = sftr__offers_rename(o, offer->tensor, path, &name, err);
	if (code != SFTR_OK)
		return code;
	offer->rule = name.rule;
	if (name.rule != NULL)
		o->rules.rules[name.rule - o->rules.rules].is_used = true;
	offer->part = name.part;
	offer->is_renamed = name.is_renamed;
	if (name.is_dropped)
		return SFTR_OK;
	key->n = 0;
	if (!sftr__key_add(key, path->steps, path->n_steps))
		return sftr__fail_memory(err);
	offer->key.len = key->n;
	offer->key.ptr = sftr__arena_text(&o->arena, key->text, key->n);
	if (offer->key.ptr == NULL ||
	    !sftr__index_add(&o->index, &o->allocator, o->offers, (uint32_t)i,
			     sftr__index_hash(key->text, key->n), &before))
		return sftr__fail_memory(err);
	tails[i] = (uint32_t)i;
	offer->n_chain = 1;
	if (before == SFTR__NO_PLACE) {
		offer->head = (uint32_t)i;
	} else {
		first = &o->offers[before];
		o->offers[tails[before]].next = (uint32_t)i;
		tails[before] = (uint32_t)i;
		first->n_chain++;
	}
	return SFTR_OK;
}

/* Parts by number, then by place; both addresses are in one array. */
static int
compare_parts(const void *a, const void *b)
{
	const sftr__offer *x = a, *y = b;

	if (x->part != y->part)
		return x->part < y->part ? -1 : 1;
	return x < y ? -1 : x > y;
}

static sftr_code
collision(const sftr__offer *a, const sftr__offer *b, sftr_error *err)
{
	const sftr__rule *rule = b->rule != NULL ? b->rule : a->rule;

	if (rule != NULL)
		sftr__fail(err, SFTR_E_RULE,
			   "the rule of line %u gives it the name of another",
			   rule->line);
	else
		sftr__fail(err, SFTR_E_RULE,
			   "without its prefix it has the name of another");
	sftr__set_key(err, b->tensor->name.ptr, b->tensor->name.len);
	sftr__set_other(err, a->tensor->name.ptr, a->tensor->name.len);
	return SFTR_E_RULE;
}

static uint32_t
place_of(const sftr__offers *o, const void *offer)
{
	return (uint32_t)((const sftr__offer *)offer - o->offers);
}

/* Puts the parts of one stack in order, and sees that none is missing. */
static sftr_code
order_stack(sftr__offers *o, uint32_t first, const void **items,
	    const void **scratch, sftr_error *err)
{
	const sftr__rule *rule = o->offers[first].rule;
	uint32_t n = 0;

	for (uint32_t i = first; i != SFTR__NO_OFFER; i = o->offers[i].next) {
		if (o->offers[i].rule != rule)
			return collision(&o->offers[first], &o->offers[i], err);
		items[n++] = &o->offers[i];
	}
	sftr__sort(items, scratch, n, compare_parts);
	for (uint32_t i = 0; i < n; i++) {
		const sftr__offer *p = items[i];

		if (i > 0 &&
		    p->part == ((const sftr__offer *)items[i - 1])->part)
			return collision(items[i - 1], p, err);
		if (p->part == i)
			continue;
		if (p->part == UINT64_MAX)
			sftr__fail(err, SFTR_E_RULE,
				   "the rule of line %u stacks by a number, "
				   "and it has none",
				   rule->line);
		else
			sftr__fail(err, SFTR_E_RULE,
				   "the rule of line %u stacks it, and there "
				   "is no part %u before it",
				   rule->line, (unsigned)i);
		sftr__set_key(err, p->tensor->name.ptr, p->tensor->name.len);
		return SFTR_E_RULE;
	}
	o->offers[first].head = place_of(o, items[0]);
	for (uint32_t i = 0; i < n; i++)
		o->offers[place_of(o, items[i])].next =
			i + 1 < n ? place_of(o, items[i + 1]) : SFTR__NO_OFFER;
	o->offers[o->offers[first].head].n_chain = n;
	return SFTR_OK;
}

/*
 * Every chain is a stack, or a collision, or tensors whose own names differ
 * only in what keys do not say; those are for the slot that wants one of them.
 */
static sftr_code
settle_chains(sftr__offers *o, const void **items, const void **scratch,
	      sftr_error *err)
{
	sftr_code code = SFTR_OK;

	for (size_t i = 0; i < o->n && code == SFTR_OK; i++) {
		const sftr__offer *first = &o->offers[i], *p = first;

		if (first->key.ptr == NULL || first->head == SFTR__NO_OFFER)
			continue;
		if (first->rule != NULL && first->rule->transform.is_stack) {
			code = order_stack(o, (uint32_t)i, items, scratch, err);
			continue;
		}
		while (p->next != SFTR__NO_OFFER && code == SFTR_OK) {
			p = &o->offers[p->next];
			if (p->is_renamed || first->is_renamed)
				code = collision(first, p, err);
		}
	}
	return code;
}

static sftr_code
fill(sftr__offers *o, const sftr_checkpoint *ckpt, sftr__path_buffer *path,
     sftr__key *key, const void **scratch, sftr_error *err)
{
	uint32_t *tails = (void *)scratch; /* before it sorts */
	sftr_code code = SFTR_OK;

	for (size_t i = 0; i < o->n && code == SFTR_OK; i++) {
		o->offers[i].tensor = sftr_checkpoint_at(ckpt, i);
		o->offers[i].head = SFTR__NO_OFFER;
		o->offers[i].next = SFTR__NO_OFFER;
		code = add(o, i, tails, path, key, err);
	}
	if (code == SFTR_OK)
		code = settle_chains(o, scratch, scratch + o->n, err);
	return code;
}

static sftr_code
init(sftr__offers *o, const sftr_checkpoint *ckpt,
     const sftr_bind_options *options, sftr_codec *slot_codec, sftr_error *err)
{
	size_t n = sftr_checkpoint_count(ckpt);
	const sftr_allocator *a = &o->allocator;
	sftr__path_buffer path;
	const void **scratch;
	sftr__key key;
	sftr_code code = SFTR_OK;

	if (n > SFTR__INDEX_MAX)
		return sftr__fail(err, SFTR_E_LIMIT, "too many tensors");
	if (o->codec == SFTR_CODEC_GUESS)
		code = sftr_codec_guess(ckpt, &o->codec, NULL, 0, err);
	if (*slot_codec == SFTR_CODEC_GUESS)
		*slot_codec = o->codec;
	if (code == SFTR_OK)
		code = sftr__rules_parse(options->rules, options->rules_name,
					 o->codec, *slot_codec, a, &o->rules,
					 err);
	if (code != SFTR_OK)
		return code;
	o->offers = sftr__alloc_zeroed(a, n, sizeof *o->offers);
	if (o->offers == NULL)
		return sftr__fail_memory(err);
	o->n = n;
	if (!sftr__index_init(&o->index, a, n, sizeof *o->offers))
		return sftr__fail_memory(err);
	scratch = sftr__alloc_zeroed(a, n, 2 * sizeof *scratch);
	if (scratch == NULL)
		return sftr__fail_memory(err);
	sftr__path_buffer_init(&path, a);
	sftr__key_init(&key, a);
	code = fill(o, ckpt, &path, &key, scratch, err);
	sftr__key_free(&key);
	sftr__path_buffer_free(&path);
	sftr__free(a, scratch, n * 2 * sizeof *scratch);
	return code;
}

sftr_code
sftr__offers_init(sftr__offers *offers, const sftr_checkpoint *ckpt,
		  const sftr_bind_options *options, sftr_codec *slot_codec,
		  sftr_error *err)
{
	sftr_code code;

	memset(offers, 0, sizeof *offers);
	offers->allocator = sftr__allocator(options->allocator);
	offers->codec = options->codec;
	offers->strip = options->strip;
	offers->n_strip = options->n_strip;
	sftr__arena_init(&offers->arena, &offers->allocator);
	code = init(offers, ckpt, options, slot_codec, err);
	if (code != SFTR_OK) {
		if (sftr_checkpoint_n_files(ckpt) > 0 && err != NULL &&
		    err->file[0] == '\0')
			sftr__set_file(err, sftr_checkpoint_file(ckpt, 0));
		sftr__offers_free(offers);
	}
	return code;
}

void
sftr__offers_free(sftr__offers *offers)
{
	const sftr_allocator *a = &offers->allocator;

	sftr__index_free(&offers->index, a);
	sftr__free(a, offers->offers, offers->n * sizeof *offers->offers);
	sftr__arena_free(&offers->arena);
	sftr__rules_free(&offers->rules);
	memset(offers, 0, sizeof *offers);
}

uint32_t
sftr__offers_find(const sftr__offers *offers, const char *key, size_t n)
{
	uint32_t place =
		sftr__index_find(&offers->index, offers->offers, key, n);

	return place == SFTR__NO_PLACE ? SFTR__NO_OFFER :
					 offers->offers[place].head;
}
