/* SPDX-License-Identifier: MIT */
#include "names/codec.h"

#include "base/utf8.h"
#include "names/dotted.h"
#include "names/haiku.h"
#include "names/keystr.h"
#include "names/p2s.h"
#include "names/raw.h"
#include "names/step.h"

#include <string.h>

static const struct {
	const char *name;
	void (*parse)(sftr__path_reader *r);
	void (*format)(sftr__path_writer *w);
} codecs[SFTR_N_CODECS] = {
	[SFTR_CODEC_GUESS] = { "guess", NULL, NULL },
	[SFTR_CODEC_P2S] = { "p2s", sftr__p2s_parse, sftr__p2s_format },
	[SFTR_CODEC_P2S_ESC] = { "p2s-esc", sftr__p2s_esc_parse,
				 sftr__p2s_esc_format },
	[SFTR_CODEC_DOTTED] = { "dotted", sftr__dotted_parse,
				sftr__dotted_format },
	[SFTR_CODEC_SLASH] = { "slash", sftr__slash_parse, sftr__slash_format },
	[SFTR_CODEC_HAIKU] = { "haiku", sftr__haiku_parse, sftr__haiku_format },
	[SFTR_CODEC_KEYSTR] = { "keystr", sftr__keystr_parse,
				sftr__keystr_format },
	[SFTR_CODEC_RAW] = { "raw", sftr__raw_parse, sftr__raw_format },
};

/* The header's entry of the same name is metadata, whatever the codec. */
#define RESERVED "__metadata__"
#define RESERVED_LEN (sizeof RESERVED - 1)

const char *
sftr_codec_name(sftr_codec codec)
{
	return (unsigned)codec < SFTR_N_CODECS ? codecs[codec].name : "?";
}

int
sftr_codec_parse(const char *name, size_t n_bytes, sftr_codec *codec)
{
	for (unsigned i = 0; i < SFTR_N_CODECS; i++)
		if (strlen(codecs[i].name) == n_bytes &&
		    memcmp(codecs[i].name, name, n_bytes) == 0) {
			*codec = (sftr_codec)i;
			return 1;
		}
	return 0;
}

static bool
is_codec(sftr_codec codec)
{
	return (unsigned)codec < SFTR_N_CODECS && codec != SFTR_CODEC_GUESS;
}

static sftr_code
fail_codec(sftr_codec codec, sftr_error *err)
{
	return sftr__fail(err, SFTR_E_ARGUMENT, "expected a codec, found %s",
			  sftr_codec_name(codec));
}

sftr_code
sftr__path_parse_into(sftr_codec codec, const char *text, size_t n,
		      sftr__path_buffer *buffer, sftr_error *err)
{
	sftr__path_reader r = { text, n, buffer, err, SFTR_OK };
	size_t n_before = buffer->n_steps;

	if (!is_codec(codec))
		return fail_codec(codec, err);
	if (n == RESERVED_LEN && memcmp(text, RESERVED, n) == 0) {
		r.code = sftr__fail_at(err, SFTR_E_PATH, 0,
				       "expected the name of a tensor, found "
				       "the reserved " RESERVED);
		sftr__set_key(err, text, n);
		return r.code;
	}
	codecs[codec].parse(&r);
	if (r.code != SFTR_OK)
		buffer->n_steps = n_before;
	return r.code;
}

sftr_code
sftr_path_parse(sftr_codec codec, const char *text, size_t n_bytes,
		const sftr_allocator *allocator, sftr_path *path,
		sftr_error *err)
{
	sftr__path_buffer buffer;
	sftr__path_reader r = { text, n_bytes, &buffer, err, SFTR_OK };
	size_t span;

	if (path == NULL)
		return sftr__fail(err, SFTR_E_ARGUMENT,
				  "expected a path to fill, found NULL");
	memset(path, 0, sizeof *path);
	if (n_bytes == 0)
		r.text = text = "";
	if (text == NULL)
		return sftr__fail(err, SFTR_E_ARGUMENT,
				  "expected a text, found NULL");
	span = sftr__utf8_span(text, n_bytes);
	if (span < n_bytes) {
		sftr__path_expect(&r, span, "UTF-8");
		return r.code;
	}
	sftr__path_buffer_init(&buffer, allocator);
	r.code = sftr__path_parse_into(codec, text, n_bytes, &buffer, err);
	if (r.code == SFTR_OK)
		r.code = sftr__path_copy(buffer.steps, buffer.n_steps,
					 allocator, path, err);
	sftr__path_buffer_free(&buffer);
	return r.code;
}

/* Steps that the caller may have made by hand. */
static void
check_step(sftr__path_writer *w, size_t i)
{
	const sftr_step *step = &w->steps[i];
	size_t span;

	if ((unsigned)step->kind > SFTR_STEP_FLAT) {
		w->code = sftr__fail(w->err, SFTR_E_ARGUMENT,
				     "step %zu: expected a kind, found %u", i,
				     (unsigned)step->kind);
		return;
	}
	if (step->kind >= SFTR_STEP_INDEX && step->number < 0) {
		w->code = sftr__fail(w->err, SFTR_E_ARGUMENT,
				     "step %zu: expected an index of 0 or "
				     "more, found %lld",
				     i, (long long)step->number);
		return;
	}
	if (sftr__step_is_number(step->kind) || step->text.len == 0)
		return;
	if (step->text.ptr == NULL) {
		w->code =
			sftr__fail(w->err, SFTR_E_ARGUMENT,
				   "step %zu: expected a text, found NULL", i);
		return;
	}
	span = sftr__utf8_span(step->text.ptr, step->text.len);
	if (span < step->text.len)
		sftr__path_refuse(w, i, span, "UTF-8", NULL);
}

/* Writes again, into a few bytes, what came out as long as the reserved. */
static bool
is_reserved(sftr_codec codec, const sftr_step *steps, size_t n_steps)
{
	char text[RESERVED_LEN];
	sftr__path_writer w = { steps, n_steps, text,	sizeof text,
				0,     NULL,	SFTR_OK };

	codecs[codec].format(&w);
	return memcmp(text, RESERVED, sizeof text) == 0;
}

sftr_code
sftr__path_spell(sftr_codec codec, const sftr_step *steps, size_t n_steps,
		 char *buffer, size_t size, size_t *n_bytes, sftr_error *err)
{
	sftr__path_writer w = { steps, n_steps, buffer, size, 0, err, SFTR_OK };

	*n_bytes = 0;
	if (size > 0)
		buffer[0] = '\0';
	if (!is_codec(codec))
		return fail_codec(codec, err);
	for (size_t i = 0; i < n_steps && w.code == SFTR_OK; i++)
		check_step(&w, i);
	if (w.code == SFTR_OK)
		codecs[codec].format(&w);
	if (w.code == SFTR_OK && w.n == RESERVED_LEN &&
	    is_reserved(codec, steps, n_steps))
		sftr__path_refuse(&w, 0, SFTR_NO_OFFSET, "the name of a tensor",
				  "the reserved " RESERVED);
	if (w.code != SFTR_OK) {
		if (size > 0)
			buffer[0] = '\0';
		return w.code;
	}
	*n_bytes = w.n;
	if (size > 0)
		buffer[w.n < size ? w.n : size - 1] = '\0';
	return SFTR_OK;
}

sftr_code
sftr_path_format(sftr_codec codec, const sftr_step *steps, size_t n_steps,
		 char *buffer, size_t size, size_t *n_bytes, sftr_error *err)
{
	sftr_code code = sftr__path_spell(codec, steps, n_steps, buffer, size,
					  n_bytes, err);

	if (code == SFTR_OK && *n_bytes >= size)
		code = sftr__fail(err, SFTR_E_CAPACITY,
				  "expected room for %zu bytes and a NUL, "
				  "found %zu",
				  *n_bytes, size);
	return code;
}

sftr_code
sftr__path_text(sftr_codec codec, const sftr_step *steps, size_t n_steps,
		sftr__arena *arena, sftr_str *text, sftr_error *err)
{
	size_t n;
	char *own;
	sftr_code code =
		sftr__path_spell(codec, steps, n_steps, NULL, 0, &n, err);

	if (code != SFTR_OK)
		return code;
	own = sftr__arena_alloc(arena, n + 1);
	if (own == NULL)
		return sftr__fail_memory(err);
	text->ptr = own;
	text->len = n;
	return sftr__path_spell(codec, steps, n_steps, own, n + 1, &n, err);
}
