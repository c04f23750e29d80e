/* SPDX-License-Identifier: MIT */
/*
 * Being told to stop while a file is being written: a signal that would end the
 * program there, and leave half a file behind, waits until that is taken away.
 */
#ifndef CLI_INTERRUPT_H
#define CLI_INTERRUPT_H

#include <stdbool.h>

/* From here on a first such signal is kept; a second one ends the program. */
void
interrupt_begin(void);

/* Whether one has come since. */
bool
interrupt_came(void);

/* Signals act again as before, and so does the one that was kept. */
void
interrupt_end(void);

#endif
