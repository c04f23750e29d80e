/* SPDX-License-Identifier: MIT */
#include "paths.h"

#include "base/utf8.h"
#include "effort.h"
#include "ledger.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const struct codec_facts *facts;

static uint64_t random_state;

void
random_begin(void)
{
	const char *seed = getenv("SFTR_SEED");

	random_state = seed != NULL ? strtoull(seed, NULL, 10) : 1;
	printf("SFTR_SEED=%llu\n", (unsigned long long)random_state);
	fflush(stdout);
	random_state = random_state * 2 + 1;
}

uint32_t
random_below(uint32_t n)
{
	random_state ^= random_state << 13;
	random_state ^= random_state >> 7;
	random_state ^= random_state << 17;
	return (uint32_t)(random_state >> 32) % n;
}

/* Characters that one codec or another, or Python, gives a meaning. */
static const char *const bits[] = {
	".",
	"@",
	"#",
	"/",
	"[",
	"]",
	"\\",
	"'",
	"\"",
	"~",
	"a",
	"w",
	"0",
	"1",
	"-",
	"\n",
	"\r",
	"\t",
	"\v",
	" ",
	"\x7f",
	"x",
	"u",
	"n",
	"\xc2\x80",
	"\xc2\xa0",
	"\xc2\xad",
	"\xc3\xa9",
	"\xc3\xbf",
	"\xc4\x80",
	"\xef\xbf\xbf",
	"\xf0\x9f\x8c\xb2",
	"\xf4\x8f\xbf\xbf",
	"<flat index 3>",
	"__metadata__",
	"layers",
	"10",
	"\\u0041",
};
static const int64_t numbers[] = {
	0, 1, 2, 9, 10, 11, 99, 100, 4294967296, INT64_MAX - 1, INT64_MAX,
};

/* Plain words are as frequent as nasty ones, or few paths would pass. */
static size_t
random_text(char *text)
{
	size_t n = 0;

	if (random_below(3) > 0) {
		static const char *const words[] = {
			"a", "w", "10", "b c", "\xc3\xa9", "layers"
		};
		const char *word = words[random_below(COUNT(words))];

		n = strlen(word);
		memcpy(text, word, n);
		return n;
	}
	for (uint32_t left = random_below(4); left > 0; left--) {
		const char *bit = bits[random_below(COUNT(bits))];
		size_t len = strlen(bit);

		if (random_below(20) == 0) {
			bit = "";
			len = 1; /* U+0000 */
		}
		memcpy(text + n, bit, len);
		n += len;
	}
	return n;
}

struct path
random_path(void)
{
	static sftr_step steps[RANDOM_STEPS];
	static char texts[RANDOM_STEPS][64];
	struct path path = { steps,
			     random_below(1 + random_below(RANDOM_STEPS)) };
	/* Most paths of a file are of few kinds. */
	uint32_t first = random_below(6);
	uint32_t n_kinds = 1 + random_below(6 - first);

	for (size_t i = 0; i < path.n; i++) {
		memset(&steps[i], 0, sizeof steps[i]);
		steps[i].kind = (sftr_step_kind)(first + random_below(n_kinds));
		if (steps[i].kind <= SFTR_STEP_KEY) {
			steps[i].text.ptr = texts[i];
			steps[i].text.len = random_text(texts[i]);
			continue;
		}
		steps[i].number = numbers[random_below(COUNT(numbers))];
		if (steps[i].kind == SFTR_STEP_INT_KEY && random_below(4) > 0)
			steps[i].number = -1 - steps[i].number;
	}
	return path;
}

bool
same_path(const sftr_step *a, size_t n_a, const sftr_step *b, size_t n_b)
{
	if (n_a != n_b)
		return false;
	for (size_t i = 0; i < n_a; i++) {
		if (a[i].kind != b[i].kind)
			return false;
		if (a[i].kind > SFTR_STEP_KEY) {
			if (a[i].number != b[i].number)
				return false;
			continue;
		}
		if (a[i].text.len != b[i].text.len ||
		    (a[i].text.len > 0 &&
		     memcmp(a[i].text.ptr, b[i].text.ptr, a[i].text.len) != 0))
			return false;
	}
	return true;
}

bool
text_holds(sftr_str text, const char *set)
{
	for (size_t i = 0; i < text.len; i++)
		if (text.ptr[i] != '\0' && strchr(set, text.ptr[i]) != NULL)
			return true;
	return false;
}

bool
parted_accepts(const sftr_step *steps, size_t n, const char *separator)
{
	for (size_t i = 0; i < n; i++) {
		if (steps[i].kind > SFTR_STEP_KEY)
			continue;
		if (text_holds(steps[i].text, separator))
			return false;
		if (n == 1 && (is_text(steps[i].text, "") ||
			       is_text(steps[i].text, "__metadata__")))
			return false;
	}
	return true;
}

bool
is_text(sftr_str text, const char *as)
{
	return text.len == strlen(as) && memcmp(text.ptr, as, text.len) == 0;
}

static bool
is_blind(void)
{
	return facts->codec == SFTR_CODEC_DOTTED ||
	       facts->codec == SFTR_CODEC_SLASH;
}

static void
must_read(const struct path_text *row, sftr_path *path)
{
	sftr_error err;
	sftr_code code = sftr_path_parse(facts->codec, row->text.ptr,
					 row->text.len, NULL, path, &err);

	ck_assert_msg(code == SFTR_OK, "%s: %s", row->text.ptr, err.message);
	ck_assert_msg(same_path(path->steps, path->n_steps, row->path.steps,
				row->path.n),
		      "%s: another path", row->text.ptr);
	for (size_t i = 0; i < path->n_steps; i++)
		if (path->steps[i].kind <= SFTR_STEP_KEY)
			ck_assert_int_eq(
				path->steps[i]
					.text.ptr[path->steps[i].text.len],
				'\0');
}

START_TEST(reads_what_it_writes)
{
	const struct path_text *row = &facts->both[_i];
	sftr_path path;
	sftr_error err;
	char text[256];
	size_t n;

	must_read(row, &path);
	ck_assert_msg(sftr_path_format(facts->codec, path.steps, path.n_steps,
				       text, sizeof text, &n, &err) == SFTR_OK,
		      "%s: %s", row->text.ptr, err.message);
	ck_assert_str_eq(text, row->text.ptr);
	ck_assert_uint_eq(n, row->text.len);
	ck_assert_int_eq(text[n], '\0');
	sftr_path_free(&path);
	ck_assert_ptr_null(path.steps);
}
END_TEST

START_TEST(reads_what_it_would_write_otherwise)
{
	const struct path_text *row = &facts->read[_i];
	sftr_path path;
	char text[256];
	size_t n;

	must_read(row, &path);
	if (sftr_path_format(facts->codec, path.steps, path.n_steps, text,
			     sizeof text, &n, NULL) == SFTR_OK)
		ck_assert_str_ne(text, row->text.ptr);
	sftr_path_free(&path);
}
END_TEST

/* Whatever stands behind the text. */
START_TEST(refuses_a_text)
{
	static const char behind[] = "\0.@#/\\'\"]>1a";
	const struct text_fault *row = &facts->texts[_i];
	size_t len = row->text.len;
	char text[128], key[sizeof((sftr_error *)0)->key];
	sftr_path path;
	sftr_error err;

	ck_assert_uint_lt(len, sizeof text);
	memcpy(text, row->text.ptr, len);
	sftr__utf8_print(text, len, key, sizeof key);
	for (size_t i = 0; i < sizeof behind; i++) {
		text[len] = behind[i];
		memset(&path, 0xff, sizeof path);
		ck_assert_msg(sftr_path_parse(facts->codec, text, len, NULL,
					      &path, &err) == SFTR_E_PATH,
			      "%s", row->text.ptr);
		ck_assert_str_eq(err.message, row->message);
		ck_assert_msg(err.offset == row->offset, "%s: %llu",
			      row->text.ptr, (unsigned long long)err.offset);
		ck_assert_int_eq(err.code, SFTR_E_PATH);
		ck_assert_str_eq(err.key, key);
		ck_assert_ptr_null(path.steps);
		ck_assert_uint_eq(path.n_steps, 0);
	}
	ck_assert_int_eq(
		sftr_path_parse(facts->codec, text, len, NULL, &path, NULL),
		SFTR_E_PATH);
}
END_TEST

START_TEST(refuses_a_path)
{
	const struct path_fault *row = &facts->paths[_i];
	char text[64] = "unchanged";
	sftr_error err;
	size_t n = 7;

	ck_assert_msg(sftr_path_format(facts->codec, row->path.steps,
				       row->path.n, text, sizeof text, &n,
				       &err) == SFTR_E_CODEC,
		      "%s: %s", row->message, text);
	ck_assert_str_eq(err.message, row->message);
	ck_assert_str_eq(err.key, row->key);
	ck_assert_msg(err.offset == row->offset, "%s: %llu", row->message,
		      (unsigned long long)err.offset);
	ck_assert_uint_eq(n, 0);
	ck_assert_str_eq(text, "");
	ck_assert_int_eq(sftr_path_format(facts->codec, row->path.steps,
					  row->path.n, NULL, 0, &n, NULL),
			 SFTR_E_CODEC);
}
END_TEST

START_TEST(says_how_long_a_text_is_that_does_not_fit)
{
	const struct path_text *row = &facts->both[_i];

	for (size_t size = 0; size <= row->text.len; size++) {
		char *text = size > 0 ? malloc(size) : NULL;
		sftr_error err;
		size_t n;

		ck_assert_int_eq(sftr_path_format(facts->codec, row->path.steps,
						  row->path.n, text, size, &n,
						  &err),
				 SFTR_E_CAPACITY);
		ck_assert_uint_eq(n, row->text.len);
		if (size > 0) {
			ck_assert_mem_eq(text, row->text.ptr, size - 1);
			ck_assert_int_eq(text[size - 1], '\0');
		}
		free(text);
	}
}
END_TEST

/* What a random path must come back as. */
static void
check_law(struct path path, const char *text, size_t n)
{
	sftr_error err;
	sftr_path back;

	ck_assert_msg(sftr_path_parse(facts->codec, text, n, NULL, &back,
				      &err) == SFTR_OK,
		      "%s: %s", text, err.message);
	if (is_blind())
		ck_assert_msg(sftr_path_matches(path.steps, path.n, back.steps,
						back.n_steps),
			      "%s", text);
	else
		ck_assert_msg(
			same_path(path.steps, path.n, back.steps, back.n_steps),
			"%s", text);
	sftr_path_free(&back);
}

START_TEST(what_it_writes_it_reads_back)
{
	size_t n_said = 0;
	size_t n_paths = repetitions(4000, 0);
	size_t n_wanted = repetitions(0, 1000000);

	for (size_t i = 0; i < n_paths || n_said < n_wanted; i++) {
		struct path path = random_path();
		sftr_error err;
		sftr_code code;
		char text[1024];
		size_t n;

		code = sftr_path_format(facts->codec, path.steps, path.n, text,
					sizeof text, &n, &err);
		ck_assert_msg(
			(code == SFTR_OK) == facts->accepts(path.steps, path.n),
			"'%s' %s: %s", text, sftr_code_name(code),
			code == SFTR_OK ? "should not pass" : err.message);
		if (code == SFTR_OK) {
			n_said++;
			check_law(path, text, n);
			continue;
		}
		ck_assert_int_eq(code, SFTR_E_CODEC);
		ck_assert_int_eq(strncmp(err.message, "step ", 5), 0);
	}
	ck_assert_uint_gt(n_said, n_paths / 50);
}
END_TEST

/* Any bytes: never a crash, and if it is read, then written and read again. */
static void
check_any(const char *text, size_t n)
{
	char *exact = malloc(n > 0 ? n : 1);
	char again[1024];
	sftr_path path, back;
	sftr_error err;
	size_t n_again;

	memcpy(exact, text, n);
	if (sftr_path_parse(facts->codec, exact, n, NULL, &path, &err) !=
	    SFTR_OK) {
		ck_assert_int_eq(err.code, SFTR_E_PATH);
		ck_assert_msg(err.offset <= n, "%.*s", (int)n, text);
		ck_assert_int_eq(strncmp(err.message, "expected ", 9), 0);
		ck_assert_ptr_nonnull(strstr(err.message, ", found "));
		ck_assert_ptr_null(path.steps);
		free(exact);
		return;
	}
	free(exact);
	if (sftr_path_format(facts->codec, path.steps, path.n_steps, again,
			     sizeof again, &n_again, &err) == SFTR_OK) {
		ck_assert_msg(sftr_path_parse(facts->codec, again, n_again,
					      NULL, &back, &err) == SFTR_OK,
			      "%s: %s", again, err.message);
		ck_assert(same_path(path.steps, path.n_steps, back.steps,
				    back.n_steps));
		sftr_path_free(&back);
		if (is_blind() || facts->codec == SFTR_CODEC_RAW) {
			ck_assert_uint_eq(n_again, n);
			ck_assert_mem_eq(again, text, n);
		}
	} else {
		/* Of all texts only this one, behind its dot. */
		ck_assert_int_eq(err.code, SFTR_E_CODEC);
		ck_assert(facts->codec == SFTR_CODEC_P2S ||
			  facts->codec == SFTR_CODEC_P2S_ESC);
		ck_assert(!facts->accepts(path.steps, path.n_steps));
	}
	sftr_path_free(&path);
}

START_TEST(survives_every_prefix_and_every_byte_changed)
{
	sftr_str good = facts->both[_i].text;
	char text[256];

	for (size_t n = 0; n <= good.len; n++)
		check_any(good.ptr, n);
	for (size_t i = 0; i < good.len; i++)
		for (size_t c = i % every(9); c < 256; c += every(9)) {
			memcpy(text, good.ptr, good.len);
			text[i] = (char)c;
			check_any(text, good.len);
		}
}
END_TEST

START_TEST(survives_texts_at_random)
{
	for (size_t left = repetitions(4000, 400000); left > 0; left--) {
		char text[512];
		size_t n = 0;

		for (uint32_t k = random_below(8); k > 0; k--)
			n += random_text(text + n);
		check_any(text, n);
	}
}
END_TEST

START_TEST(out_of_memory_at_every_point)
{
	sftr_str text = facts->both[_i].text;
	struct ledger books;
	sftr_allocator a = ledger_allocator(&books);

	while (ledger_round(&books)) {
		sftr_path path;
		sftr_error err;

		ck_assert_int_eq(sftr_path_parse(facts->codec, text.ptr,
						 text.len, &a, &path, &err),
				 ledger_code(&books));
		if (ledger_code(&books) != SFTR_OK) {
			ck_assert_str_eq(err.message, "out of memory");
			ck_assert_ptr_null(path.steps);
			continue;
		}
		ck_assert_uint_gt(books.n_bytes, 0);
		sftr_path_free(&path);
	}
	ck_assert_uint_gt(books.fail_at, 1);
}
END_TEST

START_TEST(refuses_what_holds_for_no_codec)
{
	sftr_step bad_utf8 = { SFTR_STEP_KEY, { "a\xff", 2 }, 0 };
	sftr_step no_text = { SFTR_STEP_KEY, { NULL, 1 }, 0 };
	sftr_step below = { SFTR_STEP_INDEX, { NULL, 0 }, -1 };
	sftr_step no_kind = { (sftr_step_kind)6, { "a", 1 }, 0 };
	char text[64];
	sftr_path path;
	sftr_error err;
	size_t n;

	ck_assert_int_eq(sftr_path_parse(facts->codec, "__metadata__", 12, NULL,
					 &path, &err),
			 SFTR_E_PATH);
	ck_assert_str_eq(err.message, "expected the name of a tensor, found "
				      "the reserved __metadata__");
	ck_assert_str_eq(err.key, "__metadata__");
	ck_assert_uint_eq(err.offset, 0);
	ck_assert_int_eq(
		sftr_path_parse(facts->codec, "a\xc3", 2, NULL, &path, &err),
		SFTR_E_PATH);
	ck_assert_str_eq(err.message, "expected UTF-8, found '\\xc3'");
	ck_assert_str_eq(err.key, "a\\xc3");
	ck_assert_uint_eq(err.offset, 1);
	ck_assert_int_eq(
		sftr_path_parse(facts->codec, NULL, 1, NULL, &path, &err),
		SFTR_E_ARGUMENT);
	ck_assert_str_eq(err.message, "expected a text, found NULL");
	ck_assert_int_eq(sftr_path_parse(facts->codec, "", 0, NULL, NULL, &err),
			 SFTR_E_ARGUMENT);
	ck_assert_str_eq(err.message, "expected a path to fill, found NULL");

	ck_assert_int_eq(sftr_path_format(facts->codec, &bad_utf8, 1, text,
					  sizeof text, &n, &err),
			 SFTR_E_CODEC);
	ck_assert_str_eq(err.message, "step 0: expected UTF-8, found '\\xff'");
	ck_assert_uint_eq(err.offset, 1);
	ck_assert_int_eq(sftr_path_format(facts->codec, &no_text, 1, text,
					  sizeof text, &n, &err),
			 SFTR_E_ARGUMENT);
	ck_assert_str_eq(err.message, "step 0: expected a text, found NULL");
	ck_assert_int_eq(sftr_path_format(facts->codec, &below, 1, text,
					  sizeof text, &n, &err),
			 SFTR_E_ARGUMENT);
	ck_assert_str_eq(err.message,
			 "step 0: expected an index of 0 or more, found -1");
	ck_assert_int_eq(sftr_path_format(facts->codec, &no_kind, 1, text,
					  sizeof text, &n, &err),
			 SFTR_E_ARGUMENT);
	ck_assert_str_eq(err.message, "step 0: expected a kind, found 6");
}
END_TEST

int
run_codec_suite(const struct codec_facts *of)
{
	const char *name = sftr_codec_name(of->codec);
	TCase *tc = tcase_create(name);
	int n_both = (int)of->n_both;

	facts = of;
	random_begin();
	tcase_set_timeout(tc, 600);
	tcase_add_loop_test(tc, reads_what_it_writes, 0, n_both);
	tcase_add_loop_test(tc, reads_what_it_would_write_otherwise, 0,
			    (int)of->n_read);
	tcase_add_loop_test(tc, refuses_a_text, 0, (int)of->n_texts);
	tcase_add_loop_test(tc, refuses_a_path, 0, (int)of->n_paths);
	tcase_add_test(tc, refuses_what_holds_for_no_codec);
	tcase_add_loop_test(tc, says_how_long_a_text_is_that_does_not_fit, 0,
			    n_both);
	tcase_add_test(tc, what_it_writes_it_reads_back);
	tcase_add_test(tc, survives_texts_at_random);
	tcase_add_loop_test(tc, survives_every_prefix_and_every_byte_changed, 0,
			    n_both);
	tcase_add_loop_test(tc, out_of_memory_at_every_point, 0, n_both);
	return run_suite(name, tc);
}
