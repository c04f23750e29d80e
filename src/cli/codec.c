/* SPDX-License-Identifier: MIT */
#include "cli/codec.h"

#include "cli/finding.h"
#include "cli/outcome.h"

#include <stdio.h>
#include <string.h>

static bool
complain(const char *name, size_t n)
{
	outcome_trouble("no codec '%.*s'; there are guess, p2s, p2s-esc, "
			"dotted, slash, haiku, keystr and raw",
			(int)n, name);
	return false;
}

bool
codec_option(const options *o, sftr_codec otherwise, sftr_codec *codec)
{
	const char *name = options_value(o, "codec");

	*codec = otherwise;
	if (name == NULL || sftr_codec_parse(name, strlen(name), codec))
		return true;
	return complain(name, strlen(name));
}

bool
codec_pair_option(const options *o, sftr_codec *a, sftr_codec *b)
{
	const char *first = options_value(o, "codec");
	const char *second;
	size_t n;

	*a = *b = SFTR_CODEC_GUESS;
	if (first == NULL)
		return true;
	n = strcspn(first, ":");
	second = first[n] == ':' ? first + n + 1 : first;
	if (!sftr_codec_parse(first, n, a))
		return complain(first, n);
	if (!sftr_codec_parse(second, strlen(second), b))
		return complain(second, strlen(second));
	return true;
}

bool
codec_is_tree(const char *path, sftr_codec codec, sftr_code code,
	      const sftr_error *err)
{
	sftr_error fault;
	char text[800];

	if (code == SFTR_OK)
		return true;
	if (code == SFTR_E_MEMORY) {
		outcome_no_memory();
		return false;
	}
	fault = *err;
	if (finding_is_in(&fault, path))
		fault.file[0] = '\0'; /* once is enough */
	outcome_say_words(OUTCOME_NO,
			  sftr_error_text(&fault, text, sizeof text),
			  "%s: names are no tree under %s: ", path,
			  sftr_codec_name(codec));
	return false;
}

sftr_tree *
codec_tree(const options *o, const sftr_checkpoint *ckpt, bool ignore_note,
	   char *reason, size_t size)
{
	sftr_tree_options how;
	sftr_tree *tree = NULL;
	sftr_error err;
	sftr_code code = SFTR_OK;

	memset(&how, 0, sizeof how);
	how.data = SFTR_TREE_DESCRIBE;
	how.ignore_note = ignore_note;
	if (!codec_option(o, SFTR_CODEC_GUESS, &how.codec))
		return NULL;
	if (how.codec == SFTR_CODEC_GUESS)
		code = sftr_codec_guess(ckpt, &how.codec, reason, size, &err);
	else
		snprintf(reason, size, "%s", sftr_codec_name(how.codec));
	if (code == SFTR_OK)
		code = sftr_tree_from_checkpoint(ckpt, &how, &tree, &err);
	return codec_is_tree(o->args[0], how.codec, code, &err) ? tree : NULL;
}
