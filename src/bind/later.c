/* SPDX-License-Identifier: MIT */
#include "bind/later.h"

#include "base/alloc.h"
#include "base/diagnostic.h"
#include "base/sort.h"

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

/* Whether something in the file says the number; no array has 0 elements. */
static bool
is_known(const sftr__later *later, const sftr__dims *dims)
{
	return (later->kind == SFTR__LATER_COUNT && later->value > 0) ||
	       (later->kind == SFTR__LATER_DIM &&
		dims->dims[later->value].is_known);
}

static uint64_t
number_of(const sftr__later *later, const sftr__dims *dims)
{
	if (!is_known(later, dims))
		return 0;
	return later->kind == SFTR__LATER_COUNT ?
		       later->value :
		       dims->dims[later->value].value;
}

static sftr_code
fail(const sftr__later *later, uint64_t n, const char *why, sftr_error *err)
{
	const char *counter = later->field->counter;

	sftr__fail(err, SFTR_E_CAPACITY,
		   "%" PRIu64 " is %s than the member %s%s%s holds", n, why,
		   later->path, later->path[0] != '\0' ? "." : "", counter);
	sftr__set_key(err, counter, strlen(counter));
	return SFTR_E_CAPACITY;
}

/* Where a number goes. */
static uintptr_t
place_of(const sftr__later *later)
{
	return (uintptr_t)(later->object + later->field->count);
}

static int
compare(const void *a, const void *b)
{
	uintptr_t x = place_of(a), y = place_of(b);

	return x < y ? -1 : x > y;
}

/* Arrays may share one count: a file cannot make it larger than one of them. */
static sftr_code
check_shared(const sftr__later **numbers, size_t n, const sftr__dims *dims,
	     sftr_error *err)
{
	sftr__sort((const void **)numbers, (const void **)numbers + n, n,
		   compare);
	for (size_t i = 1; i < n; i++) {
		uint64_t count = number_of(numbers[i], dims);

		if (place_of(numbers[i]) == place_of(numbers[i - 1]) &&
		    count != number_of(numbers[i - 1], dims))
			return fail(numbers[i], count, "another number", err);
	}
	return SFTR_OK;
}

sftr_code
sftr__laters_check(const sftr__laters *laters, const sftr__dims *dims,
		   sftr_error *err)
{
	const sftr_allocator *a = &laters->allocator;
	size_t size = 2 * laters->n * sizeof(void *), n = 0;
	const sftr__later **numbers = sftr__alloc(a, size);
	sftr_code code = SFTR_OK;

	if (numbers == NULL)
		return sftr__fail_memory(err);
	for (size_t i = 0; i < laters->n && code == SFTR_OK; i++) {
		const sftr__later *later = &laters->items[i];

		if (!is_known(later, dims))
			continue;
		numbers[n++] = later;
		if (!sftr__field_holds(later->field, number_of(later, dims)))
			code = fail(later, number_of(later, dims), "more", err);
	}
	if (code == SFTR_OK)
		code = check_shared(numbers, n, dims, err);
	sftr__free(a, numbers, size);
	return code;
}

static void
write_one(const sftr__later *later, const sftr__dims *dims)
{
	bool value = later->value != 0;

	switch (later->kind) {
	case SFTR__LATER_BOOL:
		memcpy(later->object + later->offset, &value, sizeof value);
		break;
	case SFTR__LATER_POINTER:
		memcpy(later->object + later->field->offset, &later->pointer,
		       sizeof later->pointer);
		break;
	default:
		sftr__field_set_integer(later->field, later->object,
					number_of(later, dims));
		break;
	}
}

void
sftr__laters_write(const sftr__laters *laters, const sftr__dims *dims)
{
	/* What is known comes last: it may share a member with what is not. */
	for (size_t i = 0; i < laters->n; i++)
		if (!is_known(&laters->items[i], dims))
			write_one(&laters->items[i], dims);
	for (size_t i = 0; i < laters->n; i++)
		if (is_known(&laters->items[i], dims))
			write_one(&laters->items[i], dims);
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
