/* SPDX-License-Identifier: MIT */
#include "names/guess.h"

#include "ledger.h"
#include "paths.h"

#define MOST 6

static const struct {
	const char *said; /* metadata, or NULL */
	const char *names[MOST];
	sftr_codec codec;
	const char *reason;
} cases[] = {
	{ NULL, { NULL }, SFTR_CODEC_DOTTED, "dotted: there are no names" },
	{ NULL,
	  { "" },
	  SFTR_CODEC_DOTTED,
	  "dotted: no '.' in '' or any other" },
	{ NULL,
	  { "w", "b" },
	  SFTR_CODEC_DOTTED,
	  "dotted: no '.' in 'w' or any other" },
	{ NULL,
	  { "w", "layers.0.w", "layers.2.w" },
	  SFTR_CODEC_DOTTED,
	  "dotted: 'layers.0.w' has '.'" },
	{ NULL,
	  { "params/Dense_0/kernel", "a.b" },
	  SFTR_CODEC_SLASH,
	  "slash: 'params/Dense_0/kernel' has '/'" },
	{ NULL,
	  { "a/b", "mlp/~/linear_0/w" },
	  SFTR_CODEC_HAIKU,
	  "haiku: 'mlp/~/linear_0/w' has '/~/'" },
	{ NULL,
	  { "a", "layers#10@query" },
	  SFTR_CODEC_P2S,
	  "p2s: 'layers#10@query' has '#' before a digit" },
	{ NULL,
	  { "a#0" },
	  SFTR_CODEC_P2S,
	  "p2s: 'a#0' has '#' before a digit" },
	{ NULL,
	  { "a#9" },
	  SFTR_CODEC_P2S,
	  "p2s: 'a#9' has '#' before a digit" },
	{ NULL,
	  { "a#:", "a#" },
	  SFTR_CODEC_DOTTED,
	  "dotted: no '.' in 'a#:' or any other" },
	{ NULL, { "." }, SFTR_CODEC_DOTTED, "dotted: '.' has '.'" },
	{ NULL, { "a//~/" }, SFTR_CODEC_HAIKU, "haiku: 'a//~/' has '/~/'" },
	{ NULL, { "#a/b", "x@y" }, SFTR_CODEC_SLASH, "slash: '#a/b' has '/'" },
	{ NULL,
	  { "@params@Dense_0/kernel" },
	  SFTR_CODEC_P2S,
	  "p2s: '@params@Dense_0/kernel' has '@'" },
	{ NULL,
	  { ".layers", "['a'][0].w@" },
	  SFTR_CODEC_P2S,
	  "p2s: '['a'][0].w@' has '@'" },
	{ NULL,
	  { "['a'].x", "['a'][0].w" },
	  SFTR_CODEC_DOTTED,
	  "dotted: '['a'].x' has '.'" },
	{ NULL,
	  { ".weight", ".layers[0].weight" },
	  SFTR_CODEC_KEYSTR,
	  "keystr: '.layers[0].weight' has '[', "
	  "and all begin with '[' or '.'" },
	{ NULL,
	  { "['b/~/c@#1']" },
	  SFTR_CODEC_KEYSTR,
	  "keystr: '['b/~/c@#1']' has '[', and all begin with '[' or '.'" },
	{ NULL,
	  { "['a']", "b.c" },
	  SFTR_CODEC_DOTTED,
	  "dotted: 'b.c' has '.'" },
	{ NULL,
	  { "['a']", "" },
	  SFTR_CODEC_RAW,
	  "raw: '' does not fit dotted: "
	  "expected nothing beside a bare leaf, found ['a']" },
	{ NULL,
	  { "[0]", "[2]" },
	  SFTR_CODEC_DOTTED,
	  "dotted: no '.' in '[0]' or any other" },
	{ NULL,
	  { "a", "a.b" },
	  SFTR_CODEC_RAW,
	  "raw: 'a' does not fit dotted: "
	  "expected nothing below a tensor, found a.b" },
	/* Every codec but raw has a conflict. */
	{ NULL,
	  { "w@a", "w@a@b", "a/~/b", "x.y", "x.y/z", "x.y.z" },
	  SFTR_CODEC_RAW,
	  "raw: 'x.y' does not fit dotted: "
	  "expected nothing below a tensor, found x.y.z" },
	{ NULL,
	  { "a/~/b", "a", "a/c" },
	  SFTR_CODEC_DOTTED,
	  "dotted: no '.' in 'a/~/b' or any other" },
	{ NULL, { "#/", "/#" }, SFTR_CODEC_SLASH, "slash: '#/' has '/'" },
	{ NULL,
	  { "a\nb.c" },
	  SFTR_CODEC_DOTTED,
	  "dotted: 'a\\x0ab.c' has '.'" },
	{ "p2s-esc",
	  { "a/b" },
	  SFTR_CODEC_P2S_ESC,
	  "p2s-esc: the metadata pytree.codec says so" },
	{ "raw",
	  { "a.b" },
	  SFTR_CODEC_RAW,
	  "raw: the metadata pytree.codec says so" },
	/* It decides even where a name will be refused. */
	{ "p2s",
	  { "#x" },
	  SFTR_CODEC_P2S,
	  "p2s: the metadata pytree.codec says so" },
};

static sftr_str
name_at(const void *user, size_t i)
{
	const char *const *names = user;
	sftr_str name = { names[i], strlen(names[i]) };

	return name;
}

static sftr_code
guess(size_t of, const sftr_allocator *a, sftr_codec *codec, char *reason,
      size_t size, sftr_error *err)
{
	const char *said = cases[of].said;
	sftr_str value = { said, said != NULL ? strlen(said) : 0 };
	sftr__guess_names names = { 0, name_at, cases[of].names };

	while (names.n < MOST && cases[of].names[names.n] != NULL)
		names.n++;
	return sftr__guess(&names, said != NULL ? &value : NULL, a, codec,
			   reason, size, err);
}

START_TEST(names_tell_their_codec_and_why)
{
	sftr_codec codec = SFTR_N_CODECS;
	char reason[256] = "unchanged";
	char cut[9];

	ck_assert_int_eq(
		guess((size_t)_i, NULL, &codec, reason, sizeof reason, NULL),
		SFTR_OK);
	ck_assert_str_eq(sftr_codec_name(codec),
			 sftr_codec_name(cases[_i].codec));
	ck_assert_str_eq(reason, cases[_i].reason);
	ck_assert_int_eq(guess((size_t)_i, NULL, &codec, cut, sizeof cut, NULL),
			 SFTR_OK);
	ck_assert_int_eq(strncmp(cut, reason, sizeof cut - 1), 0);
	ck_assert_uint_lt(strlen(cut), sizeof cut);
	ck_assert_int_eq(guess((size_t)_i, NULL, &codec, NULL, 0, NULL),
			 SFTR_OK);
	ck_assert_int_eq(codec, cases[_i].codec);
	cut[0] = 'x';
	ck_assert_int_eq(guess((size_t)_i, NULL, &codec, cut, 0, NULL),
			 SFTR_OK);
	ck_assert_int_eq(cut[0], 'x');
}
END_TEST

START_TEST(a_codec_said_must_be_one)
{
	static const char *const wrong[] = { "", "guess", "P2S", "p2s\n" };
	static const char *const shown[] = { "", "guess", "P2S", "p2s\\x0a" };
	sftr__guess_names names = { 0, name_at, NULL };

	for (size_t i = 0; i < COUNT(wrong); i++) {
		sftr_str said = { wrong[i], strlen(wrong[i]) };
		sftr_codec codec = SFTR_CODEC_RAW;
		char message[64] = "expected the name of a codec, found '";
		sftr_error err;

		ck_assert_int_eq(
			sftr__guess(&names, &said, NULL, &codec, NULL, 0, &err),
			SFTR_E_NOTE);
		strcat(message, shown[i]);
		ck_assert_str_eq(err.message, strcat(message, "'"));
		ck_assert_str_eq(err.key, "pytree.codec");
		ck_assert_int_eq(codec, SFTR_CODEC_GUESS);
	}
}
END_TEST

START_TEST(out_of_memory_at_every_point)
{
	struct ledger books;
	sftr_allocator a = ledger_allocator(&books);

	while (ledger_round(&books)) {
		sftr_codec codec;
		sftr_error err;

		ck_assert_int_eq(guess((size_t)_i, &a, &codec, NULL, 0, &err),
				 ledger_code(&books));
		if (ledger_code(&books) == SFTR_OK) {
			ck_assert_int_eq(codec, cases[_i].codec);
			continue;
		}
		ck_assert_str_eq(err.message, "out of memory");
		ck_assert_int_eq(codec, SFTR_CODEC_GUESS);
	}
}
END_TEST

int
main(void)
{
	TCase *tc = tcase_create("guess");

	tcase_add_loop_test(tc, names_tell_their_codec_and_why, 0,
			    COUNT(cases));
	tcase_add_test(tc, a_codec_said_must_be_one);
	tcase_add_loop_test(tc, out_of_memory_at_every_point, 0, COUNT(cases));
	return run_suite("guess", tc);
}
