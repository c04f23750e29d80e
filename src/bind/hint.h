/* SPDX-License-Identifier: MIT */
/*
 * What explains many findings at once: a prefix that all missing names lack,
 * or have too much.  Knows names alone.
 */
#ifndef SFTR_BIND_HINT_H
#define SFTR_BIND_HINT_H

#include "bind/explain.h"

/* Puts the hint into the report, if there is one.  SFTR_E_MEMORY. */
sftr_code
sftr__hint_prefix(const sftr__explainer *e, sftr_error *err);

#endif
