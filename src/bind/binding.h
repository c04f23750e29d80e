/* SPDX-License-Identifier: MIT */
/*
 * The binding: slots, what fills each, and what has been loaded.  This module
 * makes one from slots and offers, or tells why not; it reads no data.
 */
#ifndef SFTR_BIND_BINDING_H
#define SFTR_BIND_BINDING_H

#include "bind/explain.h"
#include "bind/match.h"

#include <string.h>

/* Memory of the ALLOC slots of one load; freed with the last that uses it. */
typedef struct sftr__block {
	struct sftr__block *next;
	char *bytes;
	size_t n_bytes;
	size_t n_slots;
} sftr__block;

/* What has become of a slot. */
typedef struct sftr__state {
	char *data;	    /* where it lies, or is to lie */
	sftr__block *block; /* that 'data' is in, or NULL */
	uint64_t left;	    /* bytes of the file that are still to come */
	bool is_loaded;
	bool is_wanted; /* by the load that is going on */
} sftr__state;

/* A part of a slot, in the order of the files. */
typedef struct sftr__order {
	uint32_t slot;
	uint32_t part;
} sftr__order;

/* What sftr_binding_read has made of a slot: bytes [begin, end) of it. */
#define SFTR__WINDOW_ROOM ((size_t)24 << 20)

typedef struct sftr__window {
	char *bytes; /* SFTR__WINDOW_ROOM, once it is needed */
	size_t slot;
	uint64_t begin;
	uint64_t end;
} sftr__window;

struct sftr_binding {
	sftr_allocator allocator;
	sftr_checkpoint *ckpt;
	sftr_codec slot_codec;
	bool drop_flat; /* as options->drop_flat */
	sftr__wants wants;
	sftr__match *matches; /* and states: one a slot */
	sftr__state *states;
	sftr__arena arena;
	sftr__dims dims;
	sftr__order *order;
	size_t n_order;
	sftr__block *blocks;
	sftr__window window;
	unsigned n_threads;
	sftr_progress_fn *progress;
	void *progress_user;
};

/* What a binding is made of. */
typedef struct sftr__binding_setup {
	const sftr_checkpoint *ckpt;
	const sftr_bind_options *options;
	sftr_codec slot_codec; /* not GUESS */
	sftr__offers offers;
	sftr__dims dims;
	const sftr_slot *slots;
	size_t n_slots;
	const sftr__array_limit *limits;
	size_t n_limits;
} sftr__binding_setup;

/*
 * All but slots and limits.  'options' is not NULL; a slot_codec of GUESS is
 * that of the offers.  On failure there is nothing to free.
 */
sftr_code
sftr__binding_setup_init(sftr__binding_setup *setup,
			 const sftr_checkpoint *ckpt,
			 const sftr_bind_options *options,
			 sftr_codec slot_codec, sftr_error *err);
void
sftr__binding_setup_free(sftr__binding_setup *setup);

/* As sftr_bind, but that nothing at all is written.  Takes the dims over. */
sftr_code
sftr__binding_new(sftr__binding_setup *setup, sftr_binding **binding,
		  sftr_error *err);

/* Writes 'present' of every slot that has it. */
void
sftr__binding_tell_presence(const sftr_binding *b);

/* Whether slot i is at or below the path of this key. */
static inline bool
sftr__binding_is_below(const sftr_binding *b, size_t i, sftr_str key)
{
	sftr_str k = b->wants.wants[i].key;

	return key.len == 0 ||
	       (k.len >= key.len && memcmp(k.ptr, key.ptr, key.len) == 0);
}

/* Where the pointer of a slot goes, if it has one. */
void
sftr__binding_point(const sftr_binding *b, size_t i, const void *at);

/*
 * Bytes from one element to the next of a result, dimension by dimension of
 * the file; what a part is behind the one before it in *part.  For tensors
 * whose axes are no identity.
 */
void
sftr__match_steps(const sftr__match *match, uint64_t element, uint64_t *steps,
		  uint64_t *part);

/*
 * Whether a part lies in the result as it lies in the file, converted or not:
 * from its number times sftr_tensor_n_bytes on.
 */
bool
sftr__match_is_flat(const sftr__match *match);

#endif
