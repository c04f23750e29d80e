/* SPDX-License-Identifier: MIT */
#include "tree/note_read.h"

#include "base/alloc.h"
#include "format/json.h"
#include "names/step.h"
#include "tree/hexfloat.h"
#include "tree/metadata.h"

#include <stdbool.h>
#include <string.h>

#define VERSION 1

/* One note being read: the cursor fails for the first fault of either. */
struct reading {
	sftr__json json;
	sftr__note *note;
	sftr_error err; /* of the cursor */
	sftr__line line;
};

static bool
is_word(sftr_str text, const char *word)
{
	return text.len == strlen(word) &&
	       memcmp(text.ptr, word, text.len) == 0;
}

/* The fault of a text that was read from 'at'. */
static void
unexpected(struct reading *r, const char *at, const char *due, sftr_str found)
{
	sftr_error printed;

	sftr__fail(&printed, SFTR_E_NOTE, "%s", "");
	sftr__set_key(&printed, found.ptr, found.len);
	sftr__json_fail(&r->json, SFTR_E_NOTE, 0, at,
			"expected %s, found \"%.80s\"", due, printed.key);
}

/* Where the next token begins. */
static const char *
here(struct reading *r)
{
	sftr__json_peek(&r->json);
	return r->json.p;
}

/* {"i":"…"}: its letter, and the string behind it; 0 after a fault. */
static char
parse_number_object(struct reading *r, const char **at, sftr_str *text)
{
	char letter[4];
	const char *begin;

	sftr__json_need(&r->json, '{');
	begin = here(r);
	sftr__json_word(&r->json, letter, sizeof letter);
	if (!r->json.failed &&
	    ((letter[0] != 'i' && letter[0] != 'f') || letter[1] != '\0'))
		sftr__json_fail(&r->json, SFTR_E_NOTE, 0, begin,
				"expected \"i\" or \"f\"");
	sftr__json_need(&r->json, ':');
	*at = here(r);
	*text = sftr__json_string(&r->json, NULL);
	sftr__json_need(&r->json, '}');
	return (char)(r->json.failed ? 0 : letter[0]);
}

/* Whether it is the canonical decimal of a number above 2^63 - 1. */
static bool
parse_u64(sftr_str text, uint64_t *value)
{
	uint64_t v = 0;

	if (text.len == 0 || (text.ptr[0] == '0' && text.len > 1))
		return false;
	for (size_t i = 0; i < text.len; i++) {
		unsigned digit = (unsigned char)text.ptr[i] - (unsigned)'0';

		if (digit > 9 || v > (UINT64_MAX - digit) / 10)
			return false;
		v = v * 10 + digit;
	}
	*value = v;
	return true;
}

static void
parse_integer(struct reading *r, const char *at, sftr_str text,
	      sftr_scalar *scalar)
{
	scalar->kind = SFTR_SCALAR_I64;
	if (sftr__decimal_parse(text.ptr, text.len, &scalar->as.i64, NULL) ==
	    SFTR__DECIMAL_OK)
		return;
	scalar->kind = SFTR_SCALAR_U64;
	if (!parse_u64(text, &scalar->as.u64))
		unexpected(r, at, "an integer of 64 bits", text);
}

static void
parse_scalar(struct reading *r, sftr_scalar *scalar)
{
	char next = sftr__json_peek(&r->json);
	const char *at;
	sftr_str text;
	char letter;

	if (next == '"') {
		scalar->kind = SFTR_SCALAR_TEXT;
		scalar->as.text = sftr__json_string(&r->json, NULL);
	} else if (next == '{') {
		letter = parse_number_object(r, &at, &text);
		scalar->kind = SFTR_SCALAR_F64;
		if (letter == 'i')
			parse_integer(r, at, text, scalar);
		else if (letter == 'f' &&
			 !sftr__hexfloat_parse(text.ptr, text.len,
					       &scalar->as.f64))
			unexpected(r, at, "a hexadecimal float", text);
	} else if (sftr__json_try(&r->json, "true")) {
		scalar->as.boolean = 1;
	} else if (!sftr__json_try(&r->json, "false")) {
		sftr__json_expected(&r->json, "a scalar");
	}
}

static void
parse_container(struct reading *r, sftr_node_kind *kind)
{
	const char *at = here(r);
	sftr_str word = sftr__json_string(&r->json, NULL);

	if (r->json.failed)
		return;
	for (unsigned i = SFTR_NODE_DICT; i <= SFTR_NODE_OBJECT; i++)
		if (is_word(word, sftr__node_kind_name((sftr_node_kind)i))) {
			*kind = (sftr_node_kind)i;
			return;
		}
	unexpected(r, at, "a kind of container", word);
}

static void
parse_key(struct reading *r)
{
	sftr_step key = { SFTR_STEP_KEY, { NULL, 0 }, 0 };
	const char *at;
	sftr_str text;

	if (sftr__json_peek(&r->json) != '{') {
		key.text = sftr__json_string(&r->json, NULL);
	} else {
		key.kind = SFTR_STEP_INT_KEY;
		if (parse_number_object(r, &at, &text) == 0)
			return;
		if (sftr__decimal_parse(text.ptr, text.len, &key.number,
					NULL) != SFTR__DECIMAL_OK)
			unexpected(r, at, "an integer key", text);
	}
	if (!r->json.failed &&
	    sftr__note_add_key(r->note, &key, &r->err) != SFTR_OK)
		sftr__json_fail(&r->json, SFTR_E_MEMORY, 0, r->json.p,
				"out of memory");
}

static void
parse_keys(struct reading *r)
{
	sftr__note *note = r->note;

	r->line.as.order.first = note->n_keys;
	sftr__json_need(&r->json, '[');
	if (!sftr__json_take(&r->json, ']')) {
		do
			parse_key(r);
		while (sftr__json_take(&r->json, ','));
		sftr__json_need(&r->json, ']');
	}
	r->line.as.order.n = note->n_keys - r->line.as.order.first;
}

static void
parse_value(struct reading *r)
{
	sftr__line *line = &r->line;
	sftr__line_value value = sftr__line_takes(line->kind);

	switch (value) {
	case SFTR__VALUE_TEXT_OR_NULL:
	case SFTR__VALUE_NULL:
		if (sftr__json_take_null(&r->json))
			return;
		if (value == SFTR__VALUE_NULL)
			sftr__json_expected(&r->json, "null");
		else
			line->as.text = sftr__json_string(&r->json, NULL);
		return;
	case SFTR__VALUE_TEXT:
		line->as.text = sftr__json_string(&r->json, NULL);
		return;
	case SFTR__VALUE_CONTAINER: parse_container(r, &line->as.empty); return;
	case SFTR__VALUE_SCALAR: parse_scalar(r, &line->as.scalar); return;
	case SFTR__VALUE_KEYS: parse_keys(r); return;
	}
}

static void
parse_line(struct reading *r)
{
	const char *at = here(r);
	unsigned kind = 0;
	sftr_str word;

	memset(&r->line, 0, sizeof r->line);
	r->line.offset = sftr__json_offset(&r->json, at);
	sftr__json_need(&r->json, '[');
	r->line.path = sftr__json_string(&r->json, NULL);
	sftr__json_need(&r->json, ',');
	at = here(r);
	word = sftr__json_string(&r->json, NULL);
	if (r->json.failed)
		return;
	while (kind < SFTR__N_LINES &&
	       !is_word(word, sftr__line_word((sftr__line_kind)kind)))
		kind++;
	if (kind == SFTR__N_LINES) {
		unexpected(r, at, "a kind of line", word);
		return;
	}
	r->line.kind = (sftr__line_kind)kind;
	sftr__json_need(&r->json, ',');
	parse_value(r);
	sftr__json_need(&r->json, ']');
	if (!r->json.failed &&
	    sftr__note_add(r->note, &r->line, &r->err) != SFTR_OK)
		sftr__json_fail(&r->json, SFTR_E_MEMORY, 0, at,
				"out of memory");
}

static void
parse_lines(struct reading *r)
{
	sftr__json_need(&r->json, '[');
	if (sftr__json_take(&r->json, ']'))
		return;
	do
		parse_line(r);
	while (sftr__json_take(&r->json, ','));
	sftr__json_need(&r->json, ']');
}

static void
parse_field(struct reading *r, unsigned *seen)
{
	static const char *const fields[] = { "version", "notes" };
	const char *at = here(r);
	sftr_str name = sftr__json_string(&r->json, NULL);
	unsigned i = 0;

	while (i < 2 && !is_word(name, fields[i]))
		i++;
	if (r->json.failed)
		return;
	if (i == 2 || (*seen & 1U << i) != 0) {
		unexpected(r, at, "\"version\" and \"notes\", each once", name);
		return;
	}
	*seen |= 1U << i;
	sftr__json_need(&r->json, ':');
	at = here(r);
	if (i == 1)
		parse_lines(r);
	else if (sftr__json_u64(&r->json) != VERSION)
		sftr__json_fail(&r->json, SFTR_E_NOTE, 0, at,
				"expected version 1");
}

static void
parse_note(struct reading *r)
{
	unsigned seen = 0;

	sftr__json_need(&r->json, '{');
	do
		parse_field(r, &seen);
	while (sftr__json_take(&r->json, ','));
	if (!r->json.failed && sftr__json_peek(&r->json) == '}' && seen != 3)
		sftr__json_expected(&r->json, "\"version\" and \"notes\"");
	sftr__json_need(&r->json, '}');
	sftr__json_skip_space(&r->json);
	if (!r->json.failed && r->json.p != r->json.end)
		sftr__json_expected(&r->json, "the end of the note");
}

sftr_code
sftr__note_parse(sftr__note *note, sftr_str text, sftr_error *err)
{
	struct reading r;

	if (text.len > SIZE_MAX / 2)
		return sftr__fail_memory(err);
	note->n_text = text.len + 1 + SFTR__JSON_SLACK;
	note->text = sftr__alloc(&note->allocator, note->n_text);
	if (note->text == NULL)
		return sftr__fail_memory(err);
	memcpy(note->text, text.ptr, text.len);
	memset(note->text + text.len, 0, 1 + SFTR__JSON_SLACK);
	r.note = note;
	sftr__json_init(&r.json, note->text, text.len, 0, &r.err);
	r.json.whole = "note";
	parse_note(&r);
	if (!r.json.failed)
		return SFTR_OK;
	if (r.err.code == SFTR_E_MEMORY)
		return sftr__fail_memory(err);
	sftr__fail_at(err, SFTR_E_NOTE, r.err.offset, "%s", r.err.message);
	sftr__set_file(err, SFTR__NOTE_KEY);
	return SFTR_E_NOTE;
}
