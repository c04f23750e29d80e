/* SPDX-License-Identifier: MIT */
/* Large numbers as people read them. */
#ifndef CLI_SIZE_H
#define CLI_SIZE_H

#include <stdint.h>

#define SIZE_TEXT 32

/* 12345 -> "12,345" */
const char *
size_group(uint64_t n, char text[SIZE_TEXT]);

/* 12345 -> "12.1" and "KiB"; exact below 1024.  Rounded to the nearest. */
const char *
size_number(uint64_t n_bytes, char text[SIZE_TEXT]);
const char *
size_unit(uint64_t n_bytes);

#endif
