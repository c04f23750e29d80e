/* SPDX-License-Identifier: MIT */
#include "cli/filling.h"

#include "cli/finding.h"

#include <stdlib.h>

struct filling_slot {
	sftr_binding *binding;
	size_t i;
};

static sftr_code
read_slot(void *user, uint64_t offset, void *buffer, size_t n_bytes,
	  sftr_error *err)
{
	const struct filling_slot *s = user;

	return sftr_binding_read(s->binding, s->i, offset, buffer, n_bytes,
				 err);
}

static sftr_code
declare_slot(struct filling_slot *s, const sftr_checkpoint *base,
	     const sftr_str *names, sftr_writer *w, sftr_error *err)
{
	const sftr_tensor *own = NULL;
	const sftr_str as_it_is = { NULL, 0 };
	sftr_bound bound;
	sftr_code code = sftr_binding_at(s->binding, s->i, &bound, err);

	if (code != SFTR_OK)
		return code;
	if (base != NULL)
		own = sftr_checkpoint_at(base, s->i);
	if (names != NULL)
		bound.name = names[s->i];
	else if (own != NULL)
		bound.name = own->name;
	if (bound.state != SFTR_UNBOUND)
		return sftr_writer_add_source(w, bound.name, bound.dtype,
					      bound.shape, bound.rank,
					      read_slot, s, err);
	if (own != NULL)
		return sftr_writer_add_tensor(w, as_it_is, base, own, err);
	return SFTR_OK;
}

sftr_code
filling_declare(filling *f, sftr_binding *binding, const sftr_checkpoint *base,
		const sftr_str *names, sftr_writer *w, sftr_error *err)
{
	size_t n = sftr_binding_count(binding);
	sftr_code code = SFTR_OK;

	f->slots = calloc(n + 1, sizeof *f->slots);
	if (f->slots == NULL)
		return finding_no_memory(err);
	for (size_t i = 0; i < n && code == SFTR_OK; i++) {
		f->slots[i].binding = binding;
		f->slots[i].i = i;
		code = declare_slot(&f->slots[i], base, names, w, err);
	}
	return code;
}

void
filling_free(filling *f)
{
	free(f->slots);
	f->slots = NULL;
}
