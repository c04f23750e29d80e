/* SPDX-License-Identifier: MIT */
/*
 * Elements as people read numbers.  Floats have the fewest digits that give the
 * same float back: those of F32 for all narrower ones, so that one value reads
 * alike in any of them.
 */
#ifndef CLI_NUMBER_H
#define CLI_NUMBER_H

#include "cli/json_out.h"

#include <safetree.h>

#define NUMBER_TEXT 80

/*
 * The text of an element whose bits, as in a file, are the low ones of 'bits'.
 * Lent by text[NUMBER_TEXT].
 */
const char *
number_text(sftr_dtype dtype, uint64_t bits, char text[NUMBER_TEXT]);

/*
 * The same for machines: "nan", "inf" and "-inf" as strings, C64 as [re,im].
 */
void
number_json(json_out *j, sftr_dtype dtype, uint64_t bits);

#endif
