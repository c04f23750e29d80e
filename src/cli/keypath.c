/* SPDX-License-Identifier: MIT */
/* keypath: the typed steps of names, and names from typed steps. */
#include "cli/codec.h"
#include "cli/command.h"
#include "cli/outcome.h"
#include "cli/steps.h"
#include "cli/text.h"

#include <safetree.h>

#include <stdlib.h>
#include <string.h>
#include <sys/types.h>

/* One line of typed steps a name; a name that is no path is a no. */
static void
parse_all(const options *o, sftr_codec codec)
{
	char text[800];

	for (int i = 0; i < o->n_args && outcome_is_heard(); i++) {
		json_out j = { stdout, false };
		sftr_path path;
		sftr_error err;
		sftr_code code =
			sftr_path_parse(codec, o->args[i], strlen(o->args[i]),
					NULL, &path, &err);

		if (code == SFTR_OK) {
			steps_json(&j, path.steps, path.n_steps);
			fputc('\n', stdout);
			sftr_path_free(&path);
		} else if (code == SFTR_E_MEMORY) {
			outcome_no_memory();
		} else {
			outcome_say_words(
				OUTCOME_NO,
				sftr_error_text(&err, text, sizeof text),
				"argument %d: ", i + 1);
		}
	}
}

/* A name must fit one line, and not speak to the terminal. */
static bool
can_be_a_line(const char *text, size_t n)
{
	size_t len;

	for (size_t i = 0; i < n; i += len)
		if (text_is_unsafe(text_read(text + i, n - i, &len)))
			return false;
	return true;
}

static void
print_path(const steps *s, sftr_codec codec, size_t number)
{
	char message[800];
	sftr_error err;
	char *text;
	size_t n;
	sftr_code code =
		sftr_path_format(codec, s->steps, s->n, NULL, 0, &n, &err);

	if (code != SFTR_E_CAPACITY) {
		outcome_say_words(
			OUTCOME_NO,
			sftr_error_text(&err, message, sizeof message),
			"line %zu: ", number);
		return;
	}
	text = malloc(n + 1);
	if (text == NULL) {
		outcome_no_memory();
		return;
	}
	sftr_path_format(codec, s->steps, s->n, text, n + 1, &n, NULL);
	if (can_be_a_line(text, n)) {
		fwrite(text, 1, n, stdout);
		fputc('\n', stdout);
	} else {
		outcome_say(OUTCOME_NO,
			    "line %zu: a line cannot hold the name '%s'",
			    number, text);
	}
	free(text);
}

static void
format_line(steps *s, sftr_codec codec, char *line, size_t n, size_t number)
{
	if (steps_read(s, line, n))
		print_path(s, codec, number);
	else if (s->expected == NULL)
		outcome_no_memory();
	else
		outcome_say(OUTCOME_NO, "line %zu: expected %s (byte %zu)",
			    number, s->expected, s->at);
}

static void
format_input(steps *s, sftr_codec codec)
{
	char *line = NULL;
	size_t capacity = 0, number = 0;
	ssize_t n;

	while (outcome_is_heard() &&
	       (n = getline(&line, &capacity, stdin)) >= 0) {
		if (n > 0 && line[n - 1] == '\n')
			line[--n] = '\0';
		format_line(s, codec, line, (size_t)n, ++number);
	}
	if (ferror(stdin))
		outcome_trouble("cannot read standard input");
	free(line);
}

static void
run(const options *o)
{
	steps s = { NULL, 0, 0, NULL, 0 };
	sftr_codec codec;

	if (!codec_option(o, SFTR_CODEC_P2S, &codec))
		return;
	if (codec == SFTR_CODEC_GUESS)
		outcome_trouble("a codec is guessed from all names of a file, "
				"not from one");
	else if (options_value(o, "format") == NULL && o->n_args == 0)
		outcome_trouble("usage: safetree keypath %s",
				command_keypath.usage);
	else if (options_value(o, "format") == NULL)
		parse_all(o, codec);
	else if (o->n_args == 0)
		format_input(&s, codec);
	else
		for (int i = 0; i < o->n_args; i++)
			format_line(&s, codec, o->args[i], strlen(o->args[i]),
				    (size_t)i + 1);
	steps_free(&s);
}

static const struct option table[] = {
	{ "codec", CODEC_NAMES, "how names are written; p2s if not given" },
	{ "format", NULL, "print names from lines of typed steps" },
	{ NULL, NULL, NULL },
};

const struct command command_keypath = {
	"keypath",
	"[--codec CODEC] TEXT... | --format [--codec CODEC] [LINE...]",
	"what steps a name says, and what name says steps",
	table,
	0,
	-1,
	run
};
