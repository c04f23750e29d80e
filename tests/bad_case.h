/* SPDX-License-Identifier: MIT */
/*
 * A bad file as a text, fixtures/bad/NAME.case: see the README there.
 */
#ifndef SFTR_TESTS_BAD_CASE_H
#define SFTR_TESTS_BAD_CASE_H

#include <stddef.h>
#include <stdint.h>

struct bad_case {
	char name[128];
	char *file; /* the bytes; owned */
	size_t n_bytes;
	uint64_t offset;
	char code[32];
	char key[64];
	unsigned rule;
	char message[160];
	char reference[32]; /* "", "accept" or a code */
};

/* Reads every case of the folder; *n is their number.  Exits on a bad text. */
struct bad_case *
bad_cases_read(const char *folder, size_t *n);

void
bad_cases_free(struct bad_case *cases, size_t n);

#endif
