/* SPDX-License-Identifier: MIT */
/* safetree COMMAND ...: the table of commands, and the help made from it. */
#include "cli/command.h"
#include "cli/outcome.h"

#include <safetree.h>

#include <signal.h>
#include <stdio.h>
#include <string.h>

static const struct command *const commands[] = {
	&command_ls,	&command_tree,	  &command_header,
	&command_show,	&command_check,	  &command_repack,
	&command_match, &command_keypath, &command_gen_c,
	NULL,
};

static void
print_help(FILE *out)
{
	fputs("usage: safetree COMMAND [OPTION...] [ARGUMENT...]\n\n", out);
	for (size_t i = 0; commands[i] != NULL; i++)
		fprintf(out, "  %-8s %s\n", commands[i]->name,
			commands[i]->help);
	fputs("\n'safetree COMMAND --help' tells more, safetree(1) all.\n"
	      "Exit status: 0 yes, 1 no, 2 it could not be found out.\n",
	      out);
}

static void
print_command_help(const struct command *c)
{
	printf("usage: safetree %s %s\n%s\n\n", c->name, c->usage, c->help);
	for (const struct option *o = c->options; o->name != NULL; o++) {
		char name[64];

		snprintf(name, sizeof name, "%s%s%s%s", options_dashes(o),
			 o->name, o->value == NULL ? "" : " ",
			 o->value == NULL ? "" : o->value);
		if (strlen(name) > 26)
			printf("  %s\n  %-26s %s\n", name, "", o->help);
		else
			printf("  %-26s %s\n", name, o->help);
	}
	printf("  %-26s %s\n", "--help", "this text");
}

static const struct command *
find_command(const char *name)
{
	for (size_t i = 0; commands[i] != NULL; i++)
		if (strcmp(commands[i]->name, name) == 0)
			return commands[i];
	return NULL;
}

static void
run_command(const struct command *c, int argc, char **argv)
{
	options o;

	if (options_parse(&o, c->name, c->options, argc, argv)) {
		if (o.wants_help)
			print_command_help(c);
		else if (o.n_args < c->min_args ||
			 (c->max_args >= 0 && o.n_args > c->max_args))
			outcome_trouble("usage: safetree %s %s", c->name,
					c->usage);
		else
			c->run(&o);
	}
	options_free(&o);
}

int
main(int argc, char **argv)
{
	const char *name = argc > 1 ? argv[1] : "";
	const struct command *c = find_command(name);

	/* A write beyond the limit of a file's size fails then, and is said. */
	signal(SIGXFSZ, SIG_IGN);
	if (c != NULL) {
		run_command(c, argc - 2, argv + 2);
	} else if (argc < 2) {
		print_help(stderr);
		outcome_note(OUTCOME_UNKNOWN);
	} else if (strcmp(name, "--help") == 0 || strcmp(name, "-h") == 0 ||
		   strcmp(name, "help") == 0) {
		print_help(stdout);
	} else if (strcmp(name, "--version") == 0) {
		printf("safetree %s\n", sftr_version());
	} else {
		outcome_trouble("no %s '%s'; see 'safetree --help'",
				name[0] == '-' ? "option" : "command", name);
	}
	return outcome_finish();
}
