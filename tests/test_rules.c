/* SPDX-License-Identifier: MIT */
#include "bind/rules.h"

#include "ledger.h"
#include "suite.h"
#include "names/codec.h"

#include <safetree/bind.h>

/* A rule, a name it is put to, and the name that comes of it; NULL: none. */
static const struct {
	const char *rules;
	sftr_codec codec;
	const char *from;
	const char *to; /* dotted; "" if it is dropped */
	uint64_t part;
} cases[] = {
	{ "a.b -> c", SFTR_CODEC_DOTTED, "a.b", "c", 0 },
	{ "a.b -> c", SFTR_CODEC_DOTTED, "a.b.x", NULL, 0 },
	{ "a.b -> c", SFTR_CODEC_DOTTED, "x.a.b", NULL, 0 },
	{ "params/Dense_*/kernel -> layers.*.weight  T", SFTR_CODEC_SLASH,
	  "params/Dense_12/kernel", "layers.12.weight", 0 },
	{ "params@Dense_*@kernel -> layers.*.weight  T", SFTR_CODEC_P2S,
	  "params@Dense_0@kernel", "layers.0.weight", 0 },
	{ "layers#*@q -> l.*.q", SFTR_CODEC_P2S, "layers#7@q", "l.7.q", 0 },
	{ "['a'][*].w -> l.*.w", SFTR_CODEC_KEYSTR, "['a'][3].w", "l.3.w", 0 },
	{ "** -> model.**", SFTR_CODEC_DOTTED, "a.b.c", "model.a.b.c", 0 },
	{ "a.**.z -> **", SFTR_CODEC_DOTTED, "a.z.y.z", "z.y", 0 },
	{ "a.**.z -> b.**", SFTR_CODEC_DOTTED, "a.z", "b", 0 },
	{ "**.b.* -> *.**", SFTR_CODEC_DOTTED, "x.b.c", NULL, 1 },
	{ "*a*b -> *-*", SFTR_CODEC_DOTTED, "xaabyb", "x-aby", 0 },
	{ "x.a* -> x.*", SFTR_CODEC_DOTTED, "x.a", "x.", 0 },
	{ "a -> b\nb -> c", SFTR_CODEC_DOTTED, "a", "b", 0 },
	{ "a -> b\na -> c", SFTR_CODEC_DOTTED, "a", "b", 0 },
	{ "# a -> x\n\n  a -> b  \n", SFTR_CODEC_DOTTED, "a", "b", 0 },
	{ "a\\*b -> c", SFTR_CODEC_DOTTED, "a*b", "c", 0 },
	{ "a\\*b -> c", SFTR_CODEC_DOTTED, "axb", NULL, 0 },
	{ "a\\ b -> c", SFTR_CODEC_DOTTED, "a b", "c", 0 },
	{ "\\# -> c", SFTR_CODEC_DOTTED, "#", "c", 0 },
	{ "opt.** -> drop", SFTR_CODEC_DOTTED, "opt.m.w", "", 1 },
	{ "a -> \\drop", SFTR_CODEC_DOTTED, "a", "drop", 0 },
	{ "layers.*.wq -> wq  stack 0", SFTR_CODEC_DOTTED, "layers.11.wq", "wq",
	  11 },
	{ "l.*.e.* -> l.*.e  T stack 1", SFTR_CODEC_DOTTED, "l.3.e.5", "l.3.e",
	  5 },
	{ "layers.*.wq -> wq  stack 0", SFTR_CODEC_DOTTED, "layers.x.wq", "wq",
	  UINT64_MAX },
	{ "900000001* -> x*", SFTR_CODEC_DOTTED, "9000000017", "x7", 0 },
};

static void
check_case(size_t i, const sftr__rules *rules)
{
	sftr__path_buffer path;
	const sftr__rule *rule;
	char text[64] = "";
	size_t n_old, n;
	uint64_t part;

	sftr__path_buffer_init(&path, NULL);
	ck_assert_int_eq(sftr__path_parse_into(cases[i].codec, cases[i].from,
					       strlen(cases[i].from), &path,
					       NULL),
			 SFTR_OK);
	n_old = path.n_steps;
	ck_assert_int_eq(sftr__rules_apply(rules, &path, &rule, &part),
			 SFTR_OK);
	if (cases[i].to == NULL) {
		ck_assert_msg(rule == NULL, "row %zu matches", i);
	} else {
		ck_assert_msg(rule != NULL, "row %zu does not match", i);
		ck_assert_int_eq(sftr_path_format(SFTR_CODEC_DOTTED,
						  path.steps + n_old,
						  path.n_steps - n_old, text,
						  sizeof text, &n, NULL),
				 SFTR_OK);
		ck_assert_str_eq(text, cases[i].to);
		if (!rule->is_drop && cases[i].to[0] != '\0')
			ck_assert_uint_eq(part, cases[i].part);
	}
	sftr__path_buffer_free(&path);
}

START_TEST(the_first_rule_that_matches_is_applied_once)
{
	sftr__rules rules;
	sftr_error err;
	sftr_code code;

	code = sftr__rules_parse(cases[_i].rules, NULL, cases[_i].codec,
				 SFTR_CODEC_DOTTED, NULL, &rules, &err);
	/* Wildcards stand in TO in the order of FROM. */
	if (cases[_i].to == NULL && cases[_i].part == 1) {
		ck_assert_int_eq(code, SFTR_E_RULE);
		return;
	}
	ck_assert_msg(code == SFTR_OK, "row %d: %s", _i, err.message);
	check_case((size_t)_i, &rules);
	sftr__rules_free(&rules);
}
END_TEST

/* What is wrong, and at which byte of the text. */
static const struct {
	const char *rules;
	uint64_t offset;
	const char *message;
} faults[] = {
	{ "a b", 2, "expected \"->\"" },
	{ "a", 1, "expected \"->\"" },
	{ "a ->", 4, "expected a name behind \"->\"" },
	{ "x -> y\na -> b Q", 14, "expected T, permute or stack" },
	{ "a -> b T x", 9, "expected \"stack N\" or the end" },
	{ "a -> b permute", 14, "expected the number of a dimension" },
	{ "a -> b permute 0,2", 15, "expected each dimension from 0 on" },
	{ "a -> b permute 0,0", 17, "expected each dimension once" },
	{ "a -> b permute 99", 15, "expected a dimension below 32" },
	{ "a -> b stack", 12, "expected the number of a dimension" },
	{ "a.* -> b stack 0 T", 17, "expected the end of the line" },
	{ "a -> b stack 0", 5, "expected a \"*\" that counts the stack" },
	{ "a.** -> b stack 0", 8, "expected a \"*\" that counts the stack" },
	{ "a.* -> b", 7, "expected 1 wildcard, found 0" },
	{ "a -> b.*", 5, "expected 0 wildcards, found 1" },
	{ "a.** -> b.*", 8,
	  "expected wildcard 1 to be \"**\", as before the "
	  "arrow" },
	{ "a.x**y -> b", 0, "expected \"**\" to be a step of its own" },
	{ "a -> drop T", 10, "expected nothing behind drop" },
	{ "a\\ -> b", 6, "expected \"->\"" },
	{ "a -> b\\", 6, "expected a character behind \"\\\"" },
	{ "a -> \xff", 5, "no UTF-8" },
	{ "# \xff", 2, "no UTF-8" },
	{ "*.*.*.*.*.*.*.*.*.*.*.*.*.*.*.*.* -> b", 0,
	  "expected at most 16 wildcards, found 17" },
};

START_TEST(a_fault_has_its_place_in_the_text)
{
	sftr_error err;

	ck_assert_int_eq(sftr_rules_check(faults[_i].rules, "my.rules",
					  SFTR_CODEC_DOTTED, SFTR_CODEC_GUESS,
					  &err),
			 SFTR_E_RULE);
	ck_assert_str_eq(err.message, faults[_i].message);
	ck_assert_msg(err.offset == faults[_i].offset, "row %d: byte %d", _i,
		      (int)err.offset);
	ck_assert_str_eq(err.file, "my.rules");
}
END_TEST

START_TEST(a_name_that_is_no_path_says_why)
{
	sftr_error err;

	ck_assert_int_eq(sftr_rules_check("a#x -> b", NULL, SFTR_CODEC_P2S,
					  SFTR_CODEC_DOTTED, &err),
			 SFTR_E_RULE);
	ck_assert_uint_eq(err.offset, 0);
	ck_assert_ptr_nonnull(strstr(err.message, "no path under p2s: "));
	ck_assert_int_eq(sftr_rules_check(NULL, NULL, SFTR_CODEC_P2S,
					  SFTR_CODEC_DOTTED, &err),
			 SFTR_E_ARGUMENT);
	ck_assert_int_eq(sftr_rules_check("", NULL, SFTR_CODEC_GUESS,
					  SFTR_CODEC_DOTTED, &err),
			 SFTR_E_ARGUMENT);
}
END_TEST

/* Many wildcards and a name that nearly matches in as many ways. */
START_TEST(matching_does_not_explode)
{
	char name[20001], rule[64] = "*a*a*a*a*a*a*a*b -> *a*a*a*a*a*a*a*b";
	sftr__capture captures[SFTR__MAX_CAPTURES];
	sftr__path_buffer path;
	sftr__rules rules;

	memset(name, 'a', sizeof name - 1);
	name[sizeof name - 1] = '\0';
	ck_assert_int_eq(sftr__rules_parse(rule, NULL, SFTR_CODEC_DOTTED,
					   SFTR_CODEC_DOTTED, NULL, &rules,
					   NULL),
			 SFTR_OK);
	sftr__path_buffer_init(&path, NULL);
	ck_assert_int_eq(sftr__path_parse_into(SFTR_CODEC_DOTTED, name,
					       strlen(name), &path, NULL),
			 SFTR_OK);
	ck_assert(!sftr__pattern_matches(&rules.rules[0].from, path.steps,
					 path.n_steps, captures));
	sftr__path_buffer_free(&path);
	sftr__rules_free(&rules);
}
END_TEST

START_TEST(out_of_memory_at_every_point)
{
	const char *text = "a.*.b -> c.*  T\nlayers.*.w -> w stack 0\n"
			   "x.** -> y.**\nz -> drop\n";
	struct ledger books;
	sftr_allocator a = ledger_allocator(&books);
	sftr__rules rules;
	sftr_error err;
	sftr_code code;

	while (ledger_round(&books)) {
		code = sftr__rules_parse(text, NULL, SFTR_CODEC_DOTTED,
					 SFTR_CODEC_DOTTED, &a, &rules, &err);
		ck_assert_int_eq(code, ledger_code(&books));
		if (code == SFTR_OK)
			sftr__rules_free(&rules);
	}
	ck_assert_uint_gt(books.fail_at, 10);
}
END_TEST

int
main(void)
{
	TCase *tc = tcase_create("rules");

	tcase_add_loop_test(tc, the_first_rule_that_matches_is_applied_once, 0,
			    COUNT(cases));
	tcase_add_loop_test(tc, a_fault_has_its_place_in_the_text, 0,
			    COUNT(faults));
	tcase_add_test(tc, a_name_that_is_no_path_says_why);
	tcase_add_test(tc, matching_does_not_explode);
	tcase_add_test(tc, out_of_memory_at_every_point);
	return run_suite("rules", tc);
}
