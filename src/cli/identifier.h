/* SPDX-License-Identifier: MIT */
/*
 * Any text as an identifier that C11 and C++17 take as the name of a member:
 * its letters and digits, words parted by one "_".  It never begins or ends
 * with "_", unless it would otherwise be a keyword, the name of a type, or look
 * like a macro; so an "_" before a number and behind it, "_2_", is in none, and
 * keeps apart those that come out alike.
 */
#ifndef CLI_IDENTIFIER_H
#define CLI_IDENTIFIER_H

#include <stdbool.h>
#include <stddef.h>

#define IDENTIFIER_MAX 56 /* C promises to tell 63 characters apart */

typedef struct identifier {
	char text[IDENTIFIER_MAX + 4];
	size_t n;
	bool is_parted; /* a "_" is due before what comes next */
} identifier;

/* Begin, add texts, each a word or several, and end. */
void
identifier_begin(identifier *id);
void
identifier_add(identifier *id, const char *text, size_t n);
void
identifier_end(identifier *id);

/* Whether a text is an identifier as it stands. */
bool
identifier_fits(const char *text);

#endif
