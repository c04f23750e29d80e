/* SPDX-License-Identifier: MIT */
/* Wishes as slots: one for each tensor that a checkpoint has. */
#ifndef SFTR_BIND_EXPAND_H
#define SFTR_BIND_EXPAND_H

#include "bind/binding.h"
#include "bind/wish.h"

/* Binds what they come to, PLACE_NONE. */
sftr_code
sftr__wishes_bind(sftr__wishes *wishes, const sftr_checkpoint *ckpt,
		  const sftr_bind_options *options, sftr_binding **binding,
		  sftr_error *err);

#endif
