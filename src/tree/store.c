/* SPDX-License-Identifier: MIT */
#include "tree/store.h"

#include "base/alloc.h"
#include "base/bytes.h"

static int
add_block(sftr__store *store, uint64_t n_bytes)
{
	size_t lead;

	if (n_bytes == 0)
		return 1;
	if (!sftr__fits_size(n_bytes) ||
	    n_bytes > SIZE_MAX / 2 - SFTR__STORE_ALIGN)
		return 0;
	store->n_allocated = (size_t)n_bytes + SFTR__STORE_ALIGN - 1;
	store->allocated = sftr__alloc(&store->allocator, store->n_allocated);
	if (store->allocated == NULL)
		return 0;
	lead = (uintptr_t)store->allocated % SFTR__STORE_ALIGN;
	store->block = store->allocated;
	if (lead > 0)
		store->block += SFTR__STORE_ALIGN - lead;
	return 1;
}

sftr__store *
sftr__store_new(const sftr_allocator *allocator, const sftr_checkpoint *ckpt,
		uint64_t n_bytes)
{
	sftr__store *store = sftr__alloc_zeroed(allocator, 1, sizeof *store);

	if (store == NULL)
		return NULL;
	store->allocator = *allocator;
	if (!add_block(store, n_bytes)) {
		sftr__free(allocator, store, sizeof *store);
		return NULL;
	}
	if (ckpt != NULL)
		store->ckpt = sftr_checkpoint_retain(ckpt);
	atomic_init(&store->n_holders, 1);
	return store;
}

sftr__store *
sftr__store_retain(sftr__store *store)
{
	if (store != NULL)
		atomic_fetch_add(&store->n_holders, 1);
	return store;
}

void
sftr__store_release(sftr__store *store)
{
	sftr_allocator a;

	if (store == NULL || atomic_fetch_sub(&store->n_holders, 1) != 1)
		return;
	a = store->allocator;
	sftr_checkpoint_close(store->ckpt);
	sftr__free(&a, store->allocated, store->n_allocated);
	sftr__free(&a, store, sizeof *store);
}
