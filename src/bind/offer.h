/* SPDX-License-Identifier: MIT */
/*
 * What a checkpoint offers: every tensor under the name that it has after
 * prefixes were stripped and rules applied, found by its key in constant time.
 * Knows no slots.
 */
#ifndef SFTR_BIND_OFFER_H
#define SFTR_BIND_OFFER_H

#include "base/arena.h"
#include "base/index.h"
#include "bind/key.h"
#include "bind/rules.h"

#include <safetree/bind.h>

#define SFTR__NO_OFFER UINT32_MAX

/*
 * One tensor.  Those of one key are a chain, 'next' from the 'head' on: the
 * parts of a stack by their numbers, or tensors that cannot be told apart.
 */
typedef struct sftr__offer {
	sftr_str key; /* ptr NULL if a rule dropped it */
	const sftr_tensor *tensor;
	const sftr__rule *rule; /* that made the key, or NULL */
	uint64_t part;
	uint32_t head; /* of the offer that the index knows */
	uint32_t next;
	uint32_t n_chain; /* of the head: how many there are */
	bool is_renamed;  /* by a rule, or by a prefix that was stripped */
	bool is_taken;
} sftr__offer;

typedef struct sftr__offers {
	sftr_allocator allocator;
	sftr_codec codec;	  /* under which the names were read */
	const char *const *strip; /* borrowed from the options */
	size_t n_strip;
	sftr__rules rules;
	sftr__arena arena; /* keys */
	sftr__offer *offers;
	size_t n; /* as many as tensors, in their order */
	sftr__index index;
} sftr__offers;

/*
 * Reads all names of a checkpoint under the options' codec, or the guessed
 * one, which a *slot_codec of GUESS becomes too.  SFTR_E_PATH names the tensor; SFTR_E_RULE two that collide, and what
 * sftr__rules_parse fails with.  On failure there is nothing to free.
 */
sftr_code
sftr__offers_init(sftr__offers *offers, const sftr_checkpoint *ckpt,
		  const sftr_bind_options *options, sftr_codec *slot_codec,
		  sftr_error *err);
void
sftr__offers_free(sftr__offers *offers);

/* The head of this key's chain, or SFTR__NO_OFFER. */
uint32_t
sftr__offers_find(const sftr__offers *offers, const char *key, size_t n);

/* A tensor's name after stripping and rules. */
typedef struct sftr__new_name {
	const sftr__rule *rule; /* that matched, or NULL */
	uint64_t part;		/* in a stack; UINT64_MAX: it has no number */
	size_t n_stripped;	/* bytes off the front of its text */
	bool is_renamed;
	bool is_dropped; /* and then there are no steps */
} sftr__new_name;

/*
 * Puts the steps of that name, with their kinds, in place of those in 'path';
 * to be asked only as long as the options are there.
 */
sftr_code
sftr__offers_rename(const sftr__offers *offers, const sftr_tensor *tensor,
		    sftr__path_buffer *path, sftr__new_name *name,
		    sftr_error *err);

#endif
