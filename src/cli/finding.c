/* SPDX-License-Identifier: MIT */
#include "cli/finding.h"

#include "cli/colour.h"
#include "cli/excerpt.h"
#include "cli/guise.h"
#include "cli/outcome.h"
#include "cli/text.h"

#include <stdlib.h>
#include <string.h>

bool
finding_is_fault(sftr_code code)
{
	return code >= SFTR_E_TRUNCATED && code <= SFTR_E_SHARD;
}

const char *
finding_severity(sftr_severity severity)
{
	return severity == SFTR_ERROR	? "error" :
	       severity == SFTR_WARNING ? "warning" :
					  "note";
}

/*
 * The library prints file and key fit for a terminal already; most messages
 * are clauses of their own, some have the tensor for a subject.
 */
static void
print_clause(FILE *out, const sftr_diagnostic *d)
{
	bool is_predicate = strncmp(d->message, "is ", 3) == 0 ||
			    strncmp(d->message, "begins ", 7) == 0;

	if (d->key[0] != '\0')
		fprintf(out, "%s%s", d->key, is_predicate ? " " : ": ");
	fputs(d->message, out);
	if (d->other[0] != '\0')
		fprintf(out, " (%s)", d->other);
	fputc('\n', out);
}

/* Whether the library would print 'path' so: escaped, and cut at the front. */
static bool
is_printed(const char *path, const char *file)
{
	size_t n_file = strlen(file), n = 0;
	char *text = NULL;
	FILE *out = open_memstream(&text, &n);
	bool same;

	if (out == NULL)
		return false;
	text_print(out, path, strlen(path));
	if (fclose(out) != 0)
		n = 0;
	same = n == n_file && memcmp(text, file, n) == 0;
	if (!same && strncmp(file, "...", 3) == 0 && n > n_file)
		same = strcmp(text + n - (n_file - 3), file + 3) == 0;
	free(text);
	return same;
}

bool
finding_is_in(const sftr_diagnostic *d, const char *path)
{
	return d->file[0] == '\0' || strcmp(d->file, path) == 0 ||
	       is_printed(path, d->file);
}

static void
print_place(FILE *out, const char *path, const sftr_diagnostic *d,
	    const char *indent)
{
	const char *file = finding_is_in(d, path) ? path : d->file;
	const char *advice = sftr_code_advice(d->code);
	const char *guise;

	if (d->offset != SFTR_NO_OFFSET && d->severity != SFTR_NOTE)
		excerpt_print(out, file, d, indent);
	if (d->rule == 0 && advice[0] == '\0')
		return;
	fputs(indent, out);
	if (d->rule != 0)
		fprintf(out, "rule %u of safetensors(5).%s", d->rule,
			advice[0] != '\0' ? " " : "");
	fputs(advice, out);
	/* Rules 1 to 3 are of the length, which other files do not begin with. */
	guise = d->rule >= 1 && d->rule <= 3 ? guise_text(file) : "";
	fprintf(out, "%s%s\n", guise[0] != '\0' ? " " : "", guise);
}

static void
print_file(FILE *out, const char *path, const sftr_diagnostic *d)
{
	if (finding_is_in(d, path))
		text_print_name(out, path, strlen(path));
	else
		fputs(d->file, out);
	fputs(": ", out);
}

void
finding_print_first(FILE *out, const char *path, const sftr_diagnostic *d)
{
	print_file(out, path, d);
	colour_print(out, COLOUR_BAD, "invalid");
	fputs(": ", out);
	print_clause(out, d);
	print_place(out, path, d, "  ");
}

void
finding_print(FILE *out, const char *path, const sftr_diagnostic *d)
{
	fputs("  ", out);
	colour_print(out, COLOUR_FAINT, finding_severity(d->severity));
	fputs(": ", out);
	if (!finding_is_in(d, path))
		fprintf(out, "%s: ", d->file);
	print_clause(out, d);
	print_place(out, path, d, "    ");
}

void
finding_trouble(const char *path, const sftr_error *err)
{
	/* Results first: the two streams often share a terminal. */
	fflush(stdout);
	fputs("safetree: ", stderr);
	print_file(stderr, path, err);
	print_clause(stderr, err);
	outcome_note(OUTCOME_UNKNOWN);
}

void
finding_fail(const char *path, const sftr_error *err)
{
	if (!finding_is_fault(err->code)) {
		finding_trouble(path, err);
		return;
	}
	fflush(stdout);
	finding_print_first(stderr, path, err);
	outcome_note(OUTCOME_NO);
}

sftr_code
finding_no_memory(sftr_error *err)
{
	memset(err, 0, sizeof *err);
	err->code = SFTR_E_MEMORY;
	err->offset = SFTR_NO_OFFSET;
	snprintf(err->message, sizeof err->message, "out of memory");
	return SFTR_E_MEMORY;
}
