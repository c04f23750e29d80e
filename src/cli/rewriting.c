/* SPDX-License-Identifier: MIT */
#include "cli/rewriting.h"

#include "cli/outcome.h"
#include "cli/sheet.h"

#include <stdlib.h>
#include <string.h>

bool
rewriting_read_rules(const options *o, sftr_bind_options *bind, char **rules)
{
	const char *path = options_value(o, "rules");
	size_t n;

	*rules = NULL;
	if (path == NULL)
		return true;
	*rules = sheet_read(path, &n);
	bind->rules = *rules;
	bind->rules_name = path;
	return *rules != NULL;
}

/* One that numbers become: bools, pairs and parts of a byte stay as they are. */
static bool
read_dtype(const char *text, sftr_dtype *dtype)
{
	if (text == NULL)
		return true;
	*dtype = sftr_dtype_parse(text, strlen(text));
	if (sftr_dtype_bits(*dtype) >= 8 && *dtype != SFTR_BOOL &&
	    *dtype != SFTR_C64)
		return true;
	outcome_trouble("--dtype is a dtype of floats or integers, as F32, "
			"not '%s'",
			text);
	return false;
}

bool
rewriting_read(rewriting *r, const options *o)
{
	bool is_lossless = options_value(o, "lossless") != NULL;

	memset(r, 0, sizeof *r);
	r->bind.conversion = is_lossless ? SFTR_LOSSLESS : SFTR_LOSSY;
	if (!read_dtype(options_value(o, "dtype"), &r->dtype) ||
	    !rewriting_read_rules(o, &r->bind, &r->rules))
		return false;
	if (is_lossless && r->dtype == SFTR_DTYPE_NONE) {
		outcome_trouble("--lossless goes with --dtype");
		return false;
	}
	r->is_wanted = r->dtype != SFTR_DTYPE_NONE || r->rules != NULL;
	return true;
}

void
rewriting_free(rewriting *r)
{
	free(r->rules);
	memset(r, 0, sizeof *r);
}

void
rewriting_trouble(const rewriting *r, const char *path, const sftr_error *err)
{
	sftr_error once = *err;

	/* A tensor that keeps its name is the slot and what fills it. */
	if (strcmp(once.key, once.other) == 0)
		once.other[0] = '\0';
	sheet_trouble(path, r->rules, &once);
}
