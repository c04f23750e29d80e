/* SPDX-License-Identifier: MIT */
/* Elements of a dtype as C has them. */
#ifndef CLI_ELEMENT_H
#define CLI_ELEMENT_H

#include <safetree.h>

#include <stdbool.h>

/*
 * The type of an element.  Bits that C has no type for lie in an integer of
 * their size, and those that are less than a byte in bytes.  Of C64 it is
 * "c64", which stands for what C and C++ call otherwise.
 */
const char *
element_type(sftr_dtype dtype);

/* Whether a compiler derives the dtype from that type. */
bool
element_is_derived(sftr_dtype dtype);

/* Whether a tensor can be a member of that type: one element, derived. */
bool
element_is_value(const sftr_leaf *leaf);

#endif
