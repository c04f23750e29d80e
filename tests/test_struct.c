/* SPDX-License-Identifier: MIT */
#include "offers.h"

#include "folder.h"
#include "ledger.h"
#include "suite.h"

#include <safetree.h>
#include <stdbool.h>
#include <stdio.h>

struct linear {
	const float *weight;
	const float *bias;
	size_t in, out;
	bool has_bias;
};
SFTR_STRUCT(linear_table, struct linear,
	    SFTR_VIEW(weight, "out in", SFTR_OR_COPY),
	    SFTR_VIEW(bias, "out", SFTR_OR_COPY, SFTR_OPTIONAL(has_bias)),
	    SFTR_DIM(in, "in"), SFTR_DIM(out, "out"));

struct net {
	struct linear layers[3];
	int n_layers;
};
SFTR_STRUCT(net_table, struct net,
	    SFTR_STRUCTS(layers, n_layers, linear_table));

static const float numbers[64] = { 1,  2,  3,  4,  5,  6,  7,  8,  9,  10, 11,
				   12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22 };

static const struct offered three_layers[] = {
	{ "layers.0.weight", SFTR_F32, 2, { 3, 2 }, numbers },
	{ "layers.0.bias", SFTR_F32, 1, { 3 }, numbers + 6 },
	{ "layers.1.weight", SFTR_F32, 2, { 4, 3 }, numbers + 9 },
	{ "layers.2.weight", SFTR_F32, 2, { 1, 1 }, numbers + 21 },
	{ "layers.2.bias", SFTR_F32, 1, { 1 }, numbers },
};

START_TEST(layers_of_different_width_share_one_table)
{
	sftr_checkpoint *ckpt = offer(three_layers, 5);
	sftr_binding *b;
	struct net net;
	sftr_error err;

	memset(&net, 0xa5, sizeof net);
	assert_ok(SFTR_BIND(ckpt, net_table, &net, NULL, &b, &err), err);
	ck_assert_int_eq(net.n_layers, 3);
	ck_assert_uint_eq(net.layers[0].in, 2);
	ck_assert_uint_eq(net.layers[0].out, 3);
	ck_assert_uint_eq(net.layers[1].in, 3);
	ck_assert_uint_eq(net.layers[1].out, 4);
	ck_assert(net.layers[0].has_bias && !net.layers[1].has_bias);
	/* Bound is not loaded: pointers are NULL until then. */
	ck_assert_ptr_null(net.layers[0].weight);
	ck_assert_int_eq(sftr_binding_load(b, NULL, &err), SFTR_OK);
	ck_assert_mem_eq(net.layers[0].weight, numbers, 6 * sizeof(float));
	ck_assert_ptr_null(net.layers[1].bias);
	ck_assert_float_eq(net.layers[2].weight[0], numbers[21]);
	ck_assert_int_eq(net.layers[2].weight == numbers + 21,
			 !SFTR__BIG_ENDIAN);
	sftr_binding_free(b);
	sftr_checkpoint_close(ckpt);
}
END_TEST

struct bias {
	const float *bias;
};
SFTR_STRUCT(bias_table, struct bias, SFTR_VIEW(bias, "?"));

START_TEST(numbers_of_another_byte_order_are_no_view)
{
	const struct offered offered = { "bias", SFTR_F32, 1, { 1 }, numbers };
	sftr_checkpoint *ckpt = offer(&offered, 1);
	struct bias bias = { NULL };
	sftr_binding *b;
	sftr_error err;
	sftr_code code;

	code = SFTR_BIND(ckpt, bias_table, &bias, NULL, &b, &err);
	if (SFTR__BIG_ENDIAN) {
		ck_assert_int_eq(code, SFTR_E_VIEW);
		ck_assert_str_eq(err.key, "bias");
		ck_assert_str_eq(err.message,
				 "view: no view, this host is big-endian and "
				 "F32 is not");
	} else {
		ck_assert_int_eq(code, SFTR_OK);
		ck_assert_int_eq(sftr_binding_load(b, NULL, &err), SFTR_OK);
		ck_assert_ptr_eq(bias.bias, numbers);
	}
	sftr_binding_free(b);
	sftr_checkpoint_close(ckpt);
}
END_TEST

START_TEST(arrays_end_where_the_file_ends)
{
	sftr_checkpoint *ckpt = offer(three_layers, 3);
	unsigned char before[sizeof(struct linear)];
	sftr_binding *b;
	struct net net;
	sftr_error err;

	memset(&net, 0xa5, sizeof net);
	memset(before, 0xa5, sizeof before);
	ck_assert_int_eq(SFTR_BIND(ckpt, net_table, &net, NULL, &b, &err),
			 SFTR_OK);
	ck_assert_int_eq(net.n_layers, 2);
	/* What lies behind the count is the caller's still. */
	ck_assert_mem_eq(&net.layers[2], before, sizeof before);
	sftr_binding_free(b);
	sftr_checkpoint_close(ckpt);
}
END_TEST

struct small {
	struct linear layers[2];
	int n_layers;
};
SFTR_STRUCT(small_table, struct small,
	    SFTR_STRUCTS(layers, n_layers, linear_table));

static int
keep_last(void *user, const sftr_diagnostic *d)
{
	memcpy(user, d, sizeof *d);
	return 0;
}

START_TEST(an_array_that_is_too_small_says_what_it_holds)
{
	sftr_checkpoint *ckpt = offer(three_layers, 5);
	sftr_bind_options options = { 0 };
	struct small net, before;
	sftr_diagnostic last;
	sftr_binding *b;
	sftr_error err;

	options.finding = keep_last;
	options.finding_user = &last;
	memset(&net, 0xa5, sizeof net);
	before = net;
	ck_assert_int_eq(SFTR_BIND(ckpt, small_table, &net, &options, &b, &err),
			 SFTR_E_UNEXPECTED);
	ck_assert_ptr_null(b);
	ck_assert_str_eq(last.key, "layers.2.bias");
	ck_assert_str_eq(last.message, "unexpected: F32 [1]; "
				       "struct small.layers holds 2");
	ck_assert_mem_eq(&net, &before, sizeof net);
	sftr_checkpoint_close(ckpt);
}
END_TEST

/* Every kind of field there is. */
struct inner {
	float *w;
	double in_place[12];
	short two[3][4];
	float eps;
	bool flags[3];
	unsigned long dim, columns;
};
SFTR_STRUCT(inner_table, struct inner,
	    SFTR_ALLOC(w, "dim columns", SFTR_NAME("weight"),
		       SFTR_NAME_T("kernel")),
	    SFTR_ARRAY(in_place, "... 4"), SFTR_ARRAY2(two, "3 4"),
	    SFTR_VALUE(eps), SFTR_ARRAY(flags, "3"), SFTR_DIM(dim, "dim"),
	    SFTR_DIM(columns, "columns"));

struct outer {
	struct inner one;
	struct inner *grown;
	uint8_t n_grown;
	float *buffer;
	int capacity;
	bool has_buffer;
	struct inner absent;
	bool has_absent;
	uint16_t half[4];
	float *stack;
	unsigned n_stack;
	int8_t rows;
};
SFTR_STRUCT(outer_table, struct outer,
	    SFTR_NESTED(one, inner_table, SFTR_NAME("first|one")),
	    SFTR_STRUCTS_ALLOC(grown, n_grown, inner_table,
			       SFTR_NAME("grown_*")),
	    SFTR_INTO(buffer, capacity, "rows 2", SFTR_OPTIONAL(has_buffer)),
	    SFTR_DIM(rows, "rows"),
	    SFTR_NESTED(absent, inner_table, SFTR_OPTIONAL(has_absent)),
	    SFTR_ARRAY_AS(half, SFTR_BF16, "?"),
	    SFTR_ALLOC(stack, "n 2", SFTR_NAME("blocks.*.s")),
	    SFTR_DIM(n_stack, "n"));

static const unsigned char flag_bytes[3] = { 1, 0, 1 };

#define INNER(prefix, name, rows, columns)                                     \
	{ prefix name, SFTR_F32, 2, { rows, columns }, numbers },              \
		{ prefix "in_place", SFTR_F64, 2, { 3, 4 }, NULL },            \
		{ prefix "two", SFTR_I16, 2, { 3, 4 }, NULL },                 \
		{ prefix "eps", SFTR_F32, 0, { 0 }, numbers + 4 },             \
	{                                                                      \
		prefix "flags", SFTR_BOOL, 1, { 3 }, flag_bytes                \
	}

static const struct offered everything[] = {
	INNER("one.", "weight", 2, 3),
	INNER("grown_0.", "kernel", 3, 2),
	INNER("grown_1.", "weight", 1, 1),
	{ "buffer", SFTR_F32, 2, { 2, 2 }, numbers + 8 },
	{ "half", SFTR_BF16, 1, { 3 }, NULL },
	{ "blocks.0.s", SFTR_F32, 1, { 2 }, numbers },
	{ "blocks.1.s", SFTR_F32, 1, { 2 }, numbers + 10 },
};

/* Nothing but its buffer, which holds four. */
static void
clear_outer(struct outer *o, float *buffer)
{
	memset(o, 0xa5, sizeof *o);
	o->buffer = buffer;
	o->capacity = 4;
}

/* Binds and loads 'o' from a checkpoint, which may be closed at once. */
static sftr_binding *
load_outer(sftr_checkpoint *ckpt, struct outer *o, float *buffer)
{
	sftr_binding *b;
	sftr_error err;

	clear_outer(o, buffer);
	assert_ok(SFTR_BIND(ckpt, outer_table, o, NULL, &b, &err), err);
	assert_ok(sftr_binding_load(b, NULL, &err), err);
	return b;
}

START_TEST(every_kind_of_field_is_filled)
{
	sftr_checkpoint *ckpt = offer(everything, COUNT(everything));
	float buffer[5] = { 0, 0, 0, 0, -1 };
	struct outer o;
	sftr_binding *b = load_outer(ckpt, &o, buffer);

	ck_assert_uint_eq(o.one.dim, 2);
	ck_assert_mem_eq(o.one.w, numbers, 6 * sizeof(float));
	ck_assert_float_eq(o.one.eps, 5);
	ck_assert(o.one.flags[0] && !o.one.flags[1] && o.one.flags[2]);
	ck_assert_uint_eq(o.n_grown, 2);
	ck_assert_uint_eq(o.grown[0].dim, 2);
	/* The kernel is the transpose: [3][2] of 1..6 becomes [2][3]. */
	ck_assert_float_eq(o.grown[0].w[0], 1);
	ck_assert_float_eq(o.grown[0].w[1], 3);
	ck_assert_float_eq(o.grown[0].w[3], 2);
	ck_assert_float_eq(o.grown[1].w[0], 1);
	ck_assert(o.has_buffer && !o.has_absent);
	ck_assert_float_eq(buffer[3], 12);
	ck_assert_float_eq(buffer[4], -1);
	ck_assert_ptr_null(o.absent.w);
	/* Three of four elements: the fourth is the caller's still. */
	ck_assert_uint_eq(o.half[3], 0xa5a5);
	ck_assert_uint_ne(o.half[0], 0xa5a5);
	ck_assert_uint_eq(o.n_stack, 2);
	ck_assert_float_eq(o.stack[0], 1);
	ck_assert_float_eq(o.stack[2], 11);
	sftr_binding_release(b, NULL);
	ck_assert_ptr_null(o.stack);
	sftr_binding_free(b);
	sftr_checkpoint_close(ckpt);
}
END_TEST

struct leaf {
	const float *w;
};
SFTR_STRUCT(leaf_table, struct leaf, SFTR_VIEW(w, "2", SFTR_OR_COPY));

struct branch {
	struct leaf one, pair[2];
};
SFTR_STRUCT(branch_table, struct branch, SFTR_NESTED(one, leaf_table),
	    SFTR_STRUCTS_EXACTLY(pair, leaf_table));

struct crown {
	struct branch branch;
	struct leaf pair[2];
	bool has_branch, has_pair;
};
SFTR_STRUCT(crown_table, struct crown,
	    SFTR_NESTED(branch, branch_table, SFTR_OPTIONAL(has_branch)),
	    SFTR_STRUCTS_EXACTLY(pair, leaf_table, SFTR_OPTIONAL(has_pair)));

/* Nor are the structs missing that are within an absent one. */
START_TEST(pointers_of_an_absent_struct_are_null_at_any_depth)
{
	sftr_checkpoint *ckpt = offer(NULL, 0);
	sftr_binding *b;
	struct crown c;
	sftr_error err;

	memset(&c, 0xa5, sizeof c);
	assert_ok(SFTR_BIND(ckpt, crown_table, &c, NULL, &b, &err), err);
	ck_assert(!c.has_branch && !c.has_pair);
	ck_assert_ptr_null(c.branch.one.w);
	for (int i = 0; i < 2; i++) {
		ck_assert_ptr_null(c.branch.pair[i].w);
		ck_assert_ptr_null(c.pair[i].w);
	}
	sftr_binding_free(b);
	sftr_checkpoint_close(ckpt);
}
END_TEST

/* Those that need not be there: optional, or the last of what is counted. */
static bool
may_go(const char *name)
{
	return strcmp(name, "buffer") == 0 || strcmp(name, "blocks.1.s") == 0;
}

/* An error leaves every byte of the struct, and of its buffer, as it was. */
START_TEST(any_missing_tensor_leaves_the_struct_untouched)
{
	struct offered some[COUNT(everything)];
	float buffer[4] = { -1, -2, -3, -4 }, old[4];
	struct outer o, before;
	sftr_checkpoint *ckpt;
	sftr_binding *b;
	sftr_error err;
	sftr_code code;
	size_t n = 0;

	for (size_t i = 0; i < COUNT(everything); i++)
		if (i != (size_t)_i)
			some[n++] = everything[i];
	ckpt = offer(some, n);
	memcpy(old, buffer, sizeof old);
	clear_outer(&o, buffer);
	before = o;
	code = SFTR_BIND(ckpt, outer_table, &o, NULL, &b, &err);
	if (may_go(everything[_i].name)) {
		ck_assert_int_eq(code, SFTR_OK);
	} else {
		ck_assert_int_ne(code, SFTR_OK);
		ck_assert_ptr_null(b);
		ck_assert_mem_eq(&o, &before, sizeof o);
	}
	sftr_binding_free(b);
	ck_assert_mem_eq(buffer, old, sizeof old);
	sftr_checkpoint_close(ckpt);
}
END_TEST

START_TEST(out_of_memory_at_every_point)
{
	sftr_checkpoint *ckpt = offer(everything, COUNT(everything));
	struct ledger books;
	sftr_allocator allocator = ledger_allocator(&books);
	sftr_bind_options options = { 0 };
	float buffer[4] = { 0 };
	struct outer o, before;
	sftr_binding *b;
	sftr_error err;
	sftr_code code;

	options.allocator = &allocator;
	while (ledger_round(&books)) {
		clear_outer(&o, buffer);
		before = o;
		code = SFTR_BIND(ckpt, outer_table, &o, &options, &b, &err);
		if (code != SFTR_OK)
			ck_assert_mem_eq(&o, &before, sizeof o);
		else
			code = sftr_binding_load(b, NULL, &err);
		ck_assert_int_eq(code, ledger_code(&books));
		if (code != SFTR_OK)
			ck_assert_int_eq(err.code, SFTR_E_MEMORY);
		sftr_binding_free(b);
	}
	ck_assert_uint_gt(books.fail_at, 40);
	sftr_checkpoint_close(ckpt);
}
END_TEST

START_TEST(a_bool_that_is_neither_is_an_error)
{
	const unsigned char bytes[3] = { 1, 2, 0 };
	struct offered some[COUNT(everything)];
	sftr_checkpoint *ckpt;
	float buffer[4];
	sftr_binding *b;
	struct outer o;
	sftr_error err;

	memcpy(some, everything, sizeof some);
	some[4].bytes = bytes;
	ckpt = offer(some, COUNT(everything));
	memset(&o, 0, sizeof o);
	o.buffer = buffer;
	o.capacity = 4;
	ck_assert_int_eq(SFTR_BIND(ckpt, outer_table, &o, NULL, &b, &err),
			 SFTR_OK);
	ck_assert_int_eq(sftr_binding_load(b, NULL, &err), SFTR_E_VALUE);
	ck_assert_str_eq(err.key, "one.flags");
	ck_assert_str_eq(err.message, "expected a bool, 0 or 1, found 2 at "
				      "element 1");
	ck_assert(!o.one.flags[0] && !o.one.flags[1] && !o.one.flags[2]);
	sftr_binding_free(b);
	sftr_checkpoint_close(ckpt);
}
END_TEST

struct forest {
	struct leaf *trees;
	int n_trees;
	bool flags[2];
	const float *lake;
	bool has_lake;
};
SFTR_STRUCT(forest_table, struct forest,
	    SFTR_STRUCTS_ALLOC(trees, n_trees, leaf_table),
	    SFTR_ARRAY(flags, "2"),
	    SFTR_VIEW(lake, "2", SFTR_OR_COPY, SFTR_OPTIONAL(has_lake)));

/* Bound, but for a bool not loaded: what was allocated is gone again. */
START_TEST(a_load_that_fails_leaves_no_pointer_behind)
{
	static const uint64_t two = 2;
	static const unsigned char bytes[16] = { 1, 2 };
	const char *path = in_folder("forest.safetensors");
	sftr_str names[3] = { { "flags", 5 },
			      { "trees.0.w", 9 },
			      { "lake", 4 } };
	struct forest forest;
	sftr_writer *writer;
	sftr_binding *b;
	sftr_error err;

	ck_assert_int_eq(sftr_writer_new(NULL, &writer, &err), SFTR_OK);
	for (int i = 0; i < 3; i++)
		ck_assert_int_eq(sftr_writer_add(writer, names[i],
						 i == 0 ? SFTR_BOOL : SFTR_F32,
						 &two, 1, bytes, i == 0 ? 2 : 8,
						 &err),
				 SFTR_OK);
	ck_assert_int_eq(sftr_writer_save(writer, path, &err), SFTR_OK);
	sftr_writer_free(writer);
	memset(&forest, 0xa5, sizeof forest);
	ck_assert_int_eq(SFTR_LOAD(path, forest_table, &forest, NULL, &b, &err),
			 SFTR_E_VALUE);
	ck_assert_ptr_null(b);
	ck_assert_ptr_null(forest.trees);
	ck_assert_int_eq(forest.n_trees, 0);
	ck_assert_ptr_null(forest.lake);
	ck_assert(!forest.has_lake);
}
END_TEST

START_TEST(what_is_saved_is_loaded_again)
{
	const char *path = in_folder("outer.safetensors");
	sftr_checkpoint *ckpt = offer(everything, COUNT(everything)), *again;
	const sftr_tensor *kernel;
	float buffers[2][4];
	struct outer a, b;
	sftr_binding *held[2];
	sftr_error err;

	held[0] = load_outer(ckpt, &a, buffers[0]);
	/* 'half' holds four; it is saved whole. */
	a.half[3] = 7;
	assert_ok(SFTR_SAVE(path, outer_table, &a, NULL, &err), err);
	ck_assert_int_eq(sftr_checkpoint_open(path, NULL, &again, &err),
			 SFTR_OK);
	/* The first name of each; "first" is the first of "first|one". */
	kernel = sftr_checkpoint_find(again, "first.weight", 12);
	ck_assert_ptr_nonnull(kernel);
	ck_assert_ptr_nonnull(sftr_checkpoint_find(again, "blocks.1.s", 10));
	ck_assert_uint_eq(sftr_checkpoint_count(again), COUNT(everything));
	held[1] = load_outer(again, &b, buffers[1]);
	ck_assert_mem_eq(a.one.w, b.one.w, 6 * sizeof(float));
	ck_assert_mem_eq(a.one.in_place, b.one.in_place, sizeof a.one.in_place);
	ck_assert_mem_eq(a.one.two, b.one.two, sizeof a.one.two);
	ck_assert_uint_eq(b.n_grown, 2);
	ck_assert_mem_eq(a.grown[0].w, b.grown[0].w, 6 * sizeof(float));
	ck_assert_mem_eq(a.half, b.half, sizeof a.half);
	ck_assert_mem_eq(a.stack, b.stack, 4 * sizeof(float));
	ck_assert_mem_eq(buffers[0], buffers[1], sizeof buffers[0]);
	ck_assert(!b.has_absent && b.has_buffer);
	for (int i = 0; i < 2; i++)
		sftr_binding_free(held[i]);
	sftr_checkpoint_close(ckpt);
	sftr_checkpoint_close(again);
}
END_TEST

struct packed {
	const uint8_t *pairs, *fours;
};
SFTR_STRUCT(packed_table, struct packed,
	    SFTR_VIEW_AS(pairs, SFTR_F4, "3 2", SFTR_OR_COPY),
	    SFTR_VIEW_AS(fours, SFTR_F6_E2M3, "4", SFTR_OR_COPY));

START_TEST(elements_below_a_byte_are_bytes_that_they_share)
{
	static const uint8_t bytes[] = { 0x21, 0x43, 0x65, 0x87, 0xa9, 0xcb };
	static const struct offered tensors[] = {
		{ "pairs", SFTR_F4, 2, { 3, 2 }, bytes },
		{ "fours", SFTR_F6_E2M3, 1, { 4 }, bytes + 3 },
	};
	const char *path = in_folder("packed.safetensors");
	sftr_checkpoint *ckpt = offer(tensors, 2);
	sftr_binding *b = NULL, *again = NULL;
	struct packed p, q;
	sftr_error err;

	ck_assert_int_eq(SFTR_BIND(ckpt, packed_table, &p, NULL, &b, &err),
			 SFTR_OK);
	ck_assert_int_eq(sftr_binding_load(b, NULL, &err), SFTR_OK);
	ck_assert_mem_eq(p.pairs, bytes, 3);
	ck_assert_mem_eq(p.fours, bytes + 3, 3);
	assert_ok(SFTR_SAVE(path, packed_table, &p, NULL, &err), err);
	ck_assert_int_eq(SFTR_LOAD(path, packed_table, &q, NULL, &again, &err),
			 SFTR_OK);
	ck_assert_mem_eq(q.pairs, bytes, 3);
	ck_assert_mem_eq(q.fours, bytes + 3, 3);
	sftr_binding_free(b);
	sftr_binding_free(again);
	sftr_checkpoint_close(ckpt);
}
END_TEST

struct turned {
	float matrix[2][3];
	float stack[3][4]; /* of 3-vectors, four of them, side by side */
};
SFTR_STRUCT(turned_table, struct turned,
	    SFTR_ARRAY2(matrix, "out in", SFTR_NAME_T("kernel")),
	    SFTR_ARRAY2(stack, "3 4", SFTR_NAME_AS("v.*", "stack 1")));

START_TEST(what_a_load_turns_a_save_turns_back)
{
	const char *path = in_folder("turned.safetensors");
	sftr_struct_save_options slashes = { 0 };
	struct turned a, b;
	sftr_checkpoint *ckpt;
	const sftr_tensor *t;
	float kernel[6], vector[3];
	sftr_error err;

	for (int i = 0; i < 6; i++)
		a.matrix[i / 3][i % 3] = (float)i;
	for (int i = 0; i < 12; i++)
		a.stack[i / 4][i % 4] = (float)i;
	assert_ok(SFTR_SAVE(path, turned_table, &a, NULL, &err), err);
	ck_assert_int_eq(sftr_checkpoint_open(path, NULL, &ckpt, &err),
			 SFTR_OK);
	ck_assert_uint_eq(sftr_checkpoint_count(ckpt), 5);
	t = sftr_checkpoint_find(ckpt, "kernel", 6);
	ck_assert_uint_eq(t->shape[0], 3);
	ck_assert_int_eq(
		sftr_checkpoint_read(ckpt, t, kernel, sizeof kernel, &err),
		SFTR_OK);
	ck_assert_float_eq(kernel[1], 3);
	ck_assert_float_eq(kernel[2], 1);
	t = sftr_checkpoint_find(ckpt, "v.3", 3);
	ck_assert_uint_eq(t->rank, 1);
	ck_assert_int_eq(
		sftr_checkpoint_read(ckpt, t, vector, sizeof vector, &err),
		SFTR_OK);
	ck_assert_float_eq(vector[2], 11);
	sftr_checkpoint_close(ckpt);
	ck_assert_int_eq(SFTR_LOAD(path, turned_table, &b, NULL, NULL, &err),
			 SFTR_OK);
	ck_assert_mem_eq(&a, &b, sizeof a);
	slashes.codec = SFTR_CODEC_SLASH;
	ck_assert_int_eq(SFTR_SAVE(path, turned_table, &a, &slashes, &err),
			 SFTR_OK);
	ck_assert_int_eq(sftr_checkpoint_open(path, NULL, &ckpt, &err),
			 SFTR_OK);
	ck_assert_ptr_nonnull(sftr_checkpoint_find(ckpt, "v/0", 3));
	sftr_checkpoint_close(ckpt);
}
END_TEST

struct spelt {
	float star[2], bar[2], matrix[3][2];
	struct leaf below;
	struct leaf many[2];
	int n_many;
};
SFTR_STRUCT(spelt_table, struct spelt, SFTR_ARRAY(star, "2", SFTR_NAME("a\\*")),
	    SFTR_ARRAY(bar, "2", SFTR_NAME("a\\|b c|none")),
	    SFTR_ARRAY2(matrix, "3 2", SFTR_NAME("\\*.*.v")),
	    SFTR_NESTED(below, leaf_table, SFTR_NAME("x\\*")),
	    SFTR_STRUCTS(many, n_many, leaf_table, SFTR_NAME("y\\*_*")));

/* "\" takes the meaning off "*" and "|", whatever is done by the table. */
START_TEST(names_are_escaped_in_a_table)
{
	static const struct offered tensors[] = {
		{ "a*", SFTR_F32, 1, { 2 }, numbers },
		{ "a|b c", SFTR_F32, 1, { 2 }, numbers },
		{ "*.0.v", SFTR_F32, 1, { 2 }, numbers },
		{ "*.1.v", SFTR_F32, 1, { 2 }, numbers },
		{ "*.2.v", SFTR_F32, 1, { 2 }, numbers },
		{ "x*.w", SFTR_F32, 1, { 2 }, numbers },
		{ "y*_0.w", SFTR_F32, 1, { 2 }, numbers },
		{ "y*_1.w", SFTR_F32, 1, { 2 }, numbers },
	};
	const char *path = in_folder("spelt.safetensors");
	sftr_checkpoint *ckpt = offer(tensors, 8), *again;
	struct spelt spelt;
	sftr_binding *b, *c;
	char manifest[256];
	sftr_error err;
	size_t n;

	assert_ok(SFTR_BIND(ckpt, spelt_table, &spelt, NULL, &b, &err), err);
	ck_assert_int_eq(spelt.n_many, 2);
	ck_assert_int_eq(sftr_binding_load(b, NULL, &err), SFTR_OK);
	assert_ok(
		SFTR_MANIFEST(spelt_table, manifest, sizeof manifest, &n, &err),
		err);
	assert_ok(sftr_bind_manifest(manifest, n, ckpt, NULL, &c, &err), err);
	sftr_binding_free(c);
	assert_ok(SFTR_SAVE(path, spelt_table, &spelt, NULL, &err), err);
	ck_assert_int_eq(sftr_checkpoint_open(path, NULL, &again, &err),
			 SFTR_OK);
	ck_assert_uint_eq(sftr_checkpoint_count(again), 8);
	for (size_t i = 0; i < 8; i++)
		ck_assert_msg(sftr_checkpoint_find(again, tensors[i].name,
						   strlen(tensors[i].name)) !=
				      NULL,
			      "%s", tensors[i].name);
	sftr_binding_free(b);
	sftr_checkpoint_close(ckpt);
	sftr_checkpoint_close(again);
}
END_TEST

struct loose {
	float *w;
	int n;
	float *into;
	short room;
};
SFTR_STRUCT(loose_table, struct loose, SFTR_ALLOC(w, "n m"), SFTR_DIM(n, "n"),
	    SFTR_INTO(into, room, "n"));

/* What cannot be saved says why, and there is no file. */
START_TEST(a_struct_that_cannot_be_saved_says_why)
{
	static const struct {
		const char *key, *message;
		sftr_code code;
	} said[] = {
		{ "w", "one of its dimensions has no value", SFTR_E_TABLE },
		{ "w", "it is NULL", SFTR_E_ARGUMENT },
		{ "n", "a dimension is negative", SFTR_E_ARGUMENT },
		{ "into", "its dimensions are more than it holds",
		  SFTR_E_ARGUMENT },
		{ "into", "its capacity is negative", SFTR_E_ARGUMENT },
	};
	const char *path = in_folder("loose.safetensors");
	const sftr_dim m[] = { { "m", 2 } };
	sftr_struct_save_options options = { 0 };
	float memory[4] = { 0 };
	struct loose l = { memory, 2, memory, 2 };
	sftr_error err;

	options.dims = m;
	options.n_dims = _i != 0;
	if (_i == 1)
		l.w = NULL;
	if (_i == 2)
		l.n = -1;
	if (_i == 3)
		l.room = 1;
	if (_i == 4)
		l.room = -1;
	ck_assert_int_eq(SFTR_SAVE(path, loose_table, &l, &options, &err),
			 said[_i].code);
	ck_assert_str_eq(err.key, said[_i].key);
	ck_assert_str_eq(err.message, said[_i].message);
	ck_assert_uint_eq(folder_count(folder), 0);
}
END_TEST

static const char *const no_names[] = {
	"", "x|", "|x", "x||y", "x\\", "x|y\\"
};

/* A table by hand, as no macro would make it. */
START_TEST(a_table_that_contradicts_itself_is_named)
{
	sftr_field fields[2] = { { 0 } };
	const sftr_table table = { "struct hand", 8, 2, fields };
	sftr_checkpoint *ckpt = offer(everything, 1);
	sftr_binding *b;
	char object[64];
	sftr_error err;

	for (int i = 0; i < 2; i++) {
		fields[i].what = SFTR__ARRAY;
		fields[i].member = i == 0 ? "a" : "b";
		fields[i].shape = "1";
		fields[i].dtype = SFTR_F32;
		fields[i].size = 4;
		fields[i].n = 1;
	}
	switch (_i) {
	case 0: fields[1].member = "a"; break;
	case 1: fields[1].shape = "a,b"; break;
	case 2: fields[1].shape = NULL; break;
	case 3: fields[1].words[0].what = SFTR__OR_COPY; break;
	case 4:
		fields[1].what = SFTR__NESTED;
		fields[1].table = inner_table;
		fields[1].words[0].what = SFTR__NAMED;
		fields[1].words[0].name = "x_*";
		break;
	case 5:
		fields[1].what = SFTR__DIM;
		fields[1].shape = "two words";
		break;
	case 6:
	case 7: /* four bits cannot be turned, nor stacked */
		fields[1].dtype = SFTR_F4;
		fields[1].words[0].what = SFTR__NAMED;
		fields[1].words[0].name = _i == 6 ? "x" : "x_*";
		fields[1].words[0].transform = _i == 6 ? "T" : NULL;
		break;
	case 8:
		fields[1].what = SFTR__DIM;
		fields[1].shape = " n";
		break;
	default:
		fields[1].words[0].what = SFTR__NAMED;
		fields[1].words[0].name = no_names[_i - 9];
		break;
	}
	ck_assert_int_eq(sftr_struct_bind(ckpt, &table, object, NULL, &b, &err),
			 SFTR_E_TABLE);
	ck_assert_str_eq(err.key, _i == 0 ? "a" : "b");
	sftr_checkpoint_close(ckpt);
}
END_TEST

/* Enough of them that none is held against all others. */
START_TEST(a_table_of_many_fields_has_each_once)
{
	enum { N = 1000 };
	static sftr_field fields[N];
	static char members[N][16];
	const sftr_table table = { "struct wide", 8, N, fields };
	sftr_checkpoint *ckpt = offer(everything, 1);
	struct ledger books;
	sftr_allocator allocator = ledger_allocator(&books);
	sftr_bind_options options = { .allocator = &allocator };
	sftr_binding *b;
	char object[64];
	sftr_error err;

	for (int i = 0; i < N; i++) {
		snprintf(members[i], sizeof members[i], "m%d", i * 7 % N);
		fields[i].what = i % 2 == 0 ? SFTR__VIEW : SFTR__DIM;
		fields[i].member = members[i];
		fields[i].shape = i % 2 == 0 ? "1" : "d";
		fields[i].dtype = SFTR_F32;
	}
	/* A dimension may be called as a member; a member may not. */
	fields[501].member = members[0];
	fields[N - 1].what = SFTR__VIEW;
	fields[N - 1].shape = "1";
	fields[N - 1].member = members[2];
	ck_assert_int_eq(
		sftr_struct_bind(ckpt, &table, object, &options, &b, &err),
		SFTR_E_TABLE);
	ck_assert_str_eq(err.key, members[2]);
	ck_assert_str_eq(err.message,
			 "table of struct wide: it is there twice");
	books.fail_at = books.n_calls + 1;
	ck_assert_int_eq(
		sftr_struct_bind(ckpt, &table, object, &options, &b, &err),
		SFTR_E_MEMORY);
	ck_assert_uint_eq(books.n_blocks, 0);
	sftr_checkpoint_close(ckpt);
}
END_TEST

struct node {
	float w;
	struct node *below;
	int n_below;
};
SFTR_STRUCT(node_table, struct node, SFTR_VALUE(w),
	    SFTR_STRUCTS_ALLOC(below, n_below, node_table));

START_TEST(a_table_within_itself_is_refused)
{
	sftr_checkpoint *ckpt = offer(everything, 1);
	struct node node;
	sftr_binding *b;
	sftr_error err;

	ck_assert_int_eq(SFTR_BIND(ckpt, node_table, &node, NULL, &b, &err),
			 SFTR_E_TABLE);
	ck_assert_str_eq(err.key, "below");
	sftr_checkpoint_close(ckpt);
}
END_TEST

/* Structs are allocated up to the size of the file and 1 MiB, all together. */
struct wide {
	struct padded {
		float w;
		char pad[600000];
	} * a, *b;
	int n_a, n_b;
};
SFTR_STRUCT(padded_table, struct padded, SFTR_VALUE(w));
SFTR_STRUCT(wide_table, struct wide, SFTR_STRUCTS_ALLOC(a, n_a, padded_table),
	    SFTR_STRUCTS_ALLOC(b, n_b, padded_table));

START_TEST(structs_take_no_more_memory_than_the_file)
{
	static const char *const names[][2] = { { "a.0.w", "a.1.w" },
						{ "a.0.w", "b.0.w" } };
	sftr_array arrays[2];
	struct wide wide, before;
	sftr_checkpoint *ckpt;
	sftr_binding *b;
	sftr_error err;

	memset(arrays, 0, sizeof arrays);
	for (size_t i = 0; i < 2; i++) {
		arrays[i].name = str(names[_i][i]);
		arrays[i].dtype = SFTR_F32;
		arrays[i].bytes = numbers;
		arrays[i].n_bytes = 4;
	}
	memset(&wide, 0xa5, sizeof wide);
	before = wide;
	ck_assert_int_eq(
		sftr_checkpoint_open_arrays(arrays, 2, NULL, &ckpt, &err),
		SFTR_OK);
	ck_assert_int_eq(SFTR_BIND(ckpt, wide_table, &wide, NULL, &b, &err),
			 SFTR_E_LIMIT);
	ck_assert_str_eq(err.key, _i == 0 ? "a" : "b");
	ck_assert_mem_eq(&wide, &before, sizeof wide);
	sftr_checkpoint_close(ckpt);
}
END_TEST

/* 300 layers do not fit a count of 8 bits, and nothing is written. */
struct many {
	struct one {
		float w;
	} * all;
	uint8_t n;
};
SFTR_STRUCT(one_table, struct one, SFTR_VALUE(w));
SFTR_STRUCT(many_table, struct many, SFTR_STRUCTS_ALLOC(all, n, one_table));

START_TEST(a_count_that_does_not_fit_its_member_is_an_error)
{
	static char names[300][16];
	static sftr_array arrays[300];
	sftr_report report = { .n_errors = 9 };
	sftr_bind_options options = { .report = &report };
	struct many many, before;
	sftr_checkpoint *ckpt;
	sftr_binding *b;
	sftr_error err;

	for (size_t i = 0; i < 300; i++) {
		snprintf(names[i], sizeof names[i], "all.%zu.w", i);
		arrays[i].name = str(names[i]);
		arrays[i].dtype = SFTR_F32;
		arrays[i].bytes = numbers;
		arrays[i].n_bytes = 4;
	}
	memset(&many, 0xa5, sizeof many);
	before = many;
	ck_assert_int_eq(
		sftr_checkpoint_open_arrays(arrays, 300, NULL, &ckpt, &err),
		SFTR_OK);
	ck_assert_int_eq(SFTR_BIND(ckpt, many_table, &many, &options, &b, &err),
			 SFTR_E_CAPACITY);
	ck_assert_int_eq(report.codec, SFTR_CODEC_GUESS);
	ck_assert_uint_eq(report.n_errors, 0);
	ck_assert_str_eq(err.message, "300 is more than the member n holds");
	ck_assert_mem_eq(&many, &before, sizeof many);
	sftr_checkpoint_close(ckpt);
}
END_TEST

struct twice {
	struct one a[4], b[4];
	int n;
};
/* A dimension without a value has nothing to say. */
SFTR_STRUCT(twice_table, struct twice, SFTR_STRUCTS(a, n, one_table),
	    SFTR_STRUCTS(b, n, one_table), SFTR_DIM(n, "unheard"));

struct lora {
	struct one *a, *b;
	int n;
	bool has_a, has_b;
};
SFTR_STRUCT(lora_table, struct lora,
	    SFTR_STRUCTS_ALLOC(a, n, one_table, SFTR_OPTIONAL(has_a)),
	    SFTR_STRUCTS_ALLOC(b, n, one_table, SFTR_OPTIONAL(has_b)));

START_TEST(an_absent_array_leaves_a_shared_count_to_the_other)
{
	static const struct offered tensors[] = {
		{ "a.0.w", SFTR_F32, 0, { 0 }, numbers },
		{ "a.1.w", SFTR_F32, 0, { 0 }, numbers },
		{ "b.0.w", SFTR_F32, 0, { 0 }, numbers },
	};
	static const struct {
		size_t begin, n;
		int count;
	} rows[] = { { 0, 2, 2 }, { 2, 1, 1 }, { 0, 0, 0 }, { 1, 2, -1 } };
	sftr_checkpoint *ckpt = offer(tensors + rows[_i].begin, rows[_i].n);
	struct lora lora;
	sftr_binding *b;
	sftr_error err;
	sftr_code code = SFTR_BIND(ckpt, lora_table, &lora, NULL, &b, &err);

	if (rows[_i].count < 0) {
		/* "a.1" without "a.0" is no array. */
		ck_assert_int_eq(code, SFTR_E_UNEXPECTED);
	} else {
		assert_ok(code, err);
		ck_assert_int_eq(lora.n, rows[_i].count);
		ck_assert_int_eq(lora.has_a, _i == 0);
		ck_assert_int_eq(lora.has_b, _i == 1);
	}
	sftr_binding_free(b);
	sftr_checkpoint_close(ckpt);
}
END_TEST

/* No file can have a program read an array beyond what was bound of it. */
START_TEST(arrays_that_share_a_count_are_of_one_length)
{
	static const struct offered tensors[] = {
		{ "a.0.w", SFTR_F32, 0, { 0 }, numbers },
		{ "b.0.w", SFTR_F32, 0, { 0 }, numbers },
		{ "a.1.w", SFTR_F32, 0, { 0 }, numbers },
		{ "b.1.w", SFTR_F32, 0, { 0 }, numbers },
	};
	struct twice twice;
	sftr_error err;

	for (size_t n = 2; n <= 4; n++) {
		sftr_checkpoint *ckpt = offer(tensors, n);
		sftr_binding *b;
		sftr_code code =
			SFTR_BIND(ckpt, twice_table, &twice, NULL, &b, &err);

		ck_assert_int_eq(code, n == 3 ? SFTR_E_CAPACITY : SFTR_OK);
		if (n == 3)
			ck_assert_str_eq(err.message,
					 "1 is another number than the member "
					 "n holds");
		else
			ck_assert_int_eq(twice.n, (int)n / 2);
		sftr_binding_free(b);
		sftr_checkpoint_close(ckpt);
	}
}
END_TEST

int
main(void)
{
	TCase *tc = tcase_create("struct");

	tcase_add_test(tc, layers_of_different_width_share_one_table);
	tcase_add_test(tc, numbers_of_another_byte_order_are_no_view);
	tcase_add_test(tc, arrays_end_where_the_file_ends);
	tcase_add_test(tc, an_array_that_is_too_small_says_what_it_holds);
	tcase_add_test(tc, every_kind_of_field_is_filled);
	tcase_add_test(tc, pointers_of_an_absent_struct_are_null_at_any_depth);
	tcase_add_loop_test(tc, any_missing_tensor_leaves_the_struct_untouched,
			    0, COUNT(everything));
	tcase_add_test(tc, out_of_memory_at_every_point);
	tcase_add_test(tc, a_bool_that_is_neither_is_an_error);
	tcase_add_checked_fixture(tc, folder_make, folder_remove);
	tcase_add_test(tc, a_load_that_fails_leaves_no_pointer_behind);
	tcase_add_test(tc, what_is_saved_is_loaded_again);
	tcase_add_test(tc, elements_below_a_byte_are_bytes_that_they_share);
	tcase_add_test(tc, what_a_load_turns_a_save_turns_back);
	tcase_add_test(tc, names_are_escaped_in_a_table);
	tcase_add_loop_test(tc, a_struct_that_cannot_be_saved_says_why, 0, 5);
	tcase_add_loop_test(tc, a_table_that_contradicts_itself_is_named, 0,
			    9 + COUNT(no_names));
	tcase_add_test(tc, a_table_of_many_fields_has_each_once);
	tcase_add_test(tc, a_table_within_itself_is_refused);
	tcase_add_loop_test(tc, structs_take_no_more_memory_than_the_file, 0,
			    2);
	tcase_add_test(tc, a_count_that_does_not_fit_its_member_is_an_error);
	tcase_add_loop_test(
		tc, an_absent_array_leaves_a_shared_count_to_the_other, 0, 4);
	tcase_add_test(tc, arrays_that_share_a_count_are_of_one_length);
	return run_suite("struct", tc);
}
