/* SPDX-License-Identifier: MIT */
/*
 * A replacement: a new file that takes the place of a path whole, or leaves
 * everything as it was.
 *
 *      dir/.NAME.sftr-PID-0    written here, synced, then renamed to
 *      dir/NAME                which may exist, be open or be mapped
 *
 * Knows names, modes and links; nothing of what is written.
 */
#ifndef SFTR_CHECKPOINT_REPLACEMENT_H
#define SFTR_CHECKPOINT_REPLACEMENT_H

#include <safetree/base.h>
#include <stdbool.h>

#define SFTR__PATH_MAX 4096 /* with the NUL; systems take no more */

typedef struct sftr__replacement {
	int fd;		 /* write here */
	int directory;	 /* to be synced, or -1 if it need not last */
	bool keeps_mode; /* there is a file, and it has... */
	unsigned mode;
	char target[SFTR__PATH_MAX]; /* links resolved */
	char temporary[SFTR__PATH_MAX];
} sftr__replacement;

/*
 * Makes the temporary file.  On success end it by commit or abandon.  A path
 * that names a directory, a device or a pipe is refused.  'err' does not get
 * the path.
 */
sftr_code
sftr__replacement_begin(sftr__replacement *r, const char *path, bool durable,
			sftr_error *err);

/*
 * Puts the file in its place.  On failure the temporary is gone and the old
 * file stands, but for one case, which the message names: the new file is in
 * place and its directory could not be synced.
 */
sftr_code
sftr__replacement_commit(sftr__replacement *r, sftr_error *err);

/* Removes the temporary file. */
void
sftr__replacement_abandon(sftr__replacement *r);

#endif
