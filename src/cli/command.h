/* SPDX-License-Identifier: MIT */
/* What a command is: a row of the table in main.c, and its help. */
#ifndef CLI_COMMAND_H
#define CLI_COMMAND_H

#include "cli/options.h"

struct command {
	const char *name;
	const char *usage; /* of its options and arguments */
	const char *help;  /* one line */
	const struct option *options;
	int min_args;
	int max_args; /* -1: any number */
	void (*run)(const options *o);
};

extern const struct command command_ls;
extern const struct command command_header;
extern const struct command command_check;
extern const struct command command_show;
extern const struct command command_repack;
extern const struct command command_match;
extern const struct command command_tree;
extern const struct command command_keypath;
extern const struct command command_gen_c;

#endif
