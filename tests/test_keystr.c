/* SPDX-License-Identifier: MIT */
#include "paths.h"

/* Texts of jax.tree_util.keystr 0.10.2 wherever JAX can have the path. */
static const struct path_text both[] = {
	{ SFTR_STR("['a'][0].w"), PATH(KEY("a"), INDEX(0), ATTR("w")) },
	{ SFTR_STR("['params']['Dense_0'][0].w"),
	  PATH(KEY("params"), KEY("Dense_0"), INDEX(0), ATTR("w")) },
	{ SFTR_STR("[<flat index 3>]"), PATH(FLAT(3)) },
	{ SFTR_STR(".a[<flat index 0>][1]"),
	  PATH(ATTR("a"), FLAT(0), INDEX(1)) },
	{ SFTR_STR(""), NO_STEPS },
	{ SFTR_STR("[-5]"), PATH(INT_KEY(-5)) },
	{ SFTR_STR("[-9223372036854775808]"), PATH(INT_KEY(INT64_MIN)) },
	{ SFTR_STR("[9223372036854775807]"), PATH(INDEX(INT64_MAX)) },
	{ SFTR_STR("['']"), PATH(KEY("")) },
	{ SFTR_STR("[\"it's\"]"), PATH(KEY("it's")) },
	{ SFTR_STR("['q\"']"), PATH(KEY("q\"")) },
	{ SFTR_STR("['both\\'\"']"), PATH(KEY("both'\"")) },
	{ SFTR_STR("['a]b[c.d']"), PATH(KEY("a]b[c.d")) },
	{ SFTR_STR("['5']"), PATH(KEY("5")) },
	{ SFTR_STR("."), PATH(ATTR("")) },
	{ SFTR_STR(".a.b"), PATH(ATTR("a"), ATTR("b")) },
	{ SFTR_STR("..a b'c"), PATH(ATTR(""), ATTR("a b'c")) },
	{ SFTR_STR(".\303\251\\n"), PATH(ATTR("\303\251\\n")) },
	{ SFTR_STR("['\\u0100\\u65e5\\uffff']"),
	  PATH(KEY("\304\200\346\227\245\357\277\277")) },
	{ SFTR_STR("['\\U00010000\\U0010ffff']"),
	  PATH(KEY("\360\220\200\200\364\217\277\277")) },
	/* All of Latin-1. */
	{ SFTR_STR(
		  "['\\x00\\x01\\x02\\x03\\x04\\x05\\x06\\x07\\x08\\t\\n\\x0b\\"
		  "x0c\\r\\x0e\\x0f\\x10\\x11\\x12\\x13\\x14\\x15\\x16\\x17\\x1"
		  "8\\x19\\x1a\\x1b\\x1c\\x1d\\x1e\\x1f']"),
	  PATH(KEY(
		  "\000\001\002\003\004\005\006\007\010\011\012\013\014\015\016"
		  "\017\020\021\022\023\024\025\026\027\030\031\032\033\034\035"
		  "\036\037")) },
	{ SFTR_STR(
		  "[' !\"#$%&\\'()*+,-./0123456789:;<=>\?@ABCDEFGHIJKLMNOPQRSTU"
		  "VWXYZ[\\\\]^_`abcdefghijklmnopqrstuvwxyz{|}~']"),
	  PATH(KEY(
		  " !\"#$%&'()*+,-./0123456789:;<=>\?@ABCDEFGHIJKLMNOPQRSTUVWXY"
		  "Z[\\]^_`abcdefghijklmnopqrstuvwxyz{|}~")) },
	{ SFTR_STR(
		  "['\\x7f\\x80\\x81\\x82\\x83\\x84\\x85\\x86\\x87\\x88\\x89\\x"
		  "8a\\x8b\\x8c\\x8d\\x8e\\x8f\\x90\\x91\\x92\\x93\\x94\\x95\\x"
		  "96\\x97\\x98\\x99\\x9a\\x9b\\x9c\\x9d\\x9e\\x9f\\xa0']"),
	  PATH(KEY(
		  "\177\302\200\302\201\302\202\302\203\302\204\302\205\302\206"
		  "\302\207\302\210\302\211\302\212\302\213\302\214\302\215\302"
		  "\216\302\217\302\220\302\221\302\222\302\223\302\224\302\225"
		  "\302\226\302\227\302\230\302\231\302\232\302\233\302\234\302"
		  "\235\302\236\302\237\302\240")) },
	{ SFTR_STR(
		  "['\302\241\302\242\302\243\302\244\302\245\302\246\302\247"
		  "\302\250\302\251\302\252\302\253\302\254\\xad\302\256\302"
		  "\257\302\260\302\261\302\262\302\263\302\264\302\265\302\266"
		  "\302\267\302\270\302\271\302\272\302\273\302\274\302\275\302"
		  "\276\302\277\303\200\303\201\303\202\303\203\303\204\303\205"
		  "\303\206\303\207\303\210\303\211\303\212\303\213\303\214\303"
		  "\215\303\216\303\217\303\220\303\221\303\222\303\223\303\224"
		  "\303\225\303\226\303\227\303\230\303\231\303\232\303\233\303"
		  "\234\303\235\303\236\303\237\303\240\303\241\303\242\303\243"
		  "\303\244\303\245\303\246\303\247\303\250\303\251\303\252\303"
		  "\253\303\254\303\255\303\256\303\257\303\260\303\261\303\262"
		  "\303\263\303\264\303\265\303\266\303\267\303\270\303\271\303"
		  "\272\303\273\303\274\303\275\303\276\303\277']"),
	  PATH(KEY(
		  "\302\241\302\242\302\243\302\244\302\245\302\246\302\247\302"
		  "\250\302\251\302\252\302\253\302\254\302\255\302\256\302\257"
		  "\302\260\302\261\302\262\302\263\302\264\302\265\302\266\302"
		  "\267\302\270\302\271\302\272\302\273\302\274\302\275\302\276"
		  "\302\277\303\200\303\201\303\202\303\203\303\204\303\205\303"
		  "\206\303\207\303\210\303\211\303\212\303\213\303\214\303\215"
		  "\303\216\303\217\303\220\303\221\303\222\303\223\303\224\303"
		  "\225\303\226\303\227\303\230\303\231\303\232\303\233\303\234"
		  "\303\235\303\236\303\237\303\240\303\241\303\242\303\243\303"
		  "\244\303\245\303\246\303\247\303\250\303\251\303\252\303\253"
		  "\303\254\303\255\303\256\303\257\303\260\303\261\303\262\303"
		  "\263\303\264\303\265\303\266\303\267\303\270\303\271\303\272"
		  "\303\273\303\274\303\275\303\276\303\277")) },
};

static const struct path_text read[] = {
	{ SFTR_STR("[\"a\"]"), PATH(KEY("a")) },
	{ SFTR_STR("['\\x61\\u0062\\U00000063\\x4A\\x4a']"),
	  PATH(KEY("abcJJ")) },
	{ SFTR_STR("['\\\"']"), PATH(KEY("\"")) },
	{ SFTR_STR("[\"\\'\"]"), PATH(KEY("'")) },
	{ SFTR_STR("[\"\\\"\"]"), PATH(KEY("\"")) },
	{ SFTR_STR("['\\a\\b\\f\\v']"), PATH(KEY("\a\b\f\v")) },
	{ SFTR_STR("['\\0\\01\\101\\1018\\777\\400']"),
	  PATH(KEY("\0\001AA8\307\277\304\200")) },
	{ SFTR_STR("['\\1017']"), PATH(KEY("A7")) },
	{ SFTR_STR("['\346\227\245\360\237\214\262']"),
	  PATH(KEY("\346\227\245\360\237\214\262")) },
	{ SFTR_STR("['\t\x7f']"), PATH(KEY("\t\x7f")) },
	{ SFTR_STR("['\302\240']"), PATH(KEY("\302\240")) },
};

#define INNER "a quoted text, an integer or <flat index N>"

static const struct text_fault texts[] = {
	{ SFTR_STR("a"), 0, "expected '[' or '.', found 'a'" },
	{ SFTR_STR("['a']b"), 5, "expected '[' or '.', found 'b'" },
	{ SFTR_STR("['a']]"), 5, "expected '[' or '.', found ']'" },
	{ SFTR_STR(".a]"), 2, "expected '[' or '.', found ']'" },
	{ SFTR_STR("["), 1, "expected " INNER ", found the end" },
	{ SFTR_STR("[]"), 1, "expected " INNER ", found ']'" },
	{ SFTR_STR("[a]"), 1, "expected " INNER ", found 'a'" },
	{ SFTR_STR("[None]"), 1, "expected " INNER ", found 'N'" },
	{ SFTR_STR("[True]"), 1, "expected " INNER ", found 'T'" },
	{ SFTR_STR("[(1, 2)]"), 1, "expected " INNER ", found '('" },
	{ SFTR_STR("[b'x']"), 1, "expected " INNER ", found 'b'" },
	{ SFTR_STR("[+1]"), 1, "expected " INNER ", found '+'" },
	{ SFTR_STR("[ 1]"), 1, "expected " INNER ", found ' '" },
	{ SFTR_STR("[1.5]"), 2, "expected ']', found '.'" },
	{ SFTR_STR("[-1.5]"), 3, "expected ']', found '.'" },
	{ SFTR_STR("[1 ]"), 2, "expected ']', found ' '" },
	{ SFTR_STR("[1"), 2, "expected ']', found the end" },
	{ SFTR_STR("[1_0]"), 2, "expected ']', found '_'" },
	{ SFTR_STR("[1-]"), 2, "expected a digit, found '-'" },
	{ SFTR_STR("[-]"), 2, "expected a digit, found ']'" },
	{ SFTR_STR("[01]"), 1,
	  "expected an integer without a leading zero, found '0'" },
	{ SFTR_STR("[-0]"), 2,
	  "expected an integer without a leading zero, found '0'" },
	{ SFTR_STR("[9223372036854775808]"), 1,
	  "expected an integer up to 9223372036854775807, "
	  "found a greater one" },
	{ SFTR_STR("[-9223372036854775809]"), 1,
	  "expected an integer from -9223372036854775808, "
	  "found a lower one" },
	{ SFTR_STR("['a"), 3, "expected \"'\" after the key, found the end" },
	{ SFTR_STR("[\"a'"), 4, "expected '\"' after the key, found the end" },
	{ SFTR_STR("['a\\']"), 6,
	  "expected \"'\" after the key, found the end" },
	{ SFTR_STR("['a\\"), 4, "expected \"'\" after the key, found the end" },
	{ SFTR_STR("['a\\'"), 5,
	  "expected \"'\" after the key, found the end" },
	{ SFTR_STR("['a\n']"), 3,
	  "expected \"'\" after the key, found '\\x0a'" },
	{ SFTR_STR("['a\r']"), 3,
	  "expected \"'\" after the key, found '\\x0d'" },
	{ SFTR_STR("['a\0']"), 3,
	  "expected \"'\" after the key, found '\\x00'" },
	{ SFTR_STR("['a'"), 4, "expected ']', found the end" },
	{ SFTR_STR("['a''b']"), 4, "expected ']', found \"'\"" },
	{ SFTR_STR("['\\q']"), 3,
	  "expected an escape of Python after '\\', found 'q'" },
	{ SFTR_STR("['\\8']"), 3,
	  "expected an escape of Python after '\\', found '8'" },
	{ SFTR_STR("['\\N{DASH}']"), 3,
	  "expected an escape of Python after '\\', found 'N'" },
	{ SFTR_STR("['\\\n']"), 3,
	  "expected an escape of Python after '\\', found '\\x0a'" },
	{ SFTR_STR("['\\\0']"), 3,
	  "expected an escape of Python after '\\', found '\\x00'" },
	{ SFTR_STR("['\\x4']"), 5,
	  "expected a hexadecimal digit, found \"'\"" },
	{ SFTR_STR("['\\u00g0']"), 6,
	  "expected a hexadecimal digit, found 'g'" },
	{ SFTR_STR("['\\ud800']"), 4,
	  "expected a code point that UTF-8 has, found 'd'" },
	{ SFTR_STR("['\\udfff']"), 4,
	  "expected a code point that UTF-8 has, found 'd'" },
	{ SFTR_STR("['\\U00110000']"), 4,
	  "expected a code point that UTF-8 has, found '0'" },
	{ SFTR_STR("['\\Uffffffff']"), 4,
	  "expected a code point that UTF-8 has, found 'f'" },
	{ SFTR_STR("[<flat index >]"), 13, "expected an index, found '>'" },
	{ SFTR_STR("[<flat index -1>]"), 13,
	  "expected an index of 0 or more, found '-'" },
	{ SFTR_STR("[<flat index 01>]"), 13,
	  "expected an index without a leading zero, found '0'" },
	{ SFTR_STR("[<flat index 3]"), 14, "expected '>', found ']'" },
	{ SFTR_STR("[<flat index 3>"), 15, "expected ']', found the end" },
	{ SFTR_STR("[<flat index 3"), 14, "expected '>', found the end" },
	{ SFTR_STR("[<flat"), 1, "expected " INNER ", found '<'" },
};

static const struct path_fault paths[] = {
	{ PATH(INT_KEY(5)), SFTR_NO_OFFSET, "5",
	  "step 0: expected an integer key below 0, "
	  "found one that reads as an index" },
	{ PATH(KEY("a"), INT_KEY(0)), SFTR_NO_OFFSET, "0",
	  "step 1: expected an integer key below 0, "
	  "found one that reads as an index" },
	{ PATH(NAME("w")), SFTR_NO_OFFSET, "w",
	  "step 0: expected a step with a kind, found a step of no kind" },
	{ PATH(ATTR("a.b")), 1, "a.b",
	  "step 0: expected no '.', '[' or ']', found '.'" },
	{ PATH(ATTR("a"), ATTR("b[0]")), 1, "b[0]",
	  "step 1: expected no '.', '[' or ']', found '['" },
	{ PATH(ATTR("]")), 0, "]",
	  "step 0: expected no '.', '[' or ']', found ']'" },
};

static bool
accepts(const sftr_step *steps, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		if (steps[i].kind == SFTR_STEP_NAME ||
		    (steps[i].kind == SFTR_STEP_INT_KEY &&
		     steps[i].number >= 0) ||
		    (steps[i].kind == SFTR_STEP_ATTR &&
		     text_holds(steps[i].text, ".[]")))
			return false;
	}
	return true;
}

int
main(void)
{
	struct codec_facts facts = { SFTR_CODEC_KEYSTR, TABLE(both),
				     TABLE(read),	TABLE(texts),
				     TABLE(paths),	accepts };

	return run_codec_suite(&facts);
}
