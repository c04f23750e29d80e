/* SPDX-License-Identifier: MIT */
#include "cli/options.h"

#include "cli/outcome.h"

#include <stdlib.h>
#include <string.h>

static const struct option *
find(const struct option *table, const char *name, size_t n)
{
	for (; table->name != NULL; table++)
		if (strlen(table->name) == n &&
		    memcmp(table->name, name, n) == 0)
			return table;
	return NULL;
}

const char *
options_dashes(const struct option *option)
{
	return option->name[1] == '\0' ? "-" : "--";
}

/* One option at argv[*i]; takes the next word as well if it is its value. */
static bool
parse_one(options *o, const struct option *table, int argc, char **argv, int *i)
{
	size_t n_dashes = argv[*i][1] == '-' ? 2 : 1;
	const char *word = argv[*i] + n_dashes;
	const char *equals = strchr(word, '=');
	size_t n = equals == NULL ? strlen(word) : (size_t)(equals - word);
	const struct option *option = find(table, word, n);
	struct given *g = &o->given[o->n_given];

	if (option == NULL || strlen(options_dashes(option)) != n_dashes) {
		outcome_trouble("%s has no option %.*s; see 'safetree %s "
				"--help'",
				o->command, (int)(n_dashes + n), argv[*i],
				o->command);
		return false;
	}
	g->option = option;
	g->value = "";
	if (option->value == NULL && equals != NULL) {
		outcome_trouble("option %s%s takes no value",
				options_dashes(option), option->name);
		return false;
	}
	if (equals != NULL) {
		g->value = equals + 1;
	} else if (option->value != NULL) {
		if (*i + 1 == argc) {
			outcome_trouble("option %s%s needs a value: %s",
					options_dashes(option), option->name,
					option->value);
			return false;
		}
		g->value = argv[++*i];
	}
	o->n_given++;
	return true;
}

bool
options_parse(options *o, const char *command, const struct option *table,
	      int argc, char **argv)
{
	bool ended = false;

	memset(o, 0, sizeof *o);
	o->command = command;
	o->args = calloc((size_t)argc + 1, sizeof *o->args);
	o->given = calloc((size_t)argc + 1, sizeof *o->given);
	if (o->args == NULL || o->given == NULL) {
		outcome_no_memory();
		return false;
	}
	for (int i = 0; i < argc; i++) {
		const char *word = argv[i];

		/* A "-" alone is a name. */
		if (ended || word[0] != '-' || word[1] == '\0') {
			o->args[o->n_args++] = argv[i];
		} else if (strcmp(word, "--") == 0) {
			ended = true;
		} else if (strcmp(word, "--help") == 0 ||
			   strcmp(word, "-h") == 0) {
			o->wants_help = true;
		} else if (!parse_one(o, table, argc, argv, &i)) {
			return false;
		}
	}
	return true;
}

void
options_free(options *o)
{
	free(o->args);
	free(o->given);
}

const char *
options_value(const options *o, const char *name)
{
	const char *value = NULL, *next;
	int i = 0;

	while ((next = options_next(o, name, &i)) != NULL)
		value = next;
	return value;
}

bool
options_clash(const options *o, const char *a, const char *b)
{
	if (options_value(o, a) == NULL || options_value(o, b) == NULL)
		return false;
	outcome_trouble("--%s or --%s, not both", a, b);
	return true;
}

const char *
options_next(const options *o, const char *name, int *i)
{
	while (*i < o->n_given) {
		const struct given *g = &o->given[(*i)++];

		if (strcmp(g->option->name, name) == 0)
			return g->value;
	}
	return NULL;
}
