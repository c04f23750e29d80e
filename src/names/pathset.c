/* SPDX-License-Identifier: MIT */
#include "names/pathset.h"

#include "base/alloc.h"
#include "base/sort.h"
#include "base/utf8.h"
#include "names/codec.h"
#include "names/step.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

/* Steps that do not move, so that rows can point to them. */
struct sftr__pathset_chunk {
	struct sftr__pathset_chunk *next;
	size_t n_bytes; /* of the block */
	size_t capacity;
	size_t used;
	sftr_step steps[];
};

#define CHUNK_STEPS ((size_t)1024)

void
sftr__pathset_init(sftr__pathset *set, sftr_codec codec,
		   const sftr_allocator *allocator)
{
	memset(set, 0, sizeof *set);
	sftr__path_buffer_init(&set->buffer, allocator);
	set->codec = codec;
}

void
sftr__pathset_free(sftr__pathset *set)
{
	const sftr_allocator *a = &set->buffer.allocator;
	struct sftr__pathset_chunk *chunk = set->chunks;

	while (chunk != NULL) {
		struct sftr__pathset_chunk *next = chunk->next;

		sftr__free(a, chunk, chunk->n_bytes);
		chunk = next;
	}
	sftr__free(a, set->sorted, set->n_sorted * sizeof *set->sorted);
	sftr__free(a, set->rows, set->capacity * sizeof *set->rows);
	sftr__path_buffer_free(&set->buffer);
	set->chunks = NULL;
	set->sorted = NULL;
	set->n_sorted = 0;
	set->rows = NULL;
	set->n_rows = 0;
	set->capacity = 0;
}

/* Room for n steps, or NULL. */
static sftr_step *
take_steps(sftr__pathset *set, size_t n)
{
	struct sftr__pathset_chunk *chunk = set->chunks;
	size_t capacity = n > CHUNK_STEPS ? n : CHUNK_STEPS;
	size_t n_bytes;

	if (chunk == NULL || chunk->capacity - chunk->used < n) {
		if (capacity >
		    (SIZE_MAX / 2 - sizeof *chunk) / sizeof chunk->steps[0])
			return NULL;
		n_bytes = sizeof *chunk + capacity * sizeof chunk->steps[0];
		chunk = sftr__alloc(&set->buffer.allocator, n_bytes);
		if (chunk == NULL)
			return NULL;
		chunk->next = set->chunks;
		chunk->n_bytes = n_bytes;
		chunk->capacity = capacity;
		chunk->used = 0;
		set->chunks = chunk;
	}
	chunk->used += n;
	return chunk->steps + chunk->used - n;
}

sftr_code
sftr__pathset_add(sftr__pathset *set, sftr_str name, size_t id, sftr_error *err)
{
	sftr__path_buffer *buffer = &set->buffer;
	sftr__pathset_row row = { name, NULL, 0, id };
	void *rows = set->rows;
	sftr_code code;

	code = sftr__path_parse_into(set->codec, name.ptr, name.len, buffer,
				     err);
	if (code != SFTR_OK)
		return code;
	row.n_steps = buffer->n_steps;
	buffer->n_steps = 0; /* but texts that were unescaped stay */
	row.steps = take_steps(set, row.n_steps);
	if (row.steps == NULL ||
	    !sftr__grow(&buffer->allocator, &rows, &set->capacity,
			set->n_rows + 1, sizeof row))
		return sftr__fail_memory(err);
	if (row.n_steps > 0)
		memcpy(row.steps, buffer->steps,
		       row.n_steps * sizeof *row.steps);
	set->rows = rows;
	set->rows[set->n_rows++] = row;
	return SFTR_OK;
}

static int
compare_rows(const void *a, const void *b)
{
	const sftr__pathset_row *row_a = a, *row_b = b;
	sftr_step name_a = { SFTR_STEP_NAME, row_a->name, 0 };
	sftr_step name_b = { SFTR_STEP_NAME, row_b->name, 0 };
	int order = sftr_path_compare(row_a->steps, row_a->n_steps,
				      row_b->steps, row_b->n_steps);

	return order != 0 ? order : sftr__step_compare(&name_a, &name_b);
}

sftr_code
sftr__pathset_sort(sftr__pathset *set, sftr_error *err)
{
	const sftr_allocator *a = &set->buffer.allocator;
	size_t n_bytes = set->n_rows * sizeof *set->sorted;
	const void **scratch = sftr__alloc(a, n_bytes);

	sftr__free(a, set->sorted, set->n_sorted * sizeof *set->sorted);
	set->sorted = scratch != NULL ? sftr__alloc(a, n_bytes) : NULL;
	set->n_sorted = set->sorted != NULL ? set->n_rows : 0;
	for (size_t i = 0; i < set->n_sorted; i++)
		set->sorted[i] = &set->rows[i];
	if (set->sorted != NULL)
		sftr__sort(set->sorted, scratch, set->n_rows, compare_rows);
	sftr__free(a, scratch, n_bytes);
	return set->sorted != NULL ? SFTR_OK : sftr__fail_memory(err);
}

/* Kinds that one node can have among its children. */
static int
family(sftr_step_kind kind)
{
	switch (kind) {
	case SFTR_STEP_NAME: return 0; /* a dict or list, as siblings tell */
	case SFTR_STEP_ATTR:
	case SFTR_STEP_FLAT: return 1; /* an object */
	case SFTR_STEP_KEY:
	case SFTR_STEP_INT_KEY: return 2; /* a dict */
	default: return 3;		  /* a list */
	}
}

/* "expected WHAT, found FOUND" and b's name; the two in 'key' and 'other'. */
static sftr_code
fail_pair(sftr_error *err, const sftr__pathset_row *a,
	  const sftr__pathset_row *b, const char *what, const char *found)
{
	char name[128];

	sftr__utf8_print(b->name.ptr, b->name.len, name, sizeof name);
	sftr__fail(err, SFTR_E_CONFLICT, "expected %s, found %s%s", what, found,
		   name);
	sftr__set_key(err, a->name.ptr, a->name.len);
	sftr__set_other(err, b->name.ptr, b->name.len);
	return SFTR_E_CONFLICT;
}

/* Two neighbours, whose first n_common steps are the same. */
static sftr_code
check_pair(const sftr__pathset_row *a, const sftr__pathset_row *b,
	   size_t n_common, sftr_error *err)
{
	sftr_step_kind kind_a, kind_b;
	char what[64], found[32];

	if (n_common == b->n_steps)
		return fail_pair(err, a, b, "a path of its own", "that of ");
	if (a->n_steps == 0)
		return fail_pair(err, a, b, "nothing beside a bare leaf", "");
	if (n_common == a->n_steps)
		return fail_pair(err, a, b, "nothing below a tensor", "");
	kind_a = a->steps[n_common].kind;
	kind_b = b->steps[n_common].kind;
	if (family(kind_a) == family(kind_b))
		return SFTR_OK;
	snprintf(what, sizeof what, "%s as step %zu of both",
		 sftr__step_kind_text(kind_a), n_common);
	snprintf(found, sizeof found, "%s in ", sftr__step_kind_text(kind_b));
	return fail_pair(err, a, b, what, found);
}

/* A list's element 'index' where 'due' was next. */
static sftr_code
fail_gap(const sftr__pathset *set, const sftr__pathset_row *before,
	 const sftr__pathset_row *row, int64_t due, int64_t index,
	 sftr_error *err)
{
	sftr__fail(err, SFTR_E_CONFLICT,
		   "expected element %" PRId64 " of its list, found %" PRId64
		   ": %s fills no gaps",
		   due, index, sftr_codec_name(set->codec));
	sftr__set_key(err, row->name.ptr, row->name.len);
	if (before != NULL)
		sftr__set_other(err, before->name.ptr, before->name.len);
	return SFTR_E_CONFLICT;
}

/*
 * Counts what lists lack before the elements that 'row' is the first to need:
 * those of its steps from n_common on.
 */
static sftr_code
check_gaps(const sftr__pathset *set, const sftr__pathset_row *before,
	   const sftr__pathset_row *row, size_t n_common, uint64_t *n_lacking,
	   sftr_error *err)
{
	bool fills = set->codec == SFTR_CODEC_P2S ||
		     set->codec == SFTR_CODEC_P2S_ESC;
	uint64_t limit = 16 * (uint64_t)set->n_rows + 1024;

	for (size_t i = n_common; i < row->n_steps; i++) {
		bool is_next = before != NULL && i == n_common;
		int64_t index = row->steps[i].number;
		int64_t due = 0;

		if (row->steps[i].kind != SFTR_STEP_INDEX)
			continue;
		if (is_next) /* a smaller index, or check_pair had spoken */
			due = before->steps[i].number + 1;
		if (index == due)
			continue;
		if (!fills)
			return fail_gap(set, is_next ? before : NULL, row, due,
					index, err);
		/* Below 2^63 and at most 'limit': the sum cannot overflow. */
		*n_lacking += (uint64_t)(index - due);
		if (*n_lacking <= limit)
			continue;
		sftr__fail(err, SFTR_E_LIMIT,
			   "expected at most %" PRIu64
			   " null nodes where lists have gaps, found %" PRIu64,
			   limit, *n_lacking);
		sftr__set_key(err, row->name.ptr, row->name.len);
		return SFTR_E_LIMIT;
	}
	return SFTR_OK;
}

sftr_code
sftr__pathset_check(const sftr__pathset *set, sftr_error *err)
{
	const sftr__pathset_row *before = NULL;
	uint64_t n_lacking = 0;
	sftr_code code = SFTR_OK;

	for (size_t i = 0; i < set->n_sorted && code == SFTR_OK; i++) {
		const sftr__pathset_row *row = set->sorted[i];
		size_t n_common = 0;

		if (before != NULL) {
			while (n_common < before->n_steps &&
			       n_common < row->n_steps &&
			       sftr__step_compare(&before->steps[n_common],
						  &row->steps[n_common]) == 0)
				n_common++;
			code = check_pair(before, row, n_common, err);
		}
		if (code == SFTR_OK)
			code = check_gaps(set, before, row, n_common,
					  &n_lacking, err);
		before = row;
	}
	return code;
}
