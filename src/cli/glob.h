/* SPDX-License-Identifier: MIT */
/* Patterns over names, as shells have them. */
#ifndef CLI_GLOB_H
#define CLI_GLOB_H

#include <safetree.h>

#include <stdbool.h>

/*
 * Whether a name is 'pattern' as it stands, or fits it: "*" is any text, "?"
 * one character, "[a-z]" and "[!a-z]" one of a set, "\" takes the meaning off
 * what follows.  At worst in time |pattern| x |name|.
 */
bool
glob_matches(const char *pattern, sftr_str name);

#endif
