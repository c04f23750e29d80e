/* SPDX-License-Identifier: MIT */
/*
 * Rules: a file's name to a slot's name, and what is done to the tensor on the
 * way.  Knows the text, one rule a line; not what tensors there are.
 */
#ifndef SFTR_BIND_RULES_H
#define SFTR_BIND_RULES_H

#include "bind/pattern.h"
#include "bind/transform.h"

typedef struct sftr__rule {
	sftr__pattern from;
	sftr__pattern to;
	sftr__transform transform;
	bool is_drop;
	bool is_used;	/* by some name */
	size_t counter; /* of a stack: the capture that counts its parts */
	unsigned line;	/* from 1 */
} sftr__rule;

typedef struct sftr__rules {
	sftr_allocator allocator;
	sftr__rule *rules;
	size_t n;
	size_t capacity;
} sftr__rules;

/*
 * Reads a text of rules, as sftr_bind_options has it; 'name' is what messages
 * call it.  SFTR_E_RULE with the offset in the text.  On failure there is
 * nothing to free.
 */
sftr_code
sftr__rules_parse(const char *text, const char *name, sftr_codec codec,
		  sftr_codec slot_codec, const sftr_allocator *allocator,
		  sftr__rules *rules, sftr_error *err);
void
sftr__rules_free(sftr__rules *rules);

/*
 * Puts a path through the first rule that matches: *rule is that, or NULL and
 * nothing more is done.  Unless the rule drops, the new path is appended to
 * 'path' and *part is the number in a stack, UINT64_MAX if the name has none.
 * SFTR_E_MEMORY is the only failure.
 */
sftr_code
sftr__rules_apply(const sftr__rules *rules, sftr__path_buffer *path,
		  const sftr__rule **rule, uint64_t *part);

#endif
