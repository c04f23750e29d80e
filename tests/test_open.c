/* SPDX-License-Identifier: MIT */
/* From a path to a checkpoint: what a directory can mean. */
#include "scratch.h"
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

	scratch_make();
	ck_assert_int_eq(n_tensors(scratch, &err), -(int)SFTR_E_UNSUPPORTED);
	ck_assert_str_eq(err.file, scratch);
	scratch_write("weights.bin", "", 0);
	scratch_write("safetensors", "", 0);
	ck_assert_int_eq(n_tensors(scratch, &err), -(int)SFTR_E_UNSUPPORTED);
	scratch_remove();
}
END_TEST

START_TEST(what_lies_beside_a_file_does_not_matter)
{
	char path[300];
	sftr_error err;

	scratch_make();
	scratch_tensors("m.safetensors", ONE("a"), 1);
	scratch_write("m.safetensors.txt", "", 0);
	scratch_write("config.json", "", 0);
	scratch_write(".hidden", "", 0);
	ck_assert_int_eq(n_tensors(scratch, &err), 1);
	snprintf(path, sizeof path, "%s/", scratch);
	ck_assert_int_eq(n_tensors(path, &err), 1);
	snprintf(path, sizeof path, "%s//.", scratch);
	ck_assert_int_eq(n_tensors(path, &err), 1);
	scratch_remove();
}
END_TEST

START_TEST(a_set_is_complete_or_no_set)
{
	sftr_error err;

	scratch_make();
	scratch_tensors("m-00001-of-00003.safetensors", ONE("a"), 1);
	scratch_tensors("m-00002-of-00003.safetensors", ONE("b"), 1);
	ck_assert_int_eq(n_tensors(scratch, &err), -(int)SFTR_E_UNSUPPORTED);
	scratch_tensors("n-00003-of-00003.safetensors", ONE("c"), 1);
	ck_assert_int_eq(n_tensors(scratch, &err), -(int)SFTR_E_UNSUPPORTED);
	unlink(scratch_path("n-00003-of-00003.safetensors"));
	scratch_tensors("mm-00003-of-00003.safetensors", ONE("c"), 1);
	ck_assert_int_eq(n_tensors(scratch, &err), -(int)SFTR_E_UNSUPPORTED);
	unlink(scratch_path("mm-00003-of-00003.safetensors"));
	scratch_tensors("m-00003-of-00003.safetensors", ONE("c"), 1);
	ck_assert_int_eq(n_tensors(scratch, &err), 3);
	scratch_tensors("m-00004-of-00003.safetensors", ONE("d"), 1);
	ck_assert_int_eq(n_tensors(scratch, &err), -(int)SFTR_E_UNSUPPORTED);
	unlink(scratch_path("m-00004-of-00003.safetensors"));
	scratch_tensors("s.safetensors", ONE("d"), 1);
	ck_assert_int_eq(n_tensors(scratch, &err), -(int)SFTR_E_UNSUPPORTED);
	scratch_remove();
}
END_TEST

START_TEST(two_indexes_are_one_too_many)
{
	static const char index[] =
		"{\"weight_map\":{\"a\":\"m-1.safetensors\"}}";
	sftr_error err;

	scratch_make();
	scratch_tensors("m-1.safetensors", ONE("a"), 1);
	scratch_tensors("other.safetensors", ONE("z"), 1);
	scratch_write("m.safetensors.index.json", index, sizeof index - 1);
	ck_assert_int_eq(n_tensors(scratch, &err), 1);
	/* An index of something else is none. */
	scratch_write("pytorch_model.bin.index.json", "{}", 2);
	ck_assert_int_eq(n_tensors(scratch, &err), 1);
	scratch_write("n.safetensors.index.json", index, sizeof index - 1);
	ck_assert_int_eq(n_tensors(scratch, &err), -(int)SFTR_E_UNSUPPORTED);
	ck_assert_ptr_nonnull(strstr(err.message, "2 indexes and 2 files"));
	scratch_remove();
}
END_TEST

START_TEST(a_path_that_cannot_be_followed_says_why)
{
	char path[300];
	sftr_error err;

	scratch_make();
	scratch_write("file", "", 0);
	ck_assert_int_eq(n_tensors(scratch_path("none"), &err),
			 -(int)SFTR_E_IO);
	ck_assert_int_eq(err.os_errno, ENOENT);
	ck_assert_str_eq(err.file, scratch_path("none"));
	snprintf(path, sizeof path, "%s/file/m.safetensors", scratch);
	ck_assert_int_eq(n_tensors(path, &err), -(int)SFTR_E_IO);
	ck_assert_int_eq(err.os_errno, ENOTDIR);
	ck_assert_int_eq(symlink("loop", scratch_path("loop")), 0);
	ck_assert_int_eq(n_tensors(scratch_path("loop"), &err),
			 -(int)SFTR_E_IO);
	ck_assert_int_eq(err.os_errno, ELOOP);
	ck_assert_int_eq(n_tensors("", &err), -(int)SFTR_E_IO);
	ck_assert_int_eq(err.os_errno, ENOENT);
	ck_assert_int_eq(n_tensors(scratch_path("m.index.json"), &err),
			 -(int)SFTR_E_IO);
	scratch_remove();
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

	for (size_t i = 0; i < sizeof devices / sizeof *devices; i++) {
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
	const TTest *const tests[] = {
		an_empty_directory_holds_no_checkpoint,
		what_lies_beside_a_file_does_not_matter,
		a_set_is_complete_or_no_set,
		two_indexes_are_one_too_many,
		a_path_that_cannot_be_followed_says_why,
		descriptors_of_nothing_are_refused,
		devices_are_no_checkpoints,
		NULL,
	};

	return run_suite("open", tests) != 0;
}
