/* SPDX-License-Identifier: MIT */
#include "numeric/swap.h"

#include "suite.h"

#include <check.h>

static const struct {
	sftr_dtype dtype;
	unsigned width;
} widths[] = {
	{ SFTR_BOOL, 1 },	 { SFTR_F4, 1 },	  { SFTR_F6_E2M3, 1 },
	{ SFTR_F6_E3M2, 1 },	 { SFTR_U8, 1 },	  { SFTR_I8, 1 },
	{ SFTR_F8_E5M2, 1 },	 { SFTR_F8_E4M3, 1 },	  { SFTR_F8_E8M0, 1 },
	{ SFTR_F8_E4M3FNUZ, 1 }, { SFTR_F8_E5M2FNUZ, 1 }, { SFTR_I16, 2 },
	{ SFTR_U16, 2 },	 { SFTR_F16, 2 },	  { SFTR_BF16, 2 },
	{ SFTR_I32, 4 },	 { SFTR_U32, 4 },	  { SFTR_F32, 4 },
	{ SFTR_C64, 4 },	 { SFTR_F64, 8 },	  { SFTR_I64, 8 },
	{ SFTR_U64, 8 },	 { SFTR_DTYPE_NONE, 1 },  { SFTR_N_DTYPES, 1 },
};

START_TEST(every_dtype_turns_round_the_numbers_it_holds)
{
	ck_assert_msg(sftr__swap_width(widths[_i].dtype) == widths[_i].width,
		      "%s", sftr_dtype_name(widths[_i].dtype));
}
END_TEST

/* Width and shift away from alignment, both from the loop's number. */
START_TEST(numbers_are_reversed_one_by_one)
{
	unsigned width = 1u << (_i % 4), shift = (unsigned)_i / 4;

	for (size_t n = 0; n <= 40; n++) {
		unsigned char src[512], dst[512], want[512];

		for (size_t i = 0; i < sizeof src; i++) {
			src[i] = (unsigned char)(i * 37 + n);
			want[i] = dst[i] = 0xa5;
		}
		for (size_t i = 0; i < n * width; i++)
			want[shift + i / width * width + width - 1 -
			     i % width] = src[2 * shift + i];
		sftr__swap(dst + shift, src + 2 * shift, n, width);
		ck_assert_mem_eq(dst, want, sizeof dst);

		memmove(src + shift, src + 2 * shift, n * width);
		sftr__swap(src + shift, src + shift, n, width);
		ck_assert(memcmp(src + shift, want + shift, n * width) == 0);
	}
}
END_TEST

START_TEST(file_bytes_become_numbers)
{
	const unsigned char file[] = { 1, 2, 3, 4, 5, 6, 7, 8 };
	unsigned char copy[8];
	uint16_t u16[4];
	uint32_t u32[2];
	uint64_t u64;

	sftr__copy_to_host(SFTR_F16, u16, file, 8, false);
	ck_assert_uint_eq(u16[0], 0x0201);
	ck_assert_uint_eq(u16[3], 0x0807);
	sftr__copy_to_host(SFTR_C64, u32, file, 8, false);
	ck_assert_uint_eq(u32[0], 0x04030201);
	ck_assert_uint_eq(u32[1], 0x08070605);
	sftr__copy_to_host(SFTR_F64, &u64, file, 8, false);
	ck_assert_uint_eq(u64, 0x0807060504030201);
	sftr__copy_to_host(SFTR_F6_E3M2, copy, file, 3, false);
	ck_assert_mem_eq(copy, file, 3);
	sftr__copy_to_host(SFTR_F64, NULL, NULL, 0, false);
}
END_TEST

START_TEST(file_bytes_become_numbers_in_place)
{
	unsigned char bytes[] = { 1, 2, 3, 4, 5, 6, 7, 8 };
	uint32_t u32[2];

	sftr__to_host(SFTR_I8, bytes, 8);
	ck_assert_int_eq(bytes[0], 1);
	sftr__to_host(SFTR_C64, bytes, 8);
	memcpy(u32, bytes, 8);
	ck_assert_uint_eq(u32[0], 0x04030201);
	ck_assert_uint_eq(u32[1], 0x08070605);
	sftr__to_host(SFTR_C64, bytes, 8);
	ck_assert_int_eq(bytes[0], 1);
}
END_TEST

int
main(void)
{
	TCase *tc = tcase_create("swap");

	tcase_add_loop_test(tc, every_dtype_turns_round_the_numbers_it_holds, 0,
			    COUNT(widths));
	tcase_add_loop_test(tc, numbers_are_reversed_one_by_one, 0, 4 * 8);
	tcase_add_test(tc, file_bytes_become_numbers);
	tcase_add_test(tc, file_bytes_become_numbers_in_place);
	return run_suite("swap", tc);
}
