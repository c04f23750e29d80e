/* SPDX-License-Identifier: MIT */
/* Files: what is refused, what changes while it is open, views and copies. */
#include "folder.h"
#include "suite.h"

#include <safetree/checkpoint.h>

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <sys/stat.h>
#include <utime.h>

#define HEADER                                                                 \
	"{\"a\":{\"dtype\":\"U8\",\"shape\":[100],\"data_offsets\":[0,100]},"  \
	"\"h\":{\"dtype\":\"F16\",\"shape\":[2],\"data_offsets\":[100,104]},"  \
	"\"o\":{\"dtype\":\"U8\",\"shape\":[1],\"data_offsets\":[104,105]},"   \
	"\"f\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[105,109]},"  \
	"\"z\":{\"dtype\":\"F32\",\"shape\":[0],\"data_offsets\":[109,109]}}"

static sftr_checkpoint *
open_file(sftr_access access)
{
	sftr_open_options options = { .access = access };
	sftr_checkpoint *ckpt;
	sftr_error err;

	folder_tensors(in_folder("m.safetensors"), HEADER " ", 109);
	assert_ok(sftr_checkpoint_open(in_folder("m.safetensors"), &options,
				       &ckpt, &err),
		  err);
	return ckpt;
}

static const sftr_tensor *
find(const sftr_checkpoint *ckpt, const char *name)
{
	const sftr_tensor *t = sftr_checkpoint_find(ckpt, name, strlen(name));

	ck_assert_ptr_nonnull(t);
	return t;
}

static sftr_code
open_code(const char *path, sftr_error *err)
{
	sftr_checkpoint *ckpt;
	sftr_code code = sftr_checkpoint_open(path, NULL, &ckpt, err);

	ck_assert_ptr_null(ckpt);
	return code;
}

START_TEST(what_is_no_regular_file_is_refused_at_once)
{
	sftr_error err;

	ck_assert_int_eq(open_code(in_folder("absent"), &err), SFTR_E_IO);
	ck_assert_int_eq(err.os_errno, ENOENT);
	ck_assert_str_eq(err.message, "cannot open: No such file or directory");
	ck_assert_ptr_nonnull(strstr(err.file, "absent"));
	ck_assert_int_eq(mkfifo(in_folder("fifo"), 0600), 0);
	ck_assert_int_eq(open_code(in_folder("fifo"), &err),
			 SFTR_E_UNSUPPORTED);
	ck_assert_str_eq(err.message, "not a regular file");
	ck_assert_int_eq(open_code("/dev/zero", &err), SFTR_E_UNSUPPORTED);
	ck_assert_int_eq(open_code(folder, &err), SFTR_E_UNSUPPORTED);
	ck_assert_int_eq(open_code("", &err), SFTR_E_IO);
}
END_TEST

START_TEST(descriptors_are_neither_moved_nor_closed)
{
	sftr_checkpoint *ckpt;
	sftr_error err;
	char bytes[100];
	int fd;

	sftr_checkpoint_close(open_file(SFTR_MAP));
	fd = open(in_folder("m.safetensors"), O_RDONLY);
	ck_assert_int_eq(lseek(fd, 7, SEEK_SET), 7);
	ck_assert_int_eq(
		sftr_checkpoint_open_fd(fd, "seven", NULL, &ckpt, &err),
		SFTR_OK);
	ck_assert_int_eq(lseek(fd, 0, SEEK_CUR), 7);
	ck_assert_str_eq(sftr_checkpoint_file(ckpt, 0), "seven");
	ck_assert_int_eq(close(fd), 0);
	ck_assert_int_eq(
		sftr_checkpoint_read(ckpt, find(ckpt, "a"), bytes, 100, &err),
		SFTR_OK);
	ck_assert_int_eq(bytes[99], 99);
	sftr_checkpoint_close(ckpt);
	ck_assert_int_eq(sftr_checkpoint_open_fd(-1, NULL, NULL, &ckpt, &err),
			 SFTR_E_IO);
	ck_assert_int_eq(err.os_errno, EBADF);
}
END_TEST

START_TEST(views_are_given_or_refused_with_the_reason)
{
	sftr_checkpoint *ckpt;
	const void *view;
	sftr_error err;

	ckpt = open_file(SFTR_MAP);
	ck_assert_int_eq(
		sftr_checkpoint_view(ckpt, find(ckpt, "a"), &view, &err),
		SFTR_OK);
	ck_assert_int_eq(((const char *)view)[42], 42);
	ck_assert_int_eq(
		sftr_checkpoint_view(ckpt, find(ckpt, "z"), &view, &err),
		SFTR_OK);
	ck_assert_ptr_null(view);
	ck_assert_int_eq(
		sftr_checkpoint_view(ckpt, find(ckpt, "f"), &view, &err),
		SFTR_E_VIEW);
	ck_assert_ptr_null(view);
	ck_assert_str_eq(err.key, "f");
#if __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
	ck_assert_str_eq(err.message, "no view, F32 wants an address that is a "
				      "multiple of 4");
#else
	ck_assert_str_eq(err.message,
			 "no view, this host is big-endian and F32 is not");
#endif
	sftr_checkpoint_close(ckpt);
	ckpt = open_file(SFTR_PREAD);
	ck_assert_int_eq(
		sftr_checkpoint_view(ckpt, find(ckpt, "a"), &view, &err),
		SFTR_E_VIEW);
	ck_assert_str_eq(err.message,
			 "no view, the file was opened to be read by pread");
	sftr_checkpoint_close(ckpt);
}
END_TEST

START_TEST(a_view_outlives_the_close_of_another_holder)
{
	sftr_checkpoint *ckpt, *held;
	const char *view;

	ckpt = open_file(SFTR_MAP);
	ck_assert_int_eq(sftr_checkpoint_view(ckpt, find(ckpt, "a"),
					      (const void **)&view, NULL),
			 SFTR_OK);
	held = sftr_checkpoint_retain(ckpt);
	ck_assert_ptr_eq(held, ckpt);
	sftr_checkpoint_close(ckpt);
	ck_assert_int_eq(view[3], 3);
	sftr_checkpoint_close(held);
	sftr_checkpoint_close(NULL);
}
END_TEST

START_TEST(a_file_that_shrinks_is_an_error_of_every_copy)
{
	const sftr_slice all = { 0, 100, 3, 0 };
	sftr_checkpoint *ckpt;
	char bytes[100], message[128];
	const void *view;
	sftr_error err;
	struct stat st;

	ckpt = open_file(SFTR_MAP);
	ck_assert_int_eq(stat(in_folder("m.safetensors"), &st), 0);
	ck_assert_int_eq(truncate(in_folder("m.safetensors"), 8 + 300), 0);
	ck_assert_int_eq(
		sftr_checkpoint_read(ckpt, find(ckpt, "a"), bytes, 100, &err),
		SFTR_E_TRUNCATED);
	ck_assert_str_eq(err.key, "a");
	ck_assert_ptr_nonnull(strstr(err.file, "m.safetensors"));
	ck_assert_uint_eq(err.offset, 308);
	/* What is missing of the file, not of what was asked for. */
	snprintf(message, sizeof message,
		 "the file ends here, %d bytes early: it had %d when it was "
		 "opened",
		 (int)st.st_size - 308, (int)st.st_size);
	ck_assert_str_eq(err.message, message);
	ck_assert_int_eq(sftr_checkpoint_read_bytes(ckpt, find(ckpt, "f"), 1,
						    bytes, 2, &err),
			 SFTR_E_TRUNCATED);
	ck_assert_int_eq(sftr_checkpoint_read_slice(ckpt, find(ckpt, "a"), &all,
						    bytes, 100, &err),
			 SFTR_E_TRUNCATED);
	ck_assert_int_eq(
		sftr_checkpoint_view(ckpt, find(ckpt, "a"), &view, &err),
		SFTR_E_IO);
	sftr_checkpoint_close(ckpt);
}
END_TEST

START_TEST(a_file_that_was_rewritten_is_an_error_of_every_copy)
{
	struct utimbuf times = { 1, 1 };
	sftr_checkpoint *ckpt;
	sftr_error err;
	char bytes[100];

	ckpt = open_file(SFTR_PREAD);
	ck_assert_int_eq(utime(in_folder("m.safetensors"), &times), 0);
	ck_assert_int_eq(
		sftr_checkpoint_read(ckpt, find(ckpt, "a"), bytes, 100, &err),
		SFTR_E_IO);
	ck_assert_str_eq(err.message, "the file was changed while it was open");
	ck_assert_int_eq(sftr_checkpoint_read_bytes(ckpt, find(ckpt, "f"), 1,
						    bytes, 2, &err),
			 SFTR_E_IO);
	sftr_checkpoint_close(ckpt);
}
END_TEST

START_TEST(a_buffer_that_is_too_small_stays_untouched)
{
	sftr_checkpoint *ckpt;
	sftr_error err;
	char bytes[100] = "keep";

	ckpt = open_file(SFTR_MAP);
	ck_assert_int_eq(
		sftr_checkpoint_read(ckpt, find(ckpt, "a"), bytes, 99, &err),
		SFTR_E_CAPACITY);
	ck_assert_str_eq(bytes, "keep");
	ck_assert_int_eq(
		sftr_checkpoint_read(ckpt, find(ckpt, "z"), NULL, 0, &err),
		SFTR_OK);
	sftr_checkpoint_close(ckpt);
}
END_TEST

START_TEST(a_terabyte_opens_as_fast_as_its_header)
{
	static const char header[] =
		"{\"w\":{\"dtype\":\"U8\",\"shape\":[1099511627776],"
		"\"data_offsets\":[0,1099511627776]}}";
	sftr_checkpoint *ckpt;
	sftr_error err;
	char last = 1;

	folder_tensors(in_folder("t.safetensors"), header, 0);
	if (truncate(in_folder("t.safetensors"),
		     (off_t)(8 + sizeof header - 1 + (1ULL << 40))) != 0)
		return; /* a file system that has no such sizes */
	ck_assert_int_eq(sftr_checkpoint_open(in_folder("t.safetensors"), NULL,
					      &ckpt, &err),
			 SFTR_OK);
	ck_assert_int_eq(sftr_checkpoint_read_bytes(ckpt, find(ckpt, "w"),
						    (1ULL << 40) - 1, &last, 1,
						    &err),
			 SFTR_OK);
	ck_assert_int_eq(last, 0);
	sftr_checkpoint_close(ckpt);
}
END_TEST

static void *
use_from_a_thread(void *user)
{
	const sftr_checkpoint *ckpt = user;
	unsigned char bytes[100];
	const void *view;

	for (int i = 0; i < 200; i++) {
		sftr_checkpoint *held = sftr_checkpoint_retain(ckpt);

		if (sftr_checkpoint_read(ckpt, find(ckpt, "a"), bytes, 100,
					 NULL) != SFTR_OK ||
		    bytes[99] != 99 ||
		    sftr_checkpoint_view(ckpt, find(ckpt, "a"), &view, NULL) !=
			    SFTR_OK ||
		    memcmp(view, bytes, 100) != 0)
			return user;
		sftr_checkpoint_close(held);
	}
	return NULL;
}

START_TEST(several_threads_read_one_checkpoint)
{
	pthread_t threads[4];
	sftr_checkpoint *ckpt;
	void *result;

	ckpt = open_file(SFTR_MAP);
	for (int i = 0; i < 4; i++)
		ck_assert_int_eq(pthread_create(&threads[i], NULL,
						use_from_a_thread, ckpt),
				 0);
	for (int i = 0; i < 4; i++) {
		pthread_join(threads[i], &result);
		ck_assert_ptr_null(result);
	}
	sftr_checkpoint_close(ckpt);
}
END_TEST

START_TEST(arrays_make_a_checkpoint)
{
	static const float w[6] = { 0, 1, 2, 3, 4, 5 };
	static const uint64_t shape[2] = { 2, 3 };
	sftr_array arrays[3] = {
		{ SFTR_STR("w"), shape, 2, SFTR_F32, w, sizeof w },
		{ SFTR_STR("b"), NULL, 0, SFTR_U8, w, 1 },
		{ SFTR_STR(""), shape, 1, SFTR_U8, w, 2 },
	};
	sftr_checkpoint *ckpt;
	sftr_error err;
	float back[6];

	ck_assert_int_eq(
		sftr_checkpoint_open_arrays(arrays, 3, NULL, &ckpt, &err),
		SFTR_OK);
	ck_assert_uint_eq(sftr_checkpoint_count(ckpt), 3);
	ck_assert_int_eq(sftr_checkpoint_read(ckpt, find(ckpt, "w"), back,
					      sizeof back, &err),
			 SFTR_OK);
	ck_assert_uint_eq(find(ckpt, "b")->begin, 24);
	sftr_checkpoint_close(ckpt);
	ck_assert_int_eq(
		sftr_checkpoint_open_arrays(arrays, 0, NULL, &ckpt, &err),
		SFTR_OK);
	sftr_checkpoint_close(ckpt);
	arrays[2].name = arrays[0].name;
	ck_assert_int_eq(
		sftr_checkpoint_open_arrays(arrays, 3, NULL, &ckpt, &err),
		SFTR_E_DUPLICATE);
	ck_assert_str_eq(err.key, "w");
	arrays[1].n_bytes = 2;
	ck_assert_int_eq(
		sftr_checkpoint_open_arrays(arrays, 2, NULL, &ckpt, &err),
		SFTR_E_SIZE);
	arrays[1].dtype = SFTR_F4;
	ck_assert_int_eq(
		sftr_checkpoint_open_arrays(arrays, 2, NULL, &ckpt, &err),
		SFTR_E_PARTIAL);
	arrays[1].dtype = 99;
	ck_assert_int_eq(
		sftr_checkpoint_open_arrays(arrays, 2, NULL, &ckpt, &err),
		SFTR_E_DTYPE);
	arrays[1].name.ptr = "\xff";
	ck_assert_int_eq(
		sftr_checkpoint_open_arrays(arrays, 2, NULL, &ckpt, &err),
		SFTR_E_UTF8);
	arrays[1].name.ptr = "";
	ck_assert_int_eq(
		sftr_checkpoint_open_arrays(arrays, 2, NULL, &ckpt, &err),
		SFTR_E_NUL);
}
END_TEST

int
main(void)
{
	TCase *tc = tcase_create("source");

	tcase_add_checked_fixture(tc, folder_make, folder_remove);
	tcase_add_test(tc, what_is_no_regular_file_is_refused_at_once);
	tcase_add_test(tc, descriptors_are_neither_moved_nor_closed);
	tcase_add_test(tc, views_are_given_or_refused_with_the_reason);
	tcase_add_test(tc, a_view_outlives_the_close_of_another_holder);
	tcase_add_test(tc, a_file_that_shrinks_is_an_error_of_every_copy);
	tcase_add_test(tc, a_file_that_was_rewritten_is_an_error_of_every_copy);
	tcase_add_test(tc, a_buffer_that_is_too_small_stays_untouched);
	tcase_add_test(tc, a_terabyte_opens_as_fast_as_its_header);
	tcase_add_test(tc, several_threads_read_one_checkpoint);
	tcase_add_test(tc, arrays_make_a_checkpoint);
	return run_suite("source", tc);
}
