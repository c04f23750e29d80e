/* SPDX-License-Identifier: MIT */
/* The questions that an open checkpoint answers. */
#include "ledger.h"
#include "suite.h"

#include <safetree/checkpoint.h>

static const char header[] =
	"{\"a\":{\"dtype\":\"F32\",\"shape\":[2,3],\"data_offsets\":[0,24]},"
	"\"__metadata__\":{\"format\":\"pt\",\"\":\"none\",\"k\":\"\"},"
	"\"layer.1\":{\"dtype\":\"U8\",\"shape\":[],\"data_offsets\":[24,25]},"
	"\"layer.10\":{\"dtype\":\"U8\",\"shape\":[0,9],"
	"\"data_offsets\":[25,25]}}";

static unsigned char file[512];
static size_t file_n_bytes;

static void
set_up(void)
{
	size_t n = sizeof header - 1;

	memset(file, 0, sizeof file);
	file[0] = (unsigned char)n;
	file[1] = (unsigned char)(n >> 8);
	memcpy(file + 8, header, n);
	for (size_t i = 0; i < 25; i++)
		file[8 + n + i] = (unsigned char)(i + 1);
	file_n_bytes = 8 + n + 25;
}

static sftr_checkpoint *
open_file(const sftr_open_options *options)
{
	sftr_checkpoint *ckpt;
	sftr_error err;

	set_up();
	assert_ok(sftr_checkpoint_open_memory(file, file_n_bytes, options,
					      &ckpt, &err),
		  err);
	return ckpt;
}

START_TEST(nothing_answers_every_question)
{
	ck_assert_uint_eq(sftr_checkpoint_count(NULL), 0);
	ck_assert_ptr_null(sftr_checkpoint_at(NULL, 0));
	ck_assert_ptr_null(sftr_checkpoint_find(NULL, "a", 1));
	ck_assert_uint_eq(sftr_checkpoint_n_metadata(NULL), 0);
	ck_assert_int_eq(sftr_checkpoint_has_metadata(NULL), 0);
	ck_assert_ptr_null(sftr_checkpoint_metadata_at(NULL, 0));
	ck_assert_ptr_null(sftr_checkpoint_metadata(NULL, "a", 1));
	ck_assert_uint_eq(sftr_checkpoint_n_files(NULL), 0);
	ck_assert_ptr_null(sftr_checkpoint_file(NULL, 0));
	ck_assert_uint_eq(sftr_checkpoint_data_start(NULL, 0), 0);
	sftr_checkpoint_close(NULL);
}
END_TEST

static void
assert_absent(sftr_code code, const sftr_error *err)
{
	ck_assert_int_eq(code, SFTR_E_ABSENT);
	ck_assert_str_eq(err->message, "no tensor of this name");
}

/* What find gives for a name that is not there may be handed on. */
START_TEST(a_tensor_that_is_not_there_is_absent)
{
	static const char nothing[] = "\2\0\0\0\0\0\0\0{}";
	const sftr_str own_name = { NULL, 0 };
	const void *view = nothing;
	sftr_checkpoint *ckpt;
	const sftr_tensor *none;
	sftr_writer *w = NULL;
	sftr_slice slice;
	sftr_error err;
	char c = 7;

	ck_assert_int_eq(sftr_checkpoint_open_memory(nothing,
						     sizeof nothing - 1, NULL,
						     &ckpt, NULL),
			 SFTR_OK);
	none = sftr_checkpoint_find(ckpt, "w", 1);
	ck_assert_uint_eq(sftr_tensor_n_bytes(none), 0);
	ck_assert_uint_eq(sftr_tensor_n_elements(none), 0);
	assert_absent(sftr_checkpoint_view(ckpt, none, &view, &err), &err);
	ck_assert_ptr_null(view);
	assert_absent(sftr_checkpoint_read(ckpt, none, &c, 1, &err), &err);
	assert_absent(sftr_checkpoint_read_bytes(ckpt, none, 0, &c, 1, &err),
		      &err);
	assert_absent(sftr_slice_parse("0", 1, none, &slice, &err), &err);
	assert_absent(sftr_slice_shape(none, &slice, NULL, NULL, NULL, &err),
		      &err);
	assert_absent(
		sftr_checkpoint_read_slice(ckpt, none, &slice, &c, 1, &err),
		&err);
	ck_assert_int_eq(sftr_writer_new(NULL, &w, NULL), SFTR_OK);
	assert_absent(sftr_writer_add_tensor(w, own_name, ckpt, none, &err),
		      &err);
	ck_assert_int_eq(c, 7);
	sftr_writer_free(w);
	sftr_checkpoint_close(ckpt);
}
END_TEST

START_TEST(tensors_come_in_the_order_of_the_text)
{
	static const char *const names[] = { "a", "layer.1", "layer.10" };
	sftr_checkpoint *ckpt = open_file(NULL);
	const sftr_tensor *t;

	ck_assert_uint_eq(sftr_checkpoint_count(ckpt), 3);
	for (size_t i = 0; i < 3; i++) {
		t = sftr_checkpoint_at(ckpt, i);
		ck_assert_str_eq(t->name.ptr, names[i]);
		ck_assert_uint_eq(t->name.len, strlen(names[i]));
		ck_assert_ptr_nonnull(t->shape);
	}
	ck_assert_ptr_null(sftr_checkpoint_at(ckpt, 3));
	ck_assert_ptr_null(sftr_checkpoint_at(ckpt, SIZE_MAX));
	t = sftr_checkpoint_at(ckpt, 0);
	ck_assert_uint_eq(sftr_tensor_n_elements(t), 6);
	ck_assert_uint_eq(sftr_tensor_n_bytes(t), 24);
	t = sftr_checkpoint_at(ckpt, 1);
	ck_assert_uint_eq(sftr_tensor_n_elements(t), 1);
	t = sftr_checkpoint_at(ckpt, 2);
	ck_assert_uint_eq(sftr_tensor_n_elements(t), 0);
	ck_assert_uint_eq(sftr_tensor_n_bytes(t), 0);
	sftr_checkpoint_close(ckpt);
}
END_TEST

/* A7 and A8 of doc/attacks.md. */
START_TEST(a_name_is_found_whole_or_not_at_all)
{
	sftr_checkpoint *ckpt = open_file(NULL);

	for (size_t n = 0; n < 9; n++) {
		const sftr_tensor *t =
			sftr_checkpoint_find(ckpt, "layer.10x", n);

		if (n == 7 || n == 8)
			ck_assert_uint_eq(t->name.len, n);
		else
			ck_assert_ptr_null(t);
	}
	ck_assert_ptr_null(sftr_checkpoint_find(ckpt, "layer.1\0", 8));
	ck_assert_ptr_null(sftr_checkpoint_find(ckpt, "__metadata__", 12));
	ck_assert_ptr_null(sftr_checkpoint_find(ckpt, "A", 1));
	sftr_checkpoint_close(ckpt);
}
END_TEST

START_TEST(metadata_are_found_by_key_and_in_order)
{
	sftr_checkpoint *ckpt = open_file(NULL);
	const sftr_metadata *m;

	ck_assert_uint_eq(sftr_checkpoint_n_metadata(ckpt), 3);
	m = sftr_checkpoint_metadata_at(ckpt, 0);
	ck_assert_str_eq(m->key.ptr, "format");
	ck_assert_str_eq(m->value.ptr, "pt");
	ck_assert_ptr_eq(m, sftr_checkpoint_metadata(ckpt, "format", 6));
	ck_assert_ptr_null(sftr_checkpoint_metadata(ckpt, "format", 5));
	m = sftr_checkpoint_metadata(ckpt, "", 0);
	ck_assert_str_eq(m->value.ptr, "none");
	m = sftr_checkpoint_metadata(ckpt, "k", 1);
	ck_assert_uint_eq(m->value.len, 0);
	ck_assert_str_eq(m->value.ptr, "");
	ck_assert_ptr_null(sftr_checkpoint_metadata_at(ckpt, 3));
	sftr_checkpoint_close(ckpt);
}
END_TEST

START_TEST(a_file_in_memory_is_one_file_without_a_path)
{
	sftr_checkpoint *ckpt = open_file(NULL);

	ck_assert_uint_eq(sftr_checkpoint_n_files(ckpt), 1);
	ck_assert_str_eq(sftr_checkpoint_file(ckpt, 0), "");
	ck_assert_uint_eq(sftr_checkpoint_data_start(ckpt, 0),
			  8 + sizeof header - 1);
	ck_assert_ptr_null(sftr_checkpoint_file(ckpt, 1));
	ck_assert_uint_eq(sftr_checkpoint_data_start(ckpt, 1), 0);
	sftr_checkpoint_close(ckpt);
}
END_TEST

START_TEST(the_last_holder_releases_it)
{
	struct ledger books;
	sftr_allocator a = ledger_allocator(&books);
	sftr_open_options options = { .allocator = &a };
	sftr_checkpoint *ckpt = open_file(&options);

	ck_assert_ptr_eq(sftr_checkpoint_retain(ckpt), ckpt);
	sftr_checkpoint_close(ckpt);
	ck_assert_uint_eq(sftr_checkpoint_count(ckpt), 3);
	ck_assert_uint_gt(books.n_blocks, 0);
	sftr_checkpoint_close(ckpt);
	ck_assert_uint_eq(books.n_blocks, 0);
	ck_assert_uint_eq(books.n_bytes, 0);
}
END_TEST

START_TEST(parts_of_a_tensor_stay_inside_it)
{
	sftr_checkpoint *ckpt = open_file(NULL);
	const sftr_tensor *t = sftr_checkpoint_at(ckpt, 0);
	unsigned char bytes[32];
	sftr_error err;

	ck_assert_int_eq(
		sftr_checkpoint_read_bytes(ckpt, t, 5, bytes, 19, &err),
		SFTR_OK);
	ck_assert_uint_eq(bytes[0], 6);
	ck_assert_uint_eq(bytes[18], 24);
	ck_assert_int_eq(
		sftr_checkpoint_read_bytes(ckpt, t, 24, bytes, 0, &err),
		SFTR_OK);
	ck_assert_int_eq(
		sftr_checkpoint_read_bytes(ckpt, t, 5, bytes, 20, &err),
		SFTR_E_ARGUMENT);
	ck_assert_str_eq(err.key, "a");
	ck_assert_int_eq(
		sftr_checkpoint_read_bytes(ckpt, t, 25, bytes, 0, &err),
		SFTR_E_ARGUMENT);
	ck_assert_int_eq(sftr_checkpoint_read_bytes(ckpt, t, UINT64_MAX, bytes,
						    SIZE_MAX, &err),
			 SFTR_E_ARGUMENT);
	sftr_checkpoint_close(ckpt);
}
END_TEST

START_TEST(a_head_alone_answers_all_but_what_the_data_are)
{
	sftr_slice slices[2] = { { 0, 2, 1, 0 }, { 0, 3, 1, 0 } };
	sftr_checkpoint *ckpt;
	const sftr_tensor *t;
	const void *view = file;
	char bytes[64];
	sftr_error err;

	set_up();
	ck_assert_int_eq(sftr_header_parse(file, 8 + sizeof header - 1,
					   file_n_bytes, NULL, &ckpt, &err),
			 SFTR_OK);
	t = sftr_checkpoint_find(ckpt, "a", 1);
	ck_assert_uint_eq(sftr_tensor_n_bytes(t), 24);
	ck_assert_int_eq(sftr_checkpoint_view(ckpt, t, &view, &err),
			 SFTR_E_UNSUPPORTED);
	ck_assert_ptr_null(view);
	ck_assert_int_eq(sftr_checkpoint_read(ckpt, t, bytes, 64, &err),
			 SFTR_E_UNSUPPORTED);
	ck_assert_str_eq(err.key, "a");
	ck_assert_int_eq(sftr_checkpoint_read_bytes(ckpt, t, 0, bytes, 1, &err),
			 SFTR_E_UNSUPPORTED);
	ck_assert_int_eq(
		sftr_checkpoint_read_slice(ckpt, t, slices, bytes, 64, &err),
		SFTR_E_UNSUPPORTED);
	sftr_checkpoint_close(ckpt);
	/* More bytes than the file has are not looked at. */
	ck_assert_int_eq(sftr_header_parse(file, sizeof file, file_n_bytes,
					   NULL, &ckpt, &err),
			 SFTR_OK);
	sftr_checkpoint_close(ckpt);
}
END_TEST

/* Every head that is too short says so, and is no fault of the file. */
START_TEST(a_head_must_hold_the_whole_header)
{
	sftr_checkpoint *ckpt;
	sftr_error err;

	set_up();
	for (size_t n = 0; n < 8 + sizeof header - 1; n++) {
		ck_assert_int_eq(sftr_header_parse(file, n, file_n_bytes, NULL,
						   &ckpt, &err),
				 SFTR_E_ARGUMENT);
		ck_assert_ptr_null(ckpt);
	}
	ck_assert_int_eq(sftr_header_parse(NULL, 0, 0, NULL, &ckpt, &err),
			 SFTR_E_TRUNCATED);
	ck_assert_ptr_null(ckpt);
}
END_TEST

START_TEST(the_callers_limit_on_headers_is_held)
{
	sftr_open_options options = { .max_header_bytes = sizeof header - 1 };
	sftr_checkpoint *ckpt = open_file(&options);
	sftr_error err;

	sftr_checkpoint_close(ckpt);
	options.max_header_bytes--;
	ck_assert_int_eq(sftr_checkpoint_open_memory(file, file_n_bytes,
						     &options, &ckpt, &err),
			 SFTR_E_LIMIT);
	ck_assert_ptr_null(ckpt);
}
END_TEST

int
main(void)
{
	TCase *tc = tcase_create("checkpoint");

	tcase_add_test(tc, nothing_answers_every_question);
	tcase_add_test(tc, a_tensor_that_is_not_there_is_absent);
	tcase_add_test(tc, tensors_come_in_the_order_of_the_text);
	tcase_add_test(tc, a_name_is_found_whole_or_not_at_all);
	tcase_add_test(tc, metadata_are_found_by_key_and_in_order);
	tcase_add_test(tc, a_file_in_memory_is_one_file_without_a_path);
	tcase_add_test(tc, the_last_holder_releases_it);
	tcase_add_test(tc, parts_of_a_tensor_stay_inside_it);
	tcase_add_test(tc, a_head_alone_answers_all_but_what_the_data_are);
	tcase_add_test(tc, a_head_must_hold_the_whole_header);
	tcase_add_test(tc, the_callers_limit_on_headers_is_held);
	return run_suite("checkpoint", tc);
}
