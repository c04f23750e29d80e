/* SPDX-License-Identifier: MIT */
#include "names/codec.h"

#include "ledger.h"
#include "paths.h"

#include <stdio.h>

static const struct {
	sftr_codec codec;
	const char *name;
} names[] = {
	{ SFTR_CODEC_GUESS, "guess" },	   { SFTR_CODEC_P2S, "p2s" },
	{ SFTR_CODEC_P2S_ESC, "p2s-esc" }, { SFTR_CODEC_DOTTED, "dotted" },
	{ SFTR_CODEC_SLASH, "slash" },	   { SFTR_CODEC_HAIKU, "haiku" },
	{ SFTR_CODEC_KEYSTR, "keystr" },   { SFTR_CODEC_RAW, "raw" },
};

START_TEST(every_codec_has_a_name)
{
	const char *name = names[_i].name;
	sftr_codec codec = SFTR_N_CODECS;

	ck_assert_int_eq(COUNT(names), SFTR_N_CODECS);
	ck_assert_str_eq(sftr_codec_name(names[_i].codec), name);
	ck_assert_int_eq(sftr_codec_parse(name, strlen(name), &codec), 1);
	ck_assert_int_eq(codec, names[_i].codec);
}
END_TEST

START_TEST(nothing_else_is_the_name_of_a_codec)
{
	static const char *const others[] = { "",    "p2",   "p2s-",
					      "P2S", "raw ", "?" };
	sftr_codec codec = SFTR_N_CODECS;

	for (size_t i = 0; i < COUNT(others); i++)
		ck_assert_int_eq(
			sftr_codec_parse(others[i], strlen(others[i]), &codec),
			0);
	ck_assert_int_eq(codec, SFTR_N_CODECS);
	ck_assert_str_eq(sftr_codec_name(SFTR_N_CODECS), "?");
	ck_assert_str_eq(sftr_codec_name((sftr_codec)-1), "?");
}
END_TEST

START_TEST(neither_guess_nor_a_stranger_reads_or_writes)
{
	static const sftr_codec strangers[] = { SFTR_CODEC_GUESS, SFTR_N_CODECS,
						(sftr_codec)-1 };
	sftr_step step = KEY("a");
	char text[8];
	sftr_path path;
	sftr_error err;
	size_t n = 1;

	for (size_t i = 0; i < COUNT(strangers); i++) {
		ck_assert_int_eq(sftr_path_parse(strangers[i], "a", 1, NULL,
						 &path, &err),
				 SFTR_E_ARGUMENT);
		ck_assert_str_eq(err.message, i == 0 ? "expected a codec, "
						       "found guess" :
						       "expected a codec, "
						       "found ?");
		ck_assert_ptr_null(path.steps);
		ck_assert_int_eq(sftr_path_format(strangers[i], &step, 1, text,
						  sizeof text, &n, &err),
				 SFTR_E_ARGUMENT);
		ck_assert_uint_eq(n, 0);
	}
}
END_TEST

/* Many names in one buffer, and one of them that is no path. */
START_TEST(names_are_appended_to_one_buffer)
{
	static char texts[1000][32];
	struct ledger books;
	sftr_allocator a = ledger_allocator(&books);
	sftr__path_buffer buffer;

	sftr__path_buffer_init(&buffer, &a);
	for (size_t i = 0; i < COUNT(texts); i++) {
		int len = snprintf(texts[i], sizeof texts[i],
				   "layers#%zu@a\\.%zu", i, i);
		sftr_error err;

		ck_assert_int_eq(sftr__path_parse_into(SFTR_CODEC_P2S_ESC,
						       texts[i], (size_t)len,
						       &buffer, &err),
				 SFTR_OK);
		ck_assert_int_eq(sftr__path_parse_into(SFTR_CODEC_P2S_ESC,
						       "a@\\.b#x", 7, &buffer,
						       &err),
				 SFTR_E_PATH);
		ck_assert_uint_eq(buffer.n_steps, 3 * (i + 1));
	}
	for (size_t i = 0; i < COUNT(texts); i++) {
		const sftr_step *steps = &buffer.steps[3 * i];
		char key[16];

		ck_assert_ptr_eq(steps[0].text.ptr, texts[i]);
		ck_assert_int_eq(steps[1].number, (int64_t)i);
		snprintf(key, sizeof key, "a.%zu", i);
		ck_assert(is_text(steps[2].text, key));
	}
	ck_assert_uint_lt(books.n_calls, 40);
	sftr__path_buffer_free(&buffer);
	ck_assert_uint_eq(books.n_bytes, 0);
}
END_TEST

START_TEST(what_does_not_fit_is_said_in_words)
{
	sftr_step step = NAME("layers");
	char text[6] = "";
	sftr_error err;
	size_t n;

	ck_assert_int_eq(sftr_path_format(SFTR_CODEC_DOTTED, &step, 1, text,
					  sizeof text, &n, &err),
			 SFTR_E_CAPACITY);
	ck_assert_str_eq(err.message,
			 "expected room for 6 bytes and a NUL, found 6");
	ck_assert_str_eq(text, "layer");
	ck_assert_uint_eq(n, 6);
}
END_TEST

int
main(void)
{
	TCase *tc = tcase_create("codec");

	tcase_add_loop_test(tc, every_codec_has_a_name, 0, COUNT(names));
	tcase_add_test(tc, nothing_else_is_the_name_of_a_codec);
	tcase_add_test(tc, neither_guess_nor_a_stranger_reads_or_writes);
	tcase_add_test(tc, names_are_appended_to_one_buffer);
	tcase_add_test(tc, what_does_not_fit_is_said_in_words);
	return run_suite("codec", tc);
}
