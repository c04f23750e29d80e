/* SPDX-License-Identifier: MIT */
#include "format/unique.h"

#include "format/rule.h"

#include <inttypes.h>

static void
report_duplicate(const sftr__unique *u, enum sftr__rule rule, sftr_str name,
		 sftr_str before)
{
	const char *text = u->h->text;
	sftr_diagnostic d;

	sftr__fail_at(&d, SFTR_E_DUPLICATE,
		      SFTR__HEADER_OFFSET + (uint64_t)(name.ptr - 1 - text),
		      "the same name stands at byte %" PRIu64 " already",
		      SFTR__HEADER_OFFSET + (uint64_t)(before.ptr - 1 - text));
	d.rule = rule;
	d.severity = u->policy == SFTR_STRICT ? SFTR_ERROR : SFTR_WARNING;
	sftr__set_key(&d, name.ptr, name.len);
	if (d.severity == SFTR_ERROR || u->findings->all)
		sftr__findings_add(u->findings, &d);
}

/*
 * Indexes the keys.  Of keys that repeat the last wins: it moves to the place
 * of the first, and the list closes up.
 */
static bool
index_metadata(sftr__unique *u)
{
	const sftr_allocator *a = u->allocator;
	sftr__header *h = u->h;
	sftr_metadata *m = h->metadata;
	uint32_t n = 0, before;

	if (!sftr__index_init(&h->keys, a, h->n_metadata, sizeof *m))
		return false;
	for (size_t i = 0; i < h->n_metadata; i++) {
		m[n] = m[i];
		if (!sftr__index_add(
			    &h->keys, a, m, n,
			    sftr__index_hash(m[n].key.ptr, m[n].key.len),
			    &before))
			return false;
		if (before == SFTR__NO_PLACE) {
			n++;
			continue;
		}
		report_duplicate(u, SFTR__RULE_KEYS_DIFFER, m[n].key,
				 m[before].key);
		m[before] = m[n];
		if (!sftr__findings_more(u->findings))
			break;
	}
	h->n_metadata = n;
	return true;
}

static uint32_t
kept_hash(const sftr_tensor *t)
{
	return (uint32_t)(uintptr_t)t->shape;
}

static void
give_shape(const sftr__header *h, sftr_tensor *t)
{
	static const uint64_t no_dims[1] = { 0 };
	uint32_t at = t->rank;

	t->rank = t->file;
	if (t->rank == SFTR__LONG_RANK) {
		t->rank = (uint32_t)h->dims[at];
		at -= t->rank;
	}
	t->shape = t->rank > 0 ? h->dims + at : no_dims;
	t->file = 0;
}

/*
 * Record i wins over those of its name before it: they lose their dtype, and
 * the first of them, which the index has, keeps the place of the last in its
 * 'begin'.
 */
static void
let_win(sftr__header *h, size_t i, uint32_t first)
{
	sftr_tensor *t = &h->tensors[first];

	if (t->dtype == SFTR_DTYPE_NONE)
		h->tensors[t->begin].dtype = SFTR_DTYPE_NONE;
	t->dtype = SFTR_DTYPE_NONE;
	t->begin = i;
}

/*
 * Gives the records their shapes and indexes their names.  What repeats a name
 * before it is reported; under the reference policy the last wins.
 * *n_repeated counts them.
 */
static bool
index_tensors(sftr__unique *u, size_t *n_repeated)
{
	const sftr_allocator *a = u->allocator;
	sftr__header *h = u->h;
	bool keys_done = h->n_metadata == 0;

	*n_repeated = 0;
	if (!sftr__index_init(&h->names, a, h->n_tensors, sizeof *h->tensors))
		return false;
	for (size_t i = 0; i < h->n_tensors; i++) {
		sftr_tensor *t = &h->tensors[i];
		uint32_t hash = kept_hash(t), before;

		give_shape(h, t);
		if (i + SFTR__INDEX_AHEAD < h->n_tensors)
			sftr__index_prefetch(&h->names,
					     kept_hash(t + SFTR__INDEX_AHEAD));
		if (!sftr__index_add(&h->names, a, h->tensors, (uint32_t)i,
				     hash, &before))
			return false;
		if (before == SFTR__NO_PLACE)
			continue;
		/* Findings come in the order of the text. */
		if (!keys_done && t->name.ptr > u->metadata_at) {
			keys_done = true;
			if (!index_metadata(u))
				return false;
		}
		if (sftr__findings_more(u->findings))
			report_duplicate(u, SFTR__RULE_NAMES_DIFFER, t->name,
					 h->tensors[before].name);
		++*n_repeated;
		if (u->policy == SFTR_REFERENCE)
			let_win(h, i, before);
	}
	return keys_done || index_metadata(u);
}

/* Drops what lost its name to a later entry. */
static void
drop_repeated(sftr__header *h)
{
	size_t n = 0;

	for (size_t i = 0; i < h->n_tensors; i++)
		if (h->tensors[i].dtype != SFTR_DTYPE_NONE)
			h->tensors[n++] = h->tensors[i];
	h->n_tensors = n;
}

bool
sftr__unique_settle(sftr__unique *u)
{
	size_t n_repeated;

	if (!index_tensors(u, &n_repeated))
		return false;
	u->dropped = n_repeated > 0 && u->policy == SFTR_REFERENCE;
	if (u->dropped) {
		drop_repeated(u->h);
		sftr__index_free(&u->h->names, u->allocator);
	}
	return true;
}

bool
sftr__unique_index(sftr__unique *u)
{
	const sftr_allocator *a = u->allocator;
	sftr__header *h = u->h;
	uint32_t before;

	if (!sftr__index_init(&h->names, a, h->n_tensors, sizeof *h->tensors))
		return false;
	for (size_t i = 0; i < h->n_tensors; i++) {
		const sftr_str *name = &h->tensors[i].name;

		if (!sftr__index_add(&h->names, a, h->tensors, (uint32_t)i,
				     sftr__index_hash(name->ptr, name->len),
				     &before))
			return false;
	}
	return true;
}
