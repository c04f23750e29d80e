/* SPDX-License-Identifier: MIT */
/*
 * keystr, what jax.tree_util.keystr prints: "['a'][0].w[<flat index 3>]", a
 * text key as a Python string literal, a negative integer as an integer key.
 */
#ifndef SFTR_NAMES_KEYSTR_H
#define SFTR_NAMES_KEYSTR_H

#include "names/path.h"

void
sftr__keystr_parse(sftr__path_reader *r);
void
sftr__keystr_format(sftr__path_writer *w);

#endif
