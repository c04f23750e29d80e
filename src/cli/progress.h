/* SPDX-License-Identifier: MIT */
/*
 * How far the writing of a file has come, on one line of a terminal; elsewhere
 * nothing.  Where an interrupt comes, it is stopped in good order.
 */
#ifndef CLI_PROGRESS_H
#define CLI_PROGRESS_H

#include <stdbool.h>
#include <stdint.h>

typedef struct progress {
	const char *what; /* stands before the numbers */
	int percent;	  /* shown last; -1: none yet */
	bool is_shown;
} progress;

void
progress_begin(progress *p, const char *what);

/* An sftr_progress_fn; 'user' is the progress.  Cancels if interrupted. */
int
progress_show(void *user, uint64_t done, uint64_t total);

/* Takes the line away; if there was an interrupt, the program ends here. */
void
progress_end(progress *p);

#endif
