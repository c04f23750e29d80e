/* SPDX-License-Identifier: MIT */
/*
 * Names of tensors and a structure note.  What makes a tree makes the same one
 * in any order of the names; the tree written again, with its note, is the
 * same tree, and written a third time the same bytes.
 *
 *	byte 0     codec, 0: guessed
 *	up to NUL  names, one a line
 *	the rest   the note; empty: there is none
 */
#include "fuzz.h"

#include <stdlib.h>
#include <string.h>

const char fuzz_name[] = "note";

static sftr_checkpoint *
opened(const uint8_t *file, size_t n)
{
	sftr_checkpoint *c;

	sftr_checkpoint_open_memory(file, n, NULL, &c, NULL);
	return c;
}

/*
 * Both p2s read a leading "." that they do not write, and what is left may be a
 * name that cannot be: none at all, or that of the metadata.
 */
static bool
is_read_only(const sftr_tree *tree, const sftr_error *err)
{
	sftr_codec codec = sftr_tree_codec(tree);

	return err->code == SFTR_E_CODEC &&
	       (codec == SFTR_CODEC_P2S || codec == SFTR_CODEC_P2S_ESC) &&
	       (strstr(err->message, "first attribute") != NULL ||
		strstr(err->message, "reserved __metadata__") != NULL);
}

/*
 * The tree with everything that it would tell a file; owned.  NULL if it has a
 * name that is only read.
 */
static uint8_t *
saved(const sftr_tree *tree, size_t *n_bytes)
{
	const sftr_save_options options = { .note = 1 };
	sftr_writer *w;
	sftr_error err;
	sftr_code code;

	need(sftr_writer_new(NULL, &w, NULL) == SFTR_OK, "writer");
	code = sftr_tree_write(tree, &options, w, &err);
	if (code != SFTR_OK && is_read_only(tree, &err)) {
		sftr_writer_free(w);
		return NULL;
	}
	need(code == SFTR_OK, "cannot be written: %s %s %s: %s",
	     sftr_code_name(code), err.key, err.other, err.message);
	return fuzz_written(w, n_bytes);
}

static void
same_tree(const sftr_tree *a, const sftr_tree *b)
{
	sftr_error err;

	need(sftr_tree_equal(a, b, &err) == 1, "%s: %s", err.key, err.message);
}

static void
comes_back(const sftr_tree *tree, const sftr_tree_options *as_before)
{
	sftr_tree_options options = *as_before;
	size_t n, n_twice;
	uint8_t *file = saved(tree, &n), *twice;
	sftr_checkpoint *c;
	sftr_tree *again;
	sftr_error err;

	if (file == NULL)
		return;
	c = opened(file, n);
	need(c != NULL, "cannot be read");
	options.codec = sftr_tree_codec(tree);
	need(sftr_tree_from_checkpoint(c, &options, &again, &err) == SFTR_OK,
	     "%s: %s", err.key, err.message);
	same_tree(tree, again);
	twice = saved(again, &n_twice);
	need(twice != NULL && n == n_twice && memcmp(file, twice, n) == 0,
	     "other bytes");
	sftr_tree_free(again);
	sftr_checkpoint_close(c);
	free(twice);
	free(file);
}

/* Another order of the names: the same tree, or the same refusal. */
static void
order_does_not_matter(const sftr_checkpoint *reversed,
		      const sftr_tree_options *options, const sftr_tree *tree,
		      sftr_code code, const sftr_error *err)
{
	sftr_tree *other;
	sftr_error other_err;
	sftr_code other_code;

	other_code = sftr_tree_from_checkpoint(reversed, options, &other,
					       &other_err);
	need(other_code == code, "%s, and reversed %s", sftr_code_name(code),
	     sftr_code_name(other_code));
	if (code == SFTR_OK)
		same_tree(tree, other);
	else if (code != SFTR_E_PATH)
		need(strcmp(err->key, other_err.key) == 0 &&
			     strcmp(err->other, other_err.other) == 0 &&
			     strcmp(err->message, other_err.message) == 0,
		     "%s %s, and reversed %s %s", err->key, err->other,
		     other_err.key, other_err.other);
	sftr_tree_free(other);
}

static void
judge(const sftr_checkpoint *c, const sftr_checkpoint *reversed,
      const sftr_tree_options *options, size_t size)
{
	sftr_tree *tree;
	sftr_error err;
	sftr_code code = sftr_tree_from_checkpoint(c, options, &tree, &err);

	if (code == SFTR_OK) {
		comes_back(tree, options);
	} else {
		need(code == SFTR_E_PATH || code == SFTR_E_CONFLICT ||
			     code == SFTR_E_LIMIT || code == SFTR_E_NOTE,
		     "%s: %s", sftr_code_name(code), err.message);
		fuzz_refusal(&err, code, size);
	}
	order_does_not_matter(reversed, options, tree, code, &err);
	sftr_tree_free(tree);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct fuzz_input in = { data, data + size };
	sftr_codec codec = (sftr_codec)(fuzz_next(&in) % SFTR_N_CODECS);
	sftr_str names = fuzz_until(&in, '\0');
	sftr_str note = { (const char *)in.p, (size_t)(in.end - in.p) };
	const char *key = note.len > 0 ? "pytree.note" : NULL;
	sftr_tree_options options = { .codec = codec };
	struct fuzz_memory memory;
	sftr_allocator a = fuzz_allocator(&memory, (1 << 20) + 4096 * size);
	size_t n;
	uint8_t *files[2];
	sftr_checkpoint *c, *reversed;

	files[0] = fuzz_file_of_names(names, false, key, note, &n);
	c = opened(files[0], n);
	files[1] = fuzz_file_of_names(names, true, key, note, &n);
	reversed = opened(files[1], n);
	options.allocator = &a;
	if (c != NULL && reversed != NULL)
		judge(c, reversed, &options, size);
	sftr_checkpoint_close(c);
	sftr_checkpoint_close(reversed);
	free(files[0]);
	free(files[1]);
	fuzz_all_freed(&memory);
	return 0;
}
