/* SPDX-License-Identifier: MIT */
#include "paths.h"

static const struct path_text both[] = {
	{ SFTR_STR("layers.10/query@x#1[0]"),
	  PATH(KEY("layers.10/query@x#1[0]")) },
	{ SFTR_STR(""), PATH(KEY("")) },
	{ SFTR_STR("\0"), PATH(KEY("\0")) },
	{ SFTR_STR("__metadata__."), PATH(KEY("__metadata__.")) },
	{ SFTR_STR("\xe6\x97\xa5"), PATH(KEY("\xe6\x97\xa5")) },
};

static const struct path_fault paths[] = {
	{ NO_STEPS, SFTR_NO_OFFSET, "",
	  "step 0: expected a key, found the end" },
	{ PATH(KEY("a"), KEY("b")), SFTR_NO_OFFSET, "b",
	  "step 1: expected the end after one key, found a key" },
	{ PATH(INDEX(0)), SFTR_NO_OFFSET, "0",
	  "step 0: expected a key, found an index" },
	{ PATH(NAME("w")), SFTR_NO_OFFSET, "w",
	  "step 0: expected a key, found a step of no kind" },
	RESERVED(KEY),
};

static bool
accepts(const sftr_step *steps, size_t n)
{
	return n == 1 && steps[0].kind == SFTR_STEP_KEY &&
	       !is_text(steps[0].text, "__metadata__");
}

int
main(void)
{
	struct codec_facts facts = { SFTR_CODEC_RAW, TABLE(both),  NO_TABLE,
				     NO_TABLE,	     TABLE(paths), accepts };

	return run_codec_suite(&facts);
}
