/* SPDX-License-Identifier: MIT */
#include "paths.h"

/* The first two are the examples of pytree2safetensors. */
static const struct path_text both[] = {
	{ SFTR_STR("layers#10@query"),
	  PATH(ATTR("layers"), INDEX(10), KEY("query")) },
	{ SFTR_STR("#2.layers#10@query"),
	  PATH(INDEX(2), ATTR("layers"), INDEX(10), KEY("query")) },
	{ SFTR_STR(""), NO_STEPS },
	{ SFTR_STR("@"), PATH(KEY("")) },
	{ SFTR_STR("@@"), PATH(KEY(""), KEY("")) },
	{ SFTR_STR("a."), PATH(ATTR("a"), ATTR("")) },
	{ SFTR_STR("a..b"), PATH(ATTR("a"), ATTR(""), ATTR("b")) },
	{ SFTR_STR("@."), PATH(KEY(""), ATTR("")) },
	{ SFTR_STR("#0"), PATH(INDEX(0)) },
	{ SFTR_STR("#5"), PATH(INDEX(5)) },
	{ SFTR_STR("#9223372036854775807"), PATH(INDEX(INT64_MAX)) },
	{ SFTR_STR("#1#2@1"), PATH(INDEX(1), INDEX(2), KEY("1")) },
	{ SFTR_STR("@01"), PATH(KEY("01")) },
	{ SFTR_STR("@__metadata__"), PATH(KEY("__metadata__")) },
	{ SFTR_STR("__metadata__.a"), PATH(ATTR("__metadata__"), ATTR("a")) },
	{ SFTR_STR("a\\b@\\"), PATH(ATTR("a\\b"), KEY("\\")) },
	{ SFTR_STR("@params@Dense_0/kernel"),
	  PATH(KEY("params"), KEY("Dense_0/kernel")) },
	{ SFTR_STR("@a\0b"), PATH(KEY("a\0b")) },
	{ SFTR_STR("@\xe6\x97\xa5\xc3\xa9"),
	  PATH(KEY("\xe6\x97\xa5\xc3\xa9")) },
};

static const struct path_text read[] = {
	{ SFTR_STR(".a"), PATH(ATTR("a")) },
	{ SFTR_STR(".a@b"), PATH(ATTR("a"), KEY("b")) },
	{ SFTR_STR("."), PATH(ATTR("")) },
	{ SFTR_STR("..a"), PATH(ATTR(""), ATTR("a")) },
	{ SFTR_STR(".@a"), PATH(ATTR(""), KEY("a")) },
	{ SFTR_STR(".__metadata__"), PATH(ATTR("__metadata__")) },
};

static const struct text_fault texts[] = {
	{ SFTR_STR("#01"), 1,
	  "expected an index without a leading zero, found '0'" },
	{ SFTR_STR("a#00"), 2,
	  "expected an index without a leading zero, found '0'" },
	{ SFTR_STR("#+1"), 1, "expected an index, found '+'" },
	{ SFTR_STR("# 1"), 1, "expected an index, found ' '" },
	{ SFTR_STR("#1_0"), 2, "expected a digit, found '_'" },
	{ SFTR_STR("#1 "), 2, "expected a digit, found ' '" },
	{ SFTR_STR("#1\\.a"), 2, "expected a digit, found '\\\\'" },
	{ SFTR_STR("#-1"), 1, "expected an index of 0 or more, found '-'" },
	{ SFTR_STR("#-0"), 1, "expected an index of 0 or more, found '-'" },
	{ SFTR_STR("#"), 1, "expected an index, found the end" },
	{ SFTR_STR("layers#"), 7, "expected an index, found the end" },
	{ SFTR_STR("#x"), 1, "expected an index, found 'x'" },
	{ SFTR_STR("#'"), 1, "expected an index, found \"'\"" },
	{ SFTR_STR("#\xd9\xa1"), 1, "expected an index, found '\xd9\xa1'" },
	{ SFTR_STR("#\0"), 1, "expected an index, found '\\x00'" },
	{ SFTR_STR("##1"), 1, "expected an index, found '#'" },
	{ SFTR_STR("#1##"), 3, "expected an index, found '#'" },
	{ SFTR_STR("a#.b#x"), 2, "expected an index, found '.'" },
	{ SFTR_STR("#9223372036854775808"), 1,
	  "expected an index up to 9223372036854775807, found a greater one" },
	{ SFTR_STR("a#18446744073709551616@b"), 2,
	  "expected an index up to 9223372036854775807, found a greater one" },
};

static const struct path_fault paths[] = {
	{ PATH(KEY("a.b")), 1, "a.b",
	  "step 0: expected no '.', '@' or '#', found '.'" },
	{ PATH(INDEX(0), KEY("a@b")), 1, "a@b",
	  "step 1: expected no '.', '@' or '#', found '@'" },
	{ PATH(KEY("ok"), KEY("a#1")), 1, "a#1",
	  "step 1: expected no '.', '@' or '#', found '#'" },
	{ PATH(KEY(".")), 0, ".",
	  "step 0: expected no '.', '@' or '#', found '.'" },
	{ PATH(ATTR("")), SFTR_NO_OFFSET, "",
	  "step 0: expected a first attribute with a name, "
	  "found an empty one" },
	{ PATH(ATTR(""), ATTR("a")), SFTR_NO_OFFSET, "",
	  "step 0: expected a first attribute with a name, "
	  "found an empty one" },
	{ PATH(ATTR("@a")), 0, "@a",
	  "step 0: expected no '.', '@' or '#', found '@'" },
	{ PATH(ATTR("#")), 0, "#",
	  "step 0: expected no '.', '@' or '#', found '#'" },
	{ PATH(KEY("a"), INT_KEY(1)), SFTR_NO_OFFSET, "1",
	  "step 1: expected an attribute, a key or an index, "
	  "found an integer key" },
	{ PATH(FLAT(3)), SFTR_NO_OFFSET, "3",
	  "step 0: expected an attribute, a key or an index, "
	  "found a flat index" },
	{ PATH(NAME("w")), SFTR_NO_OFFSET, "w",
	  "step 0: expected an attribute, a key or an index, "
	  "found a step of no kind" },
	RESERVED(ATTR),
};

static bool
accepts(const sftr_step *steps, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		if (steps[i].kind == SFTR_STEP_INDEX)
			continue;
		if (steps[i].kind != SFTR_STEP_ATTR &&
		    steps[i].kind != SFTR_STEP_KEY)
			return false;
		if (text_holds(steps[i].text, ".@#"))
			return false;
	}
	if (n == 0 || steps[0].kind != SFTR_STEP_ATTR)
		return true;
	return steps[0].text.len > 0 &&
	       (n > 1 || !is_text(steps[0].text, "__metadata__"));
}

int
main(void)
{
	struct codec_facts facts = { SFTR_CODEC_P2S, TABLE(both),  TABLE(read),
				     TABLE(texts),   TABLE(paths), accepts };

	return run_codec_suite(&facts);
}
