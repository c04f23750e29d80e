/* SPDX-License-Identifier: MIT */
/* gen-c: the C structs that a checkpoint fills, and what fills them. */
#include "cli/blueprint.h"
#include "cli/c_header.h"
#include "cli/codec.h"
#include "cli/command.h"
#include "cli/identifier.h"
#include "cli/input.h"
#include "cli/outcome.h"

#include <safetree.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Each is held against each name: of more there would be no end. */
#define MAX_RULES 1024

#define LONGEST_PREFIX 24

/* What is made into a header. */
struct job {
	const char *path;
	const sftr_checkpoint *ckpt;
	outline outline;
	blueprint plan;
	sftr_codec codec;      /* as the tree was read */
	sftr_codec read_codec; /* as a program is to read it */
	char *rules;
	size_t n_rules;
	FILE *out; /* into 'rules' */
};

/* A word of a rule, with "\" before what would mean something. */
static void
put_word(FILE *out, const char *text, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		if (strchr("\\* \t\r", text[i]) != NULL ||
		    (i == 0 && text[i] == '#'))
			fputc('\\', out);
		fputc(text[i], out);
	}
}

/* The name of a row's tensor in the file, to be freed; NULL without memory. */
static char *
file_name(struct job *j, const struct row *row, size_t *n)
{
	const sftr_step *path = outline_path(&j->outline, row);
	char *name = NULL;

	if (path == NULL)
		return NULL;
	sftr_path_format(j->codec, path, row->depth, NULL, 0, n, NULL);
	name = malloc(*n + 1);
	if (name != NULL)
		sftr_path_format(j->codec, path, row->depth, name, *n + 1, n,
				 NULL);
	return name;
}

static bool
put_rule(struct job *j, size_t row)
{
	const char *to = blueprint_text(&j->plan, j->plan.parts[row].name);
	size_t n = 0;
	char *from = file_name(j, &j->outline.rows[row], &n);
	bool ok = false;

	if (from == NULL) {
		outcome_no_memory();
		return false;
	}
	if (n == 0)
		outcome_say(OUTCOME_NO,
			    "%s: a tensor without a name has none in C",
			    j->path);
	else if (memchr(from, '\n', n) != NULL || memchr(from, '\0', n) != NULL)
		outcome_say(OUTCOME_NO,
			    "%s: neither a table nor a rule can say the name "
			    "'%s'",
			    j->path, from);
	else
		ok = true;
	if (ok) {
		put_word(j->out, from, n);
		fputs(" -> ", j->out);
		put_word(j->out, to, strlen(to));
		fputc('\n', j->out);
	}
	free(from);
	return ok;
}

/* Rules for the tensors whose names no table can say. */
static bool
make_rules(struct job *j)
{
	const outline *o = &j->outline;
	bool ok = true;

	if (j->plan.n_renamed == 0)
		return true;
	if (j->plan.n_renamed > MAX_RULES) {
		outcome_say(OUTCOME_NO,
			    "%s: %zu tensors have names that no table can say, "
			    "%d may: rename them by repack",
			    j->path, j->plan.n_renamed, MAX_RULES);
		return false;
	}
	j->out = open_memstream(&j->rules, &j->n_rules);
	if (j->out == NULL) {
		outcome_no_memory();
		return false;
	}
	for (size_t i = 0; i < o->n && ok; i++)
		if (blueprint_part(&j->plan, i)->kind == PART_LEAF &&
		    j->plan.parts[i].is_renamed)
			ok = put_rule(j, i);
	if (fclose(j->out) != 0 && ok) {
		outcome_no_memory();
		ok = false;
	}
	return ok;
}

static void
make_slot(const struct job *j, size_t row, sftr_slot *slot)
{
	sftr_leaf leaf;

	memset(slot, 0, sizeof *slot);
	if (sftr_node_tensor(j->outline.rows[row].node, &leaf, NULL) != SFTR_OK)
		return;
	slot->name.ptr = blueprint_text(&j->plan, j->plan.parts[row].name);
	slot->name.len = strlen(slot->name.ptr);
	slot->shape = leaf.shape;
	slot->rank = leaf.rank;
	slot->dtype = leaf.dtype;
	slot->place = SFTR_PLACE_NONE;
}

/* Whether what a program will ask for is there; otherwise a complaint. */
static bool
is_bound(const struct job *j)
{
	size_t n = 0;
	sftr_slot *slots = calloc(j->plan.n_leaves, sizeof *slots);
	sftr_bind_options how;
	sftr_binding *binding = NULL;
	char text[800];
	sftr_error err;
	sftr_code code = SFTR_E_MEMORY;

	memset(&how, 0, sizeof how);
	how.codec = j->read_codec;
	how.slot_codec = SFTR_CODEC_DOTTED;
	how.rules = j->rules;
	how.rules_name = "rules";
	for (size_t i = 0; i < j->outline.n && slots != NULL; i++)
		if (blueprint_part(&j->plan, i)->kind == PART_LEAF)
			make_slot(j, i, &slots[n++]);
	if (slots != NULL)
		code = sftr_bind(slots, n, j->ckpt, &how, &binding, &err);
	if (code == SFTR_E_MEMORY)
		outcome_no_memory();
	else if (code != SFTR_OK)
		outcome_say_words(
			OUTCOME_NO, sftr_error_text(&err, text, sizeof text),
			"%s: no struct can be filled%s: ", j->path,
			j->codec == SFTR_CODEC_RAW ? "" : " (try --codec raw)");
	sftr_binding_free(binding);
	free(slots);
	return code == SFTR_OK;
}

static bool
has_struct(const struct job *j)
{
	const struct row *root = &j->outline.rows[0];

	if (root->n_tensors == 0)
		outcome_say(OUTCOME_NO,
			    "%s: no tensor is in it, and C has no empty struct",
			    j->path);
	else if (sftr_node_count(root->node) == 0)
		outcome_say(OUTCOME_NO,
			    "%s: its one tensor has no name for a member",
			    j->path);
	else
		return true;
	return false;
}

static void
generate(struct job *j, const char *prefix)
{
	struct c_header h;

	/* Names without steps are read by their dots, as tables are. */
	j->read_codec =
		j->codec == SFTR_CODEC_RAW ? SFTR_CODEC_DOTTED : j->codec;
	if (!has_struct(j) ||
	    !blueprint_make(&j->plan, &j->outline, prefix,
			    j->codec == SFTR_CODEC_RAW) ||
	    !make_rules(j) || !is_bound(j))
		return;
	h.plan = &j->plan;
	h.prefix = prefix;
	h.codec = j->read_codec;
	h.rules = j->rules;
	c_header_print(&h);
}

/* The names of <safetree.h> and its guard, and POSIX's names of types. */
static bool
is_reserved(const char *prefix)
{
	size_t n = strlen(prefix);

	return strncmp(prefix, "sftr", 4) == 0 ||
	       strcmp(prefix, "safetree") == 0 ||
	       (n > 2 && strcmp(prefix + n - 2, "_t") == 0);
}

static bool
read_prefix(const options *o, const char **prefix)
{
	*prefix = options_value(o, "prefix");
	if (*prefix == NULL)
		*prefix = "model";
	if (identifier_fits(*prefix) && strlen(*prefix) <= LONGEST_PREFIX &&
	    !is_reserved(*prefix))
		return true;
	if (is_reserved(*prefix))
		outcome_trouble("--prefix '%s' would meet names of safetree or "
				"of C",
				*prefix);
	else
		outcome_trouble(
			"--prefix is a plain identifier of at most %d letters, "
			"as net or my_model, not '%s'",
			LONGEST_PREFIX, *prefix);
	return false;
}

static void
run(const options *o)
{
	struct job j;
	sftr_checkpoint *ckpt;
	sftr_tree *tree;
	const char *prefix;
	char reason[400];

	memset(&j, 0, sizeof j);
	if (!read_prefix(o, &prefix))
		return;
	ckpt = input_open(o, o->args[0]);
	if (ckpt == NULL)
		return;
	j.path = o->args[0];
	j.ckpt = ckpt;
	tree = codec_tree(o, ckpt, true, reason, sizeof reason);
	if (tree != NULL) {
		j.codec = sftr_tree_codec(tree);
		if (outline_make(&j.outline, tree))
			generate(&j, prefix);
		blueprint_free(&j.plan);
		outline_free(&j.outline);
	}
	free(j.rules);
	sftr_tree_free(tree);
	sftr_checkpoint_close(ckpt);
}

static const struct option table[] = {
	{ "codec", "guess|" CODEC_NAMES,
	  "how names are read; guess if not given" },
	{ "prefix", "NAME", "what the struct is called; model if not given" },
	INPUT_POLICY,
	{ NULL, NULL, NULL },
};

const struct command command_gen_c = {
	"gen-c",
	"[--codec CODEC] [--prefix NAME] [--policy strict|reference] PATH",
	"print a C header with a struct that loads",
	table,
	1,
	1,
	run
};
