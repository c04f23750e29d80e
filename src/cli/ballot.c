/* SPDX-License-Identifier: MIT */
#include "cli/ballot.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

identifier *
ballot_add(ballot *b, size_t row)
{
	size_t capacity = b->capacity;
	struct candidate *more;

	if (b->n == capacity) {
		capacity = capacity == 0 ? 64 : 2 * capacity;
		more = capacity > SIZE_MAX / sizeof *more ?
			       NULL :
			       realloc(b->candidates, capacity * sizeof *more);
		if (more == NULL)
			return NULL;
		b->candidates = more;
		b->capacity = capacity;
	}
	b->candidates[b->n].row = row;
	b->candidates[b->n].number = 1;
	identifier_begin(&b->candidates[b->n].id);
	return &b->candidates[b->n++].id;
}

static int
compare(const void *a, const void *b)
{
	const struct candidate *x = a, *y = b;
	int by_text = strcmp(x->id.text, y->id.text);

	return by_text != 0 ? by_text : (x->row > y->row) - (x->row < y->row);
}

/* What else a header calls so. */
static bool
is_reserved(const char *text, const char *prefix)
{
	static const char *const words[] = { "_c64", "_options", "_slots",
					     "_table" };
	size_t n = prefix == NULL ? 0 : strlen(prefix);

	if (prefix == NULL || strncmp(text, prefix, n) != 0)
		return false;
	for (size_t i = 0; i < sizeof words / sizeof words[0]; i++)
		if (strcmp(text + n, words[i]) == 0)
			return true;
	return false;
}

void
ballot_count(ballot *b, const char *prefix)
{
	struct candidate *c = b->candidates;

	if (b->n > 0)
		qsort(c, b->n, sizeof *c, compare);
	for (size_t i = 0; i < b->n; i++)
		if (i > 0 && strcmp(c[i - 1].id.text, c[i].id.text) == 0)
			c[i].number = c[i - 1].number + 1;
		else
			c[i].number = is_reserved(c[i].id.text, prefix) ? 2 : 1;
}

void
ballot_clear(ballot *b)
{
	b->n = 0;
}

void
ballot_free(ballot *b)
{
	free(b->candidates);
	memset(b, 0, sizeof *b);
}
