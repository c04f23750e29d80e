/* SPDX-License-Identifier: MIT */
#include "format/emit.h"

#include "base/alloc.h"
#include "base/bytes.h"

void
sftr__emit_begin(sftr__emit *e, const sftr_allocator *allocator)
{
	memset(e, 0, sizeof *e);
	e->allocator = sftr__allocator(allocator);
}

void
sftr__emit_free(sftr__emit *e)
{
	sftr__free(&e->allocator, e->text, e->capacity);
	e->text = NULL;
	e->n_bytes = 0;
	e->capacity = 0;
}

/* Where the next n bytes go, or NULL. */
static char *
room(sftr__emit *e, size_t n)
{
	void *text = e->text;

	if (e->failed)
		return NULL;
	if (n > e->capacity - e->n_bytes) {
		if (n > SIZE_MAX / 2 - e->n_bytes ||
		    !sftr__grow(&e->allocator, &text, &e->capacity,
				e->n_bytes + n, 1)) {
			e->failed = true;
			return NULL;
		}
		e->text = text;
	}
	return e->text + e->n_bytes;
}

void
sftr__emit_bytes(sftr__emit *e, const char *bytes, size_t n)
{
	char *to = room(e, n);

	if (to != NULL && n > 0) {
		memcpy(to, bytes, n);
		e->n_bytes += n;
	}
}

void
sftr__emit_spaces(sftr__emit *e, size_t n)
{
	char *to = room(e, n);

	if (to != NULL && n > 0) {
		memset(to, ' ', n);
		e->n_bytes += n;
	}
}

#define ONES UINT64_C(0x0101010101010101)
#define TOPS UINT64_C(0x8080808080808080)

/*
 * Whether one of eight bytes must be escaped.  A borrow can turn the byte above
 * a hit into another, so a yes wants a closer look; a no is certain.
 */
static bool
may_need_escape(uint64_t v)
{
	uint64_t quote = v ^ ONES * '"';
	uint64_t backslash = v ^ ONES * '\\';
	uint64_t hits = ((v - ONES * 0x20) & ~v) | ((quote - ONES) & ~quote) |
			((backslash - ONES) & ~backslash);

	return (hits & TOPS) != 0;
}

static bool
needs_escape(unsigned char c)
{
	return c < 0x20 || c == '"' || c == '\\';
}

/* Bytes from the start that go out as they are. */
static size_t
plain_span(const char *s, size_t n)
{
	size_t i = 0;

	for (;;) {
		while (n - i >= 8 && !may_need_escape(sftr__load_u64(s + i)))
			i += 8;
		for (size_t end = n - i < 8 ? n : i + 8; i < end; i++)
			if (needs_escape((unsigned char)s[i]))
				return i;
		if (i == n)
			return n;
	}
}

static void
emit_escape(sftr__emit *e, unsigned char c)
{
	static const char hex[] = "0123456789abcdef";
	char out[6] = { '\\', 'u', '0', '0', hex[c >> 4], hex[c & 15] };

	switch (c) {
	case '\b': out[1] = 'b'; break;
	case '\f': out[1] = 'f'; break;
	case '\n': out[1] = 'n'; break;
	case '\r': out[1] = 'r'; break;
	case '\t': out[1] = 't'; break;
	case '"':
	case '\\': out[1] = (char)c; break;
	default: break;
	}
	sftr__emit_bytes(e, out, out[1] == 'u' ? 6 : 2);
}

void
sftr__emit_string(sftr__emit *e, sftr_str s)
{
	size_t i = 0;

	sftr__emit_bytes(e, "\"", 1);
	while (i < s.len) {
		size_t n = plain_span(s.ptr + i, s.len - i);

		sftr__emit_bytes(e, s.ptr + i, n);
		i += n;
		if (i < s.len)
			emit_escape(e, (unsigned char)s.ptr[i++]);
	}
	sftr__emit_bytes(e, "\"", 1);
}

void
sftr__emit_u64(sftr__emit *e, uint64_t v)
{
	char digits[20];
	size_t at = sizeof digits;

	do {
		digits[--at] = (char)('0' + v % 10);
		v /= 10;
	} while (v > 0);
	sftr__emit_bytes(e, digits + at, sizeof digits - at);
}
