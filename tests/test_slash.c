/* SPDX-License-Identifier: MIT */
#include "paths.h"

static const struct path_text both[] = {
	{ SFTR_STR("params/Dense_0/kernel"),
	  PATH(NAME("params"), NAME("Dense_0"), NAME("kernel")) },
	{ SFTR_STR(""), NO_STEPS },
	{ SFTR_STR("w"), PATH(NAME("w")) },
	{ SFTR_STR("/"), PATH(NAME(""), NAME("")) },
	{ SFTR_STR("/a"), PATH(NAME(""), NAME("a")) },
	{ SFTR_STR("a//b/"), PATH(NAME("a"), NAME(""), NAME("b"), NAME("")) },
	{ SFTR_STR("layers.0/10/.w"),
	  PATH(NAME("layers.0"), NAME("10"), NAME(".w")) },
	{ SFTR_STR("__metadata__/a"), PATH(NAME("__metadata__"), NAME("a")) },
};

static const struct path_fault paths[] = {
	{ PATH(KEY("mlp/~/linear_0"), KEY("w")), 3, "mlp/~/linear_0",
	  "step 0: expected no '/', found '/'" },
	{ PATH(NAME("")), SFTR_NO_OFFSET, "",
	  "step 0: expected a name, where it is the only step, "
	  "found an empty one" },
	RESERVED(NAME),
};

static bool
accepts(const sftr_step *steps, size_t n)
{
	return parted_accepts(steps, n, "/");
}

int
main(void)
{
	struct codec_facts facts = { SFTR_CODEC_SLASH, TABLE(both),  NO_TABLE,
				     NO_TABLE,	       TABLE(paths), accepts };

	return run_codec_suite(&facts);
}
