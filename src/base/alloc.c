/* SPDX-License-Identifier: MIT */
#include "base/alloc.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#define HUGE_PAGE ((size_t)2 << 20)

/*
 * A large block begins on a huge-page boundary and asks for huge pages: a fault
 * costs as much for 4 KiB as for 2 MiB.  What fills most of its last huge page
 * gets all of it.
 */
static void *
new_block(size_t n)
{
	size_t over = n % HUGE_PAGE;
	void *p;

	if (n < SFTR__BIG_BLOCK)
		return malloc(n);
	if (n > SIZE_MAX / 2)
		return NULL;
	if (over > HUGE_PAGE / 2)
		n += HUGE_PAGE - over;
	if (posix_memalign(&p, HUGE_PAGE, n) != 0)
		return NULL;
#ifdef MADV_HUGEPAGE
	madvise(p, n, MADV_HUGEPAGE);
#endif
	return p;
}

static void *
default_resize(void *user, void *block, size_t old_size, size_t new_size)
{
	void *p;

	(void)user;
	if (new_size == 0) {
		free(block);
		return NULL;
	}
	if (block == NULL)
		return new_block(new_size);
	if (new_size < SFTR__BIG_BLOCK)
		return realloc(block, new_size);
	/* Pages that were never touched cost nothing: a shorter block stays. */
	if (new_size <= old_size)
		return block;
	p = new_block(new_size);
	if (p == NULL)
		return NULL;
	memcpy(p, block, old_size);
	free(block);
	return p;
}

sftr_allocator
sftr__allocator(const sftr_allocator *or_null)
{
	sftr_allocator a = { default_resize, NULL };

	return or_null != NULL && or_null->resize != NULL ? *or_null : a;
}

/* The allocator frees on size 0, so an empty block is asked for as one byte. */
static size_t
at_least_one(size_t n)
{
	return n == 0 ? 1 : n;
}

void *
sftr__alloc(const sftr_allocator *a, size_t n)
{
	return a->resize(a->user, NULL, 0, at_least_one(n));
}

void *
sftr__alloc_zeroed(const sftr_allocator *a, size_t n, size_t size)
{
	void *p;

	if (size != 0 && n > SIZE_MAX / 2 / size)
		return NULL;
	p = sftr__alloc(a, n * size);
	if (p != NULL)
		memset(p, 0, at_least_one(n * size));
	return p;
}

void *
sftr__realloc(const sftr_allocator *a, void *block, size_t old_size,
	      size_t new_size)
{
	if (block == NULL)
		return sftr__alloc(a, new_size);
	return a->resize(a->user, block, at_least_one(old_size),
			 at_least_one(new_size));
}

void
sftr__free(const sftr_allocator *a, void *block, size_t size)
{
	if (block != NULL)
		a->resize(a->user, block, at_least_one(size), 0);
}

bool
sftr__grow(const sftr_allocator *a, void **block, size_t *capacity, size_t need,
	   size_t size)
{
	size_t n = *capacity < 4 ? 8 : *capacity;
	void *p;

	if (need <= *capacity)
		return true;
	while (n < need) {
		if (n > SIZE_MAX / 4)
			return false;
		n *= 2;
	}
	if (n > SIZE_MAX / 2 / size)
		return false;
	p = sftr__realloc(a, *block, *capacity * size, n * size);
	if (p == NULL)
		return false;
	*block = p;
	*capacity = n;
	return true;
}

bool
sftr__resize(const sftr_allocator *a, void **block, size_t *capacity, size_t n,
	     size_t size)
{
	void *p = NULL;

	if (n > SIZE_MAX / 2 / size)
		return false;
	if (n > 0)
		p = sftr__realloc(a, *block, *capacity * size, n * size);
	else
		sftr__free(a, *block, *capacity * size);
	if (p == NULL && n > 0)
		return false;
	*block = p;
	*capacity = n;
	return true;
}

char *
sftr__copy_text(const sftr_allocator *a, const char *text, size_t n)
{
	char *p = n == SIZE_MAX ? NULL : sftr__alloc(a, n + 1);

	if (p == NULL)
		return NULL;
	if (n > 0)
		memcpy(p, text, n);
	p[n] = '\0';
	return p;
}
