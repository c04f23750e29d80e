/* SPDX-License-Identifier: MIT */
/* The codec of a checkpoint: hands its names to names/guess. */
#include <safetree/tree.h>

#include "checkpoint/checkpoint.h"
#include "names/guess.h"

#include <string.h>

#define CODEC_KEY "pytree.codec"

static sftr_str
name_at(const void *user, size_t i)
{
	const sftr_checkpoint *ckpt = user;

	return sftr_checkpoint_at(ckpt, i)->name;
}

sftr_code
sftr_codec_guess(const sftr_checkpoint *ckpt, sftr_codec *codec, char *reason,
		 size_t size, sftr_error *err)
{
	const sftr__guess_names names = { sftr_checkpoint_count(ckpt), name_at,
					  ckpt };
	const sftr_metadata *said =
		sftr_checkpoint_metadata(ckpt, CODEC_KEY, strlen(CODEC_KEY));

	return sftr__guess(&names, said != NULL ? &said->value : NULL,
			   &ckpt->allocator, codec, reason, size, err);
}
