/* SPDX-License-Identifier: MIT */
#include "bind/plan.h"

#include "base/bytes.h"
#include "checkpoint/checkpoint.h"
#include "numeric/stream.h"

/* Bytes that nobody wants are read if they are fewer: a call costs as much. */
#define GAP 4096

void
sftr__plan_init(sftr__plan *plan, const sftr_binding *binding, bool joins,
		bool is_in_line)
{
	plan->binding = binding;
	plan->joins = joins;
	plan->is_in_line = is_in_line;
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

char *
sftr__plan_place(const sftr_binding *b, uint32_t slot, uint32_t part)
{
	const sftr__match *m = &b->matches[slot];

	return b->states[slot].data + part * (m->n_bytes / m->n_parts);
}

/* Whether a part's place begins in a line where it does in the file. */
static bool
is_in_line(const sftr_binding *b, const sftr__order *order)
{
	const sftr_tensor *t = b->matches[order->slot].parts[order->part];
	uintptr_t place =
		(uintptr_t)sftr__plan_place(b, order->slot, order->part);

	return (place - sftr__checkpoint_offset(b->ckpt, t)) % SFTR__LINE == 0;
}

/* Whether bytes go from the file to their place, and are right there. */
static bool
is_direct(const sftr__plan *plan)
{
	const sftr_binding *b = plan->binding;
	const sftr__order *order = &b->order[plan->at];
	const sftr__want *want = &b->wants.wants[order->slot];
	const sftr__match *m = &b->matches[order->slot];

	return !m->is_converted && (want->slot.flags & SFTR_SLOT_BOOL) == 0 &&
	       sftr__match_is_flat(m) &&
	       (!plan->is_in_line || is_in_line(b, order));
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
	piece->is_direct = is_direct(plan);
	if (bits % 8 != 0) {
		/* Never moved or converted: bytes are what is counted. */
		piece->first = plan->done;
		piece->n = left < most ? left : most;
		piece->n_bytes = piece->n;
		return true;
	}
	n = (left < most ? left : most) / (bits / 8);
	piece->first = plan->done / (bits / 8);
	if (!sftr__match_is_flat(m)) {
		uint64_t room =
			SFTR__SPREAD_BYTES / (sftr_dtype_bits(m->dtype) / 8);

		/* What is converted before it is spread has its own scratch. */
		n = sftr__box_elements(t->shape, t->rank, piece->first,
				       n < room ? n : room);
	}
	if (n == 0)
		return false;
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
	*span = at - begin;
	return true;
}

/* Whether so much of one tensor goes to one place that it is a job alone. */
static bool
stands_alone(const sftr__plan *plan, const sftr_tensor *t)
{
	return sftr_tensor_n_bytes(t) - plan->done >= SFTR__DIRECT_MIN &&
	       is_direct(plan);
}

static void
add_piece(sftr__plan *plan, sftr__job *job, uint64_t span)
{
	const sftr__piece *piece = &job->pieces[job->n_pieces++];

	/* One tensor for two slots: both take it from scratch. */
	for (size_t i = 0; span < job->n_bytes && i < job->n_pieces; i++)
		job->pieces[i].is_direct = false;
	if (span + piece->n_bytes > job->n_bytes)
		job->n_bytes = (size_t)(span + piece->n_bytes);
	advance(plan, piece);
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
	job->n_pieces = 0;
	if (stands_alone(plan, t)) {
		cut_piece(plan, SFTR__DIRECT_BYTES, &job->pieces[0]);
		add_piece(plan, job, 0);
		return true;
	}
	do {
		if (job->n_pieces > 0 && stands_alone(plan, t))
			break;
		if (!cut_piece(plan, SFTR__JOB_BYTES - span,
			       &job->pieces[job->n_pieces]))
			break;
		add_piece(plan, job, span);
		t = seek(plan);
	} while (t != NULL && job->n_pieces < SFTR__JOB_PIECES &&
		 can_join(plan, job, t, &span));
	return true;
}
