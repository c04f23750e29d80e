/* SPDX-License-Identifier: MIT */
#include "base/digest.h"

#include "suite.h"

#include <stdint.h>
#include <string.h>

/* XXH3 with 64 bits and seed 0: what it gives is part of its specification. */
START_TEST(digests_are_the_published_ones_on_every_host)
{
	static const struct {
		const char *text;
		uint64_t digest;
	} rows[] = {
		{ "", UINT64_C(0x2d06800538d394c2) },
		{ "a", UINT64_C(0xe6c632b61e964e1f) },
		{ "abc", UINT64_C(0x78af5f94892f3950) },
		{ "model.layers.17.mlp.experts.123.down_proj.weight",
		  UINT64_C(0x060d1eecb25c1eb7) },
	};

	for (size_t i = 0; i < COUNT(rows); i++)
		ck_assert_msg(
			sftr__digest(rows[i].text, strlen(rows[i].text)) ==
				rows[i].digest,
			"%s", rows[i].text);
}
END_TEST

START_TEST(every_byte_counts_and_where_it_lies_does_not)
{
	char text[400], moved[401];
	uint64_t whole;

	for (size_t i = 0; i < sizeof text; i++)
		text[i] = (char)(i * 7 % 251);
	whole = sftr__digest(text, sizeof text);
	memcpy(moved + 1, text, sizeof text);
	ck_assert(sftr__digest(moved + 1, sizeof text) == whole);
	for (size_t i = 0; i < sizeof text; i++) {
		text[i] ^= 1;
		ck_assert(sftr__digest(text, sizeof text) != whole);
		text[i] ^= 1;
		ck_assert(sftr__digest(text, i) != whole);
	}
}
END_TEST

START_TEST(a_seed_gives_other_digests)
{
	static const size_t lengths[] = { 1, 8, 16, 100, 200, 400 };
	char text[400];

	memset(text, 'a', sizeof text);
	for (size_t i = 0; i < sizeof lengths / sizeof *lengths; i++) {
		size_t n = lengths[i];

		ck_assert(sftr__digest_seeded(text, n, 0) ==
			  sftr__digest(text, n));
		ck_assert((uint32_t)sftr__digest_seeded(text, n, 1) !=
			  (uint32_t)sftr__digest(text, n));
		ck_assert((uint32_t)sftr__digest_seeded(text, n, 1) !=
			  (uint32_t)sftr__digest_seeded(text, n, 2));
	}
}
END_TEST

int
main(void)
{
	TCase *tc = tcase_create("digest");

	tcase_add_test(tc, digests_are_the_published_ones_on_every_host);
	tcase_add_test(tc, every_byte_counts_and_where_it_lies_does_not);
	tcase_add_test(tc, a_seed_gives_other_digests);
	return run_suite("digest", tc);
}
