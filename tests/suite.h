/* SPDX-License-Identifier: MIT */
/* One suite of one list of tests, run: the main of a small test program. */
#ifndef SFTR_TESTS_SUITE_H
#define SFTR_TESTS_SUITE_H

#include <check.h>

/* How many tests failed; the arguments are tests, the last NULL. */
static inline int
run_suite(const char *name, const TTest *const *tests)
{
	Suite *suite = suite_create(name);
	TCase *tcase = tcase_create(name);
	SRunner *runner;
	int n_failed;

	for (; *tests != NULL; tests++)
		tcase_add_test(tcase, *tests);
	suite_add_tcase(suite, tcase);
	runner = srunner_create(suite);
	srunner_run_all(runner, CK_ENV);
	n_failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return n_failed;
}

#endif
