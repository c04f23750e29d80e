/* SPDX-License-Identifier: MIT */
/*
 * Memory from the caller's allocator, and the default one.  Every block's size
 * is known to whoever frees it; nothing here counts or caches.
 */
#ifndef SFTR_BASE_ALLOC_H
#define SFTR_BASE_ALLOC_H

#include <safetree/base.h>
#include <stdbool.h>

/*
 * The caller's allocator, or the default: malloc, with huge pages for blocks of
 * SFTR__BIG_BLOCK bytes and more, since faulting in a large header by 4 KiB
 * costs as much as parsing it.
 */
sftr_allocator
sftr__allocator(const sftr_allocator *or_null);

#define SFTR__BIG_BLOCK ((size_t)1 << 20)

/* n bytes, or NULL.  n = 0 gives a block that can be freed. */
void *
sftr__alloc(const sftr_allocator *a, size_t n);

/* n * size zeroed bytes, or NULL, also when the product overflows. */
void *
sftr__alloc_zeroed(const sftr_allocator *a, size_t n, size_t size);

/* The block with another size, or NULL, and then the old one stays. */
void *
sftr__realloc(const sftr_allocator *a, void *block, size_t old_size,
	      size_t new_size);

/* NULL is fine. */
void
sftr__free(const sftr_allocator *a, void *block, size_t size);

/*
 * Makes room for 'need' elements of 'size' bytes in *block, which holds
 * *capacity, at least doubling.  False, with all as it was, without memory.
 */
bool
sftr__grow(const sftr_allocator *a, void **block, size_t *capacity, size_t need,
	   size_t size);

/*
 * Gives *block, which holds *capacity elements of 'size' bytes, n of them: NULL
 * for none.  False, with all as it was, without memory.
 */
bool
sftr__resize(const sftr_allocator *a, void **block, size_t *capacity, size_t n,
	     size_t size);

/* A copy of n bytes with a NUL behind (a block of n + 1), or NULL. */
char *
sftr__copy_text(const sftr_allocator *a, const char *text, size_t n);

#endif
