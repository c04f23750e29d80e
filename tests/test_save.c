/* SPDX-License-Identifier: MIT */
/* What is written, to every kind of place, and what is left when it fails. */
#include "base/bytes.h"
#include "effort.h"
#include "faults.h"
#include "folder.h"
#include "ledger.h"
#include "str.h"
#include "suite.h"

#include <check.h>
#include <fcntl.h>
#include <safetree/checkpoint.h>
#include <signal.h>
#include <sys/wait.h>
#include <time.h>

#define MIB ((size_t)1 << 20)

static sftr_writer *
writer_with(const sftr_write_options *options)
{
	sftr_writer *w;
	sftr_error err;

	assert_ok(sftr_writer_new(options, &w, &err), err);
	return w;
}

static void
add(sftr_writer *w, const char *name, sftr_dtype dtype, const uint64_t *shape,
    uint32_t rank, const void *bytes, uint64_t n_bytes)
{
	sftr_error err;

	assert_ok(sftr_writer_add(w, str(name), dtype, shape, rank, bytes,
				  n_bytes, &err),
		  err);
}

/*
 * A small file whose bytes are known: names, dtypes and places out of order,
 * an empty tensor, a scalar.
 */
static const uint16_t small_u16[] = { 0x0102, 0x0304, 0x0506 };
static const uint32_t small_u32 = 0x0708090a;
static const uint64_t small_u64 = 0x1112131415161718;
static const float small_c64[] = { 1.0f, -2.0f };

static const char small_header[] =
	"{\"__metadata__\":{\"format\":\"pt\"},"
	"\"u64\":{\"dtype\":\"U64\",\"shape\":[1],\"data_offsets\":[0,8]},"
	"\"c64\":{\"dtype\":\"C64\",\"shape\":[],\"data_offsets\":[8,16]},"
	"\"empty\":{\"dtype\":\"F32\",\"shape\":[2,0],"
	"\"data_offsets\":[16,16]},"
	"\"u32\":{\"dtype\":\"U32\",\"shape\":[],\"data_offsets\":[16,20]},"
	"\"a\":{\"dtype\":\"U16\",\"shape\":[3],\"data_offsets\":[20,26]},"
	"\"raw\":{\"dtype\":\"U8\",\"shape\":[3],\"data_offsets\":[26,29]}}";

static const unsigned char small_data[] = {
	0x18, 0x17, 0x16, 0x15, 0x14, 0x13, 0x12, 0x11, /* u64 */
	0x00, 0x00, 0x80, 0x3f, 0x00, 0x00, 0x00, 0xc0, /* c64 */
	0x0a, 0x09, 0x08, 0x07,				/* u32 */
	0x02, 0x01, 0x04, 0x03, 0x06, 0x05,		/* a */
	'r',  'a',  'w',				/* raw */
};

static sftr_writer *
small_writer(const sftr_write_options *given)
{
	sftr_write_options options = { 0 };
	const uint64_t three[] = { 3 }, one[] = { 1 }, empty[] = { 2, 0 };
	sftr_writer *w;

	if (given != NULL)
		options = *given;
	options.format = "pt";
	w = writer_with(&options);
	add(w, "a", SFTR_U16, three, 1, small_u16, 6);
	add(w, "u32", SFTR_U32, NULL, 0, &small_u32, 4);
	add(w, "raw", SFTR_U8, three, 1, "raw", 3);
	add(w, "empty", SFTR_F32, empty, 2, NULL, 0);
	add(w, "c64", SFTR_C64, NULL, 0, small_c64, 8);
	add(w, "u64", SFTR_U64, one, 1, &small_u64, 8);
	return w;
}

static unsigned char small_file[1024];
static size_t small_n_bytes;

static void
set_up(void)
{
	size_t length = (sizeof small_header - 1 + 7) / 8 * 8;

	folder_make();
	memset(small_file, ' ', 8 + length);
	sftr__store_u64(small_file, length);
	memcpy(small_file + 8, small_header, sizeof small_header - 1);
	memcpy(small_file + 8 + length, small_data, sizeof small_data);
	small_n_bytes = 8 + length + sizeof small_data;
}

START_TEST(memory_gets_the_file)
{
	unsigned char file[1024 + 1];
	sftr_writer *w = small_writer(NULL);
	uint64_t n_bytes;
	sftr_error err;

	ck_assert_int_eq(sftr_writer_n_bytes(w, &n_bytes, NULL), SFTR_OK);
	ck_assert_uint_eq(n_bytes, small_n_bytes);
	memset(file, 0xa5, sizeof file);
	ck_assert_int_eq(sftr_writer_save_memory(w, file, small_n_bytes, NULL),
			 SFTR_OK);
	ck_assert_mem_eq(file, small_file, small_n_bytes);
	ck_assert_uint_eq(file[small_n_bytes], 0xa5);

	memset(file, 0xa5, sizeof file);
	ck_assert_int_eq(
		sftr_writer_save_memory(w, file, small_n_bytes - 1, &err),
		SFTR_E_CAPACITY);
	ck_assert_int_eq(err.code, SFTR_E_CAPACITY);
	ck_assert_uint_eq(file[0], 0xa5);
	sftr_writer_free(w);
}
END_TEST

START_TEST(a_path_gets_the_file)
{
	sftr_writer *w = small_writer(NULL);

	umask(027);
	ck_assert_int_eq(sftr_writer_save(w, in_folder("m"), NULL), SFTR_OK);
	folder_assert(in_folder("m"), small_file, small_n_bytes);
	ck_assert_uint_eq(folder_mode(in_folder("m")), 0640);
	ck_assert_uint_eq(folder_count(folder), 1);
	ck_assert_uint_eq(faults.n_fsyncs, 2);
	ck_assert_uint_eq(faults.n_fallocates, 1);
	ck_assert_int_eq(faults.n_open, 0);
	/* Once more: a writer writes as often as it is asked to. */
	ck_assert_int_eq(sftr_writer_save(w, in_folder("m"), NULL), SFTR_OK);
	folder_assert(in_folder("m"), small_file, small_n_bytes);
	sftr_writer_free(w);
}
END_TEST

START_TEST(what_need_not_last_is_not_synced)
{
	sftr_write_options options = { .not_durable = 1 };
	sftr_writer *w = small_writer(&options);

	ck_assert_int_eq(sftr_writer_save(w, in_folder("m"), NULL), SFTR_OK);
	folder_assert(in_folder("m"), small_file, small_n_bytes);
	ck_assert_uint_eq(faults.n_fsyncs, 0);
	sftr_writer_free(w);
}
END_TEST

START_TEST(a_descriptor_gets_the_file_from_its_position_on)
{
	sftr_writer *w = small_writer(NULL);
	int fd = open(in_folder("m"), O_CREAT | O_RDWR, 0666);
	size_t n;
	char *bytes;

	ck_assert_int_eq(write(fd, "before", 6), 6);
	ck_assert_int_eq(sftr_writer_save_fd(w, fd, NULL), SFTR_OK);
	ck_assert_int_eq(write(fd, "behind", 6), 6);
	close(fd);
	bytes = folder_read(in_folder("m"), &n);
	ck_assert_uint_eq(n, 12 + small_n_bytes);
	ck_assert_mem_eq(bytes, "before", 6);
	ck_assert_mem_eq(bytes + 6, small_file, small_n_bytes);
	ck_assert_mem_eq(bytes + n - 6, "behind", 6);
	free(bytes);
	sftr_writer_free(w);
}
END_TEST

START_TEST(a_full_device_is_an_error)
{
	sftr_writer *w = small_writer(NULL);
	int fd = open("/dev/full", O_WRONLY);
	sftr_error err;

	if (fd >= 0) {
		ck_assert_int_eq(sftr_writer_save_fd(w, fd, &err), SFTR_E_IO);
		ck_assert_int_eq(err.os_errno, ENOSPC);
		close(fd);
	}
	sftr_writer_free(w);
}
END_TEST

struct taker {
	unsigned char bytes[1024];
	size_t n;
	size_t most;
};

static int
take(void *user, const void *bytes, size_t n)
{
	struct taker *t = user;

	if (t->n + n > t->most)
		return -1;
	memcpy(t->bytes + t->n, bytes, n);
	t->n += n;
	return 0;
}

START_TEST(a_callback_gets_the_file_in_order)
{
	sftr_writer *w = small_writer(NULL);
	struct taker t = { .most = sizeof t.bytes };
	sftr_error err;

	ck_assert_int_eq(sftr_writer_save_callback(w, take, &t, NULL), SFTR_OK);
	ck_assert_uint_eq(t.n, small_n_bytes);
	ck_assert_mem_eq(t.bytes, small_file, small_n_bytes);
	for (size_t most = 0; most < small_n_bytes; most += 7) {
		t.n = 0;
		t.most = most;
		ck_assert_int_eq(sftr_writer_save_callback(w, take, &t, &err),
				 SFTR_E_CANCELLED);
		ck_assert_int_eq(err.code, SFTR_E_CANCELLED);
	}
	sftr_writer_free(w);
}
END_TEST

START_TEST(our_reader_takes_what_is_aligned)
{
	sftr_write_options options = { .align = UINT64_C(8) << _i };
	sftr_writer *w = small_writer(&options);
	const sftr_tensor *t;
	sftr_checkpoint *ckpt;
	sftr_error err;
	uint16_t values[3];

	ck_assert_int_eq(sftr_writer_save(w, in_folder("m"), NULL), SFTR_OK);
	assert_ok(sftr_checkpoint_open(in_folder("m"), NULL, &ckpt, &err), err);
	ck_assert(sftr_checkpoint_data_start(ckpt, 0) % options.align == 0);
	ck_assert_uint_eq(sftr_checkpoint_count(ckpt), 6);
	t = sftr_checkpoint_find(ckpt, "a", 1);
	ck_assert_ptr_nonnull(t);
	ck_assert_int_eq(sftr_checkpoint_read(ckpt, t, values, 6, &err),
			 SFTR_OK);
	ck_assert_mem_eq(values, small_u16, 6);
	sftr_checkpoint_close(ckpt);
	sftr_writer_free(w);
}
END_TEST

/* Bytes of a tensor that is not in memory: each says where it is. */
static unsigned char
byte_at(uint64_t offset)
{
	return (unsigned char)(offset ^ offset >> 8 ^ offset >> 16);
}

struct yielder {
	uint64_t n_bytes;
	uint64_t next;	  /* where the next call must begin */
	uint64_t fail_at; /* the offset at which it gives up */
	sftr_code code;	  /* and with what */
	sftr_code said;	  /* and what it says in err, if anything */
	size_t largest;	  /* most bytes that were asked for at once */
};

static sftr_code
yield(void *user, uint64_t offset, void *buffer, size_t n_bytes,
      sftr_error *err)
{
	struct yielder *y = user;
	unsigned char *to = buffer;

	ck_assert(offset == y->next);
	ck_assert(n_bytes > 0 && n_bytes <= y->n_bytes - offset);
	if (n_bytes > y->largest)
		y->largest = n_bytes;
	if (offset + n_bytes > y->fail_at) {
		if (y->said != SFTR_OK) {
			err->code = y->said;
			strcpy(err->message, "the source's own words");
			strcpy(err->file, "the source's file");
		}
		return y->code;
	}
	/* What a success leaves behind here is nobody's business. */
	err->code = SFTR_E_INDEX;
	for (size_t i = 0; i < n_bytes; i++)
		to[i] = byte_at(offset + i);
	y->next = offset + n_bytes;
	return SFTR_OK;
}

static void
add_yielder(sftr_writer *w, const char *name, struct yielder *y,
	    uint64_t n_bytes)
{
	*y = (struct yielder){ .n_bytes = n_bytes, .fail_at = UINT64_MAX };
	ck_assert_int_eq(sftr_writer_add_source(w, str(name), SFTR_U8, &n_bytes,
						1, yield, y, NULL),
			 SFTR_OK);
}

static void
assert_yielded(const unsigned char *bytes, uint64_t n_bytes)
{
	uint64_t i = 0;

	while (i < n_bytes && bytes[i] == byte_at(i))
		i++;
	ck_assert(i == n_bytes);
}

START_TEST(sources_stream_through_bounded_memory)
{
	static const uint64_t sizes[] = { 1,	   0,	3 * MIB + 5, 7, 13,
					  MIB - 1, MIB, 9 * MIB + 1, 2 };
	const size_t n = COUNT(sizes);
	struct ledger books;
	sftr_allocator a = ledger_allocator(&books);
	sftr_write_options options = { .allocator = &a };
	sftr_writer *w = writer_with(&options);
	struct yielder y[COUNT(sizes)];
	const unsigned char *bytes;
	char *file;
	size_t n_file;

	for (size_t i = 0; i < n; i++) {
		char name[] = { (char)('a' + i), '\0' };

		add_yielder(w, name, &y[i], sizes[i]);
	}
	ck_assert_int_eq(sftr_writer_save(w, in_folder("m"), NULL), SFTR_OK);
	ck_assert_uint_lt(books.peak, 2 * MIB);
	file = folder_read(in_folder("m"), &n_file);
	bytes = (unsigned char *)file + 8 + sftr__load_u64(file);
	for (size_t i = 0; i < n; i++) {
		ck_assert(y[i].next == sizes[i]);
		ck_assert_uint_le(y[i].largest, MIB);
		assert_yielded(bytes, sizes[i]);
		bytes += sizes[i];
	}
	ck_assert_ptr_eq(bytes, file + n_file);
	free(file);
	sftr_writer_free(w);
	ck_assert_uint_eq(books.n_blocks, 0);
}
END_TEST

START_TEST(a_source_may_give_up)
{
	static const struct {
		sftr_code code, said;
		const char *message;
	} cases[] = {
		{ SFTR_E_IO, SFTR_OK, "its source gave up at byte " },
		{ SFTR_E_IO, SFTR_E_IO, "the source's own words" },
		{ SFTR_E_IO, SFTR_E_JSON, "its source gave up at byte " },
		{ SFTR_E_VALUE, SFTR_E_VALUE, "the source's own words" },
	};
	sftr_writer *w = writer_with(NULL);
	struct yielder y;
	sftr_error err;

	folder_write(in_folder("m"), "old", 3);
	add_yielder(w, "s", &y, 3 * MIB);
	for (size_t i = 0; i < COUNT(cases); i++) {
		y.next = 0;
		y.fail_at = 2 * MIB - 1;
		y.code = cases[i].code;
		y.said = cases[i].said;
		ck_assert_int_eq(sftr_writer_save(w, in_folder("m"), &err),
				 cases[i].code);
		ck_assert_int_eq(err.code, cases[i].code);
		ck_assert_ptr_eq(strstr(err.message, cases[i].message),
				 err.message);
		ck_assert_str_eq(err.key, "s");
		ck_assert_str_eq(err.file, cases[i].message[0] == 't' ?
						   "the source's file" :
						   in_folder("m"));
		y.next = 0;
		ck_assert_int_eq(sftr_writer_save(w, in_folder("m"), NULL),
				 cases[i].code);
		folder_assert(in_folder("m"), "old", 3);
		ck_assert_uint_eq(folder_count(folder), 1);
	}
	sftr_writer_free(w);
}
END_TEST

/* More tensors than a call takes parts, with empty ones among them. */
START_TEST(thousands_of_small_tensors_come_out_whole)
{
	enum { N = 3000 };
	static unsigned char data[3 * N];
	sftr_writer *w = writer_with(NULL);
	struct yielder y[10];
	sftr_checkpoint *ckpt;
	sftr_error err;
	char name[16];

	for (size_t i = 0; i < sizeof data; i++)
		data[i] = (unsigned char)(i * 7 + i / 256);
	for (uint64_t i = 0; i < N; i++) {
		uint64_t n = i % 4;

		snprintf(name, sizeof name, "t%u", (unsigned)i);
		if (i % 300 == 1)
			add_yielder(w, name, &y[i / 300], 77);
		else
			add(w, name, SFTR_U8, &n, 1, data + 3 * i, n);
	}
	ck_assert_int_eq(sftr_writer_save(w, in_folder("m"), &err), SFTR_OK);
	sftr_writer_free(w);
	ck_assert_uint_lt(faults.n_writes, 30);
	assert_ok(sftr_checkpoint_open(in_folder("m"), NULL, &ckpt, &err), err);
	ck_assert_uint_eq(sftr_checkpoint_count(ckpt), N);
	for (uint64_t i = 0; i < N; i++) {
		unsigned char bytes[77];
		int n = snprintf(name, sizeof name, "t%u", (unsigned)i);
		const sftr_tensor *t =
			sftr_checkpoint_find(ckpt, name, (size_t)n);

		ck_assert_ptr_nonnull(t);
		ck_assert_int_eq(sftr_checkpoint_read(ckpt, t, bytes, 77, &err),
				 SFTR_OK);
		if (i % 300 == 1)
			assert_yielded(bytes, 77);
		else
			ck_assert_mem_eq(bytes, data + 3 * i, i % 4);
	}
	sftr_checkpoint_close(ckpt);
}
END_TEST

/* What is open and mapped is read while its path gets another file. */
START_TEST(saving_over_what_is_open_is_safe)
{
	sftr_writer *w = small_writer(NULL);
	const void *view;
	sftr_checkpoint *ckpt;
	sftr_open_options options = { .access = _i ? SFTR_PREAD : SFTR_MAP };
	uint64_t big = 5 * MIB;
	unsigned char *bytes = malloc((size_t)big);
	size_t n_file;
	char *file;

	for (size_t i = 0; i < big; i++)
		bytes[i] = byte_at(i);
	add(w, "big", SFTR_U8, &big, 1, bytes, big);
	ck_assert_int_eq(sftr_writer_save(w, in_folder("m"), NULL), SFTR_OK);
	sftr_writer_free(w);
	memset(bytes, 0, (size_t)big);

	ck_assert_int_eq(
		sftr_checkpoint_open(in_folder("m"), &options, &ckpt, NULL),
		SFTR_OK);
	w = writer_with(NULL);
	for (size_t i = 0; i < sftr_checkpoint_count(ckpt); i++)
		ck_assert_int_eq(sftr_writer_add_tensor(
					 w, (sftr_str){ NULL, 0 }, ckpt,
					 sftr_checkpoint_at(ckpt, i), NULL),
				 SFTR_OK);
	ck_assert_int_eq(sftr_writer_save(w, in_folder("m"), NULL), SFTR_OK);
	sftr_writer_free(w);
	if (_i == 0) {
		ck_assert_int_eq(sftr_checkpoint_view(
					 ckpt,
					 sftr_checkpoint_find(ckpt, "big", 3),
					 &view, NULL),
				 SFTR_OK);
		assert_yielded(view, big);
	}
	sftr_checkpoint_close(ckpt);

	file = folder_read(in_folder("m"), &n_file);
	assert_yielded((unsigned char *)file + n_file - big - 3, big);
	ck_assert_mem_eq(file + n_file - 3, "raw", 3);
	free(file);
	free(bytes);
}
END_TEST

struct witness {
	uint64_t done, total;
	unsigned n_calls, stop_at;
};

static int
watch(void *user, uint64_t done, uint64_t total)
{
	struct witness *s = user;

	ck_assert(done > s->done && done <= total);
	s->done = done;
	s->total = total;
	return ++s->n_calls == s->stop_at;
}

START_TEST(progress_rises_to_the_end_and_may_cancel)
{
	const uint64_t n = 30 * MIB;
	unsigned n_calls;
	uint64_t n_bytes;
	struct witness s = { 0 };
	sftr_write_options options = { .progress = watch, .progress_user = &s };
	sftr_writer *w = writer_with(&options);
	unsigned char *bytes = calloc(1, n);
	sftr_error err;

	add(w, "a", SFTR_U8, &n, 1, bytes, n);
	ck_assert_int_eq(sftr_writer_n_bytes(w, &n_bytes, NULL), SFTR_OK);
	folder_write(in_folder("m"), "old", 3);
	ck_assert_int_eq(sftr_writer_save(w, in_folder("m"), NULL), SFTR_OK);
	ck_assert(s.done == n_bytes && s.total == n_bytes);
	n_calls = s.n_calls;
	ck_assert_uint_ge(n_calls, 3);

	folder_write(in_folder("m"), "old", 3);
	for (unsigned i = 1; i <= n_calls; i++) {
		s = (struct witness){ .stop_at = i };
		ck_assert_int_eq(sftr_writer_save(w, in_folder("m"), &err),
				 SFTR_E_CANCELLED);
		ck_assert_int_eq(err.code, SFTR_E_CANCELLED);
		ck_assert_uint_eq(s.n_calls, i);
		folder_assert(in_folder("m"), "old", 3);
		ck_assert_uint_eq(folder_count(folder), 1);
	}
	free(bytes);
	sftr_writer_free(w);
}
END_TEST

/* A writer of all three kinds of tensors, of a few MiB. */
static sftr_writer *
mixed_writer(const sftr_allocator *a, sftr_checkpoint *ckpt, struct yielder *y)
{
	sftr_write_options options = { .allocator = a };
	sftr_writer *w = small_writer(&options);

	add_yielder(w, "yielded", y, 2 * MIB + 100);
	ck_assert_int_eq(sftr_writer_add_tensor(w, str("read"), ckpt,
						sftr_checkpoint_at(ckpt, 0),
						NULL),
			 SFTR_OK);
	return w;
}

static sftr_checkpoint *
open_small(void)
{
	sftr_open_options options = { .access = SFTR_PREAD };
	sftr_checkpoint *ckpt;

	folder_write(in_folder("source"), small_file, small_n_bytes);
	ck_assert_int_eq(sftr_checkpoint_open(in_folder("source"), &options,
					      &ckpt, NULL),
			 SFTR_OK);
	return ckpt;
}

static const int errnos[] = { ENOSPC, EIO, EDQUOT, EINTR, 0 };

/* Every call of the system that a save makes, failing or coming short. */
START_TEST(every_call_of_the_system_may_fail)
{
	sftr_checkpoint *ckpt = open_small();
	struct yielder y;
	sftr_writer *w = mixed_writer(NULL, ckpt, &y);
	unsigned fail_at = 0, n_failed = 0;
	size_t n_whole;
	char *whole;

	ck_assert_int_eq(sftr_writer_save(w, in_folder("whole"), NULL),
			 SFTR_OK);
	whole = folder_read(in_folder("whole"), &n_whole);
	do {
		sftr_error err;
		sftr_code code;
		bool is_new;
		int n_open = faults.n_open;

		folder_write(in_folder("m"), "old", 3);
		faults_clear();
		faults.fail_at = ++fail_at;
		faults.os_errno = errnos[_i];
		y.next = 0;
		err.code = SFTR_OK;
		code = sftr_writer_save(w, in_folder("m"), &err);
		ck_assert_int_eq(err.code, code);
		ck_assert_int_eq(faults.n_open, 0);
		faults.n_open = n_open;
		is_new = code == SFTR_OK ||
			 strstr(err.message, "is in place") != NULL;
		folder_assert(in_folder("m"), is_new ? whole : "old",
			      is_new ? n_whole : 3);
		ck_assert_uint_eq(folder_count(folder), 3);
		if (code == SFTR_OK)
			continue;
		n_failed++;
		ck_assert_int_eq(err.os_errno, errnos[_i]);
		ck_assert_str_ne(err.file, "");
	} while (faults.failed != NULL);
	ck_assert_uint_gt(fail_at, 15);
	if (errnos[_i] == 0)
		ck_assert_uint_eq(n_failed, 0);
	else if (errnos[_i] != EINTR)
		ck_assert_uint_gt(n_failed, fail_at - 6);
	free(whole);
	sftr_writer_free(w);
	sftr_checkpoint_close(ckpt);
}
END_TEST

START_TEST(out_of_memory_at_every_point)
{
	struct ledger books;
	sftr_allocator a = ledger_allocator(&books);
	sftr_checkpoint *ckpt = open_small();
	struct yielder y;
	sftr_writer *w = mixed_writer(&a, ckpt, &y);
	size_t n_blocks = books.n_blocks;

	folder_write(in_folder("m"), "old", 3);
	for (size_t i = 1;; i++) {
		sftr_error err;
		sftr_code code;
		uint64_t n_bytes;

		books.n_calls = 0;
		books.fail_at = i;
		y.next = 0;
		err.code = SFTR_OK;
		code = sftr_writer_save(w, in_folder("m"), &err);
		ck_assert_int_eq(err.code, code);
		ck_assert_uint_eq(books.n_blocks, n_blocks);
		ck_assert_uint_eq(folder_count(folder), 2);
		if (code == SFTR_OK) {
			ck_assert_uint_gt(i, 4);
			break;
		}
		ck_assert_int_eq(code, SFTR_E_MEMORY);
		folder_assert(in_folder("m"), "old", 3);
		/* All but the last, the scratch, are for the layout. */
		books.n_calls = 0;
		code = sftr_writer_n_bytes(w, &n_bytes, NULL);
		ck_assert(code == SFTR_OK || code == SFTR_E_MEMORY);
	}
	sftr_writer_free(w);
	sftr_checkpoint_close(ckpt);
	ck_assert_uint_eq(books.n_blocks, 0);
}
END_TEST

/* A file of n_bytes that all are 'c'. */
static void
save_letter(const char *path, char c, uint64_t n_bytes, int not_durable)
{
	sftr_write_options options = { .not_durable = not_durable };
	char *bytes = malloc((size_t)n_bytes);
	sftr_writer *w = writer_with(&options);

	memset(bytes, c, (size_t)n_bytes);
	add(w, "letter", SFTR_U8, &n_bytes, 1, bytes, n_bytes);
	ck_assert_int_eq(sftr_writer_save(w, path, NULL), SFTR_OK);
	sftr_writer_free(w);
	free(bytes);
}

static void
assert_one_letter(const char *path)
{
	const uint64_t n_bytes = 4 * MIB;
	sftr_checkpoint *ckpt;
	sftr_error err;
	char *bytes = malloc(n_bytes);

	assert_ok(sftr_checkpoint_open(path, NULL, &ckpt, &err), err);
	ck_assert_int_eq(sftr_checkpoint_read(ckpt, sftr_checkpoint_at(ckpt, 0),
					      bytes, n_bytes, &err),
			 SFTR_OK);
	ck_assert(bytes[0] == 'A' || bytes[0] == 'B');
	ck_assert(memcmp(bytes, bytes + 1, n_bytes - 1) == 0);
	sftr_checkpoint_close(ckpt);
	free(bytes);
}

/* Killed wherever it is, it leaves one file or the other, whole. */
START_TEST(a_killed_process_leaves_a_whole_file)
{
	size_t n = repetitions(12, 200);
	uint32_t random = 12345;

	save_letter(in_folder("m"), 'A', 4 * MIB, 1);
	for (size_t i = 0; i < n; i++) {
		struct timespec wait = { 0, 0 };
		pid_t child = fork();
		int status;

		if (child == 0) {
			for (;;) {
				save_letter(in_folder("m"), 'B', 4 * MIB,
					    i % 2);
				save_letter(in_folder("m"), 'A', 4 * MIB,
					    i % 2);
			}
		}
		random = random * 1664525u + 1013904223u;
		wait.tv_nsec = (long)(random >> 8) % 30000000;
		nanosleep(&wait, NULL);
		ck_assert_int_eq(kill(child, SIGKILL), 0);
		ck_assert_int_eq(waitpid(child, &status, 0), child);
		ck_assert(WIFSIGNALED(status));
		assert_one_letter(in_folder("m"));
		/* At most one thing is left behind by each. */
		ck_assert_uint_le(folder_count(folder), (size_t)i + 2);
	}
}
END_TEST

int
main(void)
{
	TCase *tc = tcase_create("save");

	tcase_set_timeout(tc, 60);
	tcase_add_checked_fixture(tc, faults_clear, NULL);
	tcase_add_checked_fixture(tc, set_up, folder_remove);
	tcase_add_test(tc, memory_gets_the_file);
	tcase_add_test(tc, a_path_gets_the_file);
	tcase_add_test(tc, what_need_not_last_is_not_synced);
	tcase_add_test(tc, a_descriptor_gets_the_file_from_its_position_on);
	tcase_add_test(tc, a_full_device_is_an_error);
	tcase_add_test(tc, a_callback_gets_the_file_in_order);
	tcase_add_loop_test(tc, our_reader_takes_what_is_aligned, 0, 18);
	tcase_add_test(tc, sources_stream_through_bounded_memory);
	tcase_add_test(tc, a_source_may_give_up);
	tcase_add_test(tc, thousands_of_small_tensors_come_out_whole);
	tcase_add_loop_test(tc, saving_over_what_is_open_is_safe, 0, 2);
	tcase_add_test(tc, progress_rises_to_the_end_and_may_cancel);
	tcase_add_loop_test(tc, every_call_of_the_system_may_fail, 0,
			    COUNT(errnos));
	tcase_add_test(tc, out_of_memory_at_every_point);
	tcase_add_test(tc, a_killed_process_leaves_a_whole_file);
	return run_suite("save", tc);
}
