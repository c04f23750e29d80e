/* SPDX-License-Identifier: MIT */
/*
 * What the leaves of a tree point into: a checkpoint that lends views, and one
 * block of copies.  Counted, since copies of a tree may share it; knows
 * nothing of nodes.
 */
#ifndef SFTR_TREE_STORE_H
#define SFTR_TREE_STORE_H

#include <safetree/checkpoint.h>
#include <stdatomic.h>

#define SFTR__STORE_ALIGN 64 /* of every copy in the block */

typedef struct sftr__store {
	sftr_allocator allocator;
	sftr_checkpoint *ckpt; /* held, or NULL */
	void *allocated;
	size_t n_allocated;
	unsigned char *block; /* in 'allocated', aligned; NULL if empty */
	atomic_size_t n_holders;
} sftr__store;

/*
 * A store that holds 'ckpt' (retained; may be NULL) and a block of n_bytes, or
 * NULL without memory.  Owned by one holder.
 */
sftr__store *
sftr__store_new(const sftr_allocator *allocator, const sftr_checkpoint *ckpt,
		uint64_t n_bytes);

/* One more holder, from any thread.  NULL is fine. */
sftr__store *
sftr__store_retain(sftr__store *store);

/* Ends a hold; the last one releases all.  NULL is fine. */
void
sftr__store_release(sftr__store *store);

#endif
