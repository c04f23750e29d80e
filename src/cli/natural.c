/* SPDX-License-Identifier: MIT */
#include "cli/natural.h"

#include <stdbool.h>
#include <string.h>

static bool
is_digit(char c)
{
	return c >= '0' && c <= '9';
}

/* The number at s.ptr[*i], without its leading zeros; moves *i behind it. */
static sftr_str
take_number(sftr_str s, size_t *i)
{
	sftr_str n;

	while (*i + 1 < s.len && s.ptr[*i] == '0' && is_digit(s.ptr[*i + 1]))
		++*i;
	n.ptr = s.ptr + *i;
	while (*i < s.len && is_digit(s.ptr[*i]))
		++*i;
	n.len = (size_t)(s.ptr + *i - n.ptr);
	return n;
}

static int
compare_bytes(sftr_str a, sftr_str b)
{
	int order = memcmp(a.ptr, b.ptr, a.len < b.len ? a.len : b.len);

	return order != 0 ? order : (a.len > b.len) - (a.len < b.len);
}

int
natural_compare(sftr_str a, sftr_str b)
{
	size_t i = 0, k = 0;

	while (i < a.len && k < b.len) {
		unsigned char x = (unsigned char)a.ptr[i];
		unsigned char y = (unsigned char)b.ptr[k];
		sftr_str m, n;
		int order;

		if (!is_digit(a.ptr[i]) || !is_digit(b.ptr[k])) {
			if (x != y)
				return x < y ? -1 : 1;
			i++;
			k++;
			continue;
		}
		m = take_number(a, &i);
		n = take_number(b, &k);
		if (m.len != n.len)
			return m.len < n.len ? -1 : 1;
		order = memcmp(m.ptr, n.ptr, m.len);
		if (order != 0)
			return order;
	}
	if (i < a.len || k < b.len)
		return i < a.len ? 1 : -1;
	/* "01" and "1" count the same, and yet one must come first. */
	return compare_bytes(a, b);
}
