/* SPDX-License-Identifier: MIT */
#include "bind/escape.h"

size_t
sftr__escape_span(const char *text, size_t n, char c)
{
	size_t i = 0;

	while (i < n && text[i] != c)
		i += text[i] == '\\' && i + 1 < n ? 2 : 1;
	return i;
}

const char *
sftr__unescape(sftr__arena *arena, const char *text)
{
	size_t n = 0;
	char *out;

	if (strchr(text, '\\') == NULL)
		return text;
	out = sftr__arena_text(arena, text, strlen(text));
	for (const char *p = text; out != NULL && *p != '\0'; p++) {
		if (*p == '\\' && p[1] != '\0')
			p++;
		out[n++] = *p;
	}
	if (out != NULL)
		out[n] = '\0';
	return out;
}
