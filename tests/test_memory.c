/* SPDX-License-Identifier: MIT */
/* Checkpoints over arrays and files in memory, and memory that runs out. */
#include "ledger.h"
#include "suite.h"

#include <safetree/checkpoint.h>

static const uint64_t square[2] = { 2, 2 };
static const unsigned char bytes[16] = { 1, 2, 3, 4 };

static sftr_code
open_one(sftr_array array, sftr_policy policy, sftr_error *err)
{
	sftr_open_options options = { .policy = policy };
	sftr_checkpoint *ckpt = NULL;
	sftr_code code =
		sftr_checkpoint_open_arrays(&array, 1, &options, &ckpt, err);

	ck_assert((code == SFTR_OK) == (ckpt != NULL));
	sftr_checkpoint_close(ckpt);
	return code;
}

START_TEST(an_array_must_be_what_it_says)
{
	static const uint64_t huge[2] = { UINT64_MAX, UINT64_MAX };
	static const uint64_t zero_then_huge[3] = { 0, UINT64_MAX, UINT64_MAX };
	const sftr_array good = { SFTR_STR("w"), square, 2, SFTR_U8, bytes, 4 };
	sftr_array a = good;
	sftr_error err;

	ck_assert_int_eq(open_one(a, SFTR_STRICT, &err), SFTR_OK);
	a.n_bytes = 5;
	ck_assert_int_eq(open_one(a, SFTR_STRICT, &err), SFTR_E_SIZE);
	ck_assert_str_eq(err.key, "w");
	ck_assert_str_eq(err.message, "shape and dtype say 4 bytes, n_bytes 5");
	a = good;
	a.shape = NULL;
	ck_assert_int_eq(open_one(a, SFTR_STRICT, &err), SFTR_E_ARGUMENT);
	a = good;
	a.bytes = NULL;
	ck_assert_int_eq(open_one(a, SFTR_STRICT, &err), SFTR_E_ARGUMENT);
	ck_assert_str_eq(err.key, "w");
	ck_assert_str_eq(err.message, "bytes is NULL");
	a = good;
	a.name.ptr = NULL;
	ck_assert_int_eq(open_one(a, SFTR_STRICT, &err), SFTR_E_ARGUMENT);
	ck_assert_str_eq(err.message, "the name is NULL");
	a = good;
	a.shape = huge;
	ck_assert_int_eq(open_one(a, SFTR_STRICT, &err), SFTR_E_RANGE);
	a.dtype = SFTR_F4;
	a.shape = square;
	a.rank = 1;
	a.n_bytes = 1;
	ck_assert_int_eq(open_one(a, SFTR_STRICT, &err), SFTR_OK);
	a.rank = 0;
	ck_assert_int_eq(open_one(a, SFTR_STRICT, &err), SFTR_E_PARTIAL);
	a = good;
	a.dtype = SFTR_N_DTYPES;
	ck_assert_int_eq(open_one(a, SFTR_STRICT, &err), SFTR_E_DTYPE);
	a = good;
	a.name.ptr = "\xc3\x28";
	a.name.len = 2;
	ck_assert_int_eq(open_one(a, SFTR_STRICT, &err), SFTR_E_UTF8);
	/* Where the policies part. */
	a.name.ptr = "a\0b";
	a.name.len = 3;
	ck_assert_int_eq(open_one(a, SFTR_STRICT, &err), SFTR_E_NUL);
	ck_assert_int_eq(open_one(a, SFTR_REFERENCE, &err), SFTR_OK);
	a = good;
	a.shape = zero_then_huge;
	a.rank = 3;
	a.n_bytes = 0;
	ck_assert_int_eq(open_one(a, SFTR_STRICT, &err), SFTR_E_RANGE);
	ck_assert_int_eq(open_one(a, SFTR_REFERENCE, &err), SFTR_OK);
}
END_TEST

START_TEST(arrays_beyond_all_memory_are_refused)
{
	sftr_array a[2] = {
		{ SFTR_STR("w"), square, 2, SFTR_U8, bytes, 4 },
		{ { "v", SIZE_MAX / 3 }, square, 2, SFTR_U8, bytes, 4 },
	};
	/* Their names and the NULs behind them come to 0 in a size_t. */
	static const sftr_array round[4] = {
		{ .name = { "v", SIZE_MAX / 4 } },
		{ .name = { "v", SIZE_MAX / 4 } },
		{ .name = { "v", SIZE_MAX / 4 } },
		{ .name = { "v", SIZE_MAX / 4 } },
	};
	static const uint64_t half = (uint64_t)1 << 60;
	sftr_array wide[17];
	char names[17];
	sftr_checkpoint *ckpt;
	sftr_error err;

	ck_assert_int_eq(sftr_checkpoint_open_arrays(a, 2, NULL, &ckpt, &err),
			 SFTR_E_MEMORY);
	ck_assert_ptr_null(ckpt);
	ck_assert_int_eq(
		sftr_checkpoint_open_arrays(round, 4, NULL, &ckpt, &err),
		SFTR_E_MEMORY);
	/* Each fits 64 bits, all of them do not. */
	for (int i = 0; i < 17; i++) {
		names[i] = (char)('a' + i);
		wide[i] = (sftr_array){ { &names[i], 1 }, &half, 1,
					SFTR_U8,	  bytes, half };
	}
	ck_assert_int_eq(
		sftr_checkpoint_open_arrays(wide, 17, NULL, &ckpt, &err),
		SFTR_E_RANGE);
	ck_assert_ptr_null(ckpt);
}
END_TEST

START_TEST(views_and_copies_come_from_where_the_arrays_are)
{
	static const uint64_t one[1] = { 1 };
	static const uint32_t word = 7;
	sftr_array a[3] = {
		{ SFTR_STR("w"), square, 2, SFTR_U8, bytes, 4 },
		{ SFTR_STR("odd"), one, 1, SFTR_U32, bytes + 1, 4 },
		{ SFTR_STR("none"), NULL, 0, SFTR_U32, &word, 4 },
	};
	sftr_slice column[2] = { { 0, 2, 1, 0 }, { 1, 2, 1, 1 } };
	const void *view;
	sftr_checkpoint *ckpt;
	unsigned char read[4];
	sftr_error err;

	ck_assert_int_eq(sftr_checkpoint_open_arrays(a, 3, NULL, &ckpt, &err),
			 SFTR_OK);
	ck_assert_int_eq(sftr_checkpoint_view(ckpt, sftr_checkpoint_at(ckpt, 0),
					      &view, &err),
			 SFTR_OK);
	ck_assert_ptr_eq(view, bytes);
	ck_assert_int_eq(sftr_checkpoint_view(ckpt, sftr_checkpoint_at(ckpt, 1),
					      &view, &err),
			 SFTR_E_VIEW);
	ck_assert_ptr_null(view);
	ck_assert_int_eq(
		sftr_checkpoint_read_slice(ckpt, sftr_checkpoint_at(ckpt, 0),
					   column, read, sizeof read, &err),
		SFTR_OK);
	ck_assert_uint_eq(read[0], 2);
	ck_assert_uint_eq(read[1], 4);
	sftr_checkpoint_close(ckpt);
}
END_TEST

/* Two files in one: of the header that repeats, and all of its memory. */
static const char repeating[] =
	"{\"__metadata__\":{\"a\":\"1\",\"a\":\"2\"},"
	"\"b\":{\"dtype\":\"U8\",\"shape\":[1],\"data_offsets\":[1,2]},"
	"\"a\":{\"dtype\":\"U8\",\"shape\":[9],\"data_offsets\":[0,9]},"
	"\"a\":{\"dtype\":\"U8\",\"shape\":[1],\"data_offsets\":[0,1]}}";

typedef sftr_code
act(const sftr_open_options *options, sftr_error *err);

static sftr_code
open_arrays(const sftr_open_options *options, sftr_error *err)
{
	sftr_array a[2] = { { SFTR_STR("w"), square, 2, SFTR_U8, bytes, 4 },
			    { SFTR_STR("v"), square, 1, SFTR_U8, bytes, 2 } };
	sftr_checkpoint *ckpt;
	sftr_code code = sftr_checkpoint_open_arrays(a, 2, options, &ckpt, err);

	ck_assert((code == SFTR_OK) == (ckpt != NULL));
	sftr_checkpoint_close(ckpt);
	return code;
}

static size_t
repeating_file(char *file)
{
	memset(file, 0, sizeof repeating + 16);
	file[0] = (char)(sizeof repeating - 1);
	memcpy(file + 8, repeating, sizeof repeating - 1);
	return 8 + sizeof repeating - 1 + 2;
}

static sftr_code
open_repeating(const sftr_open_options *options, sftr_error *err)
{
	char file[sizeof repeating + 16];
	size_t n = repeating_file(file);
	sftr_checkpoint *ckpt;
	sftr_code code =
		sftr_checkpoint_open_memory(file, n, options, &ckpt, err);

	ck_assert((code == SFTR_OK) == (ckpt != NULL));
	ck_assert_uint_eq(sftr_checkpoint_count(ckpt), code == SFTR_OK ? 2 : 0);
	sftr_checkpoint_close(ckpt);
	return code;
}

static sftr_code
check_repeating(const sftr_open_options *options, sftr_error *err)
{
	char file[sizeof repeating + 16];
	size_t n = repeating_file(file);
	uint64_t n_errors = 77;
	sftr_code code =
		sftr_check_memory(file, n, options, NULL, NULL, &n_errors, err);

	ck_assert_uint_eq(n_errors, 0);
	return code;
}

static sftr_code
read_slice(const sftr_open_options *options, sftr_error *err)
{
	static const char head[] = "{\"a\":{\"dtype\":\"U8\",\"shape\":[4],"
				   "\"data_offsets\":[0,4]}}";
	sftr_slice even = { 0, 4, 2, 0 };
	char file[8 + sizeof head + 4] = { sizeof head - 1 };
	sftr_checkpoint *ckpt;
	sftr_code code;
	char read[2];

	memcpy(file + 8, head, sizeof head - 1);
	code = sftr_checkpoint_open_memory(file, 8 + sizeof head - 1 + 4,
					   options, &ckpt, err);
	if (code == SFTR_OK)
		code = sftr_checkpoint_read_slice(
			ckpt, sftr_checkpoint_at(ckpt, 0), &even, read, 2, err);
	sftr_checkpoint_close(ckpt);
	return code;
}

static const struct {
	const char *name;
	act *act;
	size_t n_least; /* allocations there must be, or the sweep is void */
} acts[] = {
	{ "arrays", open_arrays, 8 },
	{ "names and keys that repeat", open_repeating, 10 },
	{ "a check of them", check_repeating, 10 },
	{ "a slice", read_slice, 8 },
};

START_TEST(out_of_memory_at_every_point)
{
	struct ledger books;
	sftr_allocator a = ledger_allocator(&books);
	sftr_open_options options = { .policy = SFTR_REFERENCE,
				      .allocator = &a };
	sftr_error err;

	while (ledger_round(&books)) {
		sftr_code code;

		memset(&err, 0xa5, sizeof err);
		code = acts[_i].act(&options, &err);
		/* Giving back what is too much may fail without harm. */
		ck_assert_msg(code == ledger_code(&books) || code == SFTR_OK,
			      "%s: %s at %zu", acts[_i].name,
			      sftr_code_name(code), books.fail_at);
		if (code != SFTR_OK) {
			ck_assert_int_eq(err.code, SFTR_E_MEMORY);
			ck_assert_str_eq(err.message, "out of memory");
		}
	}
	ck_assert_msg(books.fail_at > acts[_i].n_least,
		      "%s: only %zu allocations", acts[_i].name,
		      books.fail_at - 1);
}
END_TEST

int
main(void)
{
	TCase *tc = tcase_create("memory");

	tcase_add_test(tc, an_array_must_be_what_it_says);
	tcase_add_test(tc, arrays_beyond_all_memory_are_refused);
	tcase_add_test(tc, views_and_copies_come_from_where_the_arrays_are);
	tcase_add_loop_test(tc, out_of_memory_at_every_point, 0, COUNT(acts));
	return run_suite("memory", tc);
}
