/* SPDX-License-Identifier: MIT */
/*
 * How much work a sweep may be: the environment has SFTR_TEST=brief for runs
 * that are slow, under memcheck or an emulator, SFTR_TEST=long for those that
 * nobody waits for, or neither.
 */
#ifndef SFTR_TESTS_EFFORT_H
#define SFTR_TESTS_EFFORT_H

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

static inline bool
effort_is(const char *what)
{
	const char *test = getenv("SFTR_TEST");

	return test != NULL && strcmp(test, what) == 0;
}

/* 'few' repetitions, 'many' of a long run, a tenth of the few of a brief. */
static inline size_t
repetitions(size_t few, size_t many)
{
	if (effort_is("brief"))
		return (few + 9) / 10;
	return effort_is("long") ? many : few;
}

/* The step of a sweep: 1, but 'n' of a brief run. */
static inline size_t
every(size_t n)
{
	return effort_is("brief") ? n : 1;
}

#endif
