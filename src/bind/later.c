/* SPDX-License-Identifier: MIT */
#include "bind/later.h"

#include "base/alloc.h"
#include "base/diagnostic.h"

#include <inttypes.h>
#include <string.h>

void
sftr__laters_init(sftr__laters *laters, const sftr_allocator *allocator)
{
	memset(laters, 0, sizeof *laters);
	laters->allocator = *allocator;
}

void
sftr__laters_free(sftr__laters *laters)
{
	sftr__free(&laters->allocator, laters->items,
		   laters->capacity * sizeof *laters->items);
	memset(laters, 0, sizeof *laters);
}

bool
sftr__laters_add(sftr__laters *laters, const sftr__later *later)
{
	void *p = laters->items;

	if (!sftr__grow(&laters->allocator, &p, &laters->capacity,
			laters->n + 1, sizeof *later))
		return false;
	laters->items = p;
	laters->items[laters->n++] = *later;
	return true;
}

static uint64_t
number_of(const sftr__later *later, const sftr__dims *dims)
{
	const sftr__dim *dim;

	if (later->kind != SFTR__LATER_DIM)
		return later->value;
	dim = &dims->dims[later->value];
	return dim->is_known ? dim->value : 0;
}

sftr_code
sftr__laters_check(const sftr__laters *laters, const sftr__dims *dims,
		   sftr_error *err)
{
	for (size_t i = 0; i < laters->n; i++) {
		const sftr__later *later = &laters->items[i];
		uint64_t n = number_of(later, dims);

		if (later->kind != SFTR__LATER_COUNT &&
		    later->kind != SFTR__LATER_DIM)
			continue;
		if (sftr__field_holds(later->field, n))
			continue;
		sftr__fail(err, SFTR_E_CAPACITY,
			   "%" PRIu64 " is more than the member %s%s%s holds",
			   n, later->path, later->path[0] != '\0' ? "." : "",
			   later->field->counter);
		sftr__set_key(err, later->field->counter,
			      strlen(later->field->counter));
		return SFTR_E_CAPACITY;
	}
	return SFTR_OK;
}

void
sftr__laters_write(const sftr__laters *laters, const sftr__dims *dims)
{
	for (size_t i = 0; i < laters->n; i++) {
		const sftr__later *later = &laters->items[i];
		bool value = later->value != 0;

		switch (later->kind) {
		case SFTR__LATER_BOOL:
			memcpy(later->object + later->offset, &value,
			       sizeof value);
			break;
		case SFTR__LATER_POINTER:
			memcpy(later->object + later->field->offset,
			       &later->pointer, sizeof later->pointer);
			break;
		default:
			sftr__field_set_integer(later->field, later->object,
						number_of(later, dims));
			break;
		}
	}
}

void
sftr__laters_take_back(sftr__laters *laters, const sftr__dims *dims)
{
	for (size_t i = 0; i < laters->n; i++) {
		sftr__later *later = &laters->items[i];

		if (later->kind == SFTR__LATER_DIM)
			later->kind = SFTR__LATER_COUNT;
		later->value = 0;
		later->pointer = NULL;
	}
	sftr__laters_write(laters, dims);
}
