/* SPDX-License-Identifier: MIT */
/*
 * Holding a structure note against the names of a file, and putting into the
 * tree what it says beyond them.
 */
#ifndef SFTR_TREE_APPLY_H
#define SFTR_TREE_APPLY_H

#include "tree/build.h"
#include "tree/note.h"

/*
 * Before tree/decide: adds the leaves that have no names, and marks nodes with
 * what is said of them.  SFTR_E_NOTE at the line that is not sound.
 */
sftr_code
sftr__note_apply(sftr__note *note, sftr__build *b, sftr_error *err);

/* After tree/decide: the order of dicts. */
sftr_code
sftr__note_order(const sftr__note *note, sftr_error *err);

#endif
