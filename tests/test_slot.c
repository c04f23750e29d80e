/* SPDX-License-Identifier: MIT */
#include "bind/slot.h"

#include "base/alloc.h"
#include "ledger.h"
#include "suite.h"

/* A name of 64 letters. */
#define LONG "abcdefghijklmnopqrstuvwxyzabcdefghijklmnopqrstuvwxyzabcdefghijkl"

/* Shape texts, and the offset of what is wrong with them. */
static const struct {
	const char *text;
	int fault; /* -1: none */
} texts[] = {
	{ "", -1 },
	{ " ", -1 },
	{ "out in", -1 },
	{ "64 ?", -1 },
	{ "... d", -1 },
	{ "a ... b", -1 },
	{ "a_1 B2", -1 },
	{ "0", -1 },
	{ "007", -1 },
	{ LONG, -1 },
	{ "1 " LONG "x", 2 },
	{ "18446744073709551615", -1 },
	{ "18446744073709551616", 0 },
	{ "... ...", 4 },
	{ "a,b", 0 },
	{ "1 -2", 2 },
	{ "x? y", 0 },
	{ "_x", 0 },
	{ "2x", 0 },
	{ "....", 0 },
	{ "..", 0 },
	{ "a\tb", 0 },
	{ "??", 0 },
	{ "\xc3\xa9", 0 },
	{ "[2]", 0 },
};

START_TEST(a_shape_text_is_numbers_names_and_marks)
{
	sftr_error err;
	sftr_code code = sftr__shape_check(texts[_i].text, &err);

	if (texts[_i].fault < 0) {
		ck_assert_msg(code == SFTR_OK, "\"%s\"", texts[_i].text);
		return;
	}
	ck_assert_msg(code == SFTR_E_ARGUMENT, "\"%s\"", texts[_i].text);
	ck_assert_msg(err.offset == (uint64_t)texts[_i].fault, "\"%s\": %d",
		      texts[_i].text, (int)err.offset);
}
END_TEST

static const struct {
	const char *text;
	uint32_t rank;
	uint64_t shape[4];
	bool fits;
} fits[] = {
	{ "", 0, { 0 }, true },
	{ "", 1, { 1 }, false },
	{ "3 4", 2, { 3, 4 }, true },
	{ "3 4", 2, { 4, 3 }, false },
	{ "3", 2, { 3, 1 }, false },
	{ "3 4", 1, { 3 }, false },
	{ "? 4", 2, { 9, 4 }, true },
	{ "?", 0, { 0 }, false },
	{ "...", 0, { 0 }, true },
	{ "...", 3, { 1, 2, 3 }, true },
	{ "... 3", 3, { 1, 2, 3 }, true },
	{ "... 3", 3, { 3, 2, 1 }, false },
	{ "1 ... 3", 2, { 1, 3 }, true },
	{ "1 ... 3", 1, { 1 }, false },
	{ "1 ...", 4, { 1, 7, 8, 9 }, true },
	{ "n n", 2, { 5, 5 }, true },
	{ "n n", 2, { 5, 6 }, false },
	{ "n ... n", 3, { 5, 1, 5 }, true },
	{ "n ... n", 3, { 5, 5, 1 }, false },
	{ "0 n", 2, { 0, 4 }, true },
	{ "known", 1, { 8 }, true },
	{ "known", 1, { 7 }, false },
};

static const sftr_dim known[] = { { "known", 8 } };

static void
open_dims(sftr__dims *dims)
{
	const sftr_allocator a = sftr__allocator(NULL);

	sftr__dims_init(dims, &a, known, 1);
}

START_TEST(a_tensor_fits_or_not)
{
	sftr_slot slot = { 0 };
	sftr__dims dims;
	uint64_t value;
	size_t d;

	open_dims(&dims);
	slot.shape_text = fits[_i].text;
	ck_assert_msg((sftr__slot_fits(&slot, fits[_i].shape, fits[_i].rank,
				       &dims) == SFTR__FITS) == fits[_i].fits,
		      "\"%s\", row %d", fits[_i].text, _i);
	d = sftr__dims_find(&dims, 0, "n", 1);
	value = d != SFTR__NO_DIM && dims.dims[d].is_known ?
			dims.dims[d].value :
			0;
	/* A fit that fails gives no name a value, even half way. */
	ck_assert_uint_eq(value, fits[_i].fits && fits[_i].text[0] == 'n' ? 5 :
				 fits[_i].text[0] == '0'		  ? 4 :
									    0);
	sftr__dims_free(&dims);
}
END_TEST

START_TEST(a_name_keeps_its_first_value_in_a_scope)
{
	const uint64_t a[] = { 2, 3 }, b[] = { 3, 2 };
	sftr_slot slot = { 0 };
	sftr__dims dims;

	open_dims(&dims);
	slot.shape_text = "out in";
	ck_assert_int_eq(sftr__slot_fits(&slot, a, 2, &dims), SFTR__FITS);
	ck_assert_int_eq(sftr__slot_fits(&slot, b, 2, &dims), SFTR__FITS_NOT);
	ck_assert(!sftr__slot_would_fit(&slot, b, 2, &dims));
	ck_assert(sftr__slot_would_fit(&slot, a, 2, &dims));
	slot.scope = 7;
	ck_assert(sftr__slot_would_fit(&slot, a, 2, &dims));
	ck_assert(sftr__slot_would_fit(&slot, b, 2, &dims));
	ck_assert_int_eq(sftr__slot_fits(&slot, b, 2, &dims), SFTR__FITS);
	ck_assert_int_eq(sftr__slot_fits(&slot, a, 2, &dims), SFTR__FITS_NOT);
	sftr__dims_free(&dims);
}
END_TEST

START_TEST(a_name_belongs_to_the_innermost_scope_that_declares_it)
{
	sftr__dims dims;
	uint32_t top, middle, inner;
	size_t width;

	open_dims(&dims);
	top = sftr__dims_scope(&dims, 0);
	middle = sftr__dims_scope(&dims, top);
	inner = sftr__dims_scope(&dims, middle);
	width = sftr__dims_declare(&dims, middle, "width", 5);
	ck_assert_uint_eq(sftr__dims_resolve(&dims, inner, "width", 5), width);
	ck_assert_uint_ne(sftr__dims_resolve(&dims, top, "width", 5), width);
	/* Declared nowhere: the whole load's. */
	ck_assert_uint_eq(sftr__dims_resolve(&dims, inner, "depth", 5),
			  sftr__dims_find(&dims, top, "depth", 5));
	ck_assert_uint_eq(sftr__dims_find(&dims, top, "height", 6),
			  SFTR__NO_DIM);
	sftr__dims_free(&dims);
}
END_TEST

static const struct {
	const char *text;
	bool bare;
	size_t size;
	const char *shown;
} shown[] = {
	{ "out in", false, 64, "[out=2, in=3]" },
	{ "out in", true, 64, "[2,3]" },
	{ "64 ? ... what", false, 64, "[64, ?, ..., what]" },
	{ "", false, 64, "[]" },
	{ "out in out in", false, 20, "[out=2, in=3, o...]" },
};

START_TEST(a_shape_is_shown_with_what_is_known)
{
	const uint64_t shape[] = { 2, 3 };
	sftr_slot slot = { 0 };
	sftr__dims dims;
	char text[64];

	open_dims(&dims);
	slot.shape_text = "out in";
	ck_assert_int_eq(sftr__slot_fits(&slot, shape, 2, &dims), SFTR__FITS);
	slot.shape_text = shown[_i].text;
	sftr__slot_shape_text(&slot, &dims, shown[_i].bare, text,
			      shown[_i].size);
	ck_assert_str_eq(text, shown[_i].shown);
	sftr__dims_free(&dims);
}
END_TEST

START_TEST(without_memory_nothing_is_known)
{
	const uint64_t shape[] = { 2, 3 };
	struct ledger books;
	sftr_allocator a = ledger_allocator(&books);
	sftr_slot slot = { 0 };
	sftr__fit fit;

	slot.shape_text = "a_long_name another";
	while (ledger_round(&books)) {
		sftr__dims dims;

		sftr__dims_init(&dims, &a, NULL, 0);
		fit = sftr__slot_fits(&slot, shape, 2, &dims);
		ck_assert_int_eq(fit, ledger_code(&books) == SFTR_OK ?
					      SFTR__FITS :
					      SFTR__FIT_NO_MEMORY);
		for (size_t i = 0; i < dims.n && fit != SFTR__FITS; i++)
			ck_assert(!dims.dims[i].is_known);
		sftr__dims_free(&dims);
	}
	ck_assert_uint_gt(books.fail_at, 3);
}
END_TEST

int
main(void)
{
	TCase *tc = tcase_create("slot");

	tcase_add_loop_test(tc, a_shape_text_is_numbers_names_and_marks, 0,
			    COUNT(texts));
	tcase_add_loop_test(tc, a_tensor_fits_or_not, 0, COUNT(fits));
	tcase_add_test(tc, a_name_keeps_its_first_value_in_a_scope);
	tcase_add_test(tc,
		       a_name_belongs_to_the_innermost_scope_that_declares_it);
	tcase_add_loop_test(tc, a_shape_is_shown_with_what_is_known, 0,
			    COUNT(shown));
	tcase_add_test(tc, without_memory_nothing_is_known);
	return run_suite("slot", tc);
}
