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

void
sftr__pathset_init(sftr__pathset *set, sftr_codec codec,
		   const sftr_allocator *allocator)
{
	memset(set, 0, sizeof *set);
	sftr__path_buffer_init(&set->buffer, allocator);
	sftr__arena_init(&set->arena, &set->buffer.allocator);
	set->codec = codec;
}

void
sftr__pathset_free(sftr__pathset *set)
{
	const sftr_allocator *a = &set->buffer.allocator;

	sftr__free(a, set->rows, set->capacity * sizeof *set->rows);
	sftr__arena_free(&set->arena);
	sftr__path_buffer_free(&set->buffer);
	set->rows = NULL;
	set->n_rows = 0;
	set->capacity = 0;
}

/* The block of the path in the buffer, or NULL. */
static sftr__pathset_row *
new_row(sftr__pathset *set, sftr_str name)
{
	const sftr__path_buffer *buffer = &set->buffer;
	size_t n_bytes = buffer->n_steps * sizeof *buffer->steps;
	sftr__pathset_row *row;

	row = sftr__arena_alloc(&set->arena, sizeof *row + n_bytes);
	if (row == NULL)
		return NULL;
	row->name = name;
	row->n_steps = buffer->n_steps;
	if (n_bytes > 0)
		memcpy(row->steps, buffer->steps, n_bytes);
	return row;
}

sftr_code
sftr__pathset_add(sftr__pathset *set, sftr_str name, sftr_error *err)
{
	sftr__path_buffer *buffer = &set->buffer;
	void *rows = set->rows;
	sftr__pathset_row *row;
	sftr_code code;

	code = sftr__path_parse_into(set->codec, name.ptr, name.len, buffer,
				     err);
	if (code != SFTR_OK)
		return code;
	row = new_row(set, name);
	buffer->n_steps = 0;
	if (row == NULL ||
	    !sftr__grow(&buffer->allocator, &rows, &set->capacity,
			set->n_rows + 1, sizeof *set->rows))
		return sftr__fail_memory(err);
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
	size_t n_bytes = set->n_rows * sizeof *set->rows;
	const void **scratch = sftr__alloc(a, n_bytes);

	if (scratch == NULL)
		return sftr__fail_memory(err);
	sftr__sort(set->rows, scratch, set->n_rows, compare_rows);
	sftr__free(a, scratch, n_bytes);
	return SFTR_OK;
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
	if (sftr__step_family(kind_a) == sftr__step_family(kind_b))
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

	for (size_t i = 0; i < set->n_rows && code == SFTR_OK; i++) {
		const sftr__pathset_row *row = set->rows[i];
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
