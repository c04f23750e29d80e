/* SPDX-License-Identifier: MIT */
/* Slots whose memory is also another's: which of them are not to be filled. */
#ifndef SFTR_BIND_OVERLAP_H
#define SFTR_BIND_OVERLAP_H

#include "bind/match.h"

/*
 * Of slots that share memory marks all but the first in memory as at fault; a
 * match a slot, when all are made.  SFTR_E_MEMORY is the only failure.
 */
sftr_code
sftr__overlaps_mark(const sftr__wants *wants, sftr__match *matches,
		    const sftr_allocator *a, sftr_error *err);

#endif
