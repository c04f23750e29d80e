/* SPDX-License-Identifier: MIT */
/* A checkpoint of one file. */
#ifndef SFTR_CHECKPOINT_FILE_H
#define SFTR_CHECKPOINT_FILE_H

#include "checkpoint/checkpoint.h"

/*
 * Opens the file at 'path' and judges its header.  Faults go to findings, and
 * *ckpt is then NULL; a failure means that it could not be judged.
 */
sftr_code
sftr__file_judge(const char *path, const sftr_open_options *options,
		 sftr__findings *findings, sftr_checkpoint **ckpt,
		 sftr_error *err);

#endif
