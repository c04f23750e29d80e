/* SPDX-License-Identifier: MIT */
/*
 * Wishes for tensors, many at once: names in which a "*" stands for 0, 1, 2, ...
 * as far as a checkpoint goes.  Knows no text of them, and no checkpoint.
 */
#ifndef SFTR_BIND_WISH_H
#define SFTR_BIND_WISH_H

#include "base/arena.h"

#include <safetree/bind.h>
#include <stdbool.h>

/*
 * What is wanted, names and shape as in a manifest: a "*" that no "stack" goes
 * with repeats the wish, and ".name" is a dimension of each repetition.
 */
typedef struct sftr__wish {
	sftr_alias *aliases;
	size_t n_aliases;
	sftr_dtype dtype;
	const char *shape;
	size_t names_at, shape_at; /* in the text, for messages */
	bool is_optional;
} sftr__wish;

typedef struct sftr__wishes {
	sftr_allocator allocator;
	sftr__arena arena; /* what wishes point to */
	sftr__wish *wishes;
	size_t n, capacity;
} sftr__wishes;

void
sftr__wishes_init(sftr__wishes *wishes, const sftr_allocator *allocator);
void
sftr__wishes_free(sftr__wishes *wishes);

/* One more, zeroed; NULL without memory. */
sftr__wish *
sftr__wishes_add(sftr__wishes *wishes);

#endif
