/* SPDX-License-Identifier: MIT */
/*
 * haiku, "mlp/~/linear_0/w": what is behind the last '/' is the parameter, all
 * before it is one key, the module's.  A name without '/' is one key.
 */
#ifndef SFTR_NAMES_HAIKU_H
#define SFTR_NAMES_HAIKU_H

#include "names/path.h"

void
sftr__haiku_parse(sftr__path_reader *r);
void
sftr__haiku_format(sftr__path_writer *w);

#endif
