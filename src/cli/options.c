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

/* One option at argv[*i]; takes the next word as well if it is its value. */
static bool
parse_one(options *o, const struct option *table, int argc, char **argv, int *i)
{
	const char *word = argv[*i] + 2;
	const char *equals = strchr(word, '=');
	size_t n = equals == NULL ? strlen(word) : (size_t)(equals - word);
	const struct option *option = find(table, word, n);
	struct given *g = &o->given[o->n_given];

	if (option == NULL) {
		outcome_trouble("%s has no option --%.*s; see 'safetree %s "
				"--help'",
				o->command, (int)n, word, o->command);
		return false;
	}
	g->option = option;
	g->value = "";
	if (option->value == NULL && equals != NULL) {
		outcome_trouble("option --%s takes no value", option->name);
		return false;
	}
	if (equals != NULL) {
		g->value = equals + 1;
	} else if (option->value != NULL) {
		if (*i + 1 == argc) {
			outcome_trouble("option --%s needs a value: %s",
					option->name, option->value);
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
		} else if (word[1] != '-') {
			outcome_trouble("%s has no option %s; see 'safetree %s "
					"--help'",
					command, word, command);
			return false;
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
