/* SPDX-License-Identifier: MIT */
#include "trees.h"

#include "str.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

const char *
step_text(const sftr_step *step)
{
	static char text[256];
	static const char marks[] = "?.@@#~";

	if (step->kind >= SFTR_STEP_INT_KEY)
		snprintf(text, sizeof text, "%c%" PRId64, marks[step->kind],
			 step->number);
	else
		snprintf(text, sizeof text, "%c%.*s", marks[step->kind],
			 (int)step->text.len, step->text.ptr);
	return text;
}

static char drawn[65536];
static size_t n_drawn;

static void
draw(const char *text)
{
	size_t n = strlen(text);

	ck_assert_uint_lt(n_drawn + n, sizeof drawn);
	memcpy(drawn + n_drawn, text, n + 1);
	n_drawn += n;
}

/* Only small trees are drawn, so this may recurse. */
static void
draw_node(const sftr_node *node)
{
	static const char *const open[] = { "-", "{", "[", "(", "/", "T", "S" };
	static const char *const close[] = { "", "}", "]", ")", "/", "", "" };
	sftr_node_kind kind = sftr_node_kind_of(node);
	sftr_str type = sftr_node_type(node);
	int is_ordered = sftr_node_is_ordered(node);
	sftr_step step;

	if (type.ptr != NULL)
		draw(type.ptr);
	if (sftr_node_alias(node) != NULL)
		draw("=");
	else
		draw(is_ordered ? "<" : open[kind]);
	for (size_t i = 0; i < sftr_node_count(node); i++) {
		const sftr_node *child = sftr_node_child(node, i, &step);

		draw(i > 0 ? " " : "");
		draw(step_text(&step));
		draw(":");
		draw_node(child);
	}
	draw(is_ordered ? ">" : close[kind]);
}

const char *
tree_text(const sftr_tree *tree)
{
	n_drawn = 0;
	draw_node(sftr_tree_root((sftr_tree *)(uintptr_t)tree));
	return drawn;
}

static const float numbers[64] = { 1, -2, 3.5F, 0, 1e9F, -0.25F, 7, 8 };

sftr_node *
add_floats(sftr_node *parent, sftr_step step, uint64_t n)
{
	ck_assert_uint_le(n, 64);
	return sftr_node_add_tensor(parent, step, SFTR_F32, &n, 1,
				    (void *)(uintptr_t)numbers);
}

void
assert_equal_trees(const sftr_tree *a, const sftr_tree *b)
{
	sftr_error err;
	char text[512];

	if (sftr_tree_equal(a, b, &err) == 1)
		return;
	ck_abort_msg("%s", sftr_error_text(&err, text, sizeof text));
}

#define RANDOM_DEPTH 4

struct growing {
	unsigned what;
	sftr_node *tensors[32]; /* that others may share */
	size_t n_tensors;
};

static void
grow(struct growing *g, sftr_node *parent, sftr_step step, int depth);

static const char *const plain_keys[] = { "a",	   "b",	     "w",    "kernel",
					  "Dense", "params", "bias", "ab" };
static const char *const any_keys[] = { "a",   "",    "a.b", "x@y",
					"#1",  "10",  "w",   "01",
					"\\",  "'",   "\"",  "\xc3\xa9",
					".",   "@",   "a b", "\xf0\x9f\x8c\xb1",
					"a/b", "~",   "-1",  "__metadata__",
					"\n",  "\x7f" };

static const char *
random_text(const struct growing *g)
{
	if (g->what & RANDOM_PLAIN_KEYS)
		return plain_keys[random_below(COUNT(plain_keys))];
	return any_keys[random_below(COUNT(any_keys))];
}

static sftr_step
random_key(const struct growing *g)
{
	if ((g->what & RANDOM_INT_KEYS) && random_below(3) == 0)
		return sftr_int_key((int64_t)random_below(12) - 6);
	return sftr_key(random_text(g));
}

/* A key may come up twice, or once as a number and once as its text. */
static bool
is_taken(const sftr_node *node, sftr_step step)
{
	sftr_step other;

	for (size_t i = 0; i < sftr_node_count(node); i++) {
		sftr_node_child(node, i, &other);
		if (sftr_path_matches(&step, 1, &other, 1))
			return true;
	}
	return false;
}

static void
grow_children(struct growing *g, sftr_node *node, int depth)
{
	bool is_empty = (g->what & RANDOM_NONE) && random_below(4) == 0;
	uint32_t n = is_empty ? 0 : 1 + random_below(5);
	bool is_flat = (g->what & RANDOM_FLAT) && random_below(3) == 0;

	for (uint32_t i = 0; i < n; i++) {
		sftr_step step = sftr_index(i);

		switch (sftr_node_kind_of(node)) {
		case SFTR_NODE_DICT: step = random_key(g); break;
		case SFTR_NODE_OBJECT:
			step = is_flat ? sftr_flat(random_below(20)) :
					 sftr_attr(random_text(g));
			break;
		default: break;
		}
		if (!is_taken(node, step))
			grow(g, node, step, depth);
	}
}

static sftr_node_kind
random_container(const struct growing *g)
{
	static const sftr_node_kind kinds[] = { SFTR_NODE_DICT,
						SFTR_NODE_OBJECT,
						SFTR_NODE_LIST,
						SFTR_NODE_TUPLE };
	uint32_t n = 4;

	if (!(g->what & RANDOM_TUPLES))
		n = 3;
	if (g->what & RANDOM_NO_NUMBERS)
		n = 2;
	return kinds[random_below(n)];
}

static void
dress(struct growing *g, sftr_node *node)
{
	static const char *const types[] = { "Linear", "", "a.b.C", "\"x\"" };
	sftr_str type = str(types[random_below(COUNT(types))]);

	if (sftr_node_kind_of(node) == SFTR_NODE_DICT &&
	    (g->what & RANDOM_ORDERED) && random_below(3) == 0)
		sftr_node_set_ordered(node);
	if (sftr_node_kind_of(node) == SFTR_NODE_OBJECT &&
	    (g->what & RANDOM_TYPES) && random_below(2) == 0)
		sftr_node_set_type(node, type);
}

static sftr_scalar
random_scalar(void)
{
	static const double doubles[] = {
		0.0, -0.0, 1.5, 1e308, 5e-324, -1.0 / 3, 2.2250738585072014e-308
	};
	static const char *const texts[] = { "", "gelu", "a\"b\\c\n",
					     "\xc3\xa9" };
	sftr_scalar s = { SFTR_SCALAR_BOOL, { 0 } };

	s.kind = (sftr_scalar_kind)random_below(5);
	switch (s.kind) {
	case SFTR_SCALAR_BOOL: s.as.boolean = (int)random_below(2); break;
	case SFTR_SCALAR_I64:
		s.as.i64 = random_below(2) ? INT64_MIN :
					     (int64_t)random_below(100) - 50;
		break;
	case SFTR_SCALAR_U64: s.as.u64 = UINT64_MAX - random_below(1000); break;
	case SFTR_SCALAR_F64:
		s.as.f64 = doubles[random_below(COUNT(doubles))];
		if (random_below(4) == 0)
			s.as.f64 = random_below(2) ? HUGE_VAL : (double)NAN;
		break;
	case SFTR_SCALAR_TEXT:
		s.as.text = str(texts[random_below(COUNT(texts))]);
		break;
	}
	return s;
}

static void
grow(struct growing *g, sftr_node *parent, sftr_step step, int depth)
{
	uint32_t pick = random_below(12);
	sftr_node *node;

	if (pick == 0 && (g->what & RANDOM_NONE)) {
		sftr_node_add(parent, step, SFTR_NODE_NONE);
	} else if (pick == 1 && (g->what & RANDOM_SCALARS)) {
		sftr_node_add_scalar(parent, step, random_scalar());
	} else if (pick == 2 && (g->what & RANDOM_ALIASES) &&
		   g->n_tensors > 0) {
		sftr_node_add_alias(
			parent, step,
			g->tensors[random_below((uint32_t)g->n_tensors)]);
	} else if (pick < 7 && depth < RANDOM_DEPTH) {
		node = sftr_node_add(parent, step, random_container(g));
		dress(g, node);
		grow_children(g, node, depth + 1);
		if (sftr_node_count(node) == 0 && !(g->what & RANDOM_NONE))
			ck_abort_msg("an empty container came out");
	} else {
		node = add_floats(parent, step, random_below(5));
		if (g->n_tensors < COUNT(g->tensors))
			g->tensors[g->n_tensors++] = node;
	}
}

sftr_tree *
random_tree(unsigned what, const sftr_allocator *allocator)
{
	struct growing g = { what, { NULL }, 0 };
	sftr_tree *tree = NULL;
	sftr_node *root;

	ck_assert_int_eq(sftr_tree_new(allocator, &tree, NULL), SFTR_OK);
	root = sftr_tree_set_root(tree, random_container(&g));
	dress(&g, root);
	grow_children(&g, root, 0);
	ck_assert_int_eq(sftr_tree_status(tree, NULL), SFTR_OK);
	return tree;
}

static void
add_name(sftr_writer *writer, const char *name, size_t n)
{
	static const uint64_t one = 1;
	sftr_str s = { name, n };
	sftr_error err;
	sftr_code code =
		sftr_writer_add(writer, s, SFTR_U8, &one, 1, "x", 1, &err);

	assert_ok(code, err);
}

static void
add_entry(sftr_writer *writer, const char *key, const char *value)
{
	if (value != NULL)
		ck_assert_int_eq(sftr_writer_add_metadata(writer, str(key),
							  str(value), NULL),
				 SFTR_OK);
}

static struct bytes
written(sftr_writer *writer)
{
	struct bytes bytes;
	uint64_t n;

	ck_assert_int_eq(sftr_writer_n_bytes(writer, &n, NULL), SFTR_OK);
	bytes.n = (size_t)n;
	bytes.p = malloc(bytes.n);
	ck_assert_ptr_nonnull(bytes.p);
	ck_assert_int_eq(
		sftr_writer_save_memory(writer, bytes.p, bytes.n, NULL),
		SFTR_OK);
	return bytes;
}

/*
 * The writer sorts names; arrays are taken as they come, so names without
 * metadata keep the order that a hostile file may have.
 */
static sftr_checkpoint *
open_names(const char *names)
{
	static const uint64_t one = 1;
	sftr_array arrays[64];
	sftr_checkpoint *ckpt = NULL;
	size_t n = 0;

	while (names != NULL) {
		const char *space = strchr(names, ' ');
		sftr_array a = { { names, 0 }, &one, 1, SFTR_U8, "x", 1 };

		a.name.len =
			space == NULL ? strlen(names) : (size_t)(space - names);
		arrays[n++] = a;
		names = space == NULL ? NULL : space + 1;
	}
	ck_assert_int_eq(
		sftr_checkpoint_open_arrays(arrays, n, NULL, &ckpt, NULL),
		SFTR_OK);
	return ckpt;
}

static unsigned char kept[1 << 16];

sftr_checkpoint *
checkpoint_of(const char *names, const char *note, const char *codec)
{
	sftr_checkpoint *ckpt = NULL;
	sftr_writer *writer;
	struct bytes bytes;

	if (note == NULL && codec == NULL)
		return open_names(names);
	ck_assert_int_eq(sftr_writer_new(NULL, &writer, NULL), SFTR_OK);
	while (names != NULL) {
		const char *space = strchr(names, ' ');

		add_name(writer, names,
			 space == NULL ? strlen(names) :
					 (size_t)(space - names));
		names = space == NULL ? NULL : space + 1;
	}
	add_entry(writer, "pytree.note", note);
	add_entry(writer, "pytree.codec", codec);
	bytes = written(writer);
	sftr_writer_free(writer);
	ck_assert_uint_le(bytes.n, sizeof kept);
	memcpy(kept, bytes.p, bytes.n);
	free(bytes.p);
	ck_assert_int_eq(
		sftr_checkpoint_open_memory(kept, bytes.n, NULL, &ckpt, NULL),
		SFTR_OK);
	return ckpt;
}

sftr_code
tree_of(sftr_codec codec, const char *names, const char *note, sftr_tree **tree,
	sftr_error *err)
{
	sftr_checkpoint *ckpt = checkpoint_of(names, note, NULL);
	sftr_tree_options options;
	sftr_code code;

	memset(&options, 0, sizeof options);
	options.codec = codec;
	code = sftr_tree_from_checkpoint(ckpt, &options, tree, err);
	sftr_checkpoint_close(ckpt);
	return code;
}

sftr_code
save_bytes(const sftr_tree *tree, sftr_codec codec, int note,
	   struct bytes *bytes, sftr_error *err)
{
	sftr_save_options options;
	sftr_writer *writer;
	sftr_code code;

	memset(&options, 0, sizeof options);
	options.codec = codec;
	options.note = note;
	ck_assert_int_eq(sftr_writer_new(NULL, &writer, NULL), SFTR_OK);
	code = sftr_tree_write(tree, &options, writer, err);
	if (code == SFTR_OK)
		*bytes = written(writer);
	sftr_writer_free(writer);
	return code;
}

sftr_code
load_bytes(struct bytes bytes, const sftr_tree_options *options,
	   sftr_tree **tree, sftr_error *err)
{
	sftr_checkpoint *ckpt = NULL;
	sftr_code code;

	code = sftr_checkpoint_open_memory(bytes.p, bytes.n, NULL, &ckpt, err);
	if (code == SFTR_OK)
		code = sftr_tree_from_checkpoint(ckpt, options, tree, err);
	sftr_checkpoint_close(ckpt);
	return code;
}

const char *
note_of(struct bytes bytes)
{
	static char note[sizeof kept];
	sftr_checkpoint *ckpt = NULL;
	const sftr_metadata *entry;

	ck_assert_int_eq(sftr_checkpoint_open_memory(bytes.p, bytes.n, NULL,
						     &ckpt, NULL),
			 SFTR_OK);
	entry = sftr_checkpoint_metadata(ckpt, "pytree.note", 11);
	note[0] = '\0';
	if (entry != NULL) {
		ck_assert_uint_lt(entry->value.len, sizeof note);
		memcpy(note, entry->value.ptr, entry->value.len + 1);
	}
	sftr_checkpoint_close(ckpt);
	return note;
}
