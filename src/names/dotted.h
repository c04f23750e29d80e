/* SPDX-License-Identifier: MIT */
/*
 * dotted, "layers.10.query", and slash, "params/Dense_0/kernel": names cut at
 * a separator.  The text does not say what kind a step is, so all are NAME.
 */
#ifndef SFTR_NAMES_DOTTED_H
#define SFTR_NAMES_DOTTED_H

#include "names/path.h"

void
sftr__dotted_parse(sftr__path_reader *r);
void
sftr__dotted_format(sftr__path_writer *w);

void
sftr__slash_parse(sftr__path_reader *r);
void
sftr__slash_format(sftr__path_writer *w);

#endif
