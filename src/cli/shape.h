/* SPDX-License-Identifier: MIT */
/* Shapes as people write them: [3,224,224]. */
#ifndef CLI_SHAPE_H
#define CLI_SHAPE_H

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

/* Writes to 'out', which may be NULL; returns the columns. */
size_t
shape_print(FILE *out, const uint64_t *shape, uint32_t rank);

#endif
