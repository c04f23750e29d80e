/* SPDX-License-Identifier: MIT */
/*
 * The header of a source, read into one block and judged there.
 */
#ifndef SFTR_CHECKPOINT_HEAD_H
#define SFTR_CHECKPOINT_HEAD_H

#include "checkpoint/source.h"
#include "format/header.h"

/*
 * Reads and judges the header: faults go to findings, and *h is what can be
 * used if there is no error among them.  The caller frees *h in every case.
 */
sftr_code
sftr__head_read(sftr__source *s, const sftr_allocator *a,
		const sftr_open_options *options, sftr__header *h,
		sftr__findings *findings, sftr_error *err);

#endif
