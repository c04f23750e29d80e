/* SPDX-License-Identifier: MIT */
/* The text of a selection, and reading what it selects. */
#include "effort.h"
#include "folder.h"
#include "suite.h"

#include <safetree/checkpoint.h>

static const uint64_t extents[3] = { 5, 4, 6 };
static const sftr_tensor cube = { SFTR_STR("cube"), extents, 0, 240, 3,
				  SFTR_U16,	    0 };
static const sftr_tensor scalar = {
	SFTR_STR("s"), extents, 0, 2, 0, SFTR_U16, 0
};

static void
parses(const char *text, const char *expected)
{
	sftr_slice s[3];
	sftr_error err;
	char found[200];

	ck_assert_msg(sftr_slice_parse(text, strlen(text), &cube, s, &err) ==
			      SFTR_OK,
		      "%s: %s", text, err.message);
	snprintf(found, sizeof found, "%d:%d:%d%s %d:%d:%d%s %d:%d:%d%s",
		 (int)s[0].start, (int)s[0].stop, (int)s[0].step,
		 s[0].drop ? "!" : "", (int)s[1].start, (int)s[1].stop,
		 (int)s[1].step, s[1].drop ? "!" : "", (int)s[2].start,
		 (int)s[2].stop, (int)s[2].step, s[2].drop ? "!" : "");
	ck_assert_str_eq(found, expected);
}

START_TEST(selections_are_read_as_in_python)
{
	parses("", "0:5:1 0:4:1 0:6:1");
	parses("2", "2:3:1! 0:4:1 0:6:1");
	parses("-1", "4:5:1! 0:4:1 0:6:1");
	parses("-5,3", "0:1:1! 3:4:1! 0:6:1");
	parses("1:3", "1:3:1 0:4:1 0:6:1");
	parses(":,:,:", "0:5:1 0:4:1 0:6:1");
	parses("-0,-0:2,:-0", "0:1:1! 0:2:1 0:0:1");
	parses("::,::2,1::3", "0:5:1 0:4:2 1:6:3");
	parses("-2:,:-1,-100:100", "3:5:1 0:3:1 0:6:1");
	parses("3:1", "3:3:1 0:4:1 0:6:1");
	parses("100:200", "5:5:1 0:4:1 0:6:1");
	parses("::18446744073709551615", "0:5:-1 0:4:1 0:6:1");
	parses("-99999999999999999999:18446744073709551616,"
	       "99999999999999999990:,::18446744073709551616",
	       "0:5:1 4:4:1 0:6:-1");
	parses(" 1 : 2 , 0 ", "1:2:1 0:1:1! 0:6:1");
}
END_TEST

static void
fails(const sftr_tensor *t, const char *text, uint64_t offset,
      const char *message)
{
	sftr_slice s[3];
	sftr_error err;

	ck_assert_int_eq(sftr_slice_parse(text, strlen(text), t, s, &err),
			 SFTR_E_SLICE);
	ck_assert_str_eq(err.message, message);
	ck_assert_msg(err.offset == offset, "%s: offset %d", text,
		      (int)err.offset);
	ck_assert_str_eq(err.file, "slice");
}

START_TEST(every_fault_of_a_text_has_its_place)
{
	fails(&cube, "5", 0, "index 5 is out of range, dimension 0 has 5");
	fails(&cube, "0,-5", 2, "index -5 is out of range, dimension 1 has 4");
	fails(&cube, "x", 0, "expected a number or ':'");
	fails(&cube, "1,", 2, "expected a number or ':'");
	fails(&cube, ",1", 0, "expected a number or ':'");
	fails(&cube, "1:2:0", 4, "expected a step of 1 or more");
	fails(&cube, "::-0", 2, "expected a step of 1 or more");
	fails(&cube, "::-1", 2, "expected a step of 1 or more");
	fails(&cube, "1:2:3:4", 5, "expected ',' or the end");
	fails(&cube, "1 2", 2, "expected ',' or the end");
	fails(&cube, "0,0,0,0", 6,
	      "expected no more items, one for each dimension is enough");
	fails(&cube, "-", 1, "expected a digit after '-'");
	fails(&cube, "1.5", 1, "expected ',' or the end");
	fails(&cube, "18446744073709551616", 0, "expected a number below 2^64");
	fails(&cube, "0,-18446744073709551616", 2,
	      "expected a number below 2^64");
	fails(&scalar, "0", 0, "expected no item, this is a scalar");
}
END_TEST

/* 5 x 4 x 6 of U16, each element its own place in C order. */
static sftr_checkpoint *
open_cube(sftr_access access)
{
	static const char header[] =
		"{\"cube\":{\"dtype\":\"U16\",\"shape\":[5,4,6],"
		"\"data_offsets\":[0,240]},"
		"\"f4\":{\"dtype\":\"F4\",\"shape\":[4,6],"
		"\"data_offsets\":[240,252]}}";
	sftr_open_options options = { .access = access };
	unsigned char data[8 + sizeof header + 252];
	sftr_checkpoint *ckpt;
	sftr_error err;
	size_t n = sizeof header - 1;

	memset(data, 0, sizeof data);
	data[0] = (unsigned char)n;
	memcpy(data + 8, header, n);
	for (size_t i = 0; i < 120; i++)
		data[8 + n + 2 * i] = (unsigned char)i;
	for (size_t i = 0; i < 12; i++)
		data[8 + n + 240 + i] = (unsigned char)i;
	folder_write(in_folder("cube.safetensors"), data, 8 + n + 252);
	ck_assert_int_eq(sftr_checkpoint_open(in_folder("cube.safetensors"),
					      &options, &ckpt, &err),
			 SFTR_OK);
	return ckpt;
}

START_TEST(every_small_selection_reads_what_it_says)
{
	sftr_checkpoint *ckpt;
	const sftr_tensor *t;
	sftr_error err;
	uint16_t out[120];

	ckpt = open_cube(SFTR_PREAD);
	t = sftr_checkpoint_find(ckpt, "cube", 4);
	for (uint64_t k = 0; k < 5 * 5 * 3 * 4 * 4 * 2 * 6 * 6 * 3;
	     k += 7 * every(11)) {
		sftr_slice s[3] = {
			{ k % 5, k / 5 % 5 + 1, k / 25 % 3 + 1, 0 },
			{ k / 75 % 4, k / 300 % 4 + 1, k / 1200 % 2 + 1, 0 },
			{ k / 2400 % 6, k / 14400 % 6 + 1, k / 86400 % 3 + 1,
			  0 },
		};
		uint64_t n_bytes, shape[3];
		uint32_t rank;
		size_t n = 0;

		ck_assert_int_eq(
			sftr_slice_shape(t, s, shape, &rank, &n_bytes, &err),
			SFTR_OK);
		memset(out, 0xee, sizeof out);
		ck_assert_int_eq(sftr_checkpoint_read_slice(ckpt, t, s, out,
							    sizeof out, &err),
				 SFTR_OK);
		for (uint64_t a = s[0].start; a < s[0].stop; a += s[0].step)
			for (uint64_t b = s[1].start; b < s[1].stop;
			     b += s[1].step)
				for (uint64_t c = s[2].start; c < s[2].stop;
				     c += s[2].step)
					if (out[n++] != (a * 4 + b) * 6 + c)
						ck_abort_msg("selection %d",
							     (int)k);
		ck_assert_uint_eq(n_bytes, 2 * n);
		ck_assert_uint_eq(shape[0] * shape[1] * shape[2], n);
		if (n < 120)
			ck_assert_uint_eq(out[n], 0xeeee);
	}
	sftr_checkpoint_close(ckpt);
}
END_TEST

START_TEST(bounds_and_capacity_are_held)
{
	sftr_slice s[3] = { { 0, 5, 1, 0 }, { 0, 4, 1, 0 }, { 0, 6, 1, 0 } };
	sftr_checkpoint *ckpt;
	const sftr_tensor *t;
	uint64_t n_bytes, shape[3];
	uint32_t rank;
	sftr_error err;
	char out[240];

	ckpt = open_cube(SFTR_MAP);
	t = sftr_checkpoint_find(ckpt, "cube", 4);
	ck_assert_int_eq(sftr_checkpoint_read_slice(ckpt, t, s, out, 239, &err),
			 SFTR_E_CAPACITY);
	ck_assert_str_eq(err.message, "takes 240 bytes, the buffer holds 239");
	s[1].stop = 5;
	ck_assert_int_eq(sftr_checkpoint_read_slice(ckpt, t, s, out, 240, &err),
			 SFTR_E_SLICE);
	ck_assert_str_eq(err.message,
			 "dimension 1 has 4 elements, the slice is 0:5:1");
	s[1].stop = 4;
	s[1].step = 0;
	ck_assert_int_eq(sftr_slice_shape(t, s, NULL, NULL, NULL, &err),
			 SFTR_E_SLICE);
	s[1].step = 1;
	s[1].drop = 1;
	ck_assert_int_eq(sftr_slice_shape(t, s, NULL, NULL, NULL, &err),
			 SFTR_E_SLICE);
	s[1].stop = 1;
	ck_assert_int_eq(sftr_slice_shape(t, s, shape, &rank, &n_bytes, &err),
			 SFTR_OK);
	ck_assert_uint_eq(rank, 2);
	ck_assert_uint_eq(shape[1], 6);
	ck_assert_uint_eq(n_bytes, 60);
	sftr_checkpoint_close(ckpt);
}
END_TEST

START_TEST(packed_elements_come_in_whole_bytes_only)
{
	sftr_slice s[2] = { { 1, 3, 1, 0 }, { 2, 6, 1, 0 } };
	sftr_checkpoint *ckpt;
	const sftr_tensor *t;
	sftr_error err;
	char out[16];

	ckpt = open_cube(SFTR_MAP);
	t = sftr_checkpoint_find(ckpt, "f4", 2);
	ck_assert_int_eq(sftr_checkpoint_read_slice(ckpt, t, s, out, 16, &err),
			 SFTR_OK);
	ck_assert_int_eq(memcmp(out, "\4\5\7\10", 4), 0);
	s[1].start = 1;
	ck_assert_int_eq(sftr_checkpoint_read_slice(ckpt, t, s, out, 16, &err),
			 SFTR_E_SLICE);
	ck_assert_str_eq(err.message,
			 "selects part of a byte, F4 elements are packed");
	sftr_checkpoint_close(ckpt);
}
END_TEST

int
main(void)
{
	TCase *tc = tcase_create("slice");

	tcase_add_checked_fixture(tc, folder_make, folder_remove);
	tcase_add_test(tc, selections_are_read_as_in_python);
	tcase_add_test(tc, every_fault_of_a_text_has_its_place);
	tcase_add_test(tc, every_small_selection_reads_what_it_says);
	tcase_add_test(tc, bounds_and_capacity_are_held);
	tcase_add_test(tc, packed_elements_come_in_whole_bytes_only);
	return run_suite("slice", tc);
}
