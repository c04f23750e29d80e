/* SPDX-License-Identifier: MIT */
/*
 * A checkpoint held against a template, which is another one or a manifest,
 * and the findings as a person or a machine reads them.
 */
#ifndef CLI_FIT_H
#define CLI_FIT_H

#include "cli/json_out.h"
#include "cli/options.h"

#include <safetree.h>

#include <stdbool.h>
#include <stdio.h>

/* A person reads so many findings; machines get all of them. */
#define FIT_SHOWN 32

/* A template, what is held against it, and what came of that. */
typedef struct fit {
	const char *template_path;
	const char *path;
	sftr_checkpoint *template; /* or NULL: the manifest is one */
	char *manifest;
	size_t n_manifest;
	sftr_checkpoint *ckpt;
	char *rules;
	const char **strip;
	sftr_bind_options bind;
	sftr_report report;
	sftr_binding *binding; /* NULL if it does not fit */
	bool is_json;
	uint64_t n_findings;
	sftr_diagnostic shown[FIT_SHOWN]; /* the first, unless machines read */
	json_out list;			  /* all of them, if machines read */
	char *text;			  /* the list's, once it is bound */
	size_t n_text;
} fit;

/* Opens what the paths name, under --policy; complains if it cannot. */
bool
fit_open(fit *f, const options *o);

/*
 * Whether there is an answer; if it is yes there is a binding as well, if it
 * is no the outcome is noted.  The codecs that were guessed are in 'bind'.
 */
bool
fit_bind(fit *f);

void
fit_free(fit *f);

#endif
