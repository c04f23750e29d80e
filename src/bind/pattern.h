/* SPDX-License-Identifier: MIT */
/*
 * One side of a rule: a path whose steps may hold "*", any run inside one
 * step, or be "**", any number of steps.  Matches paths with kinds erased,
 * from the first step to the last, and says what each wildcard stood for.
 */
#ifndef SFTR_BIND_PATTERN_H
#define SFTR_BIND_PATTERN_H

#include "names/path.h"

#define SFTR__MAX_CAPTURES 16

typedef struct sftr__pattern_step {
	sftr_step_kind kind;
	bool is_many;	  /* "**" */
	const char *text; /* a byte 0xff for each "*"; owned by the pattern */
	size_t n;
} sftr__pattern_step;

typedef struct sftr__pattern {
	sftr_allocator allocator;
	sftr__pattern_step *steps;
	size_t n_steps;
	char *texts;
	size_t n_texts;
	size_t n_wildcards;
	bool many[SFTR__MAX_CAPTURES]; /* the i-th wildcard is a "**" */
} sftr__pattern;

/*
 * Reads word[n], a path under 'codec' with wildcards in it; "\" takes the
 * meaning off the character behind it.  On failure SFTR_E_RULE with the offset
 * in the word, or SFTR_E_MEMORY, and nothing to free.
 */
sftr_code
sftr__pattern_parse(const char *word, size_t n, sftr_codec codec,
		    const sftr_allocator *allocator, sftr__pattern *pattern,
		    sftr_error *err);
void
sftr__pattern_free(sftr__pattern *pattern);

/*
 * What a wildcard stood for: n bytes of a step's text from 'offset' on, or n
 * steps from 'step' on.
 */
typedef struct sftr__capture {
	size_t step;
	size_t offset;
	size_t n;
} sftr__capture;

/* The text that a "*" stood for; 'decimal' may serve to hold it. */
sftr_str
sftr__capture_text(const sftr__capture *capture, const sftr_step *steps,
		   char *decimal);

/* Whether the path matches; the captures, one a wildcard, are then filled. */
bool
sftr__pattern_matches(const sftr__pattern *pattern, const sftr_step *steps,
		      size_t n_steps,
		      sftr__capture captures[SFTR__MAX_CAPTURES]);

/*
 * Appends to 'path', which begins with the path that the captures are of, the
 * pattern's steps with captures in place of wildcards.  SFTR_E_MEMORY is the
 * only failure.
 */
sftr_code
sftr__pattern_fill(const sftr__pattern *pattern, const sftr__capture *captures,
		   sftr__path_buffer *path);

#endif
