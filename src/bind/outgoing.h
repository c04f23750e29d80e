/* SPDX-License-Identifier: MIT */
/*
 * Elements in memory on their way out: declared to a writer under the names that
 * a file is to have, with what a load turns turned back, and of a stack each
 * part by itself.  Knows a field, but not the struct that it is of.
 */
#ifndef SFTR_BIND_OUTGOING_H
#define SFTR_BIND_OUTGOING_H

#include "base/arena.h"
#include "bind/transform.h"
#include "names/path.h"

#include <safetree/struct.h>

/* Where they go. */
typedef struct sftr__outlet {
	sftr_writer *writer;
	sftr_codec codec;
	sftr__arena arena; /* names */
	sftr__path_buffer path;
	sftr_error *err;
} sftr__outlet;

/* The code, with 'why' as the message and a name as the key. */
sftr_code
sftr__outlet_fail(sftr__outlet *o, sftr_code code, const char *name,
		  const char *why);

/* A tensor about to be declared. */
typedef struct sftr__outgoing {
	const sftr_field *field;
	const char *name; /* may hold a "*" */
	const char *data;
	sftr__transform transform;
	uint64_t shape[SFTR__MAX_AXES];
	uint32_t rank;
	uint64_t n_elements;
} sftr__outgoing;

/*
 * Declares it.  SFTR_E_TABLE if its transform is for another rank, SFTR_E_MEMORY,
 * and what sftr_writer_add and sftr_path_format return.
 */
sftr_code
sftr__outgoing_declare(sftr__outlet *o, const sftr__outgoing *t);

#endif
