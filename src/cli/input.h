/* SPDX-License-Identifier: MIT */
/* Opening what a command reads, under the policy that it was given. */
#ifndef CLI_INPUT_H
#define CLI_INPUT_H

#include "cli/options.h"

#include <safetree.h>

#include <stdbool.h>

#define INPUT_POLICY                                                           \
	{                                                                      \
		"policy", "strict|reference",                                  \
			"which rules to read by; strict if not given"          \
	}

/* Reads --policy into 'open'; complains and returns false if it is neither. */
bool
input_policy(const options *o, sftr_open_options *open);

/*
 * Opens a path; NULL after a complaint.  Data are read, not mapped: a file that
 * shrinks is then an error and no signal.
 */
sftr_checkpoint *
input_open(const options *o, const char *path);

#endif
