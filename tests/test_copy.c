/* SPDX-License-Identifier: MIT */
#include "effort.h"
#include "ledger.h"
#include "str.h"
#include "trees.h"

static sftr_tree *
copy_of(const sftr_tree *tree, sftr_tree_data data)
{
	sftr_tree *copy = NULL;

	ck_assert_int_eq(sftr_tree_copy(tree, data, &copy, NULL), SFTR_OK);
	return copy;
}

static float bytes_a[4] = { 1, 2, 3, 4 };
static float bytes_b[4] = { 1, 2, 3, 5 };

/* One leaf of what a tree may differ in, at @x of a dict. */
struct leaf {
	char what; /* T S - { < [ ( / = */
	const void *value;
	uint64_t n;
	sftr_dtype dtype;
};

static sftr_tree *
tree_with(struct leaf leaf)
{
	sftr_tree *tree = NULL;
	sftr_step x = sftr_key("x");
	sftr_node *root, *w, *node;
	const uint64_t square[] = { 2, 2 };
	sftr_scalar scalar = { SFTR_SCALAR_TEXT, { 0 } };

	ck_assert_int_eq(sftr_tree_new(NULL, &tree, NULL), SFTR_OK);
	root = sftr_tree_set_root(tree, SFTR_NODE_DICT);
	w = sftr_node_add_tensor(root, sftr_key("w"), SFTR_F32, &leaf.n, 0,
				 bytes_a);
	add_floats(root, sftr_key("v"), 1);
	switch (leaf.what) {
	case 'T':
		sftr_node_add_tensor(root, x, leaf.dtype, &leaf.n, 1,
				     (void *)(uintptr_t)leaf.value);
		break;
	case '2':
		sftr_node_add_tensor(root, x, leaf.dtype, square, 2, bytes_a);
		break;
	case '=':
		sftr_node_add_alias(
			root, x, leaf.n ? w : sftr_tree_get(tree, 1, "@v", 2));
		break;
	case 'S':
		scalar = *(const sftr_scalar *)leaf.value;
		sftr_node_add_scalar(root, x, scalar);
		break;
	case '<':
		node = sftr_node_add(root, x, SFTR_NODE_DICT);
		sftr_node_set_ordered(node);
		sftr_node_add(node, sftr_key(leaf.n ? "b" : "a"), 0);
		sftr_node_add(node, sftr_key(leaf.n ? "a" : "b"), 0);
		break;
	case '/':
		node = sftr_node_add(root, x, SFTR_NODE_OBJECT);
		if (leaf.value != NULL)
			sftr_node_set_type(node, str(leaf.value));
		sftr_node_add(node, sftr_attr(leaf.n ? "b" : "a"), 0);
		sftr_node_add(node, sftr_attr(leaf.n ? "a" : "b"), 0);
		break;
	case '{':
		node = sftr_node_add(root, x, SFTR_NODE_DICT);
		if (leaf.value != NULL)
			sftr_node_add(node, sftr_key(leaf.value), 0);
		sftr_node_add(node, sftr_key("a"), 0);
		break;
	case '[':
	case '(':
		node = sftr_node_add(root, x,
				     leaf.what == '[' ? SFTR_NODE_LIST :
							SFTR_NODE_TUPLE);
		for (uint64_t i = 0; i < leaf.n; i++)
			sftr_node_add(node, sftr_index((int64_t)i), 0);
		break;
	default: break;
	}
	ck_assert_int_eq(sftr_tree_status(tree, NULL), SFTR_OK);
	return tree;
}

#define SCALAR(name, KIND, member, v)                                          \
	static const sftr_scalar name = { SFTR_SCALAR_##KIND, { .member = v } }

SCALAR(one, I64, i64, 1);
SCALAR(two, I64, i64, 2);
SCALAR(yes, BOOL, boolean, 1);
SCALAR(no, BOOL, boolean, 0);
SCALAR(one_f, F64, f64, 1);
SCALAR(zero, F64, f64, 0.0);
SCALAR(minus_zero, F64, f64, -0.0);
SCALAR(big, U64, u64, UINT64_MAX);
SCALAR(big_less, U64, u64, UINT64_MAX - 1);
static const sftr_scalar gelu = { SFTR_SCALAR_TEXT,
				  { .text = SFTR_STR("gelu") } };
static const sftr_scalar relu = { SFTR_SCALAR_TEXT,
				  { .text = SFTR_STR("relu") } };

#define LEAF(...)                                                              \
	{                                                                      \
		__VA_ARGS__                                                    \
	}
#define TENSOR(p, n, d)                                                        \
	{                                                                      \
		'T', p, n, d                                                   \
	}

static const struct {
	struct leaf a, b;
	const char *key;
	const char *message; /* NULL: equal */
} pairs[] = {
	{ TENSOR(bytes_a, 4, SFTR_F32), TENSOR(bytes_a, 4, SFTR_F32), "",
	  NULL },
	{ TENSOR(bytes_a, 3, SFTR_F32), TENSOR(bytes_b, 3, SFTR_F32), "",
	  NULL },
	{ TENSOR(NULL, 4, SFTR_F32), TENSOR(NULL, 4, SFTR_F32), "", NULL },
	{ TENSOR(NULL, 0, SFTR_F32), TENSOR(bytes_a, 0, SFTR_F32), "", NULL },
	{ TENSOR(bytes_a, 4, SFTR_F32), TENSOR(bytes_b, 4, SFTR_F32), "@x",
	  "the trees differ: bytes" },
	{ TENSOR(bytes_a, 4, SFTR_F32), TENSOR(NULL, 4, SFTR_F32), "@x",
	  "the trees differ: only one has data" },
	{ TENSOR(bytes_a, 4, SFTR_F32), TENSOR(bytes_a, 4, SFTR_I32), "@x",
	  "the trees differ: dtypes" },
	{ TENSOR(bytes_a, 4, SFTR_F32), TENSOR(bytes_a, 3, SFTR_F32), "@x",
	  "the trees differ: shapes" },
	{ TENSOR(bytes_a, 4, SFTR_F32), LEAF('2', NULL, 0, SFTR_F32), "@x",
	  "the trees differ: shapes" },
	{ TENSOR(bytes_a, 4, SFTR_F32), LEAF('=', NULL, 1, 0), "@x",
	  "the trees differ: tensors are not shared alike" },
	{ LEAF('=', NULL, 1, 0), LEAF('=', NULL, 0, 0), "@x",
	  "the trees differ: tensors are not shared alike" },
	{ LEAF('=', NULL, 1, 0), LEAF('=', NULL, 1, 0), "", NULL },
	{ LEAF('S', &one, 0, 0), LEAF('S', &one, 0, 0), "", NULL },
	{ LEAF('S', &one, 0, 0), LEAF('S', &two, 0, 0), "@x",
	  "the trees differ: scalars" },
	{ LEAF('S', &one, 0, 0), LEAF('S', &one_f, 0, 0), "@x",
	  "the trees differ: scalars" },
	{ LEAF('S', &yes, 0, 0), LEAF('S', &no, 0, 0), "@x",
	  "the trees differ: scalars" },
	{ LEAF('S', &big, 0, 0), LEAF('S', &big_less, 0, 0), "@x",
	  "the trees differ: scalars" },
	{ LEAF('S', &zero, 0, 0), LEAF('S', &minus_zero, 0, 0), "@x",
	  "the trees differ: scalars" },
	{ LEAF('S', &gelu, 0, 0), LEAF('S', &relu, 0, 0), "@x",
	  "the trees differ: scalars" },
	{ LEAF('S', &gelu, 0, 0), LEAF('S', &gelu, 0, 0), "", NULL },
	{ LEAF('S', &one, 0, 0), TENSOR(bytes_a, 1, SFTR_I64), "@x",
	  "the trees differ: kinds" },
	{ LEAF('<', NULL, 0, 0), LEAF('<', NULL, 1, 0), "@x@a",
	  "the trees differ: children" },
	{ LEAF('{', "b", 0, 0), LEAF('<', NULL, 0, 0), "@x",
	  "the trees differ: only one is ordered" },
	{ LEAF('/', NULL, 0, 0), LEAF('/', NULL, 1, 0), "", NULL },
	{ LEAF('/', "T", 0, 0), LEAF('/', "T", 1, 0), "", NULL },
	{ LEAF('/', "T", 0, 0), LEAF('/', "U", 0, 0), "@x",
	  "the trees differ: types" },
	{ LEAF('/', NULL, 0, 0), LEAF('/', "", 0, 0), "@x",
	  "the trees differ: types" },
	{ LEAF('{', "b", 0, 0), LEAF('{', "c", 0, 0), "@x@b",
	  "the trees differ: children" },
	{ LEAF('{', "b", 0, 0), LEAF('{', NULL, 0, 0), "@x@b",
	  "the trees differ: only one has this child" },
	{ LEAF('{', NULL, 0, 0), LEAF('{', "b", 0, 0), "@x@b",
	  "the trees differ: only one has this child" },
	{ LEAF('[', NULL, 1, 0), LEAF('[', NULL, 2, 0), "@x#1",
	  "the trees differ: only one has this child" },
	{ LEAF('[', NULL, 2, 0), LEAF('(', NULL, 2, 0), "@x",
	  "the trees differ: kinds" },
	{ LEAF('-', NULL, 0, 0), LEAF('[', NULL, 0, 0), "@x",
	  "the trees differ: only one has this child" },
};

START_TEST(the_first_difference_is_named)
{
	sftr_tree *a = tree_with(pairs[_i].a);
	sftr_tree *b = tree_with(pairs[_i].b);
	int want = pairs[_i].message == NULL;
	sftr_error err;

	ck_assert_int_eq(sftr_tree_equal(a, b, NULL), want);
	ck_assert_int_eq(sftr_tree_equal(b, a, NULL), want);
	ck_assert_int_eq(sftr_tree_equal(a, b, &err), want);
	if (!want) {
		ck_assert_str_eq(err.message, pairs[_i].message);
		ck_assert_str_eq(err.key, pairs[_i].key);
	}
	sftr_tree_free(a);
	sftr_tree_free(b);
}
END_TEST

START_TEST(all_nan_are_alike)
{
	union {
		uint64_t bits;
		double f64;
	} x = { UINT64_C(0x7ff8000000000000) },
	  y = { UINT64_C(0xfff0000000000001) };
	sftr_scalar s = { SFTR_SCALAR_F64, { .f64 = x.f64 } };
	sftr_scalar t = { SFTR_SCALAR_F64, { .f64 = y.f64 } };
	struct leaf leaf_s = { 'S', &s, 0, 0 }, leaf_t = { 'S', &t, 0, 0 };
	struct leaf leaf_one = { 'S', &one_f, 0, 0 };
	sftr_tree *a = tree_with(leaf_s);
	sftr_tree *b = tree_with(leaf_t);
	sftr_tree *c = tree_with(leaf_one);

	ck_assert_int_eq(sftr_tree_equal(a, b, NULL), 1);
	ck_assert_int_eq(sftr_tree_equal(a, c, NULL), 0);
	ck_assert_int_eq(sftr_tree_equal(c, a, NULL), 0);
	sftr_tree_free(a);
	sftr_tree_free(b);
	sftr_tree_free(c);
}
END_TEST

START_TEST(copies_of_random_trees_are_equal)
{
	random_begin();
	for (size_t i = 0; i < repetitions(300, 20000); i++) {
		sftr_tree *tree = random_tree(RANDOM_ALL, NULL);
		sftr_tree *view = copy_of(tree, SFTR_TREE_VIEW);
		sftr_tree *copy = copy_of(tree, SFTR_TREE_COPY);
		sftr_tree *outline = copy_of(tree, SFTR_TREE_DESCRIBE);
		sftr_tree *again = copy_of(outline, SFTR_TREE_COPY);

		assert_equal_trees(tree, view);
		assert_equal_trees(tree, copy);
		assert_equal_trees(outline, again);
		sftr_tree_free(tree);
		assert_equal_trees(view, copy);
		ck_assert_str_eq(tree_text(view), tree_text(outline));
		sftr_tree_free(view);
		sftr_tree_free(copy);
		sftr_tree_free(outline);
		sftr_tree_free(again);
	}
}
END_TEST

START_TEST(a_copy_owns_aligned_bytes_and_a_view_shares_them)
{
	struct leaf leaf = { 'T', bytes_a, 3, SFTR_F32 };
	sftr_tree *tree = tree_with(leaf);
	sftr_tree *copy = copy_of(tree, SFTR_TREE_COPY);
	sftr_tree *view = copy_of(copy, SFTR_TREE_VIEW);
	sftr_leaf x, y;

	ck_assert_int_eq(
		sftr_node_tensor(sftr_tree_get(copy, 1, "@x", 2), &x, NULL),
		SFTR_OK);
	ck_assert_uint_eq((uintptr_t)x.data % 64, 0);
	ck_assert_ptr_ne(x.data, bytes_a);
	sftr_tree_free(copy);

	/* The view keeps what it shares. */
	ck_assert_int_eq(
		sftr_node_tensor(sftr_tree_get(view, 1, "@x", 2), &y, NULL),
		SFTR_OK);
	ck_assert_ptr_eq(x.data, y.data);
	ck_assert_int_eq(memcmp(y.data, bytes_a, 12), 0);
	sftr_tree_free(view);
	sftr_tree_free(tree);
}
END_TEST

START_TEST(a_failed_tree_has_no_copy)
{
	struct leaf leaf = { '-', NULL, 0, 0 };
	sftr_tree *tree = tree_with(leaf);
	sftr_tree *copy = tree;
	sftr_error err;

	ck_assert_int_eq(sftr_tree_copy(tree, (sftr_tree_data)3, &copy, &err),
			 SFTR_E_ARGUMENT);
	ck_assert_ptr_null(copy);
	ck_assert_str_eq(err.message, "expected what to do with data, found 3");
	sftr_node_set_ordered(sftr_tree_root(tree));
	copy = tree;
	ck_assert_int_eq(sftr_tree_copy(tree, SFTR_TREE_COPY, &copy, &err),
			 SFTR_E_ARGUMENT);
	ck_assert_ptr_null(copy);
	ck_assert_str_eq(err.message,
			 "expected a dict without children to be ordered");
	sftr_tree_free(tree);
}
END_TEST

static sftr_code
set(sftr_tree *tree, const char *key, const char *value, sftr_error *err)
{
	sftr_str v = { NULL, 0 };

	return sftr_tree_set_metadata(tree, str(key),
				      value == NULL ? v : str(value), err);
}

START_TEST(metadata_are_sorted_and_copied)
{
	struct leaf leaf = { '-', NULL, 0, 0 };
	static const char *const want[] = { "", "a", "b", "format" };
	sftr_tree *tree = tree_with(leaf);
	sftr_tree *copy;
	sftr_error err;

	ck_assert_int_eq(set(tree, "format", "pt", NULL), SFTR_OK);
	ck_assert_int_eq(set(tree, "b", "1", NULL), SFTR_OK);
	ck_assert_int_eq(set(tree, "a", "2", NULL), SFTR_OK);
	ck_assert_int_eq(set(tree, "aa", "3", NULL), SFTR_OK);
	ck_assert_int_eq(set(tree, "", "4", NULL), SFTR_OK);
	ck_assert_int_eq(set(tree, "b", "", NULL), SFTR_OK);
	ck_assert_int_eq(set(tree, "aa", NULL, NULL), SFTR_OK);
	ck_assert_int_eq(set(tree, "absent", NULL, NULL), SFTR_OK);
	copy = copy_of(tree, SFTR_TREE_VIEW);
	sftr_tree_free(tree);
	ck_assert_uint_eq(sftr_tree_n_metadata(copy), COUNT(want));
	for (size_t i = 0; i < COUNT(want); i++)
		ck_assert_str_eq(sftr_tree_metadata_at(copy, i)->key.ptr,
				 want[i]);
	ck_assert_str_eq(sftr_tree_metadata_at(copy, 2)->value.ptr, "");
	ck_assert_ptr_null(sftr_tree_metadata_at(copy, COUNT(want)));

	ck_assert_int_eq(set(copy, "pytree.note", "", &err), SFTR_E_ARGUMENT);
	ck_assert_str_eq(err.message,
			 "the library writes this entry by itself");
	ck_assert_str_eq(err.key, "pytree.note");
	ck_assert_int_eq(set(copy, "pytree.codec", NULL, &err),
			 SFTR_E_ARGUMENT);
	ck_assert_int_eq(set(copy, "\xff", "", &err), SFTR_E_UTF8);
	ck_assert_int_eq(set(copy, "k", "\xff", &err), SFTR_E_UTF8);
	ck_assert_str_eq(err.message, "this entry of metadata is not UTF-8");
	ck_assert_int_eq(sftr_tree_set_metadata(copy, (sftr_str){ NULL, 0 },
						str(""), &err),
			 SFTR_E_ARGUMENT);
	sftr_tree_free(copy);
}
END_TEST

/* Builds, copies, compares and walks; the first failure's code. */
static sftr_code
use_memory(const sftr_allocator *a, sftr_error *err)
{
	sftr_scalar scalar = { SFTR_SCALAR_TEXT, { .text = SFTR_STR("s") } };
	sftr_node *root, *node, *list;
	sftr_tree *tree, *copy = NULL;
	sftr_code code = sftr_tree_new(a, &tree, err);

	if (code != SFTR_OK) {
		ck_assert_ptr_null(tree);
		return code;
	}
	root = sftr_tree_set_root(tree, SFTR_NODE_DICT);
	list = sftr_node_add(root, sftr_key("list"), SFTR_NODE_LIST);
	for (int i = 0; i < 9; i++)
		node = add_floats(list, sftr_index(i), 2);
	sftr_node_add_alias(root, sftr_key("alias"), node);
	node = sftr_node_add(root, sftr_key("o"), SFTR_NODE_OBJECT);
	sftr_node_set_type(node, str("T"));
	for (int i = 0; i < 9; i++)
		node = sftr_node_add(node, sftr_attr("deep"), SFTR_NODE_OBJECT);
	sftr_node_add_scalar(node, sftr_attr("s"), scalar);
	code = sftr_tree_status(tree, err);
	if (code == SFTR_OK)
		code = set(tree, "key", "value", err);
	if (code == SFTR_OK)
		code = sftr_tree_copy(tree, SFTR_TREE_COPY, &copy, err);
	if (code == SFTR_OK)
		ck_assert_int_eq(sftr_tree_equal(tree, copy, NULL), 1);
	else
		ck_assert_ptr_null(copy);
	sftr_tree_free(copy);
	sftr_tree_free(tree);
	return code;
}

START_TEST(out_of_memory_at_every_point)
{
	struct ledger books;
	sftr_allocator a = ledger_allocator(&books);
	sftr_code code;
	sftr_error err;

	while (ledger_round(&books)) {
		code = use_memory(&a, &err);
		ck_assert_int_eq(code, ledger_code(&books));
		if (code == SFTR_OK)
			continue;
		ck_assert_int_eq(err.code, SFTR_E_MEMORY);
		ck_assert_str_eq(err.message, "out of memory");
		ck_assert_str_eq(err.key, "");
	}
	ck_assert_uint_gt(books.fail_at, 11);
}
END_TEST

int
main(void)
{
	TCase *tc = tcase_create("copy");

	tcase_set_timeout(tc, 600);
	tcase_add_loop_test(tc, the_first_difference_is_named, 0, COUNT(pairs));
	tcase_add_test(tc, all_nan_are_alike);
	tcase_add_test(tc, copies_of_random_trees_are_equal);
	tcase_add_test(tc, a_copy_owns_aligned_bytes_and_a_view_shares_them);
	tcase_add_test(tc, a_failed_tree_has_no_copy);
	tcase_add_test(tc, metadata_are_sorted_and_copied);
	tcase_add_test(tc, out_of_memory_at_every_point);
	return run_suite("copy", tc);
}
