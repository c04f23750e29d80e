/* SPDX-License-Identifier: MIT */
#include "names/guess.h"

#include "base/utf8.h"
#include "names/pathset.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#define NAME_SIZE 160 /* of a name in a reason */

static bool
holds(sftr_str text, const char *what)
{
	const char *end = text.ptr + text.len;
	const char *p = text.ptr;
	size_t len = strlen(what);

	while ((size_t)(end - p) >= len &&
	       (p = memchr(p, what[0], (size_t)(end - p))) != NULL) {
		if ((size_t)(end - p) >= len && memcmp(p, what, len) == 0)
			return true;
		p++;
	}
	return false;
}

/* That all names begin with '[' or '.' is held by the codec. */
static const char *
sign_of_keystr(sftr_str name)
{
	return holds(name, "[") ? "'['" : NULL;
}

static const char *
sign_of_p2s(sftr_str name)
{
	for (size_t i = 0; i < name.len; i++) {
		if (name.ptr[i] == '@')
			return "'@'";
		if (name.ptr[i] == '#' && i + 1 < name.len &&
		    name.ptr[i + 1] >= '0' && name.ptr[i + 1] <= '9')
			return "'#' before a digit";
	}
	return NULL;
}

static const char *
sign_of_haiku(sftr_str name)
{
	return holds(name, "/~/") ? "'/~/'" : NULL;
}

static const char *
sign_of_slash(sftr_str name)
{
	return holds(name, "/") ? "'/'" : NULL;
}

static const char *
sign_of_dotted(sftr_str name)
{
	return holds(name, ".") ? "'.'" : NULL;
}

static const struct {
	sftr_codec codec;
	const char *(*sign)(sftr_str name);
} candidates[] = {
	{ SFTR_CODEC_KEYSTR, sign_of_keystr },
	{ SFTR_CODEC_P2S, sign_of_p2s },
	{ SFTR_CODEC_HAIKU, sign_of_haiku },
	{ SFTR_CODEC_SLASH, sign_of_slash },
	{ SFTR_CODEC_DOTTED, sign_of_dotted },
};

/* The first name with the sign of a candidate; NULL if none has it. */
static const char *
find_sign(const sftr__guess_names *names, size_t candidate, sftr_str *name)
{
	const char *sign = NULL;

	for (size_t i = 0; i < names->n && sign == NULL; i++) {
		*name = names->at(names->user, i);
		sign = candidates[candidate].sign(*name);
	}
	return sign;
}

/* SFTR_OK if all names parse and make one tree. */
static sftr_code
explains(sftr_codec codec, const sftr__guess_names *names,
	 const sftr_allocator *allocator, sftr_error *err)
{
	sftr_code code = SFTR_OK;
	sftr__pathset set;

	sftr__pathset_init(&set, codec, allocator);
	for (size_t i = 0; i < names->n && code == SFTR_OK; i++)
		code = sftr__pathset_add(&set, names->at(names->user, i), err);
	if (code == SFTR_OK)
		code = sftr__pathset_sort(&set, err);
	if (code == SFTR_OK)
		code = sftr__pathset_check(&set, err);
	sftr__pathset_free(&set);
	return code;
}

static void
give_reason(char *reason, size_t size, sftr_codec codec, const char *sign,
	    sftr_str name, const sftr__guess_names *names)
{
	char printed[NAME_SIZE];

	if (reason == NULL || size == 0)
		return;
	if (names->n == 0) {
		snprintf(reason, size, "%s: there are no names",
			 sftr_codec_name(codec));
		return;
	}
	if (sign == NULL)
		name = names->at(names->user, 0);
	sftr__utf8_print(name.ptr, name.len, printed, sizeof printed);
	if (sign == NULL)
		snprintf(reason, size, "%s: no '.' in '%s' or any other",
			 sftr_codec_name(codec), printed);
	else
		snprintf(reason, size, "%s: '%s' has %s%s",
			 sftr_codec_name(codec), printed, sign,
			 codec == SFTR_CODEC_KEYSTR ?
				 ", and all begin with '[' or '.'" :
				 "");
}

static sftr_code
take_said(sftr_str said, sftr_codec *codec, char *reason, size_t size,
	  sftr_error *err)
{
	char printed[NAME_SIZE];

	if (!sftr_codec_parse(said.ptr, said.len, codec) ||
	    *codec == SFTR_CODEC_GUESS) {
		*codec = SFTR_CODEC_GUESS;
		sftr__utf8_print(said.ptr, said.len, printed, sizeof printed);
		sftr__fail(err, SFTR_E_NOTE,
			   "expected the name of a codec, found '%s'", printed);
		sftr__set_key(err, "pytree.codec", strlen("pytree.codec"));
		return SFTR_E_NOTE;
	}
	if (reason != NULL)
		snprintf(reason, size, "%s: the metadata pytree.codec says so",
			 sftr_codec_name(*codec));
	return SFTR_OK;
}

sftr_code
sftr__guess(const sftr__guess_names *names, const sftr_str *said,
	    const sftr_allocator *allocator, sftr_codec *codec, char *reason,
	    size_t size, sftr_error *err)
{
	sftr_error why;
	sftr_str name = { "", 0 };
	sftr_code code;

	memset(&why, 0, sizeof why);
	*codec = SFTR_CODEC_GUESS;
	if (said != NULL)
		return take_said(*said, codec, reason, size, err);
	for (size_t i = 0; i < sizeof candidates / sizeof candidates[0]; i++) {
		sftr_codec candidate = candidates[i].codec;
		const char *sign = find_sign(names, i, &name);

		if (sign == NULL && candidate != SFTR_CODEC_DOTTED)
			continue;
		code = explains(candidate, names, allocator, &why);
		if (code == SFTR_E_MEMORY)
			return sftr__fail_memory(err);
		if (code != SFTR_OK)
			continue;
		*codec = candidate;
		give_reason(reason, size, candidate, sign, name, names);
		return SFTR_OK;
	}
	*codec = SFTR_CODEC_RAW;
	if (reason != NULL)
		snprintf(reason, size, "raw: '%s' does not fit %s: %s", why.key,
			 sftr_codec_name(SFTR_CODEC_DOTTED), why.message);
	return SFTR_OK;
}
