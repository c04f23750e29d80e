/* SPDX-License-Identifier: MIT */
/* Binding and loading a C struct by its table. */
#include "base/bytes.h"
#include "base/diagnostic.h"
#include "bind/flatten.h"

#include <safetree/struct.h>

/* Structs may be allocated up to the size of the file, and this. */
#define ROOM ((uint64_t)1 << 20)

static uint64_t
room_of(const sftr_checkpoint *ckpt)
{
	uint64_t room = ROOM;

	for (size_t i = 0; i < sftr_checkpoint_count(ckpt); i++)
		if (!sftr__add(room,
			       sftr_tensor_n_bytes(sftr_checkpoint_at(ckpt, i)),
			       &room))
			return UINT64_MAX;
	return room;
}

static bool
borrows(const sftr_table *table)
{
	for (size_t i = 0; i < table->n_fields; i++) {
		const sftr_field *f = &table->fields[i];

		if (f->what == SFTR__VIEW || f->what == SFTR__ALLOC ||
		    f->what == SFTR__STRUCTS_ALLOC)
			return true;
		if (f->table != NULL && borrows(f->table()))
			return true;
	}
	return false;
}

/* Binds what was flattened; on success everything is written. */
static sftr_code
bind_flat(sftr__flat *flat, sftr__binding_setup *setup, bool loads,
	  sftr_binding **binding, sftr_error *err)
{
	sftr_binding *b;
	sftr_code code;

	setup->slots = flat->slots;
	setup->n_slots = flat->n_slots;
	setup->limits = flat->limits;
	setup->n_limits = flat->n_limits;
	code = sftr__binding_new(setup, &b, err);
	if (code != SFTR_OK)
		return code;
	code = sftr__laters_check(&flat->laters, &b->dims, err);
	if (code != SFTR_OK) {
		sftr__report_fail(setup->options,
				  sftr_checkpoint_file(setup->ckpt, 0));
		sftr_binding_free(b);
		return code;
	}
	sftr__laters_write(&flat->laters, &b->dims);
	sftr__binding_tell_presence(b);
	b->blocks = flat->blocks;
	flat->blocks = NULL;
	if (loads)
		code = sftr_binding_load(b, NULL, err);
	if (code != SFTR_OK) {
		/* No one could free what the structs in it point to. */
		sftr__laters_take_back(&flat->laters, &b->dims);
		sftr_binding_free(b);
		return code;
	}
	*binding = b;
	return SFTR_OK;
}

static sftr_code
bind_object(const sftr_checkpoint *ckpt, const sftr_table *table, void *object,
	    const sftr_bind_options *options, bool loads,
	    sftr_binding **binding, sftr_error *err)
{
	sftr__binding_setup setup;
	sftr__flat flat;
	sftr_code code = sftr__binding_setup_init(&setup, ckpt, options,
						  SFTR_CODEC_DOTTED, err);

	if (code != SFTR_OK)
		return code;
	code = sftr__flat_init(&flat, table, object, &setup.offers, &setup.dims,
			       room_of(ckpt), &setup.offers.allocator, err);
	if (code == SFTR_OK)
		code = bind_flat(&flat, &setup, loads, binding, err);
	sftr__flat_free(&flat);
	sftr__binding_setup_free(&setup);
	return code;
}

/* The options given or none, with a name for what is to be filled. */
static sftr_bind_options
own_options(const sftr_bind_options *options, const sftr_table *table)
{
	const sftr_bind_options none = { 0 };
	sftr_bind_options own = options != NULL ? *options : none;

	if (own.target == NULL)
		own.target = table->type;
	return own;
}

static sftr_code
check(const sftr_table *table, const sftr_bind_options *options,
      sftr_error *err)
{
	sftr_code code = sftr__table_check(table, options->allocator, err);

	if (code == SFTR_OK && options->slot_codec != SFTR_CODEC_GUESS &&
	    options->slot_codec != SFTR_CODEC_DOTTED)
		code = sftr__fail(err, SFTR_E_ARGUMENT,
				  "names of members are dotted, not %s",
				  sftr_codec_name(options->slot_codec));
	return code;
}

sftr_code
sftr_struct_bind(const sftr_checkpoint *ckpt, const sftr_table *table,
		 void *object, const sftr_bind_options *options,
		 sftr_binding **binding, sftr_error *err)
{
	sftr_bind_options own = own_options(options, table);
	sftr_code code = check(table, &own, err);

	*binding = NULL;
	sftr__report_fail(&own, sftr_checkpoint_file(ckpt, 0));
	return code == SFTR_OK ? bind_object(ckpt, table, object, &own, false,
					     binding, err) :
				 code;
}

sftr_code
sftr_struct_load(const char *path, const sftr_table *table, void *object,
		 const sftr_bind_options *options, sftr_binding **binding,
		 sftr_error *err)
{
	sftr_bind_options own = own_options(options, table);
	sftr_checkpoint *ckpt;
	sftr_binding *b = NULL;
	sftr_code code = check(table, &own, err);

	if (binding != NULL)
		*binding = NULL;
	sftr__report_fail(&own, path);
	if (code != SFTR_OK)
		return code;
	if (binding == NULL && borrows(table))
		return sftr__fail(err, SFTR_E_ARGUMENT,
				  "%s holds memory of the binding: expected a "
				  "place for it, found NULL",
				  table->type);
	code = sftr_checkpoint_open(path, own.open, &ckpt, err);
	if (code != SFTR_OK)
		return code;
	code = bind_object(ckpt, table, object, &own, true, &b, err);
	sftr_checkpoint_close(ckpt);
	if (binding != NULL)
		*binding = b;
	else
		sftr_binding_free(b);
	return code;
}
