/* SPDX-License-Identifier: MIT */
#include "format/emit.h"

#include "effort.h"
#include "ledger.h"
#include "suite.h"

#include <check.h>
#include <stdio.h>

/* Asserts the bytes emitted so far, and lets them go. */
static void
assert_emitted(sftr__emit *e, const char *want, size_t n)
{
	ck_assert(!e->failed);
	ck_assert_uint_eq(e->n_bytes, n);
	ck_assert_mem_eq(e->text, want, n);
	sftr__emit_free(e);
}

#define ASSERT_EMITTED(e, literal)                                             \
	assert_emitted(e, literal, sizeof(literal) - 1)

static const struct {
	sftr_str text;
	const char *want;
} strings[] = {
	{ SFTR_STR(""), "\"\"" },
	{ SFTR_STR("weight"), "\"weight\"" },
	{ SFTR_STR("\""), "\"\\\"\"" },
	{ SFTR_STR("\\"), "\"\\\\\"" },
	{ SFTR_STR("a/b"), "\"a/b\"" },
	{ SFTR_STR("\b\f\n\r\t"), "\"\\b\\f\\n\\r\\t\"" },
	{ SFTR_STR("\x01\x0b\x1b\x1f"), "\"\\u0001\\u000b\\u001b\\u001f\"" },
	{ SFTR_STR("\x7f"), "\"\x7f\"" },
	{ SFTR_STR("\xc3\xa9\xe2\x80\xa8\xf0\x9f\x8c\xb2"),
	  "\"\xc3\xa9\xe2\x80\xa8\xf0\x9f\x8c\xb2\"" },
	{ SFTR_STR("0123456789\n0123456789\""),
	  "\"0123456789\\n0123456789\\\"\"" },
	{ SFTR_STR("<script>&'"), "\"<script>&'\"" },
};

START_TEST(a_string_is_spelt_as_the_official_writer_spells_it)
{
	sftr__emit e;

	sftr__emit_begin(&e, NULL);
	sftr__emit_string(&e, strings[_i].text);
	assert_emitted(&e, strings[_i].want, strlen(strings[_i].want));
}
END_TEST

/* One byte at every place of a word, between bytes that could mislead. */
START_TEST(every_byte_is_escaped_wherever_it_stands)
{
	static const char around[] = { 'x', '!',    '#',    '[',   ']',
				       ' ', '\x7f', '\x80', '\xff' };
	unsigned char c = (unsigned char)_i;
	char escape[8];
	size_t n_escape;

	if (c == '"' || c == '\\')
		n_escape = (size_t)snprintf(escape, sizeof escape, "\\%c", c);
	else if (c != 0 && strchr("\b\f\n\r\t", c) != NULL)
		n_escape = (size_t)snprintf(
			escape, sizeof escape, "\\%c",
			"bfnrt"[strchr("\b\f\n\r\t", c) - "\b\f\n\r\t"]);
	else if (c < 0x20)
		n_escape =
			(size_t)snprintf(escape, sizeof escape, "\\u%04x", c);
	else
		n_escape = (size_t)snprintf(escape, sizeof escape, "%c", c);

	for (size_t k = 0; k < sizeof around; k++)
		for (size_t at = k % every(3); at < 20; at += every(3)) {
			char text[20], want[40] = "\"";
			sftr__emit e;

			memset(text, around[k], sizeof text);
			text[at] = (char)c;
			memset(want + 1, around[k], at);
			memcpy(want + 1 + at, escape, n_escape);
			memset(want + 1 + at + n_escape, around[k], 19 - at);
			want[20 + n_escape] = '"';
			sftr__emit_begin(&e, NULL);
			sftr__emit_string(&e, (sftr_str){ text, 20 });
			assert_emitted(&e, want, 21 + n_escape);
		}
}
END_TEST

static const struct {
	uint64_t v;
	const char *want;
} numbers[] = {
	{ 0, "0" },
	{ 9, "9" },
	{ 10, "10" },
	{ 4294967296, "4294967296" },
	{ UINT64_C(9999999999999999999), "9999999999999999999" },
	{ UINT64_MAX, "18446744073709551615" },
};

START_TEST(a_number_is_decimal)
{
	sftr__emit e;

	sftr__emit_begin(&e, NULL);
	sftr__emit_u64(&e, numbers[_i].v);
	assert_emitted(&e, numbers[_i].want, strlen(numbers[_i].want));
}
END_TEST

START_TEST(pieces_follow_each_other)
{
	sftr__emit e;

	sftr__emit_begin(&e, NULL);
	sftr__emit_bytes(&e, "a\0b", 3);
	sftr__emit_text(&e, "[");
	sftr__emit_spaces(&e, 3);
	sftr__emit_spaces(&e, 0);
	sftr__emit_bytes(&e, NULL, 0);
	sftr__emit_text(&e, "]");
	ASSERT_EMITTED(&e, "a\0b[   ]");
}
END_TEST

START_TEST(the_buffer_grows_as_far_as_need_be)
{
	sftr__emit e;

	sftr__emit_begin(&e, NULL);
	for (unsigned i = 0; i < 100000; i++)
		sftr__emit_text(&e, "0123456789");
	ck_assert(!e.failed);
	ck_assert_uint_eq(e.n_bytes, 1000000);
	for (size_t i = 0; i < e.n_bytes; i += 10)
		ck_assert_mem_eq(e.text + i, "0123456789", 10);
	sftr__emit_free(&e);
}
END_TEST

START_TEST(without_memory_it_fails_for_good)
{
	struct ledger books;
	sftr_allocator a = ledger_allocator(&books);

	while (ledger_round(&books)) {
		sftr__emit e;

		sftr__emit_begin(&e, &a);
		for (unsigned i = 0; i < 100; i++) {
			sftr__emit_string(&e, (sftr_str)SFTR_STR("a\nb"));
			sftr__emit_u64(&e, i);
			sftr__emit_spaces(&e, 5);
		}
		ck_assert_int_eq(e.failed, ledger_code(&books) != SFTR_OK);
		ck_assert_uint_le(books.n_calls, books.fail_at);
		sftr__emit_free(&e);
	}
}
END_TEST

START_TEST(a_size_that_wraps_is_no_memory)
{
	sftr__emit e;

	sftr__emit_begin(&e, NULL);
	sftr__emit_text(&e, "x");
	sftr__emit_spaces(&e, SIZE_MAX - 1);
	ck_assert(e.failed);
	ck_assert_uint_eq(e.n_bytes, 1);
	sftr__emit_free(&e);
}
END_TEST

int
main(void)
{
	TCase *tc = tcase_create("emit");

	tcase_add_loop_test(tc,
			    a_string_is_spelt_as_the_official_writer_spells_it,
			    0, COUNT(strings));
	tcase_add_loop_test(tc, every_byte_is_escaped_wherever_it_stands, 0,
			    256);
	tcase_add_loop_test(tc, a_number_is_decimal, 0, COUNT(numbers));
	tcase_add_test(tc, pieces_follow_each_other);
	tcase_add_test(tc, the_buffer_grows_as_far_as_need_be);
	tcase_add_test(tc, without_memory_it_fails_for_good);
	tcase_add_test(tc, a_size_that_wraps_is_no_memory);
	return run_suite("emit", tc);
}
