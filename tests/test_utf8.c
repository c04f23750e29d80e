/* SPDX-License-Identifier: MIT */
#include "base/utf8.h"
#include "suite.h"

#include <stdlib.h>
#include <string.h>

/* Table 3-7 of the Unicode standard, said in another way. */
static int
is_well_formed(const unsigned char *b, size_t n)
{
	uint32_t c;

	if (n == 1)
		return b[0] < 0x80;
	for (size_t i = 1; i < n; i++)
		if (b[i] / 64 != 2)
			return 0;
	if (n == 2) {
		c = (uint32_t)(b[0] & 0x1f) << 6 | (b[1] & 0x3f);
		return b[0] / 32 == 6 && c >= 0x80;
	}
	if (n == 3) {
		c = (uint32_t)(b[0] & 0x0f) << 12 |
		    (uint32_t)(b[1] & 0x3f) << 6 | (b[2] & 0x3f);
		return b[0] / 16 == 14 && c >= 0x800 &&
		       (c < 0xd800 || c > 0xdfff);
	}
	c = (uint32_t)(b[0] & 0x07) << 18 | (uint32_t)(b[1] & 0x3f) << 12 |
	    (uint32_t)(b[2] & 0x3f) << 6 | (b[3] & 0x3f);
	return b[0] / 8 == 30 && c >= 0x10000 && c <= 0x10ffff;
}

START_TEST(every_code_point_comes_back)
{
	char text[4];
	size_t len;

	for (uint32_t c = 0; c < 0x110000; c++) {
		size_t n;

		if (c >= 0xd800 && c <= 0xdfff)
			continue;
		n = sftr__utf8_write(c, text);
		/* One assertion for all: a million of Check's take seconds. */
		if (sftr__utf8_read(text, n, &len) != c || len != n ||
		    sftr__utf8_span(text, n) != n ||
		    (n > 1 && sftr__utf8_span(text, n - 1) != 0))
			ck_abort_msg("U+%04X", (unsigned)c);
	}
}
END_TEST

START_TEST(only_well_formed_sequences_are_read)
{
	/* All lead bytes, and the second and third bytes that matter. */
	static const unsigned char others[] = { 0x00, 0x7f, 0x80, 0x8f, 0x90,
						0x9f, 0xa0, 0xbf, 0xc0, 0xff };
	size_t n = sizeof others, len;

	for (unsigned first = 0; first < 256; first++) {
		for (size_t i = 0; i < n * n * n; i++) {
			unsigned char b[4] = { (unsigned char)first,
					       others[i % n], others[i / n % n],
					       others[i / n / n] };
			size_t expected = 0;
			uint32_t c;

			for (size_t k = 1; k <= 4 && expected == 0; k++)
				if (is_well_formed(b, k))
					expected = k;
			c = sftr__utf8_read((const char *)b, 4, &len);
			if ((c == UINT32_MAX ? 0 : len) != expected || len < 1)
				ck_abort_msg("%02x %02x %02x %02x", b[0], b[1],
					     b[2], b[3]);
		}
	}
}
END_TEST

START_TEST(the_span_ends_at_the_first_fault)
{
	char text[40];

	for (size_t at = 0; at < 32; at++) {
		memset(text, 'a', sizeof text);
		text[at] = (char)0x80;
		ck_assert_uint_eq(sftr__utf8_span(text, 32), at);
	}
	memset(text, 'a', sizeof text);
	ck_assert_uint_eq(sftr__utf8_span(text, 32), 32);
	ck_assert_uint_eq(sftr__utf8_span(text, 0), 0);
}
END_TEST

static void
prints(const char *text, size_t n, size_t size, const char *expected)
{
	char *out = malloc(size == 0 ? 1 : size);
	size_t done = sftr__utf8_print(text, n, out, size);

	if (size > 0) {
		ck_assert_str_eq(out, expected);
		ck_assert_uint_eq(done, strlen(expected));
	}
	free(out);
}

START_TEST(printing_disarms_what_could_speak_to_a_terminal)
{
	prints("plain", 5, 32, "plain");
	prints("a\033[2Jb", 6, 32, "a\\x1b[2Jb");
	prints("a\0b", 3, 32, "a\\x00b");
	prints("\x7f\t\n", 3, 32, "\\x7f\\x09\\x0a");
	prints("\xc2\x9b", 2, 32, "\\u{009b}");
	prints("\xe2\x80\xae", 3, 32, "\\u{202e}");
	prints("\xff\xc3", 2, 32, "\\xff\\xc3");
	prints("\\x00", 4, 32, "\\\\x00");
	prints("\xc3\xa9\xf0\x9f\x98\x80", 6, 32, "\xc3\xa9\xf0\x9f\x98\x80");
}
END_TEST

START_TEST(printing_cuts_at_whole_characters)
{
	prints("abcdef", 6, 7, "abcdef");
	prints("abcdef", 6, 6, "ab...");
	prints("ab\xc3\xa9"
	       "defgh",
	       9, 8, "ab\xc3\xa9...");
	prints("ab\xc3\xa9"
	       "defgh",
	       9, 7, "ab...");
	prints("\n\n\n\n", 4, 8, "\\x0a...");
	prints("abcdef", 6, 3, "..");
	prints("abcdef", 6, 1, "");
	prints("abcdef", 6, 0, "");
}
END_TEST

int
main(void)
{
	TCase *tc = tcase_create("utf8");

	tcase_add_test(tc, every_code_point_comes_back);
	tcase_add_test(tc, only_well_formed_sequences_are_read);
	tcase_add_test(tc, the_span_ends_at_the_first_fault);
	tcase_add_test(tc, printing_disarms_what_could_speak_to_a_terminal);
	tcase_add_test(tc, printing_cuts_at_whole_characters);
	return run_suite("utf8", tc);
}
