/* SPDX-License-Identifier: MIT */
/*
 * Every call of the system that reading makes fails once, in every way: what
 * is open is whole or NULL, no descriptor, mapping or byte is left behind, and
 * the error is the one that the system gave.
 */
#include "checkpoint/system.h"

#include "effort.h"
#include "faults.h"
#include "folder.h"
#include "ledger.h"
#include "suite.h"

#include <safetree/checkpoint.h>

#include <fcntl.h>

#define U8(name, n, begin, end)                                                \
	"\"" name "\":{\"dtype\":\"U8\",\"shape\":[" #n "],"                   \
	"\"data_offsets\":[" #begin "," #end "]}"
#define FIRST "{" U8("a", 20000, 0, 20000) "," U8("b", 100, 20000, 20100) "}"
#define SECOND "{" U8("c", 10, 0, 10) "}"
#define INDEX                                                                  \
	"{\"metadata\":{\"total_size\":20110},\"weight_map\":{"                \
	"\"a\":\"m-00001-of-00002.safetensors\","                              \
	"\"b\":\"m-00001-of-00002.safetensors\","                              \
	"\"c\":\"m-00002-of-00002.safetensors\"}}"

static void
set_up(void)
{
	folder_make();
	ck_assert_int_eq(mkdir(in_folder("set"), 0777), 0);
	ck_assert_int_eq(mkdir(in_folder("index"), 0777), 0);
	folder_tensors(in_folder("file"), FIRST, 20100);
	folder_tensors(in_folder("set/m-00001-of-00002.safetensors"), FIRST,
		       20100);
	folder_tensors(in_folder("set/m-00002-of-00002.safetensors"), SECOND,
		       10);
	folder_tensors(in_folder("index/m-00001-of-00002.safetensors"), FIRST,
		       20100);
	folder_tensors(in_folder("index/m-00002-of-00002.safetensors"), SECOND,
		       10);
	folder_write(in_folder("index/m.safetensors.index.json"), INDEX,
		     sizeof INDEX - 1);
}

typedef sftr_code
act_fn(const sftr_open_options *options, sftr_error *err);

static sftr_code
close_opened(sftr_code code, sftr_checkpoint *ckpt, size_t n)
{
	ck_assert((code == SFTR_OK) == (ckpt != NULL));
	ck_assert_uint_eq(sftr_checkpoint_count(ckpt), code == SFTR_OK ? n : 0);
	sftr_checkpoint_close(ckpt);
	return code;
}

static sftr_code
open_file(const sftr_open_options *options, sftr_error *err)
{
	sftr_checkpoint *ckpt;
	sftr_code code =
		sftr_checkpoint_open(in_folder("file"), options, &ckpt, err);

	return close_opened(code, ckpt, 2);
}

static sftr_code
open_set(const sftr_open_options *options, sftr_error *err)
{
	sftr_checkpoint *ckpt;
	sftr_code code =
		sftr_checkpoint_open(in_folder("set"), options, &ckpt, err);

	return close_opened(code, ckpt, 3);
}

static sftr_code
open_directory_of_index(const sftr_open_options *options, sftr_error *err)
{
	sftr_checkpoint *ckpt;
	sftr_code code =
		sftr_checkpoint_open(in_folder("index"), options, &ckpt, err);

	return close_opened(code, ckpt, 3);
}

static sftr_code
open_index(const sftr_open_options *options, sftr_error *err)
{
	sftr_checkpoint *ckpt;
	sftr_code code = sftr_checkpoint_open(
		in_folder("index/m.safetensors.index.json"), options, &ckpt,
		err);

	return close_opened(code, ckpt, 3);
}

static sftr_code
open_descriptor(const sftr_open_options *options, sftr_error *err)
{
	int fd = open(in_folder("file"), O_RDONLY);
	sftr_checkpoint *ckpt;
	sftr_code code;

	ck_assert_int_ge(fd, 0);
	code = sftr_checkpoint_open_fd(fd, "file", options, &ckpt, err);
	code = close_opened(code, ckpt, 2);
	ck_assert_int_eq(close(fd), 0);
	return code;
}

/* A check counts what it says: a fault must not make it say less. */
static int
count(void *user, const sftr_diagnostic *d)
{
	unsigned *n = user;

	*n += d->code == SFTR_N_LENGTH || d->code == SFTR_N_MAGIC;
	return 0;
}

static sftr_code
check(const char *path, unsigned n_notes, const sftr_open_options *options,
      sftr_error *err)
{
	uint64_t n_errors = 77;
	unsigned n = 0;
	sftr_code code = sftr_check(path, options, count, &n, &n_errors, err);

	ck_assert_uint_eq(n_errors, 0);
	if (code == SFTR_OK)
		ck_assert_uint_eq(n, n_notes);
	return code;
}

static sftr_code
check_file(const sftr_open_options *options, sftr_error *err)
{
	return check(in_folder("file"), 1, options, err);
}

static sftr_code
check_set(const sftr_open_options *options, sftr_error *err)
{
	return check(in_folder("set"), 2, options, err);
}

static sftr_code
check_index(const sftr_open_options *options, sftr_error *err)
{
	return check(in_folder("index"), 2, options, err);
}

/* Opens a file with no fault but those that come after it. */
static sftr_checkpoint *
opened(const sftr_open_options *options, const sftr_tensor **t)
{
	struct faults armed = faults;
	sftr_checkpoint *ckpt;

	memset(&faults, 0, sizeof faults);
	ck_assert_int_eq(
		sftr_checkpoint_open(in_folder("file"), options, &ckpt, NULL),
		SFTR_OK);
	armed.n_open = faults.n_open;
	faults = armed;
	*t = sftr_checkpoint_find(ckpt, "a", 1);
	ck_assert_ptr_nonnull(*t);
	return ckpt;
}

static void
assert_bytes(const unsigned char *bytes, size_t offset, size_t step, size_t n)
{
	size_t i = 0;

	while (i < n && bytes[i] == (offset + i * step) % 251)
		i++;
	ck_assert_uint_eq(i, n);
}

static sftr_code
read_whole(const sftr_open_options *options, sftr_error *err)
{
	static unsigned char bytes[20000];
	const sftr_tensor *t;
	sftr_checkpoint *ckpt = opened(options, &t);
	sftr_code code;

	memset(bytes, 0xff, sizeof bytes);
	code = sftr_checkpoint_read(ckpt, t, bytes, sizeof bytes, err);
	if (code == SFTR_OK)
		assert_bytes(bytes, 0, 1, sizeof bytes);
	sftr_checkpoint_close(ckpt);
	return code;
}

static sftr_code
read_part(const sftr_open_options *options, sftr_error *err)
{
	unsigned char bytes[100] = { 0 };
	const sftr_tensor *t;
	sftr_checkpoint *ckpt = opened(options, &t);
	sftr_code code;

	code = sftr_checkpoint_read_bytes(ckpt, t, 777, bytes, 100, err);
	if (code == SFTR_OK)
		assert_bytes(bytes, 777, 1, 100);
	sftr_checkpoint_close(ckpt);
	return code;
}

/* Of runs that no read brings together. */
static sftr_code
read_slice(const sftr_open_options *options, sftr_error *err)
{
	sftr_slice few = { 3, 20000, 6000, 0 };
	unsigned char bytes[4] = { 0 };
	const sftr_tensor *t;
	sftr_checkpoint *ckpt = opened(options, &t);
	sftr_code code;

	code = sftr_checkpoint_read_slice(ckpt, t, &few, bytes, 4, err);
	if (code == SFTR_OK)
		assert_bytes(bytes, 3, 6000, 4);
	sftr_checkpoint_close(ckpt);
	return code;
}

/* A view that fails leaves the checkpoint fit for the next, and for copies. */
static sftr_code
view(const sftr_open_options *options, sftr_error *err)
{
	const sftr_tensor *t;
	sftr_checkpoint *ckpt = opened(options, &t);
	const void *bytes = &faults, *again;
	unsigned char copy[4];
	sftr_code code;

	code = sftr_checkpoint_view(ckpt, t, &bytes, err);
	if (code == SFTR_OK)
		assert_bytes(bytes, 0, 1, 20000);
	else
		ck_assert_ptr_null(bytes);
	if (!faults.for_ever && code != SFTR_OK &&
	    options->access == SFTR_MAP) {
		ck_assert_int_eq(
			sftr_checkpoint_read_bytes(ckpt, t, 0, copy, 4, NULL),
			SFTR_OK);
		ck_assert_int_eq(sftr_checkpoint_view(ckpt, t, &again, NULL),
				 SFTR_OK);
		assert_bytes(again, 0, 1, 20000);
	}
	sftr_checkpoint_close(ckpt);
	return code;
}

static const struct {
	const char *name;
	act_fn *act;
	unsigned n_least; /* calls there must be, or the sweep is void */
} acts[] = {
	{ "open a file", open_file, 5 },
	{ "open a set", open_set, 10 },
	{ "open a directory of an index", open_directory_of_index, 15 },
	{ "open an index", open_index, 12 },
	{ "open a descriptor", open_descriptor, 4 },
	{ "check a file", check_file, 8 },
	{ "check a set", check_set, 15 },
	{ "check an index", check_index, 20 },
	{ "read a tensor", read_whole, 3 },
	{ "read a part", read_part, 3 },
	{ "read a slice", read_slice, 4 },
	{ "view a tensor", view, 4 },
};
#define N_ACTS ((int)(sizeof acts / sizeof *acts))

static const int os_errnos[] = { EINTR,	 EIO,	 ENOSPC, EDQUOT, ESTALE,
				 EACCES, EMFILE, ENOMEM, 0 };
#define N_ERRNOS (sizeof os_errnos / sizeof *os_errnos)

static sftr_code
attempt(const char *name, act_fn *act, sftr_access access, sftr_error *err)
{
	struct ledger books;
	sftr_allocator a = ledger_allocator(&books);
	sftr_open_options options = { .access = access, .allocator = &a };
	sftr_code code;

	memset(err, 0xa5, sizeof *err);
	code = act(&options, err);
	ck_assert_msg(faults.n_open == 0, "%s: %s fails, %d open", name,
		      faults.failed, faults.n_open);
	ck_assert_msg(books.n_blocks == 0 && books.n_bytes == 0,
		      "%s: %s fails, %zu bytes left", name, faults.failed,
		      books.n_bytes);
	return code;
}

/* What a fault must come to: whether it may be, or must be, overcome. */
static bool
may_go_on(void)
{
	/* Of a file that was only read there is nothing to lose at its end. */
	if (strcmp(faults.failed, "close") == 0 ||
	    strcmp(faults.failed, "unmap") == 0)
		return true;
	if (faults.os_errno == EINTR && !faults.for_ever)
		return strcmp(faults.failed, "stat") == 0 ||
		       strcmp(faults.failed, "open") == 0 ||
		       strcmp(faults.failed, "pread") == 0;
	return faults.os_errno == 0;
}

static void
judge(const char *name, sftr_code code, const sftr_error *err)
{
	sftr_code expected =
		faults.os_errno == ENOMEM ? SFTR_E_MEMORY : SFTR_E_IO;

	if (strcmp(faults.failed, "map") == 0)
		expected = SFTR_E_VIEW;
	if (may_go_on())
		expected = SFTR_OK;
	ck_assert_msg(code == expected, "%s: %s fails with %d: %s, expected %s",
		      name, faults.failed, faults.os_errno,
		      sftr_code_name(code), sftr_code_name(expected));
	if (code == SFTR_OK)
		return;
	ck_assert_int_eq(err->code, code);
	ck_assert_msg(err->os_errno == faults.os_errno, "%s: %s: errno %d",
		      name, faults.failed, err->os_errno);
	ck_assert_uint_eq(err->offset, SFTR_NO_OFFSET);
	ck_assert_msg(err->file[0] != '\0', "%s: %s: no file named", name,
		      faults.failed);
	ck_assert_ptr_nonnull(strstr(err->message, strerror(err->os_errno)));
}

static void
sweep(const char *name, act_fn *act, unsigned n_least, sftr_access access,
      int os_errno)
{
	unsigned fail_at = 0;
	sftr_error err;

	for (;;) {
		sftr_code code;

		memset(&faults, 0, sizeof faults);
		faults.fail_at = ++fail_at;
		faults.os_errno = os_errno;
		code = attempt(name, act, access, &err);
		if (faults.failed == NULL) {
			ck_assert_int_eq(code, SFTR_OK);
			break;
		}
		judge(name, code, &err);
	}
	ck_assert_msg(fail_at > n_least, "%s: only %u calls", name,
		      fail_at - 1);
}

START_TEST(every_call_fails_once_in_every_way)
{
	for (size_t e = (size_t)_i % every(4); e < N_ERRNOS; e += every(4)) {
		sweep(acts[_i].name, acts[_i].act, acts[_i].n_least, SFTR_MAP,
		      os_errnos[e]);
		if (acts[_i].act != view)
			sweep(acts[_i].name, acts[_i].act, acts[_i].n_least,
			      SFTR_PREAD, os_errnos[e]);
	}
}
END_TEST

/* The same where it fails for good. */
START_TEST(every_call_fails_for_ever)
{
	unsigned fail_at = 0;
	sftr_error err;

	do {
		sftr_code code;

		memset(&faults, 0, sizeof faults);
		faults.fail_at = ++fail_at;
		faults.for_ever = true;
		faults.os_errno = EIO;
		code = attempt(acts[_i].name, acts[_i].act, SFTR_MAP, &err);
		if (faults.failed != NULL)
			judge(acts[_i].name, code, &err);
	} while (faults.failed != NULL);
	ck_assert_uint_gt(fail_at, acts[_i].n_least);
}
END_TEST

START_TEST(reads_that_come_short_come_to_the_same)
{
	static const size_t largest[] = { 1, 7, 4095 };
	sftr_error err;

	for (size_t i = 0; i < sizeof largest / sizeof *largest; i++) {
		memset(&faults, 0, sizeof faults);
		faults.largest = largest[i];
		ck_assert_int_eq(
			attempt(acts[_i].name, acts[_i].act, SFTR_PREAD, &err),
			acts[_i].act == view ? SFTR_E_VIEW : SFTR_OK);
	}
}
END_TEST

static sftr_code
open_long_header(const sftr_open_options *options, sftr_error *err)
{
	sftr_checkpoint *ckpt;
	sftr_code code =
		sftr_checkpoint_open(in_folder("long"), options, &ckpt, err);

	return close_opened(code, ckpt, 1);
}

/* One of which several threads read pieces; the longest part is spaces. */
START_TEST(long_header_is_read_as_a_short_one)
{
	enum { N_TEXT = 9 << 20 };
	char *file = malloc(8 + N_TEXT);
	const char tensor[] = "{" U8("a", 0, 0, 0) "}";
	sftr_error err;

	ck_assert_ptr_nonnull(file);
	for (int i = 0; i < 8; i++)
		file[i] = (char)((unsigned long long)N_TEXT >> 8 * i);
	memset(file + 8, ' ', N_TEXT);
	memcpy(file + 8, tensor, sizeof tensor - 1);
	folder_write(in_folder("long"), file, 8 + N_TEXT);
	free(file);
	for (size_t e = 0; e < N_ERRNOS; e++)
		sweep("open a long header", open_long_header, 14, SFTR_MAP,
		      os_errnos[e]);
	memset(&faults, 0, sizeof faults);
	faults.largest = 70001;
	ck_assert_int_eq(
		attempt("open a long header", open_long_header, SFTR_MAP, &err),
		SFTR_OK);
}
END_TEST

int
main(void)
{
	TCase *tc = tcase_create("reading");

	tcase_add_checked_fixture(tc, set_up, folder_remove);
	tcase_add_loop_test(tc, every_call_fails_once_in_every_way, 0, N_ACTS);
	tcase_add_loop_test(tc, every_call_fails_for_ever, 0, N_ACTS);
	tcase_add_loop_test(tc, reads_that_come_short_come_to_the_same, 0,
			    N_ACTS);
	tcase_add_test(tc, long_header_is_read_as_a_short_one);
	return run_suite("system", tc);
}
