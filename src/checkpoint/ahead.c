/* SPDX-License-Identifier: MIT */
#include "checkpoint/ahead.h"

#include "numeric/stream.h"

/* The distance of the bytes that stand for their neighbours in the cache. */
#define PROBE ((uint64_t)1 << 20)

/* No system has larger pages of the usual size. */
#define PAGE ((uint64_t)64 << 10)

/* What a file is judged by, and the page faults that it may cost. */
#define SAMPLE ((uint64_t)8 << 20)
#define MAX_FAULTS 32

/*
 * Pages that are not there would be brought one after the other, by far slower
 * than pread does it from a disk, and hopelessly so over a network.
 */
static bool
is_cached(const sftr__source *s, uint64_t begin, uint64_t end)
{
	for (uint64_t at = begin; at < end; at += PROBE)
		if (sftr__sys_is_cached(s->fd, at) != 1)
			return false;
	return sftr__sys_is_cached(s->fd, end - 1) == 1;
}

/* The address of what is in [begin, end) of the file; NULL if it has none. */
static const char *
reach(const sftr__source *s, uint64_t begin, uint64_t end)
{
	uint64_t page = begin / PAGE * PAGE;
	const char *map;

	if (s->memory != NULL || s->access != SFTR_MAP ||
	    !is_cached(s, begin, end) ||
	    sftr__source_map(s, &map, NULL) != SFTR_OK ||
	    sftr__sys_populate(map + page, (size_t)(end - page)) != 0)
		return NULL;
	return map + begin;
}

static void
let_go(const char *bytes, uint64_t begin, uint64_t end)
{
	size_t head = (size_t)(begin % PAGE);

	/* A refusal keeps the pages until the file is closed: no harm. */
	sftr__sys_depopulate(bytes - head, (size_t)(end - begin) + head);
}

bool
sftr__ahead_pays(const sftr__source *s)
{
	/* From the middle: the first pages came in when the header was read. */
	uint64_t begin = s->n_bytes / 2 / SAMPLE * SAMPLE;
	uint64_t end = begin + SAMPLE;
	const char *bytes;
	int64_t before, n;

	if (!sftr__stream_fetches() || end > s->n_bytes)
		return false;
	before = sftr__sys_faults();
	bytes = reach(s, begin, end);
	n = sftr__sys_faults() - before;
	if (bytes == NULL)
		return false;
	let_go(bytes, begin, end);
	return before >= 0 && n >= 0 && n <= MAX_FAULTS;
}

static size_t
least(size_t a, size_t b)
{
	return a < b ? a : b;
}

sftr_code
sftr__ahead_read(const sftr__source *s, uint64_t offset, void *buffer,
		 size_t n_bytes, char *scratch, sftr_error *err)
{
	const char *bytes = reach(s, offset, offset + n_bytes);
	sftr_code code = SFTR_OK;
	char *to = buffer;

	if (bytes == NULL)
		return sftr__source_read_part(s, offset, to, n_bytes, err);
	for (size_t at = 0, n; at < n_bytes; at += n) {
		size_t next;

		n = least(n_bytes - at, SFTR__AHEAD_PIECE);
		next = least(n_bytes - at - n, SFTR__AHEAD_PIECE);
		code = sftr__source_read_part(s, offset + at, scratch, n, err);
		if (code != SFTR_OK)
			break;
		sftr__stream_copy(to + at, scratch, n, bytes + at + n, next);
	}
	let_go(bytes, offset, offset + n_bytes);
	return code;
}
