/* SPDX-License-Identifier: MIT */
#include "base/alloc.h"
#include "base/index.h"
#include "effort.h"
#include "ledger.h"
#include "suite.h"

#include <check.h>
#include <stdio.h>
#include <stdlib.h>

static bool seeds_are_known;
static size_t n_seeded;

uint64_t
__real_sftr__digest_seeded(const void *bytes, size_t n, uint64_t seed);
uint64_t
__wrap_sftr__digest_seeded(const void *bytes, size_t n, uint64_t seed);

uint64_t
__wrap_sftr__digest_seeded(const void *bytes, size_t n, uint64_t seed)
{
	n_seeded++;
	return seeds_are_known ? 7 : __real_sftr__digest_seeded(bytes, n, seed);
}

struct record {
	sftr_str name;
	char text[32];
};

static struct record *
new_records(size_t n)
{
	struct record *r = calloc(n, sizeof *r);

	for (size_t i = 0; i < n; i++) {
		snprintf(r[i].text, sizeof r[i].text, "tensor.%zu", i);
		r[i].name.ptr = r[i].text;
		r[i].name.len = strlen(r[i].text);
	}
	return r;
}

/*
 * Check writes a line for each assertion that passes; in loops of a million
 * only a failure may speak.
 */
static void
add(sftr__index *ix, const sftr_allocator *a, const struct record *r,
    uint32_t place, uint32_t hash, uint32_t expected)
{
	uint32_t before = 12345;

	if (!sftr__index_add(ix, a, r, place, hash, &before) ||
	    before != expected)
		ck_abort_msg("adding %u: before it %u, expected %u", place,
			     before, expected);
}

static void
finds(const sftr__index *ix, const struct record *r, uint32_t place,
      uint32_t expected)
{
	uint32_t found =
		sftr__index_find(ix, r, r[place].name.ptr, r[place].name.len);

	if (found != expected)
		ck_abort_msg("finding %u: %u, expected %u", place, found,
			     expected);
}

static uint32_t
hash_of(const struct record *r)
{
	return sftr__index_hash(r->name.ptr, r->name.len);
}

START_TEST(finds_what_was_added_and_nothing_else)
{
	sftr_allocator a = sftr__allocator(NULL);
	struct record *r = new_records(10000);
	sftr__index ix;

	ck_assert(sftr__index_init(&ix, &a, 4, sizeof *r));
	ck_assert_uint_eq(sftr__index_find(&ix, r, "tensor.1", 8),
			  SFTR__NO_PLACE);
	for (uint32_t i = 0; i < 9999; i++)
		add(&ix, &a, r, i, hash_of(&r[i]), SFTR__NO_PLACE);
	for (uint32_t i = 0; i < 9999; i++)
		finds(&ix, r, i, i);
	finds(&ix, r, 9999, SFTR__NO_PLACE);
	/* A prefix of a name is another name. */
	ck_assert_uint_eq(sftr__index_find(&ix, r, "tensor.", 7),
			  SFTR__NO_PLACE);
	sftr__index_free(&ix, &a);
	free(r);
}
END_TEST

/* A table that is filled too far has long runs of names nobody chose. */
START_TEST(honest_names_need_no_seed)
{
	sftr_allocator a = sftr__allocator(NULL);
	uint32_t n = (uint32_t)repetitions(30000, 209000);
	struct record *r = new_records(n);
	sftr__index ix;

	ck_assert(sftr__index_init(&ix, &a, 4, sizeof *r));
	for (uint32_t i = 0; i < n; i++) {
		snprintf(r[i].text, sizeof r[i].text, "layers#%u@w%d", i, _i);
		r[i].name.len = strlen(r[i].text);
		add(&ix, &a, r, i, hash_of(&r[i]), SFTR__NO_PLACE);
		if (ix.seed != 0)
			ck_abort_msg("drew a seed at %u names", i + 1);
	}
	sftr__index_free(&ix, &a);
	free(r);
}
END_TEST

START_TEST(a_second_of_the_same_name_is_told_and_not_added)
{
	sftr_allocator a = sftr__allocator(NULL);
	struct record *r = new_records(3);
	sftr__index ix;

	r[2].name = r[0].name;
	ck_assert(sftr__index_init(&ix, &a, 3, sizeof *r));
	add(&ix, &a, r, 0, hash_of(&r[0]), SFTR__NO_PLACE);
	add(&ix, &a, r, 1, hash_of(&r[1]), SFTR__NO_PLACE);
	add(&ix, &a, r, 2, hash_of(&r[2]), 0);
	ck_assert_uint_eq(ix.n, 2);
	sftr__index_free(&ix, &a);
	free(r);
}
END_TEST

/* The first ones all alike, the true ones later: what is found has a seed. */
START_TEST(colliding_hashes_get_a_seed)
{
	sftr_allocator a = sftr__allocator(NULL);
	size_t n = 70000;
	struct record *r = new_records(n);
	sftr__index ix;

	ck_assert(sftr__index_init(&ix, &a, 16, sizeof *r));
	for (uint32_t i = 0; i < n; i++)
		add(&ix, &a, r, i, i < 3000 ? 7 : hash_of(&r[i]),
		    SFTR__NO_PLACE);
	ck_assert(ix.seed != 0);
	for (uint32_t i = 0; i < n; i++)
		finds(&ix, r, i, i);
	ck_assert_uint_eq(sftr__index_find(&ix, r, "tensor.x", 8),
			  SFTR__NO_PLACE);
	add(&ix, &a, r, 17, 7, 17);
	sftr__index_free(&ix, &a);
	free(r);
}
END_TEST

/* Names as an attacker finds them: the low bits of their true hashes agree. */
START_TEST(names_chosen_to_collide_are_found_all_the_same)
{
	sftr_allocator a = sftr__allocator(NULL);
	struct record *r = new_records(1000);
	sftr__index ix;
	size_t n = 0;

	for (size_t i = 0; n < 1000; i++) {
		struct record *t = &r[n];

		snprintf(t->text, sizeof t->text, "w%zu", i);
		t->name.len = strlen(t->text);
		n += (hash_of(t) & 0x7ff) == 0x123;
	}
	ck_assert(sftr__index_init(&ix, &a, 1, sizeof *r));
	for (uint32_t i = 0; i < n; i++)
		add(&ix, &a, r, i, hash_of(&r[i]), SFTR__NO_PLACE);
	ck_assert(ix.seed != 0);
	for (uint32_t i = 0; i < n; i++) {
		finds(&ix, r, i, i);
		add(&ix, &a, r, i, hash_of(&r[i]), i);
	}
	sftr__index_free(&ix, &a);
	free(r);
}
END_TEST

/* As if somebody knew all seeds beforehand. */
START_TEST(names_that_collide_by_every_seed_are_refused)
{
	sftr_allocator a = sftr__allocator(NULL);
	struct record *r = new_records(300);
	sftr__index ix;
	uint32_t before;

	ck_assert(sftr__index_init(&ix, &a, 300, sizeof *r));
	for (uint32_t i = 0; i < 256; i++)
		add(&ix, &a, r, i, 7, SFTR__NO_PLACE);
	seeds_are_known = true;
	n_seeded = 0;
	ck_assert(!sftr__index_add(&ix, &a, r, 256, 7, &before));
	/* Eight times at most: a seed drawn, and all names by it. */
	ck_assert_uint_le(n_seeded, 8 * (1 + 257));
	ck_assert_uint_eq(ix.n, 256);
	for (uint32_t i = 0; i < 256; i++)
		finds(&ix, r, i, i);
	finds(&ix, r, 256, SFTR__NO_PLACE);
	seeds_are_known = false;
	sftr__index_free(&ix, &a);
	free(r);
}
END_TEST

START_TEST(out_of_memory_leaves_all_as_it_was)
{
	struct ledger books;
	sftr_allocator a = ledger_allocator(&books);
	struct record *r = new_records(100);
	sftr__index ix;
	uint32_t before;

	books.fail_at = 1;
	ck_assert(!sftr__index_init(&ix, &a, 3, sizeof *r));
	ck_assert(sftr__index_init(&ix, &a, 3, sizeof *r));
	books.fail_at = books.n_calls + 1;
	for (uint32_t i = 0; i < 100; i++) {
		if (sftr__index_add(&ix, &a, r, i, hash_of(&r[i]), &before))
			continue;
		ck_assert_uint_eq(ix.n, i);
		finds(&ix, r, 0, 0);
		ck_assert(sftr__index_add(&ix, &a, r, i, hash_of(&r[i]),
					  &before));
		books.fail_at = books.n_calls + 1;
	}
	ck_assert_uint_eq(ix.n, 100);
	/* More than any table could hold. */
	sftr__index_free(&ix, &a);
	ck_assert(!sftr__index_init(&ix, &a, SIZE_MAX / 2, sizeof *r));
	ck_assert_uint_eq(books.n_bytes, 0);
	free(r);
}
END_TEST

int
main(void)
{
	TCase *tc = tcase_create("index");

	tcase_add_test(tc, finds_what_was_added_and_nothing_else);
	tcase_add_loop_test(tc, honest_names_need_no_seed, 0, 8);
	tcase_add_test(tc, a_second_of_the_same_name_is_told_and_not_added);
	tcase_add_test(tc, colliding_hashes_get_a_seed);
	tcase_add_test(tc, names_chosen_to_collide_are_found_all_the_same);
	tcase_add_test(tc, names_that_collide_by_every_seed_are_refused);
	tcase_add_test(tc, out_of_memory_leaves_all_as_it_was);
	return run_suite("index", tc);
}
