/* SPDX-License-Identifier: MIT */
/*
 * What a bind is to write into structs, kept until nothing can fail: counts,
 * dimensions, whether something is present, and pointers.
 */
#ifndef SFTR_BIND_LATER_H
#define SFTR_BIND_LATER_H

#include "bind/dims.h"
#include "bind/member.h"

typedef enum sftr__later_kind {
	SFTR__LATER_COUNT = 0, /* 'value' */
	SFTR__LATER_DIM,       /* the value of dimension number 'value' */
	SFTR__LATER_BOOL,      /* 'value' */
	SFTR__LATER_POINTER    /* 'pointer' */
} sftr__later_kind;

/* One thing that is to be written, in the instance of a struct at 'object'. */
typedef struct sftr__later {
	sftr__later_kind kind;
	char *object;
	const sftr_field *field;
	size_t offset; /* of the bool */
	uint64_t value;
	const void *pointer;
	const char *path; /* of the instance, for messages; borrowed */
} sftr__later;

typedef struct sftr__laters {
	sftr_allocator allocator;
	sftr__later *items;
	size_t n, capacity;
} sftr__laters;

void
sftr__laters_init(sftr__laters *laters, const sftr_allocator *allocator);
void
sftr__laters_free(sftr__laters *laters);

/* Keeps one more; false without memory. */
bool
sftr__laters_add(sftr__laters *laters, const sftr__later *later);

/*
 * Whether every number fits its member, and is the only one for it; otherwise
 * SFTR_E_CAPACITY with the member in 'key', or SFTR_E_MEMORY.
 */
sftr_code
sftr__laters_check(const sftr__laters *laters, const sftr__dims *dims,
		   sftr_error *err);

/* Writes what was kept. */
void
sftr__laters_write(const sftr__laters *laters, const sftr__dims *dims);

/* Writes 0, false and NULL in the place of what was kept. */
void
sftr__laters_take_back(sftr__laters *laters, const sftr__dims *dims);

#endif
