/* SPDX-License-Identifier: MIT */
/* A text of C as a text with its length. */
#ifndef SFTR_TESTS_STR_H
#define SFTR_TESTS_STR_H

#include <safetree/base.h>

#include <string.h>

static inline sftr_str
str(const char *text)
{
	return (sftr_str){ text, strlen(text) };
}

#endif
