/* SPDX-License-Identifier: MIT */
/*
 * A finding as a person meets it: what is wrong, where it stands, which rule
 * says so, and what to do.
 */
#ifndef CLI_FINDING_H
#define CLI_FINDING_H

#include <safetree.h>

#include <stdbool.h>
#include <stdio.h>

/*
 * The first error of a path, with its verdict:
 *
 *	model.safetensors: invalid: w is F32 [32,33] = 4224 bytes, its range ...
 *	  byte 1071   "data_offsets":[0,4096]
 *	                                ^
 *	  rule 14 of safetensors(5). Do not load it: ...
 */
void
finding_print_first(FILE *out, const char *path, const sftr_diagnostic *d);

/* Any further one, indented. */
void
finding_print(FILE *out, const char *path, const sftr_diagnostic *d);

/*
 * Says on standard error why a call failed, and notes the outcome: a file that
 * is not valid is a no, all else was not to be found out.  'path' is what the
 * person gave.
 */
void
finding_fail(const char *path, const sftr_error *err);

/* The same where nothing was asked of a file: it could not be done. */
void
finding_trouble(const char *path, const sftr_error *err);

/* Whether the code says that a file is invalid. */
bool
finding_is_fault(sftr_code code);

/* Whether a diagnostic speaks of this path, and not of a shard. */
bool
finding_is_in(const sftr_diagnostic *d, const char *path);

/* "error", "warning", "note" */
const char *
finding_severity(sftr_severity severity);

/* The error that the library gives where there is no memory. */
sftr_code
finding_no_memory(sftr_error *err);

#endif
