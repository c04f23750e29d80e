/* SPDX-License-Identifier: MIT */
/* Copies past the caches: every alignment, nothing beside, no fault ahead. */
#include "numeric/stream.h"

#include "suite.h"

#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#define MOST ((size_t)5000)
#define ROOM (MOST + 256)
#define GUARD 0xa5

static unsigned char from[ROOM], to[ROOM], expected[ROOM];

static void
assert_copied(size_t dst, size_t src, size_t n, const char *ahead,
	      size_t n_ahead)
{
	memset(to, GUARD, ROOM);
	memset(expected, GUARD, ROOM);
	memcpy(expected + dst, from + src, n);
	sftr__stream_copy(to + dst, from + src, n, ahead, n_ahead);
	if (memcmp(to, expected, ROOM) != 0)
		ck_abort_msg("%zu bytes from %zu to %zu", n, src, dst);
}

START_TEST(bytes_are_copied_and_none_beside)
{
	static const size_t sizes[] = { 0,    1,    15,	  63,	64,
					65,   127,  128,  129,	1000,
					1023, 1024, 1025, 2111, MOST };

	for (size_t i = 0; i < ROOM; i++)
		from[i] = (unsigned char)(i * 7 + i / 256);
	for (size_t k = 0; k < sizeof sizes / sizeof *sizes; k++)
		for (size_t dst = 64; dst < 128; dst++)
			for (size_t src = 0; src < 64; src += 9) {
				assert_copied(dst, src, sizes[k], NULL, 0);
				assert_copied(dst, src, sizes[k],
					      (const char *)from, sizes[k]);
				assert_copied(dst, src, sizes[k],
					      (const char *)from, sizes[k] / 2);
			}
}
END_TEST

/* As when somebody cuts the file: there were pages, now there are none. */
START_TEST(what_lies_ahead_is_never_read)
{
	size_t page = (size_t)sysconf(_SC_PAGESIZE);
	char *gone = mmap(NULL, 2 * page, PROT_NONE,
			  MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	FILE *file = tmpfile();
	char *cut;

	ck_assert_ptr_ne(gone, MAP_FAILED);
	assert_copied(64, 0, MOST, gone + page - 100, MOST);
	ck_assert_int_eq(munmap(gone, 2 * page), 0);
	assert_copied(64, 0, MOST, gone, MOST);

	ck_assert_ptr_nonnull(file);
	ck_assert_int_eq(ftruncate(fileno(file), (off_t)(2 * page)), 0);
	cut = mmap(NULL, 2 * page, PROT_READ, MAP_PRIVATE, fileno(file), 0);
	ck_assert_ptr_ne(cut, MAP_FAILED);
	ck_assert_int_eq(*(volatile char *)(cut + page), 0);
	ck_assert_int_eq(ftruncate(fileno(file), 1), 0);
	assert_copied(64, 0, MOST, cut + page - 100, 3000);
	ck_assert_int_eq(munmap(cut, 2 * page), 0);
	ck_assert_int_eq(fclose(file), 0);
}
END_TEST

START_TEST(large_outputs_pass_the_cache)
{
	ck_assert(!sftr__stream_pays(0));
	ck_assert(!sftr__stream_pays(4096));
	ck_assert(sftr__stream_pays(UINT64_MAX));
}
END_TEST

/* Where it says so, the instructions are there; elsewhere nobody asks. */
START_TEST(only_processors_that_were_measured_fetch)
{
#if defined(__x86_64__)
	ck_assert_int_eq(sftr__stream_fetches(), __builtin_cpu_is("intel"));
#else
	ck_assert(!sftr__stream_fetches());
#endif
}
END_TEST

int
main(void)
{
	TCase *tc = tcase_create("stream");

	tcase_add_test(tc, bytes_are_copied_and_none_beside);
	tcase_add_test(tc, what_lies_ahead_is_never_read);
	tcase_add_test(tc, large_outputs_pass_the_cache);
	tcase_add_test(tc, only_processors_that_were_measured_fetch);
	return run_suite("stream", tc);
}
