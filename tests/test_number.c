/* SPDX-License-Identifier: MIT */
#include "numeric/number.h"

#include "suite.h"
#include "worth.h"

#include <check.h>

/* What the words of the contract come to, by hand. */
static const struct {
	sftr_dtype to, from;
	uint64_t want, bits;
} table[] = {
	{ SFTR_F32, SFTR_F16, 0x7f802000, 0x7c01 }, /* stays signalling */
	{ SFTR_F16, SFTR_F32, 0x7c01, 0x7f800001 }, /* stays NaN */
	{ SFTR_BF16, SFTR_F32, 0xffff, 0xffffffff },
	{ SFTR_BF16, SFTR_F32, 0x7f80, 0x7f7fffff }, /* to infinity */
	{ SFTR_BF16, SFTR_F32, 0x3f80, 0x3f808000 }, /* ties to even */
	{ SFTR_BF16, SFTR_F32, 0x3f82, 0x3f818000 },
	{ SFTR_BF16, SFTR_F64, 0x3f81, 0x3ff0100000000001 }, /* once */
	{ SFTR_F64, SFTR_F32, 0x36a0000000000000, 1 },
	{ SFTR_F32, SFTR_F64, 0, 0x3690000000000000 }, /* 2^-150 */
	{ SFTR_F32, SFTR_F64, 1, 0x3690000000000001 },
	{ SFTR_F8_E4M3, SFTR_F32, 0x7e, 0x43e80000 }, /* 464, a tie */
	{ SFTR_F8_E4M3, SFTR_F32, 0x7f, 0x43e80001 },
	{ SFTR_F8_E4M3, SFTR_F32, 0xff, 0xff800000 }, /* -infinity */
	{ SFTR_F8_E5M2, SFTR_F32, 0x7d, 0x7f800001 },
	{ SFTR_F8_E5M2, SFTR_F32, 0x7e, 0x7fc00000 },
	{ SFTR_F8_E4M3FNUZ, SFTR_F32, 0, 0x80000000 }, /* no -0 */
	{ SFTR_F8_E4M3FNUZ, SFTR_F32, 0, 0x80000001 },
	{ SFTR_F8_E5M2FNUZ, SFTR_F32, 0x80, 0x7f800000 },
	{ SFTR_F32, SFTR_F8_E5M2FNUZ, 0xffc00000, 0x80 },
	{ SFTR_F32, SFTR_F8_E8M0, 0x00400000, 0 },
	{ SFTR_F8_E8M0, SFTR_F32, 0xff, 0 },
	{ SFTR_F8_E8M0, SFTR_F32, 0xff, 0xbf800000 },
	{ SFTR_F8_E8M0, SFTR_F32, 0x80, 0x3fc00000 }, /* 1.5 */
	{ SFTR_F8_E8M0, SFTR_F32, 0x00, 1 },
	{ SFTR_F8_E8M0, SFTR_F32, 0x01, 0x00400001 },
	{ SFTR_I32, SFTR_F32, 2, 0x40200000 },		/* 2.5 */
	{ SFTR_I32, SFTR_F32, 0xfffffffc, 0xc0600000 }, /* -3.5 */
	{ SFTR_I32, SFTR_F32, 0x7fffffff, 0x4f000000 },
	{ SFTR_I32, SFTR_F32, 0x80000000, 0xff800000 },
	{ SFTR_I32, SFTR_F32, 0, 0xffc00000 },
	{ SFTR_U8, SFTR_I16, 0, 0xffff },
	{ SFTR_U8, SFTR_I16, 255, 256 },
	{ SFTR_I64, SFTR_U64, 0x7fffffffffffffff, 0xffffffffffffffff },
	{ SFTR_F64, SFTR_U64, 0x43f0000000000000, 0xffffffffffffffff },
	{ SFTR_F32, SFTR_U64, 0x5f800000, 0xffffff8000000000 },
	{ SFTR_BOOL, SFTR_F32, 0, 0x80000000 },
	{ SFTR_BOOL, SFTR_F32, 1, 1 },
	{ SFTR_BOOL, SFTR_F32, 1, 0x7fc00000 },
	{ SFTR_I8, SFTR_BOOL, 1, 0xff },
	{ SFTR_F32, SFTR_F32, 0x7f800001, 0x7f800001 },
};

START_TEST(elements_are_as_the_contract_says)
{
	sftr_dtype to = table[_i].to, from = table[_i].from;
	sftr__number number;
	uint64_t src, dst, got;

	worth_set_element(from, &src, 0, table[_i].bits);
	sftr__number_decode(&number, from, &src, 1);
	sftr__number_encode(to, &dst, &number, 1);
	got = worth_element(to, &dst, 0);
	ck_assert_msg(got == table[_i].want, "row %d: %llx", _i,
		      (unsigned long long)got);
	worth_check(to, from, table[_i].bits, table[_i].want);
}
END_TEST

START_TEST(numbers_are_what_is_not_packed_or_complex)
{
	for (sftr_dtype d = 0; d < SFTR_N_DTYPES; d++)
		ck_assert_msg(sftr__is_number(d) == worth_has(d), "%s",
			      sftr_dtype_name(d));
	ck_assert(!sftr__is_number(SFTR_N_DTYPES));
}
END_TEST

int
main(void)
{
	TCase *tc = tcase_create("number");

	tcase_add_loop_test(tc, elements_are_as_the_contract_says, 0,
			    COUNT(table));
	tcase_add_test(tc, numbers_are_what_is_not_packed_or_complex);
	return run_suite("number", tc);
}
