/* SPDX-License-Identifier: MIT */
/*
 * The words behind a command: options, in any order, and arguments.  "--name
 * VALUE" and "--name=VALUE" are the same; a name of one letter stands behind
 * one dash; "--" ends the options.
 */
#ifndef CLI_OPTIONS_H
#define CLI_OPTIONS_H

#include <stdbool.h>

/* An option that a command knows; a table ends with a NULL name. */
struct option {
	const char *name;
	const char *value; /* how help calls its value; NULL: a flag */
	const char *help;
};

struct given {
	const struct option *option;
	const char *value; /* "" for a flag */
};

typedef struct options {
	const char *command;
	char **args;
	int n_args;
	struct given *given;
	int n_given;
	bool wants_help;
} options;

/*
 * Sorts argv[0..argc) into options and arguments; 'table' says which options
 * there are.  Complains and returns false if it cannot.
 */
bool
options_parse(options *o, const char *command, const struct option *table,
	      int argc, char **argv);
void
options_free(options *o);

/* What stands before its name: "--", or "-". */
const char *
options_dashes(const struct option *option);

/* The last value given; NULL if none.  A flag's is "". */
const char *
options_value(const options *o, const char *name);

/* Whether both flags were given, of which there may be one; then complains. */
bool
options_clash(const options *o, const char *a, const char *b);

/* The next value at or after *i, for options that may be repeated. */
const char *
options_next(const options *o, const char *name, int *i);

#endif
