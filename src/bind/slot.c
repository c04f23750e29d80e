/* SPDX-License-Identifier: MIT */
#include "bind/slot.h"

#include "base/bytes.h"
#include "base/diagnostic.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>

static bool
is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static bool
is_letter(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

/* A decimal number, or false if it does not fit 64 bits. */
static bool
take_number(const char *text, size_t *at, uint64_t *value)
{
	*value = 0;
	for (; is_digit(text[*at]); (*at)++) {
		uint64_t digit = (uint64_t)(text[*at] - '0');

		if (!sftr__mul(*value, 10, value) ||
		    !sftr__add(*value, digit, value))
			return false;
	}
	return true;
}

sftr__token
sftr__shape_next(const char *text, size_t *at)
{
	sftr__token t = { SFTR__SHAPE_FAULT, 0, NULL, 0, 0 };

	while (text[*at] == ' ')
		(*at)++;
	t.at = *at;
	t.name = text + *at;
	if (text[*at] == '\0') {
		t.kind = SFTR__SHAPE_END;
		return t;
	}
	if (is_digit(text[*at])) {
		if (!take_number(text, at, &t.extent))
			return t;
		t.kind = SFTR__EXTENT;
	} else if (is_letter(text[*at])) {
		while (is_letter(text[*at]) || is_digit(text[*at]) ||
		       text[*at] == '_')
			(*at)++;
		t.kind = SFTR__DIM_NAME;
	} else if (text[*at] == '?') {
		(*at)++;
		t.kind = SFTR__ANY;
	} else if (strncmp(text + *at, "...", 3) == 0) {
		*at += 3;
		t.kind = SFTR__REST;
	}
	t.n_name = *at - t.at;
	if (text[*at] != ' ' && text[*at] != '\0')
		t.kind = SFTR__SHAPE_FAULT;
	return t;
}

sftr_code
sftr__shape_check(const char *text, sftr_error *err)
{
	bool has_rest = false;
	size_t at = 0;

	for (;;) {
		sftr__token t = sftr__shape_next(text, &at);

		if (t.kind == SFTR__SHAPE_END)
			return SFTR_OK;
		if (t.kind == SFTR__SHAPE_FAULT)
			return sftr__fail_at(err, SFTR_E_ARGUMENT, t.at,
					     "shape \"%s\": expected a number, "
					     "a name, ? or ...",
					     text);
		if (t.kind == SFTR__DIM_NAME && t.n_name > SFTR__DIM_NAME_MAX)
			return sftr__fail_at(err, SFTR_E_ARGUMENT, t.at,
					     "shape \"%s\": a name has at most "
					     "%d characters",
					     text, SFTR__DIM_NAME_MAX);
		if (t.kind == SFTR__REST && has_rest)
			return sftr__fail_at(err, SFTR_E_ARGUMENT, t.at,
					     "shape \"%s\": expected one ..., "
					     "found two",
					     text);
		has_rest = has_rest || t.kind == SFTR__REST;
	}
}

/* Whether the extents are as many as the tokens want. */
static bool
fits_rank(const char *text, uint32_t rank)
{
	bool has_rest = false;
	uint64_t n = 0;
	size_t at = 0;

	for (;;) {
		sftr__token t = sftr__shape_next(text, &at);

		if (t.kind == SFTR__SHAPE_END)
			return has_rest ? n <= rank : n == rank;
		if (t.kind == SFTR__REST)
			has_rest = true;
		else
			n++;
	}
}

static uint32_t
count_behind(const char *text, size_t at)
{
	uint32_t n = 0;

	while (sftr__shape_next(text, &at).kind != SFTR__SHAPE_END)
		n++;
	return n;
}

/* Forgets the values that this text gave, up to a place in it. */
static void
forget(const char *text, size_t end, uint32_t scope, sftr__dims *dims,
       uint64_t given)
{
	size_t at = 0;

	for (unsigned i = 0; at < end; i++) {
		sftr__token t = sftr__shape_next(text, &at);
		size_t d;

		if (t.kind != SFTR__DIM_NAME)
			continue;
		d = sftr__dims_find(dims, scope, t.name, t.n_name);
		if (d != SFTR__NO_DIM && i < 64 && (given >> i & 1) != 0)
			dims->dims[d].is_known = false;
	}
}

static sftr__fit
fits_text(const char *text, uint32_t scope, const uint64_t *shape,
	  uint32_t rank, bool keep, sftr__dims *dims)
{
	uint64_t given = 0; /* tokens that gave a name its value */
	uint32_t axis = 0;
	size_t at = 0;

	if (!fits_rank(text, rank))
		return SFTR__FITS_NOT;
	for (unsigned i = 0;; i++) {
		size_t begin = at, d;
		sftr__token t = sftr__shape_next(text, &at);
		bool fits = true;

		if (t.kind == SFTR__SHAPE_END && !keep)
			forget(text, begin, scope, dims, given);
		if (t.kind == SFTR__SHAPE_END)
			return SFTR__FITS;
		if (t.kind == SFTR__REST) {
			axis = rank - count_behind(text, at);
			continue;
		}
		if (t.kind == SFTR__EXTENT)
			fits = shape[axis] == t.extent;
		if (t.kind == SFTR__DIM_NAME) {
			d = sftr__dims_resolve(dims, scope, t.name, t.n_name);
			if (d == SFTR__NO_DIM) {
				forget(text, begin, scope, dims, given);
				return SFTR__FIT_NO_MEMORY;
			}
			if (!dims->dims[d].is_known && i < 64) {
				dims->dims[d].is_known = true;
				dims->dims[d].value = shape[axis];
				given |= (uint64_t)1 << i;
			}
			fits = dims->dims[d].is_known &&
			       dims->dims[d].value == shape[axis];
		}
		if (!fits) {
			forget(text, begin, scope, dims, given);
			return SFTR__FITS_NOT;
		}
		axis++;
	}
}

static sftr__fit
fits(const sftr_slot *slot, const uint64_t *shape, uint32_t rank, bool keep,
     sftr__dims *dims)
{
	if (slot->shape_text == NULL || (slot->flags & SFTR__SLOT_EXACT) != 0) {
		if (slot->rank != rank)
			return SFTR__FITS_NOT;
		for (uint32_t i = 0; i < rank; i++)
			if (slot->shape[i] != shape[i])
				return SFTR__FITS_NOT;
	}
	return slot->shape_text == NULL ?
		       SFTR__FITS :
		       fits_text(slot->shape_text, slot->scope, shape, rank,
				 keep, dims);
}

sftr__fit
sftr__slot_fits(const sftr_slot *slot, const uint64_t *shape, uint32_t rank,
		sftr__dims *dims)
{
	return fits(slot, shape, rank, true, dims);
}

bool
sftr__slot_would_fit(const sftr_slot *slot, const uint64_t *shape,
		     uint32_t rank, sftr__dims *dims)
{
	return fits(slot, shape, rank, false, dims) == SFTR__FITS;
}

/* Text that grows to the right until it is full, and then ends in "...". */
struct line {
	char *text;
	size_t size;
	size_t n;
	bool is_full;
};

static void
put(struct line *l, const char *format, ...) SFTR__PRINTF(2, 3);

static void
put(struct line *l, const char *format, ...)
{
	va_list args;
	int n;

	if (l->is_full || l->size == 0)
		return;
	va_start(args, format);
	n = vsnprintf(l->text + l->n, l->size - l->n, format, args);
	va_end(args);
	if (n >= 0 && (size_t)n < l->size - l->n) {
		l->n += (size_t)n;
		return;
	}
	l->is_full = true;
	if (l->size > 4)
		memcpy(l->text + l->size - 5, "...]", 5);
}

void
sftr__shape_text(const uint64_t *shape, uint32_t rank, char *text, size_t size)
{
	struct line l = { text, size, 0, false };

	put(&l, "[");
	for (uint32_t i = 0; i < rank && !l.is_full; i++)
		put(&l, "%s%" PRIu64, i > 0 ? "," : "", shape[i]);
	put(&l, "]");
}

void
sftr__slot_shape_text(const sftr_slot *slot, const sftr__dims *dims, bool bare,
		      char *text, size_t size)
{
	struct line l = { text, size, 0, false };
	const char *comma = "";
	size_t at = 0;

	if (slot->shape_text == NULL || (slot->flags & SFTR__SLOT_EXACT) != 0) {
		sftr__shape_text(slot->shape, slot->rank, text, size);
		return;
	}
	put(&l, "[");
	for (;;) {
		sftr__token t = sftr__shape_next(slot->shape_text, &at);
		uint64_t value;

		if (t.kind == SFTR__SHAPE_END)
			break;
		put(&l, "%s", comma);
		if (t.kind != SFTR__DIM_NAME ||
		    !sftr__dims_value(dims, slot->scope, t.name, t.n_name,
				      &value))
			put(&l, "%.*s", (int)t.n_name, t.name);
		else if (bare)
			put(&l, "%" PRIu64, value);
		else
			put(&l, "%.*s=%" PRIu64, (int)t.n_name, t.name, value);
		comma = bare ? "," : ", ";
	}
	put(&l, "]");
}
