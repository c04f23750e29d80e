/* SPDX-License-Identifier: MIT */
#include "cli/text.h"

uint32_t
text_read(const char *text, size_t n, size_t *len)
{
	static const uint32_t least[] = { 0, 0x80, 0x800, 0x10000 };
	const unsigned char *b = (const unsigned char *)text;
	unsigned more = b[0] < 0x80 ? 0 :
			b[0] < 0xc0 ? 4 :
			b[0] < 0xe0 ? 1 :
			b[0] < 0xf0 ? 2 :
			b[0] < 0xf8 ? 3 :
				      4;
	uint32_t c;

	*len = 1;
	if (more == 0)
		return b[0];
	if (more == 4 || n <= more)
		return UINT32_MAX;
	c = b[0] & (0x3fu >> more);
	for (unsigned i = 1; i <= more; i++) {
		if ((b[i] & 0xc0) != 0x80)
			return UINT32_MAX;
		c = c << 6 | (b[i] & 0x3f);
	}
	if (c < least[more] || c > 0x10ffff || (c >= 0xd800 && c < 0xe000))
		return UINT32_MAX;
	*len = more + 1;
	return c;
}

struct span {
	uint32_t first, last;
};

static bool
is_in(const struct span *spans, size_t n, uint32_t c)
{
	for (size_t i = 0; i < n; i++)
		if (c >= spans[i].first && c <= spans[i].last)
			return true;
	return false;
}

#define IS_IN(spans, c) is_in(spans, sizeof(spans) / sizeof *(spans), c)

bool
text_is_unsafe(uint32_t c)
{
	static const struct span unsafe[] = {
		{ 0, 0x1f },	      /* C0 */
		{ 0x7f, 0x9f },	      /* DEL, C1 */
		{ 0xad, 0xad },	      /* soft hyphen */
		{ 0x61c, 0x61c },     /* Arabic letter mark */
		{ 0x200b, 0x200f },   /* zero width, directions */
		{ 0x2028, 0x202e },   /* line ends, directions */
		{ 0x2060, 0x206f },   /* invisible */
		{ 0xfeff, 0xfeff },   /* byte order mark */
		{ 0xfff9, 0xfffb },   /* annotations */
		{ 0xe0000, 0xe0fff }, /* tags */
	};

	return (c < 0x20 || c >= 0x7f) && IS_IN(unsafe, c);
}

/* Columns of a code point; near enough for tables, and no locale decides. */
static size_t
columns(uint32_t c)
{
	static const struct span wide[] = {
		{ 0x1100, 0x115f },   { 0x2e80, 0xa4cf },
		{ 0xac00, 0xd7a3 },   { 0xf900, 0xfaff },
		{ 0xfe30, 0xfe6f },   { 0xff00, 0xff60 },
		{ 0xffe0, 0xffe6 },   { 0x1f300, 0x1f64f },
		{ 0x1f680, 0x1f6ff }, { 0x1f900, 0x1f9ff },
		{ 0x20000, 0x3fffd },
	};
	static const struct span combining[] = {
		{ 0x300, 0x36f },   { 0x483, 0x489 },	{ 0x591, 0x5bd },
		{ 0x64b, 0x65f },   { 0x1ab0, 0x1aff }, { 0x1dc0, 0x1dff },
		{ 0x20d0, 0x20ff }, { 0xfe00, 0xfe0f }, { 0xfe20, 0xfe2f },
	};

	if (c < 0x300)
		return 1;
	return IS_IN(combining, c) ? 0 : IS_IN(wide, c) ? 2 : 1;
}

/*
 * The first character of text[n]: its bytes to *len, its columns to *width,
 * and what to print for it to escaped[16], or "" if it may stand as it is.
 */
static void
escape(const char *text, size_t n, size_t *len, size_t *width, char *escaped)
{
	uint32_t c = text_read(text, n, len);
	int k = 0;

	escaped[0] = '\0';
	if (c == UINT32_MAX)
		k = snprintf(escaped, 16, "\\x%02x", (unsigned char)*text);
	else if (c == '\\')
		k = snprintf(escaped, 16, "\\\\");
	else if (text_is_unsafe(c))
		k = snprintf(escaped, 16, c < 0x80 ? "\\x%02x" : "\\u{%04x}",
			     (unsigned)c);
	*width = k > 0 ? (size_t)k : columns(c);
}

/* 'plain' is an ASCII character that needs no escape, or NUL. */
static size_t
print(FILE *out, const char *text, size_t n, char plain)
{
	size_t all = 0, as_is = 0, width, len;
	char escaped[16];

	for (size_t i = 0; i < n; i += len) {
		escape(text + i, n - i, &len, &width, escaped);
		if (plain != '\0' && text[i] == plain) {
			escaped[0] = '\0';
			width = 1;
		}
		all += width;
		if (out == NULL || escaped[0] == '\0')
			continue;
		fwrite(text + as_is, 1, i - as_is, out);
		fputs(escaped, out);
		as_is = i + len;
	}
	if (out != NULL)
		fwrite(text + as_is, 1, n - as_is, out);
	return all;
}

size_t
text_print(FILE *out, const char *text, size_t n)
{
	return print(out, text, n, '\0');
}

size_t
text_print_name(FILE *out, const char *name, size_t n)
{
	return n == 0 ? text_print(out, "\"\"", 2) : text_print(out, name, n);
}

size_t
text_quote(FILE *out, const char *text, size_t n)
{
	return print(out, text, n, '\\');
}

size_t
text_fit(const char *text, size_t n, size_t width)
{
	size_t all = 0, one, len;
	char escaped[16];

	for (size_t i = 0; i < n; i += len) {
		escape(text + i, n - i, &len, &one, escaped);
		all += one;
		if (all > width)
			return i;
	}
	return n;
}
