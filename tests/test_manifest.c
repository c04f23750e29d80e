/* SPDX-License-Identifier: MIT */
#include "offers.h"

#include "ledger.h"
#include "suite.h"

#include <safetree.h>
#include <stdbool.h>
#include <stdio.h>

struct linear {
	const float *weight, *bias;
	size_t in, out;
	bool has_bias;
};
SFTR_STRUCT(linear_table, struct linear,
	    SFTR_VIEW(weight, "out in", SFTR_NAME("weight"),
		      SFTR_NAME_T("kernel")),
	    SFTR_VIEW(bias, "out", SFTR_OPTIONAL(has_bias)), SFTR_DIM(in, "in"),
	    SFTR_DIM(out, "out"));

struct net {
	struct linear layers[8];
	int n_layers;
	struct linear head;
	float *wq;
	short fixed[3][4];
	float eps;
	size_t dim;
};
SFTR_STRUCT(net_table, struct net,
	    SFTR_STRUCTS(layers, n_layers, linear_table, SFTR_NAME("Dense_*")),
	    SFTR_NESTED(head, linear_table),
	    SFTR_ALLOC(wq, "layer dim ...", SFTR_NAME("blocks.*.wq")),
	    SFTR_ARRAY2(fixed, "..."), SFTR_VALUE(eps), SFTR_DIM(dim, "dim"));

static const char net_manifest[] =
	"Dense_*.weight | Dense_*.kernel T\tF32\t.out .in\n"
	"Dense_*.bias\tF32\t.out\toptional\n"
	"head.weight | head.kernel T\tF32\tout__head in__head\n"
	"head.bias\tF32\tout__head\toptional\n"
	"blocks.*.wq stack 0\tF32\tlayer dim ...\n"
	"fixed\tI16\t3 4\n"
	"eps\tF32\t\n";

START_TEST(a_table_prints_what_it_wants)
{
	char text[1024], small[20];
	size_t n;
	sftr_error err;

	ck_assert_int_eq(SFTR_MANIFEST(net_table, text, sizeof text, &n, &err),
			 SFTR_OK);
	ck_assert_str_eq(text, net_manifest);
	ck_assert_uint_eq(n, strlen(text));
	ck_assert_int_eq(
		SFTR_MANIFEST(net_table, small, sizeof small, &n, &err),
		SFTR_E_CAPACITY);
	ck_assert_uint_eq(n, strlen(text));
	ck_assert_str_eq(small, "Dense_*.weight | De");
	ck_assert_int_eq(SFTR_MANIFEST(net_table, NULL, 0, &n, &err),
			 SFTR_E_CAPACITY);
}
END_TEST

START_TEST(slots_are_printed_with_what_would_mean_something_escaped)
{
	const uint64_t shape[] = { 2, 3 };
	const sftr_alias alias = { "x.*.w", NULL };
	const sftr_step steps[] = { { SFTR_STEP_KEY, SFTR_STR("a"), 0 },
				    { SFTR_STEP_INDEX, { NULL, 0 }, 7 } };
	sftr_slot slots[4];
	char text[256];
	sftr_error err;
	size_t n;

	memset(slots, 0, sizeof slots);
	slots[0].name = str("a b*c|d\\e");
	slots[0].shape = shape;
	slots[0].rank = 2;
	slots[0].flags = SFTR_SLOT_OPTIONAL;
	slots[1].name = str("x");
	slots[1].aliases = &alias;
	slots[1].n_aliases = 1;
	slots[1].dtype = SFTR_BF16;
	slots[1].shape_text = "n ?";
	slots[2].steps = steps;
	slots[2].n_steps = 2;
	slots[2].shape_text = "";
	ck_assert_int_eq(sftr_manifest_format(slots, 3, SFTR_CODEC_GUESS, text,
					      sizeof text, &n, &err),
			 SFTR_OK);
	ck_assert_str_eq(text, "a\\ b\\*c\\|d\\\\e\tany\t2 3\toptional\n"
			       "x.*.w stack 0\tBF16\tn ?\n"
			       "a.7\tany\t\n");
	/* Two bytes each: with a tab, a NUL, what is no UTF-8, and nothing. */
	for (size_t i = 0; i < 4; i++) {
		slots[3].name.ptr = &"a\tb\0c\xff"[2 * i];
		slots[3].name.len = i < 3 ? 2 : 0;
		ck_assert_int_eq(sftr_manifest_format(slots, 4,
						      SFTR_CODEC_GUESS, text,
						      sizeof text, &n, &err),
				 SFTR_E_CODEC);
	}
}
END_TEST

struct block {
	struct linear q, k;
};
SFTR_STRUCT(block_table, struct block, SFTR_NESTED(q, linear_table),
	    SFTR_NESTED(k, linear_table));

struct stem {
	struct block blocks[2];
	struct block ends[1];
};
SFTR_STRUCT(stem_table, struct stem, SFTR_STRUCTS_EXACTLY(blocks, block_table),
	    SFTR_NESTED(ends[0], block_table, SFTR_NAME("end")));

/* Those of two nested structs have one name in C, and are not one. */
START_TEST(dimensions_of_a_nested_struct_are_its_own)
{
	static const char due[] =
		"blocks.*.q.weight | blocks.*.q.kernel T\tF32\t"
		".out__q .in__q\n"
		"blocks.*.q.bias\tF32\t.out__q\toptional\n";
	static const char end[] =
		"end.k.bias\tF32\tout__ends_0___k\toptional\n";
	static const struct offered widths[] = {
		{ "blocks.0.q.weight", SFTR_F32, 2, { 1, 2 }, NULL },
		{ "blocks.0.k.weight", SFTR_F32, 2, { 3, 4 }, NULL },
		{ "blocks.1.q.weight", SFTR_F32, 2, { 5, 6 }, NULL },
		{ "blocks.1.k.weight", SFTR_F32, 2, { 7, 8 }, NULL },
		{ "end.q.weight", SFTR_F32, 2, { 9, 8 }, NULL },
		{ "end.k.weight", SFTR_F32, 2, { 7, 6 }, NULL },
	};
	sftr_checkpoint *ckpt = offer(widths, 6);
	sftr_binding *b;
	char text[1024];
	sftr_error err;
	size_t n;

	ck_assert_int_eq(SFTR_MANIFEST(stem_table, text, sizeof text, &n, &err),
			 SFTR_OK);
	ck_assert_mem_eq(text, due, sizeof due - 1);
	ck_assert_str_eq(text + n - (sizeof end - 1), end);
	assert_ok(sftr_bind_manifest(text, n, ckpt, NULL, &b, &err), err);
	sftr_binding_free(b);
	sftr_checkpoint_close(ckpt);
}
END_TEST

/* Aliases are spelt as a manifest spells names, but for what parts them. */
START_TEST(what_parts_names_is_escaped_in_aliases)
{
	static const char *const rows[][2] = {
		{ "#0@w", "\\#0@w" },	  { "a#", "a#" },
		{ "a b|c", "a\\ b\\|c" }, { "a\\ b\\|c", "a\\ b\\|c" },
		{ "a\\*b", "a\\*b" },	  { "a\\\\*", "a\\\\* stack 0" },
		{ "a\\\\", "a\\\\" },	  { "a\\", NULL },
		{ "a\nb", NULL },	  { "", NULL },
		{ "\xff", NULL }
	};

	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		sftr_alias alias = { rows[i][0], NULL };
		sftr_slot slot = { .aliases = &alias,
				   .n_aliases = 1,
				   .shape_text = "1" };
		char text[64], due[64];
		sftr_error err;
		size_t n;

		ck_assert_int_eq(sftr_manifest_format(&slot, 1, SFTR_CODEC_P2S,
						      text, sizeof text, &n,
						      &err),
				 rows[i][1] != NULL ? SFTR_OK : SFTR_E_CODEC);
		if (rows[i][1] == NULL)
			continue;
		snprintf(due, sizeof due, "%s\tany\t1\n", rows[i][1]);
		ck_assert_str_eq(text, due);
	}
}
END_TEST

static const struct offered tensors[] = {
	{ "Dense_0.kernel", SFTR_F32, 2, { 5, 3 }, NULL },
	{ "Dense_0.bias", SFTR_F32, 1, { 3 }, NULL },
	{ "Dense_1.weight", SFTR_F32, 2, { 2, 3 }, NULL },
	{ "head.weight", SFTR_F32, 2, { 7, 2 }, NULL },
	{ "blocks.0.wq", SFTR_F32, 1, { 4 }, NULL },
	{ "blocks.1.wq", SFTR_F32, 1, { 4 }, NULL },
	{ "fixed", SFTR_I16, 2, { 3, 4 }, NULL },
	{ "eps", SFTR_F32, 0, { 0 }, NULL },
};

static sftr_code
bind(const char *text, const sftr_checkpoint *ckpt,
     const sftr_bind_options *options, sftr_binding **b, sftr_error *err)
{
	return sftr_bind_manifest(text, strlen(text), ckpt, options, b, err);
}

/* Rules may be as many as the parts; what they make of each must be alike. */
START_TEST(parts_of_a_stack_may_come_by_rules_of_their_own)
{
	static const struct {
		const char *rules, *why;
	} rows[] = {
		{ "Dense_1.weight -> w.0\nhead.weight -> w.1 T",
		  "differently" },
		{ "Dense_0.kernel -> w.0 T\nDense_0.bias -> w.1 T",
		  "part 1 of the stack, of which part 0 is " },
		{ "Dense_*.kernel -> w.0 stack 0", "itself" },
		{ "blocks.0.wq -> w.0\nblocks.1.wq -> w.1", NULL },
		{ "blocks.0.wq -> w.0 T\nblocks.1.wq -> w.1", "differently" },
		{ "blocks.0.wq -> w.0 T\nblocks.1.wq -> w.1 T", NULL },
	};
	sftr_checkpoint *ckpt = offer(tensors, COUNT(tensors));
	sftr_bind_options options = { .unexpected = SFTR_IGNORE,
				      .rules = rows[_i].rules };
	sftr_binding *b;
	sftr_error err;
	sftr_code code =
		bind("w.* stack 0\tF32\t? ...\n", ckpt, &options, &b, &err);

	ck_assert_msg((code == SFTR_OK) == (rows[_i].why == NULL), "%s",
		      err.message);
	if (code != SFTR_OK) {
		ck_assert_int_eq(code, SFTR_E_SHAPE);
		ck_assert_ptr_nonnull(strstr(err.message, rows[_i].why));
	}
	sftr_binding_free(b);
	sftr_checkpoint_close(ckpt);
}
END_TEST

START_TEST(a_manifest_is_bound_as_far_as_the_file_goes)
{
	sftr_checkpoint *ckpt = offer(tensors, COUNT(tensors));
	sftr_binding *b;
	sftr_bound bound;
	sftr_error err;

	assert_ok(bind(net_manifest, ckpt, NULL, &b, &err), err);
	/* Two dense layers of weight and bias, and five more. */
	ck_assert_uint_eq(sftr_binding_count(b), 9);
	sftr_binding_at(b, 0, &bound, NULL);
	ck_assert_str_eq(bound.name.ptr, "Dense_0.weight");
	ck_assert_uint_eq(bound.shape[0], 3);
	sftr_binding_at(b, 3, &bound, NULL);
	ck_assert_str_eq(bound.name.ptr, "Dense_1.bias");
	ck_assert_int_eq(bound.state, SFTR_UNBOUND);
	sftr_binding_at(b, 6, &bound, NULL);
	ck_assert_uint_eq(bound.rank, 2);
	ck_assert_uint_eq(bound.shape[0], 2);
	sftr_binding_free(b);
	sftr_checkpoint_close(ckpt);
}
END_TEST

START_TEST(a_scalar_may_be_optional)
{
	static const char wanted[] = "eps\tF32\t\toptional\n";
	static const char scalar[] = "fixed\tI16\t\toptional\n";
	static const char named[] = "fixed\tI16\toptional optional\n";
	static const char one[] = "fixed\tI16\t\toptional ?\n";
	sftr_checkpoint *ckpt = offer(tensors + COUNT(tensors) - 1, 1);
	sftr_checkpoint *other = offer(tensors + COUNT(tensors) - 2, 1);
	sftr_bind_options options = { .unexpected = SFTR_IGNORE };
	sftr_report report;
	sftr_binding *b;
	sftr_slot slot;
	char text[64];
	sftr_error err;
	size_t n;

	memset(&slot, 0, sizeof slot);
	slot.name = str("eps");
	slot.dtype = SFTR_F32;
	slot.flags = SFTR_SLOT_OPTIONAL;
	ck_assert_int_eq(sftr_manifest_format(&slot, 1, SFTR_CODEC_GUESS, text,
					      sizeof text, &n, &err),
			 SFTR_OK);
	ck_assert_str_eq(text, wanted);
	options.report = &report;
	for (int i = 0; i < 2; i++) {
		assert_ok(sftr_bind_manifest(text, n, i == 0 ? ckpt : other,
					     &options, &b, &err),
			  err);
		ck_assert_uint_eq(report.n_bound, i == 0);
		sftr_binding_free(b);
	}
	/* A tensor of a shape is none, and a dimension may have that name. */
	options.unexpected = SFTR_REFUSE;
	ck_assert_int_eq(bind(scalar, other, &options, &b, &err), SFTR_E_SHAPE);
	ck_assert_int_eq(bind(named, other, &options, &b, &err), SFTR_E_SHAPE);
	ck_assert_str_eq(err.key, "fixed");
	ck_assert_int_eq(bind(one, other, &options, &b, &err), SFTR_OK);
	sftr_binding_free(b);
	sftr_checkpoint_close(ckpt);
	sftr_checkpoint_close(other);
}
END_TEST

START_TEST(dimensions_of_a_repetition_are_its_own)
{
	const char *own = "Dense_*.weight | Dense_*.kernel T\tany\t.out .in\n"
			  "Dense_*.bias\tany\t.out\toptional\n";
	const char *shared = "Dense_*.weight | Dense_*.kernel T\tany\tout in\n"
			     "Dense_*.bias\tany\tout\toptional\n";
	sftr_checkpoint *ckpt = offer(tensors, 3);
	sftr_binding *b;
	sftr_error err;

	ck_assert_int_eq(bind(own, ckpt, NULL, &b, &err), SFTR_OK);
	sftr_binding_free(b);
	ck_assert_int_eq(bind(shared, ckpt, NULL, &b, &err), SFTR_E_SHAPE);
	ck_assert_str_eq(err.key, "Dense_1.weight");
	sftr_checkpoint_close(ckpt);
}
END_TEST

START_TEST(what_is_not_there_at_all_is_missing)
{
	const char *text = "layers.*.e.*.w\tF32\t?\n";
	sftr_checkpoint *ckpt = offer(tensors, 1);
	sftr_bind_options options = { 0 };
	sftr_binding *b;
	sftr_error err;

	options.unexpected = SFTR_IGNORE;
	ck_assert_int_eq(bind(text, ckpt, &options, &b, &err), SFTR_E_MISSING);
	ck_assert_str_eq(err.key, "layers.0.e.0.w");
	sftr_checkpoint_close(ckpt);
}
END_TEST

START_TEST(a_name_may_end_with_a_space_and_a_line_with_a_return)
{
	const char *text = "a\\ \tU8\t1\n\r\nb\\\\  \tU8\t1\r\n";
	const struct offered two[] = { { "a ", SFTR_U8, 1, { 1 }, NULL },
				       { "b\\", SFTR_U8, 1, { 1 }, NULL } };
	sftr_checkpoint *ckpt = offer(two, 2);
	sftr_binding *b;

	ck_assert_int_eq(bind(text, ckpt, NULL, &b, NULL), SFTR_OK);
	sftr_binding_free(b);
	sftr_checkpoint_close(ckpt);
}
END_TEST

/* Tensors called 0, 1, 2, ..., without bytes. */
static sftr_checkpoint *
offer_numbers(size_t n)
{
	static char names[200][8];
	static const uint64_t none = 0;
	sftr_array arrays[200];
	sftr_checkpoint *ckpt;

	ck_assert_uint_le(n, 200);
	memset(arrays, 0, sizeof arrays);
	for (size_t i = 0; i < n; i++) {
		arrays[i].name.len =
			(size_t)snprintf(names[i], sizeof names[i], "%zu", i);
		arrays[i].name.ptr = names[i];
		arrays[i].dtype = SFTR_U8;
		arrays[i].rank = 1;
		arrays[i].shape = &none;
	}
	ck_assert_int_eq(
		sftr_checkpoint_open_arrays(arrays, n, NULL, &ckpt, NULL),
		SFTR_OK);
	return ckpt;
}

/* One line, whose name or shape is long, for every tensor. */
START_TEST(a_long_line_does_not_multiply)
{
	static const char *const ends[] = { " | *\tU8\t0\n", "0\n" };
	static char text[400000];
	sftr_checkpoint *ckpt = offer_numbers(200);
	sftr_binding *b;
	sftr_error err;
	int n;

	if (_i == 0)
		n = snprintf(text, sizeof text, "%0300000d*%s", 0, ends[_i]);
	else
		n = snprintf(text, sizeof text, "*\tU8\t%300000s", ends[_i]);
	ck_assert_int_eq(
		sftr_bind_manifest(text, (size_t)n, ckpt, NULL, &b, &err),
		SFTR_E_LIMIT);
	ck_assert_str_eq(err.message,
			 _i == 0 ?
				 "the lines come to more than 20280128 bytes" :
				 "the lines come to more than 20279936 bytes");
	sftr_checkpoint_close(ckpt);
}
END_TEST

/* Each line wants every tensor: for slots of their own, and as a stack. */
START_TEST(lines_that_overlap_do_not_multiply)
{
	enum { N = 200 };
	static const struct {
		const char *line, *rules, *message;
	} rows[] = {
		{ "u%d.* | *\tU8\t0\n", NULL,
		  "the lines come to more than 26624 names" },
		{ "u%d.* stack 0 | * stack 0\tU8\t? 0\n", NULL,
		  "slots take the same tensors over and over" },
		{ "u%d | s\tU8\t? 0\n", "* -> s stack 0",
		  "slots take the same tensors over and over" },
	};
	sftr_bind_options options = { .rules = rows[_i].rules };
	sftr_checkpoint *ckpt = offer_numbers(N);
	char text[N * 64], *p = text;
	sftr_binding *b;
	sftr_error err;

	for (int i = 0; i < N; i++)
		p += sprintf(p, rows[_i].line, i);
	ck_assert_int_eq(sftr_bind_manifest(text, (size_t)(p - text), ckpt,
					    &options, &b, &err),
			 SFTR_E_LIMIT);
	ck_assert_str_eq(err.message, rows[_i].message);
	sftr_checkpoint_close(ckpt);
}
END_TEST

static const struct {
	const char *text;
	sftr_code code;
	uint64_t offset;
	const char *message;
} faults[] = {
	{ "a\tF33\t1", SFTR_E_TABLE, 2, "expected a dtype or any" },
	{ "# c\n\na\tF32\ta,b", SFTR_E_TABLE, 11,
	  "shape \"a,b\": expected a number, a name, ? or ..." },
	{ "a\tF32\t1\tmaybe", SFTR_E_TABLE, 8, "expected optional" },
	{ "a\tF32\t1\toptional\tx", SFTR_E_TABLE, 17,
	  "expected the end of the line" },
	{ "\tF32\t1", SFTR_E_TABLE, 0, "expected a name" },
	{ "a |  \tF32\t1", SFTR_E_TABLE, 3, "expected a name" },
	/* The second name would be there for every number. */
	{ "a\tF32\t1\na.*.*.w | a.0.*.w\tF32\t1", SFTR_E_TABLE, 8,
	  "expected as many stars to repeat in each name, found 2 and 1" },
	{ "x.* | x.* stack 0\tF32\t1", SFTR_E_TABLE, 0,
	  "expected as many stars to repeat in each name, found 1 and 0" },
	{ "a\tF32\t1\nb T | b foo\tF32\t1", SFTR_E_TABLE, 16,
	  "expected T, permute or stack" },
	{ "a\tF32\t1\nb\\\tF32\t1", SFTR_E_TABLE, 8,
	  "expected a character behind \"\\\"" },
	{ "a\tF32\t1\nb.**\tF32\t1", SFTR_E_TABLE, 8,
	  "expected \"*\", found \"**\"" },
	{ "a\tF32\t1\n__metadata__\tF32\t1", SFTR_E_TABLE, 8,
	  "no path under dotted: expected the name of a tensor, found the "
	  "reserved __metadata__" },
	{ "a\tF32\t. 1", SFTR_E_TABLE, 6,
	  "shape \". 1\": expected a number, a name, ? or ..." },
	{ "a\tF32\t.5 n", SFTR_E_TABLE, 6,
	  "shape \".5 n\": expected a number, a name, ? or ..." },
	{ "a\tF32\t2 .", SFTR_E_TABLE, 6,
	  "shape \"2 .\": expected a number, a name, ? or ..." },
	{ "a\tF32\t\xff", SFTR_E_TABLE, 6, "no text of UTF-8" },
};

START_TEST(a_fault_has_its_place_in_the_text)
{
	sftr_checkpoint *ckpt = offer(tensors, 1);
	sftr_binding *b;
	sftr_error err;

	ck_assert_int_eq(bind(faults[_i].text, ckpt, NULL, &b, &err),
			 faults[_i].code);
	ck_assert_str_eq(err.message, faults[_i].message);
	ck_assert_msg(err.offset == faults[_i].offset, "row %d: byte %d", _i,
		      (int)err.offset);
	ck_assert_ptr_null(b);
	sftr_checkpoint_close(ckpt);
}
END_TEST

START_TEST(out_of_memory_at_every_point)
{
	sftr_checkpoint *ckpt = offer(tensors, COUNT(tensors));
	struct ledger books;
	sftr_allocator allocator = ledger_allocator(&books);
	sftr_bind_options options = { 0 };
	sftr_binding *b;
	sftr_error err;
	sftr_code code;

	options.allocator = &allocator;
	while (ledger_round(&books)) {
		code = bind(net_manifest, ckpt, &options, &b, &err);
		ck_assert_int_eq(code, ledger_code(&books));
		sftr_binding_free(b);
	}
	ck_assert_uint_gt(books.fail_at, 60);
	sftr_checkpoint_close(ckpt);
}
END_TEST

int
main(void)
{
	TCase *tc = tcase_create("manifest");

	tcase_add_test(tc, a_table_prints_what_it_wants);
	tcase_add_test(tc, dimensions_of_a_nested_struct_are_its_own);
	tcase_add_test(tc, what_parts_names_is_escaped_in_aliases);
	tcase_add_test(
		tc, slots_are_printed_with_what_would_mean_something_escaped);
	tcase_add_test(tc, a_manifest_is_bound_as_far_as_the_file_goes);
	tcase_add_loop_test(tc, parts_of_a_stack_may_come_by_rules_of_their_own,
			    0, 6);
	tcase_add_test(tc, a_scalar_may_be_optional);
	tcase_add_test(tc, dimensions_of_a_repetition_are_its_own);
	tcase_add_test(tc, what_is_not_there_at_all_is_missing);
	tcase_add_test(tc,
		       a_name_may_end_with_a_space_and_a_line_with_a_return);
	tcase_add_loop_test(tc, a_long_line_does_not_multiply, 0, 2);
	tcase_add_loop_test(tc, lines_that_overlap_do_not_multiply, 0, 3);
	tcase_add_loop_test(tc, a_fault_has_its_place_in_the_text, 0,
			    COUNT(faults));
	tcase_add_test(tc, out_of_memory_at_every_point);
	return run_suite("manifest", tc);
}
