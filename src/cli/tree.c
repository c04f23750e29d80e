/* SPDX-License-Identifier: MIT */
/* tree: the nested containers that names tell, as people draw them. */
#include "cli/codec.h"
#include "cli/command.h"
#include "cli/drawing.h"
#include "cli/input.h"
#include "cli/number.h"
#include "cli/outcome.h"
#include "cli/outline.h"
#include "cli/steps.h"

#include <safetree.h>

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

/* Deeper is drawn only if asked for: nobody reads lines as long as that. */
#define USUAL_DEPTH 32

/* What is said of a file. */
struct said {
	outline outline;
	const char *path;
	sftr_codec codec;
	size_t max_depth;
};

static void
put_scalar(json_out *j, const sftr_scalar *s)
{
	uint64_t bits;
	char text[40];
	int n = 0;

	switch (s->kind) {
	case SFTR_SCALAR_BOOL:
		n = snprintf(text, sizeof text, "%s",
			     s->as.boolean ? "true" : "false");
		break;
	case SFTR_SCALAR_I64:
		n = snprintf(text, sizeof text, "%" PRId64, s->as.i64);
		break;
	case SFTR_SCALAR_U64:
		n = snprintf(text, sizeof text, "%" PRIu64, s->as.u64);
		break;
	case SFTR_SCALAR_F64:
		memcpy(&bits, &s->as.f64, sizeof bits);
		number_json(j, SFTR_F64, bits);
		return;
	case SFTR_SCALAR_TEXT:
		json_out_text(j, s->as.text.ptr, s->as.text.len);
		return;
	}
	json_out_raw(j, text, (size_t)n);
}

static void
put_number(json_out *j, const char *name, uint64_t value)
{
	json_out_field(j, name);
	json_out_u64(j, value);
}

static void
put_null(json_out *j, const char *name)
{
	json_out_field(j, name);
	json_out_null(j);
}

static void
put_path(json_out *j, struct said *d, const char *name, const struct row *row)
{
	const sftr_step *path = outline_path(&d->outline, row);

	json_out_field(j, name);
	if (path == NULL && row->depth > 0)
		json_out_null(j);
	else
		steps_json(j, path, row->depth);
}

/* What a tensor is; every field is there, whatever the node is. */
static void
put_tensor(json_out *j, struct said *d, const sftr_node *node)
{
	const sftr_node *alias = sftr_node_alias(node);
	sftr_leaf leaf;

	if (sftr_node_tensor(node, &leaf, NULL) == SFTR_OK) {
		json_out_field(j, "dtype");
		json_out_word(j, sftr_dtype_name(leaf.dtype));
		json_out_field(j, "shape");
		json_out_open(j, '[');
		for (uint32_t i = 0; i < leaf.rank; i++)
			json_out_u64(j, leaf.shape[i]);
		json_out_close(j, ']');
	} else {
		put_null(j, "dtype");
		put_null(j, "shape");
	}
	if (alias != NULL)
		put_path(j, d, "shares", outline_find(&d->outline, alias));
	else
		put_null(j, "shares");
}

static void
put_value(json_out *j, const sftr_node *node)
{
	sftr_scalar scalar;

	json_out_field(j, "value");
	if (sftr_node_scalar(node, &scalar, NULL) == SFTR_OK)
		put_scalar(j, &scalar);
	else
		json_out_null(j);
}

/*
 * Paths of leaves and empty containers only: a chain of n has n of them else,
 * and so has a list with a gap of n, at any depth.
 */
static void
put_node(json_out *j, struct said *d, const struct row *row)
{
	sftr_str type = sftr_node_type(row->node);
	bool is_ordered = sftr_node_is_ordered(row->node) != 0;

	json_out_open(j, '{');
	put_number(j, "depth", row->depth);
	json_out_field(j, "step");
	if (row->depth == 0)
		json_out_null(j);
	else
		steps_json_one(j, &row->step);
	json_out_field(j, "kind");
	json_out_word(j, drawing_kind(sftr_node_kind_of(row->node)));
	json_out_field(j, "type");
	if (type.ptr != NULL)
		json_out_text(j, type.ptr, type.len);
	else
		json_out_null(j);
	json_out_field(j, "ordered");
	json_out_raw(j, is_ordered ? "true" : "false", is_ordered ? 4 : 5);
	put_number(j, "n_children", sftr_node_count(row->node));
	put_number(j, "n_tensors", row->n_tensors);
	put_number(j, "n_elements", row->n_elements);
	put_number(j, "n_bytes", row->n_bytes);
	if (sftr_node_count(row->node) == 0 &&
	    sftr_node_kind_of(row->node) != SFTR_NODE_NONE)
		put_path(j, d, "path", row);
	else
		put_null(j, "path");
	put_tensor(j, d, row->node);
	put_value(j, row->node);
	json_out_close(j, '}');
}

static void
print_json(struct said *d)
{
	json_out j = { stdout, false };

	json_out_open(&j, '{');
	json_out_field(&j, "file");
	json_out_text(&j, d->path, strlen(d->path));
	json_out_field(&j, "codec");
	json_out_word(&j, sftr_codec_name(d->codec));
	json_out_field(&j, "nodes");
	json_out_open(&j, '[');
	for (size_t i = 0; i < d->outline.n && outcome_is_heard(); i++)
		if (d->outline.rows[i].depth <= d->max_depth)
			put_node(&j, d, &d->outline.rows[i]);
	json_out_close(&j, ']');
	json_out_close(&j, '}');
	fputc('\n', stdout);
}

/* Reads --depth; without it all for machines, and what can be read else. */
static bool
read_depth(const options *o, size_t *depth)
{
	const char *text = options_value(o, "depth");
	char *end;
	unsigned long n;

	*depth = options_value(o, "json") != NULL ? SIZE_MAX : USUAL_DEPTH;
	if (text == NULL)
		return true;
	n = strtoul(text, &end, 10);
	if (text[0] < '0' || text[0] > '9' || *end != '\0') {
		outcome_trouble("--depth is a number, not '%s'", text);
		return false;
	}
	*depth = n;
	return true;
}

static void
print_tree(struct said *d, const options *o, const char *reason)
{
	if (options_value(o, "json") != NULL)
		print_json(d);
	else
		drawing_print(&d->outline, d->path, d->codec, d->max_depth,
			      reason);
}

static void
run(const options *o)
{
	struct said d;
	sftr_checkpoint *ckpt;
	sftr_tree *tree;
	char reason[400];

	memset(&d, 0, sizeof d);
	d.path = o->args[0];
	if (!read_depth(o, &d.max_depth))
		return;
	ckpt = input_open(o, d.path);
	if (ckpt == NULL)
		return;
	tree = codec_tree(o, ckpt, false, reason, sizeof reason);
	if (tree != NULL) {
		d.codec = sftr_tree_codec(tree);
		if (outline_make(&d.outline, tree))
			print_tree(&d, o, reason);
		outline_free(&d.outline);
	}
	sftr_tree_free(tree);
	sftr_checkpoint_close(ckpt);
}

static const struct option table[] = {
	{ "codec", "guess|" CODEC_NAMES,
	  "how names are read; guess if not "
	  "given" },
	{ "depth", "N", "no deeper than that" },
	{ "json", NULL, "one JSON object" },
	INPUT_POLICY,
	{ NULL, NULL, NULL },
};

const struct command command_tree = {
	"tree",
	"[--codec CODEC] [--depth N] [--json] [--policy strict|reference] PATH",
	"draw the tree that names tell, with sizes",
	table,
	1,
	1,
	run
};
