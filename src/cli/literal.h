/* SPDX-License-Identifier: MIT */
/*
 * Any text as C source: in ASCII, with nothing in it that ends a literal, makes
 * a trigraph, or takes in what stands behind.
 */
#ifndef CLI_LITERAL_H
#define CLI_LITERAL_H

#include <stddef.h>
#include <stdio.h>

/* No compiler need take a literal of more. */
#define LITERAL_MAX ((size_t)4095)

/* "text", in quotes; no longer than LITERAL_MAX. */
void
literal_print(FILE *out, const char *text, size_t n);

/* Text of any length as an array: static const char NAME[] = { ... }; */
void
literal_print_array(FILE *out, const char *name, const char *text, size_t n);

#endif
