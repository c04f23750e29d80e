/* SPDX-License-Identifier: MIT */
#include "paths.h"

static const struct path_text both[] = {
	{ SFTR_STR("layers.10.query"),
	  PATH(NAME("layers"), NAME("10"), NAME("query")) },
	{ SFTR_STR(""), NO_STEPS },
	{ SFTR_STR("w"), PATH(NAME("w")) },
	{ SFTR_STR("0.weight"), PATH(NAME("0"), NAME("weight")) },
	{ SFTR_STR("."), PATH(NAME(""), NAME("")) },
	{ SFTR_STR(".a"), PATH(NAME(""), NAME("a")) },
	{ SFTR_STR("a."), PATH(NAME("a"), NAME("")) },
	{ SFTR_STR("a..b"), PATH(NAME("a"), NAME(""), NAME("b")) },
	{ SFTR_STR("a.01.-1"), PATH(NAME("a"), NAME("01"), NAME("-1")) },
	{ SFTR_STR("a/b@c#1[0]"), PATH(NAME("a/b@c#1[0]")) },
	{ SFTR_STR("a\0.b"), PATH(NAME("a\0"), NAME("b")) },
	{ SFTR_STR("__metadata__.a"), PATH(NAME("__metadata__"), NAME("a")) },
	{ SFTR_STR("\xe6\x97\xa5.\xc3\xa9"),
	  PATH(NAME("\xe6\x97\xa5"), NAME("\xc3\xa9")) },
};

static const struct path_fault paths[] = {
	{ PATH(ATTR("a"), KEY("b.c")), 1, "b.c",
	  "step 1: expected no '.', found '.'" },
	{ PATH(NAME("")), SFTR_NO_OFFSET, "",
	  "step 0: expected a name, where it is the only step, "
	  "found an empty one" },
	RESERVED(KEY),
};

static bool
accepts(const sftr_step *steps, size_t n)
{
	return parted_accepts(steps, n, ".");
}

int
main(void)
{
	struct codec_facts facts = { SFTR_CODEC_DOTTED, TABLE(both),  NO_TABLE,
				     NO_TABLE,		TABLE(paths), accepts };

	return run_codec_suite(&facts);
}
