/* SPDX-License-Identifier: MIT */
/* From a path to a checkpoint: what a directory can mean. */
#include "folder.h"
#include "suite.h"

#include <safetree/checkpoint.h>

#include <errno.h>
#include <sys/stat.h>

#define ONE(name)                                                              \
	"{\"" name "\":{\"dtype\":\"U8\",\"shape\":[1],"                       \
	"\"data_offsets\":[0,1]}}"

/* Opens a path; the number of tensors, or minus the code. */
static int
n_tensors(const char *path, sftr_error *err)
{
	sftr_checkpoint *ckpt;
	sftr_code code = sftr_checkpoint_open(path, NULL, &ckpt, err);
	int n = (int)sftr_checkpoint_count(ckpt);

	ck_assert((code == SFTR_OK) == (ckpt != NULL));
	sftr_checkpoint_close(ckpt);
	return code == SFTR_OK ? n : -(int)code;
}

START_TEST(an_empty_directory_holds_no_checkpoint)
{
	sftr_error err;

	ck_assert_int_eq(n_tensors(folder, &err), -(int)SFTR_E_UNSUPPORTED);
	ck_assert_str_eq(err.file, folder);
	folder_write(in_folder("weights.bin"), "", 0);
	folder_write(in_folder("safetensors"), "", 0);
	ck_assert_int_eq(n_tensors(folder, &err), -(int)SFTR_E_UNSUPPORTED);
}
END_TEST

START_TEST(what_lies_beside_a_file_does_not_matter)
{
	char path[300];
	sftr_error err;

	folder_tensors(in_folder("m.safetensors"), ONE("a"), 1);
	folder_write(in_folder("m.safetensors.txt"), "", 0);
	folder_write(in_folder("config.json"), "", 0);
	folder_write(in_folder(".hidden"), "", 0);
	ck_assert_int_eq(n_tensors(folder, &err), 1);
	snprintf(path, sizeof path, "%s/", folder);
	ck_assert_int_eq(n_tensors(path, &err), 1);
	snprintf(path, sizeof path, "%s//.", folder);
	ck_assert_int_eq(n_tensors(path, &err), 1);
}
END_TEST

START_TEST(a_set_may_be_of_one)
{
	sftr_error err;

	folder_tensors(in_folder("m-00001-of-00001.safetensors"), ONE("a"), 1);
	ck_assert_int_eq(n_tensors(folder, &err), 1);
}
END_TEST

START_TEST(a_set_is_complete_or_no_set)
{
	sftr_error err;

	folder_tensors(in_folder("m-00001-of-00003.safetensors"), ONE("a"), 1);
	ck_assert_int_eq(n_tensors(folder, &err), -(int)SFTR_E_UNSUPPORTED);
	folder_tensors(in_folder("m-00002-of-00003.safetensors"), ONE("b"), 1);
	ck_assert_int_eq(n_tensors(folder, &err), -(int)SFTR_E_UNSUPPORTED);
	folder_tensors(in_folder("n-00003-of-00003.safetensors"), ONE("c"), 1);
	ck_assert_int_eq(n_tensors(folder, &err), -(int)SFTR_E_UNSUPPORTED);
	unlink(in_folder("n-00003-of-00003.safetensors"));
	folder_tensors(in_folder("mm-00003-of-00003.safetensors"), ONE("c"), 1);
	ck_assert_int_eq(n_tensors(folder, &err), -(int)SFTR_E_UNSUPPORTED);
	unlink(in_folder("mm-00003-of-00003.safetensors"));
	folder_tensors(in_folder("m-00003-of-00003.safetensors"), ONE("c"), 1);
	ck_assert_int_eq(n_tensors(folder, &err), 3);
	folder_tensors(in_folder("m-00004-of-00003.safetensors"), ONE("d"), 1);
	ck_assert_int_eq(n_tensors(folder, &err), -(int)SFTR_E_UNSUPPORTED);
	unlink(in_folder("m-00004-of-00003.safetensors"));
	folder_tensors(in_folder("s.safetensors"), ONE("d"), 1);
	ck_assert_int_eq(n_tensors(folder, &err), -(int)SFTR_E_UNSUPPORTED);
}
END_TEST

START_TEST(two_indexes_are_one_too_many)
{
	static const char index[] =
		"{\"weight_map\":{\"a\":\"m-1.safetensors\"}}";
	sftr_error err;

	folder_tensors(in_folder("m-1.safetensors"), ONE("a"), 1);
	folder_tensors(in_folder("other.safetensors"), ONE("z"), 1);
	folder_write(in_folder("m.safetensors.index.json"), index,
		     sizeof index - 1);
	ck_assert_int_eq(n_tensors(folder, &err), 1);
	/* An index of something else is none. */
	folder_write(in_folder("pytorch_model.bin.index.json"), "{}", 2);
	ck_assert_int_eq(n_tensors(folder, &err), 1);
	folder_write(in_folder("n.safetensors.index.json"), index,
		     sizeof index - 1);
	ck_assert_int_eq(n_tensors(folder, &err), -(int)SFTR_E_UNSUPPORTED);
	ck_assert_ptr_nonnull(strstr(err.message, "2 indexes and 2 files"));
}
END_TEST

START_TEST(a_path_that_cannot_be_followed_says_why)
{
	char path[300];
	sftr_error err;

	folder_write(in_folder("file"), "", 0);
	ck_assert_int_eq(n_tensors(in_folder("none"), &err), -(int)SFTR_E_IO);
	ck_assert_int_eq(err.os_errno, ENOENT);
	ck_assert_str_eq(err.file, in_folder("none"));
	snprintf(path, sizeof path, "%s/file/m.safetensors", folder);
	ck_assert_int_eq(n_tensors(path, &err), -(int)SFTR_E_IO);
	ck_assert_int_eq(err.os_errno, ENOTDIR);
	ck_assert_int_eq(symlink("loop", in_folder("loop")), 0);
	ck_assert_int_eq(n_tensors(in_folder("loop"), &err), -(int)SFTR_E_IO);
	ck_assert_int_eq(err.os_errno, ELOOP);
	ck_assert_int_eq(n_tensors("", &err), -(int)SFTR_E_IO);
	ck_assert_int_eq(err.os_errno, ENOENT);
	ck_assert_int_eq(n_tensors(in_folder("m.index.json"), &err),
			 -(int)SFTR_E_IO);
}
END_TEST

START_TEST(descriptors_of_nothing_are_refused)
{
	sftr_checkpoint *ckpt;
	int ends[2];
	sftr_error err;

	ck_assert_int_eq(sftr_checkpoint_open_fd(-1, "x", NULL, &ckpt, &err),
			 SFTR_E_IO);
	ck_assert_int_eq(err.os_errno, EBADF);
	ck_assert_str_eq(err.file, "x");
	ck_assert_ptr_null(ckpt);
	ck_assert_int_eq(pipe(ends), 0);
	ck_assert_int_eq(
		sftr_checkpoint_open_fd(ends[0], NULL, NULL, &ckpt, &err),
		SFTR_E_UNSUPPORTED);
	ck_assert_ptr_null(ckpt);
	close(ends[0]);
	close(ends[1]);
}
END_TEST

/* A23 of doc/attacks.md: files that have no end, or no bytes. */
START_TEST(devices_are_no_checkpoints)
{
	static const char *const devices[] = { "/dev/zero", "/dev/full",
					       "/dev/null", "/dev/tty" };
	sftr_error err;

	for (size_t i = 0; i < COUNT(devices); i++) {
		int n;

		if (access(devices[i], F_OK) != 0)
			continue;
		n = n_tensors(devices[i], &err);
		/* No terminal: it cannot even be opened. */
		ck_assert_msg(n == -(int)SFTR_E_UNSUPPORTED ||
				      (i == 3 && n == -(int)SFTR_E_IO),
			      "%s: %s", devices[i], err.message);
	}
}
END_TEST

int
main(void)
{
	TCase *tc = tcase_create("open");

	tcase_add_checked_fixture(tc, folder_make, folder_remove);
	tcase_add_test(tc, an_empty_directory_holds_no_checkpoint);
	tcase_add_test(tc, what_lies_beside_a_file_does_not_matter);
	tcase_add_test(tc, a_set_may_be_of_one);
	tcase_add_test(tc, a_set_is_complete_or_no_set);
	tcase_add_test(tc, two_indexes_are_one_too_many);
	tcase_add_test(tc, a_path_that_cannot_be_followed_says_why);
	tcase_add_test(tc, descriptors_of_nothing_are_refused);
	tcase_add_test(tc, devices_are_no_checkpoints);
	return run_suite("open", tc);
}
