/* SPDX-License-Identifier: MIT */
#include "checkpoint/sink.h"

#include "faults.h"
#include "folder.h"
#include "suite.h"

#include <check.h>
#include <fcntl.h>
#include <inttypes.h>
#include <sys/wait.h>

#define N_BYTES 10000

static unsigned char bytes[N_BYTES];

static void
set_up(void)
{
	folder_make();
	for (size_t i = 0; i < N_BYTES; i++)
		bytes[i] = (unsigned char)(i * 131 >> 3);
}

/* All bytes in parts of 1, 2, 3... bytes, as many a call as are allowed. */
static sftr_code
take_all(sftr__sink *sink, sftr_error *err)
{
	struct iovec parts[SFTR__SINK_PARTS];
	size_t begin = 0, end = 0, len = 0;
	sftr_code code = SFTR_OK;
	int n_parts = 0;

	while (code == SFTR_OK && end < N_BYTES) {
		len = len < N_BYTES - end ? len + 1 : N_BYTES - end;
		if (len > N_BYTES - end)
			len = N_BYTES - end;
		parts[n_parts].iov_base = bytes + end;
		parts[n_parts].iov_len = len;
		end += len;
		if (++n_parts == 7 || end == N_BYTES) {
			code = sink->take(sink, begin, parts, n_parts, err);
			begin = end;
			n_parts = 0;
		}
	}
	return code;
}

static int
open_new(const char *name)
{
	int fd = open(in_folder(name), O_CREAT | O_EXCL | O_WRONLY, 0666);

	ck_assert_int_ge(fd, 0);
	return fd;
}

/* Whether an attempt with these faults reached its end. */
static bool
file_is_written(sftr_error *err)
{
	int fd = open_new("file");
	sftr__sink sink;
	sftr_code code = sftr__sink_file(&sink, fd, N_BYTES, err);

	if (code == SFTR_OK) {
		ck_assert(sink.any_order);
		code = take_all(&sink, err);
	}
	close(fd);
	if (code == SFTR_OK)
		folder_assert(in_folder("file"), bytes, N_BYTES);
	else
		ck_assert_int_eq(err->code, code);
	unlink(in_folder("file"));
	return code == SFTR_OK;
}

START_TEST(a_file_gets_every_byte_whatever_a_call_takes)
{
	sftr_error err;

	for (size_t largest = 0; largest < 40; largest++) {
		faults.largest = largest;
		ck_assert_msg(file_is_written(&err), "%s", err.message);
	}
	ck_assert_uint_eq(faults.n_fallocates, 40);
}
END_TEST

START_TEST(a_file_is_taken_in_any_order)
{
	int fd = open_new("file");
	struct iovec part;
	sftr__sink sink;

	ck_assert_int_eq(sftr__sink_file(&sink, fd, 6, NULL), SFTR_OK);
	part = (struct iovec){ (void *)(uintptr_t) "def", 3 };
	ck_assert_int_eq(sink.take(&sink, 3, &part, 1, NULL), SFTR_OK);
	part = (struct iovec){ (void *)(uintptr_t) "abc", 3 };
	ck_assert_int_eq(sink.take(&sink, 0, &part, 1, NULL), SFTR_OK);
	close(fd);
	folder_assert(in_folder("file"), "abcdef", 6);
}
END_TEST

START_TEST(interrupted_calls_are_made_again)
{
	sftr_error err;

	for (unsigned fail_at = 1; faults.n_calls + 1 >= fail_at; fail_at++) {
		faults_clear();
		faults.fail_at = fail_at;
		faults.os_errno = EINTR;
		ck_assert_msg(file_is_written(&err), "%s", err.message);
	}
}
END_TEST

static const int errnos[] = { ENOSPC, EDQUOT, EIO, EFBIG };

START_TEST(every_write_may_fail)
{
	for (unsigned fail_at = 1;; fail_at++) {
		sftr_error err;

		faults_clear();
		faults.fail_at = fail_at;
		faults.os_errno = errnos[_i];
		if (file_is_written(&err)) {
			if (faults.failed == NULL)
				return;
			ck_assert_str_eq(faults.failed, "space");
			continue;
		}
		ck_assert_int_eq(err.code, SFTR_E_IO);
		ck_assert_int_eq(err.os_errno, errnos[_i]);
	}
}
END_TEST

START_TEST(a_file_system_that_cannot_reserve_is_no_fault)
{
	sftr_error err;

	faults.no_fallocate = true;
	ck_assert(file_is_written(&err));
	ck_assert_uint_eq(faults.n_fallocates, 1);
}
END_TEST

START_TEST(a_full_disk_says_what_is_needed_and_what_was_free)
{
	sftr_error err;
	uint64_t needed, were_free;

	faults.fail_at = 2;
	faults.os_errno = ENOSPC;
	ck_assert(!file_is_written(&err));
	ck_assert_str_eq(faults.failed, "fallocate");
	ck_assert_int_eq(sscanf(err.message,
				"cannot write %" SCNu64 " bytes, %" SCNu64
				" were free: ",
				&needed, &were_free),
			 2);
	ck_assert(needed == N_BYTES);
	ck_assert(were_free > 0);
	ck_assert_ptr_nonnull(strstr(err.message, strerror(ENOSPC)));
}
END_TEST

START_TEST(a_call_that_takes_nothing_does_not_go_on_for_ever)
{
	sftr_error err;

	faults.fail_at = 4;
	faults.os_errno = EIO;
	faults.takes_nothing = true;
	ck_assert(!file_is_written(&err));
	ck_assert_str_eq(faults.failed, "pwritev");
	ck_assert_int_eq(err.os_errno, EIO);
}
END_TEST

START_TEST(a_file_beyond_the_systems_offsets_is_refused)
{
	int fd = open_new("file");
	sftr__sink sink;
	sftr_error err;

	ck_assert_int_eq(sftr__sink_file(&sink, fd, UINT64_C(1) << 63, &err),
			 SFTR_E_IO);
	ck_assert_int_eq(err.os_errno, EFBIG);
	ck_assert_uint_eq(faults.n_calls, 0);
	close(fd);
}
END_TEST

/* A child takes what comes out of the pipe, a few bytes at a time. */
START_TEST(a_pipe_gets_the_bytes_in_order)
{
	unsigned char got[N_BYTES + 1];
	size_t n_got = 0;
	sftr__sink sink;
	int ends[2], status;
	pid_t child;
	ssize_t n;

	ck_assert_int_eq(pipe(ends), 0);
	child = fork();
	if (child == 0) {
		close(ends[0]);
		faults.largest = (size_t)_i;
		sftr__sink_stream(&sink, ends[1], N_BYTES);
		_exit(take_all(&sink, NULL) != SFTR_OK || sink.any_order);
	}
	close(ends[1]);
	while ((n = read(ends[0], got + n_got, sizeof got - n_got)) > 0)
		n_got += (size_t)n;
	ck_assert_int_eq(waitpid(child, &status, 0), child);
	ck_assert_int_eq(status, 0);
	ck_assert_uint_eq(n_got, N_BYTES);
	ck_assert_int_eq(memcmp(got, bytes, N_BYTES), 0);
	close(ends[0]);
}
END_TEST

START_TEST(a_stream_says_why_it_failed)
{
	int full = open("/dev/full", O_WRONLY);
	sftr__sink sink;
	sftr_error err;

	sftr__sink_stream(&sink, -1, N_BYTES);
	ck_assert_int_eq(take_all(&sink, &err), SFTR_E_IO);
	ck_assert_int_eq(err.os_errno, EBADF);
	if (full < 0)
		return;
	sftr__sink_stream(&sink, full, N_BYTES);
	ck_assert_int_eq(take_all(&sink, &err), SFTR_E_IO);
	ck_assert_int_eq(err.os_errno, ENOSPC);
	ck_assert_ptr_nonnull(strstr(err.message, "10000 bytes"));
	close(full);
}
END_TEST

START_TEST(memory_gets_every_byte_and_no_more)
{
	unsigned char got[N_BYTES + 2];
	sftr__sink sink;

	memset(got, 0xa5, sizeof got);
	sftr__sink_memory(&sink, got + 1, N_BYTES);
	ck_assert_int_eq(take_all(&sink, NULL), SFTR_OK);
	ck_assert_int_eq(memcmp(got + 1, bytes, N_BYTES), 0);
	ck_assert_uint_eq(got[0], 0xa5);
	ck_assert_uint_eq(got[N_BYTES + 1], 0xa5);
}
END_TEST

struct taker {
	size_t n_got;
	size_t most;
};

static int
take_some(void *user, const void *part, size_t n)
{
	struct taker *t = user;

	if (t->n_got + n > t->most)
		return 1;
	ck_assert_int_eq(memcmp(part, bytes + t->n_got, n), 0);
	t->n_got += n;
	return 0;
}

START_TEST(a_callback_gets_the_bytes_in_order_until_it_refuses)
{
	struct taker t = { 0, N_BYTES };
	sftr__sink sink;
	sftr_error err;

	sftr__sink_callback(&sink, take_some, &t, N_BYTES);
	ck_assert_int_eq(take_all(&sink, &err), SFTR_OK);
	ck_assert_uint_eq(t.n_got, N_BYTES);

	t = (struct taker){ 0, 5000 };
	ck_assert_int_eq(take_all(&sink, &err), SFTR_E_CANCELLED);
	ck_assert_int_eq(err.code, SFTR_E_CANCELLED);
	ck_assert(err.offset == t.n_got);
	ck_assert_uint_gt(t.n_got, 4900);
}
END_TEST

int
main(void)
{
	TCase *tc = tcase_create("sink");

	tcase_add_checked_fixture(tc, faults_clear, NULL);
	tcase_add_checked_fixture(tc, set_up, folder_remove);
	tcase_add_test(tc, a_file_gets_every_byte_whatever_a_call_takes);
	tcase_add_test(tc, a_file_is_taken_in_any_order);
	tcase_add_test(tc, interrupted_calls_are_made_again);
	tcase_add_loop_test(tc, every_write_may_fail, 0, COUNT(errnos));
	tcase_add_test(tc, a_file_system_that_cannot_reserve_is_no_fault);
	tcase_add_test(tc, a_full_disk_says_what_is_needed_and_what_was_free);
	tcase_add_test(tc, a_call_that_takes_nothing_does_not_go_on_for_ever);
	tcase_add_test(tc, a_file_beyond_the_systems_offsets_is_refused);
	tcase_add_loop_test(tc, a_pipe_gets_the_bytes_in_order, 0, 4);
	tcase_add_test(tc, a_stream_says_why_it_failed);
	tcase_add_test(tc, memory_gets_every_byte_and_no_more);
	tcase_add_test(tc, a_callback_gets_the_bytes_in_order_until_it_refuses);
	return run_suite("sink", tc);
}
