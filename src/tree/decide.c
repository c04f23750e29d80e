/* SPDX-License-Identifier: MIT */
#include "tree/decide.h"

#include "tree/branch.h"

#include <inttypes.h>

struct deciding {
	sftr__build *build;
	const sftr__note *note;
	uint64_t n_nulls;
	sftr_error *err;
};

/* What a note says of the children of one node. */
struct marks {
	size_t n_int;
	size_t n_flat;
};

static struct marks
count_marks(const sftr_node *branch)
{
	const sftr_node *child = branch->as.branch.first;
	struct marks m = { 0, 0 };

	for (; child != NULL; child = child->next) {
		m.n_int += (child->flags & SFTR__NODE_INT_KEY) != 0;
		m.n_flat += (child->flags & SFTR__NODE_FLAT) != 0;
	}
	return m;
}

/* The number that a child's step says or spells; -1 if none. */
static int64_t
index_of(const sftr_node *child)
{
	sftr_step step = sftr__node_step(child);
	int64_t index = -1;

	if (sftr__step_is_number(step.kind))
		return step.number;
	if (sftr__decimal_parse(step.text.ptr, step.text.len, &index, NULL) !=
	    SFTR__DECIMAL_OK)
		return -1;
	return index;
}

/* No text is there twice, so that n of them below n are all. */
bool
sftr__names_are_indices(const sftr_node *branch)
{
	const sftr_node *child = branch->as.branch.first;
	size_t n = branch->as.branch.count;

	for (; child != NULL; child = child->next) {
		int64_t index = index_of(child);

		if (index < 0 || (uint64_t)index >= n)
			return false;
	}
	return true;
}

/* A contradiction, told at the line about this node or about a child of it. */
static sftr_code
contradict(struct deciding *d, const sftr_node *branch, const char *what)
{
	const sftr__note *note = d->note;

	for (size_t i = 0; i < note->n_lines; i++) {
		const sftr__line *line = &note->lines[i];

		if (line->node != NULL &&
		    (line->node == branch || line->node->parent == branch))
			return sftr__line_fail(line, d->err, "%s", what);
	}
	return sftr__fail(d->err, SFTR_E_NOTE, "%s", what);
}

/* The kind of a container whose children are names of no kind. */
static sftr_node_kind
kind_of_names(const sftr_node *branch, struct marks m)
{
	if (branch->declared != 0)
		return (sftr_node_kind)branch->declared;
	if (m.n_int > 0)
		return SFTR_NODE_DICT;
	if (m.n_flat > 0)
		return SFTR_NODE_OBJECT;
	return sftr__names_are_indices(branch) ? SFTR_NODE_LIST :
						 SFTR_NODE_DICT;
}

static sftr_node_kind
kind_of(const sftr_node *branch, struct marks m)
{
	const sftr_node *first = branch->as.branch.first;

	switch (first->step_kind) {
	case SFTR_STEP_NAME: return kind_of_names(branch, m);
	case SFTR_STEP_INDEX:
		if (m.n_flat > 0)
			return SFTR_NODE_OBJECT;
		return branch->declared == SFTR_NODE_TUPLE ? SFTR_NODE_TUPLE :
							     SFTR_NODE_LIST;
	case SFTR_STEP_KEY:
	case SFTR_STEP_INT_KEY: return SFTR_NODE_DICT;
	default: return SFTR_NODE_OBJECT;
	}
}

/* What the lines about a node and its children cannot say together. */
static sftr_code
check_marks(struct deciding *d, const sftr_node *branch, sftr_node_kind kind,
	    struct marks m)
{
	bool is_list = kind == SFTR_NODE_LIST || kind == SFTR_NODE_TUPLE;
	int step = branch->as.branch.first->step_kind;

	if (branch->declared != 0 && branch->declared != kind)
		return contradict(d, branch,
				  "contradicts what the names below it say");
	if (m.n_int > 0 && kind != SFTR_NODE_DICT)
		return contradict(
			d, branch,
			"integer keys are of dicts, and this is none");
	if (m.n_flat > 0 &&
	    (kind != SFTR_NODE_OBJECT || m.n_flat != branch->as.branch.count))
		return contradict(d, branch,
				  "flat indices are of objects that have no "
				  "other children");
	if (is_list && step == SFTR_STEP_NAME &&
	    !sftr__names_are_indices(branch))
		return contradict(d, branch,
				  "its children are not numbered from 0 on");
	return SFTR_OK;
}

/* The step of a child now that its parent's kind is known. */
static void
retype(sftr_node *child, sftr_node_kind parent_kind)
{
	bool is_dict = parent_kind == SFTR_NODE_DICT;
	int64_t index = index_of(child);

	if (child->flags & (SFTR__NODE_INT_KEY | SFTR__NODE_FLAT)) {
		child->step_kind = is_dict ? SFTR_STEP_INT_KEY : SFTR_STEP_FLAT;
		child->step.number = index;
		child->n_text = 0;
	} else if (child->step_kind == SFTR_STEP_NAME) {
		child->step_kind = is_dict ? SFTR_STEP_KEY : SFTR_STEP_ATTR;
	}
	child->flags &= (uint8_t) ~(SFTR__NODE_INT_KEY | SFTR__NODE_FLAT);
}

/* Gives the children of a dict or object their steps, and sorts them anew. */
static sftr_code
rekey(struct deciding *d, sftr_node *branch)
{
	sftr_node *child = branch->as.branch.first;
	sftr_node *next;

	sftr__branch_clear(branch);
	for (; child != NULL; child = next) {
		next = child->next;
		retype(child, (sftr_node_kind)branch->kind);
		if (sftr__branch_attach(child) != child)
			return contradict(d, branch,
					  "its dict has this integer key "
					  "already");
	}
	return SFTR_OK;
}

/* A tensor at or below a node, for messages. */
static const sftr_node *
some_tensor(const sftr_node *node)
{
	while (sftr__node_is_branch(node) && node->as.branch.first != NULL)
		node = node->as.branch.first;
	return node;
}

static void
set_name(sftr_error *err, const sftr_node *node)
{
	const sftr_tensor *source = NULL;

	node = some_tensor(node);
	if (node->kind == SFTR_NODE_TENSOR)
		source = node->as.leaf.source;
	if (source != NULL)
		sftr__set_key(err, source->name.ptr, source->name.len);
	else
		sftr__node_set_key(err, node);
}

/* The children come by rising index; the first that has a gap before it. */
static sftr_code
fail_gap(struct deciding *d, const sftr_node *branch)
{
	const sftr_node *child = branch->as.branch.first;
	int64_t due = 0;

	while (index_of(child) == due) {
		child = child->next;
		due++;
	}
	sftr__fail(d->err, SFTR_E_CONFLICT,
		   "expected element %" PRId64 " of its list, found %" PRId64
		   ": %s fills no gaps",
		   due, index_of(child), sftr_codec_name(d->build->codec));
	set_name(d->err, child);
	return SFTR_E_CONFLICT;
}

/* How many items a list has, gaps included, if it may have them. */
static sftr_code
count_items(struct deciding *d, const sftr_node *branch, size_t *n)
{
	uint64_t limit = sftr__null_limit(d->build->n_leaves);
	size_t count = branch->as.branch.count;
	uint64_t last;

	*n = count;
	if (branch->as.branch.first->step_kind == SFTR_STEP_NAME)
		return SFTR_OK;
	last = (uint64_t)index_of(branch->as.branch.last);
	if (last + 1 == count)
		return SFTR_OK;
	if (!sftr__codec_fills_gaps(d->build->codec))
		return fail_gap(d, branch);
	/* At most 'limit' before, and below 2^63 now. */
	d->n_nulls += last + 1 - count;
	*n = (size_t)last + 1;
	if (d->n_nulls <= limit)
		return SFTR_OK;
	sftr__fail(d->err, SFTR_E_LIMIT,
		   "expected at most %" PRIu64
		   " null nodes where lists have gaps, found %" PRIu64,
		   limit, d->n_nulls);
	set_name(d->err, branch->as.branch.last);
	return SFTR_E_LIMIT;
}

static sftr_code
make_list(struct deciding *d, sftr_node *branch)
{
	sftr_tree *tree = branch->tree;
	sftr_node *child = branch->as.branch.first;
	sftr_step step = { SFTR_STEP_INDEX, { NULL, 0 }, 0 };
	sftr_node **items;
	size_t n;
	sftr_code code = count_items(d, branch, &n);

	if (code != SFTR_OK)
		return code;
	items = sftr__branch_items(tree, n);
	if (items == NULL)
		return sftr__fail_memory(d->err);
	for (; child != NULL; child = child->next) {
		child->step.number = index_of(child);
		child->step_kind = SFTR_STEP_INDEX;
		child->n_text = 0;
		items[child->step.number] = child;
	}
	for (size_t i = 0; i < n; i++) {
		step.number = (int64_t)i;
		if (items[i] == NULL)
			items[i] = sftr__node_new(tree, branch, &step,
						  SFTR_NODE_NONE);
		if (items[i] == NULL)
			return sftr__fail_memory(d->err);
	}
	sftr__branch_clear(branch);
	sftr__branch_place(branch, items, n);
	return SFTR_OK;
}

static sftr_code
decide_one(struct deciding *d, sftr_node *branch)
{
	struct marks m = count_marks(branch);
	sftr_node_kind kind = kind_of(branch, m);
	int step = branch->as.branch.first->step_kind;
	sftr_code code = SFTR_OK;

	if (d->note->n_lines > 0)
		code = check_marks(d, branch, kind, m);
	if (code != SFTR_OK)
		return code;
	branch->kind = (uint8_t)kind;
	branch->declared = 0;
	if (kind == SFTR_NODE_LIST || kind == SFTR_NODE_TUPLE)
		return make_list(d, branch);
	if (step == SFTR_STEP_NAME || m.n_int > 0 || m.n_flat > 0)
		return rekey(d, branch);
	return SFTR_OK;
}

sftr_code
sftr__decide(sftr__build *b, const sftr__note *note, sftr_error *err)
{
	static const sftr__note no_lines;
	struct deciding d = { b, note != NULL ? note : &no_lines, 0, err };
	sftr_node *node = b->tree->root;
	sftr_code code = SFTR_OK;

	for (; node != NULL && code == SFTR_OK;
	     node = sftr__node_after(b->tree->root, node))
		if (!sftr__build_is_leaf(node))
			code = decide_one(&d, node);
	return code;
}
