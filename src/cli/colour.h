/* SPDX-License-Identifier: MIT */
/* Colour, for people only: on a terminal, and where NO_COLOR is not set. */
#ifndef CLI_COLOUR_H
#define CLI_COLOUR_H

#include <stdio.h>

enum colour { COLOUR_NONE, COLOUR_GOOD, COLOUR_BAD, COLOUR_FAINT };

/* Writes 'text' to 'out' in a colour, if 'out' wants any. */
void
colour_print(FILE *out, enum colour colour, const char *text);

#endif
