/* SPDX-License-Identifier: MIT */
/*
 * Bytes out of a checkpoint: views, whole tensors, parts and slices.  What the
 * elements mean is numeric's business.
 */
#include "base/alloc.h"
#include "base/bytes.h"
#include "checkpoint/checkpoint.h"
#include "numeric/runs.h"
#include "numeric/swap.h"

#include <inttypes.h>

/* Runs nearer than this are read together: a call costs as much. */
#define GAP 4096

#define SCRATCH ((size_t)1 << 20)

static sftr_code
about(sftr_error *err, const sftr_tensor *t, sftr_code code)
{
	if (code != SFTR_OK && t != NULL)
		sftr__set_key(err, t->name.ptr, t->name.len);
	return code;
}

static sftr_code
need_data(const sftr_checkpoint *ckpt, const sftr_tensor *t, sftr_error *err)
{
	if (t == NULL)
		return sftr__fail_absent(err);
	if (ckpt->has_data)
		return SFTR_OK;
	return about(err, t,
		     sftr__fail(err, SFTR_E_UNSUPPORTED,
				"only the header is open, there are no data"));
}

/* [offset, offset + n_bytes) of a tensor; in bounds.  Not checked: changes. */
static sftr_code
read_part(const sftr_checkpoint *ckpt, const sftr_tensor *t, uint64_t offset,
	  void *buffer, size_t n_bytes, sftr_error *err)
{
	if (ckpt->arrays != NULL) {
		const char *bytes = ckpt->arrays[t - ckpt->tensors];

		if (n_bytes > 0)
			memcpy(buffer, bytes + offset, n_bytes);
		return SFTR_OK;
	}
	return sftr__source_read_part(sftr__checkpoint_source(ckpt, t),
				      sftr__checkpoint_offset(ckpt, t) + offset,
				      buffer, n_bytes, err);
}

static sftr_code
unchanged(const sftr_checkpoint *ckpt, const sftr_tensor *t, sftr_error *err)
{
	return sftr__source_unchanged(sftr__checkpoint_source(ckpt, t), err);
}

sftr_code
sftr_checkpoint_view(const sftr_checkpoint *ckpt, const sftr_tensor *tensor,
		     const void **bytes, sftr_error *err)
{
	sftr_code code = need_data(ckpt, tensor, err);
	const void *at = NULL;
	unsigned width;

	*bytes = NULL;
	if (code != SFTR_OK || tensor->begin == tensor->end)
		return code;
	width = sftr__swap_width(tensor->dtype);
	if (SFTR__BIG_ENDIAN && width > 1)
		return about(err, tensor,
			     sftr__fail(err, SFTR_E_VIEW,
					"no view, this host is big-endian and "
					"%s is not",
					sftr_dtype_name(tensor->dtype)));
	if (ckpt->arrays != NULL)
		at = ckpt->arrays[tensor - ckpt->tensors];
	else
		code = sftr__source_view(sftr__checkpoint_source(ckpt, tensor),
					 sftr__checkpoint_offset(ckpt, tensor),
					 &at, err);
	if (code == SFTR_OK && (uintptr_t)at % width != 0)
		code = sftr__fail_at(err, SFTR_E_VIEW,
				     sftr__checkpoint_offset(ckpt, tensor),
				     "no view, %s wants an address that is a "
				     "multiple of %u",
				     sftr_dtype_name(tensor->dtype), width);
	if (code == SFTR_OK)
		*bytes = at;
	return about(err, tensor, code);
}

static sftr_code
need_room(const sftr_tensor *t, uint64_t needed, size_t n_bytes,
	  sftr_error *err)
{
	if (needed <= n_bytes)
		return SFTR_OK;
	return about(err, t,
		     sftr__fail(err, SFTR_E_CAPACITY,
				"takes %" PRIu64
				" byte%s, the buffer holds %zu",
				needed, needed == 1 ? "" : "s", n_bytes));
}

sftr_code
sftr_checkpoint_read(const sftr_checkpoint *ckpt, const sftr_tensor *tensor,
		     void *buffer, size_t n_bytes, sftr_error *err)
{
	uint64_t needed = sftr_tensor_n_bytes(tensor);
	sftr_code code = need_data(ckpt, tensor, err);

	if (code == SFTR_OK)
		code = need_room(tensor, needed, n_bytes, err);
	if (code == SFTR_OK)
		code = read_part(ckpt, tensor, 0, buffer, (size_t)needed, err);
	if (code == SFTR_OK)
		code = unchanged(ckpt, tensor, err);
	if (code == SFTR_OK)
		sftr__to_host(tensor->dtype, buffer, (size_t)needed);
	return about(err, tensor, code);
}

sftr_code
sftr_checkpoint_read_bytes(const sftr_checkpoint *ckpt,
			   const sftr_tensor *tensor, uint64_t offset,
			   void *buffer, size_t n_bytes, sftr_error *err)
{
	uint64_t held = sftr_tensor_n_bytes(tensor);
	sftr_code code = need_data(ckpt, tensor, err);

	if (code == SFTR_OK && (offset > held || n_bytes > held - offset))
		code = sftr__fail(err, SFTR_E_ARGUMENT,
				  "%zu bytes from %" PRIu64
				  " leave the tensor, which has %" PRIu64,
				  n_bytes, offset, held);
	if (code == SFTR_OK)
		code = read_part(ckpt, tensor, offset, buffer, n_bytes, err);
	if (code == SFTR_OK)
		code = unchanged(ckpt, tensor, err);
	return about(err, tensor, code);
}

static bool
begin_runs(sftr__runs *runs, const sftr_tensor *t, const sftr_slice *slices)
{
	sftr__runs_begin(runs, sftr_dtype_bits(t->dtype));
	for (uint32_t i = t->rank; i-- > 0;)
		sftr__runs_dim(runs, t->shape[i], slices[i].start,
			       slices[i].stop, slices[i].step);
	return sftr__runs_whole(runs);
}

static uint64_t
n_selected(const sftr_slice *s)
{
	if (s->start >= s->stop || s->step == 0)
		return 0;
	return (s->stop - s->start - 1) / s->step + 1;
}

sftr_code
sftr_slice_shape(const sftr_tensor *tensor, const sftr_slice *slices,
		 uint64_t *shape, uint32_t *rank, uint64_t *n_bytes,
		 sftr_error *err)
{
	uint64_t n_elements = 1;
	uint32_t kept = 0;
	sftr__runs runs;

	if (tensor == NULL)
		return sftr__fail_absent(err);
	for (uint32_t i = 0; i < tensor->rank; i++) {
		const sftr_slice *s = &slices[i];
		uint64_t n = n_selected(s);

		if (s->step == 0 || s->stop > tensor->shape[i] ||
		    (s->drop && n != 1))
			return about(
				err, tensor,
				sftr__fail(err, SFTR_E_SLICE,
					   "dimension %" PRIu32 " has %" PRIu64
					   " elements, the slice is "
					   "%" PRIu64 ":%" PRIu64 ":%" PRIu64,
					   i, tensor->shape[i], s->start,
					   s->stop, s->step));
		n_elements *= n;
		if (!s->drop && shape != NULL)
			shape[kept] = n;
		kept += !s->drop;
	}
	if (n_elements > 0 && !begin_runs(&runs, tensor, slices))
		return about(err, tensor,
			     sftr__fail(err, SFTR_E_SLICE,
					"selects part of a byte, %s elements "
					"are packed",
					sftr_dtype_name(tensor->dtype)));
	if (rank != NULL)
		*rank = kept;
	if (n_bytes != NULL)
		*n_bytes = n_elements * sftr_dtype_bits(tensor->dtype) / 8;
	return SFTR_OK;
}

/* Bytes of the tensor that one read brought, [begin, end). */
struct window {
	char *bytes;
	uint64_t begin, end;
};

/*
 * One run, from the window where it is in it.  A new window reaches as far as
 * the scratch, but no farther than the tensor: runs with small gaps share it.
 */
static sftr_code
copy_run(const sftr_checkpoint *ckpt, const sftr_tensor *t, struct window *w,
	 uint64_t offset, uint64_t n_bytes, char *to, sftr_error *err)
{
	uint64_t left = sftr_tensor_n_bytes(t) - offset;
	sftr_code code;

	if (n_bytes >= GAP)
		return read_part(ckpt, t, offset, to, (size_t)n_bytes, err);
	if (offset < w->begin || offset + n_bytes > w->end) {
		uint64_t n =
			w->end != 0 && offset - w->end < GAP ? SCRATCH : GAP;

		if (n > left)
			n = left;
		w->begin = w->end = 0;
		code = read_part(ckpt, t, offset, w->bytes, (size_t)n, err);
		if (code != SFTR_OK)
			return code;
		w->begin = offset;
		w->end = offset + n;
	}
	memcpy(to, w->bytes + (offset - w->begin), (size_t)n_bytes);
	return SFTR_OK;
}

static sftr_code
read_runs(const sftr_checkpoint *ckpt, const sftr_tensor *t, sftr__runs *runs,
	  char *to, sftr_error *err)
{
	struct window w = { NULL, 0, 0 };
	uint64_t offset, n_bytes;
	sftr_code code = SFTR_OK;

	w.bytes = sftr__alloc(&ckpt->allocator, SCRATCH);
	if (w.bytes == NULL)
		return sftr__fail_memory(err);
	while (code == SFTR_OK && sftr__runs_next(runs, &offset, &n_bytes)) {
		code = copy_run(ckpt, t, &w, offset, n_bytes, to, err);
		to += n_bytes;
	}
	sftr__free(&ckpt->allocator, w.bytes, SCRATCH);
	return code;
}

sftr_code
sftr_checkpoint_read_slice(const sftr_checkpoint *ckpt,
			   const sftr_tensor *tensor, const sftr_slice *slices,
			   void *buffer, size_t n_bytes, sftr_error *err)
{
	uint64_t needed = 0;
	sftr__runs runs;
	sftr_code code = need_data(ckpt, tensor, err);

	if (code == SFTR_OK)
		code = sftr_slice_shape(tensor, slices, NULL, NULL, &needed,
					err);
	if (code == SFTR_OK)
		code = need_room(tensor, needed, n_bytes, err);
	if (code != SFTR_OK || needed == 0)
		return code;
	begin_runs(&runs, tensor, slices);
	code = read_runs(ckpt, tensor, &runs, buffer, err);
	if (code == SFTR_OK)
		code = unchanged(ckpt, tensor, err);
	if (code == SFTR_OK)
		sftr__to_host(tensor->dtype, buffer, (size_t)needed);
	return about(err, tensor, code);
}
