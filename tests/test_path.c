/* SPDX-License-Identifier: MIT */
#include "names/path.h"

#include "ledger.h"
#include "paths.h"

static sftr__path_reader
reader(const char *text, sftr__path_buffer *out, sftr_error *err)
{
	sftr__path_reader r = { text, strlen(text), out, err, SFTR_OK };

	return r;
}

START_TEST(unescaped_texts_stay_where_they_are)
{
	/* The last is longer than a block. */
	const size_t sizes[] = { 1, 3999, 1, 4000, 10000, 7 };
	struct ledger books;
	sftr_allocator a = ledger_allocator(&books);
	sftr__path_buffer buffer;
	sftr__path_reader r = reader("", &buffer, NULL);
	char *rooms[COUNT(sizes)];

	sftr__path_buffer_init(&buffer, &a);
	for (size_t i = 0; i < COUNT(sizes); i++) {
		rooms[i] = sftr__path_room(&r, sizes[i]);
		ck_assert_ptr_nonnull(rooms[i]);
		memset(rooms[i], 'a' + (int)i, sizes[i]);
		sftr__path_push_text(&r, SFTR_STEP_KEY, rooms[i], sizes[i]);
	}
	ck_assert_int_eq(r.code, SFTR_OK);
	ck_assert_uint_eq(buffer.n_steps, COUNT(sizes));
	for (size_t i = 0; i < COUNT(sizes); i++) {
		sftr_str text = buffer.steps[i].text;

		ck_assert_ptr_eq(text.ptr, rooms[i]);
		for (size_t k = 0; k < sizes[i]; k++)
			ck_assert_int_eq(text.ptr[k], 'a' + (int)i);
	}
	sftr__path_buffer_free(&buffer);
	ck_assert_uint_eq(books.n_bytes, 0);
}
END_TEST

START_TEST(a_cleared_buffer_takes_no_more_memory)
{
	struct ledger books;
	sftr_allocator a = ledger_allocator(&books);
	sftr__path_buffer buffer;
	sftr__path_reader r = reader("", &buffer, NULL);
	size_t n_bytes = 0;

	sftr__path_buffer_init(&buffer, &a);
	for (int round = 0; round < 3; round++) {
		sftr__path_buffer_clear(&buffer);
		ck_assert_uint_eq(buffer.n_steps, 0);
		for (int i = 0; i < 8; i++)
			sftr__path_push_text(&r, SFTR_STEP_KEY,
					     sftr__path_room(&r, 400), 400);
		if (round == 0)
			n_bytes = books.n_bytes;
		ck_assert_uint_eq(books.n_bytes, n_bytes);
	}
	for (int i = 0; i < 100; i++)
		ck_assert_ptr_nonnull(sftr__path_room(&r, 400));
	ck_assert_uint_gt(books.n_bytes, 10 * 4000);
	sftr__path_buffer_clear(&buffer);
	ck_assert_uint_eq(books.n_bytes, n_bytes);
	sftr__path_buffer_free(&buffer);
	ck_assert_uint_eq(books.n_bytes, 0);
}
END_TEST

START_TEST(the_first_failure_sticks)
{
	sftr__path_buffer buffer;
	sftr_error err;
	sftr__path_reader r = reader("ab", &buffer, &err);

	sftr__path_buffer_init(&buffer, NULL);
	sftr__path_push_number(&r, SFTR_STEP_INDEX, 1);
	sftr__path_expect(&r, 1, "a first");
	sftr__path_expect(&r, 2, "a second");
	sftr__path_push_number(&r, SFTR_STEP_INDEX, 2);
	ck_assert_ptr_null(sftr__path_room(&r, 1));
	ck_assert_int_eq(sftr__path_decimal(&r, 0, 1, "a third"), 0);
	ck_assert_int_eq(r.code, SFTR_E_PATH);
	ck_assert_str_eq(err.message, "expected a first, found 'b'");
	ck_assert_str_eq(err.key, "ab");
	ck_assert_uint_eq(err.offset, 1);
	ck_assert_uint_eq(buffer.n_steps, 1);
	sftr__path_buffer_free(&buffer);
}
END_TEST

START_TEST(no_size_is_too_large_to_be_refused)
{
	sftr__path_buffer buffer;
	sftr_error err;
	sftr__path_reader r = reader("", &buffer, &err);
	sftr_step huge = { SFTR_STEP_KEY, { "", SIZE_MAX - 1 }, 0 };
	sftr_path path;

	sftr__path_buffer_init(&buffer, NULL);
	ck_assert_ptr_null(sftr__path_room(&r, SIZE_MAX));
	ck_assert_int_eq(r.code, SFTR_E_MEMORY);
	sftr__path_buffer_free(&buffer);
	ck_assert_int_eq(sftr__path_copy(&huge, 1, NULL, &path, &err),
			 SFTR_E_MEMORY);
	ck_assert_int_eq(
		sftr__path_copy(&huge, SIZE_MAX / 4, NULL, &path, &err),
		SFTR_E_MEMORY);
	ck_assert_ptr_null(path.steps);
}
END_TEST

START_TEST(a_copy_owns_its_texts)
{
	char text[] = "layers";
	sftr_step steps[] = { { SFTR_STEP_ATTR, { text, 6 }, 0 },
			      INDEX(10),
			      KEY("a\0b"),
			      { SFTR_STEP_NAME, { NULL, 0 }, 0 } };
	struct ledger books;
	sftr_allocator a = ledger_allocator(&books);
	sftr_path path;

	ck_assert_int_eq(sftr__path_copy(steps, COUNT(steps), &a, &path, NULL),
			 SFTR_OK);
	ck_assert_uint_eq(books.n_calls, 1);
	ck_assert(same_path(path.steps, path.n_steps, steps, COUNT(steps)));
	memset(text, 'x', 6);
	ck_assert_str_eq(path.steps[0].text.ptr, "layers");
	ck_assert_ptr_null(path.steps[1].text.ptr);
	ck_assert_mem_eq(path.steps[2].text.ptr, "a\0b", 4);
	ck_assert_str_eq(path.steps[3].text.ptr, "");
	sftr_path_free(&path);
	ck_assert_uint_eq(books.n_bytes, 0);
	ck_assert_uint_eq(path.n_steps, 0);
	sftr_path_free(&path);
}
END_TEST

int
main(void)
{
	TCase *tc = tcase_create("path");

	tcase_add_test(tc, unescaped_texts_stay_where_they_are);
	tcase_add_test(tc, a_cleared_buffer_takes_no_more_memory);
	tcase_add_test(tc, the_first_failure_sticks);
	tcase_add_test(tc, no_size_is_too_large_to_be_refused);
	tcase_add_test(tc, a_copy_owns_its_texts);
	return run_suite("path", tc);
}
