/* SPDX-License-Identifier: MIT */
/* Headers through the public functions: faults, their places, good files. */
#include "bad_case.h"
#include "ledger.h"
#include "suite.h"

#include <safetree/checkpoint.h>

#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static struct bad_case *cases;
static size_t n_cases;

static void
read_cases(void)
{
	char folder[512];
	const char *fixtures = getenv("SFTR_FIXTURES");

	snprintf(folder, sizeof folder, "%s/bad",
		 fixtures != NULL ? fixtures : "fixtures");
	cases = bad_cases_read(folder, &n_cases);
}

static int
keep_first_error(void *user, const sftr_diagnostic *d)
{
	sftr_diagnostic *first = user;

	if (d->severity == SFTR_ERROR && first->code == SFTR_OK)
		*first = *d;
	return 0;
}

/* Opening and checking must tell the same. */
static sftr_code
judge(const struct bad_case *c, sftr_policy policy, sftr_error *err)
{
	sftr_open_options options = { .policy = policy };
	sftr_checkpoint *ckpt;
	sftr_diagnostic first;
	uint64_t n_errors;
	sftr_code code;

	memset(err, 0, sizeof *err);
	memset(&first, 0, sizeof first);
	code = sftr_checkpoint_open_memory(c->file, c->n_bytes, &options, &ckpt,
					   err);
	ck_assert_msg((code == SFTR_OK) == (ckpt != NULL), "%s", c->name);
	sftr_checkpoint_close(ckpt);
	ck_assert_int_eq(sftr_check_memory(c->file, c->n_bytes, &options,
					   keep_first_error, &first, &n_errors,
					   NULL),
			 SFTR_OK);
	ck_assert_msg((n_errors > 0) == (code != SFTR_OK),
		      "%s: open %s, %d errors", c->name, sftr_code_name(code),
		      (int)n_errors);
	ck_assert_msg(memcmp(&first, err, sizeof first) == 0,
		      "%s: open says %s at %d, check %s at %d", c->name,
		      sftr_code_name(err->code), (int)err->offset,
		      sftr_code_name(first.code), (int)first.offset);
	return code;
}

START_TEST(bad_file_tells_what_and_where)
{
	const struct bad_case *c = &cases[_i];
	sftr_error err;
	sftr_code code = judge(c, SFTR_STRICT, &err);

	ck_assert_msg(strcmp(sftr_code_name(code), c->code) == 0,
		      "%s: expected %s, found %s: %s", c->name, c->code,
		      sftr_code_name(code), err.message);
	ck_assert_msg(err.offset == c->offset,
		      "%s: expected offset %d, found %d: %s", c->name,
		      (int)c->offset, (int)err.offset, err.message);
	ck_assert_msg(strcmp(err.key, c->key) == 0,
		      "%s: expected key '%s', found '%s'", c->name, c->key,
		      err.key);
	ck_assert_msg(c->rule == 0 || err.rule == c->rule,
		      "%s: expected rule %u, found %u", c->name, c->rule,
		      err.rule);
	ck_assert_msg(c->message[0] == '\0' ||
			      strcmp(err.message, c->message) == 0,
		      "%s: expected '%s', found '%s'", c->name, c->message,
		      err.message);
}
END_TEST

START_TEST(reference_differs_where_the_text_says)
{
	const struct bad_case *c = &cases[_i];
	const char *expected = c->reference[0] != '\0' ? c->reference : c->code;
	sftr_error err;
	sftr_code code = judge(c, SFTR_REFERENCE, &err);

	if (strcmp(expected, "accept") == 0)
		expected = "SFTR_OK";
	ck_assert_msg(strcmp(sftr_code_name(code), expected) == 0,
		      "%s: expected %s, found %s: %s", c->name, expected,
		      sftr_code_name(code), err.message);
}
END_TEST

START_TEST(every_rule_of_the_format_has_a_case)
{
	for (unsigned rule = 1; rule <= 23; rule++) {
		size_t i = 0;

		while (i < n_cases && cases[i].rule != rule)
			i++;
		ck_assert_msg(i < n_cases, "no case for rule %u", rule);
	}
}
END_TEST

/* It takes the place of the first, and what stands between moves up. */
START_TEST(of_keys_that_repeat_reference_takes_the_last)
{
	static const char file[] =
		"\x32\0\0\0\0\0\0\0"
		"{\"__metadata__\":{\"a\":\"1\",\"b\":\"2\",\"a\":\"3\",\"c\":\"4\"}}";
	static const char *const entries[] = { "a3", "b2", "c4" };
	sftr_open_options options = { .policy = SFTR_REFERENCE };
	sftr_checkpoint *ckpt;
	sftr_error err;

	assert_ok(sftr_checkpoint_open_memory(file, sizeof file - 1, &options,
					      &ckpt, &err),
		  err);
	ck_assert_uint_eq(sftr_checkpoint_n_metadata(ckpt), COUNT(entries));
	for (size_t i = 0; i < COUNT(entries); i++) {
		const sftr_metadata *m = sftr_checkpoint_metadata_at(ckpt, i);

		ck_assert_int_eq(m->key.ptr[0], entries[i][0]);
		ck_assert_str_eq(m->value.ptr, entries[i] + 1);
	}
	sftr_checkpoint_close(ckpt);
}
END_TEST

START_TEST(metadata_are_there_without_an_entry)
{
	static const struct {
		const char *file;
		int has;
	} rows[] = { { "\2\0\0\0\0\0\0\0{}", 0 },
		     { "\x17\0\0\0\0\0\0\0{\"__metadata__\":null}  ", 0 },
		     { "\x17\0\0\0\0\0\0\0{\"__metadata__\":{}}    ", 1 } };

	for (size_t i = 0; i < COUNT(rows); i++) {
		size_t n = 8 + (size_t)rows[i].file[0];
		sftr_checkpoint *ckpt;

		ck_assert_int_eq(sftr_checkpoint_open_memory(rows[i].file, n,
							     NULL, &ckpt, NULL),
				 SFTR_OK);
		ck_assert_int_eq(sftr_checkpoint_has_metadata(ckpt),
				 rows[i].has);
		ck_assert_uint_eq(sftr_checkpoint_n_metadata(ckpt), 0);
		sftr_checkpoint_close(ckpt);
	}
}
END_TEST

/* A good file of two tensors and metadata, escapes in both. */
static const char good_header[] =
	"{\"__metadata__\":{\"form\\u0061t\":\"p\\tt\"},"
	"\"w\":{\"dtype\":\"F32\",\"shape\":[2,3],\"data_offsets\":[0,24]},"
	"\"b\\u00e9\\ud83d\\ude00\\/\":{\"shape\":[],\"data_offsets\":[24,26],"
	"\"dtype\":\"BF16\"},"
	"\"\":{\"dtype\":\"F8_E5M2FNUZ\",\"shape\":[1],"
	"\"data_offsets\":[26,27]}}  ";

static size_t
good_file(char *file)
{
	size_t n = sizeof good_header - 1;

	memset(file, 0, 8);
	file[0] = (char)(n & 0xff);
	file[1] = (char)(n >> 8);
	memcpy(file + 8, good_header, n);
	for (size_t i = 0; i < 27; i++)
		file[8 + n + i] = (char)i;
	return 8 + n + 27;
}

START_TEST(good_file_gives_what_it_holds)
{
	char file[512];
	size_t n = good_file(file);
	sftr_checkpoint *ckpt;
	const sftr_tensor *t;
	const void *view;
	sftr_error err;
	char five[5];

	ck_assert_int_eq(
		sftr_checkpoint_open_memory(file, n, NULL, &ckpt, &err),
		SFTR_OK);
	ck_assert_uint_eq(sftr_checkpoint_count(ckpt), 3);
	t = sftr_checkpoint_at(ckpt, 0);
	ck_assert_str_eq(t->name.ptr, "w");
	ck_assert_int_eq(t->dtype, SFTR_F32);
	ck_assert_uint_eq(t->rank, 2);
	ck_assert_uint_eq(t->shape[0], 2);
	ck_assert_uint_eq(t->shape[1], 3);
	ck_assert_uint_eq(sftr_tensor_n_elements(t), 6);
	ck_assert_uint_eq(sftr_tensor_n_bytes(t), 24);
	ck_assert_int_eq(sftr_checkpoint_read_bytes(ckpt, t, 19, five, 5, &err),
			 SFTR_OK);
	ck_assert_int_eq(five[4], 23);
	ck_assert_int_eq(sftr_checkpoint_read_bytes(ckpt, t, 20, five, 5, &err),
			 SFTR_E_ARGUMENT);
	t = sftr_checkpoint_find(ckpt, "b\xc3\xa9\xf0\x9f\x98\x80/", 8);
	ck_assert_ptr_eq(t, sftr_checkpoint_at(ckpt, 1));
	ck_assert_int_eq(t->name.ptr[t->name.len], '\0');
	ck_assert_uint_eq(t->rank, 0);
	ck_assert_ptr_nonnull(t->shape);
	ck_assert_ptr_eq(sftr_checkpoint_find(ckpt, "", 0),
			 sftr_checkpoint_at(ckpt, 2));
	ck_assert_ptr_null(sftr_checkpoint_find(ckpt, "W", 1));
	ck_assert_ptr_null(sftr_checkpoint_find(ckpt, "w\0", 2));
	ck_assert_ptr_null(sftr_checkpoint_at(ckpt, 3));
	ck_assert_int_eq(sftr_checkpoint_view(ckpt, sftr_checkpoint_at(ckpt, 2),
					      &view, &err),
			 SFTR_OK);
	ck_assert_int_eq(*(const char *)view, 26);
	ck_assert_uint_eq(sftr_checkpoint_n_metadata(ckpt), 1);
	ck_assert_str_eq(sftr_checkpoint_metadata(ckpt, "format", 6)->value.ptr,
			 "p\tt");
	ck_assert_str_eq(sftr_checkpoint_metadata_at(ckpt, 0)->key.ptr,
			 "format");
	ck_assert_ptr_null(sftr_checkpoint_metadata(ckpt, "forma", 5));
	ck_assert_uint_eq(sftr_checkpoint_data_start(ckpt, 0), n - 27);
	sftr_checkpoint_close(ckpt);
}
END_TEST

START_TEST(every_prefix_is_rejected)
{
	char file[512];
	size_t n = good_file(file);
	sftr_checkpoint *ckpt;
	sftr_error err;

	for (size_t i = 0; i < n; i++) {
		/* In a block of its own size, so that a sanitizer sees more. */
		char *cut = malloc(i + 1);

		memcpy(cut, file, i);
		ck_assert_msg(sftr_checkpoint_open_memory(cut, i, NULL, &ckpt,
							  &err) != SFTR_OK,
			      "prefix of %zu bytes accepted", i);
		ck_assert_ptr_null(ckpt);
		ck_assert_uint_le(err.offset, i);
		free(cut);
	}
}
END_TEST

/*
 * What a flipped bit leaves acceptable must at least be consistent: every
 * tensor can be read, and the two policies and the two entries agree.
 */
START_TEST(every_flipped_bit_is_judged)
{
	char file[512], buffer[64];
	size_t n = good_file(file), n_accepted = 0;
	struct bad_case c = { .name = "flip", .file = file, .n_bytes = n };
	sftr_checkpoint *ckpt;
	sftr_error err;

	for (size_t bit = 0; bit < (n - 27) * 8; bit++) {
		sftr_code strict, reference;

		file[bit / 8] = (char)(file[bit / 8] ^ 1 << bit % 8);
		strict = judge(&c, SFTR_STRICT, &err);
		reference = judge(&c, SFTR_REFERENCE, &err);
		ck_assert_msg(strict != SFTR_OK || reference == SFTR_OK,
			      "bit %zu: strict accepts, reference does not",
			      bit);
		if (strict == SFTR_OK) {
			n_accepted++;
			sftr_checkpoint_open_memory(file, n, NULL, &ckpt, NULL);
			for (size_t i = 0; i < 3; i++)
				ck_assert_int_eq(
					sftr_checkpoint_read(
						ckpt,
						sftr_checkpoint_at(ckpt, i),
						buffer, sizeof buffer, NULL),
					SFTR_OK);
			sftr_checkpoint_close(ckpt);
		}
		file[bit / 8] = (char)(file[bit / 8] ^ 1 << bit % 8);
	}
	/* Letters of names may change, and little else. */
	ck_assert_uint_gt(n_accepted, 50);
	ck_assert_uint_lt(n_accepted, 400);
}
END_TEST

START_TEST(out_of_memory_at_every_point)
{
	struct ledger books;
	sftr_allocator a = ledger_allocator(&books);
	sftr_open_options options = { .allocator = &a };
	char file[512];
	size_t n = good_file(file);
	sftr_checkpoint *ckpt;
	sftr_error err;

	while (ledger_round(&books)) {
		sftr_code code = sftr_checkpoint_open_memory(file, n, &options,
							     &ckpt, &err);

		/* Giving back what is too much may fail without harm. */
		ck_assert(code == ledger_code(&books) || code == SFTR_OK);
		sftr_checkpoint_close(ckpt);
	}
}
END_TEST

START_TEST(head_alone_has_no_data)
{
	char file[512], buffer[64];
	size_t n = good_file(file);
	const sftr_tensor *t;
	sftr_checkpoint *ckpt;
	const void *view;
	sftr_error err;

	ck_assert_int_eq(sftr_header_parse(file, n - 27, n, NULL, &ckpt, &err),
			 SFTR_OK);
	t = sftr_checkpoint_find(ckpt, "w", 1);
	ck_assert_ptr_nonnull(t);
	ck_assert_int_eq(sftr_checkpoint_read(ckpt, t, buffer, 64, &err),
			 SFTR_E_UNSUPPORTED);
	ck_assert_str_eq(err.key, "w");
	ck_assert_int_eq(sftr_checkpoint_view(ckpt, t, &view, &err),
			 SFTR_E_UNSUPPORTED);
	sftr_checkpoint_close(ckpt);
	ck_assert_int_eq(sftr_header_parse(file, n - 28, n, NULL, &ckpt, &err),
			 SFTR_E_ARGUMENT);
	ck_assert_int_eq(sftr_header_parse(file, 4, n, NULL, &ckpt, &err),
			 SFTR_E_ARGUMENT);
	ck_assert_int_eq(
		sftr_header_parse(file, n - 27, n + 1, NULL, &ckpt, &err),
		SFTR_E_TRAILING);
}
END_TEST

START_TEST(callers_limit_on_the_header_holds)
{
	char file[512];
	size_t n = good_file(file);
	sftr_open_options options = { .max_header_bytes = n - 27 - 8 };
	sftr_checkpoint *ckpt;
	sftr_error err;

	ck_assert_int_eq(
		sftr_checkpoint_open_memory(file, n, &options, &ckpt, &err),
		SFTR_OK);
	sftr_checkpoint_close(ckpt);
	options.max_header_bytes--;
	ck_assert_int_eq(
		sftr_checkpoint_open_memory(file, n, &options, &ckpt, &err),
		SFTR_E_LIMIT);
}
END_TEST

int
main(void)
{
	TCase *tc = tcase_create("header");
	int status;

	read_cases();
	tcase_add_loop_test(tc, bad_file_tells_what_and_where, 0, (int)n_cases);
	tcase_add_loop_test(tc, reference_differs_where_the_text_says, 0,
			    (int)n_cases);
	tcase_add_test(tc, every_rule_of_the_format_has_a_case);
	tcase_add_test(tc, of_keys_that_repeat_reference_takes_the_last);
	tcase_add_test(tc, metadata_are_there_without_an_entry);
	tcase_add_test(tc, good_file_gives_what_it_holds);
	tcase_add_test(tc, every_prefix_is_rejected);
	tcase_add_test(tc, every_flipped_bit_is_judged);
	tcase_add_test(tc, out_of_memory_at_every_point);
	tcase_add_test(tc, head_alone_has_no_data);
	tcase_add_test(tc, callers_limit_on_the_header_holds);
	status = run_suite("header", tc);
	bad_cases_free(cases, n_cases);
	return status;
}
