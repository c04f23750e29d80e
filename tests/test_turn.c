/* SPDX-License-Identifier: MIT */
#include "numeric/turn.h"
#include "suite.h"

#include <check.h>
#include <stdint.h>
#include <string.h>

enum { SIDE = 40, ROOM = 2 * SIDE * SIDE * 8, GUARD = 0xa5 };

START_TEST(a_row_becomes_a_column)
{
	static const char src[] = "abcdef";
	char dst[7] = "......";

	sftr__turn(dst, 2, src, 3, 2, 3, 1);
	ck_assert_str_eq(dst, "adbecf");
	sftr__turn(dst, 2, src, 2, 1, 3, 2);
	ck_assert_str_eq(dst, "abcdef");
	sftr__turn(dst, 4, src, 2, 2, 1, 2);
	ck_assert_str_eq(dst, "abcdef");
}
END_TEST

START_TEST(sizes_are_those_of_numbers)
{
	for (size_t size = 0; size < 20; size++)
		ck_assert_int_eq(sftr__turns(size), size == 1 || size == 2 ||
							    size == 4 ||
							    size == 8);
}
END_TEST

/* All shapes up to a few squares, rows apart or not, and odd addresses. */
static void
turn_one(size_t size, size_t n_rows, size_t n_columns, size_t apart)
{
	static unsigned char src[ROOM + 1], dst[ROOM + 1], want[ROOM + 1];
	size_t src_step = n_columns * size + apart;
	size_t dst_step = n_rows * size + apart;
	size_t odd = apart % 2;

	for (size_t i = 0; i < sizeof src; i++)
		src[i] = (unsigned char)(i * 31 + i / 256);
	memset(dst, GUARD, sizeof dst);
	memset(want, GUARD, sizeof want);
	for (size_t i = 0; i < n_rows; i++)
		for (size_t j = 0; j < n_columns; j++)
			memcpy(want + odd + j * dst_step + i * size,
			       src + odd + i * src_step + j * size, size);
	sftr__turn((char *)dst + odd, (ptrdiff_t)dst_step,
		   (const char *)src + odd, (ptrdiff_t)src_step, n_rows,
		   n_columns, size);
	if (memcmp(dst, want, sizeof want) != 0)
		ck_abort_msg("%zu x %zu of %zu, %zu apart", n_rows, n_columns,
			     size, apart);
}

START_TEST(every_shape_is_turned_and_nothing_beside_it)
{
	static const size_t sides[] = { 0, 1,  2,  3,  4,  5,  7,  8,
					9, 15, 16, 17, 31, 32, 33, SIDE };
	size_t n = COUNT(sides);

	for (size_t i = 0; i < n; i++)
		for (size_t j = 0; j < n; j++)
			for (size_t apart = 0; apart < 4; apart += 3)
				turn_one((size_t)1 << _i, sides[i], sides[j],
					 apart);
}
END_TEST

START_TEST(rows_may_go_backwards)
{
	uint16_t src[8][8], dst[8][8];

	for (int i = 0; i < 64; i++)
		src[i / 8][i % 8] = (uint16_t)(i * 257);
	sftr__turn((char *)dst[7], -16, (char *)src[7], -16, 8, 8, 2);
	for (int i = 0; i < 8; i++)
		for (int j = 0; j < 8; j++)
			ck_assert_uint_eq(dst[7 - j][i], src[7 - i][j]);
}
END_TEST

int
main(void)
{
	TCase *tc = tcase_create("turn");

	tcase_add_test(tc, a_row_becomes_a_column);
	tcase_add_test(tc, sizes_are_those_of_numbers);
	tcase_add_loop_test(tc, every_shape_is_turned_and_nothing_beside_it, 0,
			    4);
	tcase_add_test(tc, rows_may_go_backwards);
	return run_suite("turn", tc);
}
