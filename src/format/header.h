/* SPDX-License-Identifier: MIT */
/*
 * A header: 8 bytes of length and JSON, to checked tensor records.  It knows
 * nothing of files: the text is given, and the number of bytes that follow it.
 */
#ifndef SFTR_FORMAT_HEADER_H
#define SFTR_FORMAT_HEADER_H

#include "base/diagnostic.h"
#include "format/records.h"

#include <safetree/checkpoint.h>

/*
 * The length that the first bytes of a file declare; 'head' holds 8 of them,
 * or all if the file is shorter.  False, with a finding, if no header can
 * follow.
 */
bool
sftr__header_length(const unsigned char *head, uint64_t file_n_bytes,
		    sftr__findings *findings, uint64_t *n_text);

/*
 * Parses and validates h->text[n_text], with n_bytes of data behind it; all
 * else in *h must be zero.  Faults go to findings; h is sound if that has no
 * error.  False without memory.  The caller frees *h in every case.
 */
bool
sftr__header_parse(sftr__header *h, const sftr_allocator *a, sftr_policy policy,
		   uint64_t n_bytes, sftr__findings *findings);

#endif
