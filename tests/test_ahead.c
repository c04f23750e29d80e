/* SPDX-License-Identifier: MIT */
/*
 * Large reads past the caches, with a system and a processor that say what a
 * test has them say: what can be mapped and fetched decides how bytes come, and
 * never which.
 */
#include "checkpoint/ahead.h"

#include "base/alloc.h"
#include "folder.h"
#include "suite.h"

#include <safetree/checkpoint.h>

#include <errno.h>
#include <unistd.h>

#define N_BYTES ((uint64_t)40 << 20)
#define OFFSET ((uint64_t)3000001)
#define N_READ (5 * SFTR__AHEAD_PIECE + 4321)

/* What the doubles below answer, and what they were asked. */
static struct {
	uint64_t cached_to; /* bytes of the file that are in the cache */
	int populate, depopulate;
	int64_t n_faults[2]; /* before and after */
	bool fetches;
	uint64_t cut_to; /* the file, at the first copy; 0: not cut */
	unsigned n_populated, n_depopulated, n_copies, n_asked;
	const char *page; /* of the last that was populated */
	size_t n_page;
} fake;

static sftr_allocator allocator;
static sftr__source source;

int
__wrap_sftr__sys_is_cached(int fd, uint64_t offset);
int
__wrap_sftr__sys_is_cached(int fd, uint64_t offset)
{
	ck_assert_int_eq(fd, source.fd);
	return offset < fake.cached_to;
}

int
__wrap_sftr__sys_populate(const void *bytes, size_t n_bytes);
int
__wrap_sftr__sys_populate(const void *bytes, size_t n_bytes)
{
	ck_assert_uint_eq((uintptr_t)bytes % (uintptr_t)sysconf(_SC_PAGESIZE),
			  0);
	fake.n_populated += fake.populate == 0;
	fake.page = bytes;
	fake.n_page = n_bytes;
	return fake.populate;
}

int
__wrap_sftr__sys_depopulate(const void *bytes, size_t n_bytes);
int
__wrap_sftr__sys_depopulate(const void *bytes, size_t n_bytes)
{
	ck_assert_ptr_eq(bytes, fake.page);
	ck_assert_uint_eq(n_bytes, fake.n_page);
	fake.n_depopulated++;
	return fake.depopulate;
}

int64_t
__wrap_sftr__sys_faults(void);
int64_t
__wrap_sftr__sys_faults(void)
{
	return fake.n_faults[fake.n_asked++ % 2];
}

bool
__wrap_sftr__stream_fetches(void);
bool
__wrap_sftr__stream_fetches(void)
{
	return fake.fetches;
}

void
__real_sftr__stream_copy(void *dst, const void *src, size_t n_bytes,
			 const char *ahead, size_t n_ahead);
void
__wrap_sftr__stream_copy(void *dst, const void *src, size_t n_bytes,
			 const char *ahead, size_t n_ahead);
void
__wrap_sftr__stream_copy(void *dst, const void *src, size_t n_bytes,
			 const char *ahead, size_t n_ahead)
{
	/* No byte of what lies ahead is outside of what was populated. */
	ck_assert_uint_le(n_ahead, n_bytes);
	ck_assert(ahead >= fake.page);
	ck_assert(ahead + n_ahead <= fake.page + fake.n_page);
	__real_sftr__stream_copy(dst, src, n_bytes, ahead, n_ahead);
	if (fake.n_copies++ == 0 && fake.cut_to > 0)
		ck_assert_int_eq(truncate(in_folder("m.safetensors"),
					  (off_t)fake.cut_to),
				 0);
}

static const unsigned char *
bytes_of_file(void)
{
	static unsigned char bytes[N_BYTES];

	for (size_t i = 0; i < N_BYTES; i++)
		bytes[i] = (unsigned char)(i % 251);
	return bytes;
}

static void
open_source(sftr_access access)
{
	sftr_error err;

	allocator = sftr__allocator(NULL);
	folder_make();
	folder_write(in_folder("m.safetensors"), bytes_of_file(), N_BYTES);
	assert_ok(sftr__source_open(&source, &allocator,
				    in_folder("m.safetensors"), access, &err),
		  err);
	memset(&fake, 0, sizeof fake);
	fake.cached_to = N_BYTES;
	fake.fetches = true;
}

static void
close_source(void)
{
	ck_assert_uint_eq(fake.n_populated, fake.n_depopulated);
	sftr__source_close(&source, &allocator);
	folder_remove();
}

static sftr_code
read_ahead(sftr_error *err)
{
	static unsigned char to[N_READ + 2];
	static char scratch[SFTR__AHEAD_PIECE];
	sftr_code code;

	memset(to, 0xa5, sizeof to);
	code = sftr__ahead_read(&source, OFFSET, to + 1, N_READ, scratch, err);
	ck_assert(to[0] == 0xa5 && to[N_READ + 1] == 0xa5);
	for (size_t i = 0; code == SFTR_OK && i < N_READ; i++)
		if (to[i + 1] != (OFFSET + i) % 251)
			ck_abort_msg("byte %zu", i);
	return code;
}

START_TEST(what_is_in_reach_is_copied_piece_by_piece)
{
	open_source(SFTR_MAP);
	ck_assert_int_eq(read_ahead(NULL), SFTR_OK);
	ck_assert_uint_eq(fake.n_copies, 6);
	ck_assert_uint_eq(fake.n_populated, 1);
	/* Who cannot let go has read all the same. */
	fake.depopulate = -ENOMEM;
	ck_assert_int_eq(read_ahead(NULL), SFTR_OK);
	ck_assert_uint_eq(fake.n_copies, 12);
	close_source();
}
END_TEST

START_TEST(what_is_out_of_reach_is_read_straight_to_its_place)
{
	sftr__source memory;

	open_source(SFTR_MAP);
	fake.cached_to = OFFSET + N_READ - 1;
	ck_assert_int_eq(read_ahead(NULL), SFTR_OK);
	fake.cached_to = OFFSET;
	ck_assert_int_eq(read_ahead(NULL), SFTR_OK);
	ck_assert_ptr_null(source.map);
	fake.cached_to = N_BYTES;
	fake.populate = -EINVAL;
	ck_assert_int_eq(read_ahead(NULL), SFTR_OK);
	fake.populate = 0;
	memory = source;
	source.memory = (const char *)bytes_of_file();
	ck_assert_int_eq(read_ahead(NULL), SFTR_OK);
	source.memory = memory.memory;
	ck_assert_uint_eq(fake.n_copies, 0);
	close_source();
}
END_TEST

START_TEST(what_must_not_be_mapped_is_not)
{
	open_source(SFTR_PREAD);
	ck_assert_int_eq(read_ahead(NULL), SFTR_OK);
	ck_assert(!sftr__ahead_pays(&source));
	ck_assert_uint_eq(fake.n_copies, 0);
	ck_assert_ptr_null(source.map);
	close_source();
}
END_TEST

/* By others, while its pages are being fetched: an error, and no signal. */
START_TEST(a_file_that_is_cut_says_where)
{
	sftr_error err;

	open_source(SFTR_MAP);
	fake.cut_to = OFFSET + SFTR__AHEAD_PIECE + 1000;
	ck_assert_int_eq(read_ahead(&err), SFTR_E_TRUNCATED);
	ck_assert_uint_eq(err.offset, fake.cut_to);
	ck_assert_uint_eq(fake.n_copies, 1);
	close_source();
}
END_TEST

START_TEST(it_pays_for_large_pages_of_a_cached_file)
{
	open_source(SFTR_MAP);
	ck_assert(sftr__ahead_pays(&source));
	ck_assert_uint_eq(fake.n_populated, 1);
	fake.n_faults[1] = 32;
	ck_assert(sftr__ahead_pays(&source));
	fake.n_faults[1] = 33;
	ck_assert(!sftr__ahead_pays(&source));
	/* It cannot be told. */
	fake.n_faults[0] = fake.n_faults[1] = -EOPNOTSUPP;
	ck_assert(!sftr__ahead_pays(&source));
	fake.n_faults[0] = 0;
	ck_assert(!sftr__ahead_pays(&source));
	fake.n_faults[1] = 0;
	fake.populate = -EOPNOTSUPP;
	ck_assert(!sftr__ahead_pays(&source));
	fake.populate = 0;
	fake.cached_to = N_BYTES / 2;
	ck_assert(!sftr__ahead_pays(&source));
	fake.cached_to = N_BYTES;
	fake.fetches = false;
	ck_assert(!sftr__ahead_pays(&source));
	close_source();
}
END_TEST

START_TEST(it_does_not_pay_for_a_small_file)
{
	static const struct {
		uint64_t n_bytes;
		bool pays;
	} rows[] = { { N_BYTES, true },
		     { 0, false },
		     { (8 << 20) - 1, false },
		     { 8 << 20, true } };

	open_source(SFTR_MAP);
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		source.n_bytes = rows[i].n_bytes;
		ck_assert_int_eq(sftr__ahead_pays(&source), rows[i].pays);
	}
	ck_assert_uint_eq(fake.n_populated, 2);
	source.n_bytes = N_BYTES; /* as it was mapped */
	close_source();
}
END_TEST

int
main(void)
{
	TCase *tc = tcase_create("ahead");

	tcase_add_test(tc, what_is_in_reach_is_copied_piece_by_piece);
	tcase_add_test(tc, what_is_out_of_reach_is_read_straight_to_its_place);
	tcase_add_test(tc, what_must_not_be_mapped_is_not);
	tcase_add_test(tc, a_file_that_is_cut_says_where);
	tcase_add_test(tc, it_pays_for_large_pages_of_a_cached_file);
	tcase_add_test(tc, it_does_not_pay_for_a_small_file);
	return run_suite("ahead", tc);
}
