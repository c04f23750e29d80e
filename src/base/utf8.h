/* SPDX-License-Identifier: MIT */
/*
 * UTF-8: what is well-formed (Unicode 15, table 3-7), reading and writing one
 * code point, and making any bytes fit to print.
 */
#ifndef SFTR_BASE_UTF8_H
#define SFTR_BASE_UTF8_H

#include <stddef.h>
#include <stdint.h>

/* Bytes from the start that are well-formed; n if all are. */
size_t
sftr__utf8_span(const char *bytes, size_t n);

/*
 * The code point at bytes[0..n), n > 0, and in *len its bytes; if it is not
 * well-formed, UINT32_MAX and *len 1.
 */
uint32_t
sftr__utf8_read(const char *bytes, size_t n, size_t *len);

/* Writes a code point below 0x110000 to out[4]; returns its bytes. */
size_t
sftr__utf8_write(uint32_t code_point, char *out);

/*
 * Copies text[n] to out[size], escaping control characters (C0, DEL, C1), the
 * bidirectional and invisible format characters, and bytes that are no UTF-8
 * as \xNN or \u{NNNN}, and a backslash as \\, so that no two texts print alike.
 * What is too long is cut with "..." at a whole character.  Returns the length
 * written; always terminated when size > 0.
 */
size_t
sftr__utf8_print(const char *text, size_t n, char *out, size_t size);

/* Puts a '?' for each byte that print would escape, but for backslashes. */
void
sftr__utf8_mask(char *text);

#endif
