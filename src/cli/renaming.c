/* SPDX-License-Identifier: MIT */
#include "cli/renaming.h"

#include "cli/codec.h"
#include "cli/outcome.h"

#include <stdlib.h>
#include <string.h>

#define MAX_NAME 200 /* bytes of a name in a complaint */

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
	r->tree = NULL;
}

bool
renaming_make(renaming *r, const char *path, const sftr_checkpoint *ckpt,
	      bool drop_meta)
{
	sftr_tree_options how;
	char text[800];
	sftr_error err;
	sftr_code code = SFTR_OK;

	if (r->to == SFTR_CODEC_GUESS)
		return true;
	if (r->from == SFTR_CODEC_GUESS)
		code = sftr_codec_guess(ckpt, &r->from, NULL, 0, &err);
	memset(&how, 0, sizeof how);
	how.codec = r->from;
	how.data = SFTR_TREE_DESCRIBE;
	how.ignore_note = drop_meta;
	if (code == SFTR_OK)
		code = sftr_tree_from_checkpoint(ckpt, &how, &r->tree, &err);
	if (code == SFTR_OK)
		code = clear_metadata(r->tree, &err);
	if (code == SFTR_E_MEMORY)
		outcome_no_memory();
	else if (code != SFTR_OK)
		outcome_say(OUTCOME_NO, "%s: names are no tree under %s: %s",
			    path, sftr_codec_name(r->from),
			    sftr_error_text(&err, text, sizeof text));
	if (code != SFTR_OK) {
		renaming_free(r);
		return false;
	}
	r->from = sftr_tree_codec(r->tree);
	r->with_note = !drop_meta && has_note(ckpt);
	return true;
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
		outcome_say(OUTCOME_NO, "%s: %.*s cannot be named under %s: %s",
			    path, MAX_NAME, u.name, sftr_codec_name(r->to),
			    text);
	else
		outcome_say(OUTCOME_NO,
			    "%s: the tree cannot be named under %s: %s", path,
			    sftr_codec_name(r->to), text);
	free(u.name);
	return true;
}
