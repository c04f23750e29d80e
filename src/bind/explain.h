/* SPDX-License-Identifier: MIT */
/*
 * What there is to say about slots and tensors that do not fit: the findings
 * in order, each with a hint where one can be given.  Looks at matches when all
 * of them are there; changes nothing but the report.
 */
#ifndef SFTR_BIND_EXPLAIN_H
#define SFTR_BIND_EXPLAIN_H

#include "bind/match.h"

/* An array of structs in place: tensors of elements behind it have no slot. */
typedef struct sftr__array_limit {
	sftr_str key;	  /* of the array */
	const char *name; /* "struct net.layers" */
	uint64_t n;
} sftr__array_limit;

typedef struct sftr__explainer {
	sftr__findings_report *report;
	const sftr__wants *wants;
	const sftr__match *matches;
	const sftr__offers *offers;
	sftr__dims *dims; /* left as it is */
	const sftr__array_limit *limits;
	size_t n_limits;
	sftr_codec slot_codec;
} sftr__explainer;

/* The findings about slot i. */
void
sftr__explain_slot(const sftr__explainer *e, size_t i);

/* The findings about tensors that no slot took. */
void
sftr__explain_unexpected(const sftr__explainer *e);

#endif
