/* SPDX-License-Identifier: MIT */
/*
 * The place in a file that a finding speaks of, with a caret under the byte:
 * the text of a header or an index around it, or the bytes in hexadecimal.
 */
#ifndef CLI_EXCERPT_H
#define CLI_EXCERPT_H

#include <safetree.h>

#include <stdio.h>

/*
 * Writes "byte N" and what stands there in 'path', each line behind 'indent'.
 * What cannot be read any more is left out.
 */
void
excerpt_print(FILE *out, const char *path, const sftr_diagnostic *d,
	      const char *indent);

#endif
