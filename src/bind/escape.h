/* SPDX-License-Identifier: MIT */
/*
 * Texts in which "\" takes the meaning off the character behind it: finding
 * what still has one, and the text without them.  Knows no meanings.
 */
#ifndef SFTR_BIND_ESCAPE_H
#define SFTR_BIND_ESCAPE_H

#include "base/arena.h"

#include <safetree/base.h>
#include <stdbool.h>
#include <string.h>

/* Bytes up to a c that no "\" stands before; n if there is none. */
size_t
sftr__escape_span(const char *text, size_t n, char c);

/* Whether text[n] ends in a "\" that takes the meaning off what comes next. */
bool
sftr__escape_is_open(const char *text, size_t n);

/*
 * Takes the first text off a list of one or more that are parted by c.  False
 * once there is none left; list->ptr is NULL then.
 */
bool
sftr__escape_next(sftr_str *list, char c, sftr_str *text);

/* The first "*" that no "\" stands before, or NULL. */
static inline const char *
sftr__find_star(const char *name)
{
	size_t n = strlen(name), at = sftr__escape_span(name, n, '*');

	return at < n ? name + at : NULL;
}

/* The text as it is meant, itself or in the arena; NULL without memory. */
const char *
sftr__unescape(sftr__arena *arena, const char *text);

#endif
