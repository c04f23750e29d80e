/* SPDX-License-Identifier: MIT */
/*
 * A checkpoint of many files: those of an index, held against it both ways, or
 * a complete set without one.
 */
#ifndef SFTR_CHECKPOINT_SHARDS_H
#define SFTR_CHECKPOINT_SHARDS_H

#include "checkpoint/checkpoint.h"

/*
 * Opens the index at 'path' and its shards.  Faults go to findings, and *ckpt
 * is then NULL; a failure means that they could not be judged.
 */
sftr_code
sftr__shards_judge_index(const char *path, const sftr_open_options *options,
			 sftr__findings *findings, sftr_checkpoint **ckpt,
			 sftr_error *err);

/* The same for n files in a directory, which must have no tensor twice. */
sftr_code
sftr__shards_judge_set(const char *directory, const sftr_str *files, size_t n,
		       const sftr_open_options *options,
		       sftr__findings *findings, sftr_checkpoint **ckpt,
		       sftr_error *err);

#endif
