/* SPDX-License-Identifier: MIT */
/*
 * One typed step of a path: its order, its text with the kind erased, and the
 * canonical decimal that stands for a number.  Knows nothing of codecs.
 */
#ifndef SFTR_NAMES_STEP_H
#define SFTR_NAMES_STEP_H

#include <safetree/tree.h>
#include <stdbool.h>

/* Whether 'number' says which step it is; otherwise 'text' does. */
static inline bool
sftr__step_is_number(sftr_step_kind kind)
{
	return kind >= SFTR_STEP_INT_KEY;
}

/* What messages call a kind, with its article: "an integer key". */
const char *
sftr__step_kind_text(sftr_step_kind kind);

/*
 * Whether children with such steps make one kind of container: 0 names, 1 an
 * object, 2 a dict, 3 a list, 4 an object of flat indices.
 */
int
sftr__step_family(sftr_step_kind kind);

/* As sftr_path_compare, for one step: a total order. */
int
sftr__step_compare(const sftr_step *a, const sftr_step *b);

/* "-9223372036854775808" and its NUL. */
#define SFTR__DECIMAL 21

/*
 * The step's text with its kind erased: its own, or the canonical decimal of
 * its number, written to 'decimal'.  Two steps match if and only if these
 * texts are equal, so they serve as keys of a hash join.
 */
sftr_str
sftr__step_text(const sftr_step *step, char decimal[SFTR__DECIMAL]);

/* sftr_path_matches, for one step. */
bool
sftr__step_matches(const sftr_step *a, const sftr_step *b);

typedef enum sftr__decimal_fault {
	SFTR__DECIMAL_OK = 0,
	SFTR__DECIMAL_DIGIT, /* another byte, or the end, where one is due */
	SFTR__DECIMAL_ZERO,  /* a zero before other digits, or -0 */
	SFTR__DECIMAL_RANGE  /* more than 64 bits, sign included */
} sftr__decimal_fault;

/*
 * Reads the whole text[n] as a canonical decimal: digits without a leading
 * zero, after a '-' if it is below 0, so that every number has one text.  On a
 * fault *at, if not NULL, is the place of the byte that is wrong, n for the
 * end, 0 for the range.
 */
sftr__decimal_fault
sftr__decimal_parse(const char *text, size_t n, int64_t *value, size_t *at);

#endif
