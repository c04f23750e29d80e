/* SPDX-License-Identifier: MIT */
/*
 * Paths as they come and go: a buffer that steps are read into, the reader
 * and the writer that every codec speaks to, and paths that own their steps.
 * Knows no codec.
 */
#ifndef SFTR_NAMES_PATH_H
#define SFTR_NAMES_PATH_H

#include "base/diagnostic.h"

#include <safetree/tree.h>
#include <stdbool.h>

/*
 * Steps, one text behind the other.  Texts of steps point into the text that
 * was read wherever nothing had to be unescaped, otherwise into blocks that do
 * not move: a million names can be read into one buffer.  'steps' does move
 * while it grows.
 */
typedef struct sftr__path_buffer {
	sftr_allocator allocator;
	sftr_step *steps;
	size_t n_steps;
	size_t capacity;
	struct sftr__path_block *blocks; /* the newest first */
} sftr__path_buffer;

/* 'allocator' as in options; allocates nothing. */
void
sftr__path_buffer_init(sftr__path_buffer *buffer,
		       const sftr_allocator *allocator);

/* No steps; memory is kept for the next ones. */
void
sftr__path_buffer_clear(sftr__path_buffer *buffer);

void
sftr__path_buffer_free(sftr__path_buffer *buffer);

/*
 * One text being read.  Codecs ask and push; the first failure sticks in
 * 'code' and 'err', and steps pushed after it are dropped.
 */
typedef struct sftr__path_reader {
	const char *text;
	size_t n;
	sftr__path_buffer *out;
	sftr_error *err; /* may be NULL */
	sftr_code code;
} sftr__path_reader;

void
sftr__path_push_text(sftr__path_reader *r, sftr_step_kind kind,
		     const char *text, size_t n);
void
sftr__path_push_number(sftr__path_reader *r, sftr_step_kind kind,
		       int64_t number);

/* n bytes that stay where they are for an unescaped text; NULL: no memory. */
char *
sftr__path_room(sftr__path_reader *r, size_t n);

/* SFTR_E_PATH at byte 'at': "expected WHAT, found" and what is there. */
void
sftr__path_expect(sftr__path_reader *r, size_t at, const char *what);

/*
 * The canonical decimal text[begin, end); 0 after a failure.  'what' names it
 * in messages: "an index".
 */
int64_t
sftr__path_decimal(sftr__path_reader *r, size_t begin, size_t end,
		   const char *what);

/*
 * One path being written: 'n' counts on when buffer[size] is full.  The first
 * failure sticks.
 */
typedef struct sftr__path_writer {
	const sftr_step *steps;
	size_t n_steps;
	char *buffer;
	size_t size;
	size_t n;
	sftr_error *err; /* may be NULL */
	sftr_code code;
} sftr__path_writer;

void
sftr__path_put(sftr__path_writer *w, const char *bytes, size_t n);
void
sftr__path_put_char(sftr__path_writer *w, char c);

/*
 * SFTR_E_CODEC: "step I: expected WHAT, found" and either the character at
 * byte 'at' of the step's text or, for SFTR_NO_OFFSET, 'found'.
 */
void
sftr__path_refuse(sftr__path_writer *w, size_t i, uint64_t at, const char *what,
		  const char *found);

/*
 * Whether none of the characters 'set' is in the text of step i; if one is,
 * the step is refused with 'what' as the thing expected.
 */
bool
sftr__path_is_free_of(sftr__path_writer *w, size_t i, const char *set,
		      const char *what);

/* A path of its own, in one block; zeroed without memory. */
sftr_code
sftr__path_copy(const sftr_step *steps, size_t n_steps,
		const sftr_allocator *allocator, sftr_path *path,
		sftr_error *err);

#endif
