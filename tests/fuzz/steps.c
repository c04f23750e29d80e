/* SPDX-License-Identifier: MIT */
/*
 * A line of typed steps, as 'safetree keypath --format' reads it.  What is
 * taken, and UTF-8, is written, read again and written again the same; a
 * refusal lies in the line.
 */
#include "fuzz.h"

#include "cli/steps.h"
#include "cli/text.h"

#include <stdlib.h>
#include <string.h>

const char fuzz_name[] = "steps";

/* Reads a line, which ends in the NUL that getline sets; false if it is none. */
static bool
read_line(steps *s, const void *bytes, size_t n, char **line)
{
	bool ok;

	*line = fuzz_bytes(n + 1);
	if (n > 0)
		memcpy(*line, bytes, n);
	(*line)[n] = '\0';
	ok = steps_read(s, *line, n);
	need(ok ? s->expected == NULL : s->expected != NULL && s->at <= n,
	     "byte %zu of %zu", s->at, n);
	return ok;
}

static bool
is_utf8(const uint8_t *data, size_t size)
{
	const char *text = (const char *)data;
	size_t len;

	for (size_t i = 0; i < size; i += len)
		if (text_read(text + i, size - i, &len) == UINT32_MAX)
			return false;
	return true;
}

static char *
write_line(const steps *s, size_t *n)
{
	char *text = NULL;
	json_out j = { open_memstream(&text, n), false };

	need(j.out != NULL, "memory");
	steps_json(&j, s->steps, s->n);
	need(fclose(j.out) == 0, "memory");
	return text;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	steps first = { NULL, 0, 0, NULL, 0 }, again = first;
	char *line, *back, *text, *same;
	size_t n, n_same;

	if (read_line(&first, data, size, &line) && is_utf8(data, size)) {
		text = write_line(&first, &n);
		need(read_line(&again, text, n, &back) && again.n == first.n,
		     "%s: expected %s", text, again.expected);
		same = write_line(&again, &n_same);
		need(n == n_same && memcmp(text, same, n) == 0, "%s, then %s",
		     text, same);
		free(same);
		free(back);
		free(text);
	}
	free(line);
	steps_free(&first);
	steps_free(&again);
	return 0;
}
