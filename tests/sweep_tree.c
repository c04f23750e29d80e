/* SPDX-License-Identifier: MIT */
#include "sweep.h"

#include <check.h>
#include <string.h>

static const uint64_t matrix[2] = { 2, 3 };

static const sftr_scalar lucky = { SFTR_SCALAR_TEXT, { .text = { "x", 1 } } };

static void
new_tree(struct scene *s)
{
	ck_assert_int_eq(sftr_tree_new(NULL, &s->tree, NULL), SFTR_OK);
}

static void
loaded_tree(struct scene *s)
{
	ck_assert_int_eq(sftr_tree_load(scene_path("tree.safetensors"), NULL,
					&s->tree, NULL),
			 SFTR_OK);
}

static void
loaded_tree_and_writer(struct scene *s)
{
	loaded_tree(s);
	ck_assert_int_eq(sftr_writer_new(NULL, &s->writer, NULL), SFTR_OK);
}

static sftr_code
path_parse(struct scene *s, sftr_error *err)
{
	sftr_path path;
	sftr_code code = sftr_path_parse(SFTR_CODEC_KEYSTR, "['a'][0].w", 10,
					 NULL, &path, err);

	(void)s;
	ck_assert((code == SFTR_OK) == (path.steps != NULL));
	sftr_path_free(&path);
	return code;
}

static sftr_code
path_format(struct scene *s, sftr_error *err)
{
	const sftr_step steps[2] = { sftr_key("a"), sftr_index(3) };
	char text[32];
	size_t n;

	(void)s;
	return sftr_path_format(SFTR_CODEC_P2S, steps, 2, text, sizeof text, &n,
				err);
}

static sftr_code
guess(struct scene *s, sftr_error *err)
{
	sftr_codec codec;
	char reason[160];

	return sftr_codec_guess(s->ckpt, &codec, reason, sizeof reason, err);
}

static sftr_code
made(sftr_code code, sftr_tree *tree)
{
	ck_assert((code == SFTR_OK) == (tree != NULL));
	sftr_tree_free(tree);
	return code;
}

static sftr_code
tree_new(struct scene *s, sftr_error *err)
{
	sftr_tree *tree;
	sftr_code code;

	(void)s;
	code = sftr_tree_new(NULL, &tree, err);
	return made(code, tree);
}

/*
 * Failure sticks, so each of these builds a tree of its own; the sweep comes
 * to every call in turn.  A node is there exactly if nothing has failed yet.
 */
static sftr_code
build(struct scene *s, sftr_error *err)
{
	static float floats[6];
	sftr_step many[2] = { sftr_attr("w"), sftr_attr("tied") };
	sftr_str type = { "Linear", 6 };
	sftr_node *root, *object, *leaf, *tied, *scalar, *ordered;
	sftr_tree *tree;
	sftr_code code = sftr_tree_new(NULL, &tree, err);

	(void)s;
	if (code != SFTR_OK)
		return made(code, tree);
	root = sftr_tree_set_root(tree, SFTR_NODE_LIST);
	object = sftr_node_add(root, sftr_index(0), SFTR_NODE_OBJECT);
	sftr_node_set_type(object, type);
	leaf = sftr_node_add_tensor(object, many[0], SFTR_F32, matrix, 2,
				    floats);
	tied = sftr_node_add_alias(object, many[1], leaf);
	scalar = sftr_node_add_scalar(root, sftr_index(1), lucky);
	ordered = sftr_node_add(root, sftr_index(2), SFTR_NODE_DICT);
	sftr_node_set_ordered(ordered);
	code = sftr_tree_status(tree, err);
	ck_assert((code == SFTR_OK) ==
		  (tied != NULL && scalar != NULL && ordered != NULL));
	sftr_tree_free(tree);
	return code;
}

static sftr_code
root_tensor(struct scene *s, sftr_error *err)
{
	sftr_tree *tree;
	sftr_code code = sftr_tree_new(NULL, &tree, err);

	(void)s;
	if (code == SFTR_OK) {
		sftr_tree_set_root_tensor(tree, SFTR_F32, matrix, 2, NULL);
		code = sftr_tree_status(tree, err);
	}
	sftr_tree_free(tree);
	return code;
}

static sftr_code
root_scalar(struct scene *s, sftr_error *err)
{
	sftr_tree *tree;
	sftr_code code = sftr_tree_new(NULL, &tree, err);

	(void)s;
	if (code == SFTR_OK) {
		sftr_tree_set_root_scalar(tree, lucky);
		code = sftr_tree_status(tree, err);
	}
	sftr_tree_free(tree);
	return code;
}

static const sftr_node *
leaf_of(const struct scene *s, int64_t i)
{
	const sftr_step steps[2] = { sftr_key("pair"), sftr_index(i) };

	return sftr_tree_at(s->tree, steps, 2);
}

static sftr_code
node_tensor(struct scene *s, sftr_error *err)
{
	sftr_leaf leaf;

	return sftr_node_tensor(leaf_of(s, 0), &leaf, err);
}

static sftr_code
node_scalar(struct scene *s, sftr_error *err)
{
	sftr_scalar value;

	return sftr_node_scalar(leaf_of(s, 2), &value, err);
}

/* NULL says that it is not there or that memory ended. */
static sftr_code
get(struct scene *s, sftr_error *err)
{
	if (sftr_tree_get(s->tree, SFTR_CODEC_P2S, "@pair#0", 7) != NULL)
		return SFTR_OK;
	memset(err, 0, sizeof *err);
	err->code = SFTR_E_MEMORY;
	strcpy(err->message, "NULL");
	return SFTR_E_MEMORY;
}

static int
go_on(void *user, const sftr_node *node, const sftr_step *steps, size_t n_steps)
{
	(void)user;
	(void)node;
	(void)steps;
	(void)n_steps;
	return 0;
}

static sftr_code
walk(struct scene *s, sftr_error *err)
{
	return sftr_node_walk(sftr_tree_root(s->tree), go_on, NULL, err);
}

static sftr_code
equal(struct scene *s, sftr_error *err)
{
	int same = sftr_tree_equal(s->tree, s->tree, err);

	ck_assert_int_ne(same, 0);
	return same == 1 ? SFTR_OK : SFTR_E_MEMORY;
}

static sftr_code
copy(struct scene *s, sftr_error *err)
{
	sftr_tree *tree;
	sftr_code code;

	code = sftr_tree_copy(s->tree, SFTR_TREE_COPY, &tree, err);
	return made(code, tree);
}

static sftr_code
from_checkpoint(struct scene *s, sftr_error *err)
{
	sftr_tree_options options = { .data = SFTR_TREE_COPY };
	sftr_tree *tree;
	sftr_code code;

	code = sftr_tree_from_checkpoint(s->ckpt, &options, &tree, err);
	return made(code, tree);
}

static sftr_code
load(struct scene *s, sftr_error *err)
{
	sftr_tree *tree;
	sftr_code code;

	(void)s;
	code = sftr_tree_load(scene_path("tree.safetensors"), NULL, &tree, err);
	return made(code, tree);
}

static sftr_code
set_metadata(struct scene *s, sftr_error *err)
{
	sftr_str key = { "key", 3 }, value = { "value", 5 };

	return sftr_tree_set_metadata(s->tree, key, value, err);
}

static const sftr_save_options with_note = { .note = 1 };

static sftr_code
save(struct scene *s, sftr_error *err)
{
	return sftr_tree_save(s->tree, scene_path("out.safetensors"),
			      &with_note, err);
}

static sftr_code
write_tree(struct scene *s, sftr_error *err)
{
	return sftr_tree_write(s->tree, &with_note, s->writer, err);
}

const struct act tree_acts[] = {
	{ "sftr_path_parse", NULL, path_parse, 0 },
	{ "sftr_path_format", NULL, path_format, 0 },
	{ "sftr_codec_guess", scene_checkpoint, guess, 0 },
	{ "sftr_tree_new", NULL, tree_new, 0 },
	{ "sftr_tree_set_root", NULL, build, 0 },
	{ "sftr_node_add", NULL, build, 0 },
	{ "sftr_node_add_tensor", NULL, build, 0 },
	{ "sftr_node_add_scalar", NULL, build, 0 },
	{ "sftr_node_add_alias", NULL, build, 0 },
	{ "sftr_node_set_type", NULL, build, 0 },
	{ "sftr_node_set_ordered", NULL, build, 0 },
	{ "sftr_tree_status", NULL, build, 0 },
	{ "sftr_tree_set_root_tensor", NULL, root_tensor, 0 },
	{ "sftr_tree_set_root_scalar", NULL, root_scalar, 0 },
	{ "sftr_node_tensor", loaded_tree, node_tensor, 0 },
	{ "sftr_node_scalar", loaded_tree, node_scalar, 0 },
	{ "sftr_tree_get", loaded_tree, get, 0 },
	{ "sftr_node_walk", loaded_tree, walk, 0 },
	{ "sftr_tree_equal", loaded_tree, equal, 0 },
	{ "sftr_tree_copy", loaded_tree, copy, 0 },
	{ "sftr_tree_from_checkpoint", scene_checkpoint, from_checkpoint, 0 },
	{ "sftr_tree_load", NULL, load, 0 },
	{ "sftr_tree_set_metadata", new_tree, set_metadata, 0 },
	{ "sftr_tree_save", loaded_tree, save, 0 },
	{ "sftr_tree_write", loaded_tree_and_writer, write_tree, 1 },
};
const size_t n_tree_acts = sizeof tree_acts / sizeof(struct act);
