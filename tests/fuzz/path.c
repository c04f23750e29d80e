/* SPDX-License-Identifier: MIT */
/*
 * The text of a path under every codec.  Read, written and read again it is
 * the same path; any codec that consents to write it reads it back, but for the
 * kinds that its text does not tell; a refusal lies in the text.
 */
#include "fuzz.h"

#include <stdlib.h>
#include <string.h>

const char fuzz_name[] = "path";

struct text {
	char *bytes;
	size_t n;
};

static bool
tells_kinds(sftr_codec codec)
{
	return codec != SFTR_CODEC_DOTTED && codec != SFTR_CODEC_SLASH;
}

/* The text of a path, in a buffer without room to spare. */
static sftr_code
format(sftr_codec codec, const sftr_path *path, struct text *text,
       sftr_error *err)
{
	size_t n = SIZE_MAX;
	sftr_code code = sftr_path_format(codec, path->steps, path->n_steps,
					  NULL, 0, &n, err);

	text->bytes = NULL;
	text->n = n;
	if (code == SFTR_E_CODEC) {
		fuzz_refusal(err, code, SIZE_MAX);
		return code;
	}
	need(code == SFTR_E_CAPACITY, "%s: %s", sftr_codec_name(codec),
	     err->message);
	text->bytes = fuzz_bytes(n + 1);
	code = sftr_path_format(codec, path->steps, path->n_steps, text->bytes,
				n + 1, &text->n, err);
	need(code == SFTR_OK && text->n == n && text->bytes[n] == '\0',
	     "%s: %zu bytes, %zu before", sftr_codec_name(codec), text->n, n);
	return code;
}

/* What a codec wrote, it reads; the same path, as far as its text tells. */
static void
comes_back(sftr_codec codec, const sftr_path *path, const struct text *text,
	   const sftr_allocator *allocator)
{
	sftr_path back;
	sftr_error err;

	need(sftr_path_parse(codec, text->bytes, text->n, allocator, &back,
			     &err) == SFTR_OK,
	     "%s cannot read what it wrote: %s", sftr_codec_name(codec),
	     err.message);
	need(sftr_path_matches(path->steps, path->n_steps, back.steps,
			       back.n_steps) == 1,
	     "%s reads another path from %s", sftr_codec_name(codec),
	     text->bytes);
	if (tells_kinds(codec))
		need(sftr_path_compare(path->steps, path->n_steps, back.steps,
				       back.n_steps) == 0,
		     "%s reads other kinds from %s", sftr_codec_name(codec),
		     text->bytes);
	sftr_path_free(&back);
}

/*
 * To both p2s a "." before the first name says nothing and is not written; what
 * is left may be a name that cannot be: none at all, or that of the metadata.
 */
static bool
is_read_only(sftr_codec codec, const char *text, size_t n)
{
	if (n > 0 && text[0] == '.' && codec == SFTR_CODEC_P2S)
		return n == 1 || memchr(".@#", text[1], 3) != NULL ||
		       (n == 13 && memcmp(text, ".__metadata__", n) == 0);
	return codec == SFTR_CODEC_P2S_ESC && n == 13 &&
	       memcmp(text, ".__metadata__", n) == 0;
}

static void
goes_everywhere(sftr_codec from, const sftr_path *path, const char *text,
		size_t n, const sftr_allocator *allocator)
{
	for (int c = SFTR_CODEC_P2S; c < SFTR_N_CODECS; c++) {
		struct text other;
		sftr_error err;
		sftr_code code = format((sftr_codec)c, path, &other, &err);

		if (c == (int)from)
			need(code == SFTR_OK || is_read_only(from, text, n),
			     "%s cannot write what it read",
			     sftr_codec_name(from));
		if (c == (int)from && !tells_kinds(from))
			need(other.n == n && memcmp(other.bytes, text, n) == 0,
			     "%s wrote %s", sftr_codec_name(from), other.bytes);
		if (code == SFTR_OK)
			comes_back((sftr_codec)c, path, &other, allocator);
		free(other.bytes);
	}
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const char *text = (const char *)data;
	sftr_path paths[SFTR_N_CODECS];
	bool read[SFTR_N_CODECS] = { false };
	struct fuzz_memory memory;
	sftr_allocator a = fuzz_allocator(&memory, 65536 + 2048 * size);
	sftr_error err;

	for (int c = SFTR_CODEC_P2S; c < SFTR_N_CODECS; c++) {
		sftr_code code = sftr_path_parse((sftr_codec)c, text, size, &a,
						 &paths[c], &err);

		read[c] = code == SFTR_OK;
		if (read[c]) {
			goes_everywhere((sftr_codec)c, &paths[c], text, size,
					&a);
			continue;
		}
		fuzz_refusal(&err, code, size);
		need(code == SFTR_E_PATH || code == SFTR_E_UTF8, "%s: %s",
		     sftr_codec_name((sftr_codec)c), err.message);
		need(paths[c].steps == NULL, "not zeroed");
	}
	for (int b = SFTR_CODEC_P2S; b < SFTR_N_CODECS; b++)
		for (int c = SFTR_CODEC_P2S; c < SFTR_N_CODECS; c++) {
			const sftr_path *p = &paths[b], *q = &paths[c];
			int one, other;

			if (!read[b] || !read[c])
				continue;
			one = sftr_path_compare(p->steps, p->n_steps, q->steps,
						q->n_steps);
			other = sftr_path_compare(q->steps, q->n_steps,
						  p->steps, p->n_steps);
			need((one < 0) == (other > 0) &&
				     (one == 0) == (other == 0),
			     "%d and %d", one, other);
		}
	for (int c = SFTR_CODEC_P2S; c < SFTR_N_CODECS; c++)
		if (read[c])
			sftr_path_free(&paths[c]);
	fuzz_all_freed(&memory);
	return 0;
}
