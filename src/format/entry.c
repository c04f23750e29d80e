/* SPDX-License-Identifier: MIT */
#include "format/entry.h"

#include "base/utf8.h"
#include "format/rule.h"
#include "format/size.h"
#include "format/value.h"

/* Bytes of text that an extent takes at least: a digit and a comma. */
#define LEAST_DIM 2

_Static_assert(SFTR__FORM_SLACK <= SFTR__JSON_SLACK,
	       "a form is asked for at the end of a text, too");

enum field { DTYPE = 1, SHAPE = 2, OFFSETS = 4, UNKNOWN = 8 };

static const char *
field_name(enum field f)
{
	return f == DTYPE ? "dtype" : f == SHAPE ? "shape" : "data_offsets";
}

/* The name of a field and its colon. */
static enum field
parse_field(sftr__entry_reader *r)
{
	sftr__json *j = &r->reader.json;
	char word[16];
	size_t n;

	if (sftr__json_try(j, "\"dtype\":"))
		return DTYPE;
	if (sftr__json_try(j, "\"shape\":"))
		return SHAPE;
	if (sftr__json_try(j, "\"data_offsets\":"))
		return OFFSETS;
	n = sftr__json_word(j, word, sizeof word);
	sftr__json_need(j, ':');
	if (n == 5 && memcmp(word, "dtype", 5) == 0)
		return DTYPE;
	if (n == 5 && memcmp(word, "shape", 5) == 0)
		return SHAPE;
	if (n == 12 && memcmp(word, "data_offsets", 12) == 0)
		return OFFSETS;
	return UNKNOWN;
}

/* Whether the n bytes at a and b are the same, n at most 16. */
static bool
same_text(const char *a, const char *b, size_t n)
{
	static const uint64_t masks[9] = {
		0,
		UINT64_C(0xff),
		UINT64_C(0xffff),
		UINT64_C(0xffffff),
		UINT64_C(0xffffffff),
		UINT64_C(0xffffffffff),
		UINT64_C(0xffffffffffff),
		UINT64_C(0xffffffffffffff),
		UINT64_MAX,
	};
	size_t n_first = n < 8 ? n : 8;
	uint64_t first = sftr__load_u64(a) ^ sftr__load_u64(b);
	uint64_t second = sftr__load_u64(a + 8) ^ sftr__load_u64(b + 8);

	return ((first & masks[n_first]) | (second & masks[n - n_first])) == 0;
}

/* {"F32":null}, which the official reader takes for "F32". */
static size_t
parse_dtype_object(sftr__entry_reader *r, char *word, size_t size)
{
	sftr__json *j = &r->reader.json;
	size_t n;

	sftr__reader_strict(&r->reader, SFTR_E_FIELD, SFTR__RULE_ENTRY, j->p,
			    "dtype is an object, expected a string");
	sftr__json_need(j, '{');
	n = sftr__json_word(j, word, size);
	sftr__json_need(j, ':');
	if (!sftr__json_take_null(j))
		sftr__json_expected(j, "null");
	sftr__json_need(j, '}');
	return n;
}

static void
parse_dtype(sftr__entry_reader *r, sftr__entry *e)
{
	sftr__json *j = &r->reader.json;
	char word[24];
	char *start;
	size_t n;

	sftr__json_peek(j);
	if (r->dtype_n_bytes > 0 &&
	    same_text(j->p, r->dtype_at, r->dtype_n_bytes)) {
		j->p += r->dtype_n_bytes;
		e->dtype = r->dtype;
		return;
	}
	start = j->p;
	n = *start == '{' ? parse_dtype_object(r, word, sizeof word) :
			    sftr__json_word(j, word, sizeof word);
	if (j->failed)
		return;
	e->dtype = sftr_dtype_parse(word, n);
	if (e->dtype == SFTR_DTYPE_NONE) {
		char shown[32];

		sftr__utf8_print(word, n < sizeof word ? n : sizeof word - 1,
				 shown, sizeof shown);
		sftr__json_fail(j, SFTR_E_DTYPE, SFTR__RULE_DTYPE, start,
				"no such dtype: '%s%s'", shown,
				n < sizeof word ? "" : "...");
		return;
	}
	if (*start == '"' && j->p - start <= 16) {
		r->dtype = e->dtype;
		r->dtype_at = start;
		r->dtype_n_bytes = (size_t)(j->p - start);
	}
}

static bool
add_dim(sftr__entry_reader *r, uint64_t dim)
{
	if (r->n_dims == r->dims_capacity &&
	    !sftr__reader_room(&r->reader, (void **)&r->dims, &r->dims_capacity,
			       r->n_dims, sizeof dim, LEAST_DIM))
		return false;
	r->dims[r->n_dims++] = dim;
	return true;
}

static void
parse_shape(sftr__entry_reader *r, sftr__entry *e)
{
	sftr__json *j = &r->reader.json;

	e->shape = (uint32_t)r->n_dims;
	j->grammar_rule = SFTR__RULE_SHAPE;
	sftr__json_need(j, '[');
	e->shape_at = j->p - 1;
	if (!sftr__json_take(j, ']')) {
		do {
			if (!add_dim(r, sftr__json_u64(j)))
				return;
		} while (sftr__json_take(j, ','));
		sftr__json_need(j, ']');
	}
	e->rank = (uint32_t)r->n_dims - e->shape;
	if (e->rank >= SFTR__LONG_RANK && !add_dim(r, e->rank))
		return;
	j->grammar_rule = SFTR__RULE_JSON;
}

/* Most tensors begin where the one before ended, in the same digits. */
static uint64_t
parse_begin(sftr__entry_reader *r)
{
	sftr__json *j = &r->reader.json;

	if (r->end_n_bytes == 0 || j->p[r->end_n_bytes] != ',' ||
	    !same_text(j->p, r->end_at, r->end_n_bytes))
		return sftr__json_u64(j);
	j->p += r->end_n_bytes;
	return r->end;
}

static uint64_t
parse_end(sftr__entry_reader *r)
{
	sftr__json *j = &r->reader.json;
	const char *at = j->p;

	r->end = sftr__json_u64(j);
	r->end_at = at;
	r->end_n_bytes =
		j->p - at <= 16 && !j->failed ? (size_t)(j->p - at) : 0;
	return r->end;
}

/* The offsets, behind their bracket. */
static void
parse_range(sftr__entry_reader *r, sftr__entry *e)
{
	sftr__json *j = &r->reader.json;

	sftr__json_peek(j);
	e->begin_at = j->p;
	e->begin = parse_begin(r);
	sftr__json_need(j, ',');
	sftr__json_peek(j);
	e->end_at = j->p;
	e->end = parse_end(r);
	sftr__json_need(j, ']');
	j->grammar_rule = SFTR__RULE_JSON;
}

static void
parse_offsets(sftr__entry_reader *r, sftr__entry *e)
{
	sftr__json *j = &r->reader.json;

	j->grammar_rule = SFTR__RULE_OFFSETS;
	sftr__json_need(j, '[');
	e->form_end = j->p;
	parse_range(r, e);
}

static void
parse_value(sftr__entry_reader *r, sftr__entry *e, enum field f, char *at)
{
	switch (f) {
	case DTYPE: parse_dtype(r, e); break;
	case SHAPE: parse_shape(r, e); break;
	case OFFSETS: parse_offsets(r, e); break;
	case UNKNOWN:
		sftr__reader_strict(&r->reader, SFTR_E_FIELD, SFTR__RULE_ENTRY,
				    at,
				    "a field other than dtype, shape and "
				    "data_offsets");
		/* Header and entry are open already. */
		sftr__value_skip(&r->reader.json, 2);
		break;
	}
}

/* ["F32",[2,2],[0,16]], which the official reader takes for an entry. */
static void
parse_array(sftr__entry_reader *r, sftr__entry *e)
{
	sftr__json *j = &r->reader.json;

	sftr__reader_strict(&r->reader, SFTR_E_FIELD, SFTR__RULE_ENTRY, j->p,
			    "the entry is an array, expected an object");
	sftr__json_need(j, '[');
	parse_dtype(r, e);
	sftr__json_need(j, ',');
	parse_shape(r, e);
	sftr__json_need(j, ',');
	parse_offsets(r, e);
	sftr__json_need(j, ']');
}

/* The first field that is not there. */
static void
fail_missing(sftr__entry_reader *r, unsigned seen, const char *at)
{
	enum field f = (seen & DTYPE) == 0 ? DTYPE :
		       (seen & SHAPE) == 0 ? SHAPE :
					     OFFSETS;

	sftr__json_fail(&r->reader.json, SFTR_E_FIELD, SFTR__RULE_ENTRY, at,
			"field %s is missing", field_name(f));
}

/* One field and its value; the fields seen, it among them. */
static unsigned
parse_member(sftr__entry_reader *r, sftr__entry *e, unsigned seen)
{
	sftr__json *j = &r->reader.json;
	enum field f;
	char *at;

	sftr__json_peek(j);
	at = j->p;
	f = parse_field(r);
	if ((seen & f & ~(unsigned)UNKNOWN) != 0)
		sftr__json_fail(j, SFTR_E_DUPLICATE, SFTR__RULE_ENTRY, at,
				"field %s a second time", field_name(f));
	/* Only what ends in the offsets, and has no more, is a form. */
	if (f == UNKNOWN || (f == OFFSETS && seen != (DTYPE | SHAPE)))
		r->form_at = NULL;
	parse_value(r, e, f, at);
	return seen | f;
}

/* From the form at the cursor, which is known, to behind the offsets. */
static void
take_form(sftr__entry_reader *r, sftr__entry *e, const sftr__form *form)
{
	sftr__json *j = &r->reader.json;

	r->form_at = NULL;
	e->dtype = form->dtype;
	e->shape = form->shape;
	e->rank = form->rank;
	e->is_whole = form->is_whole;
	e->n_bytes = form->n_bytes;
	e->shape_at = j->p + form->shape_at;
	j->p += form->n_text;
	j->grammar_rule = SFTR__RULE_OFFSETS;
	parse_range(r, e);
}

static void
parse_object(sftr__entry_reader *r, sftr__entry *e, const sftr__form *form)
{
	sftr__json *j = &r->reader.json;
	unsigned seen = 0;
	char *at;

	if (form != NULL) {
		take_form(r, e, form);
		seen = DTYPE | SHAPE | OFFSETS;
	} else {
		sftr__json_need(j, '{');
		if (sftr__json_peek(j) != '}')
			seen = parse_member(r, e, 0);
	}
	while (sftr__json_take(j, ','))
		seen = parse_member(r, e, seen);
	sftr__json_peek(j);
	at = j->p;
	sftr__json_need(j, '}');
	if ((~seen & (DTYPE | SHAPE | OFFSETS)) != 0)
		fail_missing(r, seen, at);
}

/* What dtype and shape come to, for an entry of no known form. */
static void
settle_size(sftr__entry_reader *r, sftr__entry *e)
{
	static const uint64_t none[1] = { 0 };
	uint32_t dim;

	e->is_whole = sftr__tensor_size(r->reader.policy, e->dtype,
					e->rank > 0 ? r->dims + e->shape : none,
					e->rank, &e->n_bytes, &dim) == SFTR_OK;
}

/* The entry just read as a form, for those to come. */
static void
keep_form(sftr__entry_reader *r, const sftr__entry *e)
{
	sftr__form form = { .text = r->form_at,
			    .shape_at = (uint8_t)(e->shape_at - r->form_at),
			    .is_whole = e->is_whole,
			    .dtype = e->dtype,
			    .shape = e->shape,
			    .rank = e->rank,
			    .n_bytes = e->n_bytes };

	sftr__forms_keep(&r->forms, &form, (size_t)(e->form_end - r->form_at));
}

/*
 * Flattened: its questions are a few instructions each, and calls between them
 * would send the cursor through memory; a tenth of the time.
 */
__attribute__((flatten)) void
sftr__entry_parse(sftr__entry_reader *r, sftr__entry *e)
{
	sftr__json *j = &r->reader.json;
	sftr__form *form = NULL;

	memset(e, 0, sizeof *e);
	r->reader.departed = false;
	sftr__json_need(j, ':');
	if (sftr__json_peek(j) == '[') {
		parse_array(r, e);
	} else {
		form = sftr__forms_slot(&r->forms, j->p);
		if (!sftr__forms_match(&r->forms, form, j->p))
			form = NULL;
		r->form_at = j->p;
		parse_object(r, e, form);
	}
	if (j->failed)
		return;
	if (form == NULL)
		settle_size(r, e);
	if (r->form_at != NULL && !r->reader.departed)
		keep_form(r, e);
	e->is_sound = e->is_whole && e->begin <= e->end &&
		      e->end - e->begin == e->n_bytes;
}
