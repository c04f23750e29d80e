/* SPDX-License-Identifier: MIT */
/*
 * A text that a person wrote: rules or a manifest in a file, which is read
 * whole; a slice behind an option.
 */
#ifndef CLI_SHEET_H
#define CLI_SHEET_H

#include <safetree.h>

#include <stddef.h>

/* More than this nobody writes: it is another kind of file. */
#define SHEET_MAX ((size_t)64 << 20)

/*
 * The text of a file and in *n its length; NULL after a complaint, also if it
 * holds a NUL.  To be freed.
 */
char *
sheet_read(const char *path, size_t *n);

/*
 * Complains of 'err' as finding_trouble does, and if it speaks of a place in
 * 'text', which may be NULL, shows the line with a caret.
 */
void
sheet_trouble(const char *path, const char *text, const sftr_error *err);

#endif
