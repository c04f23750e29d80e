/* SPDX-License-Identifier: MIT */
/* raw: any text is one key. */
#ifndef SFTR_NAMES_RAW_H
#define SFTR_NAMES_RAW_H

#include "names/path.h"

void
sftr__raw_parse(sftr__path_reader *r);
void
sftr__raw_format(sftr__path_writer *w);

#endif
