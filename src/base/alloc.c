/* SPDX-License-Identifier: MIT */
#if defined(__linux__)
#define _GNU_SOURCE /* mremap */
#endif
#include "base/alloc.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#define HUGE_PAGE ((size_t)2 << 20)

static size_t
round_up(size_t n, size_t to)
{
	return (n + to - 1) / to * to;
}

/*
 * How long the mapping of a block is.  What fills most of its last huge page
 * gets all of it: one fault costs far less than hundreds.
 */
static size_t
mapping_size(size_t n)
{
	size_t len = round_up(n, 4096);

	return len % HUGE_PAGE > HUGE_PAGE / 4 * 3 ? round_up(len, HUGE_PAGE) :
						     len;
}

/*
 * A mapping that begins on a huge-page boundary: the kernel then backs every
 * whole 2 MiB of it with one page.
 */
static void *
map_block(size_t n)
{
	size_t len, lead;
	char *p;

	if (n > SIZE_MAX / 2)
		return NULL;
	len = mapping_size(n);
	p = mmap(NULL, len + HUGE_PAGE, PROT_READ | PROT_WRITE,
		 MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (p == MAP_FAILED)
		return NULL;
	lead = round_up((uintptr_t)p, HUGE_PAGE) - (uintptr_t)p;
	if (lead > 0)
		munmap(p, lead);
	munmap(p + lead + len, HUGE_PAGE - lead);
	p += lead;
#ifdef MADV_HUGEPAGE
	madvise(p, len, MADV_HUGEPAGE);
#endif
	return p;
}

/* Gives back the pages at the end. */
static void *
shorten_block(void *old, size_t old_size, size_t new_size)
{
	size_t keep = mapping_size(new_size);
	size_t len = mapping_size(old_size);

	if (keep < len)
		munmap((char *)old + keep, len - keep);
	return old;
}

#ifdef MREMAP_MAYMOVE
/* Pages move, bytes do not: at no time is there memory for two blocks. */
static void *
lengthen_block(void *old, size_t old_size, size_t new_size)
{
	void *p;

	if (new_size > SIZE_MAX / 2)
		return NULL;
	p = mremap(old, mapping_size(old_size), mapping_size(new_size),
		   MREMAP_MAYMOVE);
	return p == MAP_FAILED ? NULL : p;
}
#endif

static void *
move_block(void *old, size_t old_size, size_t new_size)
{
	bool was_big = old_size >= SFTR__BIG_BLOCK;
	void *p;

	if (was_big && new_size >= SFTR__BIG_BLOCK && new_size <= old_size)
		return shorten_block(old, old_size, new_size);
#ifdef MREMAP_MAYMOVE
	if (was_big && new_size >= SFTR__BIG_BLOCK)
		return lengthen_block(old, old_size, new_size);
#endif
	p = new_size >= SFTR__BIG_BLOCK ? map_block(new_size) :
					  malloc(new_size);
	if (p == NULL)
		return NULL;
	memcpy(p, old, old_size < new_size ? old_size : new_size);
	if (was_big)
		munmap(old, mapping_size(old_size));
	else
		free(old);
	return p;
}

static void *
default_resize(void *user, void *block, size_t old_size, size_t new_size)
{
	(void)user;
	if (new_size == 0) {
		if (old_size >= SFTR__BIG_BLOCK)
			munmap(block, mapping_size(old_size));
		else
			free(block);
		return NULL;
	}
	if (block == NULL)
		return new_size >= SFTR__BIG_BLOCK ? map_block(new_size) :
						     malloc(new_size);
	if (old_size < SFTR__BIG_BLOCK && new_size < SFTR__BIG_BLOCK)
		return realloc(block, new_size);
	return move_block(block, old_size, new_size);
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
	/* The default allocator's mappings are zero already. */
	if (p != NULL &&
	    (a->resize != default_resize || n * size < SFTR__BIG_BLOCK))
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
