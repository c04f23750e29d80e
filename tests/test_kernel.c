/* SPDX-License-Identifier: MIT */
#include "numeric/kernel.h"

#include "numeric/number.h"
#include "dice.h"
#include "effort.h"
#include "suite.h"
#include "worth.h"

#include <check.h>
#include <string.h>

static const sftr_dtype pairs[][2] = {
	{ SFTR_F32, SFTR_BF16 }, { SFTR_F32, SFTR_F16 },
	{ SFTR_F32, SFTR_U8 },	 { SFTR_F32, SFTR_I8 },
	{ SFTR_BF16, SFTR_F32 }, { SFTR_F16, SFTR_F32 },
};

enum { N_PAIRS = COUNT(pairs), ROOM = 64 + 131 * 4 + 64 };

/* One kernel at every place and length, against the plain one in place. */
static void
check_places(sftr__kernel *kernel, int pair, bool stream)
{
	sftr_dtype to = pairs[pair][0], from = pairs[pair][1];
	sftr__kernel *plain = sftr__kernel_plain(to, from);
	_Alignas(64) unsigned char src[ROOM], dst[ROOM], want[ROOM];

	seed = 9;
	for (size_t i = 0; i < sizeof src; i++)
		src[i] = dice(4) ? (unsigned char)dice(256) : 0x7f;
	for (size_t n = 0; n <= 130; n++)
		for (size_t shift = 0; shift < 32; shift++) {
			size_t other = (shift * 5 + n) % 32;

			memset(dst, 0xa5, sizeof dst);
			memset(want, 0xa5, sizeof want);
			plain(want + shift, src + other, n, false);
			kernel(dst + shift, src + other, n, stream);
			if (memcmp(dst, want, sizeof dst) != 0)
				ck_abort_msg("%zu elements from %zu to %zu", n,
					     other, shift);
		}
}

START_TEST(vectors_give_the_same_at_every_place_and_length)
{
	sftr__kernel *vector = sftr__kernel_vector(pairs[_i][0], pairs[_i][1]);

	check_places(sftr__kernel_plain(pairs[_i][0], pairs[_i][1]), _i, true);
	if (vector != NULL) {
		check_places(vector, _i, false);
		check_places(vector, _i, true);
	}
}
END_TEST

/*
 * All the elements of the narrow, a comb over those of F32, or, when the tests
 * may be long, all of them too.
 */
START_TEST(kernels_give_what_numbers_define)
{
	enum { BLOCK = 4096 };
	sftr_dtype to = pairs[_i][0], from = pairs[_i][1];
	sftr__kernel *kernels[2];
	sftr__number numbers[BLOCK];
	uint32_t src[BLOCK], dst[BLOCK], want[BLOCK];
	uint64_t all = UINT64_C(1) << sftr_dtype_bits(from), i = 0;
	uint64_t step = every(13);

	if (worth_n_bytes(from) == 4 && !effort_is("long"))
		step *= 1021;
	kernels[0] = sftr__kernel_plain(to, from);
	kernels[1] = sftr__kernel_vector(to, from);
	ck_assert(kernels[0] != NULL);
	while (i < all) {
		size_t n = 0;

		for (; n < BLOCK && i < all; i += step)
			worth_set_element(from, src, n++, i);
		sftr__number_decode(numbers, from, src, n);
		sftr__number_encode(to, want, numbers, n);
		for (int k = 0; k < 2 && kernels[k] != NULL; k++) {
			kernels[k](dst, src, n, false);
			ck_assert_msg(
				memcmp(dst, want, n * worth_n_bytes(to)) == 0,
				"below %llx", (unsigned long long)i);
		}
	}
}
END_TEST

int
main(void)
{
	TCase *tc = tcase_create("kernel");

	tcase_set_timeout(tc, 600);
	tcase_add_loop_test(tc, vectors_give_the_same_at_every_place_and_length,
			    0, N_PAIRS);
	tcase_add_loop_test(tc, kernels_give_what_numbers_define, 0, N_PAIRS);
	return run_suite("kernel", tc);
}
