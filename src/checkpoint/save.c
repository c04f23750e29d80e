/* SPDX-License-Identifier: MIT */
/*
 * Saving: the tensors of a writer, in the order of their layout, to a sink.
 *
 * Memory goes to the sink as it lies, many tensors a call.  What a callback or
 * a checkpoint yields, and what a big-endian host must turn round, passes
 * through one block of scratch.
 */
#include "checkpoint/writer.h"

#include "base/alloc.h"
#include "base/bytes.h"
#include "base/diagnostic.h"
#include "checkpoint/replacement.h"
#include "checkpoint/sink.h"
#include "numeric/swap.h"

#include <inttypes.h>

/*
 * Of a call of the system, which ends at a multiple of it in the file, and of
 * the scratch.  Measured on ext4, 1 GiB: the system takes 180 ms so, 250 where
 * calls end within a page, and up to 1,100 with calls of 8 MiB: its pages then
 * come in blocks of 2 MiB, which a virtual machine gets from its host first.
 */
#define BATCH_SIZE ((size_t)512 << 10)

/* Elements are at most so wide, and are yielded whole. */
#define ELEMENT_MAX ((size_t)8)
#define SCRATCH_SIZE (BATCH_SIZE + ELEMENT_MAX)

struct saver {
	const sftr_writer *writer;
	sftr__layout layout;
	sftr__sink sink;
	uint64_t n_bytes; /* of the file */
	uint64_t done;
	uint64_t offset; /* in the file, of the first part below */
	struct iovec parts[SFTR__SINK_PARTS];
	int n_parts;
	size_t n_pending; /* bytes of the parts */
	char *scratch;	  /* NULL until it is needed */
	size_t n_scratch; /* bytes of it that the parts hold */
};

static sftr_code
saver_begin(struct saver *s, const sftr_writer *writer, sftr_error *err)
{
	static const sftr_metadata none;
	const sftr_metadata *metadata = NULL;
	sftr_code code;

	if (writer->n_metadata > 0)
		metadata = writer->metadata;
	else if (writer->has_metadata)
		metadata = &none;
	s->writer = writer;
	s->done = 0;
	s->offset = 0;
	s->n_parts = 0;
	s->n_pending = 0;
	s->scratch = NULL;
	s->n_scratch = 0;
	code = sftr__layout_make(&s->layout, &writer->allocator, writer->items,
				 writer->n, metadata, writer->n_metadata,
				 writer->align, err);
	if (code == SFTR_OK)
		s->n_bytes = s->layout.head.n_bytes + s->layout.data_n_bytes;
	return code;
}

static void
saver_end(struct saver *s)
{
	sftr__free(&s->writer->allocator, s->scratch, SCRATCH_SIZE);
	sftr__layout_free(&s->layout);
}

/* Hands the parts to the sink. */
static sftr_code
flush(struct saver *s, sftr_error *err)
{
	const sftr_writer *w = s->writer;
	sftr_code code;

	if (s->n_parts == 0)
		return SFTR_OK;
	code = s->sink.take(&s->sink, s->offset, s->parts, s->n_parts, err);
	if (code != SFTR_OK)
		return code;
	s->offset += s->n_pending;
	s->done += s->n_pending;
	s->n_parts = 0;
	s->n_pending = 0;
	s->n_scratch = 0;
	if (w->progress != NULL &&
	    w->progress(w->progress_user, s->done, s->n_bytes) != 0)
		return sftr__fail(err, SFTR_E_CANCELLED,
				  "cancelled after %" PRIu64 " of %" PRIu64
				  " bytes",
				  s->done, s->n_bytes);
	return SFTR_OK;
}

/* Bytes up to where this call of the system should end; at least 1. */
static size_t
room(const struct saver *s)
{
	return BATCH_SIZE - (size_t)((s->offset + s->n_pending) % BATCH_SIZE);
}

/* One part more; flushed if it takes all the room. */
static sftr_code
push(struct saver *s, const char *bytes, size_t n, sftr_error *err)
{
	struct iovec *last = &s->parts[s->n_parts];
	bool is_full = n >= room(s);

	if (s->n_parts > 0 &&
	    (char *)last[-1].iov_base + last[-1].iov_len == bytes) {
		last[-1].iov_len += n;
	} else {
		last->iov_base = (void *)(uintptr_t)bytes;
		last->iov_len = n;
		s->n_parts++;
	}
	s->n_pending += n;
	if (is_full || s->n_parts == SFTR__SINK_PARTS)
		return flush(s, err);
	return SFTR_OK;
}

static sftr_code
put_memory(struct saver *s, const char *bytes, uint64_t n_bytes,
	   sftr_error *err)
{
	sftr_code code = SFTR_OK;

	while (code == SFTR_OK && n_bytes > 0) {
		size_t n = room(s);

		if (n > n_bytes)
			n = (size_t)n_bytes;
		code = push(s, bytes, n, err);
		bytes += n;
		n_bytes -= n;
	}
	return code;
}

/* A callback of the caller's may fail without a word, or with another one. */
static sftr_code
call_source(const sftr__item *item, const sftr__origin *origin, uint64_t offset,
	    char *to, size_t n, sftr_error *err)
{
	sftr_error said = { .code = SFTR_OK, .offset = SFTR_NO_OFFSET };
	sftr_code code = origin->source(origin->user, offset, to, n, &said);

	if (code == SFTR_OK)
		return SFTR_OK;
	if (said.code != code)
		sftr__fail(&said, code, "its source gave up at byte %" PRIu64,
			   offset);
	if (said.key[0] == '\0')
		sftr__set_key(&said, item->name.ptr, item->name.len);
	if (err != NULL)
		*err = said;
	return code;
}

/* n file bytes of a tensor from 'offset' on, into scratch. */
static sftr_code
yield(const sftr__item *item, const sftr__origin *origin, uint64_t offset,
      char *to, size_t n, sftr_error *err)
{
	if (origin->source != NULL)
		return call_source(item, origin, offset, to, n, err);
	if (origin->tensor != NULL)
		return sftr_checkpoint_read_bytes(origin->ckpt, origin->tensor,
						  offset, to, n, err);
	sftr__copy_to_host(item->dtype, to,
			   (const char *)origin->bytes + offset, n, false);
	return SFTR_OK;
}

static sftr_code
put_yielded(struct saver *s, const sftr__item *item, const sftr__origin *origin,
	    sftr_error *err)
{
	uint64_t offset = 0;
	sftr_code code = SFTR_OK;

	if (s->scratch == NULL)
		s->scratch = sftr__alloc(&s->writer->allocator, SCRATCH_SIZE);
	if (s->scratch == NULL)
		return sftr__fail_memory(err);
	while (code == SFTR_OK && offset < item->n_bytes) {
		size_t n =
			(room(s) + ELEMENT_MAX - 1) / ELEMENT_MAX * ELEMENT_MAX;
		char *to = s->scratch + s->n_scratch;

		if (n > item->n_bytes - offset)
			n = (size_t)(item->n_bytes - offset);
		code = yield(item, origin, offset, to, n, err);
		offset += n;
		s->n_scratch += n;
		if (code == SFTR_OK)
			code = push(s, to, n, err);
	}
	return code;
}

static bool
lies_as_written(const sftr__item *item, const sftr__origin *origin)
{
	return origin->source == NULL && origin->tensor == NULL &&
	       (!SFTR__BIG_ENDIAN || sftr__swap_width(item->dtype) == 1);
}

static sftr_code
put_data(struct saver *s, sftr_error *err)
{
	const sftr_writer *w = s->writer;
	sftr_code code = SFTR_OK;

	for (size_t i = 0; code == SFTR_OK && i < w->n; i++) {
		const sftr__item *item = sftr__layout_item(&s->layout, i);
		const sftr__origin *origin = &w->origins[item - w->items];

		if (lies_as_written(item, origin))
			code = put_memory(s, origin->bytes, item->n_bytes, err);
		else
			code = put_yielded(s, item, origin, err);
	}
	return code == SFTR_OK ? flush(s, err) : code;
}

static sftr_code
put_head(struct saver *s, sftr_error *err)
{
	const sftr__emit *head = &s->layout.head;
	sftr_code code = put_memory(s, head->text, head->n_bytes, err);

	return code == SFTR_OK ? flush(s, err) : code;
}

/*
 * Where the order is free the head comes last: what is torn begins with a
 * header length of 0, which no reader accepts.
 */
static sftr_code
put_all(struct saver *s, sftr_error *err)
{
	sftr_code code;

	if (!s->sink.any_order) {
		code = put_head(s, err);
		return code == SFTR_OK ? put_data(s, err) : code;
	}
	s->offset = s->layout.head.n_bytes;
	code = put_data(s, err);
	s->offset = 0;
	return code == SFTR_OK ? put_head(s, err) : code;
}

sftr_code
sftr_writer_n_bytes(const sftr_writer *writer, uint64_t *n_bytes,
		    sftr_error *err)
{
	struct saver s;
	sftr_code code = saver_begin(&s, writer, err);

	*n_bytes = 0;
	if (code != SFTR_OK)
		return code;
	*n_bytes = s.n_bytes;
	saver_end(&s);
	return SFTR_OK;
}

/* To a temporary file, which is gone if it does not take the path's place. */
static sftr_code
replace(struct saver *s, const char *path, sftr_error *err)
{
	sftr__replacement r;
	sftr_code code =
		sftr__replacement_begin(&r, path, s->writer->is_durable, err);

	if (code != SFTR_OK)
		return code;
	code = sftr__sink_file(&s->sink, r.fd, s->n_bytes, err);
	if (code == SFTR_OK)
		code = put_all(s, err);
	if (code == SFTR_OK)
		return sftr__replacement_commit(&r, err);
	sftr__replacement_abandon(&r);
	return code;
}

sftr_code
sftr_writer_save(const sftr_writer *writer, const char *path, sftr_error *err)
{
	struct saver s;
	sftr_code code = saver_begin(&s, writer, err);

	if (code == SFTR_OK) {
		code = replace(&s, path, err);
		saver_end(&s);
	}
	/* What a source says of a file of its own stays. */
	if (code != SFTR_OK && err != NULL && err->file[0] == '\0')
		sftr__set_file(err, path);
	return code;
}

/* To a sink that needs nothing made before and nothing ended after. */
static sftr_code
stream(struct saver *s, sftr_error *err)
{
	sftr_code code = put_all(s, err);

	saver_end(s);
	return code;
}

sftr_code
sftr_writer_save_fd(const sftr_writer *writer, int fd, sftr_error *err)
{
	struct saver s;
	sftr_code code = saver_begin(&s, writer, err);

	if (code != SFTR_OK)
		return code;
	sftr__sink_stream(&s.sink, fd, s.n_bytes);
	return stream(&s, err);
}

sftr_code
sftr_writer_save_memory(const sftr_writer *writer, void *buffer, size_t n_bytes,
			sftr_error *err)
{
	struct saver s;
	sftr_code code = saver_begin(&s, writer, err);

	if (code != SFTR_OK)
		return code;
	if (s.n_bytes > n_bytes) {
		saver_end(&s);
		return sftr__fail(err, SFTR_E_CAPACITY,
				  "the file has %" PRIu64
				  " bytes, the buffer %zu",
				  s.n_bytes, n_bytes);
	}
	sftr__sink_memory(&s.sink, buffer, s.n_bytes);
	return stream(&s, err);
}

sftr_code
sftr_writer_save_callback(const sftr_writer *writer, sftr_sink_fn *sink,
			  void *user, sftr_error *err)
{
	struct saver s;
	sftr_code code = saver_begin(&s, writer, err);

	if (code != SFTR_OK)
		return code;
	sftr__sink_callback(&s.sink, sink, user, s.n_bytes);
	return stream(&s, err);
}
