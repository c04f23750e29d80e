/* SPDX-License-Identifier: MIT */
/* Reading the text of a structure note; hostile ones are the usual case. */
#ifndef SFTR_TREE_NOTE_READ_H
#define SFTR_TREE_NOTE_READ_H

#include "tree/note.h"

/*
 * Reads into a note that has no lines yet.  SFTR_E_NOTE with the offset in
 * 'text' if it is spelt wrong.  'text' is copied.
 */
sftr_code
sftr__note_parse(sftr__note *note, sftr_str text, sftr_error *err);

#endif
