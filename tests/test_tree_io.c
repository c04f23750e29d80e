/* SPDX-License-Identifier: MIT */
#include "trees.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

/* What each codec can say of any tree, with a note. */
static const struct {
	sftr_codec codec;
	unsigned what;
} domains[] = {
	{ SFTR_CODEC_P2S_ESC, RANDOM_ALL },
	{ SFTR_CODEC_P2S, RANDOM_ALL | RANDOM_PLAIN_KEYS },
	{ SFTR_CODEC_KEYSTR, RANDOM_ALL & ~(unsigned)RANDOM_INT_KEYS },
	{ SFTR_CODEC_KEYSTR, RANDOM_ALL | RANDOM_PLAIN_KEYS },
	{ SFTR_CODEC_DOTTED, RANDOM_ALL | RANDOM_PLAIN_KEYS },
	{ SFTR_CODEC_SLASH, RANDOM_ALL | RANDOM_PLAIN_KEYS },
	{ SFTR_CODEC_DOTTED, RANDOM_ALL },
	{ SFTR_CODEC_SLASH, RANDOM_ALL },
	{ SFTR_CODEC_HAIKU, RANDOM_ALL },
	{ SFTR_CODEC_RAW, RANDOM_ALL },
};

/* Saves, loads, compares, and saves again; 0 if the codec refused. */
static int
round_trip(const sftr_tree *tree, sftr_codec codec)
{
	sftr_tree_options options;
	sftr_tree *back = NULL;
	struct bytes first, second;
	sftr_error err;
	sftr_code code = save_bytes(tree, codec, 1, &first, &err);

	if (code != SFTR_OK) {
		ck_assert_msg(code == SFTR_E_CODEC, "%s: %s", err.key,
			      err.message);
		return 0;
	}
	memset(&options, 0, sizeof options);
	options.codec = codec;
	code = load_bytes(first, &options, &back, &err);
	ck_assert_msg(code == SFTR_OK, "%s: %s: %s\n%s\n%s", err.key,
		      err.message, note_of(first), tree_text(tree), "");
	ck_assert_int_eq(sftr_tree_codec(back), codec);
	if (sftr_tree_equal(tree, back, &err) != 1)
		ck_abort_msg("%s: %s\n%s\n%s", err.key, err.message,
			     note_of(first), tree_text(tree));
	ck_assert_int_eq(save_bytes(back, SFTR_CODEC_GUESS, 1, &second, &err),
			 SFTR_OK);
	ck_assert_uint_eq(first.n, second.n);
	ck_assert_int_eq(memcmp(first.p, second.p, first.n), 0);
	sftr_tree_free(back);
	free(first.p);
	free(second.p);
	return 1;
}

START_TEST(random_trees_come_back_with_their_note)
{
	size_t n = repetitions(400, 20000), n_said = 0;

	random_begin();
	for (size_t i = 0; i < n; i++) {
		sftr_tree *tree = random_tree(domains[_i].what, NULL);

		n_said += (size_t)round_trip(tree, domains[_i].codec);
		sftr_tree_free(tree);
	}
	if (domains[_i].what & RANDOM_PLAIN_KEYS &&
	    domains[_i].codec != SFTR_CODEC_KEYSTR)
		ck_assert_uint_eq(n_said, n);
	else
		ck_assert_uint_gt(n_said, 0);
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("tree_io");
	TCase *tc = tcase_create("tree_io");
	SRunner *runner;
	int n_failed;

	tcase_set_timeout(tc, 600);
	tcase_add_loop_test(tc, random_trees_come_back_with_their_note, 0,
			    COUNT(domains));
	suite_add_tcase(suite, tc);
	runner = srunner_create(suite);
	srunner_run_all(runner, CK_NORMAL);
	n_failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return n_failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
