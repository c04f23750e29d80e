/* SPDX-License-Identifier: MIT */
#include "cli/outline.h"

#include "cli/outcome.h"

#include <stdlib.h>
#include <string.h>

/* Doubles what is full. */
static bool
grow(void **block, size_t *capacity, size_t size)
{
	size_t n = *capacity == 0 ? 64 : *capacity * 2;
	void *more = n > SIZE_MAX / size ? NULL : realloc(*block, n * size);

	if (more == NULL)
		return false;
	*block = more;
	*capacity = n;
	return true;
}

static uint64_t
count_elements(const sftr_leaf *leaf)
{
	uint64_t n = 1;

	for (uint32_t i = 0; i < leaf->rank; i++)
		n *= leaf->shape[i];
	return n;
}

static int
add_row(void *user, const sftr_node *node, const sftr_step *steps, size_t n)
{
	outline *o = user;
	void *rows = o->rows;
	struct row *row;
	sftr_leaf leaf;

	if (o->n == o->capacity &&
	    !grow(&rows, &o->capacity, sizeof *o->rows)) {
		o->no_memory = true;
		return 1;
	}
	o->rows = rows;
	row = &o->rows[o->n];
	memset(row, 0, sizeof *row);
	row->node = node;
	row->depth = n;
	if (n > o->deepest)
		o->deepest = n;
	if (n > 0) {
		row->step = steps[n - 1];
		row->parent = o->n - 1;
		while (o->rows[row->parent].depth >= n)
			row->parent = o->rows[row->parent].parent;
	}
	o->n++;
	if (sftr_node_alias(node) != NULL ||
	    sftr_node_tensor(node, &leaf, NULL) != SFTR_OK)
		return 0;
	row->n_tensors = 1;
	row->n_elements = count_elements(&leaf);
	row->n_bytes = leaf.n_bytes;
	return 0;
}

static void
sum_up(outline *o)
{
	for (size_t i = o->n; i-- > 0;) {
		struct row *row = &o->rows[i];

		if (row->end == 0)
			row->end = i + 1;
		if (i == 0)
			return;
		o->rows[row->parent].n_tensors += row->n_tensors;
		o->rows[row->parent].n_elements += row->n_elements;
		o->rows[row->parent].n_bytes += row->n_bytes;
		if (o->rows[row->parent].end < row->end)
			o->rows[row->parent].end = row->end;
	}
}

static int
by_node(const void *a, const void *b)
{
	uintptr_t x = (uintptr_t)(*(const struct row *const *)a)->node;
	uintptr_t y = (uintptr_t)(*(const struct row *const *)b)->node;

	return (x > y) - (x < y);
}

bool
outline_make(outline *o, sftr_tree *tree)
{
	sftr_code code;

	memset(o, 0, sizeof *o);
	code = sftr_node_walk(sftr_tree_root(tree), add_row, o, NULL);
	if (code == SFTR_OK)
		o->by_node = calloc(o->n, sizeof *o->by_node);
	if (o->by_node == NULL) {
		outcome_no_memory();
		return false;
	}
	sum_up(o);
	for (size_t i = 0; i < o->n; i++)
		o->by_node[i] = &o->rows[i];
	qsort(o->by_node, o->n, sizeof *o->by_node, by_node);
	return true;
}

void
outline_free(outline *o)
{
	free(o->rows);
	free(o->by_node);
	free(o->path);
	memset(o, 0, sizeof *o);
}

static bool
same_text(sftr_str a, sftr_str b)
{
	if (a.ptr == NULL || b.ptr == NULL)
		return a.ptr == b.ptr;
	return a.len == b.len && memcmp(a.ptr, b.ptr, a.len) == 0;
}

static bool
same_scalar(const sftr_node *a, const sftr_node *b)
{
	sftr_scalar x, y;

	if (sftr_node_scalar(a, &x, NULL) != SFTR_OK ||
	    sftr_node_scalar(b, &y, NULL) != SFTR_OK || x.kind != y.kind)
		return false;
	switch (x.kind) {
	case SFTR_SCALAR_BOOL: return x.as.boolean == y.as.boolean;
	case SFTR_SCALAR_TEXT: return same_text(x.as.text, y.as.text);
	default: return x.as.u64 == y.as.u64; /* of doubles the bits */
	}
}

static bool
same_tensor(const sftr_node *a, const sftr_node *b)
{
	sftr_leaf x, y;

	if (sftr_node_alias(a) != sftr_node_alias(b))
		return false;
	sftr_node_tensor(a, &x, NULL);
	sftr_node_tensor(b, &y, NULL);
	return x.dtype == y.dtype && x.rank == y.rank &&
	       (x.rank == 0 ||
		memcmp(x.shape, y.shape, x.rank * sizeof *x.shape) == 0);
}

static bool
same_row(const struct row *a, const struct row *b)
{
	sftr_node_kind kind = sftr_node_kind_of(a->node);

	if (kind != sftr_node_kind_of(b->node))
		return false;
	if (kind == SFTR_NODE_TENSOR)
		return same_tensor(a->node, b->node);
	if (kind == SFTR_NODE_SCALAR)
		return same_scalar(a->node, b->node);
	return sftr_node_count(a->node) == sftr_node_count(b->node) &&
	       sftr_node_is_ordered(a->node) == sftr_node_is_ordered(b->node) &&
	       same_text(sftr_node_type(a->node), sftr_node_type(b->node));
}

bool
outline_same(const outline *o, size_t a, size_t b)
{
	size_t n = o->rows[a].end - a;

	if (o->rows[b].end - b != n)
		return false;
	for (size_t i = 0; i < n; i++) {
		const struct row *x = &o->rows[a + i], *y = &o->rows[b + i];

		if (i > 0 && (x->depth - o->rows[a].depth !=
				      y->depth - o->rows[b].depth ||
			      sftr_path_compare(&x->step, 1, &y->step, 1) != 0))
			return false;
		if (!same_row(x, y))
			return false;
	}
	return true;
}

size_t
outline_run(const outline *o, size_t row)
{
	const struct row *parent = &o->rows[o->rows[row].parent];
	sftr_node_kind kind = sftr_node_kind_of(parent->node);
	size_t last = row, next;

	if (row == 0 || (kind != SFTR_NODE_LIST && kind != SFTR_NODE_TUPLE))
		return row;
	for (next = o->rows[row].end;
	     next < parent->end && outline_same(o, row, next);
	     next = o->rows[next].end)
		last = next;
	return last;
}

size_t
outline_items(const outline *o, size_t row)
{
	sftr_node_kind kind = sftr_node_kind_of(o->rows[row].node);

	if ((kind != SFTR_NODE_LIST && kind != SFTR_NODE_TUPLE) ||
	    sftr_node_count(o->rows[row].node) == 0 ||
	    o->rows[outline_run(o, row + 1)].end != o->rows[row].end)
		return 0;
	return row + 1;
}

const struct row *
outline_find(const outline *o, const sftr_node *node)
{
	struct row wanted, *key = &wanted;
	const struct row **found;

	wanted.node = node;
	found = bsearch(&key, o->by_node, o->n, sizeof *o->by_node, by_node);
	return found == NULL ? NULL : *found;
}

const sftr_step *
outline_path(outline *o, const struct row *row)
{
	void *path = o->path;

	while (o->path_capacity < row->depth) {
		if (!grow(&path, &o->path_capacity, sizeof *o->path))
			return NULL;
		o->path = path;
	}
	for (; row->depth > 0; row = &o->rows[row->parent])
		o->path[row->depth - 1] = row->step;
	return o->path;
}
