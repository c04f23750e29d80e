/* SPDX-License-Identifier: MIT */
#include "bind/outgoing.h"

#include "base/diagnostic.h"
#include "bind/escape.h"
#include "bind/member.h"
#include "checkpoint/writer.h"
#include "names/codec.h"
#include "numeric/stride.h"

#include <string.h>

sftr_code
sftr__outlet_fail(sftr__outlet *o, sftr_code code, const char *name,
		  const char *why)
{
	sftr__fail(o->err, code, "%s", why);
	sftr__set_key(o->err, name, strlen(name));
	return code;
}

/* A copy, in memory of the writer, of a part as the file is to have it. */
static sftr_code
turn_back(sftr__outlet *o, const sftr__outgoing *t, const uint64_t *steps,
	  const uint64_t *shape, uint32_t rank, const char *from,
	  const char **copy)
{
	uint64_t size = t->field->size, n = size;
	sftr__stride stride;
	char *to;

	for (uint32_t i = 0; i < rank; i++)
		n *= shape[i]; /* a part of what is in memory */
	to = sftr__writer_keep(o->writer, (size_t)n);
	if (to == NULL)
		return sftr__fail_memory(o->err);
	sftr__stride_begin(&stride, (size_t)size, 1);
	for (uint32_t i = rank; i-- > 0;) {
		sftr__stride_dim(&stride, shape[i], (int64_t)size,
				 (int64_t)steps[i]);
		size *= shape[i];
	}
	sftr__stride_copy(&stride, to, from);
	*copy = to;
	return SFTR_OK;
}

static sftr_code
declare(sftr__outlet *o, const sftr__outgoing *t, const char *name,
	const uint64_t *shape, uint32_t rank, const char *data)
{
	sftr_str text = { sftr__unescape(&o->arena, name), 0 };
	unsigned bits = sftr_dtype_bits(t->field->dtype);
	uint64_t n = 1;
	sftr_code code;

	if (text.ptr == NULL)
		return sftr__fail_memory(o->err);
	text.len = strlen(text.ptr);
	for (uint32_t i = 0; i < rank; i++)
		n *= shape[i];
	/* Several elements may share a byte, and fill whole ones. */
	n = n / 8 * bits + n % 8 * bits / 8;
	if (o->codec != SFTR_CODEC_DOTTED) {
		sftr__path_buffer_clear(&o->path);
		code = sftr__path_parse_into(SFTR_CODEC_DOTTED, text.ptr,
					     text.len, &o->path, o->err);
		if (code == SFTR_OK)
			code = sftr__path_text(o->codec, o->path.steps,
					       o->path.n_steps, &o->arena,
					       &text, o->err);
		if (code != SFTR_OK)
			return code;
	}
	return sftr_writer_add(o->writer, text, t->field->dtype, shape, rank,
			       data, n, o->err);
}

/* The part 'number' of a stack, or all of what is none. */
static sftr_code
declare_part(sftr__outlet *o, const sftr__outgoing *t, const sftr__axes *axes,
	     uint64_t number)
{
	uint64_t steps[SFTR__MAX_AXES] = { 0 }, shape[SFTR__MAX_AXES] = { 0 };
	uint64_t step = t->field->size;
	bool is_stack = sftr__find_star(t->name) != NULL;
	const char *from = t->data, *name = t->name, *data;
	sftr_code code;

	/* The result's dimension i is the file's axes->from[i]. */
	for (uint32_t i = t->rank; i-- > 0;) {
		uint8_t axis = axes->is_identity ? (uint8_t)i : axes->from[i];

		if (axis == SFTR__STACK) {
			from += number * step;
		} else {
			steps[axis] = step;
			shape[axis] = t->shape[i];
		}
		step *= t->shape[i];
	}
	if (is_stack)
		name = sftr__name_numbered(&o->arena, t->name, number);
	if (name == NULL)
		return sftr__fail_memory(o->err);
	data = from;
	if (!axes->is_identity && t->n_elements > 0) {
		code = turn_back(o, t, steps, shape, t->rank - is_stack, from,
				 &data);
		if (code != SFTR_OK)
			return code;
	}
	return declare(o, t, name, shape, t->rank - is_stack, data);
}

sftr_code
sftr__outgoing_declare(sftr__outlet *o, const sftr__outgoing *t)
{
	bool is_stack = sftr__find_star(t->name) != NULL;
	uint32_t at = t->transform.stack_axis;
	uint64_t n = is_stack && at < t->rank ? t->shape[at] : 1;
	sftr__axes axes;
	sftr_code code = SFTR_OK;

	if (is_stack && at >= t->rank)
		return sftr__outlet_fail(
			o, SFTR_E_TABLE, t->name,
			"it is stacked on a dimension it has not");
	sftr__axes_init(&axes, t->rank - is_stack);
	if (!sftr__axes_turn(&axes, &t->transform) ||
	    (is_stack && !sftr__axes_stack(&axes, at)))
		return sftr__outlet_fail(o, SFTR_E_TABLE, t->name,
					 "its transform is for another rank");
	for (uint64_t i = 0; i < n && code == SFTR_OK; i++)
		code = declare_part(o, t, &axes, i);
	return code;
}
