/* SPDX-License-Identifier: MIT */
#include "bind/key.h"

#include "base/alloc.h"
#include "ledger.h"
#include "paths.h"

static void
make_key(sftr__key *key, struct path path)
{
	sftr_allocator a = sftr__allocator(NULL);

	sftr__key_init(key, &a);
	ck_assert(sftr__key_add(key, path.steps, path.n));
}

static const struct {
	struct path path;
	sftr_str key;
} keys[] = {
	{ NO_STEPS, SFTR_STR("") },
	{ PATH(NAME("")), SFTR_STR("\0") },
	{ PATH(NAME("layers")), SFTR_STR("layers\0") },
	{ PATH(ATTR("layers"), INDEX(10), KEY("w")), SFTR_STR("layers\0"
							      "10\0w\0") },
	{ PATH(INT_KEY(-7), FLAT(0)), SFTR_STR("-7\0"
					       "0\0") },
	{ PATH(INT_KEY(INT64_MIN)), SFTR_STR("-9223372036854775808\0") },
	{ PATH(NAME("a\0b"), NAME("\1")), SFTR_STR("a\1\1b\0\1\2\0") },
	{ PATH(NAME("\0"), NAME("\xff")), SFTR_STR("\1\1\0\xff\0") },
	{ PATH(NAME("\1\1")), SFTR_STR("\1\2\1\2\0") },
};

START_TEST(a_key_is_the_texts_each_with_its_end)
{
	sftr__key key;

	make_key(&key, keys[_i].path);
	ck_assert_uint_eq(key.n, keys[_i].key.len);
	ck_assert(key.n == 0 || memcmp(key.text, keys[_i].key.ptr, key.n) == 0);
	sftr__key_free(&key);
	ck_assert_ptr_null(key.text);
	ck_assert_uint_eq(key.n, 0);
}
END_TEST

START_TEST(steps_may_come_one_after_another)
{
	static const sftr_step steps[] = { NAME("a"), INDEX(3), NAME("b") };
	sftr_allocator a = sftr__allocator(NULL);
	sftr__key key;

	sftr__key_init(&key, &a);
	for (size_t i = 0; i < 3; i++)
		ck_assert(sftr__key_add(&key, &steps[i], 1));
	ck_assert_uint_eq(key.n, 6);
	ck_assert_mem_eq(key.text, "a\0003\0b\0", 6);
	sftr__key_free(&key);
}
END_TEST

/* Whether the first steps of b match a. */
static bool
is_below(struct path b, struct path a)
{
	return b.n >= a.n && sftr_path_matches(a.steps, a.n, b.steps, a.n) == 1;
}

static void
compare(struct path a, struct path b)
{
	sftr__key x, y;
	bool equal, below;

	make_key(&x, a);
	make_key(&y, b);
	equal = x.n == y.n && (x.n == 0 || memcmp(x.text, y.text, x.n) == 0);
	below = y.n >= x.n && (x.n == 0 || memcmp(x.text, y.text, x.n) == 0);
	if (equal != (sftr_path_matches(a.steps, a.n, b.steps, b.n) == 1))
		ck_abort_msg("equal: %d", equal);
	if (below != is_below(b, a))
		ck_abort_msg("below: %d", below);
	sftr__key_free(&x);
	sftr__key_free(&y);
}

/* Every pair of paths of up to two steps, of texts made to be mistaken. */
START_TEST(keys_match_as_paths_do)
{
	static const sftr_step steps[] = {
		NAME(""),   NAME("\0"),	    NAME("\1"), NAME("\1\1"),
		KEY("\2"),  NAME("\0\1"),   NAME("1"),	INDEX(1),
		NAME("01"), NAME("1\0"),    INT_KEY(1), INT_KEY(-1),
		KEY("-1"),  ATTR("a\0001"), NAME("a"),	FLAT(1),
	};
	enum { N = COUNT(steps) };
	static sftr_step pairs[1 + N + N * N][2];
	static struct path paths[1 + N + N * N];
	size_t n = 1;

	for (size_t i = 0; i < N; i++) {
		pairs[n][0] = steps[i];
		paths[n].n = 1;
		n++;
		for (size_t j = 0; j < N; j++, n++) {
			pairs[n][0] = steps[i];
			pairs[n][1] = steps[j];
			paths[n].n = 2;
		}
	}
	for (size_t i = 0; i < n; i++)
		paths[i].steps = pairs[i];
	for (size_t i = 0; i < n; i++)
		for (size_t j = 0; j < n; j++)
			compare(paths[i], paths[j]);
}
END_TEST

START_TEST(keys_of_random_paths_match_as_they_do)
{
	for (int i = 0; i < 20000; i++) {
		sftr_step steps[RANDOM_STEPS];
		struct path a = random_path(), b;

		/* Some steps of one path, of another kind, are the other. */
		b.n = random_below((uint32_t)a.n + 1);
		b.steps = steps;
		for (size_t k = 0; k < b.n; k++) {
			steps[k] = a.steps[k];
			if (steps[k].text.ptr != NULL && random_below(2) == 0)
				steps[k].kind = SFTR_STEP_NAME;
		}
		compare(a, b);
		compare(b, a);
	}
}
END_TEST

START_TEST(out_of_memory_at_every_point)
{
	static char text[5000];
	static const sftr_step steps[] = {
		NAME("layers"), { SFTR_STEP_NAME, { text, sizeof text }, 0 }
	};
	struct ledger books;
	sftr_allocator a = ledger_allocator(&books);
	sftr__key key;
	bool made;

	while (ledger_round(&books)) {
		sftr__key_init(&key, &a);
		made = sftr__key_add(&key, steps, 2);
		ck_assert_int_eq(made, ledger_code(&books) == SFTR_OK);
		if (made)
			ck_assert_uint_eq(key.n, 7 + 2 * sizeof text + 1);
		sftr__key_free(&key);
	}
	ck_assert_uint_eq(books.fail_at, 3);
}
END_TEST

int
main(void)
{
	TCase *tc = tcase_create("key");

	random_begin();
	tcase_add_loop_test(tc, a_key_is_the_texts_each_with_its_end, 0,
			    COUNT(keys));
	tcase_add_test(tc, steps_may_come_one_after_another);
	tcase_add_test(tc, keys_match_as_paths_do);
	tcase_add_test(tc, keys_of_random_paths_match_as_they_do);
	tcase_add_test(tc, out_of_memory_at_every_point);
	return run_suite("key", tc);
}
