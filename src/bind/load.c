/* SPDX-License-Identifier: MIT */
/*
 * Carrying a plan out: bytes from files to slots, by a few threads that take
 * jobs from the plan one after the other.
 */
#include "base/alloc.h"
#include "base/crew.h"
#include "base/diagnostic.h"
#include "bind/block.h"
#include "bind/job.h"
#include "checkpoint/ahead.h"
#include "checkpoint/checkpoint.h"
#include "names/codec.h"
#include "numeric/stream.h"

#include <string.h>

#define MAX_THREADS_BY_DEFAULT 4

/* A load that is going on; all but the first row under the lock. */
struct load {
	sftr_binding *b;
	sftr__job_way way;
	uint64_t total;
	sftr__lock *lock;
	sftr__plan plan;
	uint64_t done;
	uint64_t told; /* of 'done', by the caller's thread alone */
	bool stopped;
	sftr_code code;
	sftr_error error; /* of the first failure */
	char *scratch;	  /* SFTR__JOB_SCRATCH a thread */
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
	char *scratch = l->scratch + (size_t)i * SFTR__JOB_SCRATCH;
	sftr_error error;
	sftr__job job;

	while (take_job(l, &job)) {
		sftr_code code =
			sftr__job_do(l->b, &job, scratch, l->way, &error);

		if (code != SFTR_OK) {
			stop(l, code, &error);
			return;
		}
		finish_job(l, &job);
		if (i == 0 && !tell_progress(l))
			return;
	}
}

/* Sets what slots are to be loaded; whether any is at or below 'key'. */
static bool
choose(struct load *l, const sftr_str *key)
{
	sftr_binding *b = l->b;
	bool any = false;

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
	}
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
	sftr__block_sweep(b);
}

/* Of what is loaded, and of all files. */
static sftr__job_way
choose_way(const struct load *l)
{
	const sftr_binding *b = l->b;
	const sftr_checkpoint *ckpt = b->ckpt;
	uint64_t n_bytes = 0;
	bool pays = ckpt->arrays == NULL;

	for (size_t i = 0; i < b->wants.n; i++)
		if (b->states[i].is_wanted && b->states[i].left > 0)
			n_bytes += b->matches[i].n_bytes;
	if (!sftr__stream_pays(n_bytes))
		return SFTR__JOB_CACHED;
	for (size_t i = 0; i < ckpt->n_sources && pays; i++)
		pays = sftr__ahead_pays(&ckpt->sources[i]);
	return pays ? SFTR__JOB_AHEAD : SFTR__JOB_STREAM;
}

static sftr_code
run(struct load *l, sftr_error *err)
{
	const sftr_allocator *a = &l->b->allocator;
	bool in_files = l->b->ckpt->arrays == NULL;
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
	n_scratch = (size_t)n * SFTR__JOB_SCRATCH;
	l->lock = sftr__lock_new(a);
	l->scratch = sftr__alloc(a, n_scratch);
	l->way = choose_way(l);
	sftr__plan_init(&l->plan, l->b, in_files,
			in_files && l->way == SFTR__JOB_STREAM &&
				sftr__stream_realigns());
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

/* The key of a prefix, as slots have theirs. */
static sftr_code
prefix_key(const sftr_binding *b, const char *prefix, sftr__key *key,
	   sftr_error *err)
{
	sftr__path_buffer path;
	sftr_code code;

	sftr__path_buffer_init(&path, &b->allocator);
	code = sftr__path_parse_into(b->slot_codec, prefix, strlen(prefix),
				     &path, err);
	if (code == SFTR_OK &&
	    !sftr__key_add_slot(key, path.steps, path.n_steps, b->drop_flat))
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
	/* All slots may be none; those of a prefix may not. */
	if (code == SFTR_OK && !choose(&l, prefix != NULL ? &text : NULL) &&
	    prefix != NULL) {
		code = sftr__fail(err, SFTR_E_ABSENT, "no slot is there");
		sftr__set_key(err, prefix, strlen(prefix));
	}
	sftr__key_free(&key);
	if (code == SFTR_OK && !binding->ckpt->has_data && l.total > 0)
		code = sftr__fail(err, SFTR_E_UNSUPPORTED,
				  "only the header is open, there are no data");
	if (code == SFTR_OK)
		code = sftr__block_new(binding, err);
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
	sftr__block_sweep(binding);
}
