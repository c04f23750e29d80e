/* SPDX-License-Identifier: MIT */
#include "paths.h"

static const struct path_text both[] = {
	{ SFTR_STR("layers#10@query"),
	  PATH(ATTR("layers"), INDEX(10), KEY("query")) },
	{ SFTR_STR("#2.layers#10@query"),
	  PATH(INDEX(2), ATTR("layers"), INDEX(10), KEY("query")) },
	{ SFTR_STR(""), NO_STEPS },
	{ SFTR_STR("@a\\.b"), PATH(KEY("a.b")) },
	{ SFTR_STR("@a\\@b"), PATH(KEY("a@b")) },
	{ SFTR_STR("@a\\#1"), PATH(KEY("a#1")) },
	{ SFTR_STR("@a\\\\"), PATH(KEY("a\\")) },
	{ SFTR_STR("@a@b"), PATH(KEY("a"), KEY("b")) },
	{ SFTR_STR("\\.a"), PATH(ATTR(".a")) },
	{ SFTR_STR("\\@a"), PATH(ATTR("@a")) },
	{ SFTR_STR("\\#1#1"), PATH(ATTR("#1"), INDEX(1)) },
	{ SFTR_STR("\\\\"), PATH(ATTR("\\")) },
	{ SFTR_STR("."), PATH(ATTR("")) },
	{ SFTR_STR("..x"), PATH(ATTR(""), ATTR("x")) },
	{ SFTR_STR(".@"), PATH(ATTR(""), KEY("")) },
	{ SFTR_STR("a.@\\.\\@\\#\\\\"),
	  PATH(ATTR("a"), ATTR(""), KEY(".@#\\")) },
	{ SFTR_STR("@__metadata__"), PATH(KEY("__metadata__")) },
	{ SFTR_STR("@\\.\0\\."), PATH(KEY(".\0.")) },
	{ SFTR_STR("@\xe6\x97\xa5\\.\xc3\xa9"),
	  PATH(KEY("\xe6\x97\xa5.\xc3\xa9")) },
};

static const struct path_text read[] = {
	{ SFTR_STR(".a"), PATH(ATTR("a")) },
	{ SFTR_STR(".\\.a"), PATH(ATTR(".a")) },
	{ SFTR_STR(".__metadata__"), PATH(ATTR("__metadata__")) },
};

static const struct text_fault texts[] = {
	{ SFTR_STR("a\\b"), 2,
	  "expected '.', '@', '#' or '\\' after '\\', found 'b'" },
	{ SFTR_STR("@a\\"), 3,
	  "expected '.', '@', '#' or '\\' after '\\', found the end" },
	{ SFTR_STR("\\\\\\"), 3,
	  "expected '.', '@', '#' or '\\' after '\\', found the end" },
	{ SFTR_STR("@\\n"), 2,
	  "expected '.', '@', '#' or '\\' after '\\', found 'n'" },
	{ SFTR_STR("#\\1"), 1, "expected an index, found '\\\\'" },
	{ SFTR_STR("#1\\.a"), 2, "expected a digit, found '\\\\'" },
	{ SFTR_STR("a\\#x#x"), 5, "expected an index, found 'x'" },
	{ SFTR_STR("#01"), 1,
	  "expected an index without a leading zero, found '0'" },
	{ SFTR_STR("#-1"), 1, "expected an index of 0 or more, found '-'" },
	{ SFTR_STR("@\\.#"), 4, "expected an index, found the end" },
};

static const struct path_fault paths[] = {
	{ PATH(KEY("a"), INT_KEY(-1)), SFTR_NO_OFFSET, "-1",
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
	for (size_t i = 0; i < n; i++)
		if (steps[i].kind != SFTR_STEP_INDEX &&
		    steps[i].kind != SFTR_STEP_ATTR &&
		    steps[i].kind != SFTR_STEP_KEY)
			return false;
	return n != 1 || steps[0].kind != SFTR_STEP_ATTR ||
	       !is_text(steps[0].text, "__metadata__");
}

int
main(void)
{
	struct codec_facts facts = { SFTR_CODEC_P2S_ESC, TABLE(both),
				     TABLE(read),	 TABLE(texts),
				     TABLE(paths),	 accepts };

	return run_codec_suite(&facts);
}
