/* SPDX-License-Identifier: MIT */
#include "cli/codec.h"

#include "cli/outcome.h"

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
