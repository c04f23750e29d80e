/* SPDX-License-Identifier: MIT */
#include "cli/input.h"

#include "cli/finding.h"
#include "cli/outcome.h"

#include <string.h>

bool
input_policy(const options *o, sftr_open_options *open)
{
	const char *policy = options_value(o, "policy");

	memset(open, 0, sizeof *open);
	open->access = SFTR_PREAD;
	if (policy == NULL || strcmp(policy, "strict") == 0)
		open->policy = SFTR_STRICT;
	else if (strcmp(policy, "reference") == 0)
		open->policy = SFTR_REFERENCE;
	else {
		outcome_trouble("--policy is strict or reference, not '%s'",
				policy);
		return false;
	}
	return true;
}

sftr_checkpoint *
input_open(const options *o, const char *path)
{
	sftr_checkpoint *ckpt = NULL;
	sftr_open_options open;
	sftr_error err;

	if (input_policy(o, &open) &&
	    sftr_checkpoint_open(path, &open, &ckpt, &err) != SFTR_OK)
		finding_fail(path, &err);
	return ckpt;
}
