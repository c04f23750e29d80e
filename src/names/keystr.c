/* SPDX-License-Identifier: MIT */
#include "names/keystr.h"

#include "base/hex.h"
#include "base/utf8.h"
#include "names/step.h"

#include <stdio.h>
#include <string.h>

#define FLAT "<flat index "

/* Python's escapes of one letter, and what they stand for. */
static const char letters[] = "\\'\"abfnrtv";
static const char meanings[] = "\\'\"\a\b\f\n\r\t\v";

static bool
is_at(const sftr__path_reader *r, size_t at, char c)
{
	return at < r->n && r->text[at] == c;
}

static bool
is_digit(const sftr__path_reader *r, size_t at)
{
	return at < r->n && r->text[at] >= '0' && r->text[at] <= '9';
}

/* The code point of exactly n hexadecimal digits at *at, which moves on. */
static uint32_t
read_hex(sftr__path_reader *r, size_t *at, unsigned n)
{
	size_t begin = *at;
	uint32_t c = 0;

	for (; n > 0; n--, (*at)++) {
		int digit = *at < r->n ? sftr__hex_digit(r->text[*at]) : -1;

		if (digit < 0) {
			sftr__path_expect(r, *at, "a hexadecimal digit");
			return 0;
		}
		c = c << 4 | (uint32_t)digit;
	}
	if (c > 0x10ffff || (c >= 0xd800 && c <= 0xdfff)) {
		sftr__path_expect(r, begin, "a code point that UTF-8 has");
		return 0;
	}
	return c;
}

static uint32_t
read_octal(sftr__path_reader *r, size_t *at)
{
	uint32_t c = 0;

	for (int i = 0; i < 3 && *at < r->n; i++, (*at)++) {
		if (r->text[*at] < '0' || r->text[*at] > '7')
			break;
		c = c << 3 | (uint32_t)(r->text[*at] - '0');
	}
	return c;
}

/* The code point of the escape whose backslash is before *at. */
static uint32_t
read_escape(sftr__path_reader *r, size_t *at)
{
	char c = *at < r->n ? r->text[*at] : '\0';
	const char *letter = c != '\0' ? strchr(letters, c) : NULL;

	if (c >= '0' && c <= '7')
		return read_octal(r, at);
	if (letter == NULL && c != 'x' && c != 'u' && c != 'U') {
		sftr__path_expect(r, *at, "an escape of Python after '\\'");
		return 0;
	}
	(*at)++;
	if (letter != NULL)
		return (unsigned char)meanings[letter - letters];
	return read_hex(r, at, c == 'x' ? 2 : c == 'u' ? 4 : 8);
}

/*
 * The place of the quote that ends the literal whose first character is at
 * 'begin'; *escaped tells whether there is a backslash before it.
 */
static size_t
find_quote(sftr__path_reader *r, size_t begin, char quote, bool *escaped)
{
	size_t i;

	*escaped = false;
	for (i = begin; i < r->n && r->text[i] != quote; i++) {
		if (r->text[i] == '\n' || r->text[i] == '\r' ||
		    r->text[i] == '\0')
			break;
		if (r->text[i] == '\\' && i + 1 < r->n) {
			*escaped = true;
			i++;
		}
	}
	if (i >= r->n || r->text[i] != quote)
		sftr__path_expect(r, i,
				  quote == '"' ? "'\"' after the key" :
						 "\"'\" after the key");
	return i;
}

/* A text key; *at is the first quote, and then behind the last. */
static void
parse_text(sftr__path_reader *r, size_t *at)
{
	char quote = r->text[(*at)++];
	size_t begin = *at;
	bool escaped;
	size_t end = find_quote(r, begin, quote, &escaped);
	char *key, *to;

	*at = end + 1;
	if (r->code != SFTR_OK)
		return;
	if (!escaped) {
		sftr__path_push_text(r, SFTR_STEP_KEY, r->text + begin,
				     end - begin);
		return;
	}
	/* No escape is shorter than the UTF-8 that it stands for. */
	key = to = sftr__path_room(r, end - begin);
	if (key == NULL)
		return;
	for (size_t i = begin; i < end && r->code == SFTR_OK;) {
		if (r->text[i] != '\\') {
			*to++ = r->text[i++];
			continue;
		}
		i++;
		to += sftr__utf8_write(read_escape(r, &i), to);
	}
	sftr__path_push_text(r, SFTR_STEP_KEY, key, (size_t)(to - key));
}

/* The decimal at *at, which moves behind it. */
static int64_t
parse_decimal(sftr__path_reader *r, size_t *at, const char *what)
{
	size_t begin = *at;

	while (is_at(r, *at, '-') || is_digit(r, *at))
		(*at)++;
	return sftr__path_decimal(r, begin, *at, what);
}

static bool
begins_flat(const sftr__path_reader *r, size_t at)
{
	return r->n - at >= sizeof FLAT - 1 &&
	       memcmp(r->text + at, FLAT, sizeof FLAT - 1) == 0;
}

/* What is between the brackets; *at is behind the first. */
static void
parse_bracket(sftr__path_reader *r, size_t *at)
{
	int64_t number;

	if (is_at(r, *at, '\'') || is_at(r, *at, '"')) {
		parse_text(r, at);
	} else if (begins_flat(r, *at)) {
		*at += sizeof FLAT - 1;
		if (is_at(r, *at, '-'))
			sftr__path_expect(r, *at, "an index of 0 or more");
		number = parse_decimal(r, at, "an index");
		sftr__path_push_number(r, SFTR_STEP_FLAT, number);
		if (!is_at(r, (*at)++, '>'))
			sftr__path_expect(r, *at - 1, "'>'");
	} else if (!is_at(r, *at, '-') && !is_digit(r, *at)) {
		sftr__path_expect(r, *at,
				  "a quoted text, an integer or " FLAT "N>");
	} else {
		number = parse_decimal(r, at, "an integer");
		sftr__path_push_number(
			r, number < 0 ? SFTR_STEP_INT_KEY : SFTR_STEP_INDEX,
			number);
	}
	if (!is_at(r, (*at)++, ']'))
		sftr__path_expect(r, *at - 1, "']'");
}

void
sftr__keystr_parse(sftr__path_reader *r)
{
	size_t at = 0;

	while (at < r->n && r->code == SFTR_OK) {
		size_t begin = at + 1;

		if (is_at(r, at, '[')) {
			at = begin;
			parse_bracket(r, &at);
			continue;
		}
		if (!is_at(r, at, '.')) {
			sftr__path_expect(r, at, "'[' or '.'");
			return;
		}
		for (at = begin; at < r->n; at++)
			if (memchr(".[]", r->text[at], 3) != NULL)
				break;
		sftr__path_push_text(r, SFTR_STEP_ATTR, r->text + begin,
				     at - begin);
	}
}

/* One code point as Python's repr has it, and as \u beyond Latin-1. */
static void
put_code_point(sftr__path_writer *w, uint32_t c, char quote)
{
	const char *shorts = "\t\n\r\\";
	const char *short_at =
		c < 0x80 && c != 0 ? strchr(shorts, (int)c) : NULL;
	char text[16];
	int n;

	if (short_at != NULL)
		n = snprintf(text, sizeof text, "\\%c",
			     "tnr\\"[short_at - shorts]);
	else if (c == (unsigned char)quote)
		n = snprintf(text, sizeof text, "\\%c", quote);
	else if (c < 0x20 || (c >= 0x7f && c <= 0xa0) || c == 0xad)
		n = snprintf(text, sizeof text, "\\x%02x", (unsigned)c);
	else if (c < 0x100)
		n = (int)sftr__utf8_write(c, text);
	else if (c < 0x10000)
		n = snprintf(text, sizeof text, "\\u%04x", (unsigned)c);
	else
		n = snprintf(text, sizeof text, "\\U%08x", (unsigned)c);
	sftr__path_put(w, text, (size_t)n);
}

/* repr takes '"' only where that saves it from escaping. */
static void
put_literal(sftr__path_writer *w, sftr_str key)
{
	bool has_single = key.len > 0 && memchr(key.ptr, '\'', key.len);
	bool has_double = key.len > 0 && memchr(key.ptr, '"', key.len);
	char quote = has_single && !has_double ? '"' : '\'';
	size_t len;

	sftr__path_put_char(w, quote);
	for (size_t i = 0; i < key.len; i += len)
		put_code_point(w,
			       sftr__utf8_read(key.ptr + i, key.len - i, &len),
			       quote);
	sftr__path_put_char(w, quote);
}

static void
put_step(sftr__path_writer *w, size_t i)
{
	const sftr_step *step = &w->steps[i];
	char decimal[SFTR__DECIMAL];
	sftr_str text = sftr__step_text(step, decimal);

	if (step->kind == SFTR_STEP_NAME) {
		sftr__path_refuse(w, i, SFTR_NO_OFFSET, "a step with a kind",
				  sftr__step_kind_text(step->kind));
		return;
	}
	if (step->kind == SFTR_STEP_INT_KEY && step->number >= 0) {
		sftr__path_refuse(w, i, SFTR_NO_OFFSET,
				  "an integer key below 0",
				  "one that reads as an index");
		return;
	}
	if (step->kind == SFTR_STEP_ATTR) {
		sftr__path_put_char(w, '.');
		if (sftr__path_is_free_of(w, i, ".[]", "no '.', '[' or ']'"))
			sftr__path_put(w, text.ptr, text.len);
		return;
	}
	sftr__path_put_char(w, '[');
	if (step->kind == SFTR_STEP_KEY)
		put_literal(w, text);
	else if (step->kind == SFTR_STEP_FLAT)
		sftr__path_put(w, FLAT, sizeof FLAT - 1);
	if (step->kind != SFTR_STEP_KEY)
		sftr__path_put(w, text.ptr, text.len);
	if (step->kind == SFTR_STEP_FLAT)
		sftr__path_put_char(w, '>');
	sftr__path_put_char(w, ']');
}

void
sftr__keystr_format(sftr__path_writer *w)
{
	for (size_t i = 0; i < w->n_steps && w->code == SFTR_OK; i++)
		put_step(w, i);
}
