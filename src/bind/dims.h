/* SPDX-License-Identifier: MIT */
/*
 * Named dimensions: which name means which value in which scope.  A scope may
 * lie within another; a name belongs to the innermost scope that declares it,
 * otherwise to the outermost one.  Knows no shapes.
 */
#ifndef SFTR_BIND_DIMS_H
#define SFTR_BIND_DIMS_H

#include "base/index.h"

#include <safetree/bind.h>

/* One name in one scope; 'key' is both, for the index. */
typedef struct sftr__dim {
	sftr_str key;
	uint64_t value;
	bool is_known;
} sftr__dim;

typedef struct sftr__dims {
	sftr_allocator allocator;
	const sftr_dim *known; /* of the options: known in every scope */
	size_t n_known;
	sftr__dim *dims;
	size_t n, capacity;
	sftr__index index;
	bool has_index;
	uint32_t *parents; /* of scopes made by sftr__dims_scope */
	size_t n_scopes, scopes_capacity;
} sftr__dims;

#define SFTR__NO_DIM SIZE_MAX
#define SFTR__DIM_NAME_MAX 64 /* bytes */

/* 'known' is borrowed. */
void
sftr__dims_init(sftr__dims *dims, const sftr_allocator *allocator,
		const sftr_dim *known, size_t n_known);
void
sftr__dims_free(sftr__dims *dims);

/*
 * A scope within 'parent', itself made so, or the outermost one if it is the
 * first.  Any other number is an outermost scope of its own.  UINT32_MAX
 * without memory.
 */
uint32_t
sftr__dims_scope(sftr__dims *dims, uint32_t parent);

/* Declares name[n] in exactly this scope.  SFTR__NO_DIM without memory. */
size_t
sftr__dims_declare(sftr__dims *dims, uint32_t scope, const char *name,
		   size_t n);

/*
 * The dimension, an index into dims->dims, that a name means in a scope; made
 * at its first mention.  SFTR__NO_DIM without memory.
 */
size_t
sftr__dims_resolve(sftr__dims *dims, uint32_t scope, const char *name,
		   size_t n);

/* The same, of those that have been mentioned; SFTR__NO_DIM if it was not. */
size_t
sftr__dims_find(const sftr__dims *dims, uint32_t scope, const char *name,
		size_t n);

/* Its value, if it is known, mentioned or not. */
bool
sftr__dims_value(const sftr__dims *dims, uint32_t scope, const char *name,
		 size_t n, uint64_t *value);

#endif
