/* SPDX-License-Identifier: MIT */
#include "tree/tell.h"

#include "base/alloc.h"
#include "base/sort.h"
#include "tree/branch.h"
#include "tree/decide.h"

#include <string.h>

/* Codecs whose names do not say what kind a step is. */
static bool
is_blind(sftr_codec codec)
{
	return codec == SFTR_CODEC_DOTTED || codec == SFTR_CODEC_SLASH;
}

static bool
is_list(const sftr_node *node)
{
	return node->kind == SFTR_NODE_LIST || node->kind == SFTR_NODE_TUPLE;
}

void
sftr__tell_begin(sftr__tell *t, const sftr_tree *tree, sftr_codec codec,
		 bool with_note)
{
	memset(t, 0, sizeof *t);
	sftr__say_begin(&t->say, tree, codec, with_note);
}

void
sftr__tell_end(sftr__tell *t)
{
	sftr__free(&t->say.note.allocator, t->levels,
		   t->level_capacity * sizeof *t->levels);
	sftr__say_end(&t->say);
}

/* A line that says so of a key says that its parent is a dict, too. */
static bool
has_integer_key(const sftr_node *dict)
{
	const sftr_node *child = dict->as.branch.first;

	while (child != NULL && child->step_kind != SFTR_STEP_INT_KEY)
		child = child->next;
	return child != NULL;
}

/* What the names below a container do not say of it. */
static sftr_code
tell_container(sftr__tell *t, const sftr_node *node, sftr_error *err)
{
	int first = node->as.branch.first->step_kind;
	sftr_code code = SFTR_OK;

	switch (node->kind) {
	case SFTR_NODE_TUPLE:
		return sftr__say_kind(&t->say, SFTR__LINE_TUPLE, err);
	case SFTR_NODE_OBJECT:
		if (node->as.branch.type != NULL ||
		    (is_blind(t->say.codec) && first == SFTR_STEP_ATTR))
			return sftr__say_type(&t->say, node, err);
		return SFTR_OK;
	case SFTR_NODE_DICT:
		if (is_blind(t->say.codec) && !has_integer_key(node) &&
		    sftr__names_are_indices(node))
			code = sftr__say_kind(&t->say, SFTR__LINE_DICT, err);
		if (code == SFTR_OK && (node->flags & SFTR__NODE_ORDERED))
			code = sftr__say_order(&t->say, node, err);
		return code;
	default: return SFTR_OK;
	}
}

static sftr_code
tell_empty(sftr__tell *t, const sftr_node *node, sftr_error *err)
{
	sftr_code code =
		sftr__say_empty(&t->say, (sftr_node_kind)node->kind, err);

	if (code == SFTR_OK && node->as.branch.type != NULL)
		code = sftr__say_type(&t->say, node, err);
	if (code == SFTR_OK && (node->flags & SFTR__NODE_ORDERED))
		code = sftr__say_order(&t->say, node, err);
	return code;
}

/*
 * What has no names leaves gaps in lists.  Those of p2s come back as null
 * nodes, within the limit; those of keystr only a note fills, and a codec that
 * is guessed from names would be another.
 */
static sftr_code
count_gaps(sftr__tell *t, sftr_error *err)
{
	uint64_t limit = 0;

	if (sftr__codec_fills_gaps(t->say.codec))
		limit = sftr__null_limit(t->n_leaves);
	for (size_t d = 0; d < t->say.walk.n_steps; d++) {
		const sftr_step *step = &t->say.walk.steps[d];
		uint64_t index = (uint64_t)step->number;

		if (step->kind != SFTR_STEP_INDEX || index < t->levels[d].due)
			continue;
		t->n_gaps += index - t->levels[d].due;
		t->levels[d].due = index + 1;
	}
	if (t->n_gaps <= limit)
		return SFTR_OK;
	t->needs_codec = true;
	return t->say.with_note ?
		       SFTR_OK :
		       sftr__say_need(t->say.walk.node,
				      "what the elements before it are", err);
}

static sftr_code
tell_tensor(sftr__tell *t, sftr__tell_fn *fn, void *user, sftr_error *err)
{
	sftr_code code = SFTR_OK;
	sftr_str name;

	if (!is_blind(t->say.codec))
		code = count_gaps(t, err);
	if (code == SFTR_OK)
		code = sftr__say_path(&t->say, &name, err);
	return code == SFTR_OK ? fn(user, name, t->say.walk.node, err) : code;
}

/*
 * A null node before an element that is named needs no line, nor does a root:
 * no names tell nothing.
 */
static sftr_code
tell_none(sftr__tell *t, const sftr_node *node, sftr_error *err)
{
	if (node->parent == NULL)
		return SFTR_OK;
	if (t->null_nodes_follow && is_list(node->parent) &&
	    (uint64_t)node->step.number <
		    t->levels[t->say.walk.n_steps - 1].told)
		return SFTR_OK;
	return sftr__say_kind(&t->say, SFTR__LINE_NONE, err);
}

/*
 * Puts the names of the node and of its twin, whose last step 'step' is, into
 * 'both': as the tree was read, or as the codec that tells them apart.  Paths
 * too long for that have one name.  The walk ends here: its steps, which are
 * as the codec says them, become those of the tree.
 */
static void
name_both(sftr__tell *t, const sftr_node *node, const sftr_step *step,
	  sftr_error *both)
{
	sftr_codec codec = sftr_tree_codec(node->tree);
	sftr_step *steps = t->say.walk.steps;
	char key[sizeof both->key], other[sizeof both->other];
	size_t n = t->say.walk.n_steps, n_key, n_other;

	memset(both, 0, sizeof *both);
	sftr__node_set_key(both, node);
	if (codec == SFTR_CODEC_GUESS)
		codec = SFTR_CODEC_KEYSTR;
	for (size_t i = n; i-- > 0; node = node->parent)
		steps[i] = sftr__node_step(node);
	if (sftr_path_format(codec, steps, n, key, sizeof key, &n_key, NULL) !=
	    SFTR_OK)
		return;
	steps[n - 1] = *step;
	if (sftr_path_format(codec, steps, n, other, sizeof other, &n_other,
			     NULL) != SFTR_OK)
		return;
	sftr__set_key(both, key, n_key);
	sftr__set_other(both, other, n_other);
}

/* Integer keys that are written as the text of another key. */
static sftr_code
check_alike(sftr__tell *t, const sftr_node *node, sftr_error *err)
{
	sftr_step step = sftr__node_step(node);
	char decimal[SFTR__DECIMAL];
	sftr_error both;

	step.text = sftr__step_text(&step, decimal);
	step.kind = SFTR_STEP_KEY;
	if (sftr__branch_find(node->parent, &step) == NULL)
		return SFTR_OK;
	name_both(t, node, &step, &both);
	sftr__fail(err, SFTR_E_CONFLICT,
		   "%s cannot tell this integer key from the text key%s%s",
		   sftr_codec_name(t->say.codec),
		   both.other[0] != '\0' ? " of " : "", both.other);
	if (err != NULL) {
		memcpy(err->key, both.key, sizeof err->key);
		memcpy(err->other, both.other, sizeof err->other);
	}
	return SFTR_E_CONFLICT;
}

/* What the step to a node does not say of itself. */
static sftr_code
tell_step(sftr__tell *t, const sftr_node *node, sftr_error *err)
{
	sftr_step step;
	sftr_code code;

	if (node->parent == NULL || (node->step_kind != SFTR_STEP_FLAT &&
				     node->step_kind != SFTR_STEP_INT_KEY))
		return SFTR_OK;
	step = sftr__node_step(node);
	if (sftr__codec_says_number(t->say.codec, &step))
		return SFTR_OK;
	if (node->step_kind == SFTR_STEP_FLAT)
		return sftr__say_kind(&t->say, SFTR__LINE_FLAT, err);
	code = check_alike(t, node, err);
	return code == SFTR_OK ? sftr__say_kind(&t->say, SFTR__LINE_INT, err) :
				 code;
}

/* Items of a list up to the last that is no null node. */
static size_t
count_told(const sftr_node *list)
{
	size_t n = list->as.branch.count;

	while (n > 0 && list->as.branch.items[n - 1]->kind == SFTR_NODE_NONE)
		n--;
	return n;
}

/* To be done at each node first of all. */
static sftr_code
enter(sftr__tell *t, const sftr_node *node, sftr_error *err)
{
	size_t d = t->say.walk.n_steps;
	void *levels = t->levels;

	if (!sftr__grow(&t->say.walk.allocator, &levels, &t->level_capacity,
			d + 1, sizeof *t->levels) ||
	    !sftr__say_arrive(&t->say))
		return sftr__fail_memory(err);
	t->levels = levels;
	t->levels[d].told =
		t->say.with_note && is_list(node) ? count_told(node) : 0;
	t->levels[d].due = 0;
	return SFTR_OK;
}

static sftr_code
tell_node(sftr__tell *t, sftr__tell_fn *fn, void *user, sftr_error *err)
{
	const sftr_node *node = t->say.walk.node;
	sftr_code code = enter(t, node, err);

	if (code == SFTR_OK)
		code = tell_step(t, node, err);
	if (code != SFTR_OK)
		return code;
	switch (node->kind) {
	case SFTR_NODE_NONE: return tell_none(t, node, err);
	case SFTR_NODE_SCALAR:
		return sftr__say_scalar(&t->say, &node->as.scalar, err);
	case SFTR_NODE_TENSOR:
		if (node->as.leaf.alias == NULL)
			return tell_tensor(t, fn, user, err);
		return sftr__say_alias(&t->say, node->as.leaf.alias, err);
	default:
		return node->as.branch.count == 0 ?
			       tell_empty(t, node, err) :
			       tell_container(t, node, err);
	}
}

/* Counts leaves, and the null nodes that names would call for. */
static void
survey(sftr__tell *t)
{
	const sftr_node *top = t->say.walk.top;
	uint64_t n_nulls = 0;

	for (const sftr_node *n = top; n != NULL;
	     n = sftr__node_after(top, n)) {
		size_t told;

		if (n->kind == SFTR_NODE_TENSOR || n->kind == SFTR_NODE_SCALAR)
			t->n_leaves++;
		told = is_list(n) ? count_told(n) : 0;
		for (size_t i = 0; i < told; i++)
			n_nulls +=
				n->as.branch.items[i]->kind == SFTR_NODE_NONE;
	}
	t->null_nodes_follow = sftr__codec_fills_gaps(t->say.codec) &&
			       n_nulls <= sftr__null_limit(t->n_leaves);
}

static int
by_path(const void *a, const void *b)
{
	const sftr__line *x = a, *y = b;
	size_t n = x->path.len < y->path.len ? x->path.len : y->path.len;
	int order = n > 0 ? memcmp(x->path.ptr, y->path.ptr, n) : 0;

	if (order == 0)
		order = (x->path.len > y->path.len) -
			(x->path.len < y->path.len);
	return order != 0 ? order : (int)x->kind - (int)y->kind;
}

static sftr_code
sort_lines(sftr__tell *t, sftr_error *err)
{
	const sftr_allocator *a = &t->say.walk.allocator;
	sftr__note *note = &t->say.note;
	size_t size = 2 * note->n_lines * sizeof(void *);
	size_t n_bytes = note->line_capacity * sizeof *note->lines;
	const void **sorted;
	sftr__line *lines;

	if (note->n_lines == 0)
		return SFTR_OK;
	sorted = sftr__alloc(a, size);
	lines = sftr__alloc(a, n_bytes);
	if (sorted != NULL && lines != NULL) {
		for (size_t i = 0; i < note->n_lines; i++)
			sorted[i] = &note->lines[i];
		sftr__sort(sorted, sorted + note->n_lines, note->n_lines,
			   by_path);
		for (size_t i = 0; i < note->n_lines; i++)
			lines[i] = *(const sftr__line *)sorted[i];
		sftr__free(a, note->lines, n_bytes);
		note->lines = lines;
		sftr__free(a, sorted, size);
		return SFTR_OK;
	}
	sftr__free(a, sorted, size);
	sftr__free(a, lines, n_bytes);
	return sftr__fail_memory(err);
}

sftr_code
sftr__tell_tree(sftr__tell *t, sftr__tell_fn *fn, void *user, sftr_error *err)
{
	sftr_code code = SFTR_OK;

	survey(t);
	while (t->say.walk.node != NULL && code == SFTR_OK) {
		code = tell_node(t, fn, user, err);
		if (code == SFTR_OK)
			sftr__walk_next(&t->say.walk);
	}
	if (code == SFTR_OK && t->say.walk.failed)
		code = sftr__fail_memory(err);
	t->needs_codec = t->needs_codec || t->say.has_escapes;
	return code == SFTR_OK ? sort_lines(t, err) : code;
}
