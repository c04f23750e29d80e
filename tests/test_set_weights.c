/* SPDX-License-Identifier: MIT */
#include "offers.h"

#include "folder.h"
#include "ledger.h"
#include "suite.h"

#include <safetree.h>

static const float numbers[16] = { 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12 };

/* {"params": [ {"w": [2,3], "b": [3]}, {"w": [2,3]} ]}, memory of its own. */
struct model {
	float w0[6], b0[3], w1[6];
	sftr_tree *tree;
};

static void
make_model(struct model *m, const sftr_allocator *allocator)
{
	const uint64_t shape[] = { 2, 3 };
	sftr_node *list, *layer;
	sftr_error err;

	memset(m, 0, sizeof *m);
	for (size_t i = 0; i < 6; i++)
		m->w0[i] = m->w1[i] = -1;
	ck_assert_int_eq(sftr_tree_new(allocator, &m->tree, &err), SFTR_OK);
	list = sftr_node_add(sftr_tree_set_root(m->tree, SFTR_NODE_DICT),
			     sftr_key("params"), SFTR_NODE_LIST);
	layer = sftr_node_add(list, sftr_index(0), SFTR_NODE_DICT);
	sftr_node_add_tensor(layer, sftr_key("w"), SFTR_F32, shape, 2, m->w0);
	sftr_node_add_tensor(layer, sftr_key("b"), SFTR_F32, shape + 1, 1,
			     m->b0);
	layer = sftr_node_add(list, sftr_index(1), SFTR_NODE_DICT);
	sftr_node_add_tensor(layer, sftr_key("w"), SFTR_F32, shape, 2, m->w1);
	ck_assert_int_eq(sftr_tree_status(m->tree, &err), SFTR_OK);
}

/* One model as four frameworks would name it. */
static const struct {
	sftr_codec codec;
	const char *names[3];
} spellings[] = {
	{ SFTR_CODEC_P2S, { "@params#0@w", "@params#0@b", "@params#1@w" } },
	{ SFTR_CODEC_DOTTED, { "params.0.w", "params.0.b", "params.1.w" } },
	{ SFTR_CODEC_SLASH, { "params/0/w", "params/0/b", "params/1/w" } },
	{ SFTR_CODEC_KEYSTR,
	  { "['params'][0]['w']", "['params'][0]['b']",
	    "['params'][1]['w']" } },
};

static void
spell(struct offered offered[3], size_t i)
{
	const struct offered model[3] = {
		{ NULL, SFTR_F32, 2, { 2, 3 }, numbers },
		{ NULL, SFTR_F32, 1, { 3 }, numbers + 6 },
		{ NULL, SFTR_F32, 2, { 2, 3 }, numbers + 4 },
	};

	memcpy(offered, model, sizeof model);
	for (size_t k = 0; k < 3; k++)
		offered[k].name = spellings[i].names[k];
}

START_TEST(a_tree_is_filled_whatever_the_names_are_spelt_in)
{
	struct offered offered[3];
	sftr_checkpoint *ckpt;
	sftr_report report;
	struct model m;
	sftr_error err;

	make_model(&m, NULL);
	spell(offered, (size_t)_i);
	ckpt = offer(offered, 3);
	assert_ok(sftr_set_weights(m.tree, ckpt, NULL, &report, &err), err);
	ck_assert_int_eq(report.codec, spellings[_i].codec);
	ck_assert_uint_eq(report.n_bound, 3);
	ck_assert_mem_eq(m.w0, numbers, sizeof m.w0);
	ck_assert_mem_eq(m.b0, numbers + 6, sizeof m.b0);
	ck_assert_mem_eq(m.w1, numbers + 4, sizeof m.w1);
	sftr_tree_free(m.tree);
	sftr_checkpoint_close(ckpt);
}
END_TEST

/* Another codec names the slot then, and the error stays as it was. */
START_TEST(a_path_that_the_codec_cannot_say_is_no_error)
{
	const struct offered offered = {
		"['a.b']", SFTR_F32, 0, { 0 }, numbers
	};
	const sftr_bind_options options = { .codec = SFTR_CODEC_KEYSTR,
					    .slot_codec = SFTR_CODEC_DOTTED };
	sftr_checkpoint *ckpt = offer(&offered, 1);
	sftr_error err, before;
	sftr_tree *tree;
	float w = 0;

	ck_assert_int_eq(sftr_tree_new(NULL, &tree, NULL), SFTR_OK);
	sftr_node_add_tensor(sftr_tree_set_root(tree, SFTR_NODE_DICT),
			     sftr_key("a.b"), SFTR_F32, NULL, 0, &w);
	memset(&err, 0xa5, sizeof err);
	before = err;
	ck_assert_int_eq(sftr_set_weights(tree, ckpt, &options, NULL, &err),
			 SFTR_OK);
	ck_assert_mem_eq(&err, &before, sizeof err);
	ck_assert(w == numbers[0]);
	sftr_tree_free(tree);
	sftr_checkpoint_close(ckpt);
}
END_TEST

START_TEST(all_or_nothing)
{
	struct offered offered[3];
	struct model m, before;
	sftr_checkpoint *ckpt;
	sftr_report report;
	sftr_error err;

	make_model(&m, NULL);
	before = m;
	spell(offered, 0);
	offered[2].shape[0] = 3;
	offered[2].shape[1] = 2;
	ckpt = offer(offered, 3);
	ck_assert_int_eq(sftr_set_weights(m.tree, ckpt, NULL, &report, &err),
			 SFTR_E_SHAPE);
	ck_assert_str_eq(err.key, "@params#1@w");
	ck_assert_str_eq(err.message, "shape: file [3,2]; wants [2,3]; "
				      "its transpose fits");
	ck_assert_uint_eq(report.n_errors, 1);
	ck_assert_mem_eq(&m, &before, sizeof m);
	sftr_tree_free(m.tree);
	sftr_checkpoint_close(ckpt);
}
END_TEST

START_TEST(lenient_keeps_what_is_missing_and_passes_over_the_rest)
{
	static const uint16_t halves[] = { 0x3c00, 0x4000, 0x4200 };
	struct offered offered[4];
	sftr_bind_options options;
	sftr_checkpoint *ckpt;
	sftr_report report;
	struct model m;
	sftr_error err;

	make_model(&m, NULL);
	spell(offered, 0);
	offered[0].name = "@other";
	offered[1].dtype = SFTR_F16;
	offered[1].bytes = halves;
	ckpt = offer(offered, 3);
	sftr_bind_options_lenient(&options);
	assert_ok(sftr_set_weights(m.tree, ckpt, &options, &report, &err), err);
	ck_assert_uint_eq(report.n_missing, 1);
	ck_assert_uint_eq(report.n_unexpected, 1);
	ck_assert_uint_eq(report.n_converted, 1);
	ck_assert_float_eq(m.w0[0], -1);
	ck_assert_float_eq(m.b0[2], 3);
	ck_assert_mem_eq(m.w1, numbers + 4, sizeof m.w1);
	sftr_tree_free(m.tree);
	sftr_checkpoint_close(ckpt);
}
END_TEST

START_TEST(lenient_drops_flat_steps_and_says_that_leaves_share)
{
	const struct offered offered[] = {
		{ "w", SFTR_F32, 1, { 2 }, numbers }
	};
	const sftr_step flat[] = { { SFTR_STEP_FLAT, { NULL, 0 }, 0 },
				   { SFTR_STEP_FLAT, { NULL, 0 }, 1 } };
	sftr_checkpoint *ckpt = offer(offered, 1);
	const uint64_t shape[] = { 2 };
	sftr_bind_options options;
	float a[2] = { 0 }, b[2] = { 0 };
	sftr_node *node, *root;
	sftr_report report;
	sftr_tree *tree;
	sftr_error err;

	ck_assert_int_eq(sftr_tree_new(NULL, &tree, &err), SFTR_OK);
	root = sftr_tree_set_root(tree, SFTR_NODE_OBJECT);
	node = sftr_node_add(root, flat[0], SFTR_NODE_OBJECT);
	sftr_node_add_tensor(node, sftr_attr("w"), SFTR_F32, shape, 1, a);
	node = sftr_node_add(root, flat[1], SFTR_NODE_OBJECT);
	sftr_node_add_tensor(node, sftr_attr("w"), SFTR_F32, shape, 1, b);
	ck_assert_int_eq(sftr_tree_status(tree, &err), SFTR_OK);
	ck_assert_int_eq(sftr_set_weights(tree, ckpt, NULL, &report, &err),
			 SFTR_E_MISSING);
	sftr_bind_options_lenient(&options);
	ck_assert_int_eq(sftr_set_weights(tree, ckpt, &options, &report, &err),
			 SFTR_OK);
	ck_assert_uint_eq(report.n_ambiguous, 1);
	ck_assert_uint_eq(report.n_warnings, 1);
	ck_assert_float_eq(a[1], 2);
	ck_assert_float_eq(b[1], 2);
	sftr_tree_free(tree);
	sftr_checkpoint_close(ckpt);
}
END_TEST

START_TEST(kinds_are_compared_where_a_step_was_dropped)
{
	const struct offered offered[] = {
		{ "w", SFTR_F32, 1, { 2 }, numbers }
	};
	sftr_checkpoint *ckpt = offer(offered, 1);
	const uint64_t shape[] = { 2 };
	sftr_bind_options options;
	float a[2] = { 0 };
	sftr_report report;
	sftr_node *node;
	sftr_tree *tree;
	sftr_error err;

	ck_assert_int_eq(sftr_tree_new(NULL, &tree, &err), SFTR_OK);
	node = sftr_node_add(sftr_tree_set_root(tree, SFTR_NODE_OBJECT),
			     sftr_flat(0), SFTR_NODE_DICT);
	sftr_node_add_tensor(node, sftr_key("w"), SFTR_F32, shape, 1, a);
	sftr_bind_options_lenient(&options);
	options.codec = SFTR_CODEC_P2S;
	options.kind = SFTR_WARN;
	ck_assert_int_eq(sftr_set_weights(tree, ckpt, &options, &report, &err),
			 SFTR_OK);
	ck_assert_uint_eq(report.n_kind, 1);
	ck_assert_float_eq(a[1], 2);
	sftr_tree_free(tree);
	sftr_checkpoint_close(ckpt);
}
END_TEST

START_TEST(leaves_that_share_are_filled_once)
{
	const struct offered offered[] = {
		{ "embed", SFTR_F32, 1, { 2 }, numbers },
		{ "head", SFTR_F32, 1, { 2 }, numbers + 4 },
	};
	const uint64_t shape[] = { 2 };
	sftr_checkpoint *ckpt = offer(offered, 2), *one = offer(offered, 1);
	sftr_node *root, *embed;
	float memory[2] = { 0 };
	sftr_tree *tree;
	sftr_error err;

	ck_assert_int_eq(sftr_tree_new(NULL, &tree, &err), SFTR_OK);
	root = sftr_tree_set_root(tree, SFTR_NODE_DICT);
	embed = sftr_node_add_tensor(root, sftr_key("embed"), SFTR_F32, shape,
				     1, memory);
	sftr_node_add_alias(root, sftr_key("head"), embed);
	ck_assert_int_eq(sftr_tree_status(tree, &err), SFTR_OK);
	/* A tied file has it once or twice; once is enough. */
	ck_assert_int_eq(sftr_set_weights(tree, ckpt, NULL, NULL, &err),
			 SFTR_OK);
	ck_assert_float_eq(memory[1], 2);
	ck_assert_int_eq(sftr_set_weights(tree, one, NULL, NULL, &err),
			 SFTR_OK);
	sftr_tree_free(tree);
	sftr_checkpoint_close(ckpt);
	sftr_checkpoint_close(one);
}
END_TEST

START_TEST(a_tree_that_failed_is_not_filled)
{
	struct offered offered[3];
	sftr_checkpoint *ckpt;
	struct model m;
	sftr_error err;

	make_model(&m, NULL);
	ck_assert_ptr_null(sftr_node_add(sftr_tree_root(m.tree), sftr_index(0),
					 SFTR_NODE_DICT));
	spell(offered, 0);
	ckpt = offer(offered, 3);
	ck_assert_int_eq(sftr_set_weights(m.tree, ckpt, NULL, NULL, &err),
			 SFTR_E_ARGUMENT);
	ck_assert_float_eq(m.w0[0], -1);
	sftr_tree_free(m.tree);
	sftr_checkpoint_close(ckpt);
}
END_TEST

START_TEST(a_view_of_a_file_is_not_written_to)
{
	const char *path = in_folder("a.safetensors");
	sftr_tree_options copies = { 0 };
	struct offered offered[3];
	sftr_checkpoint *ckpt;
	sftr_tree *tree;
	struct model m;
	sftr_error err;
	sftr_code code;

	make_model(&m, NULL);
	ck_assert_int_eq(sftr_tree_save(m.tree, path, NULL, &err), SFTR_OK);
	spell(offered, 0);
	ckpt = offer(offered, 3);
	ck_assert_int_eq(sftr_tree_load(path, NULL, &tree, &err), SFTR_OK);
	code = sftr_set_weights(tree, ckpt, NULL, NULL, &err);
	if (SFTR__BIG_ENDIAN) { /* it is a copy already */
		ck_assert_int_eq(code, SFTR_OK);
	} else {
		ck_assert_int_eq(code, SFTR_E_ARGUMENT);
		ck_assert_str_eq(err.message,
				 "a view of a file cannot be written to");
	}
	sftr_tree_free(tree);
	copies.data = SFTR_TREE_COPY;
	ck_assert_int_eq(sftr_tree_load(path, &copies, &tree, &err), SFTR_OK);
	ck_assert_int_eq(sftr_set_weights(tree, ckpt, NULL, NULL, &err),
			 SFTR_OK);
	ck_assert_int_eq(sftr_set_weights(m.tree, ckpt, NULL, NULL, &err),
			 SFTR_OK);
	ck_assert_int_eq(sftr_tree_equal(tree, m.tree, &err), 1);
	sftr_tree_free(tree);
	/* A tree that only describes is only matched. */
	copies.data = SFTR_TREE_DESCRIBE;
	ck_assert_int_eq(sftr_tree_load(path, &copies, &tree, &err), SFTR_OK);
	ck_assert_int_eq(sftr_set_weights(tree, ckpt, NULL, NULL, &err),
			 SFTR_OK);
	sftr_tree_free(tree);
	sftr_tree_free(m.tree);
	sftr_checkpoint_close(ckpt);
}
END_TEST

START_TEST(out_of_memory_at_every_point)
{
	struct ledger books;
	sftr_allocator allocator = ledger_allocator(&books);
	sftr_bind_options options = { 0 };
	struct offered offered[3];
	sftr_checkpoint *ckpt;
	struct model m;
	sftr_error err;
	sftr_code code;

	make_model(&m, NULL);
	spell(offered, 0);
	ckpt = offer(offered, 3);
	options.allocator = &allocator;
	options.rules = "nothing.* -> matched.*";
	options.codec = SFTR_CODEC_P2S;
	while (ledger_round(&books)) {
		code = sftr_set_weights(m.tree, ckpt, &options, NULL, &err);
		ck_assert_int_eq(code, ledger_code(&books));
		if (code != SFTR_OK)
			ck_assert_float_eq(m.w0[0], -1);
	}
	ck_assert_uint_gt(books.fail_at, 30);
	sftr_tree_free(m.tree);
	sftr_checkpoint_close(ckpt);
}
END_TEST

int
main(void)
{
	TCase *tc = tcase_create("set_weights");

	tcase_add_checked_fixture(tc, folder_make, folder_remove);
	tcase_add_loop_test(
		tc, a_tree_is_filled_whatever_the_names_are_spelt_in, 0, 4);
	tcase_add_test(tc, a_path_that_the_codec_cannot_say_is_no_error);
	tcase_add_test(tc, all_or_nothing);
	tcase_add_test(tc,
		       lenient_keeps_what_is_missing_and_passes_over_the_rest);
	tcase_add_test(tc, lenient_drops_flat_steps_and_says_that_leaves_share);
	tcase_add_test(tc, kinds_are_compared_where_a_step_was_dropped);
	tcase_add_test(tc, leaves_that_share_are_filled_once);
	tcase_add_test(tc, a_tree_that_failed_is_not_filled);
	tcase_add_test(tc, a_view_of_a_file_is_not_written_to);
	tcase_add_test(tc, out_of_memory_at_every_point);
	return run_suite("set_weights", tc);
}
