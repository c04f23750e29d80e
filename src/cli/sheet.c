/* SPDX-License-Identifier: MIT */
#include "cli/sheet.h"

#include "cli/finding.h"
#include "cli/outcome.h"
#include "cli/text.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* Bytes of a line that are shown before and behind a place in it. */
#define NEAR 36

/* All that a stream gives, terminated; its size is learnt by reading. */
static char *
read_all(const char *path, FILE *in, size_t *n)
{
	char *text = NULL;
	size_t room = 0, got;

	*n = 0;
	do {
		if (*n + 1 >= room) {
			char *more;

			room = room == 0 ? 4096 : room * 2;
			more = realloc(text, room);
			if (more == NULL) {
				outcome_no_memory();
				break;
			}
			text = more;
		}
		got = fread(text + *n, 1, room - *n - 1, in);
		*n += got;
		if (got == 0 && !ferror(in)) {
			text[*n] = '\0';
			return text;
		}
	} while (got > 0 && *n <= SHEET_MAX);
	if (ferror(in))
		outcome_trouble("%s: cannot read: %s", path, strerror(errno));
	else if (*n > SHEET_MAX)
		outcome_trouble("%s: expected a text of 64 MiB at most", path);
	free(text);
	return NULL;
}

char *
sheet_read(const char *path, size_t *n)
{
	FILE *in = fopen(path, "rb");
	char *text;

	if (in == NULL) {
		outcome_trouble("%s: cannot open: %s", path, strerror(errno));
		return NULL;
	}
	text = read_all(path, in, n);
	fclose(in);
	if (text != NULL && strlen(text) < *n) {
		outcome_trouble("%s: expected a text, found a zero byte", path);
		free(text);
		return NULL;
	}
	return text;
}

/* The line that a byte is in, or of a long one what is near. */
static void
point(const char *text, size_t at, bool is_numbered)
{
	char line[2 * NEAR];
	size_t number = 1, begin = 0, n;
	int column;

	for (size_t i = 0; i < at; i++) {
		if (text[i] != '\n')
			continue;
		number++;
		begin = i + 1;
	}
	if (at - begin > NEAR)
		begin = at - NEAR;
	n = at - begin + strcspn(text + at, "\n");
	if (n > sizeof line)
		n = sizeof line;
	/* Tabs part columns; here one place is one place. */
	for (size_t i = 0; i < n; i++)
		line[i] = text[begin + i] == '\t' ? ' ' : text[begin + i];
	column = is_numbered ? fprintf(stderr, "  line %zu   ", number) :
			       fprintf(stderr, "  ");
	text_quote(stderr, line, n);
	column += (int)text_quote(NULL, line, at - begin);
	fprintf(stderr, "\n%*s^\n", column, "");
}

void
sheet_trouble(const char *path, const char *text, const sftr_error *err)
{
	finding_trouble(path, err);
	if (text != NULL && err->offset <= strlen(text) &&
	    (err->code == SFTR_E_RULE || err->code == SFTR_E_TABLE ||
	     err->code == SFTR_E_SLICE))
		point(text, (size_t)err->offset, err->code != SFTR_E_SLICE);
}
