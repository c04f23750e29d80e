/* SPDX-License-Identifier: MIT */
/*
 * A blueprint as a C header: its structs, their slots and how names are read,
 * for C11 and C++17, and for C the tables.
 */
#ifndef CLI_C_HEADER_H
#define CLI_C_HEADER_H

#include "cli/blueprint.h"

#include <safetree.h>

struct c_header {
	const blueprint *plan;
	const char *prefix;
	sftr_codec codec;  /* of the names in the file */
	const char *rules; /* for those that are renamed; NULL: none */
};

/* Prints the header; stops when nobody reads it. */
void
c_header_print(const struct c_header *h);

#endif
