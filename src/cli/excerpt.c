/* SPDX-License-Identifier: MIT */
#include "cli/excerpt.h"

#include "cli/text.h"

#include <inttypes.h>
#include <string.h>
#include <sys/types.h>

/* How far an excerpt reaches from the byte to both sides. */
#define REACH ((size_t)40)

struct excerpt {
	char bytes[2 * REACH + 4];
	size_t n;
	size_t at; /* of the byte in question, at most n */
	bool is_text;
};

static size_t
read_at(FILE *file, uint64_t offset, char *bytes, size_t n)
{
	if (offset > INT64_MAX || fseeko(file, (off_t)offset, SEEK_SET) != 0)
		return 0;
	return fread(bytes, 1, n, file);
}

/* The text of which the byte is a part: a header, or the whole of an index. */
static bool
find_text(FILE *file, const char *path, const sftr_diagnostic *d,
	  uint64_t *begin, uint64_t *end)
{
	size_t n_path = strlen(path);
	unsigned char head[8];
	uint64_t n = 0;

	*begin = 0;
	*end = UINT64_MAX;
	if (n_path >= 5 && memcmp(path + n_path - 5, ".json", 5) == 0)
		return true;
	if (read_at(file, 0, (char *)head, sizeof head) < sizeof head)
		return false;
	for (int i = 7; i >= 0; i--)
		n = n << 8 | head[i];
	if (n > 100000000)
		return false;
	*begin = 8;
	*end = 8 + n;
	return d->offset >= *begin && d->offset <= *end &&
	       d->code != SFTR_E_TRAILING;
}

static bool
is_space(char c)
{
	return c == ' ' || c == '\t' || c == '\r';
}

/* A field's name makes the best beginning, if one is near; or a line's. */
static size_t
find_begin(const struct excerpt *e)
{
	for (size_t i = e->at; i > 0; i--) {
		size_t before = i;

		if (e->bytes[i - 1] == '\n')
			return i;
		if (i == e->n || e->bytes[i] != '"')
			continue;
		while (before > 0 && is_space(e->bytes[before - 1]))
			before--;
		if (before > 0 && (e->bytes[before - 1] == '{' ||
				   e->bytes[before - 1] == ',' ||
				   e->bytes[before - 1] == '\n'))
			return i;
	}
	return 0;
}

/* To the end of the value, or of the line. */
static size_t
find_end(const struct excerpt *e)
{
	size_t i;

	for (i = e->at; i < e->n; i++) {
		bool is_last = i + 1 == e->n;

		if (i > e->at && e->bytes[i] == '\n')
			return i;
		if (e->bytes[i] == ']' || e->bytes[i] == '}')
			return i + 1;
		if (i > e->at && e->bytes[i] == ',' &&
		    (is_last || e->bytes[i + 1] == '"' ||
		     is_space(e->bytes[i + 1]) || e->bytes[i + 1] == '\n'))
			return i;
	}
	return e->n;
}

static bool
is_inside_character(char byte)
{
	return ((unsigned char)byte & 0xc0) == 0x80;
}

static void
read_excerpt(FILE *file, const char *path, const sftr_diagnostic *d,
	     struct excerpt *e)
{
	uint64_t begin, end, from;
	size_t want;

	e->is_text = find_text(file, path, d, &begin, &end);
	if (!e->is_text) {
		/* In the length field show all of it. */
		from = d->offset < 8 ? 0 : d->offset;
		e->n = read_at(file, from, e->bytes, 8);
		e->at = (size_t)(d->offset - from);
		e->at = e->at > e->n ? e->n : e->at;
		return;
	}
	from = d->offset - begin > REACH ? d->offset - REACH : begin;
	want = 2 * REACH;
	if (end - from < want)
		want = (size_t)(end - from);
	e->n = read_at(file, from, e->bytes, want);
	e->at = (size_t)(d->offset - from);
	e->at = e->at > e->n ? e->n : e->at;
}

static void
print_bytes(FILE *out, const struct excerpt *e)
{
	for (size_t i = 0; i < e->n; i++)
		fprintf(out, "%s%02x", i > 0 ? " " : "",
			(unsigned char)e->bytes[i]);
	if (e->n == 0)
		fputs("(end of file)", out);
}

void
excerpt_print(FILE *out, const char *path, const sftr_diagnostic *d,
	      const char *indent)
{
	struct excerpt e = { .n = 0 };
	FILE *file = fopen(path, "rb");
	size_t begin, end, column;
	char label[40];

	if (file != NULL) {
		read_excerpt(file, path, d, &e);
		fclose(file);
	}
	snprintf(label, sizeof label, "byte %" PRIu64 "   ", d->offset);
	if (file == NULL) {
		fprintf(out, "%s%s\n", indent, label);
		return;
	}
	fprintf(out, "%s%s", indent, label);
	if (e.is_text) {
		begin = find_begin(&e);
		end = find_end(&e);
		while (begin < e.at && is_inside_character(e.bytes[begin]))
			begin++;
		while (end > e.at && end < e.n &&
		       is_inside_character(e.bytes[end]))
			end--;
		column = text_quote(NULL, e.bytes + begin, e.at - begin);
		text_quote(out, e.bytes + begin, end - begin);
		if (begin == e.n)
			fputs("(end of file)", out);
	} else {
		column = 3 * e.at;
		print_bytes(out, &e);
	}
	fprintf(out, "\n%s%*s^\n", indent, (int)(strlen(label) + column), "");
}
