/* SPDX-License-Identifier: MIT */
#include "checkpoint/file.h"

#include "base/alloc.h"

static const sftr_open_options defaults;

sftr_code
sftr__file_judge(const char *path, const sftr_open_options *options,
		 sftr__findings *findings, sftr_checkpoint **ckpt,
		 sftr_error *err)
{
	sftr_allocator a = sftr__allocator(options->allocator);
	sftr_checkpoint *c = sftr__checkpoint_new(&a, 1);
	sftr_code code;

	*ckpt = NULL;
	if (c == NULL)
		return sftr__fail_memory(err);
	code = sftr__source_open(&c->sources[0], &a, path, options->access,
				 err);
	if (code != SFTR_OK) {
		sftr_checkpoint_close(c);
		return code;
	}
	return sftr__checkpoint_judge(c, options, findings, ckpt, err);
}

sftr_code
sftr_checkpoint_open_fd(int fd, const char *name,
			const sftr_open_options *options,
			sftr_checkpoint **ckpt, sftr_error *err)
{
	const sftr_open_options *o = options == NULL ? &defaults : options;
	sftr_allocator a = sftr__allocator(o->allocator);
	sftr_checkpoint *c = sftr__checkpoint_new(&a, 1);
	sftr_code code;

	*ckpt = NULL;
	if (c == NULL)
		return sftr__fail_memory(err);
	code = sftr__source_open_fd(&c->sources[0], &a, fd, name, o->access,
				    err);
	if (code != SFTR_OK) {
		sftr_checkpoint_close(c);
		return code;
	}
	return sftr__checkpoint_finish(c, o, ckpt, err);
}
