/* SPDX-License-Identifier: MIT */
/*
 * The second definition of every conversion, plain and slow, for the tests to
 * hold the library against: an element is a double or an integer, the elements
 * of a float are rising doubles, and the nearest is found by looking at both
 * neighbours and the middle between them.  All of it is exact in doubles but
 * for 64-bit integers, which are compared as integers.
 */
#ifndef TESTS_WORTH_H
#define TESTS_WORTH_H

#include <safetree/base.h>
#include <stdbool.h>

/* What the bits of an element are worth. */
typedef struct worth {
	bool nan, negative;
	bool whole; /* 'integer' holds the magnitude, not 'real' */
	uint64_t integer;
	double real;	  /* the magnitude; may be infinite */
	uint64_t payload; /* of NaN */
	int payload_bits;
} worth;

/* Whether it knows the dtype. */
bool
worth_has(sftr_dtype dtype);

/* Bytes of an element. */
unsigned
worth_n_bytes(sftr_dtype dtype);

worth
worth_of(sftr_dtype dtype, uint64_t bits);

/* -1, 0, 1: the magnitude is below, at, above 'd', which is not negative. */
int
worth_compare(const worth *w, double d);

/* What the bits become. */
uint64_t
worth_expected(sftr_dtype to, sftr_dtype from, uint64_t bits);

/* Fails the test if they became something else. */
void
worth_check(sftr_dtype to, sftr_dtype from, uint64_t bits, uint64_t got);

/* The i-th element of an array of any alignment, as bits. */
uint64_t
worth_element(sftr_dtype dtype, const void *array, size_t i);
void
worth_set_element(sftr_dtype dtype, void *array, size_t i, uint64_t bits);

#endif
