/* SPDX-License-Identifier: MIT */
/*
 * The memory of ALLOC slots: one block a load, kept as long as any slot of it
 * is loaded.  Knows which slots are wanted; reads nothing.
 */
#ifndef SFTR_BIND_BLOCK_H
#define SFTR_BIND_BLOCK_H

#include "bind/binding.h"

/*
 * Gives every wanted ALLOC slot its place in a new block, in the order of the
 * files, each at a multiple of 64 bytes.  SFTR_E_MEMORY.
 */
sftr_code
sftr__block_new(sftr_binding *b, sftr_error *err);

/* Frees the blocks that no loaded slot uses. */
void
sftr__block_sweep(sftr_binding *b);

#endif
