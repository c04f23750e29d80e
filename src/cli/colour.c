/* SPDX-License-Identifier: MIT */
#include "cli/colour.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static bool
is_wanted(FILE *out)
{
	const char *no = getenv("NO_COLOR");
	const char *term = getenv("TERM");

	return (no == NULL || no[0] == '\0') && term != NULL &&
	       strcmp(term, "dumb") != 0 && isatty(fileno(out));
}

void
colour_print(FILE *out, enum colour colour, const char *text)
{
	static const char *const begin[] = { "", "\033[32m", "\033[1;31m",
					     "\033[2m" };

	if (colour == COLOUR_NONE || !is_wanted(out))
		fputs(text, out);
	else
		fprintf(out, "%s%s\033[0m", begin[colour], text);
}
