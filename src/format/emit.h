/* SPDX-License-Identifier: MIT */
/*
 * JSON text out: a growing buffer, and the spelling of strings and numbers.
 * The spelling is the official writer's, byte for byte: compact, and nothing
 * escaped that need not be.  Which fields there are is the caller's business;
 * so is that strings are UTF-8.
 *
 * Failure is sticky: without memory the buffer stays as it was, what follows
 * is dropped, and 'failed' says so in the end.
 */
#ifndef SFTR_FORMAT_EMIT_H
#define SFTR_FORMAT_EMIT_H

#include <safetree/base.h>
#include <stdbool.h>
#include <string.h>

typedef struct sftr__emit {
	sftr_allocator allocator;
	char *text;
	size_t n_bytes;
	size_t capacity;
	bool failed;
} sftr__emit;

/* An empty buffer; release it by sftr__emit_free. */
void
sftr__emit_begin(sftr__emit *e, const sftr_allocator *allocator);
void
sftr__emit_free(sftr__emit *e);

/* Bytes as they are. */
void
sftr__emit_bytes(sftr__emit *e, const char *bytes, size_t n);
void
sftr__emit_spaces(sftr__emit *e, size_t n);

static inline void
sftr__emit_text(sftr__emit *e, const char *text)
{
	sftr__emit_bytes(e, text, strlen(text));
}

/*
 * In quotes.  Escaped are the quote, the backslash and what is below 0x20: as
 * \b \f \n \r \t or as \u00xx in lower case.  0x7f and above go out raw.
 */
void
sftr__emit_string(sftr__emit *e, sftr_str s);

/* In decimal. */
void
sftr__emit_u64(sftr__emit *e, uint64_t v);

#endif
