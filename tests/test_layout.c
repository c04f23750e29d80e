/* SPDX-License-Identifier: MIT */
#include "format/layout.h"

#include "base/bytes.h"
#include "ledger.h"
#include "suite.h"

#include <check.h>
#include <stdio.h>

#define ITEM(name, dtype, rank, shape, n_bytes)                                \
	{                                                                      \
		SFTR_STR(name), shape, n_bytes, rank, dtype                    \
	}

static const uint64_t shape_2_3[] = { 2, 3 };
static const uint64_t shape_0_7[] = { 0, 7 };
static const uint64_t shape_4[] = { 4 };

static const struct size_case {
	sftr_dtype dtype;
	uint32_t rank;
	uint64_t shape[4];
	sftr_code code;
	uint64_t n_bytes;
} sizes[] = {
	{ SFTR_F32, 0, { 0 }, SFTR_OK, 4 },
	{ SFTR_F32, 2, { 2, 3 }, SFTR_OK, 24 },
	{ SFTR_C64, 1, { 3 }, SFTR_OK, 24 },
	{ SFTR_F32, 2, { 0, 3 }, SFTR_OK, 0 },
	{ SFTR_F4, 1, { 2 }, SFTR_OK, 1 },
	{ SFTR_F4, 1, { 3 }, SFTR_E_PARTIAL, 0 },
	{ SFTR_F4, 0, { 0 }, SFTR_E_PARTIAL, 0 },
	{ SFTR_F4, 2, { 3, 2 }, SFTR_OK, 3 },
	{ SFTR_F6_E2M3, 1, { 4 }, SFTR_OK, 3 },
	{ SFTR_F6_E3M2, 1, { 2 }, SFTR_E_PARTIAL, 0 },
	{ SFTR_F6_E3M2, 1, { 0 }, SFTR_OK, 0 },
	{ SFTR_U8, 1, { UINT64_MAX / 8 }, SFTR_OK, UINT64_MAX / 8 },
	{ SFTR_U8, 1, { UINT64_MAX / 8 + 1 }, SFTR_E_RANGE, 0 },
	{ SFTR_F4, 1, { UINT64_MAX / 4 - 1 }, SFTR_OK, UINT64_MAX / 8 },
	{ SFTR_F4, 1, { UINT64_MAX / 4 + 1 }, SFTR_E_RANGE, 0 },
	{ SFTR_U8,
	  2,
	  { UINT64_C(1) << 32, UINT64_C(1) << 32 },
	  SFTR_E_RANGE,
	  0 },
	/* Rule S8: zeros excuse nothing, wherever they stand. */
	{ SFTR_U8, 3, { 0, UINT64_MAX, UINT64_MAX }, SFTR_E_RANGE, 0 },
	{ SFTR_U8, 3, { UINT64_MAX, UINT64_MAX, 0 }, SFTR_E_RANGE, 0 },
	{ SFTR_U64, 2, { 0, UINT64_MAX / 64 + 1 }, SFTR_E_RANGE, 0 },
	{ SFTR_U64, 2, { 0, UINT64_MAX / 64 }, SFTR_OK, 0 },
	{ SFTR_DTYPE_NONE, 0, { 0 }, SFTR_E_DTYPE, 0 },
	{ SFTR_N_DTYPES, 0, { 0 }, SFTR_E_DTYPE, 0 },
};

START_TEST(a_size_is_shape_times_bits_in_whole_bytes)
{
	const struct size_case *c = &sizes[_i];
	uint64_t n_bytes = 0;
	sftr_error err;

	err.code = SFTR_OK;
	ck_assert_int_eq(
		sftr__item_size(c->dtype, c->shape, c->rank, &n_bytes, &err),
		c->code);
	ck_assert_int_eq(err.code, c->code);
	ck_assert(c->code != SFTR_OK || n_bytes == c->n_bytes);
}
END_TEST

/* Lays out and asserts the length field, the header and the data's size. */
static void
assert_head(const sftr__item *items, size_t n, const sftr_metadata *metadata,
	    size_t n_metadata, uint64_t align, const char *want,
	    uint64_t data_n_bytes)
{
	sftr__layout layout;
	size_t n_want = strlen(want);
	const char *text;
	sftr_error err;
	uint64_t length;

	assert_ok(sftr__layout_make(&layout, NULL, items, n, metadata,
				    n_metadata, align, &err),
		  err);
	length = sftr__load_u64(layout.head.text);
	text = layout.head.text + 8;
	ck_assert_uint_eq(layout.head.n_bytes, length + 8);
	ck_assert_uint_eq((length + 8) % align, 0);
	ck_assert_uint_lt(length, n_want + align);
	ck_assert_msg(memcmp(text, want, n_want) == 0, "%.*s", (int)length,
		      text);
	while (n_want < length && text[n_want] == ' ')
		n_want++;
	ck_assert_uint_eq(n_want, length);
	ck_assert(layout.data_n_bytes == data_n_bytes);
	sftr__layout_free(&layout);
}

START_TEST(nothing_is_an_empty_object)
{
	assert_head(NULL, 0, NULL, 0, 8, "{}", 0);
}
END_TEST

START_TEST(higher_dtypes_come_first_then_names_by_bytes)
{
	static const sftr__item items[] = {
		ITEM("b", SFTR_F32, 2, shape_2_3, 24),
		ITEM("layers.10.w", SFTR_F32, 0, NULL, 4),
		ITEM("layers.2.w", SFTR_F32, 0, NULL, 4),
		ITEM("\xc3\xa9", SFTR_F32, 0, NULL, 4),
		ITEM("z", SFTR_BOOL, 1, shape_4, 4),
		ITEM("Z", SFTR_F32, 0, NULL, 4),
		ITEM("", SFTR_F32, 2, shape_0_7, 0),
		ITEM("a", SFTR_F4, 1, shape_4, 2),
		ITEM("a2", SFTR_U64, 0, NULL, 8),
		ITEM("ba", SFTR_F32, 0, NULL, 4),
	};

	assert_head(
		items, COUNT(items), NULL, 0, 8,
		"{\"a2\":{\"dtype\":\"U64\",\"shape\":[],\"data_offsets\":[0,8]},"
		"\"\":{\"dtype\":\"F32\",\"shape\":[0,7],\"data_offsets\":[8,8]},"
		"\"Z\":{\"dtype\":\"F32\",\"shape\":[],\"data_offsets\":[8,12]},"
		"\"b\":{\"dtype\":\"F32\",\"shape\":[2,3],\"data_offsets\":[12,36]},"
		"\"ba\":{\"dtype\":\"F32\",\"shape\":[],\"data_offsets\":[36,40]},"
		"\"layers.10.w\":{\"dtype\":\"F32\",\"shape\":[],"
		"\"data_offsets\":[40,44]},"
		"\"layers.2.w\":{\"dtype\":\"F32\",\"shape\":[],"
		"\"data_offsets\":[44,48]},"
		"\"\xc3\xa9\":{\"dtype\":\"F32\",\"shape\":[],"
		"\"data_offsets\":[48,52]},"
		"\"a\":{\"dtype\":\"F4\",\"shape\":[4],\"data_offsets\":[52,54]},"
		"\"z\":{\"dtype\":\"BOOL\",\"shape\":[4],"
		"\"data_offsets\":[54,58]}}",
		58);
}
END_TEST

START_TEST(every_dtype_has_its_place)
{
	sftr__item items[SFTR_N_DTYPES - 1];
	const uint64_t shape[] = { 8 };
	char want[4096] = "{";
	uint64_t end = 0;
	size_t n = 0;

	for (sftr_dtype d = SFTR_BOOL; d < SFTR_N_DTYPES; d++) {
		sftr__item item = { SFTR_STR("x"), shape, sftr_dtype_bits(d), 1,
				    d };

		items[n++] = item;
	}
	for (size_t i = n; i-- > 0; end += items[i].n_bytes)
		snprintf(want + strlen(want), sizeof want - strlen(want),
			 "%s\"x\":{\"dtype\":\"%s\",\"shape\":[8],"
			 "\"data_offsets\":[%u,%u]}",
			 i == n - 1 ? "" : ",", sftr_dtype_name(items[i].dtype),
			 (unsigned)end, (unsigned)(end + items[i].n_bytes));
	strcat(want, "}");
	assert_head(items, n, NULL, 0, 8, want, end);
}
END_TEST

START_TEST(metadata_come_first_sorted_by_key)
{
	static const sftr_metadata metadata[] = {
		{ SFTR_STR("format"), SFTR_STR("pt") },
		{ SFTR_STR("a\"b"), SFTR_STR("line\nline\\") },
		{ SFTR_STR(""), SFTR_STR("") },
		{ SFTR_STR("\xf0\x9f\x8c\xb2"), SFTR_STR("\x7f/\x01") },
		{ SFTR_STR("form"), SFTR_STR("{\"a\":1}") },
	};
	static const sftr__item items[] = {
		ITEM("w", SFTR_U8, 1, shape_4, 4),
	};

	assert_head(items, 1, metadata, 5, 8,
		    "{\"__metadata__\":{\"\":\"\","
		    "\"a\\\"b\":\"line\\nline\\\\\","
		    "\"form\":\"{\\\"a\\\":1}\",\"format\":\"pt\","
		    "\"\xf0\x9f\x8c\xb2\":\"\x7f/\\u0001\"},"
		    "\"w\":{\"dtype\":\"U8\",\"shape\":[4],"
		    "\"data_offsets\":[0,4]}}",
		    4);
	assert_head(NULL, 0, metadata, 1, 8,
		    "{\"__metadata__\":{\"format\":\"pt\"}}", 0);
}
END_TEST

/* Names of 1 to 40 bytes give headers of every length modulo 8. */
START_TEST(data_begin_at_a_multiple_of_align)
{
	const uint64_t align = UINT64_C(8) << _i;
	char name[41];

	memset(name, 'n', sizeof name);
	for (size_t len = 1; len <= 40; len++) {
		const sftr__item item = {
			{ name, len }, shape_4, 4, 1, SFTR_U8
		};
		char want[200];

		snprintf(want, sizeof want,
			 "{\"%.*s\":{\"dtype\":\"U8\",\"shape\":[4],"
			 "\"data_offsets\":[0,4]}}",
			 (int)len, name);
		assert_head(&item, 1, NULL, 0, align, want, 4);
	}
}
END_TEST

#define EMPTY_ENTRY                                                            \
	"{\"\":{\"dtype\":\"U8\",\"shape\":[4],\"data_offsets\":[0,4]}}"

/* A name that makes the header exactly n bytes long before it is padded. */
static sftr_code
make_long_header(char *name, size_t n, uint64_t align, size_t *n_bytes)
{
	sftr__item item = {
		{ name, n - (sizeof EMPTY_ENTRY - 1) }, shape_4, 4, 1, SFTR_U8
	};
	sftr__layout layout;
	sftr_error err;
	sftr_code code = sftr__layout_make(&layout, NULL, &item, 1, NULL, 0,
					   align, &err);

	if (code == SFTR_OK) {
		*n_bytes = layout.head.n_bytes;
		sftr__layout_free(&layout);
	} else {
		ck_assert_int_eq(err.code, code);
		ck_assert_ptr_null(layout.head.text);
	}
	return code;
}

START_TEST(a_header_is_as_long_as_readers_take_and_no_longer)
{
	char *name = malloc(100000100);
	size_t n = 0;

	ck_assert_ptr_nonnull(name);
	memset(name, 'a', 100000100);
	ck_assert_int_eq(make_long_header(name, 100000000, 8, &n), SFTR_OK);
	ck_assert_uint_eq(n, 100000008);
	ck_assert_int_eq(make_long_header(name, 99999993, 8, &n), SFTR_OK);
	ck_assert_uint_eq(n, 100000008);
	ck_assert_int_eq(make_long_header(name, 100000001, 8, &n),
			 SFTR_E_LENGTH);
	/* 8 + N a multiple of 64 ends at 100,000,000 - 8 at most. */
	ck_assert_int_eq(make_long_header(name, 99999992, 64, &n), SFTR_OK);
	ck_assert_uint_eq(n, 100000000);
	ck_assert_int_eq(make_long_header(name, 99999993, 64, &n),
			 SFTR_E_LENGTH);
	free(name);
}
END_TEST

/* Far too many entries are refused without spelling them all. */
START_TEST(memory_stays_within_what_a_reader_takes)
{
	const size_t n = 40, n_name = 10000000;
	struct ledger books;
	sftr_allocator a = ledger_allocator(&books);
	char *name = malloc(n_name);
	sftr__item items[40];
	sftr__layout layout;

	ck_assert_ptr_nonnull(name);
	memset(name, 'a', n_name);
	for (size_t i = 0; i < n; i++) {
		sftr__item item = { { name, n_name }, shape_4, 4, 1, SFTR_U8 };

		items[i] = item;
	}
	ck_assert_int_eq(
		sftr__layout_make(&layout, &a, items, n, NULL, 0, 8, NULL),
		SFTR_E_LENGTH);
	ck_assert_uint_lt(books.peak, 140000000);
	ck_assert_uint_eq(books.n_blocks, 0);
	free(name);
}
END_TEST

START_TEST(a_file_beyond_64_bits_is_refused)
{
	sftr__item items[9];
	sftr__layout layout;
	const uint64_t shape[] = { UINT64_MAX / 8 };

	for (size_t i = 0; i < 9; i++) {
		sftr__item item = { SFTR_STR("x"), shape, UINT64_MAX / 8, 1,
				    SFTR_U8 };

		items[i] = item;
	}
	ck_assert_int_eq(
		sftr__layout_make(&layout, NULL, items, 9, NULL, 0, 8, NULL),
		SFTR_E_RANGE);
	/* Eight of them and the head are one byte too many, give or take. */
	ck_assert_int_eq(
		sftr__layout_make(&layout, NULL, items, 8, NULL, 0, 8, NULL),
		SFTR_E_RANGE);
	ck_assert_int_eq(
		sftr__layout_make(&layout, NULL, items, 7, NULL, 0, 8, NULL),
		SFTR_OK);
	ck_assert(layout.data_n_bytes == 7 * (UINT64_MAX / 8));
	sftr__layout_free(&layout);
}
END_TEST

START_TEST(out_of_memory_at_every_point)
{
	static const sftr__item items[] = {
		ITEM("a", SFTR_U8, 1, shape_4, 4),
		ITEM("b", SFTR_F32, 2, shape_2_3, 24),
	};
	static const sftr_metadata metadata[] = {
		{ SFTR_STR("format"), SFTR_STR("pt") },
		{ SFTR_STR("creator"), SFTR_STR("a test") },
	};
	struct ledger books;
	sftr_allocator a = ledger_allocator(&books);

	while (ledger_round(&books)) {
		sftr__layout layout;
		sftr_error err = { .code = SFTR_OK };
		sftr_code code = sftr__layout_make(&layout, &a, items, 2,
						   metadata, 2, 8, &err);

		ck_assert_int_eq(code, ledger_code(&books));
		ck_assert_int_eq(err.code, code);
		if (code == SFTR_OK)
			sftr__layout_free(&layout);
	}
	ck_assert_uint_gt(books.fail_at, 5);
}
END_TEST

int
main(void)
{
	TCase *tc = tcase_create("layout");

	tcase_add_loop_test(tc, a_size_is_shape_times_bits_in_whole_bytes, 0,
			    COUNT(sizes));
	tcase_add_test(tc, nothing_is_an_empty_object);
	tcase_add_test(tc, higher_dtypes_come_first_then_names_by_bytes);
	tcase_add_test(tc, every_dtype_has_its_place);
	tcase_add_test(tc, metadata_come_first_sorted_by_key);
	tcase_add_loop_test(tc, data_begin_at_a_multiple_of_align, 0, 18);
	tcase_add_test(tc, a_header_is_as_long_as_readers_take_and_no_longer);
	tcase_add_test(tc, memory_stays_within_what_a_reader_takes);
	tcase_add_test(tc, a_file_beyond_64_bits_is_refused);
	tcase_add_test(tc, out_of_memory_at_every_point);
	return run_suite("layout", tc);
}
