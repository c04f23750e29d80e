/* SPDX-License-Identifier: MIT */
/*
 * p2s, the names of pytree2safetensors, "layers#10@query": '.' before an
 * attribute, '@' before a key, '#' before an index, the first '.' dropped.
 * p2s-esc: the same, with \. \@ \# \\ in attributes and keys.
 */
#ifndef SFTR_NAMES_P2S_H
#define SFTR_NAMES_P2S_H

#include "names/path.h"

void
sftr__p2s_parse(sftr__path_reader *r);
void
sftr__p2s_format(sftr__path_writer *w);

void
sftr__p2s_esc_parse(sftr__path_reader *r);
void
sftr__p2s_esc_format(sftr__path_writer *w);

#endif
