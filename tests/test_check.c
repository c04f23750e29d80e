/* SPDX-License-Identifier: MIT */
/* sftr_check: all findings, in order, and notes on what is not wise. */
#include "folder.h"
#include "suite.h"

#include <safetree/checkpoint.h>

struct list {
	char text[4096];
	int stop_after; /* 0: never */
	int n;
};

static int
collect(void *user, const sftr_diagnostic *d)
{
	static const char *const severities[] = { "error", "warning", "note" };
	struct list *l = user;
	size_t n = strlen(l->text);

	snprintf(l->text + n, sizeof l->text - n, "%s %s %u %d %s%s%s\n",
		 severities[d->severity], sftr_code_name(d->code), d->rule,
		 d->offset == SFTR_NO_OFFSET ? -1 : (int)d->offset, d->key,
		 d->other[0] != '\0' ? ", " : "", d->other);
	return ++l->n == l->stop_after;
}

static void
checks(sftr_policy policy, const char *header, size_t n, uint64_t n_errors,
       const char *expected)
{
	sftr_open_options options = { .policy = policy };
	struct list l = { "", 0, 0 };
	uint64_t found;
	sftr_error err;

	folder_tensors(in_folder("f.safetensors"), header, n);
	ck_assert_int_eq(sftr_check(in_folder("f.safetensors"), &options,
				    collect, &l, &found, &err),
			 SFTR_OK);
	ck_assert_str_eq(l.text, expected);
	ck_assert_uint_eq(found, n_errors);
}

#define U8(name, dims, begin, end)                                             \
	"\"" name "\":{\"dtype\":\"U8\",\"shape\":[" dims "],"                 \
	"\"data_offsets\":[" #begin "," #end "]}"

START_TEST(all_faults_of_all_phases_are_told_in_order)
{
	checks(SFTR_STRICT,
	       "{" U8("a", "4", 0, 3) "," U8("b", "1", 4, 5) "," U8("a", "1", 9,
								    8) "}",
	       9, 6,
	       "error SFTR_E_DUPLICATE 16 113 a\n"
	       "error SFTR_E_SIZE 14 57 a\n"
	       "error SFTR_E_HOLE 20 107 b, a\n"
	       "error SFTR_E_HOLE 20 159 a, b\n"
	       "error SFTR_E_REVERSED 19 161 a\n"
	       "error SFTR_E_TRAILING 22 173 \n");
}
END_TEST

/* Of those that end together, the one that the ranges have first. */
START_TEST(a_range_that_is_off_names_the_one_that_ends_last_before_it)
{
	checks(SFTR_STRICT,
	       "{" U8("h", "1", 9, 10) "," U8("e", "0", 8, 8) "," U8(
		       "c", "2", 6, 8) "," U8("b", "2", 2,
					      4) "," U8("a", "8", 0,
							8) "," U8("s", "4", 0,
								  4) "}",
	       10, 4,
	       "error SFTR_E_HOLE 20 55 h, a\n"
	       "error SFTR_E_OVERLAP 21 160 c, a\n"
	       "error SFTR_E_OVERLAP 21 212 b, a\n"
	       "error SFTR_E_OVERLAP 21 264 a, s\n");
}
END_TEST

START_TEST(one_range_past_the_end_tells_of_a_file_that_is_cut)
{
	checks(SFTR_STRICT,
	       "{" U8("a", "4", 0, 4) "," U8("b", "4", 4, 8) "," U8("c", "3", 8,
								    11) "}",
	       2, 1, "error SFTR_E_TRUNCATED 23 57 a\n");
}
END_TEST

START_TEST(a_grammar_fault_ends_the_examination_and_says_so)
{
	checks(SFTR_STRICT, "{\"a\":}", 0, 1,
	       "error SFTR_E_JSON 7 13 a\n"
	       "note SFTR_N_UNEXAMINED 0 13 \n");
}
END_TEST

START_TEST(reference_warns_of_what_strict_rejects)
{
	checks(SFTR_REFERENCE,
	       " {\"__metadata__\":{\"k\":\"1\",\"k\":\"\\u0000\"}," U8(
		       "a", "1", 7, 9) "," U8("a", "0", 0, 0) ",\"b\":[\"U8\","
							      "[1],[0,1]]}\n",
	       1, 0,
	       "warning SFTR_E_JSON 5 8 \n"
	       "warning SFTR_E_NUL 18 38 __metadata__\n"
	       "warning SFTR_E_FIELD 8 156 b\n"
	       "warning SFTR_E_JSON 6 173 \n"
	       "warning SFTR_E_DUPLICATE 17 34 k\n"
	       "warning SFTR_E_DUPLICATE 16 100 a\n"
	       "note SFTR_N_LENGTH 25 0 \n");
}
END_TEST

/* What wins is where it stands, not where a name stood first. */
START_TEST(faults_of_what_wins_come_in_the_order_of_the_text)
{
	checks(SFTR_REFERENCE,
	       "{" U8("a", "1", 9, 9) "," U8("a", "2", 9, 9) "," U8(
		       "b", "2", 1, 2) "," U8("a", "3", 0, 1) "}",
	       2, 2,
	       "warning SFTR_E_DUPLICATE 16 61 a\n"
	       "warning SFTR_E_DUPLICATE 16 165 a\n"
	       "error SFTR_E_SIZE 14 161 b\n"
	       "error SFTR_E_SIZE 14 213 a\n");
}
END_TEST

START_TEST(notes_tell_what_is_allowed_and_not_wise)
{
	checks(SFTR_STRICT,
	       "{" U8("", "1", 0, 1) ",\"w\":{\"dtype\":\"F16\",\"shape\":[1],"
				     "\"data_offsets\":[1,3]},\"q\":{"
				     "\"dtype\":\"F4\",\"shape\":[2,3],"
				     "\"data_offsets\":[3,6]}} ",
	       6, 0,
	       "note SFTR_N_EMPTY_NAME 26 -1 \n"
	       "note SFTR_N_UNALIGNED 24 169 w\n"
	       "note SFTR_N_ODD_F4 27 -1 q\n");
}
END_TEST

START_TEST(another_formats_magic_is_noted)
{
	char header[0x5a4d + 1];
	struct list l = { "", 0, 0 };
	uint64_t found;

	memset(header, ' ', sizeof header - 1);
	header[0x5a4d] = '\0';
	memcpy(header, "{}", 2);
	folder_tensors(in_folder("f.safetensors"), header, 0);
	ck_assert_int_eq(sftr_check(in_folder("f.safetensors"), NULL, collect,
				    &l, &found, NULL),
			 SFTR_OK);
	ck_assert_str_eq(l.text, "note SFTR_N_LENGTH 25 0 \n"
				 "note SFTR_N_MAGIC 28 0 \n");
	ck_assert_uint_eq(found, 0);
}
END_TEST

START_TEST(the_receiver_may_stop)
{
	struct list l = { "", 1, 0 };
	uint64_t found;
	sftr_error err;

	folder_tensors(in_folder("f.safetensors"),
		       "{" U8("a", "1", 3, 4) "," U8("b", "1", 7, 8) "}", 2);
	ck_assert_int_eq(sftr_check(in_folder("f.safetensors"), NULL, collect,
				    &l, &found, &err),
			 SFTR_E_CANCELLED);
	ck_assert_int_eq(l.n, 1);
	ck_assert_int_eq(sftr_check(in_folder("absent"), NULL, collect, &l,
				    &found, &err),
			 SFTR_E_IO);
}
END_TEST

/* A limit of the caller's is no fault of the file. */
START_TEST(what_the_limit_leaves_unread_is_not_judged)
{
	sftr_open_options options = { .max_header_bytes = 1 };
	struct list l = { "", 0, 0 };
	uint64_t found;
	sftr_error err;

	folder_tensors(in_folder("f.safetensors"), "{}", 0);
	ck_assert_int_eq(sftr_check(in_folder("f.safetensors"), &options,
				    collect, &l, &found, &err),
			 SFTR_E_LIMIT);
	ck_assert_uint_eq(found, 0);
	ck_assert_str_eq(l.text, "");
	ck_assert_str_eq(err.message,
			 "the header length is 2, the caller's limit 1");
	ck_assert_uint_eq(err.offset, 0);
	ck_assert_str_eq(err.file, in_folder("f.safetensors"));
}
END_TEST

START_TEST(every_code_has_a_name_and_every_fault_advice)
{
	for (unsigned c = 0; c < SFTR_N_CODES; c++) {
		const char *name = sftr_code_name((sftr_code)c);

		ck_assert_ptr_nonnull(name);
		ck_assert_int_eq(strncmp(name, "SFTR_", 5), 0);
		if (c >= SFTR_E_TRUNCATED && c < SFTR_N_UNEXAMINED)
			ck_assert_msg(sftr_code_advice((sftr_code)c)[0] != '\0',
				      "%s", name);
	}
	ck_assert_str_eq(sftr_code_name(SFTR_N_CODES), "?");
	ck_assert_str_eq(sftr_code_advice(SFTR_OK), "");
}
END_TEST

int
main(void)
{
	TCase *tc = tcase_create("check");

	tcase_add_checked_fixture(tc, folder_make, folder_remove);
	tcase_add_test(tc, all_faults_of_all_phases_are_told_in_order);
	tcase_add_test(
		tc, a_range_that_is_off_names_the_one_that_ends_last_before_it);
	tcase_add_test(tc, one_range_past_the_end_tells_of_a_file_that_is_cut);
	tcase_add_test(tc, a_grammar_fault_ends_the_examination_and_says_so);
	tcase_add_test(tc, reference_warns_of_what_strict_rejects);
	tcase_add_test(tc, faults_of_what_wins_come_in_the_order_of_the_text);
	tcase_add_test(tc, notes_tell_what_is_allowed_and_not_wise);
	tcase_add_test(tc, another_formats_magic_is_noted);
	tcase_add_test(tc, the_receiver_may_stop);
	tcase_add_test(tc, what_the_limit_leaves_unread_is_not_judged);
	tcase_add_test(tc, every_code_has_a_name_and_every_fault_advice);
	return run_suite("check", tc);
}
