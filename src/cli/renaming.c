/* SPDX-License-Identifier: MIT */
#include "cli/renaming.h"

#include "cli/codec.h"
#include "cli/finding.h"
#include "cli/outcome.h"
#include "cli/text.h"

#include <stdlib.h>
#include <string.h>

#define MAX_NAME 200 /* columns of a name in a complaint */

bool
renaming_option(const options *o, renaming *r)
{
	const char *text = options_value(o, "codec");
	const char *colon;

	memset(r, 0, sizeof *r);
	if (text == NULL)
		return true;
	colon = strchr(text, ':');
	if (colon != NULL &&
	    sftr_codec_parse(text, (size_t)(colon - text), &r->from) &&
	    sftr_codec_parse(colon + 1, strlen(colon + 1), &r->to) &&
	    r->to != SFTR_CODEC_GUESS)
		return true;
	outcome_trouble("--codec is FROM:TO, each one of " CODEC_NAMES
			", and FROM may be guess; not '%s'",
			text);
	return false;
}

static bool
has_note(const sftr_checkpoint *ckpt)
{
	return sftr_checkpoint_metadata(ckpt, "pytree.note", 11) != NULL;
}

/* The command declares metadata itself, as its options say. */
static sftr_code
clear_metadata(sftr_tree *tree, sftr_error *err)
{
	static const sftr_str nothing = { NULL, 0 };
	sftr_code code = SFTR_OK;
	size_t n = sftr_tree_n_metadata(tree);

	/* From the end: what is behind an entry moves when that is removed. */
	while (n-- > 0 && code == SFTR_OK)
		code = sftr_tree_set_metadata(
			tree, sftr_tree_metadata_at(tree, n)->key, nothing,
			err);
	return code;
}

void
renaming_free(renaming *r)
{
	sftr_tree_free(r->tree);
	sftr_checkpoint_close(r->said);
	free(r->bytes);
	free(r->names);
	r->tree = NULL;
	r->said = NULL;
	r->bytes = NULL;
	r->names = NULL;
}

/* Complains of names that tell no tree, and returns false if they do not. */
static bool
is_tree(renaming *r, const char *path, sftr_code code, const sftr_error *err)
{
	bool ok = codec_is_tree(path, r->from, code, err);

	if (!ok)
		renaming_free(r);
	return ok;
}

bool
renaming_settle(renaming *r, const char *path, const sftr_checkpoint *ckpt)
{
	const sftr_metadata *m =
		sftr_checkpoint_metadata(ckpt, "pytree.codec", 12);
	sftr_code code = SFTR_OK;
	sftr_error err;

	if (r->from == SFTR_CODEC_GUESS)
		code = sftr_codec_guess(ckpt, &r->from, NULL, 0, &err);
	if (r->from == SFTR_CODEC_P2S && m != NULL && m->value.len == 7 &&
	    memcmp(m->value.ptr, "p2s-esc", 7) == 0)
		r->from = SFTR_CODEC_P2S_ESC;
	return is_tree(r, path, code, &err);
}

static bool
make_tree(renaming *r, const char *path, const sftr_checkpoint *ckpt,
	  bool drop_meta)
{
	sftr_tree_options how;
	sftr_error err;
	sftr_code code;

	memset(&how, 0, sizeof how);
	how.codec = r->from;
	how.data = SFTR_TREE_DESCRIBE;
	how.ignore_note = drop_meta;
	code = sftr_tree_from_checkpoint(ckpt, &how, &r->tree, &err);
	if (code == SFTR_OK)
		code = clear_metadata(r->tree, &err);
	return is_tree(r, path, code, &err);
}

bool
renaming_make(renaming *r, const char *path, const sftr_checkpoint *ckpt,
	      bool drop_meta)
{
	if (r->to == SFTR_CODEC_GUESS)
		return true;
	if (!renaming_settle(r, path, ckpt) ||
	    !make_tree(r, path, ckpt, drop_meta))
		return false;
	r->with_note = !drop_meta && has_note(ckpt);
	return true;
}

/* A checkpoint of the names of slots; NULL, after a complaint, without memory. */
static sftr_checkpoint *
names_of(sftr_binding *binding)
{
	size_t n = sftr_binding_count(binding);
	sftr_array *arrays = calloc(n + 1, sizeof *arrays);
	uint64_t *shapes = calloc(n + 1, 2 * sizeof *shapes);
	sftr_checkpoint *ckpt = NULL;
	sftr_bound bound;
	sftr_code code =
		arrays == NULL || shapes == NULL ? SFTR_E_MEMORY : SFTR_OK;

	for (size_t i = 0; i < n && code == SFTR_OK; i++) {
		code = sftr_binding_at(binding, i, &bound, NULL);
		shapes[2 * i + 1] = i;
		arrays[i].name = bound.name;
		arrays[i].shape = &shapes[2 * i];
		arrays[i].rank = 2;
		arrays[i].dtype = SFTR_U8;
	}
	if (code == SFTR_OK)
		code = sftr_checkpoint_open_arrays(arrays, n, NULL, &ckpt,
						   NULL);
	if (code != SFTR_OK)
		outcome_no_memory();
	free(arrays);
	free(shapes);
	return ckpt;
}

bool
renaming_make_slots(renaming *r, const char *path, sftr_binding *binding)
{
	sftr_checkpoint *ckpt = names_of(binding);
	bool ok = ckpt != NULL && make_tree(r, path, ckpt, true);

	sftr_checkpoint_close(ckpt); /* the tree holds it */
	return ok;
}

/* The file that the tree would be, in memory, opened. */
static sftr_code
open_said(renaming *r, sftr_error *err)
{
	sftr_writer *w = NULL;
	uint64_t n = 0;
	sftr_code code = sftr_writer_new(NULL, &w, err);

	if (code == SFTR_OK)
		code = renaming_declare(r, w, err);
	if (code == SFTR_OK)
		code = sftr_writer_n_bytes(w, &n, err);
	if (code == SFTR_OK) {
		r->bytes = malloc((size_t)n);
		if (r->bytes == NULL)
			code = finding_no_memory(err);
	}
	if (code == SFTR_OK)
		code = sftr_writer_save_memory(w, r->bytes, (size_t)n, err);
	if (code == SFTR_OK)
		code = sftr_checkpoint_open_memory(r->bytes, (size_t)n, NULL,
						   &r->said, err);
	sftr_writer_free(w);
	return code;
}

sftr_code
renaming_spell(renaming *r, sftr_writer *w, sftr_error *err)
{
	const sftr_tensor *t;
	sftr_code code = open_said(r, err);
	size_t n;

	if (code != SFTR_OK)
		return code;
	n = sftr_checkpoint_count(r->said);
	r->names = calloc(n + 1, sizeof *r->names);
	if (r->names == NULL)
		return finding_no_memory(err);
	for (size_t i = 0; (t = sftr_checkpoint_at(r->said, i)) != NULL; i++)
		r->names[t->shape[1]] = t->name;
	n = sftr_checkpoint_n_metadata(r->said);
	for (size_t i = 0; i < n && code == SFTR_OK; i++) {
		const sftr_metadata *m =
			sftr_checkpoint_metadata_at(r->said, i);

		code = sftr_writer_add_metadata(w, m->key, m->value, err);
	}
	return code;
}

sftr_code
renaming_declare(const renaming *r, sftr_writer *w, sftr_error *err)
{
	sftr_save_options how;

	memset(&how, 0, sizeof how);
	how.codec = r->to;
	how.note = r->with_note;
	return sftr_tree_write(r->tree, &how, w, err);
}

/* The first tensor whose path cannot be said, as it was called before. */
struct unsayable {
	const renaming *r;
	char *name; /* owned; NULL if there is none, or no memory */
};

static int
try_name(void *user, const sftr_node *node, const sftr_step *steps,
	 size_t n_steps)
{
	struct unsayable *u = user;
	size_t n;

	if (sftr_node_kind_of(node) != SFTR_NODE_TENSOR ||
	    sftr_path_format(u->r->to, steps, n_steps, NULL, 0, &n, NULL) !=
		    SFTR_E_CODEC)
		return 0;
	if (sftr_path_format(u->r->from, steps, n_steps, NULL, 0, &n, NULL) ==
	    SFTR_E_CAPACITY)
		u->name = malloc(n + 1);
	if (u->name != NULL)
		sftr_path_format(u->r->from, steps, n_steps, u->name, n + 1, &n,
				 NULL);
	return 1;
}

bool
renaming_refuses(const renaming *r, const char *path, const sftr_error *err)
{
	struct unsayable u = { r, NULL };
	char text[800];

	if (r->tree == NULL ||
	    (err->code != SFTR_E_CODEC && err->code != SFTR_E_CONFLICT &&
	     err->code != SFTR_E_NOTE))
		return false;
	/* The codec knows the step only, and not whose it is. */
	if (err->code == SFTR_E_CODEC)
		sftr_node_walk(sftr_tree_root(r->tree), try_name, &u, NULL);
	sftr_error_text(err, text, sizeof text);
	if (u.name != NULL)
		outcome_say_words(
			OUTCOME_NO, text,
			"%s: %.*s cannot be named under %s: ", path,
			(int)text_fit(u.name, strlen(u.name), MAX_NAME), u.name,
			sftr_codec_name(r->to));
	else
		outcome_say_words(OUTCOME_NO, text,
				  "%s: the tree cannot be named under %s: ",
				  path, sftr_codec_name(r->to));
	free(u.name);
	return true;
}
