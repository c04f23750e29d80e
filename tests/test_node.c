/* SPDX-License-Identifier: MIT */
#include "tree/node.h"

#include "effort.h"
#include "ledger.h"
#include "str.h"
#include "trees.h"

#include <stdio.h>

static sftr_tree *
new_tree(const sftr_allocator *a)
{
	sftr_tree *tree = NULL;

	ck_assert_int_eq(sftr_tree_new(a, &tree, NULL), SFTR_OK);
	return tree;
}

/* params: {layers: [Linear, Linear], steps: 12, tied: layers[0].weight} */
static sftr_tree *
model(const sftr_allocator *a)
{
	static float weights[2][12];
	const uint64_t shape[] = { 4, 3 };
	sftr_scalar twelve = { SFTR_SCALAR_I64, { .i64 = 12 } };
	sftr_node *root, *layers, *first = NULL;
	sftr_tree *tree = NULL;

	if (sftr_tree_new(a, &tree, NULL) != SFTR_OK)
		return NULL;
	root = sftr_tree_set_root(tree, SFTR_NODE_DICT);
	layers = sftr_node_add(root, sftr_key("layers"), SFTR_NODE_LIST);
	for (int i = 0; i < 2; i++) {
		sftr_node *layer =
			sftr_node_add(layers, sftr_index(i), SFTR_NODE_OBJECT);
		sftr_node *weight;

		sftr_node_set_type(layer, str("Linear"));
		weight = sftr_node_add_tensor(layer, sftr_attr("weight"),
					      SFTR_F32, shape, 2, weights[i]);
		sftr_node_add_tensor(layer, sftr_attr("bias"), SFTR_F32, shape,
				     1, weights[i]);
		first = i == 0 ? weight : first;
	}
	sftr_node_add_scalar(root, sftr_key("steps"), twelve);
	sftr_node_add_alias(root, sftr_key("tied"), first);
	return tree;
}

START_TEST(a_model_is_built_in_a_few_calls)
{
	sftr_tree *tree = model(NULL);
	sftr_node *weight;
	sftr_scalar value;
	sftr_leaf leaf;

	ck_assert_int_eq(sftr_tree_status(tree, NULL), SFTR_OK);
	ck_assert_str_eq(tree_text(tree),
			 "{@layers:[#0:Linear/.weight:T .bias:T/ "
			 "#1:Linear/.weight:T .bias:T/] @steps:S @tied:=}");
	weight = sftr_tree_get(tree, SFTR_CODEC_P2S, "@layers#0.weight", 16);
	ck_assert_int_eq(sftr_node_tensor(weight, &leaf, NULL), SFTR_OK);
	ck_assert_uint_eq(leaf.dtype, SFTR_F32);
	ck_assert_uint_eq(leaf.rank, 2);
	ck_assert_uint_eq(leaf.shape[0], 4);
	ck_assert_uint_eq(leaf.shape[1], 3);
	ck_assert_uint_eq(leaf.n_bytes, 48);
	ck_assert_ptr_nonnull(leaf.data);
	ck_assert_int_eq(sftr_node_scalar(sftr_tree_get(tree, SFTR_CODEC_DOTTED,
							"steps", 5),
					  &value, NULL),
			 SFTR_OK);
	ck_assert_int_eq(value.kind, SFTR_SCALAR_I64);
	ck_assert_int_eq(value.as.i64, 12);
	ck_assert_ptr_eq(sftr_node_alias(sftr_tree_get(tree, SFTR_CODEC_GUESS,
						       "@tied", 5)),
			 weight);
	sftr_tree_free(tree);
}
END_TEST

START_TEST(a_tree_may_be_one_leaf)
{
	sftr_tree *tree = new_tree(NULL);
	sftr_scalar yes = { SFTR_SCALAR_BOOL, { .boolean = 7 } };
	sftr_scalar value;
	uint64_t n = 3;

	ck_assert_str_eq(tree_text(tree), "-");
	ck_assert_ptr_nonnull(
		sftr_tree_set_root_tensor(tree, SFTR_U8, &n, 1, NULL));
	ck_assert_str_eq(tree_text(tree), "T");
	ck_assert_ptr_eq(sftr_tree_at(tree, NULL, 0), sftr_tree_root(tree));
	sftr_tree_free(tree);
	tree = new_tree(NULL);
	ck_assert_ptr_nonnull(sftr_tree_set_root_scalar(tree, yes));
	ck_assert_int_eq(sftr_node_scalar(sftr_tree_root(tree), &value, NULL),
			 SFTR_OK);
	ck_assert_int_eq(value.as.boolean, 1);
	sftr_tree_free(tree);
}
END_TEST

/*
 * Mistakes; each is made in {@a:[#0:T] .. } that 'mistake' is handed: the root
 * dict, and its children by name.
 */
struct ground {
	sftr_tree *tree;
	sftr_node *root, *list, *object, *flat, *tensor, *scalar, *none;
};

static const uint64_t huge[] = { UINT64_MAX, 0, 2 };
static const uint64_t odd[] = { 3 };

#define ADD(parent, step) sftr_node_add(g->parent, step, SFTR_NODE_DICT)
#define MISTAKE(name, call)                                                    \
	static void name(struct ground *g)                                     \
	{                                                                      \
		call;                                                          \
	}

static sftr_step
odd_step(int kind)
{
	sftr_step step = sftr_key("k");

	step.kind = (sftr_step_kind)kind;
	return step;
}

static sftr_scalar
odd_scalar(int kind)
{
	sftr_scalar s = { SFTR_SCALAR_BOOL, { 0 } };

	s.as.text = str("\xff");
	s.kind = (sftr_scalar_kind)kind;
	return s;
}

MISTAKE(key_in_list, ADD(list, sftr_key("x")))
MISTAKE(gap_in_list, ADD(list, sftr_index(2)))
MISTAKE(index_again, ADD(list, sftr_index(0)))
MISTAKE(negative_index, ADD(list, sftr_index(-1)))
MISTAKE(attr_in_dict, ADD(root, sftr_attr("x")))
MISTAKE(index_in_dict, ADD(root, sftr_index(0)))
MISTAKE(name_in_dict, ADD(root, odd_step(SFTR_STEP_NAME)))
MISTAKE(no_step, ADD(root, odd_step(77)))
MISTAKE(key_again, ADD(root, sftr_key("list")))
MISTAKE(attr_again, ADD(object, sftr_attr("w")))
MISTAKE(key_in_object, ADD(object, sftr_key("x")))
MISTAKE(flat_in_object, ADD(object, sftr_flat(0)))
MISTAKE(attr_in_flat, ADD(flat, sftr_attr("x")))
MISTAKE(negative_flat, ADD(flat, sftr_flat(-3)))
MISTAKE(flat_again, ADD(flat, sftr_flat(4)))
MISTAKE(child_of_tensor, ADD(tensor, sftr_key("x")))
MISTAKE(child_of_scalar, ADD(scalar, sftr_key("x")))
MISTAKE(child_of_none, ADD(none, sftr_key("x")))
MISTAKE(key_no_utf8, ADD(root, sftr_key("\xff")))
MISTAKE(no_container, sftr_node_add(g->root, sftr_key("x"), SFTR_NODE_TENSOR))
MISTAKE(root_no_container, sftr_tree_set_root(g->tree, SFTR_NODE_SCALAR))
MISTAKE(root_again, sftr_tree_set_root(g->tree, SFTR_NODE_LIST))
MISTAKE(no_dtype, sftr_node_add_tensor(g->root, sftr_key("x"), 99, huge, 0, 0))
MISTAKE(no_shape,
	sftr_node_add_tensor(g->root, sftr_key("x"), SFTR_U8, 0, 1, 0))
MISTAKE(huge_shape,
	sftr_node_add_tensor(g->root, sftr_key("x"), SFTR_U8, huge, 3, NULL))
MISTAKE(odd_bits,
	sftr_node_add_tensor(g->root, sftr_key("x"), SFTR_F4, odd, 1, NULL))
MISTAKE(no_scalar, sftr_node_add_scalar(g->root, sftr_key("x"), odd_scalar(9)))
MISTAKE(scalar_no_utf8, sftr_node_add_scalar(g->root, sftr_key("x"),
					     odd_scalar(SFTR_SCALAR_TEXT)))
MISTAKE(alias_of_list, sftr_node_add_alias(g->root, sftr_key("x"), g->list))
MISTAKE(type_of_dict, sftr_node_set_type(g->root, str("T")))
MISTAKE(type_no_utf8, sftr_node_set_type(g->object, str("\xc3")))
MISTAKE(ordered_list, sftr_node_set_ordered(g->list))
MISTAKE(ordered_late, sftr_node_set_ordered(g->root))

static const struct {
	void (*make)(struct ground *g);
	sftr_code code;
	const char *key;
	const char *message;
} mistakes[] = {
	{ key_in_list, SFTR_E_ARGUMENT, "@list@x",
	  "a key does not go into this list" },
	{ gap_in_list, SFTR_E_ARGUMENT, "@list#2",
	  "expected index 1, found 2" },
	{ index_again, SFTR_E_ARGUMENT, "@list#0",
	  "expected index 1, found 0" },
	{ negative_index, SFTR_E_ARGUMENT, "@list#-1",
	  "expected index 1, found -1" },
	{ attr_in_dict, SFTR_E_ARGUMENT, "x",
	  "an attribute does not go into this dict" },
	{ index_in_dict, SFTR_E_ARGUMENT, "#0",
	  "an index does not go into this dict" },
	{ name_in_dict, SFTR_E_ARGUMENT, "k",
	  "a step of no kind does not go into this dict" },
	{ no_step, SFTR_E_ARGUMENT, "", "expected a step, found kind 77" },
	{ key_again, SFTR_E_DUPLICATE, "@list", "is there already" },
	{ attr_again, SFTR_E_DUPLICATE, "@object.w", "is there already" },
	{ key_in_object, SFTR_E_ARGUMENT, "@object@x",
	  "a key does not go into this object" },
	{ flat_in_object, SFTR_E_ARGUMENT, "@object#0",
	  "a flat index does not go into this object" },
	{ attr_in_flat, SFTR_E_ARGUMENT, "@flat.x",
	  "an attribute does not go into this object" },
	{ negative_flat, SFTR_E_ARGUMENT, "@flat#-3",
	  "expected an index, found -3" },
	{ flat_again, SFTR_E_DUPLICATE, "@flat#4", "is there already" },
	{ child_of_tensor, SFTR_E_ARGUMENT, "@list#0",
	  "expected a container, found a tensor" },
	{ child_of_scalar, SFTR_E_ARGUMENT, "@scalar",
	  "expected a container, found a scalar" },
	{ child_of_none, SFTR_E_ARGUMENT, "@none",
	  "expected a container, found a none" },
	{ key_no_utf8, SFTR_E_UTF8, "", "the name of a child is not UTF-8" },
	{ no_container, SFTR_E_ARGUMENT, "", "expected a kind of container" },
	{ root_no_container, SFTR_E_ARGUMENT, "",
	  "expected a kind of container" },
	{ root_again, SFTR_E_ARGUMENT, "", "the root is set already" },
	{ no_dtype, SFTR_E_DTYPE, "@x", "no dtype has number 99" },
	{ no_shape, SFTR_E_ARGUMENT, "@x", "expected a shape, found NULL" },
	{ huge_shape, SFTR_E_RANGE, "@x",
	  "U8 of this shape has more than 2^64 - 1 bits" },
	{ odd_bits, SFTR_E_PARTIAL, "@x",
	  "F4 of this shape has 12 bits, which fill no whole bytes" },
	{ no_scalar, SFTR_E_ARGUMENT, "@x", "expected a scalar, found kind 9" },
	{ scalar_no_utf8, SFTR_E_UTF8, "@x", "the text is not UTF-8" },
	{ alias_of_list, SFTR_E_ARGUMENT, "@x",
	  "expected a tensor of the same tree to share" },
	{ type_of_dict, SFTR_E_ARGUMENT, "",
	  "expected an object to have a type, found a dict" },
	{ type_no_utf8, SFTR_E_UTF8, "@object",
	  "the name of its type is not UTF-8" },
	{ ordered_list, SFTR_E_ARGUMENT, "@list",
	  "expected a dict without children to be ordered" },
	{ ordered_late, SFTR_E_ARGUMENT, "",
	  "expected a dict without children to be ordered" },
};

static void
lay_ground(struct ground *g)
{
	sftr_scalar scalar = { SFTR_SCALAR_I64, { 0 } };

	g->tree = new_tree(NULL);
	g->root = sftr_tree_set_root(g->tree, SFTR_NODE_DICT);
	g->list = sftr_node_add(g->root, sftr_key("list"), SFTR_NODE_LIST);
	g->tensor = add_floats(g->list, sftr_index(0), 2);
	g->object =
		sftr_node_add(g->root, sftr_key("object"), SFTR_NODE_OBJECT);
	add_floats(g->object, sftr_attr("w"), 2);
	g->flat = sftr_node_add(g->root, sftr_key("flat"), SFTR_NODE_OBJECT);
	add_floats(g->flat, sftr_flat(4), 2);
	g->scalar = sftr_node_add_scalar(g->root, sftr_key("scalar"), scalar);
	g->none = sftr_node_add(g->root, sftr_key("none"), SFTR_NODE_NONE);
	ck_assert_int_eq(sftr_tree_status(g->tree, NULL), SFTR_OK);
}

START_TEST(the_first_mistake_sticks)
{
	struct ground g;
	sftr_error err;

	lay_ground(&g);
	mistakes[_i].make(&g);
	ck_assert_int_eq(sftr_tree_status(g.tree, NULL), mistakes[_i].code);
	ck_assert_int_eq(sftr_tree_status(g.tree, &err), mistakes[_i].code);
	ck_assert_int_eq(err.code, mistakes[_i].code);
	ck_assert_str_eq(err.message, mistakes[_i].message);
	ck_assert_str_eq(err.key, mistakes[_i].key);
	ck_assert_uint_eq(err.offset, SFTR_NO_OFFSET);

	/* Nothing that comes later changes the verdict or the tree. */
	ck_assert_ptr_null(
		sftr_node_add(g.root, sftr_key("y"), SFTR_NODE_DICT));
	ck_assert_ptr_null(add_floats(NULL, sftr_key("y"), 1));
	ck_assert_ptr_null(
		sftr_node_add_alias(g.root, sftr_key("z"), g.tensor));
	ck_assert_ptr_null(sftr_node_add_alias(g.root, sftr_key("z"), NULL));
	sftr_node_set_ordered(g.list);
	sftr_node_set_type(g.list, str("x"));
	sftr_node_set_ordered(NULL);
	sftr_node_set_type(NULL, str("x"));
	ck_assert_ptr_null(sftr_tree_set_root(g.tree, SFTR_NODE_DICT));
	sftr_tree_status(g.tree, &err);
	ck_assert_str_eq(err.message, mistakes[_i].message);
	ck_assert_str_eq(tree_text(g.tree),
			 "{@flat:/~4:T/ @list:[#0:T] @none:- @object:/.w:T/ "
			 "@scalar:S}");
	sftr_tree_free(g.tree);
}
END_TEST

START_TEST(an_alias_stays_in_its_tree)
{
	sftr_tree *a = new_tree(NULL);
	sftr_tree *b = new_tree(NULL);
	sftr_node *x = add_floats(sftr_tree_set_root(a, SFTR_NODE_LIST),
				  sftr_index(0), 1);
	sftr_node *root = sftr_tree_set_root(b, SFTR_NODE_LIST);

	ck_assert_ptr_null(sftr_node_add_alias(root, sftr_index(0), x));
	ck_assert_int_eq(sftr_tree_status(b, NULL), SFTR_E_ARGUMENT);
	ck_assert_int_eq(sftr_tree_status(a, NULL), SFTR_OK);
	sftr_tree_free(a);
	sftr_tree_free(b);
}
END_TEST

START_TEST(an_alias_of_an_alias_shares_the_tensor)
{
	sftr_tree *tree = new_tree(NULL);
	sftr_node *root = sftr_tree_set_root(tree, SFTR_NODE_LIST);
	sftr_node *x = add_floats(root, sftr_index(0), 1);
	sftr_node *y = sftr_node_add_alias(root, sftr_index(1), x);
	sftr_node *z = sftr_node_add_alias(root, sftr_index(2), y);
	sftr_leaf leaf, other;

	ck_assert_ptr_eq(sftr_node_alias(z), x);
	ck_assert_ptr_null(sftr_node_alias(x));
	ck_assert_ptr_null(sftr_node_alias(root));
	ck_assert_int_eq(sftr_node_tensor(x, &leaf, NULL), SFTR_OK);
	ck_assert_int_eq(sftr_node_tensor(z, &other, NULL), SFTR_OK);
	ck_assert_ptr_eq(leaf.data, other.data);
	ck_assert_ptr_eq(leaf.shape, other.shape);
	sftr_tree_free(tree);
}
END_TEST

START_TEST(children_are_in_the_order_of_jax)
{
	sftr_tree *tree = new_tree(NULL);
	sftr_node *root = sftr_tree_set_root(tree, SFTR_NODE_TUPLE);
	static const char *const keys[] = { "b", "\xc3\xa9", "10", "",
					    "9", "B",	     "ab", "a" };
	sftr_node *dict[4];

	dict[0] = sftr_node_add(root, sftr_index(0), SFTR_NODE_DICT);
	dict[1] = sftr_node_add(root, sftr_index(1), SFTR_NODE_DICT);
	sftr_node_set_ordered(dict[1]);
	dict[2] = sftr_node_add(root, sftr_index(2), SFTR_NODE_OBJECT);
	dict[3] = sftr_node_add(root, sftr_index(3), SFTR_NODE_OBJECT);
	for (size_t i = 0; i < COUNT(keys); i++) {
		add_floats(dict[0], sftr_key(keys[i]), 1);
		add_floats(dict[1], sftr_key(keys[i]), 1);
		add_floats(dict[2], sftr_attr(keys[i]), 1);
		add_floats(dict[3], sftr_flat(7 - (int64_t)i), 1);
		add_floats(dict[0], sftr_int_key(3 - (int64_t)i), 1);
	}
	ck_assert_int_eq(sftr_tree_status(tree, NULL), SFTR_OK);
	ck_assert_str_eq(
		tree_text(tree),
		"(#0:{@-4:T @-3:T @-2:T @-1:T @0:T @1:T @2:T @3:T @:T @10:T "
		"@9:T @B:T @a:T @ab:T @b:T @\xc3\xa9:T} "
		"#1:<@b:T @\xc3\xa9:T @10:T @:T @9:T @B:T @ab:T @a:T> "
		"#2:/.b:T .\xc3\xa9:T .10:T .:T .9:T .B:T .ab:T .a:T/ "
		"#3:/~0:T ~1:T ~2:T ~3:T ~4:T ~5:T ~6:T ~7:T/)");
	ck_assert_ptr_null(sftr_node_child(dict[0], 16, NULL));
	ck_assert_ptr_null(sftr_node_child(dict[1], 8, NULL));
	ck_assert_ptr_null(sftr_node_child(NULL, 0, NULL));
	sftr_tree_free(tree);
}
END_TEST

/* Whether the search tree below is balanced and counts right; its height. */
static int
height(const sftr_node *node)
{
	size_t n_left, n_right;
	int left, right;

	if (node == NULL)
		return 0;
	n_left = node->left == NULL ? 0 : node->left->n_under;
	n_right = node->right == NULL ? 0 : node->right->n_under;
	ck_assert_uint_eq(node->n_under, n_left + n_right + 1);
	ck_assert_uint_le(n_left + 1, 3 * (n_right + 1));
	ck_assert_uint_le(n_right + 1, 3 * (n_left + 1));
	left = height(node->left);
	right = height(node->right);
	return 1 + (left > right ? left : right);
}

/* Orders in which keys come: shuffled, rising, falling, from both ends in. */
static int64_t
nth_key(int order, int64_t i, int64_t n)
{
	switch (order) {
	case 0: return i * 7919 % n; /* n is no multiple of the prime */
	case 1: return i;
	case 2: return n - 1 - i;
	default: return i % 2 == 0 ? i / 2 : n - 1 - i / 2;
	}
}

START_TEST(children_are_balanced_in_whatever_order_they_come)
{
	int64_t n = 5000;
	sftr_tree *tree = new_tree(NULL);
	sftr_node *root = sftr_tree_set_root(tree, SFTR_NODE_DICT);
	sftr_step step;

	for (int64_t i = 0; i < n; i++) {
		sftr_node *node = sftr_node_add(
			root, sftr_int_key(nth_key(_i, i, n)), SFTR_NODE_NONE);

		ck_assert_ptr_nonnull(node);
	}
	ck_assert_int_le(height(root->as.branch.top), 30);
	ck_assert_uint_eq(sftr_node_count(root), (size_t)n);
	for (int64_t i = 0; i < n; i++) {
		sftr_node *child = sftr_node_child(root, (size_t)i, &step);

		ck_assert_int_eq(step.number, i);
		ck_assert_ptr_eq(sftr_tree_at(tree, &step, 1), child);
	}
	sftr_node_add(root, sftr_int_key(77), SFTR_NODE_NONE);
	ck_assert_int_eq(sftr_tree_status(tree, NULL), SFTR_E_DUPLICATE);
	sftr_tree_free(tree);
}
END_TEST

static const struct {
	const char *text;
	const char *found; /* its kind, or NULL */
} places[] = {
	{ "", "dict" },		{ "list", "list" },
	{ "list.0", "tensor" }, { "list.00", NULL },
	{ "list.1", NULL },	{ "list.-1", NULL },
	{ "list.x", NULL },	{ "object.w", "tensor" },
	{ "object.v", NULL },	{ "flat.4", "tensor" },
	{ "flat.04", NULL },	{ "flat.5", NULL },
	{ "3", "none" },	{ "-3", "none" },
	{ "03", NULL },		{ "4", "list" },
	{ "list.0.x", NULL },
};

START_TEST(places_are_found_with_kinds_erased)
{
	const char *text = places[_i].text;
	struct ground g;
	sftr_node *node;

	lay_ground(&g);
	sftr_node_add(g.root, sftr_int_key(3), SFTR_NODE_NONE);
	sftr_node_add(g.root, sftr_int_key(-3), SFTR_NODE_NONE);
	sftr_node_add(g.root, sftr_key("4"), SFTR_NODE_LIST);
	node = sftr_tree_get(g.tree, SFTR_CODEC_DOTTED, text, strlen(text));
	ck_assert_msg((node != NULL) == (places[_i].found != NULL), "%s", text);
	if (node != NULL)
		ck_assert_str_eq(sftr__node_kind_name(sftr_node_kind_of(node)),
				 places[_i].found);
	sftr_tree_free(g.tree);
}
END_TEST

START_TEST(the_very_step_goes_before_its_look_alike)
{
	sftr_tree *tree = new_tree(NULL);
	sftr_node *root = sftr_tree_set_root(tree, SFTR_NODE_DICT);
	sftr_node *text = sftr_node_add(root, sftr_key("1"), SFTR_NODE_NONE);
	sftr_node *number =
		sftr_node_add(root, sftr_int_key(1), SFTR_NODE_NONE);
	sftr_step step = sftr_key("1");

	ck_assert_ptr_eq(sftr_tree_at(tree, &step, 1), text);
	step = sftr_int_key(1);
	ck_assert_ptr_eq(sftr_tree_at(tree, &step, 1), number);
	step = sftr_index(1);
	ck_assert_ptr_eq(sftr_tree_at(tree, &step, 1), text);
	step = odd_step(9);
	ck_assert_ptr_null(sftr_tree_at(tree, &step, 1));
	ck_assert_ptr_null(sftr_tree_get(tree, SFTR_CODEC_P2S, "#01", 3));
	sftr_tree_free(tree);
}
END_TEST

START_TEST(what_is_asked_of_the_wrong_node_is_absent)
{
	struct ground g;
	sftr_scalar value;
	sftr_leaf leaf;
	sftr_error err;

	lay_ground(&g);
	ck_assert_int_eq(sftr_node_tensor(g.scalar, &leaf, &err),
			 SFTR_E_ABSENT);
	ck_assert_str_eq(err.message, "is a scalar, not a tensor");
	ck_assert_str_eq(err.key, "@scalar");
	ck_assert_int_eq(sftr_node_scalar(g.list, &value, &err), SFTR_E_ABSENT);
	ck_assert_str_eq(err.message, "is a list, not a scalar");
	ck_assert_int_eq(sftr_node_scalar(NULL, &value, &err), SFTR_E_ABSENT);
	ck_assert_str_eq(err.message, "no node");
	ck_assert_int_eq(sftr_node_kind_of(NULL), SFTR_NODE_NONE);
	ck_assert_uint_eq(sftr_node_count(NULL), 0);
	ck_assert_ptr_null(sftr_node_type(NULL).ptr);
	ck_assert_int_eq(sftr_node_is_ordered(NULL), 0);
	ck_assert_ptr_null(sftr_node_alias(NULL));
	ck_assert_ptr_null(sftr_tree_root(NULL));
	sftr_tree_free(NULL);
	sftr_tree_free(g.tree);
}
END_TEST

struct visits {
	char text[4096];
	size_t n;
	size_t stop_at;
};

static int
visit(void *user, const sftr_node *node, const sftr_step *steps, size_t n_steps)
{
	struct visits *v = user;

	for (size_t i = 0; i < n_steps; i++)
		strcat(v->text, step_text(&steps[i]));
	strcat(v->text, " ");
	(void)node;
	return ++v->n == v->stop_at;
}

START_TEST(a_walk_visits_parents_first_with_their_paths)
{
	sftr_tree *tree = model(NULL);
	struct visits all = { "", 0, 0 };
	struct visits some = { "", 0, 3 };
	struct visits below = { "", 0, 0 };
	sftr_error err;

	ck_assert_int_eq(
		sftr_node_walk(sftr_tree_root(tree), visit, &all, NULL),
		SFTR_OK);
	ck_assert_str_eq(all.text,
			 " @layers @layers#0 @layers#0.weight @layers#0.bias "
			 "@layers#1 @layers#1.weight @layers#1.bias @steps "
			 "@tied ");
	ck_assert_int_eq(
		sftr_node_walk(sftr_tree_root(tree), visit, &some, &err),
		SFTR_E_CANCELLED);
	ck_assert_str_eq(some.text, " @layers @layers#0 ");
	ck_assert_str_eq(err.message, "the walk was told to stop");
	ck_assert_int_eq(sftr_node_walk(sftr_tree_get(tree, SFTR_CODEC_P2S,
						      "@layers#1", 9),
					visit, &below, NULL),
			 SFTR_OK);
	ck_assert_str_eq(below.text, " .weight .bias ");
	ck_assert_int_eq(sftr_node_walk(NULL, visit, &below, NULL),
			 SFTR_E_ARGUMENT);
	sftr_tree_free(tree);
}
END_TEST

static int
count_deep(void *user, const sftr_node *node, const sftr_step *steps, size_t n)
{
	size_t *deepest = user;

	(void)node;
	(void)steps;
	*deepest = n > *deepest ? n : *deepest;
	return 0;
}

START_TEST(a_hundred_thousand_deep_is_nothing_special)
{
	struct ledger books;
	sftr_allocator a = ledger_allocator(&books);
	sftr_tree *tree = new_tree(&a);
	sftr_node *node = sftr_tree_set_root(tree, SFTR_NODE_DICT);
	size_t depth = 100000, deepest = 0;
	sftr_tree *copy = NULL;
	sftr_error err;

	for (size_t i = 0; i < depth; i++)
		node = sftr_node_add(node, sftr_key("k"), SFTR_NODE_DICT);
	ck_assert_ptr_nonnull(node);
	ck_assert_int_eq(sftr_node_walk(sftr_tree_root(tree), count_deep,
					&deepest, NULL),
			 SFTR_OK);
	ck_assert_uint_eq(deepest, depth);
	ck_assert_int_eq(sftr_tree_copy(tree, SFTR_TREE_COPY, &copy, NULL),
			 SFTR_OK);
	ck_assert_int_eq(sftr_tree_equal(tree, copy, NULL), 1);
	sftr_node_add(node, sftr_attr("wrong"), SFTR_NODE_DICT);
	sftr_tree_status(tree, &err);
	ck_assert_msg(strncmp(err.key, "...", 3) == 0, "%s", err.key);
	ck_assert_str_eq(err.key + strlen(err.key) - 8, "@k.wrong");
	sftr_tree_free(copy);
	sftr_tree_free(tree);
	ck_assert_uint_eq(books.n_bytes, 0);
}
END_TEST

/* The shapes in which many leaves come. */
static sftr_node *
wide_child(int shape, sftr_node **parent, sftr_node *root, size_t i)
{
	uint64_t extents[2] = { 16, 16 };
	sftr_step step = sftr_int_key((int64_t)i);
	char key[24];

	switch (shape) {
	case 0: *parent = root; break;
	case 1:
		*parent = root;
		step = sftr_index((int64_t)i);
		break;
	default: /* a dict of dicts of two */
		snprintf(key, sizeof key, "%zu", i / 2);
		if (i % 2 == 0)
			*parent = sftr_node_add(root, sftr_key(key),
						SFTR_NODE_DICT);
	}
	return sftr_node_add_tensor(*parent, step, SFTR_F32, extents, 2, NULL);
}

START_TEST(a_node_takes_at_most_200_bytes_beyond_its_text)
{
	struct ledger books;
	sftr_allocator a = ledger_allocator(&books);
	size_t n = repetitions(100000, 1000000);
	sftr_tree *tree = new_tree(&a);
	sftr_node *root = sftr_tree_set_root(tree, _i == 1 ? SFTR_NODE_TUPLE :
							     SFTR_NODE_DICT);
	sftr_node *parent = NULL;
	size_t n_nodes = _i == 2 ? n + n / 2 : n;

	for (size_t i = 0; i < n; i++)
		ck_assert_ptr_nonnull(wide_child(_i, &parent, root, i));
	ck_assert_uint_le(books.n_bytes / n_nodes, 200);
	sftr_tree_free(tree);
	ck_assert_uint_eq(books.n_bytes, 0);
}
END_TEST

int
main(void)
{
	TCase *tc = tcase_create("node");

	tcase_set_timeout(tc, 600);
	tcase_add_test(tc, a_model_is_built_in_a_few_calls);
	tcase_add_test(tc, a_tree_may_be_one_leaf);
	tcase_add_loop_test(tc, the_first_mistake_sticks, 0, COUNT(mistakes));
	tcase_add_test(tc, an_alias_stays_in_its_tree);
	tcase_add_test(tc, an_alias_of_an_alias_shares_the_tensor);
	tcase_add_test(tc, children_are_in_the_order_of_jax);
	tcase_add_loop_test(
		tc, children_are_balanced_in_whatever_order_they_come, 0, 4);
	tcase_add_loop_test(tc, places_are_found_with_kinds_erased, 0,
			    COUNT(places));
	tcase_add_test(tc, the_very_step_goes_before_its_look_alike);
	tcase_add_test(tc, what_is_asked_of_the_wrong_node_is_absent);
	tcase_add_test(tc, a_walk_visits_parents_first_with_their_paths);
	tcase_add_test(tc, a_hundred_thousand_deep_is_nothing_special);
	tcase_add_loop_test(tc, a_node_takes_at_most_200_bytes_beyond_its_text,
			    0, 3);
	return run_suite("node", tc);
}
