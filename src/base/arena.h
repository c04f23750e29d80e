/* SPDX-License-Identifier: MIT */
/*
 * An arena: many small pieces of memory that are released all at once.  Chunks
 * double up to a bound, so that an arena of little holds little and one of much
 * wastes little.
 *
 *      head -> [ next | ########.... ] -> [ next | ########## ] -> NULL
 *                              ^ used
 */
#ifndef SFTR_BASE_ARENA_H
#define SFTR_BASE_ARENA_H

#include <safetree/base.h>

typedef struct sftr__arena {
	sftr_allocator allocator;
	struct sftr__chunk *head; /* the one that is being filled */
	size_t used;		  /* bytes of its payload */
} sftr__arena;

/* An empty arena; it takes no memory until it is asked for some. */
void
sftr__arena_init(sftr__arena *arena, const sftr_allocator *allocator);

/* Releases every piece. */
void
sftr__arena_free(sftr__arena *arena);

/* n zeroed bytes, aligned for pointers and 64-bit numbers, or NULL. */
void *
sftr__arena_alloc(sftr__arena *arena, size_t n);

/* A copy of n bytes, aligned in the same way, or NULL. */
void *
sftr__arena_copy(sftr__arena *arena, const void *bytes, size_t n);

/* A copy of text[n] with a NUL behind it, not aligned, or NULL. */
char *
sftr__arena_text(sftr__arena *arena, const char *text, size_t n);

#endif
