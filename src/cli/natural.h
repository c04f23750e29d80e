/* SPDX-License-Identifier: MIT */
/* The order in which people look for names: digits count as numbers. */
#ifndef CLI_NATURAL_H
#define CLI_NATURAL_H

#include <safetree.h>

/* Below, at or above 0: "layers.2" comes before "layers.10". */
int
natural_compare(sftr_str a, sftr_str b);

#endif
