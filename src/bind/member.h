/* SPDX-License-Identifier: MIT */
/*
 * Members of a struct as a table has them: their words, their integers, the
 * names of their tensors and the places for them.  Knows one field at a time.
 */
#ifndef SFTR_BIND_MEMBER_H
#define SFTR_BIND_MEMBER_H

#include "base/arena.h"

#include <safetree/struct.h>
#include <stdbool.h>

/* The i-th word of a field of a kind, or NULL. */
const sftr__word *
sftr__field_word(const sftr_field *field, int what, size_t i);

static inline bool
sftr__field_is_struct(const sftr_field *field)
{
	return field->what >= SFTR__NESTED &&
	       field->what <= SFTR__STRUCTS_ALLOC;
}

/*
 * The k-th name of a field below 'above', and its transform or NULL: words one
 * after the other, each parted by "|"; the member's own if there is no word.
 * *name is NULL behind the last.  False without memory.
 */
bool
sftr__field_name(const sftr_field *field, const char *above, size_t k,
		 sftr__arena *arena, const char **name, const char **transform);

/* All of them, in the arena; false without memory. */
bool
sftr__field_aliases(const sftr_field *field, const char *above,
		    sftr__arena *arena, const sftr_alias **aliases, size_t *n);

/* "a.b", or "b" if a is empty; n bytes of b.  NULL without memory. */
const char *
sftr__name_below(sftr__arena *arena, const char *a, const char *b, size_t n);

/* An element's name: the number in place of "*", or one step behind. */
const char *
sftr__name_numbered(sftr__arena *arena, const char *name, uint64_t number);

/* The integer member of a count, capacity or dim; false if it is negative. */
bool
sftr__field_integer(const sftr_field *field, const char *object,
		    uint64_t *value);

/* Whether it holds a value; and writing it. */
bool
sftr__field_holds(const sftr_field *field, uint64_t value);
void
sftr__field_set_integer(const sftr_field *field, char *object, uint64_t value);

/*
 * Puts into a slot, which has its name, where the field of *object wants its
 * tensor.  SFTR_E_ARGUMENT with that name in 'key', or SFTR_E_MEMORY.
 */
sftr_code
sftr__field_place(const sftr_field *field, char *object, sftr__arena *arena,
		  sftr_slot *slot, sftr_error *err);

/*
 * Whether a table and those below it hold together: no member twice, shapes and
 * names that can be read, no table within itself.  SFTR_E_TABLE with the member
 * in 'key'.  'allocator' may be NULL; a table of many fields takes memory.
 */
sftr_code
sftr__table_check(const sftr_table *table, const sftr_allocator *allocator,
		  sftr_error *err);

#endif
