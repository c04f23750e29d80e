/* SPDX-License-Identifier: MIT */
/*
 * From a checkpoint to a tree: its names, its note, its metadata, and its data
 * as views, as copies or not at all.
 */
#include <safetree/tree.h>

#include "base/alloc.h"
#include "base/bytes.h"
#include "names/pathset.h"
#include "tree/apply.h"
#include "tree/build.h"
#include "tree/decide.h"
#include "tree/metadata.h"
#include "tree/note_read.h"

#include <string.h>

struct loading {
	const sftr_checkpoint *ckpt;
	const sftr_tree_options *options;
	sftr_tree *tree;
	sftr_node **leaves; /* of the checkpoint's tensors, in its order */
	size_t n;
	sftr_error *err;
};

static const sftr_metadata *
find_metadata(const sftr_checkpoint *ckpt, const char *key)
{
	return sftr_checkpoint_metadata(ckpt, key, strlen(key));
}

/* What was escaped must be read so: such a file says it by itself. */
static sftr_code
choose_codec(struct loading *l)
{
	const sftr_metadata *said = find_metadata(l->ckpt, SFTR__CODEC_KEY);
	sftr_codec *codec = &l->tree->codec;
	sftr_codec named;

	*codec = l->options->codec;
	if (*codec == SFTR_CODEC_GUESS)
		return sftr_codec_guess(l->ckpt, codec, NULL, 0, l->err);
	if ((unsigned)*codec >= SFTR_N_CODECS)
		return sftr__fail(l->err, SFTR_E_ARGUMENT,
				  "expected a codec, found %u",
				  (unsigned)*codec);
	if (*codec == SFTR_CODEC_P2S && said != NULL &&
	    sftr_codec_parse(said->value.ptr, said->value.len, &named) &&
	    named == SFTR_CODEC_P2S_ESC)
		*codec = SFTR_CODEC_P2S_ESC;
	return SFTR_OK;
}

/*
 * Building stops at the first name without a place, which depends on the order
 * of the file.  What to say of it is found anew among all names, sorted.
 */
static sftr_code
explain(struct loading *l, const sftr_error *cause)
{
	sftr_code code = SFTR_OK;
	sftr__pathset set;

	sftr__pathset_init(&set, l->tree->codec, &l->tree->allocator);
	for (size_t i = 0; i < l->n && code == SFTR_OK; i++)
		code = sftr__pathset_add(
			&set, sftr_checkpoint_at(l->ckpt, i)->name, l->err);
	if (code == SFTR_OK)
		code = sftr__pathset_sort(&set, l->err);
	if (code == SFTR_OK)
		code = sftr__pathset_check(&set, l->err);
	sftr__pathset_free(&set);
	return code != SFTR_OK ?
		       code :
		       sftr__fail(l->err, cause->code, "%s", cause->message);
}

static sftr_code
add_tensors(struct loading *l, sftr__build *b)
{
	sftr_code code = SFTR_OK;
	sftr_error cause;

	for (size_t i = 0; i < l->n && code == SFTR_OK; i++) {
		const sftr_tensor *t = sftr_checkpoint_at(l->ckpt, i);

		code = sftr__build_leaf(b, t->name, SFTR_NODE_TENSOR,
					&l->leaves[i], &cause);
		if (code == SFTR_E_MEMORY)
			return sftr__fail_memory(l->err);
		if (code != SFTR_OK)
			return explain(l, &cause);
		l->leaves[i]->as.leaf.source = t;
		code = sftr__node_describe(l->leaves[i], t->dtype, t->shape,
					   t->rank, l->err);
	}
	return code;
}

static sftr_code
apply_note(struct loading *l, sftr__build *b)
{
	const sftr_metadata *entry = find_metadata(l->ckpt, SFTR__NOTE_KEY);
	sftr_code code = SFTR_OK;
	sftr__note note;

	if (entry == NULL || l->options->ignore_note)
		return sftr__decide(b, NULL, l->err);
	sftr__note_begin(&note, &l->tree->allocator);
	code = sftr__note_parse(&note, entry->value, l->err);
	if (code == SFTR_OK)
		code = sftr__note_apply(&note, b, l->err);
	if (code == SFTR_OK)
		code = sftr__decide(b, &note, l->err);
	if (code == SFTR_OK)
		code = sftr__note_order(&note, l->err);
	sftr__note_free(&note);
	return code;
}

static sftr_code
build(struct loading *l)
{
	sftr_code code;
	sftr__build b;

	sftr__build_begin(&b, l->tree, l->tree->codec);
	code = add_tensors(l, &b);
	if (code == SFTR_OK)
		code = apply_note(l, &b);
	sftr__build_end(&b);
	return code;
}

/* What a leaf takes in the block of copies. */
static uint64_t
padded(const sftr_node *leaf)
{
	return (leaf->as.leaf.n_bytes / SFTR__STORE_ALIGN + 1) *
	       SFTR__STORE_ALIGN;
}

static sftr_code
pass_on(const sftr_error *cause, sftr_error *err)
{
	if (err != NULL)
		*err = *cause;
	return cause->code;
}

/*
 * Views of what can be viewed; what is left, a leaf that has bytes but no data,
 * is to be copied, and *n_bytes is what that takes.
 */
static sftr_code
look(struct loading *l, uint64_t *n_bytes)
{
	sftr_error refusal;
	const void *view;
	sftr_code code;

	*n_bytes = 0;
	for (size_t i = 0; i < l->n; i++) {
		sftr_node *leaf = l->leaves[i];

		if (leaf->as.leaf.n_bytes == 0)
			continue;
		code = SFTR_E_VIEW;
		if (l->options->data == SFTR_TREE_VIEW)
			code = sftr_checkpoint_view(
				l->ckpt, leaf->as.leaf.source, &view, &refusal);
		if (code == SFTR_OK)
			leaf->as.leaf.data = (void *)(uintptr_t)view;
		else if (code != SFTR_E_VIEW)
			return pass_on(&refusal, l->err);
		else if (!sftr__add(*n_bytes, padded(leaf), n_bytes))
			return sftr__fail_memory(l->err);
	}
	return SFTR_OK;
}

static sftr_code
copy_data(struct loading *l)
{
	unsigned char *at = l->tree->store->block;
	sftr_code code = SFTR_OK;

	for (size_t i = 0; i < l->n && code == SFTR_OK; i++) {
		sftr_node *leaf = l->leaves[i];
		const sftr_tensor *source = leaf->as.leaf.source;

		if (leaf->as.leaf.data == NULL && leaf->as.leaf.n_bytes > 0) {
			code = sftr_checkpoint_read(
				l->ckpt, source, at,
				(size_t)leaf->as.leaf.n_bytes, l->err);
			leaf->as.leaf.data = at;
			at += padded(leaf);
			leaf->as.leaf.source = NULL;
		}
		if (l->options->data == SFTR_TREE_COPY)
			leaf->as.leaf.source = NULL;
	}
	return code;
}

static sftr_code
fetch(struct loading *l)
{
	sftr_tree_data data = l->options->data;
	const sftr_checkpoint *held = data == SFTR_TREE_COPY ? NULL : l->ckpt;
	uint64_t n_bytes = 0;
	sftr_code code = SFTR_OK;

	if (data != SFTR_TREE_DESCRIBE)
		code = look(l, &n_bytes);
	if (code != SFTR_OK)
		return code;
	l->tree->store = sftr__store_new(&l->tree->allocator, held, n_bytes);
	if (l->tree->store == NULL)
		return sftr__fail_memory(l->err);
	return data == SFTR_TREE_DESCRIBE ? SFTR_OK : copy_data(l);
}

static sftr_code
load(struct loading *l)
{
	const sftr_allocator *a = &l->tree->allocator;
	sftr_code code = choose_codec(l);

	if (code != SFTR_OK)
		return code;
	l->leaves = sftr__alloc(a, l->n * sizeof(sftr_node *));
	if (l->leaves == NULL)
		return sftr__fail_memory(l->err);
	code = build(l);
	if (code == SFTR_OK && !sftr__metadata_take(l->tree, l->ckpt))
		code = sftr__fail_memory(l->err);
	if (code == SFTR_OK)
		code = fetch(l);
	sftr__free(a, l->leaves, l->n * sizeof(sftr_node *));
	return code;
}

sftr_code
sftr_tree_from_checkpoint(const sftr_checkpoint *ckpt,
			  const sftr_tree_options *options, sftr_tree **tree,
			  sftr_error *err)
{
	static const sftr_tree_options defaults;
	struct loading l = { ckpt, options, NULL, NULL, 0, err };
	sftr_code code;

	*tree = NULL;
	if (options == NULL)
		l.options = &defaults;
	if (ckpt == NULL)
		return sftr__fail(err, SFTR_E_ARGUMENT,
				  "expected a checkpoint, found NULL");
	if ((unsigned)l.options->data > SFTR_TREE_DESCRIBE)
		return sftr__fail(err, SFTR_E_ARGUMENT,
				  "expected what to do with data, found %u",
				  (unsigned)l.options->data);
	code = sftr_tree_new(l.options->allocator, &l.tree, err);
	if (code != SFTR_OK)
		return code;
	l.n = sftr_checkpoint_count(ckpt);
	code = load(&l);
	if (code == SFTR_E_CONFLICT || code == SFTR_E_LIMIT)
		sftr__set_file(err, sftr_checkpoint_file(ckpt, 0));
	if (code != SFTR_OK)
		sftr_tree_free(l.tree);
	else
		*tree = l.tree;
	return code;
}

sftr_code
sftr_tree_load(const char *path, const sftr_tree_options *options,
	       sftr_tree **tree, sftr_error *err)
{
	sftr_open_options open;
	sftr_checkpoint *ckpt;
	sftr_code code;

	*tree = NULL;
	memset(&open, 0, sizeof open);
	if (options != NULL && options->open != NULL)
		open = *options->open;
	if (options != NULL && open.allocator == NULL)
		open.allocator = options->allocator;
	code = sftr_checkpoint_open(path, &open, &ckpt, err);
	if (code != SFTR_OK)
		return code;
	code = sftr_tree_from_checkpoint(ckpt, options, tree, err);
	sftr_checkpoint_close(ckpt);
	return code;
}
