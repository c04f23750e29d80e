/* SPDX-License-Identifier: MIT */
/*
 * From a path to a checkpoint: a file, an index, or a directory of either; and
 * from a descriptor to one of a file.
 */
#ifndef SFTR_CHECKPOINT_OPEN_H
#define SFTR_CHECKPOINT_OPEN_H

#include "checkpoint/checkpoint.h"

/*
 * Judges what 'path' names.  Faults go to findings, and *ckpt is then NULL; a
 * failure means that it could not be judged.
 */
sftr_code
sftr__open_judge(const char *path, const sftr_open_options *options,
		 sftr__findings *findings, sftr_checkpoint **ckpt,
		 sftr_error *err);

#endif
