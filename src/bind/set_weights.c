/* SPDX-License-Identifier: MIT */
/* A tree as slots: its tensor leaves, by their paths. */
#include "base/alloc.h"
#include "base/arena.h"
#include "base/diagnostic.h"
#include "bind/binding.h"
#include "tree/walk.h"

#include <string.h>

/* Slots being made from leaves. */
struct leaves {
	sftr_allocator allocator;
	sftr__arena arena; /* steps; their texts are the tree's */
	sftr_slot *slots;
	size_t n;
	size_t capacity;
};

static sftr_code
add_leaf(struct leaves *l, const sftr__walk *walk, sftr_error *err)
{
	const sftr_node *shared = sftr_node_alias(walk->node);
	void *p = l->slots;
	sftr_slot *slot;
	sftr_leaf leaf;
	sftr_code code = sftr_node_tensor(walk->node, &leaf, err);

	if (code != SFTR_OK)
		return code;
	/* What has a source and data is a view: memory of the file itself. */
	if (walk->node->as.leaf.source != NULL && leaf.data != NULL) {
		sftr__fail(err, SFTR_E_ARGUMENT,
			   "a view of a file cannot be written to");
		sftr__node_set_key(err, walk->node);
		return SFTR_E_ARGUMENT;
	}
	if (!sftr__grow(&l->allocator, &p, &l->capacity, l->n + 1,
			sizeof *slot))
		return sftr__fail_memory(err);
	l->slots = p;
	slot = &l->slots[l->n++];
	memset(slot, 0, sizeof *slot);
	slot->steps = sftr__arena_copy(&l->arena, walk->steps,
				       walk->n_steps * sizeof *walk->steps);
	slot->n_steps = walk->n_steps;
	slot->dtype = leaf.dtype;
	slot->rank = leaf.rank;
	slot->shape = leaf.shape;
	slot->place = SFTR_PLACE_NONE;
	/* A leaf that shares another's tensor may have a name in the file. */
	if (shared != NULL)
		slot->flags = SFTR_SLOT_OPTIONAL;
	else if (leaf.data != NULL)
		slot->place = SFTR_PLACE_BUFFER;
	slot->data = leaf.data;
	slot->capacity = leaf.n_bytes;
	return slot->steps == NULL ? sftr__fail_memory(err) : SFTR_OK;
}

static sftr_code
collect(struct leaves *l, const sftr_tree *tree, sftr_error *err)
{
	sftr_code code = SFTR_OK;
	sftr__walk walk;

	for (sftr__walk_begin(&walk, tree->root, &l->allocator);
	     walk.node != NULL && code == SFTR_OK; sftr__walk_next(&walk))
		if (sftr_node_kind_of(walk.node) == SFTR_NODE_TENSOR)
			code = add_leaf(l, &walk, err);
	if (!sftr__walk_end(&walk) && code == SFTR_OK)
		code = sftr__fail_memory(err);
	return code;
}

static sftr_code
bind_and_load(const struct leaves *l, const sftr_tree *tree,
	      const sftr_checkpoint *ckpt, const sftr_bind_options *options,
	      sftr_error *err)
{
	sftr_bind_options own = *options;
	sftr_binding *binding;
	sftr_code code;

	if (own.slot_codec == SFTR_CODEC_GUESS)
		own.slot_codec = sftr_tree_codec(tree);
	if (own.slot_codec == SFTR_CODEC_GUESS)
		own.slot_codec = SFTR_CODEC_P2S;
	code = sftr_bind(l->slots, l->n, ckpt, &own, &binding, err);
	if (code == SFTR_OK)
		code = sftr_binding_load(binding, NULL, err);
	sftr_binding_free(binding);
	return code;
}

sftr_code
sftr_set_weights(sftr_tree *tree, const sftr_checkpoint *ckpt,
		 const sftr_bind_options *options, sftr_report *report,
		 sftr_error *err)
{
	sftr_bind_options own;
	struct leaves l;
	sftr_code code;

	memset(&own, 0, sizeof own);
	if (options != NULL)
		own = *options;
	if (report != NULL)
		own.report = report;
	if (own.target == NULL)
		own.target = "tree";
	sftr__report_fail(&own, sftr_checkpoint_file(ckpt, 0));
	memset(&l, 0, sizeof l);
	l.allocator = sftr__allocator(own.allocator);
	sftr__arena_init(&l.arena, &l.allocator);
	/* A tree that failed while it was built is not all there. */
	code = sftr_tree_status(tree, err);
	if (code == SFTR_OK)
		code = collect(&l, tree, err);
	if (code == SFTR_OK)
		code = bind_and_load(&l, tree, ckpt, &own, err);
	sftr__free(&l.allocator, l.slots, l.capacity * sizeof *l.slots);
	sftr__arena_free(&l.arena);
	return code;
}
