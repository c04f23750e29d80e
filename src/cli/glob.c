/* SPDX-License-Identifier: MIT */
#include "cli/glob.h"

#include "cli/text.h"

#include <string.h>

/*
 * Whether 'c' is in the set behind '['; moves *p behind the ']'.  A '[' without
 * its end stands for itself.
 */
static bool
matches_set(const char **p, uint32_t c)
{
	const char *s = *p + 1;
	bool negated = *s == '!' || *s == '^';
	bool found = false;
	const char *end;
	size_t len;

	s += negated;
	end = *s == '\0' ? NULL : strchr(s + 1, ']');
	if (end == NULL) {
		++*p;
		return c == '[';
	}
	for (; s < end; s += len) {
		uint32_t low = text_read(s, (size_t)(end - s), &len);
		uint32_t high = low;

		if (end - (s + len) >= 2 && s[len] == '-') {
			s += len + 1;
			high = text_read(s, (size_t)(end - s), &len);
		}
		found |= c >= low && c <= high;
	}
	*p = end + 1;
	return found != negated;
}

/* One character against one item of the pattern, which *p is moved behind. */
static bool
matches_one(const char **p, const char *name, size_t n, size_t *len)
{
	uint32_t c = text_read(name, n, len), due;
	size_t k;

	if (**p == '[')
		return matches_set(p, c);
	if (**p == '?') {
		++*p;
		return true;
	}
	if (**p == '\\' && (*p)[1] != '\0')
		++*p;
	due = text_read(*p, strnlen(*p, 4), &k);
	*p += k;
	return c == due;
}

bool
glob_matches(const char *pattern, sftr_str name)
{
	const char *p = pattern;
	const char *star = NULL; /* behind the last '*' */
	size_t i = 0, from = 0;	 /* where its text ended when tried last */
	size_t len;

	if (strlen(pattern) == name.len &&
	    memcmp(pattern, name.ptr, name.len) == 0)
		return true;
	while (i < name.len || *p == '*') {
		if (*p == '*') {
			star = ++p;
			from = i;
		} else if (*p != '\0' &&
			   matches_one(&p, name.ptr + i, name.len - i, &len)) {
			i += len;
		} else if (star != NULL) {
			text_read(name.ptr + from, name.len - from, &len);
			from += len;
			i = from;
			p = star;
		} else {
			return false;
		}
	}
	return *p == '\0';
}
