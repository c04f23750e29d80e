/* SPDX-License-Identifier: MIT */
#include "cli/selection.h"

#include "cli/outcome.h"
#include "cli/sheet.h"

#include <stdlib.h>
#include <string.h>

/* One more dimension, further out than those before. */
static void
add_axis(selection *s, uint64_t count, uint64_t step)
{
	struct axis *last = s->n_axes == 0 ? NULL : &s->axes[s->n_axes - 1];

	if (count < 2)
		return;
	if (last != NULL && step == last->step * last->count) {
		last->count *= count;
		return;
	}
	s->axes[s->n_axes].count = count;
	s->axes[s->n_axes].step = step;
	s->n_axes++;
}

static void
set_axes(selection *s, const sftr_slice *slices)
{
	uint64_t stride = 1;

	s->n = 1;
	for (uint32_t i = 0; i < s->rank; i++)
		if (s->shape[i] == 0)
			s->n = 0;
	/* Of nothing there are no places, and products might not fit. */
	if (s->n == 0)
		return;
	for (uint32_t i = s->tensor->rank; i > 0; i--) {
		const sftr_slice *d = &slices[i - 1];
		uint64_t count = (d->stop - d->start - 1) / d->step + 1;

		s->n *= count;
		s->base += d->start * stride;
		add_axis(s, count, d->step * stride);
		stride *= s->tensor->shape[i - 1];
	}
}

static sftr_code
set_slices(selection *s, const char *text, sftr_slice *slices, sftr_error *err)
{
	sftr_code code =
		sftr_slice_parse(text, strlen(text), s->tensor, slices, err);
	uint64_t n_bytes;

	if (code == SFTR_OK)
		code = sftr_slice_shape(s->tensor, slices, s->shape, &s->rank,
					&n_bytes, err);
	if (code == SFTR_OK)
		set_axes(s, slices);
	return code;
}

selection *
selection_new(const char *path, const sftr_checkpoint *ckpt,
	      const sftr_tensor *tensor, const char *slice)
{
	selection *s = calloc(1, sizeof *s);
	sftr_slice *slices = calloc((size_t)tensor->rank + 1, sizeof *slices);
	sftr_error err;

	if (s != NULL)
		s->shape = calloc((size_t)tensor->rank + 1, sizeof *s->shape);
	if (s == NULL || slices == NULL || s->shape == NULL) {
		outcome_no_memory();
		free(slices);
		selection_free(s);
		return NULL;
	}
	s->ckpt = ckpt;
	s->tensor = tensor;
	if (set_slices(s, slice == NULL ? "" : slice, slices, &err) !=
	    SFTR_OK) {
		sheet_trouble(path, slice, &err);
		selection_free(s);
		s = NULL;
	}
	free(slices);
	return s;
}

void
selection_free(selection *s)
{
	if (s == NULL)
		return;
	free(s->shape);
	free(s);
}

uint64_t
selection_place(const selection *s, uint64_t k)
{
	uint64_t place = s->base;

	for (unsigned i = 0; i < s->n_axes; i++) {
		place += k % s->axes[i].count * s->axes[i].step;
		k /= s->axes[i].count;
	}
	return place;
}

uint64_t
selection_run(const selection *s)
{
	if (s->n == 0)
		return 0;
	return s->n_axes > 0 && s->axes[0].step == 1 ? s->axes[0].count : 1;
}

/* Holds the bytes from 'at' on, as many as fit. */
static sftr_code
move_window(selection *s, uint64_t at, sftr_error *err)
{
	uint64_t left = sftr_tensor_n_bytes(s->tensor) - at;
	sftr_code code;

	s->at = at;
	s->n_held = left < SELECTION_WINDOW ? (size_t)left : SELECTION_WINDOW;
	code = sftr_checkpoint_read_bytes(s->ckpt, s->tensor, at, s->window,
					  s->n_held, err);
	if (code != SFTR_OK)
		s->n_held = 0;
	return code;
}

sftr_code
selection_bits(selection *s, uint64_t place, uint64_t *bits, sftr_error *err)
{
	unsigned width = sftr_dtype_bits(s->tensor->dtype);
	/* One tensor has at most 2^64-1 bits. */
	uint64_t first = place * width;
	uint64_t begin = first / 8, end = (first + width - 1) / 8 + 1;
	uint64_t value = 0;

	if (begin < s->at || end > s->at + s->n_held) {
		sftr_code code = move_window(s, begin, err);

		if (code != SFTR_OK)
			return code;
	}
	/* Little-endian, and elements below a byte from its low bits on. */
	for (uint64_t i = end; i > begin; i--)
		value = value << 8 | s->window[i - 1 - s->at];
	value >>= first % 8;
	*bits = width == 64 ? value : value & ((UINT64_C(1) << width) - 1);
	return SFTR_OK;
}
