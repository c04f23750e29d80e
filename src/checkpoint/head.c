/* SPDX-License-Identifier: MIT */
#include "checkpoint/head.h"

#include "base/alloc.h"
#include "base/crew.h"

#include <inttypes.h>

/* One read of this size holds the whole header of most files. */
#define FIRST_READ 16384

/* A header's text from this size on is read by so many threads, by pieces. */
#define LONG_TEXT ((size_t)4 << 20)
#define N_READERS 2
#define PIECE ((size_t)1 << 20)

static sftr_code
no_memory(sftr_error *err, const sftr__source *s)
{
	sftr__fail_memory(err);
	sftr__set_file(err, s->path);
	return SFTR_E_MEMORY;
}

/* A long stretch, in pieces that several threads take in turn. */
struct stretch {
	const sftr__source *source;
	uint64_t offset;
	char *to;
	size_t n_bytes;
	atomic_size_t next; /* where the next piece begins */
	sftr_code codes[N_READERS];
	sftr_error errs[N_READERS];
};

static void
read_pieces(void *user, unsigned reader)
{
	struct stretch *s = user;
	size_t at;

	while (s->codes[reader] == SFTR_OK &&
	       (at = atomic_fetch_add(&s->next, PIECE)) < s->n_bytes) {
		size_t left = s->n_bytes - at;

		s->codes[reader] = sftr__source_read_part(
			s->source, s->offset + at, s->to + at,
			left < PIECE ? left : PIECE, &s->errs[reader]);
	}
}

/*
 * The text of a header.  Copying a long one into fresh memory takes as long as
 * parsing it, and all processors can do that part.
 */
static sftr_code
read_text(const sftr__source *source, uint64_t offset, char *to, size_t n_bytes,
	  sftr_error *err)
{
	struct stretch s = {
		.source = source, .offset = offset, .to = to, .n_bytes = n_bytes
	};

	if (n_bytes < LONG_TEXT)
		return sftr__source_read(source, offset, to, n_bytes, err);
	sftr__crew_run(N_READERS, read_pieces, &s);
	for (unsigned i = 0; i < N_READERS; i++) {
		if (s.codes[i] == SFTR_OK)
			continue;
		if (err != NULL)
			*err = s.errs[i];
		return s.codes[i];
	}
	return sftr__source_unchanged(source, err);
}

sftr_code
sftr__head_read(sftr__source *s, const sftr_allocator *a,
		const sftr_open_options *options, sftr__header *h,
		sftr__findings *findings, sftr_error *err)
{
	char first[FIRST_READ];
	size_t n_first =
		s->n_held < FIRST_READ ? (size_t)s->n_held : FIRST_READ;
	uint64_t n_text, max = options->max_header_bytes;
	sftr_code code;
	size_t near;

	memset(h, 0, sizeof *h);
	findings->file = s->path;
	code = sftr__source_read_part(s, 0, first, n_first, err);
	if (code != SFTR_OK)
		return code;
	if (s->n_held < 8 && s->n_held < s->n_bytes)
		return sftr__fail(err, SFTR_E_ARGUMENT,
				  "a header needs 8 bytes at least, %" PRIu64
				  " are given",
				  s->n_held);
	if (!sftr__header_length((const unsigned char *)first, s->n_bytes,
				 findings, &n_text))
		return SFTR_OK;
	if (max != 0 && n_text > max) {
		sftr__fail_at(err, SFTR_E_LIMIT, 0,
			      "the header length is %" PRIu64
			      ", the caller's limit %" PRIu64,
			      n_text, max);
		sftr__set_file(err, s->path);
		return SFTR_E_LIMIT;
	}
	if (n_text > s->n_held - 8)
		return sftr__fail(err, SFTR_E_ARGUMENT,
				  "the header takes %" PRIu64 " bytes, %" PRIu64
				  " are given",
				  8 + n_text, s->n_held);
	h->text = sftr__alloc(a, (size_t)n_text + SFTR__HEADER_SLACK);
	if (h->text == NULL)
		return no_memory(err, s);
	h->n_text = (size_t)n_text;
	memset(h->text + h->n_text, 0, SFTR__HEADER_SLACK);
	near = n_first - 8 < h->n_text ? n_first - 8 : h->n_text;
	memcpy(h->text, first + 8, near);
	code = read_text(s, n_first, h->text + near, h->n_text - near, err);
	if (code != SFTR_OK)
		return code;
	s->data_start = 8 + n_text;
	if (!sftr__header_parse(h, a, options->policy,
				s->n_bytes - s->data_start, findings))
		return no_memory(err, s);
	return SFTR_OK;
}
