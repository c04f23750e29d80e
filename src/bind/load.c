/* SPDX-License-Identifier: MIT */
/*
 * Carrying a plan out: bytes from files to slots, by a few threads that take
 * jobs from the plan one after the other.
 */
#include "base/alloc.h"
#include "base/bytes.h"
#include "base/diagnostic.h"
#include "bind/crew.h"
#include "bind/plan.h"
#include "checkpoint/checkpoint.h"
#include "names/codec.h"
#include "numeric/cast.h"
#include "numeric/stride.h"
#include "numeric/swap.h"

#include <inttypes.h>
#include <string.h>

#define ALIGN 64
#define MAX_THREADS_BY_DEFAULT 4

/* A load that is going on; all but the first row under the lock. */
struct load {
	sftr_binding *b;
	bool stream; /* conversions write past the caches */
	uint64_t total;
	sftr__lock *lock;
	sftr__plan plan;
	uint64_t done;
	uint64_t told; /* of 'done', by the caller's thread alone */
	bool stopped;
	sftr_code code;
	sftr_error error; /* of the first failure */
	char *scratch;	  /* 2 * SFTR__JOB_BYTES a thread */
	unsigned n_threads;
};

static void
stop(struct load *l, sftr_code code, const sftr_error *error)
{
	sftr__lock_take(l->lock);
	if (l->code == SFTR_OK) {
		l->code = code;
		l->error = *error;
	}
	l->stopped = true;
	sftr__lock_give(l->lock);
}

/* The bytes of a job, from a file or from where an array has them. */
static sftr_code
read_job(const struct load *l, const sftr__job *job, void *buffer,
	 sftr_error *err)
{
	const sftr_checkpoint *ckpt = l->b->ckpt;
	const sftr_tensor *t = job->tensor;
	sftr_code code;

	if (ckpt->arrays != NULL) {
		const char *bytes = ckpt->arrays[t - ckpt->tensors];

		memcpy(buffer, bytes + job->offset, job->n_bytes);
		return SFTR_OK;
	}
	code = sftr__source_read_part(sftr__checkpoint_source(ckpt, t),
				      sftr__checkpoint_offset(ckpt, t) +
					      job->offset,
				      buffer, job->n_bytes, err);
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
		uint64_t n = t->shape[i] < left ? t->shape[i] : left;

		base += first % t->shape[i] * steps[i];
		first /= t->shape[i];
		sftr__stride_dim(&s, n, (int64_t)steps[i], (int64_t)dense);
		dense *= n;
		left /= n;
	}
	sftr__stride_copy(&s, base, bytes);
}

/* A piece from scratch to its slot; 'spare' may hold what is converted. */
static sftr_code
place_piece(const struct load *l, const sftr__piece *piece, char *bytes,
	    char *spare, sftr_error *err)
{
	const sftr__want *want = &l->b->wants.wants[piece->slot];
	const sftr__match *m = &l->b->matches[piece->slot];
	const sftr_tensor *t = m->parts[piece->part];
	char *base = l->b->states[piece->slot].data, *at;
	bool flat = sftr__match_is_flat(m);
	uint64_t part = piece->part * (m->n_bytes / m->n_parts);
	sftr_code code = SFTR_OK;

	if ((want->slot.flags & SFTR_SLOT_BOOL) != 0 && !m->is_converted)
		code = check_bools(want, bytes, piece->n, piece->first, err);
	if (code != SFTR_OK)
		return code;
	at = base + part;
	if (flat && !m->is_converted) {
		sftr__copy_to_host(t->dtype, at + piece->begin, bytes,
				   (size_t)piece->n_bytes);
		return SFTR_OK;
	}
	sftr__to_host(t->dtype, bytes, (size_t)piece->n_bytes);
	if (flat) {
		at += piece->first * (sftr_dtype_bits(m->dtype) / 8);
		sftr__cast(m->dtype, at, t->dtype, bytes, (size_t)piece->n,
			   l->stream);
		return SFTR_OK;
	}
	if (m->is_converted)
		sftr__cast(m->dtype, spare, t->dtype, bytes, (size_t)piece->n,
			   false);
	spread(m, piece, base, m->is_converted ? spare : bytes);
	return SFTR_OK;
}

static sftr_code
do_job(const struct load *l, const sftr__job *job, char *scratch,
       sftr_error *err)
{
	const sftr__piece *p = &job->pieces[0];
	uint64_t begin = job->tensor->begin + job->offset;
	sftr_code code;

	if (job->is_direct) {
		const sftr__match *m = &l->b->matches[p->slot];
		char *at = l->b->states[p->slot].data + p->begin +
			   p->part * (m->n_bytes / m->n_parts);

		code = read_job(l, job, at, err);
		if (code == SFTR_OK)
			sftr__to_host(m->dtype, at, job->n_bytes);
		return code;
	}
	code = read_job(l, job, scratch, err);
	for (size_t i = 0; i < job->n_pieces && code == SFTR_OK; i++) {
		const sftr_tensor *t;

		p = &job->pieces[i];
		t = l->b->matches[p->slot].parts[p->part];
		/* Arrays do not lie in a row: their jobs are of one tensor. */
		code = place_piece(l, p,
				   scratch + (t->begin + p->begin - begin),
				   scratch + SFTR__JOB_BYTES, err);
	}
	return code;
}

static bool
take_job(struct load *l, sftr__job *job)
{
	bool more;

	sftr__lock_take(l->lock);
	more = !l->stopped && sftr__plan_next(&l->plan, job);
	sftr__lock_give(l->lock);
	return more;
}

static void
finish_job(struct load *l, const sftr__job *job)
{
	sftr__lock_take(l->lock);
	for (size_t i = 0; i < job->n_pieces; i++) {
		l->b->states[job->pieces[i].slot].left -=
			job->pieces[i].n_bytes;
		l->done += job->pieces[i].n_bytes;
	}
	sftr__lock_give(l->lock);
}

/* Only the caller's own thread calls the caller's function. */
static bool
tell_progress(struct load *l)
{
	const sftr_binding *b = l->b;
	sftr_error error;

	if (b->progress == NULL || l->told == l->total)
		return true;
	sftr__lock_take(l->lock);
	l->told = l->done;
	sftr__lock_give(l->lock);
	/* When all is done, it is too late to cancel. */
	if (b->progress(b->progress_user, l->told, l->total) == 0 ||
	    l->told == l->total)
		return true;
	sftr__fail(&error, SFTR_E_CANCELLED, "the load was cancelled");
	stop(l, SFTR_E_CANCELLED, &error);
	return false;
}

static void
work(void *user, unsigned i)
{
	struct load *l = user;
	char *scratch = l->scratch + i * 2 * SFTR__JOB_BYTES;
	sftr_error error;
	sftr__job job;

	while (take_job(l, &job)) {
		sftr_code code = do_job(l, &job, scratch, &error);

		if (code != SFTR_OK) {
			stop(l, code, &error);
			return;
		}
		finish_job(l, &job);
		if (i == 0 && !tell_progress(l))
			return;
	}
}

static size_t
round_up(size_t n)
{
	return (n + ALIGN - 1) / ALIGN * ALIGN;
}

/* One block for all ALLOC slots that are wanted, in the order of the file. */
static sftr_code
allocate(sftr_binding *b, sftr_error *err)
{
	const sftr_allocator *a = &b->allocator;
	sftr__block *block;
	size_t n = 0, n_slots = 0;
	uint64_t sum = ALIGN;

	for (size_t i = 0; i < b->wants.n; i++) {
		const sftr__match *m = &b->matches[i];

		if (!b->states[i].is_wanted || m->place != SFTR_PLACE_ALLOC)
			continue;
		n_slots++;
		if (!sftr__add(sum, m->n_bytes, &sum) ||
		    !sftr__add(sum, ALIGN, &sum) || !sftr__fits_size(sum))
			return sftr__fail_memory(err);
	}
	if (n_slots == 0)
		return SFTR_OK;
	block = sftr__alloc_zeroed(a, 1, sizeof *block);
	if (block == NULL)
		return sftr__fail_memory(err);
	block->n_bytes = (size_t)sum;
	block->bytes = sftr__alloc(a, block->n_bytes);
	if (block->bytes == NULL) {
		sftr__free(a, block, sizeof *block);
		return sftr__fail_memory(err);
	}
	block->next = b->blocks;
	b->blocks = block;
	n = round_up((uintptr_t)block->bytes) - (uintptr_t)block->bytes;
	for (size_t k = 0; k < b->n_order + b->wants.n; k++) {
		/* First those that are read, then those that are empty. */
		size_t i = k < b->n_order ? b->order[k].slot : k - b->n_order;
		sftr__state *s = &b->states[i];

		if (!s->is_wanted || s->block != NULL ||
		    b->matches[i].place != SFTR_PLACE_ALLOC)
			continue;
		s->block = block;
		s->data = block->bytes + n;
		n += round_up((size_t)b->matches[i].n_bytes);
	}
	return SFTR_OK;
}

static void
drop_blocks(sftr_binding *b)
{
	sftr__block **link = &b->blocks;

	while (*link != NULL) {
		sftr__block *block = *link;

		if (block->n_slots > 0) {
			link = &block->next;
			continue;
		}
		*link = block->next;
		sftr__free(&b->allocator, block->bytes, block->n_bytes);
		sftr__free(&b->allocator, block, sizeof *block);
	}
}

/* Sets what slots are to be loaded; false if none is at or below 'key'. */
static bool
choose(struct load *l, const sftr_str *key)
{
	sftr_binding *b = l->b;
	uint64_t streamed = 0;
	bool any = key == NULL;

	for (size_t i = 0; i < b->wants.n; i++) {
		const sftr__match *m = &b->matches[i];
		sftr__state *s = &b->states[i];

		s->is_wanted = false;
		if (key != NULL && !sftr__binding_is_below(b, i, *key))
			continue;
		any = true;
		if (!m->is_filled || s->is_loaded ||
		    m->place == SFTR_PLACE_NONE)
			continue;
		s->is_wanted = true;
		s->left = 0;
		s->data = m->place == SFTR_PLACE_BUFFER ?
				  b->wants.wants[i].slot.data :
				  NULL;
		if (m->place == SFTR_PLACE_VIEW)
			continue;
		for (uint64_t p = 0; p < m->n_parts; p++)
			s->left += sftr_tensor_n_bytes(m->parts[p]);
		l->total += s->left;
		if (m->is_converted)
			streamed += m->n_bytes;
	}
	l->stream = sftr__cast_streams(streamed);
	return any;
}

/* Slots that are complete, in files that nobody has changed meanwhile. */
static void
finish(struct load *l)
{
	sftr_binding *b = l->b;

	for (size_t f = 0; f < b->ckpt->n_sources && b->ckpt->arrays == NULL;
	     f++) {
		sftr_error error;
		sftr_code code =
			sftr__source_unchanged(&b->ckpt->sources[f], &error);

		if (code == SFTR_OK || l->total == 0)
			continue;
		if (l->code == SFTR_OK) {
			l->code = code;
			l->error = error;
		}
		for (size_t i = 0; i < b->wants.n; i++)
			if (b->states[i].is_wanted &&
			    b->matches[i].place != SFTR_PLACE_VIEW)
				b->states[i].left = 1;
	}
	for (size_t i = 0; i < b->wants.n; i++) {
		sftr__state *s = &b->states[i];

		if (!s->is_wanted)
			continue;
		s->is_wanted = false;
		if (s->left > 0) {
			s->block = NULL;
			s->data = NULL;
			continue;
		}
		s->is_loaded = true;
		if (s->block != NULL)
			s->block->n_slots++;
		sftr__binding_point(b, i,
				    b->matches[i].place == SFTR_PLACE_VIEW ?
					    b->matches[i].view :
					    s->data);
	}
	drop_blocks(b);
}

static sftr_code
run(struct load *l, sftr_error *err)
{
	const sftr_allocator *a = &l->b->allocator;
	unsigned n = l->b->n_threads;
	size_t n_scratch;

	if (n == 0) {
		n = sftr__crew_processors();
		if (n > MAX_THREADS_BY_DEFAULT)
			n = MAX_THREADS_BY_DEFAULT;
	}
	if (n > SFTR__CREW_MAX)
		n = SFTR__CREW_MAX;
	/* Starting a thread costs as much as copying this. */
	if (l->total < 2 * SFTR__JOB_BYTES)
		n = 1;
	n_scratch = n * 2 * SFTR__JOB_BYTES;
	l->lock = sftr__lock_new(a);
	l->scratch = sftr__alloc(a, n_scratch);
	sftr__plan_init(&l->plan, l->b, l->b->ckpt->arrays == NULL);
	if (l->lock == NULL || l->scratch == NULL) {
		l->code = sftr__fail_memory(&l->error);
	} else {
		sftr__crew_run(n, work, l);
		if (l->code == SFTR_OK)
			tell_progress(l);
	}
	finish(l);
	sftr__free(a, l->scratch, n_scratch);
	sftr__lock_free(a, l->lock);
	if (l->code != SFTR_OK && err != NULL)
		*err = l->error;
	return l->code;
}

/* The key of a prefix; an empty one for NULL. */
static sftr_code
prefix_key(const sftr_binding *b, const char *prefix, sftr__key *key,
	   sftr_error *err)
{
	sftr__path_buffer path;
	sftr_code code;

	sftr__path_buffer_init(&path, &b->allocator);
	code = sftr__path_parse_into(b->slot_codec, prefix, strlen(prefix),
				     &path, err);
	if (code == SFTR_OK && !sftr__key_add(key, path.steps, path.n_steps))
		code = sftr__fail_memory(err);
	sftr__path_buffer_free(&path);
	return code;
}

sftr_code
sftr_binding_load(sftr_binding *binding, const char *prefix, sftr_error *err)
{
	struct load l;
	sftr__key key;
	sftr_str text;
	sftr_code code = SFTR_OK;

	memset(&l, 0, sizeof l);
	l.b = binding;
	sftr__key_init(&key, &binding->allocator);
	if (prefix != NULL)
		code = prefix_key(binding, prefix, &key, err);
	text.ptr = key.text;
	text.len = key.n;
	if (code == SFTR_OK && !choose(&l, prefix != NULL ? &text : NULL)) {
		code = sftr__fail(err, SFTR_E_ABSENT, "no slot is there");
		sftr__set_key(err, prefix, strlen(prefix));
	}
	sftr__key_free(&key);
	if (code == SFTR_OK && !binding->ckpt->has_data && l.total > 0)
		code = sftr__fail(err, SFTR_E_UNSUPPORTED,
				  "only the header is open, there are no data");
	if (code == SFTR_OK)
		code = allocate(binding, err);
	return code == SFTR_OK ? run(&l, err) : code;
}

void
sftr_binding_release(sftr_binding *binding, const char *prefix)
{
	sftr__key key;
	sftr_str text;

	sftr__key_init(&key, &binding->allocator);
	if (prefix != NULL &&
	    prefix_key(binding, prefix, &key, NULL) != SFTR_OK) {
		sftr__key_free(&key);
		return;
	}
	text.ptr = key.text;
	text.len = key.n;
	for (size_t i = 0; i < binding->wants.n; i++) {
		sftr__state *s = &binding->states[i];

		if (!s->is_loaded || !sftr__binding_is_below(binding, i, text))
			continue;
		s->is_loaded = false;
		s->data = NULL;
		if (s->block != NULL)
			s->block->n_slots--;
		s->block = NULL;
		sftr__binding_point(binding, i, NULL);
	}
	sftr__key_free(&key);
	drop_blocks(binding);
}
