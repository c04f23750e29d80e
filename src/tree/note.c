/* SPDX-License-Identifier: MIT */
#include "tree/note.h"

#include "base/alloc.h"
#include "names/step.h"
#include "tree/hexfloat.h"
#include "tree/metadata.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

static const struct {
	const char *word;
	sftr__line_value value;
} kinds[SFTR__N_LINES] = {
	[SFTR__LINE_ALIAS] = { "alias", SFTR__VALUE_TEXT },
	[SFTR__LINE_DICT] = { "dict", SFTR__VALUE_NULL },
	[SFTR__LINE_EMPTY] = { "empty", SFTR__VALUE_CONTAINER },
	[SFTR__LINE_FLAT] = { "flat", SFTR__VALUE_NULL },
	[SFTR__LINE_INT] = { "int", SFTR__VALUE_NULL },
	[SFTR__LINE_LIST] = { "list", SFTR__VALUE_NULL },
	[SFTR__LINE_NONE] = { "none", SFTR__VALUE_NULL },
	[SFTR__LINE_OBJECT] = { "object", SFTR__VALUE_TEXT_OR_NULL },
	[SFTR__LINE_ORDER] = { "order", SFTR__VALUE_KEYS },
	[SFTR__LINE_SCALAR] = { "scalar", SFTR__VALUE_SCALAR },
	[SFTR__LINE_TUPLE] = { "tuple", SFTR__VALUE_NULL },
};

const char *
sftr__line_word(sftr__line_kind kind)
{
	return kinds[kind].word;
}

sftr__line_value
sftr__line_takes(sftr__line_kind kind)
{
	return kinds[kind].value;
}

void
sftr__note_begin(sftr__note *note, const sftr_allocator *allocator)
{
	memset(note, 0, sizeof *note);
	note->allocator = *allocator;
}

void
sftr__note_free(sftr__note *note)
{
	const sftr_allocator *a = &note->allocator;

	sftr__free(a, note->text, note->n_text);
	sftr__free(a, note->lines, note->line_capacity * sizeof *note->lines);
	sftr__free(a, note->keys, note->key_capacity * sizeof *note->keys);
	note->text = NULL;
	note->lines = NULL;
	note->keys = NULL;
}

sftr_code
sftr__note_add(sftr__note *note, const sftr__line *line, sftr_error *err)
{
	void *lines = note->lines;

	if (!sftr__grow(&note->allocator, &lines, &note->line_capacity,
			note->n_lines + 1, sizeof *line))
		return sftr__fail_memory(err);
	note->lines = lines;
	note->lines[note->n_lines++] = *line;
	return SFTR_OK;
}

sftr_code
sftr__note_add_key(sftr__note *note, const sftr_step *key, sftr_error *err)
{
	void *keys = note->keys;

	if (!sftr__grow(&note->allocator, &keys, &note->key_capacity,
			note->n_keys + 1, sizeof *key))
		return sftr__fail_memory(err);
	note->keys = keys;
	note->keys[note->n_keys++] = *key;
	return SFTR_OK;
}

sftr_code
sftr__line_fail(const sftr__line *line, sftr_error *err, const char *format,
		...)
{
	char message[sizeof err->message];
	va_list args;

	va_start(args, format);
	vsnprintf(message, sizeof message, format, args);
	va_end(args);
	sftr__fail_at(err, SFTR_E_NOTE, line->offset, "%s", message);
	sftr__set_file(err, SFTR__NOTE_KEY);
	sftr__set_key(err, line->path.ptr, line->path.len);
	return SFTR_E_NOTE;
}

static void
emit_number(sftr__emit *e, char letter, const char *text, size_t n)
{
	char begin[] = "{\"?\":\"";

	begin[2] = letter;
	sftr__emit_text(e, begin);
	sftr__emit_bytes(e, text, n);
	sftr__emit_text(e, "\"}");
}

static void
emit_scalar(sftr__emit *e, const sftr_scalar *scalar)
{
	sftr_step step = { SFTR_STEP_INT_KEY, { NULL, 0 }, 0 };
	char decimal[SFTR__DECIMAL];
	char hex[SFTR__HEXFLOAT];
	sftr_str text;

	switch (scalar->kind) {
	case SFTR_SCALAR_BOOL:
		sftr__emit_text(e, scalar->as.boolean ? "true" : "false");
		return;
	case SFTR_SCALAR_I64:
		step.number = scalar->as.i64;
		text = sftr__step_text(&step, decimal);
		emit_number(e, 'i', text.ptr, text.len);
		return;
	case SFTR_SCALAR_U64:
		sftr__emit_text(e, "{\"i\":\"");
		sftr__emit_u64(e, scalar->as.u64);
		sftr__emit_text(e, "\"}");
		return;
	case SFTR_SCALAR_F64:
		emit_number(e, 'f', hex,
			    sftr__hexfloat_format(scalar->as.f64, hex));
		return;
	case SFTR_SCALAR_TEXT: sftr__emit_string(e, scalar->as.text); return;
	}
}

static void
emit_keys(sftr__emit *e, const sftr_step *keys, size_t n)
{
	char decimal[SFTR__DECIMAL];
	sftr_str text;

	sftr__emit_text(e, "[");
	for (size_t i = 0; i < n; i++) {
		sftr__emit_text(e, i > 0 ? "," : "");
		text = sftr__step_text(&keys[i], decimal);
		if (keys[i].kind == SFTR_STEP_INT_KEY)
			emit_number(e, 'i', text.ptr, text.len);
		else
			sftr__emit_string(e, text);
	}
	sftr__emit_text(e, "]");
}

static void
emit_value(sftr__emit *e, const sftr__note *note, const sftr__line *line)
{
	sftr_str word = { NULL, 0 };

	switch (kinds[line->kind].value) {
	case SFTR__VALUE_NULL: break;
	case SFTR__VALUE_TEXT:
	case SFTR__VALUE_TEXT_OR_NULL: word = line->as.text; break;
	case SFTR__VALUE_CONTAINER:
		word.ptr = sftr__node_kind_name(line->as.empty);
		word.len = strlen(word.ptr);
		break;
	case SFTR__VALUE_SCALAR: emit_scalar(e, &line->as.scalar); return;
	case SFTR__VALUE_KEYS:
		emit_keys(e, sftr__line_keys(note, line), line->as.order.n);
		return;
	}
	if (word.ptr == NULL)
		sftr__emit_text(e, "null");
	else
		sftr__emit_string(e, word);
}

void
sftr__note_emit(const sftr__note *note, sftr__emit *e)
{
	sftr__emit_text(e, "{\"version\":1,\"notes\":[");
	for (size_t i = 0; i < note->n_lines; i++) {
		sftr__emit_text(e, i > 0 ? ",[" : "[");
		sftr__emit_string(e, note->lines[i].path);
		sftr__emit_text(e, ",\"");
		sftr__emit_text(e, kinds[note->lines[i].kind].word);
		sftr__emit_text(e, "\",");
		emit_value(e, note, &note->lines[i]);
		sftr__emit_text(e, "]");
	}
	sftr__emit_text(e, "]}");
}
