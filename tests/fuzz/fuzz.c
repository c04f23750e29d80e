/* SPDX-License-Identifier: MIT */
#include "fuzz.h"

#include "base/alloc.h"
#include "base/utf8.h"
#include "format/emit.h"

#include <stdalign.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void
fuzz_fail(const char *file, int line, const char *condition, const char *format,
	  ...)
{
	va_list arguments;

	fprintf(stderr, "%s:%d: %s does not hold: ", file, line, condition);
	va_start(arguments, format);
	vfprintf(stderr, format, arguments);
	va_end(arguments);
	fputc('\n', stderr);
	abort();
}

#define LEAD                                                                   \
	(sizeof(max_align_t) > sizeof(size_t) ? sizeof(max_align_t) :          \
						sizeof(size_t))

static void *
resize(void *user, void *block, size_t old_size, size_t new_size)
{
	struct fuzz_memory *memory = user;
	char *base = block == NULL ? NULL : (char *)block - LEAD;
	size_t held = 0;

	if (base != NULL)
		memcpy(&held, base, sizeof held);
	need(old_size == held, "old size %zu, it was %zu", old_size, held);
	memory->n_bytes -= held;
	if (new_size == 0) {
		free(base);
		return NULL;
	}
	need(new_size <= memory->limit - memory->n_bytes,
	     "asks for %zu bytes with %zu live, the limit is %zu", new_size,
	     memory->n_bytes, memory->limit);
	memory->n_bytes += new_size;
	base = realloc(base, LEAD + new_size);
	need(base != NULL, "no %zu bytes", new_size);
	memcpy(base, &new_size, sizeof new_size);
	return base + LEAD;
}

sftr_allocator
fuzz_allocator(struct fuzz_memory *memory, size_t limit)
{
	sftr_allocator a = { resize, memory };

	memory->limit = limit;
	memory->n_bytes = 0;
	return a;
}

void
fuzz_all_freed(const struct fuzz_memory *memory)
{
	need(memory->n_bytes == 0, "%zu bytes are left", memory->n_bytes);
}

static void
printable(const char *what, const char *text, size_t size)
{
	const char *end = memchr(text, '\0', size);

	need(end != NULL, "%s is not terminated", what);
	need(sftr__utf8_span(text, (size_t)(end - text)) ==
		     (size_t)(end - text),
	     "%s is no UTF-8", what);
	for (const char *p = text; p < end; p++)
		need((unsigned char)*p >= 0x20 && *p != 0x7f,
		     "%s has a control character", what);
}

void
fuzz_refusal(const sftr_error *err, sftr_code code, size_t size)
{
	char text[1024];

	need(code != SFTR_OK && err->code == code, "code %d, err has %d", code,
	     err->code);
	need(err->offset == SFTR_NO_OFFSET || err->offset <= size,
	     "offset %llu of %zu", (unsigned long long)err->offset, size);
	printable("file", err->file, sizeof err->file);
	printable("key", err->key, sizeof err->key);
	printable("other", err->other, sizeof err->other);
	printable("message", err->message, sizeof err->message);
	need(err->message[0] != '\0', "no message");
	sftr_error_text(err, text, sizeof text);
	printable("text", text, sizeof text);
}

void *
fuzz_bytes(size_t size)
{
	void *p = malloc(size > 0 ? size : 1);

	need(p != NULL, "no %zu bytes", size);
	return p;
}

uint8_t *
fuzz_written(sftr_writer *w, size_t *n_bytes)
{
	uint64_t n = 0;
	uint8_t *file;

	need(sftr_writer_n_bytes(w, &n, NULL) == SFTR_OK, "size");
	file = fuzz_bytes((size_t)n);
	need(sftr_writer_save_memory(w, file, (size_t)n, NULL) == SFTR_OK,
	     "save");
	sftr_writer_free(w);
	*n_bytes = (size_t)n;
	return file;
}

sftr_str
fuzz_until(struct fuzz_input *in, char stop)
{
	const uint8_t *p = in->p, *end;
	sftr_str s = { (const char *)p, 0 };

	end = p == in->end ? p : memchr(p, stop, (size_t)(in->end - p));
	in->p = end == NULL || end == in->end ? in->end : end + 1;
	s.len = (size_t)((end == NULL ? in->end : end) - p);
	return s;
}

static void
add_name(sftr__emit *e, sftr_str name, uint64_t at)
{
	if (e->n_bytes > 1)
		sftr__emit_text(e, ",");
	sftr__emit_string(e, name);
	sftr__emit_text(e, ":{\"dtype\":\"U8\",\"shape\":[1,1],"
			   "\"data_offsets\":[");
	sftr__emit_u64(e, at);
	sftr__emit_text(e, ",");
	sftr__emit_u64(e, at + 1);
	sftr__emit_text(e, "]}");
}

/* Lines end with a line feed, the last perhaps without. */
static size_t
add_names(sftr__emit *e, sftr_str names, bool is_reversed)
{
	sftr_str *lines = fuzz_bytes((names.len + 1) * sizeof *lines);
	const char *end = names.ptr + names.len;
	size_t n = 0;

	for (const char *p = names.ptr, *lf; p < end; p = lf + 1) {
		lf = memchr(p, '\n', (size_t)(end - p));
		if (lf == NULL)
			lf = end;
		lines[n++] = (sftr_str){ p, (size_t)(lf - p) };
	}
	for (size_t i = 0; i < n; i++)
		add_name(e, lines[is_reversed ? n - 1 - i : i], i);
	free(lines);
	return n;
}

uint8_t *
fuzz_file_of_names(sftr_str names, bool is_reversed, const char *key,
		   sftr_str value, size_t *n_bytes)
{
	sftr_allocator a = sftr__allocator(NULL);
	uint8_t *file;
	sftr__emit e;

	sftr__emit_begin(&e, &a);
	sftr__emit_text(&e, "{");
	if (key != NULL) {
		sftr__emit_text(&e, "\"__metadata__\":{\"");
		sftr__emit_text(&e, key);
		sftr__emit_text(&e, "\":");
		sftr__emit_string(&e, value);
		sftr__emit_text(&e, "}");
	}
	*n_bytes = add_names(&e, names, is_reversed);
	sftr__emit_text(&e, "}");
	need(!e.failed, "no memory");
	*n_bytes += 8 + e.n_bytes;
	file = fuzz_bytes(*n_bytes);
	memset(file, '*', *n_bytes);
	for (size_t i = 0; i < 8; i++)
		file[i] = (uint8_t)((uint64_t)e.n_bytes >> (8 * i));
	memcpy(file + 8, e.text, e.n_bytes);
	sftr__emit_free(&e);
	return file;
}
