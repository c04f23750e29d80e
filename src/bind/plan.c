/* SPDX-License-Identifier: MIT */
#include "bind/plan.h"

#include "base/bytes.h"

/* Bytes that nobody wants are read if they are fewer: a call costs as much. */
#define GAP 4096

void
sftr__plan_init(sftr__plan *plan, const sftr_binding *binding, bool joins)
{
	plan->binding = binding;
	plan->joins = joins;
	plan->at = 0;
	plan->done = 0;
}

uint64_t
sftr__box_elements(const uint64_t *shape, uint32_t rank, uint64_t first,
		   uint64_t most)
{
	uint64_t inner = 1;

	for (uint32_t i = rank; i-- > 0;) {
		uint64_t at = first % shape[i];
		uint64_t n = shape[i] - at;

		if (n > most / inner)
			n = most / inner;
		if (n < shape[i])
			return n * inner;
		inner *= n;
		first /= shape[i];
	}
	return inner;
}

/* Whether bytes may go from the file to their place and be right. */
static bool
is_direct(const sftr_slot *slot, const sftr__match *m)
{
	return !m->is_converted && (slot->flags & SFTR_SLOT_BOOL) == 0 &&
	       sftr__match_is_flat(m);
}

/* The next piece of the part that the plan is at; not beyond 'most' bytes. */
static bool
cut_piece(const sftr__plan *plan, uint64_t most, sftr__piece *piece)
{
	const sftr_binding *b = plan->binding;
	sftr__order order = b->order[plan->at];
	const sftr__match *m = &b->matches[order.slot];
	const sftr_tensor *t = m->parts[order.part];
	unsigned bits = sftr_dtype_bits(t->dtype);
	uint64_t left = sftr_tensor_n_bytes(t) - plan->done, n;

	piece->slot = order.slot;
	piece->part = order.part;
	piece->begin = plan->done;
	if (bits % 8 != 0) {
		/* Never moved or converted: bytes are what is counted. */
		piece->first = plan->done;
		piece->n = left < most ? left : most;
		piece->n_bytes = piece->n;
		return true;
	}
	/* The result of a piece is to fit where a piece would. */
	n = most / (bits / 8);
	if (sftr_dtype_bits(m->dtype) > bits)
		n = most / (sftr_dtype_bits(m->dtype) / 8);
	if (n > left / (bits / 8))
		n = left / (bits / 8);
	if (n == 0)
		return false;
	piece->first = plan->done / (bits / 8);
	if (!sftr__match_is_flat(m))
		n = sftr__box_elements(t->shape, t->rank, piece->first, n);
	piece->n = n;
	piece->n_bytes = n * (bits / 8);
	return true;
}

static void
advance(sftr__plan *plan, const sftr__piece *piece)
{
	const sftr_binding *b = plan->binding;
	const sftr_tensor *t = b->matches[piece->slot].parts[piece->part];

	plan->done += piece->n_bytes;
	if (plan->done == sftr_tensor_n_bytes(t)) {
		plan->at++;
		plan->done = 0;
	}
}

/* To the next part that is wanted; NULL if there is none. */
static const sftr_tensor *
seek(sftr__plan *plan)
{
	const sftr_binding *b = plan->binding;

	for (; plan->at < b->n_order; plan->at++) {
		sftr__order order = b->order[plan->at];

		if (b->states[order.slot].is_wanted)
			return b->matches[order.slot].parts[order.part];
	}
	return NULL;
}

/*
 * Whether the part that the plan is at may be read with the job; if so, *span
 * is what the job has up to where the part goes on.
 */
static bool
can_join(const sftr__plan *plan, const sftr__job *job, const sftr_tensor *t,
	 uint64_t *span)
{
	uint64_t begin = job->tensor->begin + job->offset;
	uint64_t at = t->begin + plan->done;

	if (t->file != job->tensor->file || (!plan->joins && t != job->tensor))
		return false;
	if (at < begin || at > begin + job->n_bytes + GAP ||
	    at - begin >= SFTR__JOB_BYTES)
		return false;
	/* One tensor for two slots: its bytes are turned round in scratch. */
	if (SFTR__BIG_ENDIAN && at < begin + job->n_bytes)
		return false;
	*span = at - begin;
	return true;
}

static bool
next_direct(sftr__plan *plan, const sftr_tensor *t, sftr__job *job)
{
	const sftr_binding *b = plan->binding;
	uint32_t slot = b->order[plan->at].slot;

	if (sftr_tensor_n_bytes(t) - plan->done < SFTR__DIRECT_MIN ||
	    !is_direct(&b->wants.wants[slot].slot, &b->matches[slot]))
		return false;
	cut_piece(plan, SFTR__DIRECT_BYTES, &job->pieces[0]);
	job->is_direct = true;
	job->n_pieces = 1;
	job->n_bytes = (size_t)job->pieces[0].n_bytes;
	advance(plan, &job->pieces[0]);
	return true;
}

bool
sftr__plan_next(sftr__plan *plan, sftr__job *job)
{
	const sftr_tensor *t = seek(plan);
	uint64_t span = 0;

	if (t == NULL)
		return false;
	job->tensor = t;
	job->offset = plan->done;
	job->n_bytes = 0;
	job->is_direct = false;
	job->n_pieces = 0;
	if (next_direct(plan, t, job))
		return true;
	do {
		sftr__piece *piece = &job->pieces[job->n_pieces];
		const sftr_binding *b = plan->binding;
		uint32_t slot = b->order[plan->at].slot;

		if (job->n_pieces > 0 &&
		    sftr_tensor_n_bytes(t) - plan->done >= SFTR__DIRECT_MIN &&
		    is_direct(&b->wants.wants[slot].slot, &b->matches[slot]))
			break;
		if (!cut_piece(plan, SFTR__JOB_BYTES - span, piece))
			break;
		job->n_pieces++;
		if (span + piece->n_bytes > job->n_bytes)
			job->n_bytes = (size_t)(span + piece->n_bytes);
		advance(plan, piece);
		t = seek(plan);
	} while (t != NULL && job->n_pieces < SFTR__JOB_PIECES &&
		 can_join(plan, job, t, &span));
	return true;
}
