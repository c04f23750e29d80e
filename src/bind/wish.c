/* SPDX-License-Identifier: MIT */
#include "bind/wish.h"

#include "base/alloc.h"

#include <string.h>

void
sftr__wishes_init(sftr__wishes *wishes, const sftr_allocator *allocator)
{
	memset(wishes, 0, sizeof *wishes);
	wishes->allocator = sftr__allocator(allocator);
	sftr__arena_init(&wishes->arena, &wishes->allocator);
}

void
sftr__wishes_free(sftr__wishes *wishes)
{
	sftr__free(&wishes->allocator, wishes->wishes,
		   wishes->capacity * sizeof *wishes->wishes);
	sftr__arena_free(&wishes->arena);
	memset(wishes, 0, sizeof *wishes);
}

sftr__wish *
sftr__wishes_add(sftr__wishes *wishes)
{
	void *p = wishes->wishes;

	if (!sftr__grow(&wishes->allocator, &p, &wishes->capacity,
			wishes->n + 1, sizeof *wishes->wishes))
		return NULL;
	wishes->wishes = p;
	memset(&wishes->wishes[wishes->n], 0, sizeof *wishes->wishes);
	return &wishes->wishes[wishes->n++];
}
