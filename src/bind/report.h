/* SPDX-License-Identifier: MIT */
/*
 * What a bind found: counts, the first error, and every finding handed on as
 * the policies want.  Knows kinds of findings and how they read; not how they
 * came about.
 */
#ifndef SFTR_BIND_REPORT_H
#define SFTR_BIND_REPORT_H

#include "base/diagnostic.h"

#include <safetree/bind.h>
#include <stdbool.h>

typedef enum sftr__finding {
	SFTR__MISSING = 0,
	SFTR__UNEXPECTED,
	SFTR__SHAPE,
	SFTR__DTYPE,
	SFTR__CAPACITY,
	SFTR__AMBIGUOUS,
	SFTR__OVERLAP,
	SFTR__VIEW_REFUSED,
	SFTR__KIND,
	SFTR__TIED,
	SFTR__CONVERTED,
	SFTR__N_FINDINGS
} sftr__finding;

typedef struct sftr__findings_report {
	sftr_report counts;
	sftr_reaction reactions[SFTR__N_FINDINGS];
	sftr_diagnostic_fn *fn;
	void *user;
	sftr_error *err; /* gets the first error */
	sftr_code code;	 /* of that, or of a failure to report */
	bool stopped;	 /* 'fn' wants no more */
	const sftr_checkpoint *ckpt;
	const sftr_tensor *tensor; /* whose file findings name; NULL: counts' */
} sftr__findings_report;

/*
 * Fills the options' report, if there is one, with no more than names: for a
 * bind that has not begun to look, or has failed for another reason.
 */
void
sftr__report_fail(const sftr_bind_options *options, const char *path);

/* 'err' is borrowed, and may be NULL. */
void
sftr__report_init(sftr__findings_report *r, const sftr_checkpoint *ckpt,
		  const sftr_bind_options *options, sftr_error *err);

/* What is done about a kind: REFUSE, WARN or IGNORE. */
static inline sftr_reaction
sftr__report_reaction(const sftr__findings_report *r, sftr__finding kind)
{
	return r->reactions[kind];
}

/* What the findings that follow are about: a tensor, or NULL. */
static inline void
sftr__report_tensor(sftr__findings_report *r, const sftr_tensor *tensor)
{
	r->tensor = tensor;
}

/*
 * Adds a finding about the slot or tensor 'name' and, if it is not NULL,
 * 'other'.  The message is what the file has, "; ", and what there is to say
 * about it; the kind's name is put before it.
 */
void
sftr__report_add(sftr__findings_report *r, sftr__finding kind, sftr_str name,
		 const sftr_str *other, const char *format, ...)
	SFTR__PRINTF(5, 6);

#endif
