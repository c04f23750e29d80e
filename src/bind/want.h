/* SPDX-License-Identifier: MIT */
/*
 * What a slot wants, as it is kept by a binding: a copy of the slot, and the
 * names it is looked for under as keys.  Knows no checkpoint.
 */
#ifndef SFTR_BIND_WANT_H
#define SFTR_BIND_WANT_H

#include "base/arena.h"
#include "bind/key.h"
#include "bind/pattern.h"
#include "bind/transform.h"

#include <safetree/bind.h>

/* One name of a slot; with a "*" in it the key has one for each number. */
typedef struct sftr__name {
	sftr_str key;
	const sftr__pattern *pattern; /* NULL: there is no "*" */
	sftr__transform transform;
} sftr__name;

typedef struct sftr__want {
	sftr_str key;	/* of its own name; first, for the index */
	sftr_slot slot; /* its texts are in the arena; the steps are kept if
			   options->kind asks for them */
	sftr__name *names;
	size_t n_names;
} sftr__want;

typedef struct sftr__wants {
	sftr_allocator allocator;
	sftr__arena arena;
	sftr__want *wants;
	size_t n;
	sftr__pattern **patterns; /* to be freed */
	size_t n_patterns, patterns_capacity;
} sftr__wants;

/*
 * Copies slots whose names are under 'codec'.  SFTR_E_ARGUMENT or SFTR_E_PATH,
 * with the slot's name in 'key', if one contradicts itself.  On failure there
 * is nothing to free.
 */
sftr_code
sftr__wants_init(sftr__wants *wants, const sftr_slot *slots, size_t n,
		 sftr_codec codec, const sftr_bind_options *options,
		 sftr_error *err);
void
sftr__wants_free(sftr__wants *wants);

/* The key of a name with a "*" for a number, in place of what 'key' holds. */
bool
sftr__name_key(const sftr__name *name, uint64_t number, sftr__path_buffer *path,
	       sftr__key *key);

#endif
