/* SPDX-License-Identifier: MIT */
/* What may be declared, and what is refused when it is declared. */
#include "checkpoint/writer.h"

#include "base/bytes.h"
#include "ledger.h"
#include "str.h"
#include "suite.h"

#include <check.h>
#include <stdio.h>

static sftr_writer *writer;

static void
set_up(void)
{
	ck_assert_int_eq(sftr_writer_new(NULL, &writer, NULL), SFTR_OK);
}

static void
tear_down(void)
{
	sftr_writer_free(writer);
}

static const unsigned char zeros[64];

static sftr_code
add(const char *name, sftr_dtype dtype, const uint64_t *shape, uint32_t rank,
    uint64_t n_bytes, sftr_error *err)
{
	return sftr_writer_add(writer, str(name), dtype, shape, rank, zeros,
			       n_bytes, err);
}

/* The whole file as a text: length field and header, and what follows it. */
static void
assert_file(const char *header, size_t n_data)
{
	unsigned char file[4096];
	sftr_error err;
	uint64_t n_bytes, length;

	ck_assert_int_eq(sftr_writer_n_bytes(writer, &n_bytes, &err), SFTR_OK);
	ck_assert(n_bytes <= sizeof file);
	assert_ok(sftr_writer_save_memory(writer, file, sizeof file, &err),
		  err);
	length = sftr__load_u64(file);
	ck_assert(n_bytes == 8 + length + n_data);
	ck_assert_uint_le(strlen(header), length);
	ck_assert_msg(memcmp(file + 8, header, strlen(header)) == 0, "%.*s",
		      (int)length, (char *)file + 8);
}

START_TEST(an_empty_writer_writes_an_empty_object)
{
	unsigned char file[16];

	assert_file("{}      ", 0);
	ck_assert_int_eq(sftr_writer_save_memory(writer, file, 16, NULL),
			 SFTR_OK);
	ck_assert_mem_eq(file, "\x08\0\0\0\0\0\0\0{}      ", 16);
}
END_TEST

START_TEST(names_and_shapes_are_copied)
{
	char name[] = "weight";
	uint64_t shape[] = { 2, 3 };

	ck_assert_int_eq(sftr_writer_add(writer, str(name), SFTR_U8, shape, 2,
					 zeros, 6, NULL),
			 SFTR_OK);
	memset(name, 'x', sizeof name);
	shape[0] = 77;
	assert_file("{\"weight\":{\"dtype\":\"U8\",\"shape\":[2,3],"
		    "\"data_offsets\":[0,6]}}",
		    6);
}
END_TEST

static const struct {
	const char *what;
	sftr_str name;
	sftr_code code;
} names[] = {
	{ "empty", SFTR_STR(""), SFTR_OK },
	{ "spelt with escapes", SFTR_STR("a\"\\\b\f\n\r\t\x01\x7f/"), SFTR_OK },
	{ "of four bytes", SFTR_STR("\xf0\x9f\x8c\xb2"), SFTR_OK },
	{ "the last code point", SFTR_STR("\xf4\x8f\xbf\xbf"), SFTR_OK },
	{ "nearly reserved", SFTR_STR("__metadata_"), SFTR_OK },
	{ "beyond reserved", SFTR_STR("__metadata___"), SFTR_OK },
	{ "reserved", SFTR_STR("__metadata__"), SFTR_E_ARGUMENT },
	{ "with NUL", SFTR_STR("a\0b"), SFTR_E_NUL },
	{ "only NUL", SFTR_STR("\0"), SFTR_E_NUL },
	{ "latin-1", SFTR_STR("caf\xe9"), SFTR_E_UTF8 },
	{ "overlong", SFTR_STR("\xc0\xaf"), SFTR_E_UTF8 },
	{ "a surrogate", SFTR_STR("\xed\xa0\x80"), SFTR_E_UTF8 },
	{ "too high", SFTR_STR("\xf4\x90\x80\x80"), SFTR_E_UTF8 },
	{ "cut", SFTR_STR("\xe2\x82"), SFTR_E_UTF8 },
	{ "NULL and empty", { NULL, 0 }, SFTR_OK },
	{ "NULL", { NULL, 3 }, SFTR_E_ARGUMENT },
};

START_TEST(a_name_is_what_readers_take)
{
	sftr_error err;

	err.code = SFTR_OK;
	ck_assert_msg(sftr_writer_add(writer, names[_i].name, SFTR_U8, NULL, 0,
				      zeros, 1, &err) == names[_i].code,
		      "%s", names[_i].what);
	ck_assert_int_eq(err.code, names[_i].code);
	ck_assert_uint_eq(writer->n, names[_i].code == SFTR_OK);
}
END_TEST

/* The same for keys and values, of which none is reserved. */
START_TEST(metadata_are_what_readers_take)
{
	sftr_code code = names[_i].code;
	sftr_error err;

	if (strcmp(names[_i].what, "reserved") == 0)
		code = SFTR_OK;
	ck_assert_msg(sftr_writer_add_metadata(writer, names[_i].name,
					       str("value"), &err) == code,
		      "%s", names[_i].what);
	ck_assert_msg(sftr_writer_add_metadata(writer, str("key"),
					       names[_i].name, &err) == code,
		      "%s", names[_i].what);
	ck_assert_uint_eq(writer->n_metadata, code == SFTR_OK ? 2 : 0);
}
END_TEST

START_TEST(a_refusal_says_which_tensor_and_why)
{
	sftr_error err;
	const uint64_t shape[] = { 2, 3 };

	ck_assert_int_eq(add("w\x1b[1m", SFTR_F32, shape, 2, 20, &err),
			 SFTR_E_SIZE);
	ck_assert_str_eq(err.key, "w\\x1b[1m");
	ck_assert_str_eq(err.message,
			 "20 bytes given, F32 of this shape has 24");
	ck_assert(err.offset == SFTR_NO_OFFSET);
	ck_assert_int_eq(sftr_writer_add(writer, (sftr_str)SFTR_STR("a\xff"),
					 SFTR_U8, NULL, 0, zeros, 1, &err),
			 SFTR_E_UTF8);
	ck_assert_str_eq(err.message,
			 "the name is no UTF-8 from its byte 1 on");
	ck_assert_int_eq(sftr_writer_add(writer, (sftr_str)SFTR_STR("a\0"),
					 SFTR_U8, NULL, 0, zeros, 1, &err),
			 SFTR_E_NUL);
	ck_assert_str_eq(err.message, "the name holds U+0000 at its byte 1");
}
END_TEST

START_TEST(sizes_must_be_what_shape_and_dtype_say)
{
	const uint64_t shape[] = { 2, 3 }, odd[] = { 3 }, empty[] = { 0, 3 };
	const uint64_t huge[] = { 0, UINT64_MAX, 2 };

	ck_assert_int_eq(add("a", SFTR_F32, shape, 2, 25, NULL), SFTR_E_SIZE);
	ck_assert_int_eq(add("a", SFTR_F32, shape, 2, 0, NULL), SFTR_E_SIZE);
	ck_assert_int_eq(add("a", SFTR_F4, odd, 1, 2, NULL), SFTR_E_PARTIAL);
	ck_assert_int_eq(add("a", SFTR_F32, huge, 3, 0, NULL), SFTR_E_RANGE);
	ck_assert_int_eq(add("a", SFTR_N_DTYPES, shape, 2, 6, NULL),
			 SFTR_E_DTYPE);
	ck_assert_int_eq(add("a", SFTR_DTYPE_NONE, shape, 2, 6, NULL),
			 SFTR_E_DTYPE);
	ck_assert_int_eq(add("a", SFTR_F32, empty, 2, 0, NULL), SFTR_OK);
	ck_assert_int_eq(add("b", SFTR_F4, shape, 2, 3, NULL), SFTR_OK);
	assert_file("{\"a\":{\"dtype\":\"F32\",\"shape\":[0,3],"
		    "\"data_offsets\":[0,0]},\"b\":{\"dtype\":\"F4\","
		    "\"shape\":[2,3],\"data_offsets\":[0,3]}}",
		    3);
}
END_TEST

static sftr_code
yield_nothing(void *user, uint64_t offset, void *buffer, size_t n_bytes,
	      sftr_error *err)
{
	(void)user, (void)offset, (void)buffer, (void)n_bytes, (void)err;
	return SFTR_OK;
}

START_TEST(what_is_missing_is_an_argument)
{
	const uint64_t shape[] = { 2 };
	sftr_error err;

	ck_assert_int_eq(sftr_writer_add(writer, str("a"), SFTR_U8, shape, 1,
					 NULL, 2, &err),
			 SFTR_E_ARGUMENT);
	ck_assert_str_eq(err.key, "a");
	ck_assert_int_eq(add("a", SFTR_U8, NULL, 1, 2, NULL), SFTR_E_ARGUMENT);
	ck_assert_int_eq(sftr_writer_add_source(writer, str("a"), SFTR_U8,
						shape, 1, NULL, NULL, NULL),
			 SFTR_E_ARGUMENT);
	ck_assert_uint_eq(writer->n, 0);
}
END_TEST

START_TEST(all_together_stay_below_64_bits)
{
	const uint64_t shape[] = { UINT64_MAX / 8 };
	char name[8];
	sftr_error err;
	uint64_t n_bytes;

	for (int i = 0; i < 8; i++) {
		snprintf(name, sizeof name, "%d", i);
		ck_assert_int_eq(sftr_writer_add_source(
					 writer, str(name), SFTR_U8, shape, 1,
					 yield_nothing, NULL, NULL),
				 SFTR_OK);
	}
	ck_assert_int_eq(sftr_writer_add_source(writer, str("more"), SFTR_U8,
						shape, 1, yield_nothing, NULL,
						&err),
			 SFTR_E_RANGE);
	ck_assert_str_eq(err.key, "more");
	/* Data fit in 64 bits, data and head do not. */
	ck_assert_int_eq(sftr_writer_n_bytes(writer, &n_bytes, &err),
			 SFTR_E_RANGE);
	ck_assert(n_bytes == 0);
	ck_assert_int_eq(sftr_writer_save_memory(writer, name, 8, &err),
			 SFTR_E_RANGE);
	ck_assert_int_eq(sftr_writer_save_fd(writer, -1, &err), SFTR_E_RANGE);
	ck_assert_int_eq(sftr_writer_save_callback(writer, NULL, NULL, &err),
			 SFTR_E_RANGE);
	ck_assert_int_eq(sftr_writer_save(writer, "never-made", &err),
			 SFTR_E_RANGE);
	ck_assert_str_eq(err.file, "never-made");
}
END_TEST

START_TEST(duplicates_are_refused_and_change_nothing)
{
	sftr_error err;

	ck_assert_int_eq(add("a", SFTR_U8, NULL, 0, 1, NULL), SFTR_OK);
	ck_assert_int_eq(add("b", SFTR_U8, NULL, 0, 1, NULL), SFTR_OK);
	ck_assert_int_eq(add("a", SFTR_F32, NULL, 0, 4, &err),
			 SFTR_E_DUPLICATE);
	ck_assert_str_eq(err.key, "a");
	ck_assert_int_eq(
		sftr_writer_add_metadata(writer, str("k"), str("1"), NULL),
		SFTR_OK);
	ck_assert_int_eq(
		sftr_writer_add_metadata(writer, str("k"), str("1"), &err),
		SFTR_E_DUPLICATE);
	ck_assert_str_eq(err.key, "k");
	assert_file("{\"__metadata__\":{\"k\":\"1\"},\"a\":{\"dtype\":\"U8\","
		    "\"shape\":[],\"data_offsets\":[0,1]},\"b\":{\"dtype\":"
		    "\"U8\",\"shape\":[],\"data_offsets\":[1,2]}}",
		    2);
}
END_TEST

/* A quadratic search would take minutes. */
START_TEST(many_names_and_keys_cost_no_more_each)
{
	char name[64];

	for (unsigned i = 0; i < 100000; i++) {
		int n = snprintf(name, sizeof name, "model.layers.%u.weight",
				 i);
		sftr_str s = { name, (size_t)n };

		if (sftr_writer_add(writer, s, SFTR_U8, NULL, 0, zeros, 1,
				    NULL) != SFTR_OK ||
		    sftr_writer_add_metadata(writer, s, s, NULL) != SFTR_OK)
			ck_abort_msg("%s", name);
		if (sftr_writer_add(writer, s, SFTR_U8, NULL, 0, zeros, 1,
				    NULL) != SFTR_E_DUPLICATE)
			ck_abort_msg("%s twice", name);
	}
	ck_assert_uint_eq(writer->n, 100000);
	ck_assert_uint_eq(writer->n_metadata, 100000);
}
END_TEST

START_TEST(the_format_is_metadata_and_given_once)
{
	sftr_write_options options = { .format = "pt" };
	sftr_error err;

	sftr_writer_free(writer);
	ck_assert_int_eq(sftr_writer_new(&options, &writer, NULL), SFTR_OK);
	assert_file("{\"__metadata__\":{\"format\":\"pt\"}}", 0);
	ck_assert_int_eq(sftr_writer_add_metadata(writer, str("format"),
						  str("pt"), &err),
			 SFTR_E_DUPLICATE);
	ck_assert_str_eq(err.key, "format");
	ck_assert_int_eq(sftr_writer_add_metadata(writer, str("creator"),
						  str("me"), NULL),
			 SFTR_OK);
	assert_file("{\"__metadata__\":{\"creator\":\"me\","
		    "\"format\":\"pt\"}}",
		    0);
}
END_TEST

START_TEST(metadata_may_have_no_entry)
{
	sftr_write_options options = { .has_metadata = 1 };

	sftr_writer_free(writer);
	ck_assert_int_eq(sftr_writer_new(&options, &writer, NULL), SFTR_OK);
	assert_file("{\"__metadata__\":{}}     ", 0);
	ck_assert_int_eq(sftr_writer_add(writer, str("w"), SFTR_U8, NULL, 0,
					 "7", 1, NULL),
			 SFTR_OK);
	assert_file("{\"__metadata__\":{},"
		    "\"w\":{\"dtype\":\"U8\",\"shape\":[],"
		    "\"data_offsets\":[0,1]}}  ",
		    1);
	ck_assert_int_eq(
		sftr_writer_add_metadata(writer, str("a"), str("b"), NULL),
		SFTR_OK);
	assert_file("{\"__metadata__\":{\"a\":\"b\"},"
		    "\"w\":{\"dtype\":\"U8\",\"shape\":[],"
		    "\"data_offsets\":[0,1]}}   ",
		    1);
}
END_TEST

START_TEST(options_are_checked)
{
	static const uint64_t bad[] = { 1, 4, 7, 12, 100, 1 << 21, UINT64_MAX };
	sftr_write_options options = { 0 };
	sftr_writer *w = (sftr_writer *)&options;
	sftr_error err;

	for (size_t i = 0; i < COUNT(bad); i++) {
		options.align = bad[i];
		ck_assert_int_eq(sftr_writer_new(&options, &w, &err),
				 SFTR_E_ARGUMENT);
		ck_assert_ptr_null(w);
	}
	options.align = 64;
	options.format = "\xff";
	ck_assert_int_eq(sftr_writer_new(&options, &w, &err), SFTR_E_UTF8);
	ck_assert_ptr_null(w);
	sftr_writer_free(NULL);
}
END_TEST

START_TEST(data_begin_where_align_says)
{
	uint64_t align = UINT64_C(8) << _i, n_bytes;
	sftr_write_options options = { .align = align };

	sftr_writer_free(writer);
	ck_assert_int_eq(sftr_writer_new(&options, &writer, NULL), SFTR_OK);
	ck_assert_int_eq(add("a", SFTR_U8, NULL, 0, 1, NULL), SFTR_OK);
	ck_assert_int_eq(sftr_writer_n_bytes(writer, &n_bytes, NULL), SFTR_OK);
	ck_assert(n_bytes % align == 1);
	ck_assert(n_bytes < align + 100);
}
END_TEST

static sftr_array
array(const char *name, sftr_dtype dtype, const uint64_t *shape, uint32_t rank,
      const void *bytes, uint64_t n_bytes)
{
	return (sftr_array){ str(name), shape, rank, dtype, bytes, n_bytes };
}

START_TEST(tensors_of_a_checkpoint_keep_it_open)
{
	static const unsigned char bytes[] = { 1, 2, 3, 4, 5, 6 };
	const uint64_t shape[] = { 3 };
	sftr_array arrays[] = {
		array("x", SFTR_U8, shape, 1, bytes, 3),
		array("y", SFTR_U8, shape, 1, bytes + 3, 3),
	};
	unsigned char file[400];
	sftr_checkpoint *ckpt;
	const sftr_tensor *x, *y;
	uint64_t n_bytes;
	sftr_error err;

	ck_assert_int_eq(
		sftr_checkpoint_open_arrays(arrays, 2, NULL, &ckpt, NULL),
		SFTR_OK);
	x = sftr_checkpoint_find(ckpt, "x", 1);
	y = sftr_checkpoint_find(ckpt, "y", 1);
	ck_assert_int_eq(
		sftr_writer_add_tensor(writer, str("z"), ckpt, x, NULL),
		SFTR_OK);
	ck_assert_int_eq(sftr_writer_add_tensor(writer, (sftr_str){ NULL, 0 },
						ckpt, y, NULL),
			 SFTR_OK);
	ck_assert_int_eq(sftr_writer_add_tensor(writer, (sftr_str){ NULL, 0 },
						ckpt, y, &err),
			 SFTR_E_DUPLICATE);
	ck_assert_str_eq(err.key, "y");
	sftr_checkpoint_close(ckpt);
	assert_file("{\"y\":{\"dtype\":\"U8\",\"shape\":[3],"
		    "\"data_offsets\":[0,3]},\"z\":{\"dtype\":\"U8\","
		    "\"shape\":[3],\"data_offsets\":[3,6]}}",
		    6);
	ck_assert_int_eq(sftr_writer_n_bytes(writer, &n_bytes, NULL), SFTR_OK);
	ck_assert_int_eq(
		sftr_writer_save_memory(writer, file, sizeof file, NULL),
		SFTR_OK);
	ck_assert_mem_eq(file + n_bytes - 6, "\4\5\6\1\2\3", 6);
}
END_TEST

/* Everything once; the code, with the writer freed. */
static sftr_code
declare_all(const sftr_allocator *a, sftr_error *err)
{
	sftr_write_options options = { .format = "pt", .allocator = a };
	const uint64_t shape[] = { 2, 3 };
	sftr_writer *w;
	sftr_code code = sftr_writer_new(&options, &w, err);
	char name[32];

	ck_assert((w == NULL) == (code != SFTR_OK));
	if (code == SFTR_OK)
		code = sftr_writer_add_metadata(w, str("key"), str("value"),
						err);
	for (int i = 0; code == SFTR_OK && i < 40; i++) {
		size_t n = w->n;

		snprintf(name, sizeof name, "layers.%d.w", i);
		code = sftr_writer_add(w, str(name), SFTR_U8, shape, 2, zeros,
				       6, err);
		ck_assert_uint_eq(w->n, code == SFTR_OK ? n + 1 : n);
	}
	if (code == SFTR_OK)
		code = sftr_writer_add_source(w, str("source"), SFTR_F32, NULL,
					      0, yield_nothing, NULL, err);
	sftr_writer_free(w);
	return code;
}

START_TEST(out_of_memory_at_every_point)
{
	struct ledger books;
	sftr_allocator a = ledger_allocator(&books);

	while (ledger_round(&books)) {
		sftr_error err = { .code = SFTR_OK };

		ck_assert_int_eq(declare_all(&a, &err), ledger_code(&books));
		ck_assert_int_eq(err.code, ledger_code(&books));
	}
	ck_assert_uint_gt(books.fail_at, 45);
}
END_TEST

/* What failed for memory can be done again. */
START_TEST(a_failed_declaration_leaves_the_writer_as_it_was)
{
	struct ledger books;
	sftr_allocator a = ledger_allocator(&books);
	sftr_write_options options = { .allocator = &a };
	char name[32];

	sftr_writer_free(writer);
	ck_assert_int_eq(sftr_writer_new(&options, &writer, NULL), SFTR_OK);
	for (int i = 0; i < 50; i++) {
		snprintf(name, sizeof name, "t%d", i);
		for (size_t k = 1;; k++) {
			sftr_code code;

			books.fail_at = books.n_calls + k;
			code = add(name, SFTR_U8, NULL, 0, 1, NULL);
			if (code == SFTR_OK)
				break;
			ck_assert_int_eq(code, SFTR_E_MEMORY);
		}
	}
	books.fail_at = 0;
	ck_assert_uint_eq(writer->n, 50);
	ck_assert_int_eq(add("t7", SFTR_U8, NULL, 0, 1, NULL),
			 SFTR_E_DUPLICATE);
	sftr_writer_free(writer);
	writer = NULL;
	ck_assert_uint_eq(books.n_blocks, 0);
}
END_TEST

int
main(void)
{
	TCase *tc = tcase_create("writer");

	tcase_add_checked_fixture(tc, set_up, tear_down);
	tcase_add_test(tc, an_empty_writer_writes_an_empty_object);
	tcase_add_test(tc, names_and_shapes_are_copied);
	tcase_add_loop_test(tc, a_name_is_what_readers_take, 0, COUNT(names));
	tcase_add_loop_test(tc, metadata_are_what_readers_take, 0,
			    COUNT(names));
	tcase_add_test(tc, a_refusal_says_which_tensor_and_why);
	tcase_add_test(tc, sizes_must_be_what_shape_and_dtype_say);
	tcase_add_test(tc, what_is_missing_is_an_argument);
	tcase_add_test(tc, all_together_stay_below_64_bits);
	tcase_add_test(tc, duplicates_are_refused_and_change_nothing);
	tcase_add_test(tc, many_names_and_keys_cost_no_more_each);
	tcase_add_test(tc, the_format_is_metadata_and_given_once);
	tcase_add_test(tc, metadata_may_have_no_entry);
	tcase_add_test(tc, options_are_checked);
	tcase_add_loop_test(tc, data_begin_where_align_says, 0, 18);
	tcase_add_test(tc, tensors_of_a_checkpoint_keep_it_open);
	tcase_add_test(tc, out_of_memory_at_every_point);
	tcase_add_test(tc, a_failed_declaration_leaves_the_writer_as_it_was);
	return run_suite("writer", tc);
}
