/* SPDX-License-Identifier: MIT */
/* What the main of every test program does with its tests. */
#ifndef SFTR_TESTS_SUITE_H
#define SFTR_TESTS_SUITE_H

#include <check.h>
#include <stdlib.h>

/* The rows of a table; one each in a loop test. */
#define COUNT(table) (sizeof(table) / sizeof(table)[0])

/* A call that fills 'err' when it fails has not. */
#define assert_ok(call, err)                                                   \
	ck_assert_msg((call) == SFTR_OK, "%s: %s", (err).key, (err).message)

/* Runs the tests of a case; what main returns. */
static inline int
run_suite(const char *name, TCase *tests)
{
	Suite *suite = suite_create(name);
	SRunner *runner;
	int n_failed;

	suite_add_tcase(suite, tests);
	runner = srunner_create(suite);
	srunner_run_all(runner, CK_ENV);
	n_failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return n_failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}

#endif
