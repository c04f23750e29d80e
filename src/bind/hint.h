/* SPDX-License-Identifier: MIT */
/*
 * What explains many findings at once: a prefix that all missing names lack,
 * or have too much; a rule that finds nothing.  Knows names alone.
 */
#ifndef SFTR_BIND_HINT_H
#define SFTR_BIND_HINT_H

#include "bind/explain.h"

/* Puts the hint into the report, if there is one.  SFTR_E_MEMORY. */
sftr_code
sftr__hint_prefix(const sftr__explainer *e, sftr_error *err);

/*
 * Where there is no other hint: the first rule that no name came to, unless it
 * drops, which is often said for good measure.
 */
void
sftr__hint_rule(const sftr__explainer *e);

#endif
