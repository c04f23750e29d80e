/* SPDX-License-Identifier: MIT */
#include "bind/block.h"

#include "base/alloc.h"
#include "base/bytes.h"
#include "base/diagnostic.h"

#define ALIGN 64

static bool
is_wanted(const sftr_binding *b, size_t i)
{
	return b->states[i].is_wanted &&
	       b->matches[i].place == SFTR_PLACE_ALLOC;
}

static size_t
round_up(size_t n)
{
	return (n + ALIGN - 1) / ALIGN * ALIGN;
}

/* Bytes for all that is wanted, 0 for nothing; false if that is too many. */
static bool
measure(const sftr_binding *b, uint64_t *sum)
{
	*sum = 0;
	for (size_t i = 0; i < b->wants.n; i++) {
		if (!is_wanted(b, i))
			continue;
		/* What aligns each, and once more what aligns the first. */
		if (*sum == 0)
			*sum = ALIGN;
		if (!sftr__add(*sum, b->matches[i].n_bytes, sum) ||
		    !sftr__add(*sum, ALIGN, sum) || !sftr__fits_size(*sum))
			return false;
	}
	return true;
}

static void
share_out(sftr_binding *b, sftr__block *block)
{
	size_t n = round_up((uintptr_t)block->bytes) - (uintptr_t)block->bytes;

	for (size_t k = 0; k < b->n_order + b->wants.n; k++) {
		/* First those that are read, then those that are empty. */
		size_t i = k < b->n_order ? b->order[k].slot : k - b->n_order;
		sftr__state *s = &b->states[i];

		if (!is_wanted(b, i) || s->block != NULL)
			continue;
		s->block = block;
		s->data = block->bytes + n;
		n += round_up((size_t)b->matches[i].n_bytes);
	}
}

sftr_code
sftr__block_new(sftr_binding *b, sftr_error *err)
{
	const sftr_allocator *a = &b->allocator;
	sftr__block *block;
	uint64_t n_bytes;

	if (!measure(b, &n_bytes))
		return sftr__fail_memory(err);
	if (n_bytes == 0)
		return SFTR_OK;
	block = sftr__alloc_zeroed(a, 1, sizeof *block);
	if (block == NULL)
		return sftr__fail_memory(err);
	block->n_bytes = (size_t)n_bytes;
	block->bytes = sftr__alloc(a, block->n_bytes);
	if (block->bytes == NULL) {
		sftr__free(a, block, sizeof *block);
		return sftr__fail_memory(err);
	}
	block->next = b->blocks;
	b->blocks = block;
	share_out(b, block);
	return SFTR_OK;
}

void
sftr__block_sweep(sftr_binding *b)
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
