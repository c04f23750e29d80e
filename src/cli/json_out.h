/* SPDX-License-Identifier: MIT */
/*
 * JSON for machines, one object a line.  Texts are exact: whatever a name
 * holds, a reader of JSON gets it back, and what could mislead a terminal is
 * written as \uXXXX.  Only bytes that are no UTF-8, which no name holds but the
 * name of a file may, become U+FFFD.
 */
#ifndef CLI_JSON_OUT_H
#define CLI_JSON_OUT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

typedef struct json_out {
	FILE *out;
	bool comma; /* before what comes next */
} json_out;

/* Opens with '{' or '[', and closes with '}' or ']'. */
void
json_out_open(json_out *j, char bracket);
void
json_out_close(json_out *j, char bracket);

/* The name of a member; its value must follow. */
void
json_out_key(json_out *j, const char *key, size_t n);
void
json_out_field(json_out *j, const char *key);

void
json_out_text(json_out *j, const char *text, size_t n);
void
json_out_u64(json_out *j, uint64_t value);
void
json_out_null(json_out *j);

/* A C string, null if it is empty. */
void
json_out_word(json_out *j, const char *word);

/* Text that is JSON already. */
void
json_out_raw(json_out *j, const char *text, size_t n);

#endif
