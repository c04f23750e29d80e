/* SPDX-License-Identifier: MIT */
/*
 * Text from files, which may hold anything, on its way to a person: what would
 * move the cursor, hide, or turn the direction of writing is escaped, the same
 * way as in the library's diagnostics, and columns are counted.
 */
#ifndef CLI_TEXT_H
#define CLI_TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

/*
 * The code point at text[0..n), n > 0, and in *len its bytes; UINT32_MAX and
 * *len 1 if it is not well-formed UTF-8.
 */
uint32_t
text_read(const char *text, size_t n, size_t *len);

/* Whether a terminal could be misled by this code point. */
bool
text_is_unsafe(uint32_t code_point);

/*
 * Writes text[n] escaped (\xNN, \u{NNNN}, \\) to 'out', which may be NULL.
 * Returns the columns that it takes on a terminal.
 */
size_t
text_print(FILE *out, const char *text, size_t n);

/* The same for a name, which shows as a pair of quotes where it is empty. */
size_t
text_print_name(FILE *out, const char *name, size_t n);

/*
 * The same for a piece of a file that is shown as it stands: a backslash is not
 * doubled.
 */
size_t
text_quote(FILE *out, const char *text, size_t n);

/* How many bytes of text[n], whole characters, print within 'width' columns. */
size_t
text_fit(const char *text, size_t n, size_t width);

#endif
