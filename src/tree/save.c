/* SPDX-License-Identifier: MIT */
/*
 * From a tree to a file: its tensors, its metadata and its note, handed to a
 * writer.
 */
#include <safetree/tree.h>

#include "checkpoint/writer.h"
#include "tree/metadata.h"
#include "tree/tell.h"

#include <string.h>

struct saving {
	const sftr_tree *tree;
	sftr_writer *writer;
};

/*
 * What is a view, or has no data at all, is read from its checkpoint: a file
 * that shrinks is then an error, and not the end of the process.
 */
static sftr_code
add_tensor(void *user, sftr_str name, const sftr_node *tensor, sftr_error *err)
{
	const struct saving *s = user;
	sftr_leaf leaf;

	if (tensor->as.leaf.source != NULL)
		return sftr_writer_add_tensor(s->writer, name,
					      s->tree->store->ckpt,
					      tensor->as.leaf.source, err);
	sftr_node_tensor(tensor, &leaf, NULL);
	if (leaf.data == NULL && leaf.n_bytes > 0) {
		sftr__fail(err, SFTR_E_ARGUMENT,
			   "expected data to save, found only a description");
		sftr__set_key(err, name.ptr, name.len);
		return SFTR_E_ARGUMENT;
	}
	return sftr_writer_add(s->writer, name, leaf.dtype, leaf.shape,
			       leaf.rank, leaf.data, leaf.n_bytes, err);
}

/* What the writer has already stays: its format, or an entry by hand. */
static sftr_code
add_metadata(const struct saving *s, sftr_error *err)
{
	const sftr_writer *w = s->writer;
	sftr_code code = SFTR_OK;

	for (size_t i = 0; i < s->tree->n_metadata && code == SFTR_OK; i++) {
		const sftr_metadata *entry = &s->tree->metadata[i];

		if (sftr__index_find(&w->keys, w->metadata, entry->key.ptr,
				     entry->key.len) == SFTR__NO_PLACE)
			code = sftr_writer_add_metadata(s->writer, entry->key,
							entry->value, err);
	}
	return code;
}

static sftr_code
add_note(const struct saving *s, const sftr__tell *t, sftr_error *err)
{
	static const sftr_str note_key = SFTR_STR(SFTR__NOTE_KEY);
	static const sftr_str codec_key = SFTR_STR(SFTR__CODEC_KEY);
	sftr_code code = SFTR_OK;
	sftr_str value;
	sftr__emit e;

	if (t->needs_codec) {
		value.ptr = sftr_codec_name(t->say.codec);
		value.len = strlen(value.ptr);
		code = sftr_writer_add_metadata(s->writer, codec_key, value,
						err);
	}
	if (code != SFTR_OK || t->say.note.n_lines == 0)
		return code;
	sftr__emit_begin(&e, &s->tree->allocator);
	sftr__note_emit(&t->say.note, &e);
	value.ptr = e.text;
	value.len = e.n_bytes;
	code = e.failed ? sftr__fail_memory(err) :
			  sftr_writer_add_metadata(s->writer, note_key, value,
						   err);
	sftr__emit_free(&e);
	return code;
}

sftr_code
sftr_tree_write(const sftr_tree *tree, const sftr_save_options *options,
		sftr_writer *writer, sftr_error *err)
{
	static const sftr_save_options defaults;
	struct saving s = { tree, writer };
	sftr_codec codec;
	sftr_code code;
	sftr__tell t;

	if (options == NULL)
		options = &defaults;
	codec = options->codec;
	if (codec == SFTR_CODEC_GUESS)
		codec = tree->codec;
	if (codec == SFTR_CODEC_GUESS)
		codec = SFTR_CODEC_P2S;
	if (tree->failed)
		return sftr_tree_status(tree, err);
	sftr__tell_begin(&t, tree, codec, options->note != 0);
	code = sftr__tell_tree(&t, add_tensor, &s, err);
	if (code == SFTR_OK)
		code = add_metadata(&s, err);
	if (code == SFTR_OK)
		code = add_note(&s, &t, err);
	sftr__tell_end(&t);
	return code;
}

sftr_code
sftr_tree_save(const sftr_tree *tree, const char *path,
	       const sftr_save_options *options, sftr_error *err)
{
	sftr_write_options write;
	sftr_writer *writer;
	sftr_code code;

	memset(&write, 0, sizeof write);
	if (options != NULL && options->write != NULL)
		write = *options->write;
	if (write.allocator == NULL)
		write.allocator = &tree->allocator;
	code = sftr_writer_new(&write, &writer, err);
	if (code != SFTR_OK)
		return code;
	code = sftr_tree_write(tree, options, writer, err);
	if (code == SFTR_OK)
		code = sftr_writer_save(writer, path, err);
	sftr_writer_free(writer);
	return code;
}
