/* SPDX-License-Identifier: MIT */
/*
 * Reading a slot's bytes in order without loading it, as a writer asks for
 * them.  What is converted or moved passes through a window on the result: a
 * box of it, made once and read from until the reader has passed.
 */
#include "base/alloc.h"
#include "base/diagnostic.h"
#include "bind/plan.h"
#include "numeric/cast.h"
#include "numeric/stride.h"
#include "numeric/swap.h"

#include <inttypes.h>
#include <string.h>

/* Large, since a box of a transpose may cost a pass over the whole tensor. */
#define WINDOW_BYTES ((size_t)8 << 20)

/* The window's block: what was read, what was moved, what was converted. */
static char *
read_area(const sftr_binding *b)
{
	return b->window.bytes;
}

static char *
moved_area(const sftr_binding *b)
{
	return b->window.bytes + WINDOW_BYTES;
}

static char *
result_area(const sftr_binding *b)
{
	return b->window.bytes + 2 * WINDOW_BYTES;
}

/* A box of a result: ranges of its dimensions. */
struct box {
	uint64_t start[SFTR__MAX_AXES];
	uint64_t count[SFTR__MAX_AXES];
};

static void
set_box(const sftr__match *m, uint64_t first, uint64_t n, struct box *box)
{
	for (uint32_t i = m->rank; i-- > 0;) {
		box->start[i] = first % m->shape[i];
		box->count[i] = m->shape[i] < n ? m->shape[i] : n;
		first /= m->shape[i];
		n /= box->count[i];
	}
}

/* One part's share of a box, from the file to its place in the box. */
static sftr_code
gather_part(const sftr_binding *b, const sftr__match *m, const struct box *box,
	    uint64_t part, uint64_t stack_at, sftr_error *err)
{
	const sftr_tensor *t = m->parts[part];
	size_t element = sftr_dtype_bits(t->dtype) / 8;
	uint64_t steps[SFTR__MAX_AXES] = { 0 }, step = element, n = element;
	sftr_slice slices[SFTR__MAX_AXES];
	char *to = moved_area(b);
	sftr__stride s;
	sftr_code code;

	memset(slices, 0, sizeof slices);
	for (uint32_t i = m->rank; i-- > 0; step *= box->count[i]) {
		uint8_t axis = m->axes.from[i];

		if (axis == SFTR__STACK) {
			to += stack_at * step;
			continue;
		}
		slices[axis].start = box->start[i];
		slices[axis].stop = box->start[i] + box->count[i];
		slices[axis].step = 1;
		steps[axis] = step;
		n *= box->count[i];
	}
	code = sftr_checkpoint_read_slice(b->ckpt, t, slices, read_area(b),
					  (size_t)n, err);
	if (code != SFTR_OK)
		return code;
	sftr__stride_begin(&s, element, 1);
	step = element;
	for (uint32_t i = t->rank; i-- > 0;) {
		uint64_t count = slices[i].stop - slices[i].start;

		sftr__stride_dim(&s, count, (int64_t)steps[i], (int64_t)step);
		step *= count;
	}
	sftr__stride_copy(&s, to, read_area(b));
	return SFTR_OK;
}

/* Elements [first, first + n) of the result, a box, moved but not converted. */
static sftr_code
gather(const sftr_binding *b, const sftr__match *m, uint64_t first, uint64_t n,
       sftr_error *err)
{
	sftr_code code = SFTR_OK;
	uint64_t begin = 0, count = 1;
	struct box box;

	set_box(m, first, n, &box);
	for (uint32_t i = 0; i < m->rank; i++) {
		if (m->axes.from[i] != SFTR__STACK)
			continue;
		begin = box.start[i];
		count = box.count[i];
	}
	for (uint64_t p = 0; p < count && code == SFTR_OK; p++)
		code = gather_part(b, m, &box, begin + p, p, err);
	return code;
}

/* The same where a part lies as in the file: *n may become less. */
static sftr_code
read_flat(const sftr_binding *b, const sftr__match *m, uint64_t first,
	  uint64_t *n, sftr_error *err)
{
	const sftr_tensor *t = m->parts[0];
	size_t element = sftr_dtype_bits(t->dtype) / 8;
	uint64_t each = sftr_tensor_n_elements(t), at = first % each;
	sftr_code code;

	t = m->parts[first / each];
	if (*n > each - at)
		*n = each - at;
	code = sftr_checkpoint_read_bytes(b->ckpt, t, at * element,
					  moved_area(b), (size_t)(*n * element),
					  err);
	if (code == SFTR_OK)
		sftr__to_host(t->dtype, moved_area(b), (size_t)(*n * element));
	return code;
}

static sftr_code
fill_window(sftr_binding *b, size_t slot, uint64_t first, sftr_error *err)
{
	const sftr__match *m = &b->matches[slot];
	size_t from = sftr_dtype_bits(m->parts[0]->dtype) / 8;
	size_t to = sftr_dtype_bits(m->dtype) / 8;
	uint64_t n = WINDOW_BYTES / (from > to ? from : to);
	char *result = result_area(b);
	sftr_code code;

	b->window.end = b->window.begin = 0;
	if (sftr__match_is_flat(m)) {
		if (n > m->n_bytes / to - first)
			n = m->n_bytes / to - first;
		code = read_flat(b, m, first, &n, err);
	} else {
		n = sftr__box_elements(m->shape, m->rank, first, n);
		code = gather(b, m, first, n, err);
	}
	if (code != SFTR_OK)
		return code;
	if (m->is_converted)
		sftr__cast(m->dtype, result, m->parts[0]->dtype, moved_area(b),
			   (size_t)n, false);
	else
		memcpy(result, moved_area(b), (size_t)n * to);
	/* From host order back to that of files: the same act. */
	sftr__to_host(m->dtype, result, (size_t)n * to);
	b->window.slot = slot;
	b->window.begin = first * to;
	b->window.end = (first + n) * to;
	return SFTR_OK;
}

static sftr_code
read_window(sftr_binding *b, size_t slot, uint64_t offset, char *buffer,
	    size_t n_bytes, sftr_error *err)
{
	const sftr__match *m = &b->matches[slot];
	uint64_t element = sftr_dtype_bits(m->dtype) / 8;
	sftr__window *w = &b->window;

	if (w->bytes == NULL)
		w->bytes = sftr__alloc(&b->allocator, SFTR__WINDOW_ROOM);
	if (w->bytes == NULL)
		return sftr__fail_memory(err);
	while (n_bytes > 0) {
		size_t n;

		if (w->slot != slot || offset < w->begin || offset >= w->end) {
			sftr_code code =
				fill_window(b, slot, offset / element, err);

			if (code != SFTR_OK)
				return code;
		}
		n = n_bytes < w->end - offset ? n_bytes :
						(size_t)(w->end - offset);
		memcpy(buffer, result_area(b) + (offset - w->begin), n);
		buffer += n;
		offset += n;
		n_bytes -= n;
	}
	return SFTR_OK;
}

/* Parts that lie in a row, as the files have them. */
static sftr_code
read_parts(const sftr_binding *b, size_t slot, uint64_t offset, char *buffer,
	   size_t n_bytes, sftr_error *err)
{
	const sftr__match *m = &b->matches[slot];
	uint64_t each = m->n_bytes / m->n_parts;

	while (n_bytes > 0) {
		uint64_t at = offset % each;
		size_t n = n_bytes < each - at ? n_bytes : (size_t)(each - at);
		sftr_code code = sftr_checkpoint_read_bytes(
			b->ckpt, m->parts[offset / each], at, buffer, n, err);

		if (code != SFTR_OK)
			return code;
		buffer += n;
		offset += n;
		n_bytes -= n;
	}
	return SFTR_OK;
}

sftr_code
sftr_binding_read(sftr_binding *binding, size_t i, uint64_t offset,
		  void *buffer, size_t n_bytes, sftr_error *err)
{
	const sftr__match *m;

	if (i >= binding->wants.n)
		return sftr__fail(err, SFTR_E_ARGUMENT, "slot %zu of %zu", i,
				  binding->wants.n);
	m = &binding->matches[i];
	if (!m->is_filled) {
		sftr__fail(err, SFTR_E_ABSENT, "no tensor fills the slot");
		sftr__set_key(err, binding->wants.wants[i].slot.name.ptr,
			      binding->wants.wants[i].slot.name.len);
		return SFTR_E_ABSENT;
	}
	if (offset > m->n_bytes || n_bytes > m->n_bytes - offset)
		return sftr__fail(err, SFTR_E_ARGUMENT,
				  "%zu bytes from %" PRIu64
				  " leave the slot, which has %" PRIu64,
				  n_bytes, offset, m->n_bytes);
	if (m->is_converted || !sftr__match_is_flat(m))
		return read_window(binding, i, offset, buffer, n_bytes, err);
	return read_parts(binding, i, offset, buffer, n_bytes, err);
}
