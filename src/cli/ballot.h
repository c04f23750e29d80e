/* SPDX-License-Identifier: MIT */
/*
 * Identifiers that must differ: those that come out alike are numbered, in the
 * order of their rows, and the number behind the first ones, as in w, w_2_.
 */
#ifndef CLI_BALLOT_H
#define CLI_BALLOT_H

#include "cli/identifier.h"

#include <stddef.h>

struct candidate {
	identifier id;
	size_t row;
	size_t number; /* by ballot_count; 1 is not written */
};

typedef struct ballot {
	struct candidate *candidates;
	size_t n;
	size_t capacity;
} ballot;

/* An identifier that has begun; NULL without memory. */
identifier *
ballot_add(ballot *b, size_t row);

/*
 * Numbers the candidates, which are then sorted.  prefix_c64 and the like are
 * numbered from 2 on; 'prefix' may be NULL.
 */
void
ballot_count(ballot *b, const char *prefix);

/* All candidates leave; the memory stays. */
void
ballot_clear(ballot *b);
void
ballot_free(ballot *b);

#endif
