/* SPDX-License-Identifier: MIT */
/*
 * Whether two trees are equal, and where they first differ.  Both are walked
 * in step, without a stack: a node's partner in the other tree has the partner
 * of its parent as parent.
 */
#include <safetree/tree.h>

#include "tree/branch.h"

#include <math.h>
#include <string.h>

/* The difference goes into err; false, to return. */
static bool
differ(const sftr_node *at, sftr_error *err, const char *what)
{
	sftr__fail(err, SFTR_E_CONFLICT, "the trees differ: %s", what);
	sftr__node_set_key(err, at);
	return false;
}

static bool
same_text(sftr_str a, sftr_str b)
{
	if (a.ptr == NULL || b.ptr == NULL)
		return a.ptr == b.ptr;
	return a.len == b.len && memcmp(a.ptr, b.ptr, a.len) == 0;
}

static bool
same_step(const sftr_node *a, const sftr_node *b)
{
	sftr_step x = sftr__node_step(a);
	sftr_step y = sftr__node_step(b);

	return sftr__step_compare(&x, &y) == 0;
}

/* All NaN are alike; zeros of two signs are not. */
static bool
same_double(double a, double b)
{
	if (a != a || b != b)
		return a != a && b != b;
	return a == b && !signbit(a) == !signbit(b);
}

static bool
same_scalar(const sftr_scalar *a, const sftr_scalar *b)
{
	if (a->kind != b->kind)
		return false;
	switch (a->kind) {
	case SFTR_SCALAR_BOOL: return a->as.boolean == b->as.boolean;
	case SFTR_SCALAR_I64: return a->as.i64 == b->as.i64;
	case SFTR_SCALAR_U64: return a->as.u64 == b->as.u64;
	case SFTR_SCALAR_F64: return same_double(a->as.f64, b->as.f64);
	case SFTR_SCALAR_TEXT: return same_text(a->as.text, b->as.text);
	}
	return false;
}

static bool
same_place(const sftr_node *a, const sftr_node *b)
{
	while (a->parent != NULL && b->parent != NULL) {
		if (!same_step(a, b))
			return false;
		a = a->parent;
		b = b->parent;
	}
	return a->parent == b->parent;
}

static bool
same_tensor(const sftr_node *a, const sftr_node *b, sftr_error *err)
{
	const sftr_node *x = a->as.leaf.alias;
	const sftr_node *y = b->as.leaf.alias;
	size_t n_bytes;

	if ((x == NULL) != (y == NULL) || (x != NULL && !same_place(x, y)))
		return differ(a, err, "tensors are not shared alike");
	if (x != NULL)
		return true;
	if (a->dtype != b->dtype)
		return differ(a, err, "dtypes");
	if (a->rank != b->rank ||
	    (a->rank > 0 && memcmp(a->as.leaf.shape, b->as.leaf.shape,
				   a->rank * sizeof *a->as.leaf.shape) != 0))
		return differ(a, err, "shapes");
	n_bytes = (size_t)a->as.leaf.n_bytes;
	if (n_bytes == 0)
		return true;
	if ((a->as.leaf.data == NULL) != (b->as.leaf.data == NULL))
		return differ(a, err, "only one has data");
	if (a->as.leaf.data != NULL &&
	    memcmp(a->as.leaf.data, b->as.leaf.data, n_bytes) != 0)
		return differ(a, err, "bytes");
	return true;
}

static bool
same_node(const sftr_node *a, const sftr_node *b, sftr_error *err)
{
	if (a->kind != b->kind)
		return differ(a, err, "kinds");
	if (sftr_node_is_ordered(a) != sftr_node_is_ordered(b))
		return differ(a, err, "only one is ordered");
	if (!same_text(sftr_node_type(a), sftr_node_type(b)))
		return differ(a, err, "types");
	if (a->kind == SFTR_NODE_TENSOR)
		return same_tensor(a, b, err);
	if (a->kind == SFTR_NODE_SCALAR &&
	    !same_scalar(&a->as.scalar, &b->as.scalar))
		return differ(a, err, "scalars");
	return true;
}

/*
 * The partner of 'a', a child; 'next' is the child of its parent's partner
 * whose turn it is.  The order of attributes does not count.
 */
static const sftr_node *
partner(const sftr_node *a, const sftr_node *b_parent, const sftr_node *next,
	sftr_error *err)
{
	sftr_step step;

	if (a->parent->kind == SFTR_NODE_OBJECT) {
		step = sftr__node_step(a);
		next = sftr__branch_find(b_parent, &step);
	}
	if (next == NULL) {
		differ(a, err, "only one has this child");
		return NULL;
	}
	if (!same_step(a, next)) {
		differ(a, err, "children");
		return NULL;
	}
	return next;
}

/* Fails unless b has no more children than a, of which each has its partner. */
static bool
same_count(const sftr_node *a, const sftr_node *b, sftr_error *err)
{
	sftr_step step;

	if (sftr_node_count(b) <= sftr_node_count(a))
		return true;
	for (b = b->as.branch.first; b != NULL; b = b->next) {
		step = sftr__node_step(b);
		if (sftr__branch_find(a, &step) == NULL)
			break;
	}
	return differ(b, err, "only one has this child");
}

int
sftr_tree_equal(const sftr_tree *tree_a, const sftr_tree *tree_b,
		sftr_error *err)
{
	const sftr_node *a = tree_a->root;
	const sftr_node *b = tree_b->root;

	for (;;) {
		const sftr_node *next = NULL;
		const sftr_node *up;

		if (!same_node(a, b, err) || !same_count(a, b, err))
			return 0;
		if (sftr__node_is_branch(a) && a->as.branch.first != NULL) {
			up = b;
			next = b->as.branch.first;
			a = a->as.branch.first;
		} else {
			while (a != tree_a->root && a->next == NULL) {
				a = a->parent;
				b = b->parent;
			}
			if (a == tree_a->root)
				return 1;
			up = b->parent;
			next = b->next;
			a = a->next;
		}
		b = partner(a, up, next, err);
		if (b == NULL)
			return 0;
	}
}
