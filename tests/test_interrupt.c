/* SPDX-License-Identifier: MIT */
#include "cli/interrupt.h"

#include "suite.h"

#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

/* What a process dies of that meets these in the midst; 0: it comes to its end. */
static int
death_by(int first, int second)
{
	pid_t child = fork();
	int status;

	if (child == 0) {
		/* Whatever nohup, or a shell behind "&", made of them. */
		signal(first, SIG_DFL);
		if (second != 0)
			signal(second, SIG_DFL);
		interrupt_begin();
		raise(first);
		if (!interrupt_came())
			_exit(1);
		if (second != 0)
			raise(second);
		_exit(0);
	}
	ck_assert_int_gt(child, 0);
	ck_assert_int_eq(waitpid(child, &status, 0), child);
	ck_assert_int_eq(WIFSIGNALED(status) ? 0 : WEXITSTATUS(status), 0);
	return WIFSIGNALED(status) ? WTERMSIG(status) : 0;
}

START_TEST(the_first_is_kept_and_a_second_ends_the_program)
{
	static const int signals[] = { SIGHUP, SIGINT, SIGTERM };
	int first = signals[_i / 3], second = signals[_i % 3];

	ck_assert_int_eq(death_by(first, 0), 0);
	ck_assert_int_eq(death_by(first, second), second);
}
END_TEST

int
main(void)
{
	TCase *tc = tcase_create("interrupt");

	tcase_add_loop_test(tc, the_first_is_kept_and_a_second_ends_the_program,
			    0, 9);
	return run_suite("interrupt", tc);
}
