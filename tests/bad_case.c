/* SPDX-License-Identifier: MIT */
#include "bad_case.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* A header's text as it is read: bytes, and the column of each. */
struct text {
	char bytes[4096];
	size_t columns[4096];
	size_t n;
	size_t width;
};

static _Noreturn void
die(const char *path, const char *line)
{
	fprintf(stderr, "%s: cannot make sense of: %s\n", path, line);
	exit(2);
}

static void
read_text(struct text *t, const char *line)
{
	const char *p = line;
	unsigned value;

	t->n = 0;
	while (*p != '\0') {
		t->columns[t->n] = (size_t)(p - line);
		if (p[0] == '\\' && p[1] == 'x' &&
		    sscanf(p + 2, "%2x", &value) == 1) {
			t->bytes[t->n++] = (char)value;
			p += 4;
		} else {
			t->bytes[t->n++] = *p++;
		}
	}
	t->width = (size_t)(p - line);
}

/* The offset in the file of a column; behind the text it counts on. */
static uint64_t
offset_of(const struct text *t, size_t column)
{
	for (size_t i = 0; i < t->n; i++)
		if (t->columns[i] == column)
			return 8 + i;
	return 8 + t->n + (column - t->width);
}

static void
read_fault(struct bad_case *c, const char *path, const char *text)
{
	c->key[0] = '\0';
	if (sscanf(text, "%31s %63[^\n]", c->code, c->key) < 1)
		die(path, text);
}

struct sizes {
	unsigned long long data, length, cut;
	int has_length, has_cut;
};

static void
read_directive(struct bad_case *c, const char *path, const char *line,
	       struct sizes *s)
{
	unsigned long long offset;
	int at = 0;

	if (sscanf(line, "offset %llu %n", &offset, &at) == 1) {
		c->offset = offset;
		read_fault(c, path, line + at);
	} else if (sscanf(line, "data %llu", &s->data) == 1 ||
		   sscanf(line, "rule %u", &c->rule) == 1 ||
		   sscanf(line, "message %159[^\n]", c->message) == 1 ||
		   sscanf(line, "policy reference %31s", c->reference) == 1) {
		return;
	} else if (sscanf(line, "length %llu", &s->length) == 1) {
		s->has_length = 1;
	} else if (sscanf(line, "cut %llu", &s->cut) == 1) {
		s->has_cut = 1;
	} else {
		die(path, line);
	}
}

static void
build(struct bad_case *c, const struct text *t, const struct sizes *s)
{
	unsigned long long length = s->has_length ? s->length : t->n;

	c->n_bytes = 8 + t->n + (size_t)s->data;
	c->file = calloc(1, c->n_bytes);
	for (int i = 0; i < 8; i++)
		c->file[i] = (char)(length >> (8 * i) & 0xff);
	memcpy(c->file + 8, t->bytes, t->n);
	if (s->has_cut)
		c->n_bytes = (size_t)s->cut;
}

static void
read_case(struct bad_case *c, const char *folder, const char *name)
{
	struct sizes s = { 0, 0, 0, 0, 0 };
	struct text text = { .n = 0 };
	char path[512], line[4096];
	int has_text = 0;
	FILE *f;

	memset(c, 0, sizeof *c);
	snprintf(c->name, sizeof c->name, "%s", name);
	snprintf(path, sizeof path, "%s/%s", folder, name);
	f = fopen(path, "r");
	if (f == NULL)
		die(path, strerror(errno));
	while (fgets(line, sizeof line, f) != NULL) {
		char *caret = line + strspn(line, " ");

		line[strcspn(line, "\n")] = '\0';
		if (!has_text && line[0] == '#') {
			continue;
		} else if (!has_text) {
			read_text(&text, line);
			has_text = 1;
		} else if (*caret == '^') {
			c->offset = offset_of(&text, (size_t)(caret - line));
			read_fault(c, path, caret + 1);
		} else {
			read_directive(c, path, line, &s);
		}
	}
	fclose(f);
	if (!has_text || c->code[0] == '\0')
		die(path, "no header or no fault");
	build(c, &text, &s);
}

static int
by_name(const void *a, const void *b)
{
	const struct bad_case *x = a, *y = b;

	return strcmp(x->name, y->name);
}

struct bad_case *
bad_cases_read(const char *folder, size_t *n)
{
	struct bad_case *cases = NULL;
	struct dirent *entry;
	DIR *dir = opendir(folder);

	*n = 0;
	if (dir == NULL)
		die(folder, strerror(errno));
	while ((entry = readdir(dir)) != NULL) {
		size_t len = strlen(entry->d_name);

		if (len < 5 || strcmp(entry->d_name + len - 5, ".case") != 0)
			continue;
		cases = realloc(cases, (*n + 1) * sizeof *cases);
		read_case(&cases[(*n)++], folder, entry->d_name);
	}
	closedir(dir);
	qsort(cases, *n, sizeof *cases, by_name);
	return cases;
}

void
bad_cases_free(struct bad_case *cases, size_t n)
{
	for (size_t i = 0; i < n; i++)
		free(cases[i].file);
	free(cases);
}
