/* SPDX-License-Identifier: MIT */
/*
 * Manifests: what a program wants as a text, written from slots or a table.
 * This module and bind/manifest_read know how the text looks; no others do.
 */
#include "base/alloc.h"
#include "base/arena.h"
#include "base/diagnostic.h"
#include "base/utf8.h"
#include "bind/escape.h"
#include "bind/member.h"
#include "bind/slot.h"
#include "names/codec.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

/* A text being written; 'n' counts on when it is full. */
struct sheet {
	char *text;
	size_t size;
	size_t n;
};

static void
put(struct sheet *s, const char *bytes, size_t n)
{
	for (size_t i = 0; i < n; i++, s->n++)
		if (s->n + 1 < s->size)
			s->text[s->n] = bytes[i];
}

static void
put_text(struct sheet *s, const char *text)
{
	put(s, text, strlen(text));
}

static bool
is_sayable(sftr_str name)
{
	for (size_t i = 0; i < name.len; i++)
		if (name.ptr[i] == '\n' || name.ptr[i] == '\t' ||
		    name.ptr[i] == '\r' || name.ptr[i] == '\0')
			return false;
	return name.len > 0 && sftr__utf8_span(name.ptr, name.len) == name.len;
}

/*
 * A name as it is, but for what would mean something; if it is spelt, "\" and
 * "*" mean what they mean.
 */
static sftr_code
put_name(struct sheet *s, sftr_str name, bool is_spelt, sftr_error *err)
{
	if (!is_sayable(name) ||
	    (is_spelt && sftr__escape_is_open(name.ptr, name.len))) {
		sftr__fail(err, SFTR_E_CODEC,
			   "a manifest cannot say this name");
		sftr__set_key(err, name.ptr, name.len);
		return SFTR_E_CODEC;
	}
	for (size_t i = 0; i < name.len; i++) {
		char c = name.ptr[i];

		if (is_spelt && c == '\\')
			put(s, &name.ptr[i++], 1);
		else if (c == '|' || c == ' ' || (c == '#' && i == 0) ||
			 (!is_spelt && (c == '\\' || c == '*')))
			put(s, "\\", 1);
		put(s, &name.ptr[i], 1);
	}
	return SFTR_OK;
}

/*
 * An alias, the i-th: from 'last' on a "*" in its name stacks, and one before
 * repeats.
 */
static sftr_code
put_alias(struct sheet *s, size_t i, const char *name, const char *last,
	  const char *transform, sftr_error *err)
{
	sftr_str text = { name, strlen(name) };
	sftr_code code;

	if (i > 0)
		put_text(s, " | ");
	code = put_name(s, text, true, err);
	if (transform != NULL && transform[0] != '\0') {
		put_text(s, " ");
		put_text(s, transform);
	}
	if (sftr__find_star(last) != NULL &&
	    (transform == NULL || strstr(transform, "stack") == NULL))
		put_text(s, " stack 0");
	return code;
}

static sftr_code
finish(struct sheet *s, size_t *n_bytes, sftr_error *err)
{
	if (s->size > 0)
		s->text[s->n < s->size ? s->n : s->size - 1] = '\0';
	*n_bytes = s->n;
	if (s->n < s->size)
		return SFTR_OK;
	return sftr__fail(err, SFTR_E_CAPACITY,
			  "takes %zu bytes, the buffer holds %zu", s->n + 1,
			  s->size);
}

static void
put_extents(struct sheet *s, const uint64_t *shape, uint32_t rank)
{
	char number[24];

	for (uint32_t i = 0; i < rank; i++) {
		snprintf(number, sizeof number, "%s%" PRIu64, i > 0 ? " " : "",
			 shape[i]);
		put_text(s, number);
	}
}

static void
put_dtype(struct sheet *s, sftr_dtype dtype)
{
	put_text(s, "\t");
	put_text(s, dtype == SFTR_DTYPE_NONE ? "any" : sftr_dtype_name(dtype));
	put_text(s, "\t");
}

static sftr_code
put_own_name(struct sheet *s, const sftr_slot *slot, sftr_codec codec,
	     sftr_error *err)
{
	sftr_allocator a = sftr__allocator(NULL);
	sftr__arena arena;
	sftr_str name;
	sftr_code code;

	if (slot->steps == NULL)
		return put_name(s, slot->name, false, err);
	sftr__arena_init(&arena, &a);
	code = sftr__path_text(codec, slot->steps, slot->n_steps, &arena, &name,
			       err);
	if (code == SFTR_OK)
		code = put_name(s, name, false, err);
	sftr__arena_free(&arena);
	return code;
}

static sftr_code
put_names(struct sheet *s, const sftr_slot *slot, sftr_codec codec,
	  sftr_error *err)
{
	sftr_code code = SFTR_OK;

	if (slot->n_aliases == 0)
		return put_own_name(s, slot, codec, err);
	for (size_t i = 0; i < slot->n_aliases && code == SFTR_OK; i++)
		code = put_alias(s, i, slot->aliases[i].name,
				 slot->aliases[i].name,
				 slot->aliases[i].transform, err);
	return code;
}

sftr_code
sftr_manifest_format(const sftr_slot *slots, size_t n_slots,
		     sftr_codec slot_codec, char *text, size_t size,
		     size_t *n_bytes, sftr_error *err)
{
	struct sheet s = { text, size, 0 };
	sftr_code code = SFTR_OK;

	if (slot_codec == SFTR_CODEC_GUESS)
		slot_codec = SFTR_CODEC_DOTTED;
	for (size_t i = 0; i < n_slots && code == SFTR_OK; i++) {
		const sftr_slot *slot = &slots[i];

		code = put_names(&s, slot, slot_codec, err);
		put_dtype(&s, slot->dtype);
		if (slot->shape_text != NULL)
			put_text(&s, slot->shape_text);
		else
			put_extents(&s, slot->shape, slot->rank);
		if ((slot->flags & SFTR_SLOT_OPTIONAL) != 0)
			put_text(&s, "\toptional");
		put_text(&s, "\n");
	}
	return code == SFTR_OK ? finish(&s, n_bytes, err) : code;
}

/* A struct in a table, with the names of its tensors so far. */
struct below {
	const sftr_table *table;
	const char *name;
	const sftr_table *scopes[33]; /* tables above, and it, from the top */
	unsigned depth;
	const char *members[33]; /* that each is; NULL in an array */
	bool is_optional;
};

/* How deep the struct is that declares a dimension; 0 also if none does. */
static unsigned
depth_of_dim(const struct below *b, const char *name, size_t n)
{
	for (unsigned d = b->depth; d > 0; d--)
		for (size_t i = 0; i < b->scopes[d]->n_fields; i++) {
			const sftr_field *f = &b->scopes[d]->fields[i];

			if (f->what == SFTR__DIM && strlen(f->shape) == n &&
			    memcmp(f->shape, name, n) == 0)
				return d;
		}
	return 0;
}

/*
 * A manifest's dimensions are of a repetition or of the whole: those of structs
 * nested in one are told apart by the members, "in__head".
 */
static void
put_dim(struct sheet *s, const struct below *b, const char *name, size_t n)
{
	unsigned d = depth_of_dim(b, name, n), top = d;
	size_t room = SFTR__DIM_NAME_MAX - n;

	for (; top > 0 && b->members[top] != NULL; top--) {
		size_t more = strlen(b->members[top]) + 2;

		if (more > room) {
			put_text(s, "?");
			return;
		}
		room -= more;
	}
	if (top > 0)
		put_text(s, ".");
	put(s, name, n);
	while (top++ < d) {
		const char *m = b->members[top];

		put_text(s, "__");
		/* A member may be written as "a.b", or as "a[0]". */
		for (; m != NULL && *m != '\0'; m++)
			put(s, strchr(".[]", *m) != NULL ? "_" : m, 1);
	}
}

static void
put_table_shape(struct sheet *s, const struct below *b, const sftr_field *f)
{
	uint64_t exact[2] = { f->n, f->n_inner };
	const char *space = "";
	size_t at = 0;

	if (f->n_inner > 0) {
		put_extents(s, exact, 2);
		return;
	}
	for (;;) {
		sftr__token t = sftr__shape_next(f->shape, &at);

		if (t.kind == SFTR__SHAPE_END)
			return;
		put_text(s, space);
		if (t.kind == SFTR__DIM_NAME)
			put_dim(s, b, t.name, t.n_name);
		else
			put(s, t.name, t.n_name);
		space = " ";
	}
}

static sftr_code
put_table(struct sheet *s, const struct below *b, sftr__arena *arena,
	  sftr_error *err);

static sftr_code
put_leaf(struct sheet *s, const struct below *b, const sftr_field *f,
	 sftr__arena *arena, sftr_error *err)
{
	const char *name, *transform;
	sftr_code code = SFTR_OK;

	for (size_t k = 0; code == SFTR_OK; k++) {
		if (!sftr__field_name(f, b->name, k, arena, &name, &transform))
			return sftr__fail_memory(err);
		if (name == NULL)
			break;
		code = put_alias(s, k, name, name + strlen(b->name), transform,
				 err);
	}
	put_dtype(s, f->dtype);
	put_table_shape(s, b, f);
	if (b->is_optional || sftr__field_word(f, SFTR__OPTIONAL, 0) != NULL)
		put_text(s, "\toptional");
	put_text(s, "\n");
	return code;
}

static sftr_code
put_below(struct sheet *s, const struct below *b, const sftr_field *f,
	  sftr__arena *arena, sftr_error *err)
{
	struct below next = *b;
	const char *name, *transform;
	size_t n;
	char *starred;

	if (!sftr__field_name(f, b->name, 0, arena, &name, &transform))
		return sftr__fail_memory(err);
	n = strlen(name);
	if (f->what != SFTR__NESTED &&
	    sftr__find_star(name + strlen(b->name)) == NULL) {
		starred = sftr__arena_alloc(arena, n + 3);
		if (starred == NULL)
			return sftr__fail_memory(err);
		snprintf(starred, n + 3, "%s.*", name);
		name = starred;
	}
	next.table = f->table();
	next.name = name;
	next.depth++;
	next.scopes[next.depth] = next.table;
	next.members[next.depth] = f->what == SFTR__NESTED ? f->member : NULL;
	next.is_optional = b->is_optional ||
			   sftr__field_word(f, SFTR__OPTIONAL, 0) != NULL;
	return put_table(s, &next, arena, err);
}

static sftr_code
put_table(struct sheet *s, const struct below *b, sftr__arena *arena,
	  sftr_error *err)
{
	sftr_code code = SFTR_OK;

	for (size_t i = 0; i < b->table->n_fields && code == SFTR_OK; i++) {
		const sftr_field *f = &b->table->fields[i];

		if (f->what == SFTR__DIM)
			continue;
		code = sftr__field_is_struct(f) ?
			       put_below(s, b, f, arena, err) :
			       put_leaf(s, b, f, arena, err);
	}
	return code;
}

sftr_code
sftr_struct_manifest(const sftr_table *table, char *text, size_t size,
		     size_t *n_bytes, sftr_error *err)
{
	sftr_allocator a = sftr__allocator(NULL);
	struct sheet s = { text, size, 0 };
	sftr__arena arena;
	struct below top;
	sftr_code code = sftr__table_check(table, NULL, err);

	if (code != SFTR_OK)
		return code;
	memset(&top, 0, sizeof top);
	top.table = top.scopes[0] = table;
	top.name = "";
	sftr__arena_init(&arena, &a);
	code = put_table(&s, &top, &arena, err);
	sftr__arena_free(&arena);
	return code == SFTR_OK ? finish(&s, n_bytes, err) : code;
}
