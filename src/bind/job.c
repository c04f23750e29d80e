/* SPDX-License-Identifier: MIT */
#include "bind/job.h"

#include "base/diagnostic.h"
#include "checkpoint/ahead.h"
#include "checkpoint/checkpoint.h"
#include "numeric/cast.h"
#include "numeric/stream.h"
#include "numeric/stride.h"
#include "numeric/swap.h"

#include <inttypes.h>
#include <string.h>

/* Each piece may have a gap before it, and the last one may leave a rest. */
#define MAX_TARGETS (2 * SFTR__JOB_PIECES + 1)

/* Of the job's bytes in their file; what is in no file lies anywhere. */
static uint64_t
file_offset(const sftr_binding *b, const sftr__job *job)
{
	if (b->ckpt->arrays != NULL)
		return 0;
	return sftr__checkpoint_offset(b->ckpt, job->tensor) + job->offset;
}

/* Where a job's bytes go, in their order. */
struct targets {
	struct iovec parts[MAX_TARGETS];
	int n;
};

static void
add_target(struct targets *to, char *at, size_t n_bytes)
{
	struct iovec *last = to->parts + to->n - 1;

	if (n_bytes == 0)
		return;
	if (to->n > 0 && (char *)last->iov_base + last->iov_len == at) {
		last->iov_len += n_bytes;
		return;
	}
	last[1].iov_base = at;
	last[1].iov_len = n_bytes;
	to->n++;
}

static char *
place_of(const sftr_binding *b, const sftr__piece *p)
{
	return sftr__plan_place(b, p->slot, p->part);
}

/* How far in the job's bytes a piece begins. */
static size_t
piece_at(const sftr_binding *b, const sftr__job *job, const sftr__piece *p)
{
	const sftr_tensor *t = b->matches[p->slot].parts[p->part];

	/* Arrays do not lie in a row: their jobs are of one tensor. */
	return (size_t)(t->begin + p->begin -
			(job->tensor->begin + job->offset));
}

static void
aim(const sftr_binding *b, const sftr__job *job, char *scratch,
    struct targets *to)
{
	size_t at = 0;

	to->n = 0;
	for (size_t i = 0; i < job->n_pieces; i++) {
		const sftr__piece *p = &job->pieces[i];
		size_t begin;

		if (!p->is_direct)
			continue;
		begin = piece_at(b, job, p);
		add_target(to, scratch + at, begin - at);
		add_target(to, place_of(b, p) + p->begin, (size_t)p->n_bytes);
		at = begin + (size_t)p->n_bytes;
	}
	add_target(to, scratch + at, job->n_bytes - at);
}

/* The bytes of a job, from a file or from where an array has them. */
static sftr_code
read_job(const sftr_binding *b, const sftr__job *job, struct targets *to,
	 char *scratch, sftr__job_way way, sftr_error *err)
{
	const sftr_checkpoint *ckpt = b->ckpt;
	const sftr_tensor *t = job->tensor;
	const sftr__source *source;
	sftr_code code;

	if (ckpt->arrays != NULL) {
		const char *bytes = ckpt->arrays[t - ckpt->tensors];

		bytes += job->offset;
		for (int i = 0; i < to->n; i++) {
			memcpy(to->parts[i].iov_base, bytes,
			       to->parts[i].iov_len);
			bytes += to->parts[i].iov_len;
		}
		return SFTR_OK;
	}
	source = sftr__checkpoint_source(ckpt, t);
	/* A job of so many bytes has one piece, straight to its place. */
	if (way == SFTR__JOB_AHEAD && job->n_bytes > SFTR__JOB_BYTES)
		code = sftr__ahead_read(source, file_offset(b, job),
					place_of(b, job->pieces) +
						job->pieces->begin,
					job->n_bytes, scratch, err);
	else
		code = sftr__source_read_parts(source, file_offset(b, job),
					       to->parts, to->n, err);
	if (code != SFTR_OK)
		sftr__set_key(err, t->name.ptr, t->name.len);
	return code;
}

static sftr_code
check_bools(const sftr__want *want, const char *bytes, uint64_t n,
	    uint64_t first, sftr_error *err)
{
	for (uint64_t i = 0; i < n; i++) {
		if ((unsigned char)bytes[i] <= 1)
			continue;
		sftr__fail(err, SFTR_E_VALUE,
			   "expected a bool, 0 or 1, found %u at element "
			   "%" PRIu64,
			   (unsigned char)bytes[i], first + i);
		sftr__set_key(err, want->slot.name.ptr, want->slot.name.len);
		return SFTR_E_VALUE;
	}
	return SFTR_OK;
}

/* A box of a tensor, as dense as it lies in the file, to where it belongs. */
static void
spread(const sftr__match *m, const sftr__piece *piece, char *base,
       const char *bytes)
{
	const sftr_tensor *t = m->parts[piece->part];
	uint64_t element = sftr_dtype_bits(m->dtype) / 8;
	uint64_t steps[SFTR__MAX_AXES], part, first = piece->first;
	uint64_t left = piece->n, dense = element;
	sftr__stride s;

	sftr__match_steps(m, element, steps, &part);
	base += piece->part * part;
	sftr__stride_begin(&s, (size_t)element, 1);
	for (uint32_t i = t->rank; i-- > 0;) {
		uint64_t dim = t->shape[i];
		uint64_t n = left < dim ? left : dim;

		if (dim <= 1) /* moves nothing; a piece is never empty */
			continue;
		base += first % dim * steps[i];
		first /= dim;
		sftr__stride_dim(&s, n, (int64_t)steps[i], (int64_t)dense);
		dense *= n;
		left = left > dim ? left / dim : 1;
	}
	sftr__stride_copy(&s, base, bytes);
}

/* A piece from scratch to its slot; 'spare' may hold what is converted. */
static sftr_code
place_piece(const sftr_binding *b, const sftr__piece *piece, char *bytes,
	    char *spare, sftr__job_way way, sftr_error *err)
{
	const sftr__want *want = &b->wants.wants[piece->slot];
	const sftr__match *m = &b->matches[piece->slot];
	const sftr_tensor *t = m->parts[piece->part];
	bool flat = sftr__match_is_flat(m);
	char *at = place_of(b, piece);
	sftr_code code = SFTR_OK;

	if ((want->slot.flags & SFTR_SLOT_BOOL) != 0 && !m->is_converted)
		code = check_bools(want, bytes, piece->n, piece->first, err);
	if (code != SFTR_OK)
		return code;
	if (flat && !m->is_converted) {
		sftr__copy_to_host(t->dtype, at + piece->begin, bytes,
				   (size_t)piece->n_bytes,
				   way != SFTR__JOB_CACHED);
		return SFTR_OK;
	}
	sftr__to_host(t->dtype, bytes, (size_t)piece->n_bytes);
	if (flat) {
		at += piece->first * (sftr_dtype_bits(m->dtype) / 8);
		sftr__cast(m->dtype, at, t->dtype, bytes, (size_t)piece->n,
			   way != SFTR__JOB_CACHED);
	} else {
		if (m->is_converted)
			sftr__cast(m->dtype, spare, t->dtype, bytes,
				   (size_t)piece->n, false);
		spread(m, piece, b->states[piece->slot].data,
		       m->is_converted ? spare : bytes);
	}
	/* And back: another slot may take the same bytes. */
	sftr__to_host(t->dtype, bytes, (size_t)piece->n_bytes);
	return SFTR_OK;
}

sftr_code
sftr__job_do(const sftr_binding *b, const sftr__job *job, char *scratch,
	     sftr__job_way way, sftr_error *err)
{
	char *spare = scratch + SFTR__JOB_BYTES + SFTR__LINE;
	struct targets to;
	sftr_code code;

	/*
	 * Bytes lie in their lines as the file's do in theirs: into memory that
	 * is in the caches, some processors copy four times as fast then.
	 */
	scratch += (file_offset(b, job) - (uintptr_t)scratch) % SFTR__LINE;
	aim(b, job, scratch, &to);
	code = read_job(b, job, &to, scratch, way, err);
	for (size_t i = 0; i < job->n_pieces && code == SFTR_OK; i++) {
		const sftr__piece *p = &job->pieces[i];
		const sftr__match *m = &b->matches[p->slot];

		if (p->is_direct)
			sftr__to_host(m->dtype, place_of(b, p) + p->begin,
				      (size_t)p->n_bytes);
		else
			code = place_piece(b, p, scratch + piece_at(b, job, p),
					   spare, way, err);
	}
	return code;
}
