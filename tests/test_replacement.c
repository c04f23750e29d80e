/* SPDX-License-Identifier: MIT */
#include "checkpoint/replacement.h"

#include "faults.h"
#include "folder.h"
#include "suite.h"

#include <check.h>

/* Replaces 'path' by the text and says how it went. */
static sftr_code
replace(const char *path, const char *text, sftr_error *err)
{
	sftr__replacement r;
	sftr_code code = sftr__replacement_begin(&r, path, true, err);

	if (code != SFTR_OK)
		return code;
	ck_assert(write(r.fd, text, strlen(text)) == (ssize_t)strlen(text));
	return sftr__replacement_commit(&r, err);
}

/* That it went well, and that nothing else is left in the directory. */
static void
assert_replaced(const char *path, const char *text)
{
	sftr_error err;

	assert_ok(replace(path, text, &err), err);
	folder_assert(path, text, strlen(text));
	ck_assert_int_eq(faults.n_open, 0);
}

static const struct {
	mode_t umask;
	unsigned mode;
} umasks[] = {
	{ 022, 0644 },
	{ 077, 0600 },
	{ 0, 0666 },
	{ 027, 0640 },
};

START_TEST(a_new_file_follows_the_umask)
{
	umask(umasks[_i].umask);
	assert_replaced(in_folder("new"), "text");
	ck_assert_uint_eq(folder_mode(in_folder("new")), umasks[_i].mode);
	ck_assert_uint_eq(folder_count(folder), 1);
}
END_TEST

static const unsigned modes[] = { 0600, 0644, 0444, 0755, 0640, 04711, 0 };

START_TEST(an_old_file_keeps_its_mode)
{
	const char *path = in_folder("old");

	umask(077);
	folder_write(path, "old", 3);
	ck_assert_int_eq(chmod(path, modes[_i]), 0);
	assert_replaced(path, "new text");
	ck_assert_uint_eq(folder_mode(path), modes[_i]);
	ck_assert_uint_eq(folder_count(folder), 1);
}
END_TEST

START_TEST(what_was_private_is_private_while_it_is_written)
{
	sftr__replacement r;

	umask(0);
	folder_write(in_folder("old"), "old", 3);
	ck_assert_int_eq(chmod(in_folder("old"), 0600), 0);
	ck_assert_int_eq(
		sftr__replacement_begin(&r, in_folder("old"), false, NULL),
		SFTR_OK);
	ck_assert_uint_eq(folder_mode(r.temporary), 0600);
	sftr__replacement_abandon(&r);
}
END_TEST

START_TEST(abandoned_it_leaves_everything_as_it_was)
{
	sftr__replacement r;

	folder_write(in_folder("old"), "old", 3);
	ck_assert_int_eq(
		sftr__replacement_begin(&r, in_folder("old"), true, NULL),
		SFTR_OK);
	ck_assert_uint_eq(folder_count(folder), 2);
	sftr__replacement_abandon(&r);
	ck_assert_uint_eq(folder_count(folder), 1);
	folder_assert(in_folder("old"), "old", 3);
	ck_assert_int_eq(faults.n_open, 0);
}
END_TEST

START_TEST(the_temporary_file_is_hidden_and_says_whose_it_is)
{
	sftr__replacement r;
	char want[400];

	ck_assert_int_eq(sftr__replacement_begin(&r, in_folder("m.safetensors"),
						 false, NULL),
			 SFTR_OK);
	snprintf(want, sizeof want, "%s/.m.safetensors.sftr-%ld-0", folder,
		 (long)getpid());
	ck_assert_str_eq(r.temporary, want);
	sftr__replacement_abandon(&r);
}
END_TEST

START_TEST(a_taken_temporary_name_is_left_alone)
{
	sftr__replacement first, second;

	ck_assert_int_eq(
		sftr__replacement_begin(&first, in_folder("x"), true, NULL),
		SFTR_OK);
	ck_assert_int_eq(
		sftr__replacement_begin(&second, in_folder("x"), true, NULL),
		SFTR_OK);
	ck_assert_str_ne(first.temporary, second.temporary);
	ck_assert_int_eq(write(first.fd, "1", 1), 1);
	ck_assert_int_eq(write(second.fd, "2", 1), 1);
	ck_assert_int_eq(sftr__replacement_commit(&second, NULL), SFTR_OK);
	folder_assert(in_folder("x"), "2", 1);
	ck_assert_int_eq(sftr__replacement_commit(&first, NULL), SFTR_OK);
	folder_assert(in_folder("x"), "1", 1);
	ck_assert_uint_eq(folder_count(folder), 1);
}
END_TEST

START_TEST(it_gives_up_when_every_name_is_taken)
{
	sftr_error err;

	faults.fail_at = 4;
	faults.os_errno = EEXIST;
	faults.for_ever = true;
	ck_assert_int_eq(replace(in_folder("x"), "", &err), SFTR_E_IO);
	ck_assert_str_eq(faults.failed, "create");
	ck_assert_int_eq(err.os_errno, EEXIST);
	ck_assert_uint_eq(folder_count(folder), 0);
}
END_TEST

/* 255 bytes, as long as a name may be; a cut at 200 would split a character. */
START_TEST(a_name_may_be_as_long_as_the_system_takes)
{
	char name[256];

	memset(name, 'n', sizeof name - 1);
	name[sizeof name - 1] = '\0';
	memcpy(name + 198, "\xf0\x9f\x8c\xb2", 4);
	assert_replaced(in_folder(name), "text");
	ck_assert_uint_eq(folder_count(folder), 1);
}
END_TEST

START_TEST(a_cut_name_keeps_whole_characters)
{
	sftr__replacement r;
	char name[251];

	memset(name, 'n', sizeof name - 1);
	name[sizeof name - 1] = '\0';
	memcpy(name + 198, "\xf0\x9f\x8c\xb2", 4);
	ck_assert_int_eq(
		sftr__replacement_begin(&r, in_folder(name), false, NULL),
		SFTR_OK);
	ck_assert_ptr_null(strchr(r.temporary, '\xf0'));
	ck_assert_ptr_nonnull(strstr(r.temporary, "nnn.sftr-"));
	sftr__replacement_abandon(&r);
}
END_TEST

START_TEST(a_path_may_have_no_directory)
{
	ck_assert_int_eq(chdir(folder), 0);
	assert_replaced("here", "text");
	ck_assert_uint_eq(folder_count("."), 1);
	ck_assert_int_eq(chdir("/"), 0);
}
END_TEST

START_TEST(a_link_stays_and_its_target_is_replaced)
{
	struct stat st;

	folder_write(in_folder("target"), "old", 3);
	ck_assert_int_eq(chmod(in_folder("target"), 0640), 0);
	ck_assert_int_eq(symlink("target", in_folder("relative")), 0);
	ck_assert_int_eq(symlink(in_folder("relative"), in_folder("absolute")),
			 0);
	assert_replaced(in_folder("absolute"), "new text");
	folder_assert(in_folder("target"), "new text", 8);
	ck_assert_uint_eq(folder_mode(in_folder("target")), 0640);
	ck_assert_int_eq(lstat(in_folder("absolute"), &st), 0);
	ck_assert(S_ISLNK(st.st_mode));
	ck_assert_int_eq(lstat(in_folder("relative"), &st), 0);
	ck_assert(S_ISLNK(st.st_mode));
	ck_assert_uint_eq(folder_count(folder), 3);
}
END_TEST

/* As with hubs that keep snapshots of links into a folder of blobs. */
START_TEST(a_link_into_another_directory_is_replaced_there)
{
	ck_assert_int_eq(mkdir(in_folder("blobs"), 0777), 0);
	ck_assert_int_eq(mkdir(in_folder("snapshot"), 0777), 0);
	folder_write(in_folder("blobs/b"), "old", 3);
	ck_assert_int_eq(symlink("../blobs/b", in_folder("snapshot/m")), 0);
	assert_replaced(in_folder("snapshot/m"), "new");
	folder_assert(in_folder("blobs/b"), "new", 3);
	ck_assert_uint_eq(folder_count(in_folder("snapshot")), 1);
	ck_assert_uint_eq(folder_count(in_folder("blobs")), 1);
}
END_TEST

START_TEST(a_dangling_link_gets_its_target)
{
	ck_assert_int_eq(symlink("later", in_folder("link")), 0);
	assert_replaced(in_folder("link"), "text");
	folder_assert(in_folder("later"), "text", 4);
	ck_assert_uint_eq(folder_count(folder), 2);
}
END_TEST

/* Refused, with this code and errno, before anything is made. */
static void
assert_refused(const char *path, sftr_code code, int os_errno)
{
	size_t n = folder_count(folder);
	sftr_error err;

	err.code = SFTR_OK;
	ck_assert_int_eq(replace(path, "text", &err), code);
	ck_assert_int_eq(err.code, code);
	ck_assert_msg(err.os_errno == os_errno, "%s", err.message);
	ck_assert_uint_eq(folder_count(folder), n);
	ck_assert_int_eq(faults.n_open, 0);
}

START_TEST(what_is_no_file_is_refused)
{
	char long_path[5000];

	assert_refused(folder, SFTR_E_IO, EISDIR);
	assert_refused("", SFTR_E_IO, ENOENT);
	assert_refused(in_folder("new/"), SFTR_E_IO, EISDIR);
	assert_refused(in_folder("absent/new"), SFTR_E_IO, ENOENT);
	ck_assert_int_eq(mkfifo(in_folder("pipe"), 0666), 0);
	assert_refused(in_folder("pipe"), SFTR_E_UNSUPPORTED, 0);
	assert_refused(in_folder("pipe/new"), SFTR_E_IO, ENOTDIR);
	memset(long_path, 'x', sizeof long_path - 1);
	long_path[sizeof long_path - 1] = '\0';
	assert_refused(long_path, SFTR_E_IO, ENAMETOOLONG);
	long_path[300] = '\0';
	assert_refused(in_folder(long_path), SFTR_E_IO, ENAMETOOLONG);
}
END_TEST

/*
 * A device of the test's own, where it may make one: as root, a fault here
 * would replace the one that the whole machine uses.
 */
START_TEST(a_device_is_refused)
{
	struct stat null_device;

	if (stat("/dev/null", &null_device) != 0 ||
	    mknod(in_folder("null"), S_IFCHR | 0666, null_device.st_rdev) != 0)
		return;
	assert_refused(in_folder("null"), SFTR_E_UNSUPPORTED, 0);
}
END_TEST

START_TEST(links_that_go_round_are_refused)
{
	ck_assert_int_eq(symlink("b", in_folder("a")), 0);
	ck_assert_int_eq(symlink("a", in_folder("b")), 0);
	assert_refused(in_folder("a"), SFTR_E_IO, ELOOP);
}
END_TEST

/* A chain that grew after the system looked at its end. */
START_TEST(a_chain_of_links_has_an_end)
{
	char name[16], target[16];

	for (int i = 0; i < 41; i++) {
		snprintf(name, sizeof name, "%d", i);
		snprintf(target, sizeof target, "%d", i + 1);
		ck_assert_int_eq(symlink(target, in_folder(name)), 0);
	}
	faults.fail_at = 1;
	faults.os_errno = ENOENT;
	assert_refused(in_folder("0"), SFTR_E_IO, ELOOP);
	ck_assert_str_eq(faults.failed, "stat");
}
END_TEST

/* A link of 4000 bytes, all "./", from deep inside. */
START_TEST(a_link_can_be_too_long_for_a_path)
{
	char link[4001], path[1024];

	for (size_t i = 0; i < sizeof link - 1; i += 2)
		memcpy(link + i, "./", 2);
	link[sizeof link - 2] = 'x';
	link[sizeof link - 1] = '\0';
	snprintf(path, sizeof path, "%s", in_folder("."));
	while (strlen(path) < 300)
		strcat(path, "/.");
	strcat(path, "/link");
	ck_assert_int_eq(symlink(link, path), 0);
	faults.fail_at = 1;
	faults.os_errno = ENOENT;
	assert_refused(path, SFTR_E_IO, ENAMETOOLONG);
}
END_TEST

static const int errnos[] = { EIO, ENOSPC, EDQUOT, EACCES, ENOMEM, EROFS };

/* A whole replacement with the n-th call failing; false when none is left. */
static bool
fails_cleanly(unsigned fail_at, int os_errno)
{
	const char *path = in_folder("old");
	sftr_error err;
	sftr_code code;
	bool is_new;

	folder_write(path, "old", 3);
	ck_assert_int_eq(chmod(path, 0640), 0);
	faults_clear();
	faults.fail_at = fail_at;
	faults.os_errno = os_errno;
	err.code = SFTR_OK;
	code = replace(path, "new text", &err);
	ck_assert_int_eq(err.code, code);
	ck_assert_int_eq(faults.n_open, 0);
	ck_assert_uint_eq(folder_count(folder), 1);
	/* The last sync and close come when it is in its place. */
	is_new = code == SFTR_OK || strstr(err.message, "is in place") != NULL;
	folder_assert(path, is_new ? "new text" : "old", is_new ? 8 : 3);
	ck_assert_uint_eq(folder_mode(path), 0640);
	if (faults.failed == NULL) {
		ck_assert_uint_gt(fail_at, 8);
		return false;
	}
	if (code == SFTR_OK)
		ck_assert_str_eq(faults.failed, "close");
	else
		ck_assert_int_eq(err.os_errno, os_errno);
	return true;
}

START_TEST(every_call_may_fail)
{
	umask(077);
	for (unsigned fail_at = 1; fails_cleanly(fail_at, errnos[_i]);)
		fail_at++;
}
END_TEST

START_TEST(an_interrupted_sync_or_close_goes_on)
{
	unsigned n_ok = 0;

	folder_write(in_folder("x"), "old", 3);
	for (unsigned fail_at = 1;; fail_at++) {
		sftr_error err;

		faults_clear();
		faults.fail_at = fail_at;
		faults.os_errno = EINTR;
		if (replace(in_folder("x"), "text", &err) == SFTR_OK) {
			folder_assert(in_folder("x"), "text", 4);
			n_ok++;
		}
		if (faults.failed == NULL)
			break;
		if (strcmp(faults.failed, "fsync") == 0)
			ck_assert_uint_eq(faults.n_fsyncs, 3);
	}
	/* Two syncs, two closes, and the round without a fault. */
	ck_assert_uint_eq(n_ok, 5);
}
END_TEST

START_TEST(a_directory_that_cannot_be_synced_at_all_is_no_fault)
{
	for (unsigned fail_at = 1;; fail_at++) {
		sftr_error err;
		sftr_code code;

		faults_clear();
		faults.fail_at = fail_at;
		faults.os_errno = EINVAL;
		code = replace(in_folder("x"), "text", &err);
		ck_assert_ptr_nonnull(faults.failed);
		if (strcmp(faults.failed, "fsync") != 0)
			continue;
		if (faults.n_fsyncs == 1) {
			ck_assert_int_eq(code, SFTR_E_IO);
			continue;
		}
		ck_assert_int_eq(code, SFTR_OK);
		return;
	}
}
END_TEST

START_TEST(what_need_not_last_is_not_synced)
{
	sftr__replacement r;

	ck_assert_int_eq(
		sftr__replacement_begin(&r, in_folder("x"), false, NULL),
		SFTR_OK);
	ck_assert_int_eq(sftr__replacement_commit(&r, NULL), SFTR_OK);
	ck_assert_uint_eq(faults.n_fsyncs, 0);
	assert_replaced(in_folder("x"), "text");
	ck_assert_uint_eq(faults.n_fsyncs, 2);
}
END_TEST

int
main(void)
{
	TCase *tc = tcase_create("replacement");

	tcase_add_checked_fixture(tc, faults_clear, NULL);
	tcase_add_checked_fixture(tc, folder_make, folder_remove);
	tcase_add_loop_test(tc, a_new_file_follows_the_umask, 0, COUNT(umasks));
	tcase_add_loop_test(tc, an_old_file_keeps_its_mode, 0, COUNT(modes));
	tcase_add_test(tc, what_was_private_is_private_while_it_is_written);
	tcase_add_test(tc, abandoned_it_leaves_everything_as_it_was);
	tcase_add_test(tc, the_temporary_file_is_hidden_and_says_whose_it_is);
	tcase_add_test(tc, a_taken_temporary_name_is_left_alone);
	tcase_add_test(tc, it_gives_up_when_every_name_is_taken);
	tcase_add_test(tc, a_name_may_be_as_long_as_the_system_takes);
	tcase_add_test(tc, a_cut_name_keeps_whole_characters);
	tcase_add_test(tc, a_path_may_have_no_directory);
	tcase_add_test(tc, a_link_stays_and_its_target_is_replaced);
	tcase_add_test(tc, a_link_into_another_directory_is_replaced_there);
	tcase_add_test(tc, a_dangling_link_gets_its_target);
	tcase_add_test(tc, what_is_no_file_is_refused);
	tcase_add_test(tc, a_device_is_refused);
	tcase_add_test(tc, links_that_go_round_are_refused);
	tcase_add_test(tc, a_chain_of_links_has_an_end);
	tcase_add_test(tc, a_link_can_be_too_long_for_a_path);
	tcase_add_loop_test(tc, every_call_may_fail, 0, COUNT(errnos));
	tcase_add_test(tc, an_interrupted_sync_or_close_goes_on);
	tcase_add_test(tc,
		       a_directory_that_cannot_be_synced_at_all_is_no_fault);
	tcase_add_test(tc, what_need_not_last_is_not_synced);
	return run_suite("replacement", tc);
}
