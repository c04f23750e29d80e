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

bool
sftr__escape_is_open(const char *text, size_t n)
{
	size_t n_escapes = 0;

	while (n_escapes < n && text[n - 1 - n_escapes] == '\\')
		n_escapes++;
	return n_escapes % 2 == 1;
}

bool
sftr__escape_next(sftr_str *list, char c, sftr_str *text)
{
	size_t n;

	if (list->ptr == NULL)
		return false;
	n = sftr__escape_span(list->ptr, list->len, c);
	text->ptr = list->ptr;
	text->len = n;
	list->ptr = n < list->len ? list->ptr + n + 1 : NULL;
	list->len -= n < list->len ? n + 1 : n;
	return true;
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
