/* SPDX-License-Identifier: MIT */
#include "base/arena.h"

#include "base/alloc.h"

#include <string.h>

#define FIRST_CHUNK ((size_t)512)
#define LAST_CHUNK ((size_t)256 << 10)
#define ALIGN (sizeof(uint64_t))

struct sftr__chunk {
	struct sftr__chunk *next;
	_Alignas(
		ALIGN) uint64_t size; /* of the payload, which begins aligned */
};

void
sftr__arena_init(sftr__arena *arena, const sftr_allocator *allocator)
{
	arena->allocator = *allocator;
	arena->head = NULL;
	arena->used = 0;
}

void
sftr__arena_free(sftr__arena *arena)
{
	while (arena->head != NULL) {
		struct sftr__chunk *chunk = arena->head;

		arena->head = chunk->next;
		sftr__free(&arena->allocator, chunk,
			   sizeof *chunk + (size_t)chunk->size);
	}
	arena->used = 0;
}

/*
 * A piece as large as a chunk gets one of its own, put behind the head so that
 * what is left there stays in use.
 */
static char *
add_chunk(sftr__arena *arena, size_t need)
{
	struct sftr__chunk *head = arena->head;
	struct sftr__chunk *chunk;
	size_t size = head == NULL ? FIRST_CHUNK : (size_t)head->size * 2;

	if (size > LAST_CHUNK)
		size = LAST_CHUNK;
	if (need > SIZE_MAX - sizeof *chunk)
		return NULL;
	if (need > size / 2)
		size = need;
	chunk = sftr__alloc(&arena->allocator, sizeof *chunk + size);
	if (chunk == NULL)
		return NULL;
	chunk->size = size;
	if (head != NULL && size == need) {
		chunk->next = head->next;
		head->next = chunk;
	} else {
		chunk->next = head;
		arena->head = chunk;
		arena->used = need;
	}
	return (char *)(chunk + 1);
}

static char *
take(sftr__arena *arena, size_t n, size_t align)
{
	size_t at = (arena->used + align - 1) / align * align;

	if (arena->head == NULL || at > arena->head->size ||
	    n > arena->head->size - at)
		return add_chunk(arena, n);
	arena->used = at + n;
	return (char *)(arena->head + 1) + at;
}

void *
sftr__arena_alloc(sftr__arena *arena, size_t n)
{
	void *piece = take(arena, n, ALIGN);

	if (piece != NULL && n > 0)
		memset(piece, 0, n);
	return piece;
}

void *
sftr__arena_copy(sftr__arena *arena, const void *bytes, size_t n)
{
	void *piece = take(arena, n, ALIGN);

	if (piece != NULL && n > 0)
		memcpy(piece, bytes, n);
	return piece;
}

char *
sftr__arena_text(sftr__arena *arena, const char *text, size_t n)
{
	char *piece = n == SIZE_MAX ? NULL : take(arena, n + 1, 1);

	if (piece == NULL)
		return NULL;
	if (n > 0)
		memcpy(piece, text, n);
	piece[n] = '\0';
	return piece;
}
