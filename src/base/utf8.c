/* SPDX-License-Identifier: MIT */
#include "base/utf8.h"

#include "base/bytes.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>

uint32_t
sftr__utf8_read(const char *bytes, size_t n, size_t *len)
{
	const unsigned char *b = (const unsigned char *)bytes;
	unsigned char low = 0x80, high = 0xbf;
	uint32_t code_point;
	size_t more;

	*len = 1;
	if (b[0] < 0x80)
		return b[0];
	if (b[0] >= 0xc2 && b[0] <= 0xdf) {
		more = 1;
		code_point = b[0] & 0x1f;
	} else if (b[0] >= 0xe0 && b[0] <= 0xef) {
		more = 2;
		code_point = b[0] & 0x0f;
		low = b[0] == 0xe0 ? 0xa0 : 0x80;  /* overlong */
		high = b[0] == 0xed ? 0x9f : 0xbf; /* surrogates */
	} else if (b[0] >= 0xf0 && b[0] <= 0xf4) {
		more = 3;
		code_point = b[0] & 0x07;
		low = b[0] == 0xf0 ? 0x90 : 0x80;  /* overlong */
		high = b[0] == 0xf4 ? 0x8f : 0xbf; /* above 0x10ffff */
	} else {
		return UINT32_MAX;
	}
	if (n <= more)
		return UINT32_MAX;
	for (size_t i = 1; i <= more; i++) {
		if (b[i] < low || b[i] > high)
			return UINT32_MAX;
		code_point = code_point << 6 | (b[i] & 0x3f);
		low = 0x80;
		high = 0xbf;
	}
	*len = more + 1;
	return code_point;
}

size_t
sftr__utf8_span(const char *bytes, size_t n)
{
	size_t i = 0;
	size_t len;

	for (;;) {
		while (n - i >= 8 && (sftr__load_u64(bytes + i) &
				      UINT64_C(0x8080808080808080)) == 0)
			i += 8;
		if (i == n)
			return n;
		if (sftr__utf8_read(bytes + i, n - i, &len) == UINT32_MAX)
			return i;
		i += len;
	}
}

size_t
sftr__utf8_write(uint32_t code_point, char *out)
{
	if (code_point < 0x80) {
		out[0] = (char)code_point;
		return 1;
	}
	if (code_point < 0x800) {
		out[0] = (char)(0xc0 | code_point >> 6);
		out[1] = (char)(0x80 | (code_point & 0x3f));
		return 2;
	}
	if (code_point < 0x10000) {
		out[0] = (char)(0xe0 | code_point >> 12);
		out[1] = (char)(0x80 | (code_point >> 6 & 0x3f));
		out[2] = (char)(0x80 | (code_point & 0x3f));
		return 3;
	}
	out[0] = (char)(0xf0 | code_point >> 18);
	out[1] = (char)(0x80 | (code_point >> 12 & 0x3f));
	out[2] = (char)(0x80 | (code_point >> 6 & 0x3f));
	out[3] = (char)(0x80 | (code_point & 0x3f));
	return 4;
}

/* Code points that move the cursor, hide, or turn the direction of text. */
static bool
is_unprintable(uint32_t c)
{
	return c < 0x20 || (c >= 0x7f && c < 0xa0) || c == 0xad ||
	       c == 0x061c || (c >= 0x200b && c <= 0x200f) ||
	       (c >= 0x2028 && c <= 0x202e) || (c >= 0x2060 && c <= 0x206f) ||
	       c == 0xfeff || (c >= 0xfff9 && c <= 0xfffb) ||
	       (c >= 0xe0000 && c <= 0xe0fff);
}

/* One character of the text as it prints, into out[16]; its length. */
static size_t
print_one(const char *text, size_t n, size_t *len, char *out)
{
	uint32_t c = sftr__utf8_read(text, n, len);
	int printed;

	if (c == UINT32_MAX)
		printed = snprintf(out, 16, "\\x%02x", (unsigned char)*text);
	else if (c == '\\')
		printed = snprintf(out, 16, "\\\\");
	else if (is_unprintable(c) && c < 0x80)
		printed = snprintf(out, 16, "\\x%02x", (unsigned)c);
	else if (is_unprintable(c))
		printed = snprintf(out, 16, "\\u{%04x}", (unsigned)c);
	else
		return sftr__utf8_write(c, out);
	return (size_t)printed;
}

size_t
sftr__utf8_print(const char *text, size_t n, char *out, size_t size)
{
	size_t done = 0; /* bytes written */
	size_t cut = 0;	 /* the last place where "..." still fits */
	char one[16];

	if (size == 0)
		return 0;
	for (size_t i = 0, len; i < n; i += len) {
		size_t k = print_one(text + i, n - i, &len, one);

		if (done + k >= size) {
			k = size - 1 - cut < 3 ? size - 1 - cut : 3;
			memcpy(out + cut, "...", k);
			out[cut + k] = '\0';
			return cut + k;
		}
		memcpy(out + done, one, k);
		done += k;
		if (done + 3 < size)
			cut = done;
	}
	out[done] = '\0';
	return done;
}

void
sftr__utf8_mask(char *text)
{
	size_t n = strlen(text), len;

	for (size_t i = 0; i < n; i += len) {
		uint32_t c = sftr__utf8_read(text + i, n - i, &len);

		if (c == UINT32_MAX || is_unprintable(c))
			memset(text + i, '?', len);
	}
}
