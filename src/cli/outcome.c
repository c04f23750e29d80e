/* SPDX-License-Identifier: MIT */
#include "cli/outcome.h"

#include "cli/text.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

static enum outcome worst;
static int write_errno; /* of what outcome_write could not write, or 0 */

void
outcome_note(enum outcome outcome)
{
	if (outcome > worst)
		worst = outcome;
}

/* What is too long ends in "...", behind a whole character. */
static void
say(const char *words, const char *format, va_list args)
{
	char text[1024];
	int n = vsnprintf(text, sizeof text, format, args);

	if (n < 0)
		n = 0;
	if ((size_t)n >= sizeof text) {
		n = sizeof text - 4;
		while (n > 0 && ((unsigned char)text[n] & 0xc0) == 0x80)
			n--;
		memcpy(text + n, "...", 3);
		n += 3;
	}
	/* Results first: the two streams often share a terminal. */
	fflush(stdout);
	fputs("safetree: ", stderr);
	/* What is named may be a file's name, and that may be anything. */
	text_print(stderr, text, (size_t)n);
	fprintf(stderr, "%s\n", words);
}

void
outcome_say(enum outcome outcome, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	say("", format, args);
	va_end(args);
	outcome_note(outcome);
}

void
outcome_say_words(enum outcome outcome, const char *words, const char *format,
		  ...)
{
	va_list args;

	va_start(args, format);
	say(words, format, args);
	va_end(args);
	outcome_note(outcome);
}

void
outcome_trouble(const char *format, ...)
{
	va_list args;

	va_start(args, format);
	say("", format, args);
	va_end(args);
	outcome_note(OUTCOME_UNKNOWN);
}

void
outcome_no_memory(void)
{
	outcome_trouble("out of memory");
}

bool
outcome_is_heard(void)
{
	return ferror(stdout) == 0;
}

bool
outcome_write(const void *bytes, size_t n)
{
	if (fwrite(bytes, 1, n, stdout) == n)
		return true;
	write_errno = errno;
	return false;
}

int
outcome_finish(void)
{
	int had_failed = ferror(stdout);

	errno = 0;
	if (fclose(stdout) != 0 || had_failed) {
		int why = errno != 0 ? errno : write_errno;

		outcome_note(OUTCOME_UNKNOWN);
		if (why != EPIPE)
			fprintf(stderr,
				"safetree: cannot write the output%s%s\n",
				why != 0 ? ": " : "",
				why != 0 ? strerror(why) : "");
	}
	return (int)worst;
}
