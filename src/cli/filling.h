/* SPDX-License-Identifier: MIT */
/* Slots of a binding on their way into a file, as a writer asks for them. */
#ifndef CLI_FILLING_H
#define CLI_FILLING_H

#include <safetree.h>

struct filling_slot;

/* Zeroed before; freed after the writer. */
typedef struct filling {
	struct filling_slot *slots;
} filling;

/*
 * Declares every bound slot to the writer.  A slot without a tensor is left
 * out, or, where slot i stands for tensor i of 'base', that one is taken.  If
 * 'names' is not NULL, slot i goes under names[i], which is lent to the writer.
 */
sftr_code
filling_declare(filling *f, sftr_binding *binding, const sftr_checkpoint *base,
		const sftr_str *names, sftr_writer *w, sftr_error *err);
void
filling_free(filling *f);

#endif
