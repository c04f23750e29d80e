/* SPDX-License-Identifier: MIT */
#include "cli/codec.h"

#include "cli/outcome.h"

#include <string.h>

bool
codec_option(const options *o, sftr_codec otherwise, sftr_codec *codec)
{
	const char *name = options_value(o, "codec");

	*codec = otherwise;
	if (name == NULL || sftr_codec_parse(name, strlen(name), codec))
		return true;
	outcome_trouble("no codec '%s'; there are guess, p2s, p2s-esc, dotted, "
			"slash, haiku, keystr and raw",
			name);
	return false;
}
