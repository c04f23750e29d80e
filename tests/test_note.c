/* SPDX-License-Identifier: MIT */
#include "effort.h"
#include "trees.h"

#include "tree/hexfloat.h"

#include <float.h>
#include <stdio.h>

#define NOTE(lines) "{\"version\":1,\"notes\":[" lines "]}"

/* Names and lines, and the tree that they tell together. */
static const struct {
	sftr_codec codec;
	const char *names;
	const char *lines;
	const char *tree;
} good[] = {
	{ SFTR_CODEC_P2S, "a#0 a#1", "[\"a\",\"tuple\",null]",
	  "/.a:(#0:T #1:T)/" },
	{ SFTR_CODEC_P2S, "a#1", "[\"a\",\"tuple\",null]", "/.a:(#0:- #1:T)/" },
	{ SFTR_CODEC_P2S, "#0 #1", "[\"\",\"tuple\",null]", "(#0:T #1:T)" },
	{ SFTR_CODEC_P2S, "a.w", "[\"a\",\"object\",\"Linear\"]",
	  "/.a:Linear/.w:T//" },
	{ SFTR_CODEC_P2S, "a.w", "[\"a\",\"object\",null]", "/.a:/.w:T//" },
	{ SFTR_CODEC_P2S, "a.w", "[\"a\",\"object\",\"\"]", "/.a:/.w:T//" },
	{ SFTR_CODEC_P2S, "@1", "[\"@1\",\"int\",null]", "{@1:T}" },
	{ SFTR_CODEC_P2S, "@10 @9 @-1",
	  "[\"@-1\",\"int\",null],[\"@10\",\"int\",null],[\"@9\",\"int\",null]",
	  "{@-1:T @9:T @10:T}" },
	{ SFTR_CODEC_P2S, "@1.w @1.v @k",
	  "[\"@1\",\"int\",null],[\"@1.u\",\"none\",null]",
	  "{@1:/.u:- .v:T .w:T/ @k:T}" },
	{ SFTR_CODEC_P2S, "a#3 a#1",
	  "[\"a#1\",\"flat\",null],[\"a#3\",\"flat\",null]",
	  "/.a:/~1:T ~3:T//" },
	{ SFTR_CODEC_P2S, "a#3",
	  "[\"a\",\"object\",\"My\"],[\"a#3\",\"flat\",null]",
	  "/.a:My/~3:T//" },
	{ SFTR_CODEC_P2S, "@a @b",
	  "[\"\",\"order\",[\"b\",\"c\",\"a\"]],[\"@c\",\"empty\",\"list\"]",
	  "<@b:T @c:[] @a:T>" },
	{ SFTR_CODEC_P2S, "@1 @2",
	  "[\"\",\"order\",[\"2\",{\"i\":\"1\"}]],[\"@1\",\"int\",null]",
	  "<@2:T @1:T>" },
	{ SFTR_CODEC_P2S, "@a",
	  "[\"@t\",\"empty\",\"tuple\"],[\"@d\",\"empty\",\"dict\"],"
	  "[\"@l\",\"empty\",\"list\"],[\"@o\",\"empty\",\"object\"],"
	  "[\"@o\",\"object\",\"T\"],[\"@d\",\"order\",[]]",
	  "{@a:T @d:<> @l:[] @o:T// @t:()}" },
	{ SFTR_CODEC_P2S, "@a", "[\"@s\",\"scalar\",true]", "{@a:T @s:S}" },
	{ SFTR_CODEC_P2S, "@a", "[\"@b#1\",\"none\",null]",
	  "{@a:T @b:[#0:- #1:-]}" },
	{ SFTR_CODEC_P2S, "@a",
	  "[\"@b\",\"alias\",\"@c\"],[\"@c\",\"alias\",\"@d\"],"
	  "[\"@d\",\"alias\",\"@a\"]",
	  "{@a:T @b:= @c:= @d:=}" },
	{ SFTR_CODEC_DOTTED, "0 1", "[\"\",\"dict\",null]", "{@0:T @1:T}" },
	{ SFTR_CODEC_DOTTED, "0 1", "[\"\",\"list\",null]", "[#0:T #1:T]" },
	{ SFTR_CODEC_DOTTED, "1", "[\"0\",\"none\",null]", "[#0:- #1:T]" },
	{ SFTR_CODEC_DOTTED, "0 1", "[\"\",\"object\",null]", "/.0:T .1:T/" },
	{ SFTR_CODEC_DOTTED, "0 10 9",
	  "[\"0\",\"int\",null],[\"10\",\"int\",null],[\"9\",\"int\",null]",
	  "{@0:T @9:T @10:T}" },
	{ SFTR_CODEC_DOTTED, "0 10 9",
	  "[\"0\",\"flat\",null],[\"10\",\"flat\",null],[\"9\",\"flat\",null]",
	  "/~0:T ~9:T ~10:T/" },
	{ SFTR_CODEC_DOTTED, "a.1", "[\"a.1\",\"int\",null]", "{@a:{@1:T}}" },
	{ SFTR_CODEC_KEYSTR, "['5'] [-1]", "[\"['5']\",\"int\",null]",
	  "{@-1:T @5:T}" },
	{ SFTR_CODEC_KEYSTR, "[1]", "[\"[0]\",\"none\",null]", "[#0:- #1:T]" },
	{ SFTR_CODEC_HAIKU, "m/~/l/w", "[\"m/~/l/b\",\"none\",null]",
	  "{@m/~/l:{@b:- @w:T}}" },
	{ SFTR_CODEC_P2S, "a", "", "/.a:T/" },
};

START_TEST(a_note_completes_the_names)
{
	sftr_tree *tree = NULL;
	char note[1024];
	sftr_error err;
	sftr_code code;

	snprintf(note, sizeof note, NOTE("%s"), good[_i].lines);
	code = tree_of(good[_i].codec, good[_i].names, note, &tree, &err);
	assert_ok(code, err);
	ck_assert_str_eq(tree_text(tree), good[_i].tree);
	sftr_tree_free(tree);
}
END_TEST

START_TEST(a_note_can_be_ignored)
{
	sftr_checkpoint *ckpt = checkpoint_of("a#0", "not even JSON", NULL);
	sftr_tree_options options;
	sftr_tree *tree = NULL;

	memset(&options, 0, sizeof options);
	options.ignore_note = 1;
	ck_assert_int_eq(sftr_tree_from_checkpoint(ckpt, &options, &tree, NULL),
			 SFTR_OK);
	ck_assert_str_eq(tree_text(tree), "/.a:[#0:T]/");
	sftr_tree_free(tree);
	sftr_checkpoint_close(ckpt);
}
END_TEST

/*
 * Notes that are not sound about "a#0 a#1 b@k b@7 c.x" under p2s: the second
 * text stands with its caret under the byte at fault.
 */
/* clang-format off: a caret stands under its byte */
#define FACTS "a#0 a#1 b@k b@7 c.x"
static const struct {
	const char *note;
	const char *caret;
	const char *key;
	const char *message;
} bad[] = {
	{ "", "^", "", "expected '{', found the end of the note" },
	{ "[]", "^", "", "expected '{', found '['" },
	{ "{}", " ^", "", "expected a string, found '}'" },
	{ "{\"version\":1}", "            ^", "",
	  "expected \"version\" and \"notes\", found '}'" },
	{ "{\"version\":2,\"notes\":[]}", "           ^", "",
	  "expected version 1" },
	{ "{\"version\":1.0,\"notes\":[]}", "           ^", "",
	  "expected an unsigned integer, found '1.0'" },
	{ "{\"version\":1,\"version\":1,\"notes\":[]}", "             ^", "",
	  "expected \"version\" and \"notes\", each once, found \"version\"" },
	{ "{\"version\":1,\"notes\":[],\"x\":1}", "                        ^",
	  "", "expected \"version\" and \"notes\", each once, found \"x\"" },
	{ "{\"version\":1,\"notes\":[]}}", "                        ^", "",
	  "expected the end of the note, found '}'" },
	{ "{\"version\":1,\"notes\":[[\"a\"]]}", "                          ^",
	  "", "expected ',', found ']'" },
	{ "{\"version\":1,\"notes\":[[\"a\",\"tuple\"]]}",
	  "                                  ^", "",
	  "expected ',', found ']'" },
	{ "{\"version\":1,\"notes\":[[\"a\",\"tuple\",null,1]]}",
	  "                                       ^", "",
	  "expected ']', found ','" },
	{ "{\"version\":1,\"notes\":[[\"a\",\"tuple\",1]]}",
	  "                                   ^", "",
	  "expected null, found '1'" },
	{ "{\"version\":1,\"notes\":[[\"a\",\"tupel\",null]]}",
	  "                           ^", "",
	  "expected a kind of line, found \"tupel\"" },
	{ "{\"version\":1,\"notes\":[[1,\"tuple\",null]]}",
	  "                       ^", "", "expected a string, found '1'" },
	{ "{\"version\":1,\"notes\":[[\"a\",\"empty\",\"set\"]]}",
	  "                                   ^", "",
	  "expected a kind of container, found \"set\"" },
	{ "{\"version\":1,\"notes\":[[\"d\",\"scalar\",null]]}",
	  "                                    ^", "",
	  "expected a scalar, found 'null'" },
	{ "{\"version\":1,\"notes\":[[\"d\",\"scalar\",1]]}",
	  "                                    ^", "",
	  "expected a scalar, found '1'" },
	{ "{\"version\":1,\"notes\":[[\"d\",\"scalar\",{\"x\":\"1\"}]]}",
	  "                                     ^", "",
	  "expected \"i\" or \"f\"" },
	{ "{\"version\":1,\"notes\":[[\"d\",\"scalar\",{\"i\":\"01\"}]]}",
	  "                                         ^", "",
	  "expected an integer of 64 bits, found \"01\"" },
	{ "{\"version\":1,\"notes\":[[\"d\",\"scalar\",{\"i\":\"18446744073709551616\"}]]}",
	  "                                         ^", "",
	  "expected an integer of 64 bits, found \"18446744073709551616\"" },
	{ "{\"version\":1,\"notes\":[[\"d\",\"scalar\",{\"i\":\"-9223372036854775809\"}]]}",
	  "                                         ^", "",
	  "expected an integer of 64 bits, found \"-9223372036854775809\"" },
	{ "{\"version\":1,\"notes\":[[\"d\",\"scalar\",{\"i\":\"\"}]]}",
	  "                                         ^", "",
	  "expected an integer of 64 bits, found \"\"" },
	{ "{\"version\":1,\"notes\":[[\"d\",\"scalar\",{\"i\":7}]]}",
	  "                                         ^", "",
	  "expected a string, found '7'" },
	{ "{\"version\":1,\"notes\":[[\"d\",\"scalar\",{\"f\":\"1.5\"}]]}",
	  "                                         ^", "",
	  "expected a hexadecimal float, found \"1.5\"" },
	{ "{\"version\":1,\"notes\":[[\"b\",\"order\",[1]]]}",
	  "                                    ^", "",
	  "expected a string, found '1'" },
	{ "{\"version\":1,\"notes\":[[\"b\",\"order\",[{\"i\":\"x\"}]]]}",
	  "                                         ^", "",
	  "expected an integer key, found \"x\"" },

	/* lines that do not go with the names */
	{ NOTE("[\"d\",\"tuple\",null]"), "                      ^", "d",
	  "no name leads to this path" },
	{ NOTE("[\"#x\",\"tuple\",null]"), "                      ^", "#x",
	  "expected an index, found 'x'" },
	{ NOTE("[\"b\",\"tuple\",null]"), "                      ^", "b",
	  "the names make this no tuple" },
	{ NOTE("[\"b\",\"list\",null]"), "                      ^", "b",
	  "the names make this no list" },
	{ NOTE("[\"a\",\"dict\",null]"), "                      ^", "a",
	  "the names make this no dict" },
	{ NOTE("[\"c\",\"dict\",null]"), "                      ^", "c",
	  "the names make this no dict" },
	{ NOTE("[\"b\",\"object\",\"T\"]"), "                      ^", "b",
	  "the names make this no object" },
	{ NOTE("[\"a\",\"object\",\"T\"]"), "                      ^", "a",
	  "contradicts what the names below it say" },
	{ NOTE("[\"a#0\",\"list\",null]"), "                      ^", "a#0",
	  "the names make this no list" },
	{ NOTE("[\"a\",\"list\",null],[\"a\",\"tuple\",null]"),
	  "                                        ^", "a",
	  "expected one kind, found list and tuple" },
	{ NOTE("[\"b@k\",\"int\",null]"), "                      ^", "b@k",
	  "this is no dict key that is an integer" },
	{ NOTE("[\"a#1\",\"int\",null]"), "                      ^", "a#1",
	  "this is no dict key that is an integer" },
	{ NOTE("[\"\",\"int\",null]"), "                      ^", "",
	  "this is no dict key that is an integer" },
	{ NOTE("[\"b@7\",\"int\",null],[\"b@7\",\"int\",null]"),
	  "                                         ^", "b@7",
	  "what this step is has been said" },
	{ NOTE("[\"b@7\",\"flat\",null]"), "                      ^", "b@7",
	  "this is no index" },
	{ NOTE("[\"c.x\",\"flat\",null]"), "                      ^", "c.x",
	  "this is no index" },
	{ NOTE("[\"a#1\",\"flat\",null]"), "                      ^", "a#1",
	  "flat indices are of objects that have no other children" },
	{ NOTE("[\"a\",\"order\",[]]"), "                      ^", "a",
	  "the names make this no dict" },
	{ NOTE("[\"b\",\"order\",[\"k\"]]"), "                      ^", "b",
	  "expected 2 keys, found 1" },
	{ NOTE("[\"b\",\"order\",[\"k\",\"k\"]]"), "                      ^",
	  "b", "key 1 of its order is there twice" },
	{ NOTE("[\"b\",\"order\",[\"k\",\"x\"]]"), "                      ^",
	  "b", "key 1 of its order is not in the dict" },
	{ NOTE("[\"b\",\"order\",[\"k\",{\"i\":\"7\"}]]"),
	  "                      ^", "b",
	  "key 1 of its order is not in the dict" },
	{ NOTE("[\"b\",\"order\",[\"k\",\"7\"]],[\"b\",\"order\",[\"7\",\"k\"]]"),
	  "                                              ^", "b",
	  "its order has been said" },
	{ NOTE("[\"a#0\",\"none\",null]"), "                      ^", "a#0",
	  "expected a path of its own" },
	{ NOTE("[\"a\",\"none\",null]"), "                      ^", "a",
	  "expected a leaf without children" },
	{ NOTE("[\"a#0@x\",\"scalar\",true]"), "                      ^",
	  "a#0@x", "expected nothing below a leaf" },
	{ NOTE("[\"a.x\",\"none\",null]"), "                      ^", "a.x",
	  "expected an index, found an attribute" },
	{ NOTE("[\"d\",\"empty\",\"list\"],[\"d#0\",\"none\",null]"),
	  "                                           ^", "d#0",
	  "expected nothing below a leaf" },
	{ NOTE("[\"d\",\"empty\",\"list\"],[\"d\",\"tuple\",null]"),
	  "                                           ^", "d",
	  "the names make this no tuple" },
	{ NOTE("[\"d\",\"none\",null],[\"d\",\"none\",null]"),
	  "                                        ^", "d",
	  "expected a path of its own" },
	{ NOTE("[\"d\",\"alias\",\"e\"]"), "                      ^", "d",
	  "expected a tensor to share, found nothing" },
	{ NOTE("[\"d\",\"alias\",\"a\"]"), "                      ^", "d",
	  "expected a tensor to share, found another node" },
	{ NOTE("[\"d\",\"alias\",\"#\"]"), "                      ^", "d",
	  "expected an index, found the end" },
	{ NOTE("[\"d\",\"alias\",\"d\"]"), "                      ^", "d",
	  "this alias leads to itself" },
	{ NOTE("[\"d\",\"alias\",\"e\"],[\"e\",\"alias\",\"f\"],[\"f\",\"alias\",\"e\"]"),
	  "                      ^", "d", "this alias leads to itself" },
	{ NOTE("[\"a#0\",\"alias\",\"c.x\"]"), "                      ^", "a#0",
	  "expected a path of its own" },
};
/* clang-format on */

START_TEST(an_unsound_note_is_told_with_its_byte)
{
	const char *note = bad[_i].note;
	sftr_tree *tree = NULL;
	sftr_error err;

	ck_assert_int_eq(tree_of(SFTR_CODEC_P2S, FACTS, note, &tree, NULL),
			 SFTR_E_NOTE);
	ck_assert_int_eq(tree_of(SFTR_CODEC_P2S, FACTS, note, &tree, &err),
			 SFTR_E_NOTE);
	ck_assert_ptr_null(tree);
	ck_assert_msg(err.offset == strlen(bad[_i].caret) - 1, "%s\n%s\n%*s %s",
		      note, bad[_i].caret, (int)err.offset + 1, "^",
		      err.message);
	ck_assert_str_eq(err.message, bad[_i].message);
	ck_assert_str_eq(err.key, bad[_i].key);
	ck_assert_str_eq(err.file, "pytree.note");
}
END_TEST

/* The same for names of no kind, where a note has more to say. */
static const struct {
	const char *names;
	const char *lines;
	const char *key;
	const char *message;
} blind[] = {
	{ "a.0 a.2", "[\"a\",\"list\",null]", "a",
	  "its children are not numbered from 0 on" },
	{ "a.0 a.2", "[\"a\",\"tuple\",null]", "a",
	  "its children are not numbered from 0 on" },
	{ "a.0 a.1", "[\"a\",\"list\",null],[\"a.0\",\"int\",null]", "a",
	  "integer keys are of dicts, and this is none" },
	{ "a.0 a.1", "[\"a.0\",\"int\",null],[\"a.1\",\"flat\",null]", "a.0",
	  "flat indices are of objects that have no other children" },
	{ "a.0 a.1", "[\"a.1\",\"flat\",null]", "a.1",
	  "flat indices are of objects that have no other children" },
	{ "a.0 a.1",
	  "[\"a\",\"dict\",null],[\"a.0\",\"flat\",null],[\"a.1\",\"flat\","
	  "null]",
	  "a", "flat indices are of objects that have no other children" },
	{ "a.-1 a.b", "[\"a.-1\",\"flat\",null]", "a.-1", "this is no index" },
	{ "a.01 a.b", "[\"a.01\",\"int\",null]", "a.01",
	  "this is no dict key that is an integer" },
	{ "a.b", "[\"a\",\"object\",null],[\"a\",\"order\",[\"b\"]]", "a",
	  "the names make this no dict" },
	{ "0 1", "[\"\",\"order\",[\"1\",\"0\"]]", "",
	  "the names make this no dict" },
};

START_TEST(a_note_that_contradicts_itself_is_refused)
{
	sftr_tree *tree = NULL;
	char note[1024];
	sftr_error err;

	snprintf(note, sizeof note, NOTE("%s"), blind[_i].lines);
	ck_assert_int_eq(
		tree_of(SFTR_CODEC_DOTTED, blind[_i].names, note, &tree, &err),
		SFTR_E_NOTE);
	ck_assert_str_eq(err.message, blind[_i].message);
	ck_assert_str_eq(err.key, blind[_i].key);
	ck_assert_uint_ne(err.offset, SFTR_NO_OFFSET);
}
END_TEST

START_TEST(one_integer_key_is_not_said_twice)
{
	sftr_tree *tree = NULL;
	sftr_error err;

	ck_assert_int_eq(tree_of(SFTR_CODEC_KEYSTR, "['-1'] [-1]",
				 NOTE("[\"['-1']\",\"int\",null]"), &tree,
				 &err),
			 SFTR_E_NOTE);
	ck_assert_str_eq(err.message, "its dict has this integer key already");
}
END_TEST

/* Every byte of a sound note cut off or changed: an answer, and no crash. */
START_TEST(a_damaged_note_is_judged)
{
	static const char sound[] = NOTE(
		"[\"\",\"order\",[\"b\",{\"i\":\"7\"}]],[\"@7\",\"int\",null],"
		"[\"@a\",\"alias\",\"@b\"],[\"@e\",\"empty\",\"tuple\"],"
		"[\"@s\",\"scalar\",{\"f\":\"0x1.8p+1\"}]");
	char note[sizeof sound];
	sftr_error err;

	for (size_t i = 0; i < sizeof sound - 1; i++)
		for (unsigned c = 0; c < 128; c += 1 + c % 3) {
			sftr_tree *tree = NULL;
			sftr_code code;

			memcpy(note, sound, sizeof sound);
			note[i] = (char)(c < 2 ? '\0' : c);
			if (note[i] != '\0' && (unsigned char)note[i] < ' ')
				continue;
			code = tree_of(SFTR_CODEC_P2S, "@7 @b", note, &tree,
				       &err);
			ck_assert_int_eq(code == SFTR_OK, tree != NULL);
			if (code != SFTR_OK)
				ck_assert_int_eq(code, SFTR_E_NOTE);
			sftr_tree_free(tree);
		}
}
END_TEST

static const struct {
	const char *text;
	double value;
	const char *canonical; /* NULL: no float */
} floats[] = {
	{ "0x0p+0", 0.0, "0x0p+0" },
	{ "-0x0p+0", -0.0, "-0x0p+0" },
	{ "0x1p+0", 1.0, "0x1p+0" },
	{ "-0x1.8p+1", -3.0, "-0x1.8p+1" },
	{ "0x3p0", 3.0, "0x1.8p+1" },
	{ "0X.C000P2", 3.0, "0x1.8p+1" },
	{ "0x1.999999999999ap-4", 0.1, "0x1.999999999999ap-4" },
	{ "0x1.fffffffffffffp+1023", DBL_MAX, "0x1.fffffffffffffp+1023" },
	{ "0x1p-1022", DBL_MIN, "0x1p-1022" },
	{ "0x1p-1074", 4.9406564584124654e-324, "0x1p-1074" },
	{ "0x0.0000000000001p-1022", 4.9406564584124654e-324, "0x1p-1074" },
	{ "0x1.8p-1073", 1.4821969375237396e-323, "0x1.8p-1073" },
	{ "0x0.fffffffffffffp-1022", 2.2250738585072009e-308,
	  "0x1.ffffffffffffep-1023" },
	{ "0x100000000000000000000000000000000p-128", 1.0, "0x1p+0" },
	{ "0x0.00000000000000000000000000000001p+128", 1.0, "0x1p+0" },
	{ "0x0p+99999999999999999999999", 0.0, "0x0p+0" },
	{ "inf", HUGE_VAL, "inf" },
	{ "-inf", -HUGE_VAL, "-inf" },
	{ "", 0, NULL },
	{ "-", 0, NULL },
	{ "0x", 0, NULL },
	{ "0xp+1", 0, NULL },
	{ "0x.p+1", 0, NULL },
	{ "0x1", 0, NULL },
	{ "0x1p", 0, NULL },
	{ "0x1p+", 0, NULL },
	{ "0x1p+1x", 0, NULL },
	{ "0x1..8p+1", 0, NULL },
	{ "0x1,8p+1", 0, NULL },
	{ "+0x1p+0", 0, NULL },
	{ " 0x1p+0", 0, NULL },
	{ "1.5", 0, NULL },
	{ "NaN", 0, NULL },
	{ "-nan", 0, NULL },
	{ "Infinity", 0, NULL },
	{ "0x1p+1024", 0, NULL },
	{ "0x1p-1075", 0, NULL },
	{ "0x1.00000000000001p+0", 0, NULL },
	{ "0x1.0000000000000000000000001p+0", 0, NULL },
	{ "0x1p+99999999999999999999999", 0, NULL },
	{ "0x1p-99999999999999999999999", 0, NULL },
};

START_TEST(a_float_is_exact_or_none)
{
	char text[SFTR__HEXFLOAT];
	double value = 7;
	bool read = sftr__hexfloat_parse(floats[_i].text,
					 strlen(floats[_i].text), &value);

	ck_assert_msg(read == (floats[_i].canonical != NULL), "%s",
		      floats[_i].text);
	if (!read)
		return;
	ck_assert_int_eq(memcmp(&value, &floats[_i].value, sizeof value), 0);
	ck_assert_uint_eq(sftr__hexfloat_format(value, text),
			  strlen(floats[_i].canonical));
	ck_assert_str_eq(text, floats[_i].canonical);
}
END_TEST

START_TEST(every_double_comes_back)
{
	random_begin();
	for (size_t i = 0; i < repetitions(20000, 5000000); i++) {
		uint64_t bits = (uint64_t)random_below(UINT32_MAX) << 32 |
				random_below(UINT32_MAX);
		char text[SFTR__HEXFLOAT], libc[64];
		double value, back;

		if (i % 3 == 0) /* subnormals */
			bits &= UINT64_C(0x800fffffffffffff) >>
				random_below(40);
		memcpy(&value, &bits, sizeof value);
		ck_assert(sftr__hexfloat_parse(
			text, sftr__hexfloat_format(value, text), &back));
		if (value != value) {
			ck_assert_str_eq(text, "nan");
			ck_assert(back != back);
			continue;
		}
		ck_assert_int_eq(memcmp(&value, &back, sizeof value), 0);
		snprintf(libc, sizeof libc, "%a", value);
		ck_assert(sftr__hexfloat_parse(libc, strlen(libc), &back));
		ck_assert_int_eq(memcmp(&value, &back, sizeof value), 0);
	}
}
END_TEST

int
main(void)
{
	TCase *tc = tcase_create("note");

	tcase_set_timeout(tc, 600);
	tcase_add_loop_test(tc, a_note_completes_the_names, 0, COUNT(good));
	tcase_add_test(tc, a_note_can_be_ignored);
	tcase_add_loop_test(tc, an_unsound_note_is_told_with_its_byte, 0,
			    COUNT(bad));
	tcase_add_loop_test(tc, a_note_that_contradicts_itself_is_refused, 0,
			    COUNT(blind));
	tcase_add_test(tc, one_integer_key_is_not_said_twice);
	tcase_add_test(tc, a_damaged_note_is_judged);
	tcase_add_loop_test(tc, a_float_is_exact_or_none, 0, COUNT(floats));
	tcase_add_test(tc, every_double_comes_back);
	return run_suite("note", tc);
}
