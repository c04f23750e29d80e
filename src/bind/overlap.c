/* SPDX-License-Identifier: MIT */
#include "bind/overlap.h"

#include "base/alloc.h"
#include "base/diagnostic.h"
#include "base/sort.h"

/* Memory that a slot would be written to. */
struct extent {
	uintptr_t begin;
	uintptr_t end;
	size_t slot;
};

static int
compare_extents(const void *a, const void *b)
{
	const struct extent *x = a, *y = b;

	return x->begin < y->begin ? -1 : x->begin > y->begin;
}

static void
mark(const sftr__wants *wants, sftr__match *matches, const void **sorted,
     size_t n)
{
	const struct extent *last = n > 0 ? sorted[0] : NULL;

	for (size_t i = 1; i < n; i++) {
		const struct extent *e = sorted[i];

		if (e->begin < last->end) {
			sftr__match *m = &matches[e->slot];

			m->has_fault = true;
			m->is_filled = false;
			m->fault = SFTR__OVERLAP;
			m->other = wants->wants[last->slot].slot.name;
		} else {
			last = e;
		}
	}
}

sftr_code
sftr__overlaps_mark(const sftr__wants *wants, sftr__match *matches,
		    const sftr_allocator *a, sftr_error *err)
{
	size_t n = 0, room = wants->n;
	struct extent *extents = sftr__alloc(a, room * sizeof *extents);
	const void **items = sftr__alloc(a, room * 2 * sizeof *items);

	for (size_t i = 0; i < room && extents != NULL && items != NULL; i++) {
		const sftr__match *m = &matches[i];
		struct extent *e = &extents[n];

		if (!m->is_filled || m->place != SFTR_PLACE_BUFFER ||
		    m->n_bytes == 0)
			continue;
		e->begin = (uintptr_t)wants->wants[i].slot.data;
		e->end = e->begin + (uintptr_t)m->n_bytes;
		e->slot = i;
		items[n++] = e;
	}
	if (extents != NULL && items != NULL) {
		sftr__sort(items, items + room, n, compare_extents);
		mark(wants, matches, items, n);
	}
	sftr__free(a, items, room * 2 * sizeof *items);
	sftr__free(a, extents, room * sizeof *extents);
	return extents != NULL && items != NULL ? SFTR_OK :
						  sftr__fail_memory(err);
}
