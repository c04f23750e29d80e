/* SPDX-License-Identifier: MIT */
#include "cli/blueprint.h"

#include "cli/ballot.h"
#include "cli/identifier.h"
#include "cli/outcome.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static bool
make_room(blueprint *b, size_t n)
{
	size_t capacity = b->texts_capacity;
	char *more;

	while (capacity - b->n_texts < n) {
		if (capacity > SIZE_MAX / 2)
			return false;
		capacity = capacity == 0 ? 4096 : 2 * capacity;
	}
	if (capacity != b->texts_capacity) {
		more = realloc(b->texts, capacity);
		if (more == NULL)
			return false;
		b->texts = more;
		b->texts_capacity = capacity;
	}
	return true;
}

static bool
put_text(blueprint *b, const char *text, size_t n)
{
	if (!make_room(b, n))
		return false;
	if (n > 0)
		memcpy(b->texts + b->n_texts, text, n);
	b->n_texts += n;
	return true;
}

/* A text that is kept already, once more. */
static bool
put_kept(blueprint *b, size_t place)
{
	size_t n = strlen(b->texts + place);

	if (!make_room(b, n))
		return false;
	memcpy(b->texts + b->n_texts, b->texts + place, n);
	b->n_texts += n;
	return true;
}

static bool
put_number(blueprint *b, int64_t number)
{
	char text[24];
	int n = snprintf(text, sizeof text, "%" PRId64, number);

	return put_text(b, text, (size_t)n);
}

const char *
blueprint_text(const blueprint *b, size_t place)
{
	return b->texts + place;
}

const struct part *
blueprint_part(const blueprint *b, size_t row)
{
	return &b->parts[b->parts[row].twin];
}

bool
blueprint_is_item(const blueprint *b, size_t row)
{
	return row > 0 &&
	       blueprint_part(b, b->outline->rows[row].parent)->has_items;
}

/* The row of the struct, array or item that a member stands in. */
static size_t
holder(const blueprint *b, size_t row)
{
	do
		row = b->outline->rows[row].parent;
	while (blueprint_part(b, row)->kind == PART_FLAT);
	return row;
}

size_t
blueprint_chain(const blueprint *b, size_t row, size_t chain[BLUEPRINT_CHAIN])
{
	size_t n = 0;

	for (; row > 0; row = holder(b, row))
		chain[n++] = row;
	for (size_t i = 0; i < n / 2; i++) {
		size_t other = chain[i];

		chain[i] = chain[n - 1 - i];
		chain[n - 1 - i] = other;
	}
	return n;
}

static size_t
member_from(const blueprint *b, size_t of, size_t row)
{
	size_t end = b->outline->rows[of].end;

	while (row < end) {
		enum part_kind kind = b->parts[row].kind;

		if (kind != PART_NONE && kind != PART_FLAT)
			break;
		row = kind == PART_FLAT ? row + 1 : b->outline->rows[row].end;
	}
	return row;
}

size_t
blueprint_first(const blueprint *b, size_t of)
{
	return member_from(b, of, of + 1);
}

size_t
blueprint_next(const blueprint *b, size_t of, size_t row)
{
	return member_from(b, of, b->outline->rows[row].end);
}

/* Whether all items of a list are containers, and alike. */
static bool
has_items(const outline *o, size_t row)
{
	size_t first = outline_items(o, row);

	return first != 0 && o->rows[row].n_tensors > 0 &&
	       sftr_node_count(o->rows[first].node) > 0;
}

static void
decide(blueprint *b, size_t row)
{
	const struct row *r = &b->outline->rows[row];
	struct part *p = &b->parts[row];
	const struct part *above = blueprint_part(b, r->parent);

	p->twin = row;
	p->depth = row == 0 ? 0 : above->depth;
	if (r->n_tensors == 0) {
		p->kind = PART_NONE;
	} else if (sftr_node_count(r->node) == 0) {
		p->kind = PART_LEAF;
	} else if (row > 0 && above->depth == BLUEPRINT_DEPTH) {
		p->kind = PART_FLAT;
	} else {
		p->has_items = has_items(b->outline, row);
		p->kind = PART_STRUCT;
		if (row > 0 && p->has_items && !above->has_items)
			p->kind = PART_ARRAY;
		else if (row > 0 && ++p->depth == BLUEPRINT_DEPTH)
			p->has_items = false;
	}
}

/* Items behind the first, and all that is in them, have twins there. */
static void
decide_all(blueprint *b)
{
	const struct row *rows = b->outline->rows;

	for (size_t i = 0; i < b->outline->n; i++) {
		size_t parent = rows[i].parent, twin = i;

		if (i > 0)
			twin = b->parts[parent].twin +
			       (blueprint_is_item(b, i) ? 1 : i - parent);
		b->parts[i].twin = twin;
		if (twin == i)
			decide(b, i);
		if (blueprint_part(b, i)->kind == PART_LEAF)
			b->n_leaves++;
	}
}

/* Keeps what the candidates are called; their tags, or their members. */
static bool
elect(blueprint *b, ballot *all, const char *prefix)
{
	ballot_count(all, prefix);
	for (size_t i = 0; i < all->n; i++) {
		const struct candidate *c = &all->candidates[i];
		struct part *p = &b->parts[c->row];

		*(prefix != NULL ? &p->tag : &p->member) = b->n_texts;
		if (!put_text(b, c->id.text, c->id.n))
			return false;
		if (c->number > 1 && (!put_text(b, "_", 1) ||
				      !put_number(b, (int64_t)c->number) ||
				      !put_text(b, "_", 1)))
			return false;
		if (!put_text(b, "", 1))
			return false;
	}
	ballot_clear(all);
	return true;
}

static bool
is_number(const sftr_step *step)
{
	return step->kind == SFTR_STEP_INDEX || step->kind == SFTR_STEP_FLAT ||
	       step->kind == SFTR_STEP_INT_KEY;
}

static void
add_step(identifier *id, const sftr_step *step)
{
	char text[24];
	int n;

	if (!is_number(step)) {
		identifier_add(id, step->text.ptr, step->text.len);
		return;
	}
	n = snprintf(text, sizeof text, "%" PRId64, step->number);
	identifier_add(id, text, (size_t)n);
}

/* Whether dots, and the names of a table, can say a step. */
static bool
can_say(const blueprint *b, const sftr_step *step)
{
	const char *special = b->is_whole ? "|*\\" : ".|*\\";

	if (is_number(step))
		return true;
	if (step->text.len == 0 || step->text.ptr[0] == '=' ||
	    (step->text.len == 12 &&
	     memcmp(step->text.ptr, "__metadata__", 12) == 0))
		return false;
	for (size_t i = 0; i < step->text.len; i++)
		if (step->text.ptr[i] == '\0' ||
		    strchr(special, step->text.ptr[i]) != NULL)
			return false;
	return true;
}

/* The steps of a member in its struct, once it has its identifier. */
static bool
keep_steps(blueprint *b, size_t row, const sftr_step *steps, size_t n)
{
	struct part *p = &b->parts[row];
	bool ok = true;

	p->step = b->n_texts;
	for (size_t i = 0; i < n; i++)
		if (!can_say(b, &steps[i]))
			p->is_renamed = true;
	if (p->is_renamed) {
		char text[IDENTIFIER_MAX + 32];
		int len = snprintf(text, sizeof text, "=%s",
				   b->texts + p->member);

		return put_text(b, text, (size_t)len + 1);
	}
	for (size_t i = 0; i < n && ok; i++) {
		if (i > 0)
			ok = put_text(b, ".", 1);
		if (ok && is_number(&steps[i]))
			ok = put_number(b, steps[i].number);
		else if (ok)
			ok = put_text(b, steps[i].text.ptr, steps[i].text.len);
	}
	return ok && put_text(b, "", 1);
}

/* The names of the members of one struct. */
static bool
name_members(blueprint *b, size_t of, ballot *all)
{
	const outline *o = b->outline;
	size_t depth = o->rows[of].depth, row;

	if (b->parts[of].has_items)
		return true;
	for (row = blueprint_first(b, of); row < o->rows[of].end;
	     row = blueprint_next(b, of, row)) {
		const sftr_step *path = outline_path(b->outline, &o->rows[row]);
		identifier *id = ballot_add(all, row);

		if (path == NULL || id == NULL)
			return false;
		for (size_t i = depth; i < o->rows[row].depth; i++)
			add_step(id, &path[i]);
		identifier_end(id);
	}
	if (!elect(b, all, NULL))
		return false;
	for (row = blueprint_first(b, of); row < o->rows[of].end;
	     row = blueprint_next(b, of, row)) {
		const sftr_step *path = outline_path(b->outline, &o->rows[row]);

		if (path == NULL || !keep_steps(b, row, path + depth,
						o->rows[row].depth - depth))
			return false;
	}
	return true;
}

/* What a struct is called: by the members that lead to it. */
static bool
nominate_tag(blueprint *b, size_t row, const char *prefix, ballot *all)
{
	identifier *id = ballot_add(all, row);
	size_t chain[BLUEPRINT_CHAIN];
	size_t n = blueprint_chain(b, row, chain);

	if (id == NULL)
		return false;
	identifier_add(id, prefix, strlen(prefix));
	for (size_t i = 0; i < n; i++) {
		const char *text = b->texts + b->parts[chain[i]].member;
		size_t parent = b->outline->rows[chain[i]].parent;

		if (!blueprint_is_item(b, chain[i]))
			identifier_add(id, text, strlen(text));
		else if (b->parts[parent].kind == PART_STRUCT)
			identifier_add(id, "items", 5);
	}
	identifier_end(id);
	return true;
}

/* A leaf's name, through the twins of what leads to it. */
static bool
name_leaf(blueprint *b, size_t row)
{
	size_t chain[BLUEPRINT_CHAIN];
	size_t n = blueprint_chain(b, row, chain);
	struct part *own = &b->parts[row];
	bool ok = true;

	own->name = b->n_texts;
	for (size_t i = 0; i < n && ok; i++) {
		const struct part *p = blueprint_part(b, chain[i]);

		if (i > 0)
			ok = put_text(b, ".", 1);
		if (ok && blueprint_is_item(b, chain[i])) {
			ok = put_number(b,
					b->outline->rows[chain[i]].step.number);
			continue;
		}
		own->is_renamed |= p->is_renamed;
		ok = ok && put_kept(b, p->step);
	}
	b->n_renamed += own->is_renamed;
	return ok && put_text(b, "", 1);
}

static bool
name_all(blueprint *b, const char *prefix, ballot *all)
{
	const struct part *parts = b->parts;
	size_t n = b->outline->n;

	if (!put_text(b, "", 1))
		return false;
	for (size_t i = 0; i < n; i++)
		if (parts[i].twin == i && parts[i].kind == PART_STRUCT &&
		    !name_members(b, i, all))
			return false;
	for (size_t i = 0; i < n; i++)
		if (parts[i].twin == i && parts[i].kind == PART_STRUCT &&
		    !nominate_tag(b, i, prefix, all))
			return false;
	if (!elect(b, all, prefix))
		return false;
	for (size_t i = 0; i < n; i++)
		if (blueprint_part(b, i)->kind == PART_LEAF && !name_leaf(b, i))
			return false;
	return true;
}

bool
blueprint_make(blueprint *b, outline *o, const char *prefix, bool is_whole)
{
	ballot all;
	bool ok;

	memset(b, 0, sizeof *b);
	memset(&all, 0, sizeof all);
	b->outline = o;
	b->is_whole = is_whole;
	b->parts = calloc(o->n, sizeof *b->parts);
	ok = b->parts != NULL;
	if (ok) {
		decide_all(b);
		ok = name_all(b, prefix, &all);
	}
	ballot_free(&all);
	if (!ok)
		outcome_no_memory();
	return ok;
}

void
blueprint_free(blueprint *b)
{
	free(b->parts);
	free(b->texts);
	memset(b, 0, sizeof *b);
}
