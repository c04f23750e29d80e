/* SPDX-License-Identifier: MIT */
#include "bind/pattern.h"

#include "base/alloc.h"
#include "ledger.h"
#include "suite.h"
#include "names/codec.h"
#include "names/step.h"

#include <stdio.h>

static sftr_code
parse(const char *word, sftr_codec codec, sftr__pattern *p, sftr_error *err)
{
	return sftr__pattern_parse(word, strlen(word), codec, NULL, p, err);
}

static void
parse_path(const char *name, sftr_codec codec, sftr__path_buffer *path)
{
	sftr_allocator a = sftr__allocator(NULL);

	sftr__path_buffer_init(path, &a);
	ck_assert_int_eq(
		sftr__path_parse_into(codec, name, strlen(name), path, NULL),
		SFTR_OK);
}

/*
 * What the wildcards stood for, parted by "|": a text, or for "**" the steps
 * that it took, first and how many.  NULL: no match.
 */
static const struct {
	const char *pattern;
	sftr_codec codec;
	const char *name;
	const char *captures;
} cases[] = {
	{ "a.b", SFTR_CODEC_DOTTED, "a.b", "" },
	{ "a.b", SFTR_CODEC_DOTTED, "a.c", NULL },
	{ "a.b", SFTR_CODEC_DOTTED, "a", NULL },
	{ "a", SFTR_CODEC_DOTTED, "a.b", NULL },
	{ "*", SFTR_CODEC_DOTTED, "abc", "abc" },
	{ "*", SFTR_CODEC_DOTTED, "a.b", NULL },
	{ "a*", SFTR_CODEC_DOTTED, "a", "" },
	{ "*a", SFTR_CODEC_DOTTED, "aaa", "aa" },
	{ "*_*", SFTR_CODEC_DOTTED, "a_b_c", "a|b_c" },
	{ "*_*_", SFTR_CODEC_DOTTED, "a_b_c_", "a|b_c" },
	{ "*.*.w", SFTR_CODEC_DOTTED, "a.7.w", "a|7" },
	{ "**", SFTR_CODEC_DOTTED, "a.b", "0+2" },
	{ "**.w", SFTR_CODEC_DOTTED, "w", "0+0" },
	{ "**.w", SFTR_CODEC_DOTTED, "w.w.w", "0+2" },
	{ "a.**.w", SFTR_CODEC_DOTTED, "a.b.w.c.w", "1+3" },
	{ "**.b.**", SFTR_CODEC_DOTTED, "a.b.b.c", "0+1|2+2" },
	{ "**.l*.**.w", SFTR_CODEC_DOTTED, "m.l7.x.y.w", "0+1|7|2+2" },
	{ "**.l*.**.w", SFTR_CODEC_DOTTED, "m.l7.x.y.b", NULL },
	{ "a.\\*", SFTR_CODEC_DOTTED, "a.*", "" },
	{ "a.\\*", SFTR_CODEC_DOTTED, "a.b", NULL },
	{ "a.\\**", SFTR_CODEC_DOTTED, "a.*b", "b" },
	{ "\\a", SFTR_CODEC_DOTTED, "a", "" },
	{ "l#*@w", SFTR_CODEC_P2S, "l#3@w", "3" },
	{ "l#3*@w", SFTR_CODEC_P2S, "l#31@w", "1" },
	{ "l.*.w", SFTR_CODEC_DOTTED, "l.3.w", "3" },
	{ "p/*/k", SFTR_CODEC_SLASH, "p/Dense_0/k", "Dense_0" },
	{ "900000001*", SFTR_CODEC_DOTTED, "9000000012", "2" },
	{ "9\\00000001*", SFTR_CODEC_DOTTED, "9000000012", "2" },
	{ "9\\00000001", SFTR_CODEC_DOTTED, "b", NULL },
	{ "['\\\\x3900000001*']", SFTR_CODEC_KEYSTR, "['9000000012']", "2" },
	{ "['\\\\x2a*']", SFTR_CODEC_KEYSTR, "['*b']", "b" },
	{ "['a\\\\x00*']", SFTR_CODEC_KEYSTR, "['a\\x00b']", "b" },
	{ "['a\\\\x00']", SFTR_CODEC_KEYSTR, "['ab']", NULL },
	{ "\xc3\xa9*", SFTR_CODEC_DOTTED, "\xc3\xa9\xc3\xa8", "\xc3\xa8" },
};

static void
captures_text(const sftr__pattern *p, const sftr__capture *captures,
	      const sftr_step *steps, char *out, size_t size)
{
	size_t n = 0;

	out[0] = '\0';
	for (size_t i = 0; i < p->n_wildcards; i++) {
		char decimal[SFTR__DECIMAL];
		sftr_str text;

		if (i > 0)
			out[n++] = '|';
		if (p->many[i]) {
			n += (size_t)snprintf(out + n, size - n, "%zu+%zu",
					      captures[i].step, captures[i].n);
			continue;
		}
		text = sftr__capture_text(&captures[i], steps, decimal);
		n += (size_t)snprintf(out + n, size - n, "%.*s", (int)text.len,
				      text.ptr);
	}
}

START_TEST(wildcards_stand_for_as_little_as_fits)
{
	sftr__capture captures[SFTR__MAX_CAPTURES];
	sftr__path_buffer path;
	sftr__pattern p;
	char text[100];
	sftr_error err;
	bool matches;

	assert_ok(parse(cases[_i].pattern, cases[_i].codec, &p, &err), err);
	parse_path(cases[_i].name, cases[_i].codec, &path);
	matches = sftr__pattern_matches(&p, path.steps, path.n_steps, captures);
	ck_assert_msg(matches == (cases[_i].captures != NULL), "%s and %s",
		      cases[_i].pattern, cases[_i].name);
	if (matches) {
		captures_text(&p, captures, path.steps, text, sizeof text);
		ck_assert_str_eq(text, cases[_i].captures);
	}
	sftr__path_buffer_free(&path);
	sftr__pattern_free(&p);
}
END_TEST

/* FROM, TO, a name, and what is appended to its path, dotted. */
static const struct {
	const char *from, *to, *name, *filled;
} fills[] = {
	{ "a", "b.c", "a", "b.c" },
	{ "*.w", "x*y", "7.w", "x7y" },
	{ "*.w", "*", "7.w", "7" },
	{ "*_*", "*.*", "a_b", "a.b" },
	{ "**", "m.**.n", "a.0.b", "m.a.0.b.n" },
	{ "**.w", "**", "w", "" },
	{ "**.l*", "**.*.x", "a.b.l9", "a.b.9.x" },
};

START_TEST(captures_are_filled_in_in_their_order)
{
	sftr__capture captures[SFTR__MAX_CAPTURES];
	sftr__pattern from, to;
	sftr__path_buffer path;
	size_t n_old, n;
	char text[100] = "";

	ck_assert_int_eq(parse(fills[_i].from, SFTR_CODEC_DOTTED, &from, NULL),
			 SFTR_OK);
	ck_assert_int_eq(parse(fills[_i].to, SFTR_CODEC_DOTTED, &to, NULL),
			 SFTR_OK);
	parse_path(fills[_i].name, SFTR_CODEC_DOTTED, &path);
	n_old = path.n_steps;
	ck_assert(sftr__pattern_matches(&from, path.steps, n_old, captures));
	ck_assert_int_eq(sftr__pattern_fill(&to, captures, &path), SFTR_OK);
	if (path.n_steps > n_old)
		ck_assert_int_eq(sftr_path_format(SFTR_CODEC_DOTTED,
						  path.steps + n_old,
						  path.n_steps - n_old, text,
						  sizeof text, &n, NULL),
				 SFTR_OK);
	ck_assert_str_eq(text, fills[_i].filled);
	sftr__path_buffer_free(&path);
	sftr__pattern_free(&from);
	sftr__pattern_free(&to);
}
END_TEST

/* A number where an index is wanted is one; what is none stays a text. */
START_TEST(an_index_is_filled_with_a_number)
{
	static const struct {
		const char *name;
		sftr_step_kind kind;
	} rows[] = { { "w7", SFTR_STEP_INDEX },
		     { "w0", SFTR_STEP_INDEX },
		     { "w07", SFTR_STEP_NAME },
		     { "wx", SFTR_STEP_NAME } };
	sftr__capture captures[SFTR__MAX_CAPTURES];
	sftr__pattern from, to;

	ck_assert_int_eq(parse("w*", SFTR_CODEC_DOTTED, &from, NULL), SFTR_OK);
	ck_assert_int_eq(parse("l#*", SFTR_CODEC_P2S, &to, NULL), SFTR_OK);
	for (size_t i = 0; i < 4; i++) {
		sftr__path_buffer path;

		parse_path(rows[i].name, SFTR_CODEC_DOTTED, &path);
		ck_assert(
			sftr__pattern_matches(&from, path.steps, 1, captures));
		ck_assert_int_eq(sftr__pattern_fill(&to, captures, &path),
				 SFTR_OK);
		ck_assert_uint_eq(path.n_steps, 3);
		ck_assert_msg(path.steps[2].kind == rows[i].kind, "%s",
			      rows[i].name);
		sftr__path_buffer_free(&path);
	}
	sftr__pattern_free(&from);
	sftr__pattern_free(&to);
}
END_TEST

static const struct {
	const char *word;
	sftr_codec codec;
	uint64_t offset;
	const char *message;
} faults[] = {
	{ "a\\", SFTR_CODEC_DOTTED, 1, "expected a character behind \"\\\"" },
	{ "a**", SFTR_CODEC_DOTTED, 0,
	  "expected \"**\" to be a step of its own" },
	{ "***", SFTR_CODEC_DOTTED, 0,
	  "expected \"**\" to be a step of its own" },
	{ "*.*.*.*.*.*.*.*.*.*.*.*.*.*.*.*.**", SFTR_CODEC_DOTTED, 0,
	  "expected at most 16 wildcards, found 17" },
	{ "900000001 800000001 700000001 600000001 500000001 400000001 "
	  "300000002*",
	  SFTR_CODEC_DOTTED, 0, "its wildcards are lost on the codec dotted" },
	{ "['\\\\x*']", SFTR_CODEC_KEYSTR, 0,
	  "its wildcards are lost on the codec keystr" },
	{ "a\xff*", SFTR_CODEC_DOTTED, 1, "no UTF-8" },
};

START_TEST(what_is_no_pattern_says_why)
{
	sftr__pattern p;
	sftr_error err;

	ck_assert_int_eq(parse(faults[_i].word, faults[_i].codec, &p, &err),
			 SFTR_E_RULE);
	ck_assert_str_eq(err.message, faults[_i].message);
	ck_assert_uint_eq(err.offset, faults[_i].offset);
	ck_assert_ptr_null(p.steps);
	ck_assert_ptr_null(p.texts);
}
END_TEST

START_TEST(out_of_memory_at_every_point)
{
	static const char word[] = "layers.*.**.w*";
	struct ledger books;
	sftr_allocator a = ledger_allocator(&books);
	sftr__pattern p;
	sftr_code code;

	while (ledger_round(&books)) {
		code = sftr__pattern_parse(word, sizeof word - 1,
					   SFTR_CODEC_DOTTED, &a, &p, NULL);
		ck_assert_int_eq(code, ledger_code(&books));
		if (code == SFTR_OK)
			sftr__pattern_free(&p);
	}
	ck_assert_uint_gt(books.fail_at, 3);
}
END_TEST

int
main(void)
{
	TCase *tc = tcase_create("pattern");

	tcase_add_loop_test(tc, wildcards_stand_for_as_little_as_fits, 0,
			    COUNT(cases));
	tcase_add_loop_test(tc, captures_are_filled_in_in_their_order, 0,
			    COUNT(fills));
	tcase_add_test(tc, an_index_is_filled_with_a_number);
	tcase_add_loop_test(tc, what_is_no_pattern_says_why, 0, COUNT(faults));
	tcase_add_test(tc, out_of_memory_at_every_point);
	return run_suite("pattern", tc);
}
