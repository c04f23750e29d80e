/* SPDX-License-Identifier: MIT */
#include "base/diagnostic.h"

#include "suite.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

/* What the system says, in a locale that is not of UTF-8; NULL: its own. */
static const char *reason;

int
__wrap_strerror_r(int number, char *text, size_t size);

int
__wrap_strerror_r(int number, char *text, size_t size)
{
	int n;

	/* strerror would keep what it says of those that there are not. */
	if (reason == NULL && number > 10000)
		n = snprintf(text, size, "no error %d", number);
	else
		n = snprintf(text, size, "%s",
			     reason != NULL ? reason : strerror(number));
	return (size_t)n < size ? 0 : ERANGE;
}

/* What was there before must not show through. */
static sftr_error
dirty(void)
{
	sftr_error err;

	memset(&err, 0xa5, sizeof err);
	return err;
}

static bool
is_zero(const void *bytes, size_t n)
{
	const unsigned char *p = bytes;
	unsigned sum = 0;

	while (n-- > 0)
		sum |= *p++;
	return sum == 0;
}

START_TEST(a_failure_fills_in_everything)
{
	sftr_error err = dirty();

	ck_assert_int_eq(sftr__fail(&err, SFTR_E_SIZE, "%d of %d", 3, 4),
			 SFTR_E_SIZE);
	ck_assert_int_eq(err.code, SFTR_E_SIZE);
	ck_assert_str_eq(err.message, "3 of 4");
	ck_assert_uint_eq(err.offset, SFTR_NO_OFFSET);
	ck_assert_int_eq(err.os_errno, 0);
	ck_assert_uint_eq(err.rule, 0);
	ck_assert_int_eq(err.severity, SFTR_ERROR);
	ck_assert(is_zero(err.file, sizeof err.file));
	ck_assert(is_zero(err.key, sizeof err.key));
	ck_assert(is_zero(err.other, sizeof err.other));
	ck_assert(is_zero(err.reserved, sizeof err.reserved));

	err = dirty();
	ck_assert_int_eq(sftr__fail_at(&err, SFTR_E_JSON, 77, "here"),
			 SFTR_E_JSON);
	ck_assert_uint_eq(err.offset, 77);
	ck_assert_int_eq(sftr__fail_memory(&err), SFTR_E_MEMORY);
	ck_assert_str_eq(err.message, "out of memory");
	sftr__set_fault(&err, SFTR_E_HOLE, "%s", "else");
	ck_assert_int_eq(err.code, SFTR_E_HOLE);
	ck_assert_str_eq(err.message, "else");
}
END_TEST

START_TEST(nobody_need_want_the_error)
{
	ck_assert_int_eq(sftr__fail(NULL, SFTR_E_SIZE, "x"), SFTR_E_SIZE);
	ck_assert_int_eq(sftr__fail_at(NULL, SFTR_E_JSON, 1, "x"), SFTR_E_JSON);
	ck_assert_int_eq(sftr__fail_memory(NULL), SFTR_E_MEMORY);
	ck_assert_int_eq(sftr__fail_os(NULL, EIO, "x"), SFTR_E_IO);
	ck_assert_int_eq(sftr__fail_os(NULL, ENOMEM, "x"), SFTR_E_MEMORY);
	sftr__set_file(NULL, "f");
	sftr__set_key(NULL, "k", 1);
	sftr__set_other(NULL, "o", 1);
}
END_TEST

START_TEST(the_systems_reason_stands_behind_ours)
{
	sftr_error err = dirty();
	char expected[256];

	ck_assert_int_eq(sftr__fail_os(&err, ENOENT, "cannot open %d", 5),
			 SFTR_E_IO);
	snprintf(expected, sizeof expected, "cannot open 5: %s",
		 strerror(ENOENT));
	ck_assert_str_eq(err.message, expected);
	ck_assert_int_eq(err.os_errno, ENOENT);
	ck_assert_int_eq(sftr__fail_os(&err, ENOMEM, "x"), SFTR_E_MEMORY);
	ck_assert_int_eq(err.os_errno, ENOMEM);
	/* No such errno: whatever is said, the number is in it. */
	ck_assert_int_eq(sftr__fail_os(&err, 98765, "x"), SFTR_E_IO);
	ck_assert_ptr_nonnull(strstr(err.message, "98765"));
	reason = "Ger\xe4t fehlt\x1b";
	sftr__fail_os(&err, ENXIO, "x");
	reason = NULL;
	ck_assert_str_eq(err.message, "x: Ger?t fehlt?");
}
END_TEST

START_TEST(a_message_too_long_is_cut_and_ended)
{
	sftr_error err = dirty();
	char text[1000];

	memset(text, 'm', sizeof text - 1);
	text[sizeof text - 1] = '\0';
	sftr__fail(&err, SFTR_E_SIZE, "%s", text);
	ck_assert_uint_eq(strlen(err.message), sizeof err.message - 1);
	ck_assert_int_eq(sftr__fail_os(&err, EIO, "%s", text), SFTR_E_IO);
	ck_assert_uint_eq(strlen(err.message), sizeof err.message - 1);
	ck_assert_int_eq(err.os_errno, EIO);
}
END_TEST

START_TEST(a_long_path_keeps_its_end)
{
	sftr_error err = dirty();
	char path[1000];

	sftr__fail(&err, SFTR_E_IO, "x");
	sftr__set_file(&err, "short/file");
	ck_assert_str_eq(err.file, "short/file");
	sftr__set_file(&err, NULL);
	ck_assert_str_eq(err.file, "short/file");
	memset(path, 'd', sizeof path);
	strcpy(path + 900, "/model.safetensors");
	sftr__set_file(&err, path);
	ck_assert_uint_lt(strlen(err.file), sizeof err.file);
	ck_assert_int_eq(strncmp(err.file, "...d", 4), 0);
	ck_assert_ptr_nonnull(strstr(err.file, "/model.safetensors"));
	/* Wherever the cut falls, no character is halved. */
	for (size_t shift = 0; shift < 4; shift++) {
		memset(path, 'd', shift);
		for (size_t i = 0; i < 240; i++)
			memcpy(path + shift + 4 * i, "\xf0\x9f\x98\x80", 4);
		path[shift + 960] = '\0';
		sftr__set_file(&err, path);
		ck_assert_int_eq(strncmp(err.file, "...\xf0\x9f\x98\x80", 7),
				 0);
		ck_assert_ptr_null(strstr(err.file, "\\x"));
	}
}
END_TEST

START_TEST(keys_and_paths_cannot_speak_to_the_terminal)
{
	sftr_error err;

	sftr__fail(&err, SFTR_E_IO, "x");
	sftr__set_file(&err, "a\033[2Jb");
	sftr__set_key(&err, "k\0\r", 3);
	sftr__set_other(&err, "o\xff", 2);
	ck_assert_ptr_null(strchr(err.file, '\033'));
	ck_assert_ptr_null(strchr(err.key, '\r'));
	ck_assert_uint_gt(strlen(err.key), 3);
	ck_assert_ptr_null(strchr(err.other, '\xff'));
}
END_TEST

START_TEST(a_message_cannot_speak_to_the_terminal)
{
	char text[sizeof((sftr_error *)0)->message];
	sftr_error err;

	sftr__fail(&err, SFTR_E_RULE, "expected \"%s\"", "a\033[2J\\b\xff\x7f");
	ck_assert_str_eq(err.message, "expected \"a?[2J\\b??\"");
	sftr__fail_at(&err, SFTR_E_RULE, 7, "%s", "\u202e\u00e9");
	ck_assert_str_eq(err.message, "???\u00e9");
	sftr__set_fault(&err, SFTR_E_RULE, "%s", "\n");
	ck_assert_str_eq(err.message, "?");
	/* Cut within a character. */
	memset(text, 'm', sizeof text);
	memcpy(text + sizeof text - 3, "\u00e9", 3);
	sftr__fail(&err, SFTR_E_RULE, "%s", text);
	ck_assert_str_eq(err.message, text);
	sftr__fail(&err, SFTR_E_RULE, "m%s", text);
	ck_assert_str_eq(err.message + sizeof text - 3, "m?");
}
END_TEST

START_TEST(an_error_is_one_line_of_what_is_known)
{
	sftr_error err;
	char text[64];

	sftr__fail(&err, SFTR_E_IO, "broken");
	ck_assert_str_eq(sftr_error_text(&err, text, sizeof text), "broken");
	sftr__set_key(&err, "w", 1);
	ck_assert_str_eq(sftr_error_text(&err, text, sizeof text), "w: broken");
	sftr__set_file(&err, "f");
	err.offset = 7;
	ck_assert_str_eq(sftr_error_text(&err, text, sizeof text),
			 "f: w: broken (byte 7)");
	ck_assert_str_eq(sftr_error_text(&err, text, 5), "f: w");
	text[0] = 'x';
	ck_assert_ptr_eq(sftr_error_text(&err, text, 0), text);
	ck_assert_int_eq(text[0], 'x');
}
END_TEST

static int
count(void *user, const sftr_diagnostic *d)
{
	unsigned *n = user;

	ck_assert_str_eq(d->file, "text");
	return ++*n == 3;
}

START_TEST(the_first_error_is_kept_and_all_are_handed_on)
{
	unsigned n = 0;
	sftr_error err = dirty();
	sftr__findings f = { .err = &err,
			     .fn = count,
			     .user = &n,
			     .file = "text",
			     .all = true };
	sftr_diagnostic d;

	sftr__fail(&d, SFTR_E_HOLE, "warned");
	d.severity = SFTR_WARNING;
	sftr__findings_add(&f, &d);
	ck_assert_uint_eq(f.n_errors, 0);
	sftr__fail(&d, SFTR_E_JSON, "first");
	sftr__findings_add(&f, &d);
	sftr__fail(&d, SFTR_E_SIZE, "second");
	ck_assert(sftr__findings_more(&f));
	sftr__findings_add(&f, &d);
	ck_assert(!sftr__findings_more(&f));
	sftr__findings_add(&f, &d);
	ck_assert_uint_eq(n, 3);
	ck_assert_uint_eq(f.n_errors, 2);
	ck_assert_int_eq(f.code, SFTR_E_JSON);
	ck_assert_str_eq(err.message, "first");
	ck_assert_str_eq(err.file, "text");
}
END_TEST

START_TEST(the_version_is_the_headers)
{
	char text[32];

	snprintf(text, sizeof text, "%d.%d.%d", SFTR_VERSION_MAJOR,
		 SFTR_VERSION_MINOR, SFTR_VERSION_PATCH);
	ck_assert_str_eq(sftr_version(), text);
}
END_TEST

int
main(void)
{
	TCase *tc = tcase_create("diagnostic");

	tcase_add_test(tc, a_failure_fills_in_everything);
	tcase_add_test(tc, nobody_need_want_the_error);
	tcase_add_test(tc, the_systems_reason_stands_behind_ours);
	tcase_add_test(tc, a_message_too_long_is_cut_and_ended);
	tcase_add_test(tc, a_long_path_keeps_its_end);
	tcase_add_test(tc, keys_and_paths_cannot_speak_to_the_terminal);
	tcase_add_test(tc, a_message_cannot_speak_to_the_terminal);
	tcase_add_test(tc, an_error_is_one_line_of_what_is_known);
	tcase_add_test(tc, the_first_error_is_kept_and_all_are_handed_on);
	tcase_add_test(tc, the_version_is_the_headers);
	return run_suite("diagnostic", tc);
}
