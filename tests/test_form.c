/* SPDX-License-Identifier: MIT */
/*
 * An entry that begins as one before it is read by what that one said.  It must
 * come to the same as if nothing like it had been there: each entry, and each
 * change of one byte in it, stands behind one of its own form and behind one of
 * another form, spelt in as many bytes.
 */
#include "suite.h"

#include <safetree/checkpoint.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct pair {
	const char *same, *other, *entry;
};

static const struct pair pairs[] = {
	{ "{\"dtype\":\"F32\",\"shape\":[2,3],\"data_offsets\":[0,24]}",
	  "{\"dtype\":\"U32\",\"shape\":[2,3],\"data_offsets\":[0,24]}",
	  "{\"dtype\":\"F32\",\"shape\":[2,3],\"data_offsets\":[24,48]}" },
	{ "{\"dtype\":\"F64\",\"shape\":[],\"data_offsets\":[0,8]}",
	  "{\"dtype\":\"I64\",\"shape\":[],\"data_offsets\":[0,8]}",
	  "{\"dtype\":\"F64\",\"shape\":[],\"data_offsets\":[8,16]}" },
	{ "{ \"dtype\": \"U8\",\n \"shape\": [ 4 ], \"data_offsets\": [ 0, 4 ] }",
	  "{ \"dtype\": \"I8\",\n \"shape\": [ 4 ], \"data_offsets\": [ 0, 4 ] }",
	  "{ \"dtype\": \"U8\",\n \"shape\": [ 4 ], \"data_offsets\": [ 4, 8 ] }" },
	{ "{\"dtype\":\"F4\",\"shape\":[2],\"data_offsets\":[0,1]}",
	  "{\"dtype\":\"U8\",\"shape\":[1],\"data_offsets\":[0,1]}",
	  "{\"dtype\":\"F4\",\"shape\":[2],\"data_offsets\":[1,2]}" },
	{ "{\"dtype\":{\"F32\":null},\"shape\":[1],\"data_offsets\":[0,4]}",
	  "{\"dtype\":{\"U32\":null},\"shape\":[1],\"data_offsets\":[0,4]}",
	  "{\"dtype\":{\"F32\":null},\"shape\":[1],\"data_offsets\":[4,8]}" },
	{ "{\"x\":1,\"dtype\":\"U8\",\"shape\":[1],\"data_offsets\":[0,1]}",
	  "{\"x\":1,\"dtype\":\"I8\",\"shape\":[1],\"data_offsets\":[0,1]}",
	  "{\"x\":1,\"dtype\":\"U8\",\"shape\":[1],\"data_offsets\":[1,2]}" },
	{ "{\"shape\":[1],\"dtype\":\"U8\",\"data_offsets\":[0,1],\"y\":{}}",
	  "{\"shape\":[1],\"dtype\":\"I8\",\"data_offsets\":[0,1],\"y\":{}}",
	  "{\"shape\":[1],\"dtype\":\"U8\",\"data_offsets\":[1,2],\"y\":{}}" },
	{ "{\"data_offsets\":[0,1],\"dtype\":\"U8\",\"shape\":[1]}",
	  "{\"data_offsets\":[0,1],\"dtype\":\"I8\",\"shape\":[1]}",
	  "{\"data_offsets\":[1,2],\"dtype\":\"U8\",\"shape\":[1]}" },
	{ "{\"shape\":[1],\"data_offsets\":[0,1] ,\"dtype\":\"U8\"}",
	  "{\"shape\":[1 ],\"data_offsets\":[0,1],\"dtype\":\"U8\"}",
	  "{\"shape\":[1],\"data_offsets\":[1,2],\"dtype\":\"U8\"}" },
	{ "[\"U8\",[1],[0,1]]", "[\"I8\",[1],[0,1]]", "[\"U8\",[1],[1,2]]" },
};

struct verdict {
	sftr_error err;
	sftr_tensor last;
	uint64_t shape[4];
	int n_warnings;
};

static int
count_warning(void *user, const sftr_diagnostic *d)
{
	*(int *)user += d->severity == SFTR_WARNING;
	return 0;
}

/* Two entries as a file that ends where the second one should. */
static void
judge(const char *first, const char *second, uint64_t n_data,
      sftr_policy policy, struct verdict *v)
{
	sftr_open_options options = { .policy = policy };
	unsigned char file[512];
	const sftr_tensor *t;
	sftr_checkpoint *ckpt;
	uint64_t n_errors;
	int n;

	memset(v, 0, sizeof *v);
	memset(file, 0, sizeof file);
	n = snprintf((char *)file + 8, sizeof file - 8, "{\"a\":%s,\"b\":%s}",
		     first, second);
	file[0] = (unsigned char)n;
	file[1] = (unsigned char)(n >> 8);
	if (sftr_header_parse(file, 8 + (size_t)n, 8 + (uint64_t)n + n_data,
			      &options, &ckpt, &v->err) == SFTR_OK) {
		t = sftr_checkpoint_at(ckpt, sftr_checkpoint_count(ckpt) - 1);
		v->last = *t;
		if (t->rank <= 4 && t->rank > 0)
			memcpy(v->shape, t->shape, t->rank * sizeof *v->shape);
		v->last.name.ptr = NULL;
		v->last.shape = NULL;
		sftr_checkpoint_close(ckpt);
	}
	if (sftr_check_memory(file, 8 + (size_t)n + (size_t)n_data, &options,
			      count_warning, &v->n_warnings, &n_errors,
			      NULL) != SFTR_OK)
		ck_abort_msg("not judged: %s", second);
}

static int
same_verdict(const struct verdict *a, const struct verdict *b)
{
	return memcmp(&a->err, &b->err, sizeof a->err) == 0 &&
	       memcmp(&a->last, &b->last, sizeof a->last) == 0 &&
	       memcmp(a->shape, b->shape, sizeof a->shape) == 0 &&
	       a->n_warnings == b->n_warnings;
}

static void
compare(const struct pair *pair, const char *entry, uint64_t n_data,
	sftr_policy policy)
{
	struct verdict known, unknown;

	judge(pair->same, entry, n_data, policy, &known);
	judge(pair->other, entry, n_data, policy, &unknown);
	if (!same_verdict(&known, &unknown))
		ck_abort_msg("%s\nbehind %s: %s\nbehind %s: %s", entry,
			     pair->same, known.err.message, pair->other,
			     unknown.err.message);
}

/* What the offsets in the entries say that there is. */
static uint64_t
data_of(const struct pair *pair)
{
	struct verdict v;
	uint64_t n;

	for (n = 0; n < 100; n++) {
		judge(pair->same, pair->entry, n, SFTR_REFERENCE, &v);
		if (v.err.code == SFTR_OK)
			break;
	}
	return n;
}

START_TEST(known_form_reads_as_if_it_were_not)
{
	for (size_t i = 0; i < COUNT(pairs); i++) {
		uint64_t n_data = data_of(&pairs[i]);

		ck_assert_uint_lt(n_data, 100);
		compare(&pairs[i], pairs[i].entry, n_data, SFTR_STRICT);
		compare(&pairs[i], pairs[i].entry, n_data, SFTR_REFERENCE);
	}
}
END_TEST

START_TEST(any_changed_byte_of_a_known_form_is_seen)
{
	for (size_t i = 0; i < COUNT(pairs); i++) {
		uint64_t n_data = data_of(&pairs[i]);
		char entry[128];
		size_t n = strlen(pairs[i].entry);

		memcpy(entry, pairs[i].entry, n + 1);
		for (size_t at = 0; at < n; at++) {
			for (int c = 1; c < 256; c++) {
				entry[at] = (char)c;
				compare(&pairs[i], entry, n_data,
					c % 2 == 0 ? SFTR_STRICT :
						     SFTR_REFERENCE);
			}
			entry[at] = pairs[i].entry[at];
		}
	}
}
END_TEST

START_TEST(cut_entry_of_a_known_form_is_seen)
{
	for (size_t i = 0; i < COUNT(pairs); i++) {
		char entry[128];

		for (size_t n = 0; n < strlen(pairs[i].entry); n++) {
			memcpy(entry, pairs[i].entry, n);
			entry[n] = '\0';
			compare(&pairs[i], entry, 8, SFTR_STRICT);
			compare(&pairs[i], entry, 8, SFTR_REFERENCE);
		}
	}
}
END_TEST

/* More forms than are kept, twice over: each tensor has its own shape. */
START_TEST(many_forms_keep_apart)
{
	enum { N = 300 };
	char *file = calloc(1, N * 100);
	size_t n = 8;
	uint64_t at = 0;
	sftr_checkpoint *ckpt;
	sftr_error err;

	for (unsigned i = 0; i < N; i++) {
		unsigned rows = i % 150 + 1;
		uint64_t size = rows * (i % 2 == 0 ? 4U : 2U) * 3;

		n += (size_t)snprintf(
			file + n, 100,
			"%s\"t%u\":{\"dtype\":\"%s\",\"shape\":[%u,3],"
			"\"data_offsets\":[%d,%d]}",
			i == 0 ? "{" : ",", i, i % 2 == 0 ? "F32" : "F16", rows,
			(int)at, (int)(at + size));
		at += size;
	}
	file[n++] = '}';
	file[0] = (char)((n - 8) & 0xff);
	file[1] = (char)((n - 8) >> 8);
	assert_ok(sftr_header_parse(file, n, n + at, NULL, &ckpt, &err), err);
	for (unsigned i = 0; i < N; i++) {
		const sftr_tensor *t = sftr_checkpoint_at(ckpt, i);

		ck_assert_uint_eq(t->rank, 2);
		ck_assert_uint_eq(t->shape[0], i % 150 + 1);
		ck_assert_uint_eq(t->shape[1], 3);
		ck_assert_uint_eq(t->dtype, i % 2 == 0 ? SFTR_F32 : SFTR_F16);
	}
	sftr_checkpoint_close(ckpt);
	free(file);
}
END_TEST

/* Ranks on both sides of what 16 bits hold, among short ones. */
START_TEST(long_shapes_keep_their_ranks)
{
	static const uint32_t ranks[] = { 2, 65534, 65535, 0, 65536, 70000, 1 };
	enum { N = COUNT(ranks) };
	char *file = calloc(1, 2000000);
	size_t n = 8;
	sftr_checkpoint *ckpt;
	sftr_error err;

	for (unsigned i = 0; i < N; i++) {
		n += (size_t)snprintf(file + n, 100,
				      "%s\"%u\":{\"dtype\":\"U8\",\"shape\":[",
				      i == 0 ? "{" : ",", i);
		for (uint32_t k = 0; k < ranks[i]; k++) {
			memcpy(file + n, k + 1 == ranks[i] ? "0" : "1,", 2);
			n += k + 1 == ranks[i] ? 1 : 2;
		}
		/* A scalar is a byte; the others have an extent of 0. */
		n += (size_t)snprintf(file + n, 100,
				      "],\"data_offsets\":[%d,%d]}", i > 3,
				      i >= 3);
	}
	file[n++] = '}';
	for (int i = 0; i < 8; i++)
		file[i] = (char)((uint64_t)(n - 8) >> 8 * i);
	assert_ok(sftr_header_parse(file, n, n + 1, NULL, &ckpt, &err), err);
	for (unsigned i = 0; i < N; i++) {
		const sftr_tensor *t = sftr_checkpoint_at(ckpt, i);

		ck_assert_uint_eq(t->rank, ranks[i]);
		ck_assert_uint_eq(t->file, 0);
		if (t->rank > 0)
			ck_assert_uint_eq(t->shape[t->rank - 1], 0);
		if (t->rank > 1)
			ck_assert_uint_eq(t->shape[0], 1);
	}
	sftr_checkpoint_close(ckpt);
	free(file);
}
END_TEST

int
main(void)
{
	TCase *tc = tcase_create("form");

	tcase_add_test(tc, known_form_reads_as_if_it_were_not);
	tcase_add_test(tc, any_changed_byte_of_a_known_form_is_seen);
	tcase_add_test(tc, cut_entry_of_a_known_form_is_seen);
	tcase_add_test(tc, many_forms_keep_apart);
	tcase_add_test(tc, long_shapes_keep_their_ranks);
	return run_suite("form", tc);
}
