/* SPDX-License-Identifier: MIT */
#include "effort.h"
#include "trees.h"

#include <stdlib.h>

/*
 * Names and the tree that they tell, in every order of the file.  Numbers are
 * the cases of the document on key paths.
 */
static const struct {
	sftr_codec codec;
	const char *names;
	const char *tree;
} good[] = {
	/* the two examples of pytree2safetensors */
	{ SFTR_CODEC_P2S, "layers#10@query layers#0@query",
	  "/.layers:[#0:{@query:T} #1:- #2:- #3:- #4:- #5:- #6:- #7:- #8:- "
	  "#9:- #10:{@query:T}]/" },
	{ SFTR_CODEC_P2S, "#2.layers#1@query #0",
	  "[#0:T #1:- #2:/.layers:[#0:- #1:{@query:T}]/]" },
	/* 1: the bare leaf */
	{ SFTR_CODEC_P2S, "", "T" },
	{ SFTR_CODEC_KEYSTR, "", "T" },
	{ SFTR_CODEC_RAW, "", "{@:T}" },
	/* empty names elsewhere */
	{ SFTR_CODEC_P2S, "@", "{@:T}" },
	{ SFTR_CODEC_P2S, "@@ @a@", "{@:{@:T} @a:{@:T}}" },
	{ SFTR_CODEC_P2S, "a. b..c .", "/.:T .a:/.:T/ .b:/.:/.c:T///" },
	/* 2: escapes */
	{ SFTR_CODEC_P2S_ESC, "@a\\.b @x\\@y @\\#1 @\\\\",
	  "{@#1:T @\\:T @a.b:T @x@y:T}" },
	{ SFTR_CODEC_P2S_ESC, "..x .y", "/.:/.x:T/ .y:T/" },
	/* 11: gaps are null nodes */
	{ SFTR_CODEC_P2S, "#5", "[#0:- #1:- #2:- #3:- #4:- #5:T]" },
	{ SFTR_CODEC_P2S_ESC, "a#1#1", "/.a:[#0:- #1:[#0:- #1:T]]/" },
	/* 17: eleven elements, numbered and not sorted as text */
	{ SFTR_CODEC_P2S, "#0 #1 #10 #2 #3 #4 #5 #6 #7 #8 #9",
	  "[#0:T #1:T #2:T #3:T #4:T #5:T #6:T #7:T #8:T #9:T #10:T]" },
	/* names of no kind: siblings tell */
	{ SFTR_CODEC_DOTTED, "layers.0.w layers.1.w norm.w",
	  "{@layers:[#0:{@w:T} #1:{@w:T}] @norm:{@w:T}}" },
	{ SFTR_CODEC_DOTTED, "0.weight 2.weight",
	  "{@0:{@weight:T} @2:{@weight:T}}" },
	{ SFTR_CODEC_DOTTED, "0 1 2 3 4 5 6 7 8 9 10",
	  "[#0:T #1:T #2:T #3:T #4:T #5:T #6:T #7:T #8:T #9:T #10:T]" },
	{ SFTR_CODEC_DOTTED, "0 01", "{@0:T @01:T}" },
	{ SFTR_CODEC_DOTTED, "0 1 x", "{@0:T @1:T @x:T}" },
	{ SFTR_CODEC_DOTTED, "1", "{@1:T}" },
	{ SFTR_CODEC_DOTTED, "0", "[#0:T]" },
	{ SFTR_CODEC_DOTTED, "0 -1", "{@-1:T @0:T}" },
	{ SFTR_CODEC_DOTTED, "a..b a.c", "{@a:{@:{@b:T} @c:T}}" },
	{ SFTR_CODEC_DOTTED, "0 1 99999999999999999999",
	  "{@0:T @1:T @99999999999999999999:T}" },
	{ SFTR_CODEC_SLASH, "params/Dense_0/kernel params/Dense_0/bias",
	  "{@params:{@Dense_0:{@bias:T @kernel:T}}}" },
	{ SFTR_CODEC_HAIKU, "mlp/~/linear_0/w mlp/~/linear_0/b mlp/w",
	  "{@mlp:{@w:T} @mlp/~/linear_0:{@b:T @w:T}}" },
	{ SFTR_CODEC_KEYSTR, "['a'][0].w ['a'][1].w [-3]",
	  "{@-3:T @a:[#0:/.w:T/ #1:/.w:T/]}" },
	{ SFTR_CODEC_KEYSTR, "[<flat-index-0>]", NULL },
	{ SFTR_CODEC_RAW, "a.b a@b #1", "{@#1:T @a.b:T @a@b:T}" },
	{ SFTR_CODEC_GUESS, "a.b a.c", "{@a:{@b:T @c:T}}" },
	{ SFTR_CODEC_GUESS, "a a.b", "{@a:T @a.b:T}" },
};

/* Names that make no tree; 'key' and 'other' in any order of the file. */
static const struct {
	sftr_codec codec;
	const char *names;
	sftr_code code;
	const char *key;
	const char *other;
	const char *message;
} bad[] = {
	/* 1 */
	{ SFTR_CODEC_P2S, "w ", SFTR_E_CONFLICT, "", "w",
	  "expected nothing beside a bare leaf, found w" },
	/* 3: escaped and plain names of one path cannot both be */
	{ SFTR_CODEC_P2S, "a@b .a@b x", SFTR_E_CONFLICT, ".a@b", "a@b",
	  "expected a path of its own, found that of a@b" },
	/* 13 */
	{ SFTR_CODEC_P2S, "a a.b", SFTR_E_CONFLICT, "a", "a.b",
	  "expected nothing below a tensor, found a.b" },
	{ SFTR_CODEC_P2S, "x#0 x#0@k#3 y", SFTR_E_CONFLICT, "x#0", "x#0@k#3",
	  "expected nothing below a tensor, found x#0@k#3" },
	{ SFTR_CODEC_DOTTED, "a a.b a.c", SFTR_E_CONFLICT, "a", "a.b",
	  "expected nothing below a tensor, found a.b" },
	/* 14 */
	{ SFTR_CODEC_P2S, "a.b a@c", SFTR_E_CONFLICT, "a.b", "a@c",
	  "expected an attribute as step 1 of both, found a key in a@c" },
	{ SFTR_CODEC_P2S, "a#0 a@c", SFTR_E_CONFLICT, "a#0", "a@c",
	  "expected an index as step 1 of both, found a key in a@c" },
	/* 15 */
	{ SFTR_CODEC_P2S, "a .a", SFTR_E_CONFLICT, ".a", "a",
	  "expected a path of its own, found that of a" },
	{ SFTR_CODEC_KEYSTR, "['a'] [\"a\"]", SFTR_E_CONFLICT, "[\"a\"]",
	  "['a']", "expected a path of its own, found that of ['a']" },
	/* 12 */
	{ SFTR_CODEC_P2S, "#999999999", SFTR_E_LIMIT, "#999999999", "",
	  "expected at most 1040 null nodes where lists have gaps, found "
	  "999999999" },
	{ SFTR_CODEC_P2S, "#9223372036854775807", SFTR_E_LIMIT,
	  "#9223372036854775807", "",
	  "expected at most 1040 null nodes where lists have gaps, found "
	  "9223372036854775807" },
	{ SFTR_CODEC_P2S, "a#600 b#600", SFTR_E_LIMIT, "b#600", "",
	  "expected at most 1056 null nodes where lists have gaps, found "
	  "1200" },
	{ SFTR_CODEC_KEYSTR, "[0] [2]", SFTR_E_CONFLICT, "[2]", "",
	  "expected element 1 of its list, found 2: keystr fills no gaps" },
	{ SFTR_CODEC_KEYSTR, "[5].w", SFTR_E_CONFLICT, "[5].w", "",
	  "expected element 0 of its list, found 5: keystr fills no gaps" },
	/* the first trouble in the order of JAX, of several */
	{ SFTR_CODEC_P2S, "z z.b c#0 c#0.x c@w", SFTR_E_CONFLICT, "c#0",
	  "c#0.x", "expected nothing below a tensor, found c#0.x" },
};

/* The k-th of n! orders of the words of a text. */
static const char *
permuted(const char *names, size_t k)
{
	static char text[512];
	char words[16][64];
	size_t n = 0;

	for (const char *p = names; p != NULL; n++) {
		const char *space = strchr(p, ' ');
		size_t len = space == NULL ? strlen(p) : (size_t)(space - p);

		memcpy(words[n], p, len);
		words[n][len] = '\0';
		p = space == NULL ? NULL : space + 1;
	}
	text[0] = '\0';
	for (size_t left = n; left > 0; left--) {
		size_t pick = k % left;

		k /= left;
		if (left < n)
			strcat(text, " ");
		strcat(text, words[pick]);
		memmove(words[pick], words[pick + 1],
			(left - 1 - pick) * sizeof words[0]);
	}
	return text;
}

static size_t
n_orders(const char *names)
{
	size_t n = 1, product = 1;

	for (; *names != '\0'; names++)
		n += *names == ' ';
	for (; n > 1 && product < 200; n--)
		product *= n;
	return product;
}

START_TEST(names_make_this_tree_in_whatever_order)
{
	for (size_t k = 0; k < n_orders(good[_i].names); k += every(5)) {
		const char *names = permuted(good[_i].names, k);
		sftr_tree *tree = NULL;
		sftr_error err;
		sftr_code code =
			tree_of(good[_i].codec, names, NULL, &tree, &err);

		if (good[_i].tree == NULL) {
			ck_assert_int_eq(code, SFTR_E_PATH);
			continue;
		}
		ck_assert_msg(code == SFTR_OK, "%s: %s", names, err.message);
		ck_assert_str_eq(tree_text(tree), good[_i].tree);
		sftr_tree_free(tree);
	}
}
END_TEST

START_TEST(a_conflict_names_both_in_whatever_order)
{
	for (size_t k = 0; k < n_orders(bad[_i].names); k++) {
		const char *names = permuted(bad[_i].names, k);
		sftr_tree *tree = NULL;
		sftr_error err;

		ck_assert_int_eq(
			tree_of(bad[_i].codec, names, NULL, &tree, NULL),
			bad[_i].code);
		ck_assert_int_eq(
			tree_of(bad[_i].codec, names, NULL, &tree, &err),
			bad[_i].code);
		ck_assert_ptr_null(tree);
		ck_assert_str_eq(err.message, bad[_i].message);
		ck_assert_str_eq(err.key, bad[_i].key);
		ck_assert_str_eq(err.other, bad[_i].other);
		ck_assert_uint_eq(err.offset, SFTR_NO_OFFSET);
	}
}
END_TEST

/* 8, 9, 10: texts that are no paths; the byte in the name. */
static const struct {
	const char *name;
	uint64_t offset;
	const char *message;
} texts[] = {
	{ "#01", 1, "expected an index without a leading zero, found '0'" },
	{ "#+1", 1, "expected an index, found '+'" },
	{ "#1_0", 2, "expected a digit, found '_'" },
	{ "#-1", 1, "expected an index of 0 or more, found '-'" },
	{ "#", 1, "expected an index, found the end" },
	{ "#x", 1, "expected an index, found 'x'" },
	{ "##1", 1, "expected an index, found '#'" },
};

START_TEST(a_name_that_is_no_path_is_told_with_its_byte)
{
	sftr_tree *tree = NULL;
	sftr_error err;

	ck_assert_int_eq(
		tree_of(SFTR_CODEC_P2S, texts[_i].name, NULL, &tree, &err),
		SFTR_E_PATH);
	ck_assert_ptr_null(tree);
	ck_assert_str_eq(err.message, texts[_i].message);
	ck_assert_str_eq(err.key, texts[_i].name);
	ck_assert_uint_eq(err.offset, texts[_i].offset);
}
END_TEST

START_TEST(attributes_and_flat_indices_are_not_of_one_object)
{
	sftr_tree *tree = NULL;
	sftr_array arrays[] = {
		{ SFTR_STR(".a"), NULL, 0, SFTR_U8, "x", 1 },
		{ SFTR_STR("[<flat index 3>]"), NULL, 0, SFTR_U8, "x", 1 },
	};
	sftr_tree_options options;
	sftr_checkpoint *ckpt = NULL;
	sftr_error err;

	memset(&options, 0, sizeof options);
	options.codec = SFTR_CODEC_KEYSTR;
	ck_assert_int_eq(
		sftr_checkpoint_open_arrays(arrays, 2, NULL, &ckpt, NULL),
		SFTR_OK);
	ck_assert_int_eq(sftr_tree_from_checkpoint(ckpt, &options, &tree, &err),
			 SFTR_E_CONFLICT);
	ck_assert_str_eq(err.message, "expected a flat index as step 0 of "
				      "both, found an attribute in .a");
	ck_assert_str_eq(err.key, "[<flat index 3>]");
	ck_assert_str_eq(err.other, ".a");
	sftr_checkpoint_close(ckpt);
	ck_assert_int_eq(
		sftr_checkpoint_open_arrays(arrays + 1, 1, NULL, &ckpt, NULL),
		SFTR_OK);
	ck_assert_int_eq(sftr_tree_from_checkpoint(ckpt, &options, &tree, &err),
			 SFTR_OK);
	ck_assert_str_eq(tree_text(tree), "/~3:T/");
	sftr_tree_free(tree);
	sftr_checkpoint_close(ckpt);
}
END_TEST

START_TEST(no_names_make_a_none)
{
	sftr_checkpoint *ckpt = NULL;
	sftr_tree *tree = NULL;

	ck_assert_int_eq(
		sftr_checkpoint_open_arrays(NULL, 0, NULL, &ckpt, NULL),
		SFTR_OK);
	ck_assert_int_eq(sftr_tree_from_checkpoint(ckpt, NULL, &tree, NULL),
			 SFTR_OK);
	ck_assert_str_eq(tree_text(tree), "-");
	sftr_tree_free(tree);
	sftr_checkpoint_close(ckpt);
}
END_TEST

/* n names "KEY" of depth, as one text of a file would have them. */
START_TEST(a_name_may_be_a_hundred_thousand_steps_long)
{
	size_t depth = 100000;
	char *name = malloc(2 * depth);
	char *other = malloc(2 * depth);
	sftr_array arrays[2] = {
		{ { name, 2 * depth }, NULL, 0, SFTR_U8, "x", 1 },
		{ { other, 2 * depth }, NULL, 0, SFTR_U8, "x", 1 },
	};
	sftr_tree_options options;
	sftr_checkpoint *ckpt = NULL;
	sftr_tree *tree = NULL;
	struct bytes bytes;

	for (size_t i = 0; i < depth; i++) {
		memcpy(name + 2 * i, "@k", 2);
		memcpy(other + 2 * i, "@k", 2);
	}
	other[2 * depth - 1] = 'z';
	memset(&options, 0, sizeof options);
	options.codec = SFTR_CODEC_P2S;
	ck_assert_int_eq(
		sftr_checkpoint_open_arrays(arrays, 2, NULL, &ckpt, NULL),
		SFTR_OK);
	ck_assert_int_eq(sftr_tree_from_checkpoint(ckpt, &options, &tree, NULL),
			 SFTR_OK);
	ck_assert_ptr_nonnull(
		sftr_tree_get(tree, SFTR_CODEC_GUESS, other, 2 * depth));
	ck_assert_int_eq(save_bytes(tree, SFTR_CODEC_GUESS, 1, &bytes, NULL),
			 SFTR_OK);
	free(bytes.p);
	sftr_tree_free(tree);
	sftr_checkpoint_close(ckpt);
	free(name);
	free(other);
}
END_TEST

int
main(void)
{
	TCase *tc = tcase_create("build");

	tcase_set_timeout(tc, 600);
	tcase_add_loop_test(tc, names_make_this_tree_in_whatever_order, 0,
			    COUNT(good));
	tcase_add_loop_test(tc, a_conflict_names_both_in_whatever_order, 0,
			    COUNT(bad));
	tcase_add_loop_test(tc, a_name_that_is_no_path_is_told_with_its_byte, 0,
			    COUNT(texts));
	tcase_add_test(tc, attributes_and_flat_indices_are_not_of_one_object);
	tcase_add_test(tc, no_names_make_a_none);
	tcase_add_test(tc, a_name_may_be_a_hundred_thousand_steps_long);
	return run_suite("build", tc);
}
