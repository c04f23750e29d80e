/* SPDX-License-Identifier: MIT */
/*
 * A checkpoint as what strip and rules make of it: a slot for every name that
 * then is there.
 */
#include "base/alloc.h"
#include "base/arena.h"
#include "base/diagnostic.h"
#include "bind/binding.h"
#include "names/codec.h"

struct rewriter {
	const sftr__offers *offers;
	sftr_codec slot_codec;
	sftr_dtype dtype;
	sftr__arena arena;
	sftr__path_buffer path;
	sftr_error *err;
};

/* Which numbers a dtype holds: floats become floats, integers integers. */
static int
family(sftr_dtype dtype)
{
	switch (dtype) {
	case SFTR_U8:
	case SFTR_I8:
	case SFTR_I16:
	case SFTR_U16:
	case SFTR_I32:
	case SFTR_U32:
	case SFTR_I64:
	case SFTR_U64: return 1;
	case SFTR_F8_E5M2:
	case SFTR_F8_E4M3:
	case SFTR_F8_E8M0:
	case SFTR_F8_E4M3FNUZ:
	case SFTR_F8_E5M2FNUZ:
	case SFTR_F16:
	case SFTR_BF16:
	case SFTR_F32:
	case SFTR_F64: return 2;
	default: return 0;
	}
}

static sftr_code
add(struct rewriter *r, const sftr__offer *offer, sftr_slot *slot)
{
	const sftr_tensor *t = offer->tensor;
	sftr__new_name name;
	sftr_code code;

	code = sftr__offers_rename(r->offers, t, &r->path, &name, r->err);
	if (code != SFTR_OK)
		return code;
	slot->place = SFTR_PLACE_NONE;
	slot->shape_text = "...";
	if (r->dtype != SFTR_DTYPE_NONE && family(t->dtype) != 0 &&
	    family(t->dtype) == family(r->dtype))
		slot->dtype = r->dtype;
	/* What no rule made keeps its own text, if the codec stays. */
	if (name.rule == NULL && r->slot_codec == r->offers->codec) {
		slot->name = t->name;
		slot->name.ptr += name.n_stripped;
		slot->name.len -= name.n_stripped;
		return SFTR_OK;
	}
	code = sftr__path_text(r->slot_codec, r->path.steps, r->path.n_steps,
			       &r->arena, &slot->name, r->err);
	if (code == SFTR_E_CODEC)
		sftr__set_key(r->err, t->name.ptr, t->name.len);
	return code;
}

static sftr_code
make_slots(struct rewriter *r, sftr_slot *slots, size_t *n)
{
	sftr_code code = SFTR_OK;

	*n = 0;
	for (size_t i = 0; i < r->offers->n && code == SFTR_OK; i++) {
		const sftr__offer *o = &r->offers->offers[i];

		/* One slot a chain, at its first tensor in the file. */
		if (o->key.ptr == NULL || o->head == SFTR__NO_OFFER)
			continue;
		code = add(r, o, &slots[(*n)++]);
	}
	return code;
}

static sftr_code
rewrite(struct rewriter *r, sftr__binding_setup *setup, sftr_binding **binding)
{
	const sftr_allocator *a = &setup->offers.allocator;
	size_t room = setup->offers.n;
	sftr_slot *slots = sftr__alloc_zeroed(a, room, sizeof *slots);
	sftr_code code;

	if (slots == NULL)
		return sftr__fail_memory(r->err);
	code = make_slots(r, slots, &setup->n_slots);
	if (code == SFTR_OK) {
		setup->slots = slots;
		code = sftr__binding_new(setup, binding, r->err);
	}
	sftr__free(a, slots, room * sizeof *slots);
	return code;
}

sftr_code
sftr_bind_rewrite(const sftr_checkpoint *ckpt, sftr_dtype dtype,
		  const sftr_bind_options *options, sftr_binding **binding,
		  sftr_error *err)
{
	const sftr_bind_options none = { 0 };
	sftr__binding_setup setup;
	struct rewriter r = { .dtype = dtype, .err = err };
	sftr_code code;

	*binding = NULL;
	if (options == NULL)
		options = &none;
	sftr__report_fail(options, sftr_checkpoint_file(ckpt, 0));
	if (dtype >= SFTR_N_DTYPES)
		return sftr__fail(err, SFTR_E_ARGUMENT, "expected a dtype");
	code = sftr__binding_setup_init(&setup, ckpt, options,
					options->slot_codec, err);
	if (code != SFTR_OK)
		return code;
	r.offers = &setup.offers;
	r.slot_codec = setup.slot_codec;
	sftr__arena_init(&r.arena, &setup.offers.allocator);
	sftr__path_buffer_init(&r.path, &setup.offers.allocator);
	code = rewrite(&r, &setup, binding);
	sftr__path_buffer_free(&r.path);
	sftr__arena_free(&r.arena);
	sftr__binding_setup_free(&setup);
	return code;
}
