/* SPDX-License-Identifier: MIT */
/*
 * Which members of a table, and how many elements of its arrays, a checkpoint
 * has tensors for.  Knows names; nothing of what the structs hold.
 */
#ifndef SFTR_BIND_PRESENCE_H
#define SFTR_BIND_PRESENCE_H

#include "bind/member.h"
#include "bind/offer.h"

typedef struct sftr__presence {
	const sftr__offers *offers;
	sftr__arena *arena; /* for names */
	sftr__path_buffer path;
	sftr__key key;
} sftr__presence;

/* 'offers' and 'arena' are borrowed. */
void
sftr__presence_init(sftr__presence *p, const sftr__offers *offers,
		    sftr__arena *arena, const sftr_allocator *allocator);
void
sftr__presence_free(sftr__presence *p);

/* All that follow are false without memory. */

/* Makes p->key of a name; *is_path tells whether it is a path at all. */
bool
sftr__presence_key(sftr__presence *p, const char *name, bool *is_path);

/*
 * The name of a struct's field, or of an array of them, that the file has
 * tensors below, or the first; 'above' is the name of what it is a member of.
 */
bool
sftr__presence_choose(sftr__presence *p, const sftr_field *field,
		      const char *above, const char **name, bool *exists);

/* How many elements of an array there are without a gap, up to 'most'. */
bool
sftr__presence_count(sftr__presence *p, const sftr_field *field,
		     const char *name, uint64_t most, uint64_t *count);

#endif
