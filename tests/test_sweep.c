/* SPDX-License-Identifier: MIT */
/*
 * Every public function that can fail, under every fault: its n-th allocation
 * and its n-th call of the system fails, for all n.  The error is the right
 * one, nothing is half made, no byte and no descriptor stays behind, and the
 * same call works once the fault is gone.
 *
 * With --list it prints the functions; build/swept.sh holds them against the
 * headers.
 */
#include "sweep.h"

#include "base/alloc.h"

#include "faults.h"
#include "folder.h"
#include "ledger.h"
#include "suite.h"

static struct ledger books;

/* The default allocator of the library is the ledger here. */
sftr_allocator
__wrap_sftr__allocator(const sftr_allocator *or_null);
sftr_allocator
__wrap_sftr__allocator(const sftr_allocator *or_null)
{
	sftr_allocator a = { ledger_resize, &books };

	return or_null != NULL && or_null->resize != NULL ? *or_null : a;
}

const char *
scene_path(const char *name)
{
	return in_folder(name);
}

static const int os_errnos[] = { EINTR,	 EIO,	 ENOSPC, EDQUOT, ESTALE,
				 EACCES, EMFILE, ENOMEM, 0 };

/* What an attempt came to. */
struct outcome {
	sftr_code code;
	sftr_error err;
	bool is_hit; /* there was a call to fail */
	const char *failed;
};

static void
clear_scene(struct scene *s)
{
	sftr_binding_free(s->binding);
	sftr_tree_free(s->tree);
	sftr_writer_free(s->writer);
	sftr_checkpoint_close(s->ckpt);
	if (s->fd >= 0)
		close(s->fd);
}

/* On success an error is left alone. */
static void
assert_untouched(const struct act *act, const sftr_error *err)
{
	const unsigned char *bytes = (const unsigned char *)err;

	for (size_t i = 0; i < sizeof *err; i++)
		ck_assert_msg(bytes[i] == 0xa5,
			      "%s: it succeeds, and writes an error: %s",
			      act->name, err->message);
}

/*
 * One act, with a fault at an allocation (from 1, or 0) or a call of the system
 * (the same), and then once more without.
 */
static void
attempt(const struct act *act, size_t memory_at, unsigned system_at,
	struct outcome *o)
{
	struct scene s = { .fd = -1 };
	sftr_error err;
	size_t n_before;

	memset(&books, 0, sizeof books);
	if (act->prepare != NULL)
		act->prepare(&s);
	memset(&o->err, 0xa5, sizeof o->err);
	n_before = books.n_calls;
	if (memory_at > 0)
		books.fail_at = n_before + memory_at;
	faults.n_calls = 0;
	faults.failed = NULL;
	faults.fail_at = system_at;
	o->code = act->run(&s, &o->err);
	o->failed = faults.failed;
	if (o->code == SFTR_OK)
		assert_untouched(act, &o->err);
	o->is_hit = memory_at > 0 ? books.n_calls >= n_before + memory_at :
				    o->failed != NULL;
	books.fail_at = 0;
	faults.fail_at = 0;
	faults.failed = NULL;
	if (o->code != SFTR_OK && !act->once)
		ck_assert_msg(act->run(&s, &err) == SFTR_OK,
			      "%s: after a fault: %s", act->name, err.message);
	clear_scene(&s);
	ck_assert_msg(books.n_blocks == 0 && books.n_bytes == 0,
		      "%s: %zu bytes left", act->name, books.n_bytes);
	ck_assert_msg(faults.n_open == 0, "%s: %d descriptors left", act->name,
		      faults.n_open);
}

static void
says(const struct act *act, const struct outcome *o, sftr_code expected)
{
	const char *call = o->failed == NULL ? "memory" : o->failed;

	ck_assert_msg(o->code == expected, "%s: %s: expected %s, found %s",
		      act->name, call, sftr_code_name(expected),
		      sftr_code_name(o->code));
	ck_assert_msg(o->err.code == expected && o->err.message[0] != '\0' &&
			      memchr(o->err.message, '\0',
				     sizeof o->err.message) != NULL,
		      "%s: %s: the error says nothing", act->name, call);
}

static void
sweep_memory(const struct act *act)
{
	struct outcome o;

	for (size_t at = 1;; at++) {
		attempt(act, at, 0, &o);
		if (!o.is_hit)
			break;
		/* What only gives memory back may be refused it. */
		if (o.code != SFTR_OK)
			says(act, &o, SFTR_E_MEMORY);
	}
	ck_assert_msg(o.code == SFTR_OK, "%s: %s", act->name, o.err.message);
}

/* Whether a fault may be, and is then, overcome. */
static bool
may_go_on(const struct outcome *o)
{
	static const char *const calls[] = { "close", "unmap", "fallocate",
					     "space", "map" };

	for (size_t i = 0; i < COUNT(calls); i++)
		if (strcmp(o->failed, calls[i]) == 0)
			return true;
	return faults.os_errno == EINTR || faults.os_errno == 0;
}

static void
sweep_system(const struct act *act, int os_errno)
{
	struct outcome o;

	faults.os_errno = os_errno;
	for (unsigned at = 1;; at++) {
		attempt(act, 0, at, &o);
		if (!o.is_hit)
			break;
		if (o.code == SFTR_OK && may_go_on(&o))
			continue;
		says(act, &o,
		     strcmp(o.failed, "map") == 0 ? SFTR_E_VIEW :
		     os_errno == ENOMEM		  ? SFTR_E_MEMORY :
						    SFTR_E_IO);
		ck_assert_msg(o.err.os_errno == os_errno,
			      "%s: %s: expected errno %d, found %d: %s",
			      act->name, o.failed, os_errno, o.err.os_errno,
			      o.err.message);
	}
	ck_assert_msg(o.code == SFTR_OK, "%s: %s", act->name, o.err.message);
}

static const struct group {
	const struct act *acts;
	const size_t *n;
} groups[] = { { checkpoint_acts, &n_checkpoint_acts },
	       { tree_acts, &n_tree_acts },
	       { bind_acts, &n_bind_acts } };

static void
set_up(void)
{
	folder_make();
	faults_clear();
	scene_files();
}

START_TEST(any_allocation_may_fail)
{
	for (size_t i = 0; i < *groups[_i].n; i++)
		sweep_memory(&groups[_i].acts[i]);
}
END_TEST

START_TEST(any_call_of_the_system_may_fail)
{
	for (size_t i = 0; i < *groups[_i].n; i++)
		for (size_t e = 0; e < COUNT(os_errnos); e++)
			sweep_system(&groups[_i].acts[i], os_errnos[e]);
}
END_TEST

/* The scenes themselves leave nothing in the folder but what they name. */
START_TEST(no_temporary_file_stays)
{
	faults.os_errno = EIO;
	for (size_t i = 0; i < n_checkpoint_acts; i++)
		sweep_system(&checkpoint_acts[i], EIO);
	ck_assert_uint_eq(folder_count(folder), 5);
}
END_TEST

static int
list(void)
{
	for (size_t g = 0; g < COUNT(groups); g++)
		for (size_t i = 0; i < *groups[g].n; i++)
			puts(groups[g].acts[i].name);
	return 0;
}

int
main(int argc, char **argv)
{
	TCase *tc;

	if (argc == 2 && strcmp(argv[1], "--list") == 0)
		return list();
	tc = tcase_create("sweep");
	tcase_set_timeout(tc, 120);
	tcase_add_checked_fixture(tc, set_up, folder_remove);
	tcase_add_loop_test(tc, any_allocation_may_fail, 0, COUNT(groups));
	tcase_add_loop_test(tc, any_call_of_the_system_may_fail, 0,
			    COUNT(groups));
	tcase_add_test(tc, no_temporary_file_stays);
	return run_suite("sweep", tc);
}
