/* SPDX-License-Identifier: MIT */
/* Looking at a binding: its slots, their ranges, the dimensions it found. */
#include "base/diagnostic.h"
#include "bind/binding.h"

#include <string.h>

size_t
sftr_binding_count(const sftr_binding *binding)
{
	return binding->wants.n;
}

static const void *
data_of(const sftr_binding *b, size_t i)
{
	if (!b->states[i].is_loaded)
		return NULL;
	return b->matches[i].place == SFTR_PLACE_VIEW ? b->matches[i].view :
							b->states[i].data;
}

sftr_code
sftr_binding_at(const sftr_binding *binding, size_t i, sftr_bound *bound,
		sftr_error *err)
{
	const sftr__match *m;

	memset(bound, 0, sizeof *bound);
	if (i >= binding->wants.n)
		return sftr__fail(err, SFTR_E_ARGUMENT, "slot %zu of %zu", i,
				  binding->wants.n);
	m = &binding->matches[i];
	bound->name = binding->wants.wants[i].slot.name;
	bound->state = SFTR_UNBOUND;
	if (!m->is_filled)
		return SFTR_OK;
	bound->tensor = m->parts[0];
	bound->shape = m->shape;
	bound->rank = m->rank;
	bound->dtype = m->dtype;
	bound->state = binding->states[i].is_loaded ? SFTR_LOADED : SFTR_BOUND;
	bound->data = data_of(binding, i);
	bound->n_bytes = m->n_bytes;
	return SFTR_OK;
}

int
sftr_binding_dim(const sftr_binding *binding, uint32_t scope, const char *name,
		 uint64_t *value)
{
	uint64_t known;

	if (!sftr__dims_value(&binding->dims, scope, name, strlen(name),
			      &known))
		return 0;
	*value = known;
	return 1;
}

size_t
sftr_binding_ranges(const sftr_binding *binding, size_t i, sftr_range *ranges,
		    size_t n)
{
	const sftr__match *m;
	char *data;

	if (i >= binding->wants.n || !binding->matches[i].is_filled ||
	    binding->matches[i].n_bytes == 0)
		return 0;
	m = &binding->matches[i];
	data = m->place == SFTR_PLACE_BUFFER ?
		       binding->wants.wants[i].slot.data :
		       binding->states[i].data;
	if (m->is_converted || m->place == SFTR_PLACE_VIEW ||
	    !sftr__match_is_flat(m))
		data = NULL;
	for (size_t p = 0; p < m->n_parts && p < n; p++) {
		const sftr_tensor *t = m->parts[p];

		ranges[p].path = sftr_checkpoint_file(binding->ckpt, t->file);
		ranges[p].n_bytes = sftr_tensor_n_bytes(t);
		ranges[p].offset =
			sftr_checkpoint_data_start(binding->ckpt, t->file) +
			t->begin;
		ranges[p].destination =
			data == NULL ? NULL : data + p * ranges[p].n_bytes;
	}
	return (size_t)m->n_parts;
}
