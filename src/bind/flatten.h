/* SPDX-License-Identifier: MIT */
/*
 * A struct and its table as slots: one for each member that holds a tensor, in
 * every instance of a struct that the checkpoint has tensors for.  Reads of the
 * caller's memory only what INTO needs, and writes nothing: what a bind is to
 * write when it succeeds is kept as a list.
 */
#ifndef SFTR_BIND_FLATTEN_H
#define SFTR_BIND_FLATTEN_H

#include "bind/binding.h"
#include "bind/later.h"
#include "bind/presence.h"

typedef struct sftr__flat {
	sftr_allocator allocator;
	sftr__dims *dims;
	sftr_error *err;
	sftr__arena arena;
	sftr__block *blocks; /* structs that the library allocates */
	uint64_t room;	     /* bytes that may still be allocated for them */
	sftr_slot *slots;
	size_t n_slots, slots_capacity;
	sftr__laters laters;
	sftr__array_limit *limits;
	size_t n_limits, limits_capacity;
	sftr__presence presence;
} sftr__flat;

/*
 * Flattens *object.  'room' is how many bytes of structs may be allocated.
 * SFTR_E_TABLE, SFTR_E_CAPACITY, SFTR_E_ARGUMENT with the member's path in
 * 'key', or SFTR_E_MEMORY.  To be freed in every case.
 */
sftr_code
sftr__flat_init(sftr__flat *flat, const sftr_table *table, void *object,
		const sftr__offers *offers, sftr__dims *dims, uint64_t room,
		const sftr_allocator *allocator, sftr_error *err);
void
sftr__flat_free(sftr__flat *flat);

#endif
