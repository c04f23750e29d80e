/* SPDX-License-Identifier: MIT */
#include "paths.h"

static const struct path_text both[] = {
	{ SFTR_STR("mlp/~/linear_0/w"), PATH(KEY("mlp/~/linear_0"), KEY("w")) },
	{ SFTR_STR("linear/w"), PATH(KEY("linear"), KEY("w")) },
	{ SFTR_STR("w"), PATH(KEY("w")) },
	{ SFTR_STR(""), NO_STEPS },
	{ SFTR_STR("/"), PATH(KEY(""), KEY("")) },
	{ SFTR_STR("/w"), PATH(KEY(""), KEY("w")) },
	{ SFTR_STR("a/"), PATH(KEY("a"), KEY("")) },
	{ SFTR_STR("a//w"), PATH(KEY("a/"), KEY("w")) },
	{ SFTR_STR("a.b/0"), PATH(KEY("a.b"), KEY("0")) },
	{ SFTR_STR("__metadata__/w"), PATH(KEY("__metadata__"), KEY("w")) },
};

static const struct path_fault paths[] = {
	{ PATH(KEY("mlp"), KEY("linear/w")), 6, "linear/w",
	  "step 1: expected no '/' in a parameter, found '/'" },
	{ PATH(KEY("a/w")), 1, "a/w",
	  "step 0: expected no '/' in a parameter, found '/'" },
	{ PATH(KEY("a"), KEY("b"), KEY("w")), SFTR_NO_OFFSET, "w",
	  "step 2: expected the end after module and parameter, "
	  "found a third key" },
	{ PATH(KEY("")), SFTR_NO_OFFSET, "",
	  "step 0: expected a key, where it is the only step, "
	  "found an empty one" },
	{ PATH(KEY("a"), INDEX(0)), SFTR_NO_OFFSET, "0",
	  "step 1: expected a key, found an index" },
	{ PATH(ATTR("a")), SFTR_NO_OFFSET, "a",
	  "step 0: expected a key, found an attribute" },
	RESERVED(KEY),
};

static bool
accepts(const sftr_step *steps, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (steps[i].kind != SFTR_STEP_KEY)
			return false;
	if (n == 1)
		return !is_text(steps[0].text, "") &&
		       !is_text(steps[0].text, "__metadata__") &&
		       !text_holds(steps[0].text, "/");
	return n == 0 || (n == 2 && !text_holds(steps[1].text, "/"));
}

int
main(void)
{
	struct codec_facts facts = { SFTR_CODEC_HAIKU, TABLE(both),  NO_TABLE,
				     NO_TABLE,	       TABLE(paths), accepts };

	return run_codec_suite(&facts);
}
