/* SPDX-License-Identifier: MIT */
/*
 * JSON values that nobody here wants: passed over, yet judged as the official
 * reader judges what it ignores.
 */
#ifndef SFTR_FORMAT_VALUE_H
#define SFTR_FORMAT_VALUE_H

#include "format/json.h"

#include <stdbool.h>

#define SFTR__VALUE_MAX_DEPTH 127

/*
 * Passes over any value, 'depth' containers being open around it, of at most
 * SFTR__VALUE_MAX_DEPTH: every string must decode, and every number be finite
 * as a double.
 */
void
sftr__value_skip(sftr__json *j, unsigned depth);

/* Whether digits without point or exponent come next; takes nothing. */
bool
sftr__value_is_integer(sftr__json *j);

#endif
