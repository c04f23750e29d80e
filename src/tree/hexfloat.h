/* SPDX-License-Identifier: MIT */
/*
 * Doubles as C hexadecimal floats, exactly and in one way: "0x1.8p+1".  The C
 * library would do, but for the locale's point and the many spellings.
 */
#ifndef SFTR_TREE_HEXFLOAT_H
#define SFTR_TREE_HEXFLOAT_H

#include <stdbool.h>
#include <stddef.h>

#define SFTR__HEXFLOAT 32 /* room for any, and its NUL */

/*
 * Writes the shortest text with one digit before the point, "nan" for every
 * NaN, "inf" or "-inf".  Returns its length.
 */
size_t
sftr__hexfloat_format(double value, char text[SFTR__HEXFLOAT]);

/*
 * Reads the whole text[n]: any C hexadecimal float whose value a double holds
 * exactly, or one of the three words above.  False if it is none.
 */
bool
sftr__hexfloat_parse(const char *text, size_t n, double *value);

#endif
