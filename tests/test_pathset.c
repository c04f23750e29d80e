/* SPDX-License-Identifier: MIT */
#include "names/pathset.h"

#include "ledger.h"
#include "paths.h"

#include <stdio.h>

#define MOST 8

/* Names, and the trouble they make in whatever order: "" if none. */
static const struct {
	sftr_codec codec;
	const char *names[MOST];
	sftr_code code;
	const char *key;
	const char *other;
	const char *message;
} cases[] = {
	{ SFTR_CODEC_P2S, { "" }, SFTR_OK, "", "", "" },
	{ SFTR_CODEC_P2S,
	  { "a", "b@c#0", "b@c#1", "b@d" },
	  SFTR_OK,
	  "",
	  "",
	  "" },
	{ SFTR_CODEC_P2S_ESC,
	  { "@\\.a", "@\\.b", "@\\.c" },
	  SFTR_OK,
	  "",
	  "",
	  "" },
	{ SFTR_CODEC_P2S, { "#5" }, SFTR_OK, "", "", "" },
	{ SFTR_CODEC_P2S,
	  { "#0", "#1", "#10", "#2", "#3", "#4", "#5", "#9" },
	  SFTR_OK,
	  "",
	  "",
	  "" },
	{ SFTR_CODEC_P2S, { "#1040" }, SFTR_OK, "", "", "" },
	{ SFTR_CODEC_P2S,
	  { "#1041" },
	  SFTR_E_LIMIT,
	  "#1041",
	  "",
	  "expected at most 1040 null nodes where lists have gaps, "
	  "found 1041" },
	{ SFTR_CODEC_P2S,
	  { "#999999999" },
	  SFTR_E_LIMIT,
	  "#999999999",
	  "",
	  "expected at most 1040 null nodes where lists have gaps, "
	  "found 999999999" },
	{ SFTR_CODEC_P2S_ESC,
	  { "#9223372036854775807", "#0" },
	  SFTR_E_LIMIT,
	  "#9223372036854775807",
	  "",
	  "expected at most 1056 null nodes where lists have gaps, "
	  "found 9223372036854775806" },
	{ SFTR_CODEC_P2S,
	  { "@a#500", "@a#501#0", "@a#501#500", "@b#100" },
	  SFTR_E_LIMIT,
	  "@b#100",
	  "",
	  "expected at most 1088 null nodes where lists have gaps, "
	  "found 1099" },
	{ SFTR_CODEC_P2S,
	  { "", "" },
	  SFTR_E_CONFLICT,
	  "",
	  "",
	  "expected a path of its own, found that of " },
	{ SFTR_CODEC_P2S,
	  { "", "a" },
	  SFTR_E_CONFLICT,
	  "",
	  "a",
	  "expected nothing beside a bare leaf, found a" },
	{ SFTR_CODEC_P2S,
	  { "a", "a.b" },
	  SFTR_E_CONFLICT,
	  "a",
	  "a.b",
	  "expected nothing below a tensor, found a.b" },
	{ SFTR_CODEC_P2S,
	  { "a", "a#0", "ab", "a0" },
	  SFTR_E_CONFLICT,
	  "a",
	  "a#0",
	  "expected nothing below a tensor, found a#0" },
	{ SFTR_CODEC_P2S,
	  { "a.b", "a@c" },
	  SFTR_E_CONFLICT,
	  "a.b",
	  "a@c",
	  "expected an attribute as step 1 of both, found a key in a@c" },
	{ SFTR_CODEC_P2S,
	  { "a.b", "a@b", "@a" },
	  SFTR_E_CONFLICT,
	  "a.b",
	  "a@b",
	  "expected an attribute as step 1 of both, found a key in a@b" },
	{ SFTR_CODEC_P2S,
	  { "x#0", "x.y" },
	  SFTR_E_CONFLICT,
	  "x#0",
	  "x.y",
	  "expected an index as step 1 of both, found an attribute in x.y" },
	{ SFTR_CODEC_P2S,
	  { ".a", "a" },
	  SFTR_E_CONFLICT,
	  ".a",
	  "a",
	  "expected a path of its own, found that of a" },
	{ SFTR_CODEC_KEYSTR,
	  { "['a']", "['\\x61']", "[\"a\"]" },
	  SFTR_E_CONFLICT,
	  "[\"a\"]",
	  "['\\\\x61']",
	  "expected a path of its own, found that of ['\\\\x61']" },
	{ SFTR_CODEC_KEYSTR,
	  { "['a']", "[-1]", "['b'].c[<flat index 7>]",
	    "['b'].c[<flat index 0>]" },
	  SFTR_OK,
	  "",
	  "",
	  "" },
	{ SFTR_CODEC_KEYSTR,
	  { "[-1]", "[0]" },
	  SFTR_E_CONFLICT,
	  "[-1]",
	  "[0]",
	  "expected an integer key as step 0 of both, "
	  "found an index in [0]" },
	{ SFTR_CODEC_KEYSTR,
	  { "[<flat index 9223372036854775807>]", "[<flat index 7>]" },
	  SFTR_OK,
	  "",
	  "",
	  "" },
	{ SFTR_CODEC_KEYSTR,
	  { "[<flat index 9223372036854775807>]", ".a" },
	  SFTR_E_CONFLICT,
	  "[<flat index 9223372036854775807>]",
	  ".a",
	  "expected a flat index as step 0 of both, "
	  "found an attribute in .a" },
	{ SFTR_CODEC_KEYSTR,
	  { "[0]", "[2]" },
	  SFTR_E_CONFLICT,
	  "[2]",
	  "[0]",
	  "expected element 1 of its list, found 2: keystr fills no gaps" },
	{ SFTR_CODEC_KEYSTR,
	  { "[0]['a'][3].w", "[0]['a'][3].b" },
	  SFTR_E_CONFLICT,
	  "[0]['a'][3].b",
	  "",
	  "expected element 0 of its list, found 3: keystr fills no gaps" },
	{ SFTR_CODEC_DOTTED,
	  { "a.0", "a.2", "a.x", "b" },
	  SFTR_OK,
	  "",
	  "",
	  "" },
	{ SFTR_CODEC_DOTTED,
	  { "a.b.c", "a.b", "a.bc" },
	  SFTR_E_CONFLICT,
	  "a.b",
	  "a.b.c",
	  "expected nothing below a tensor, found a.b.c" },
	/* The first of its list: no element is before it. */
	{ SFTR_CODEC_KEYSTR,
	  { "['a'][0]", "['b'][1]" },
	  SFTR_E_CONFLICT,
	  "['b'][1]",
	  "",
	  "expected element 0 of its list, found 1: keystr fills no gaps" },
	{ SFTR_CODEC_HAIKU,
	  { "w", "w/b", "a/b" },
	  SFTR_E_CONFLICT,
	  "w",
	  "w/b",
	  "expected nothing below a tensor, found w/b" },
	{ SFTR_CODEC_RAW,
	  { "", "a", "a.b", "a.b.c", "." },
	  SFTR_OK,
	  "",
	  "",
	  "" },
};

static size_t
count_names(size_t of)
{
	size_t n = 0;

	while (n < MOST && cases[of].names[n] != NULL)
		n++;
	return n;
}

static sftr_code
judge(const struct sftr_allocator *a, size_t of, const size_t *order, size_t n,
      sftr_error *err)
{
	sftr__pathset set;
	sftr_code code = SFTR_OK;

	sftr__pathset_init(&set, cases[of].codec, a);
	for (size_t i = 0; i < n && code == SFTR_OK; i++) {
		const char *name = cases[of].names[order[i]];
		sftr_str text = { name, strlen(name) };

		code = sftr__pathset_add(&set, text, err);
	}
	if (code == SFTR_OK)
		code = sftr__pathset_sort(&set, err);
	if (code == SFTR_OK)
		code = sftr__pathset_check(&set, err);
	sftr__pathset_free(&set);
	return code;
}

START_TEST(names_make_one_tree_or_not_whatever_their_order)
{
	size_t n = count_names((size_t)_i);
	size_t order[MOST];

	for (size_t i = 0; i < n; i++)
		order[i] = i;
	for (int round = 0; round < 200; round++) {
		size_t k = random_below((uint32_t)n);
		size_t first = order[0];
		sftr_error err;
		sftr_code code;

		order[0] = order[k];
		order[k] = first;
		memset(&err, 0, sizeof err);
		code = judge(NULL, (size_t)_i, order, n, &err);
		ck_assert_msg(code == cases[_i].code, "%s", err.message);
		ck_assert_str_eq(err.message, cases[_i].message);
		ck_assert_str_eq(err.key, cases[_i].key);
		ck_assert_str_eq(err.other, cases[_i].other);
		ck_assert_int_eq(judge(NULL, (size_t)_i, order, n, NULL), code);
	}
}
END_TEST

START_TEST(out_of_memory_at_every_point)
{
	const size_t order[MOST] = { 7, 6, 5, 4, 3, 2, 1, 0 };
	size_t n = count_names((size_t)_i);
	struct ledger books;
	sftr_allocator a = ledger_allocator(&books);

	while (ledger_round(&books)) {
		sftr_error err;
		sftr_code code =
			judge(&a, (size_t)_i, order + MOST - n, n, &err);

		if (ledger_code(&books) == SFTR_OK) {
			ck_assert_int_eq(code, cases[_i].code);
			continue;
		}
		ck_assert_int_eq(code, SFTR_E_MEMORY);
		ck_assert_str_eq(err.message, "out of memory");
	}
}
END_TEST

START_TEST(a_set_is_sorted_as_jax_walks)
{
	static char texts[5000][32];
	size_t n = 1 + random_below(COUNT(texts));
	bool seen[COUNT(texts)] = { false };
	const sftr__pathset_row *before = NULL;
	size_t at;
	sftr__pathset set;

	sftr__pathset_init(&set, SFTR_CODEC_P2S, NULL);
	for (size_t i = 0; i < n; i++) {
		sftr_str text = { texts[i], 0 };

		text.len =
			(size_t)snprintf(texts[i], sizeof texts[i], "a#%u@%u",
					 random_below(100), random_below(1000));
		ck_assert_int_eq(sftr__pathset_add(&set, text, NULL), SFTR_OK);
	}
	ck_assert_int_eq(sftr__pathset_sort(&set, NULL), SFTR_OK);
	ck_assert_uint_eq(set.n_rows, n);
	for (size_t i = 0; i < n; i++) {
		const sftr__pathset_row *row = set.rows[i];

		at = (size_t)(row->name.ptr - texts[0]) / sizeof texts[0];
		ck_assert(!seen[at]);
		seen[at] = true;
		ck_assert_uint_eq(row->n_steps, 3);
		if (before != NULL)
			ck_assert_int_le(sftr_path_compare(before->steps, 3,
							   row->steps, 3),
					 0);
		before = row;
	}
	sftr__pathset_free(&set);
}
END_TEST

START_TEST(a_name_that_is_no_path_leaves_the_set_as_it_was)
{
	sftr_str good = SFTR_STR("a#1"), bad = SFTR_STR("b#x");
	const sftr__pathset_row *row;
	sftr__pathset set;
	sftr_error err;

	sftr__pathset_init(&set, SFTR_CODEC_P2S, NULL);
	ck_assert_int_eq(sftr__pathset_add(&set, good, NULL), SFTR_OK);
	ck_assert_int_eq(sftr__pathset_add(&set, bad, &err), SFTR_E_PATH);
	ck_assert_str_eq(err.key, "b#x");
	ck_assert_uint_eq(err.offset, 2);
	ck_assert_uint_eq(set.n_rows, 1);
	ck_assert_int_eq(sftr__pathset_add(&set, good, NULL), SFTR_OK);
	row = set.rows[1];
	ck_assert_uint_eq(row->n_steps, 2);
	sftr__pathset_free(&set);
	ck_assert_uint_eq(set.n_rows, 0);
}
END_TEST

/* Deeper than a piece of the arena is long. */
START_TEST(paths_may_be_deep)
{
	static char text[20000];
	sftr_str name = { text, sizeof text };
	sftr_str shorter = { text, sizeof text - 1 };
	const sftr__pathset_row *first;
	sftr__pathset set;

	memset(text, '@', sizeof text);
	sftr__pathset_init(&set, SFTR_CODEC_P2S, NULL);
	ck_assert_int_eq(sftr__pathset_add(&set, name, NULL), SFTR_OK);
	ck_assert_int_eq(sftr__pathset_add(&set, shorter, NULL), SFTR_OK);
	first = set.rows[0];
	ck_assert_uint_eq(first->n_steps, sizeof text);
	ck_assert_int_eq(sftr__pathset_sort(&set, NULL), SFTR_OK);
	first = set.rows[0];
	ck_assert_uint_eq(first->n_steps, sizeof text - 1);
	ck_assert_int_eq(sftr__pathset_check(&set, NULL), SFTR_E_CONFLICT);
	sftr__pathset_free(&set);
}
END_TEST

int
main(void)
{
	TCase *tc = tcase_create("pathset");

	random_begin();
	tcase_add_loop_test(tc, names_make_one_tree_or_not_whatever_their_order,
			    0, COUNT(cases));
	tcase_add_loop_test(tc, out_of_memory_at_every_point, 0, COUNT(cases));
	tcase_add_test(tc, a_set_is_sorted_as_jax_walks);
	tcase_add_test(tc, a_name_that_is_no_path_leaves_the_set_as_it_was);
	tcase_add_test(tc, paths_may_be_deep);
	return run_suite("pathset", tc);
}
