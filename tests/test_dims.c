/* SPDX-License-Identifier: MIT */
#include "bind/dims.h"

#include "base/alloc.h"
#include "ledger.h"
#include "suite.h"

#include <stdio.h>

static const sftr_dim known[] = { { "vocab", 32000 }, { "v", 7 }, { "", 1 } };

static void
open_dims(sftr__dims *dims)
{
	sftr_allocator a = sftr__allocator(NULL);

	sftr__dims_init(dims, &a, known, 2);
}

static size_t
resolve(sftr__dims *dims, uint32_t scope, const char *name)
{
	size_t i = sftr__dims_resolve(dims, scope, name, strlen(name));

	ck_assert_uint_ne(i, SFTR__NO_DIM);
	return i;
}

static void
set(sftr__dims *dims, uint32_t scope, const char *name, uint64_t value)
{
	size_t i = resolve(dims, scope, name);

	dims->dims[i].value = value;
	dims->dims[i].is_known = true;
}

/* The value of a name in a scope, or 404. */
static uint64_t
value_of(const sftr__dims *dims, uint32_t scope, const char *name)
{
	uint64_t value = 404;

	if (!sftr__dims_value(dims, scope, name, strlen(name), &value))
		return 404;
	return value;
}

START_TEST(a_name_means_one_value_in_a_scope)
{
	sftr__dims dims;

	open_dims(&dims);
	ck_assert_uint_eq(sftr__dims_find(&dims, 0, "in", 2), SFTR__NO_DIM);
	set(&dims, 0, "in", 64);
	ck_assert_uint_eq(resolve(&dims, 0, "in"),
			  sftr__dims_find(&dims, 0, "in", 2));
	ck_assert_uint_eq(value_of(&dims, 0, "in"), 64);
	ck_assert_uint_eq(value_of(&dims, 0, "i"), 404);
	ck_assert_uint_eq(value_of(&dims, 0, "in "), 404);
	ck_assert_uint_eq(value_of(&dims, 1, "in"), 404);
	resolve(&dims, 0, "out");
	ck_assert_uint_eq(value_of(&dims, 0, "out"), 404);
	ck_assert_uint_eq(dims.n, 2);
	sftr__dims_free(&dims);
}
END_TEST

START_TEST(what_the_options_know_is_known_everywhere)
{
	sftr__dims dims;

	open_dims(&dims);
	ck_assert_uint_eq(value_of(&dims, 0, "vocab"), 32000);
	ck_assert_uint_eq(value_of(&dims, 77, "v"), 7);
	ck_assert_uint_eq(value_of(&dims, 77, "vo"), 404);
	ck_assert_uint_eq(value_of(&dims, 77, ""), 404);
	ck_assert_uint_eq(dims.n, 0);
	ck_assert_uint_eq(dims.dims == NULL, 1);
	ck_assert(dims.n_known == 2);
	resolve(&dims, 3, "vocab");
	ck_assert(dims.dims[0].is_known);
	ck_assert_uint_eq(dims.dims[0].value, 32000);
	sftr__dims_free(&dims);
}
END_TEST

/*
 *	root  declares n
 *	 + a   declares m
 *	 |  + b
 *	 + c   declares n
 */
START_TEST(a_name_belongs_to_the_innermost_scope_that_declares_it)
{
	uint32_t root, a, b, c;
	sftr__dims dims;

	open_dims(&dims);
	root = sftr__dims_scope(&dims, 99);
	a = sftr__dims_scope(&dims, root);
	b = sftr__dims_scope(&dims, a);
	c = sftr__dims_scope(&dims, root);
	ck_assert(root == 0 && a == 1 && b == 2 && c == 3);
	ck_assert_uint_ne(sftr__dims_declare(&dims, root, "n", 1),
			  sftr__dims_declare(&dims, c, "n", 1));
	sftr__dims_declare(&dims, a, "m", 1);
	ck_assert_uint_eq(sftr__dims_declare(&dims, a, "m", 1),
			  resolve(&dims, b, "m"));
	set(&dims, b, "n", 1);
	set(&dims, c, "n", 2);
	set(&dims, b, "m", 3);
	ck_assert_uint_eq(value_of(&dims, root, "n"), 1);
	ck_assert_uint_eq(value_of(&dims, a, "n"), 1);
	ck_assert_uint_eq(value_of(&dims, c, "n"), 2);
	ck_assert_uint_eq(value_of(&dims, a, "m"), 3);
	ck_assert_uint_eq(value_of(&dims, root, "m"), 404);
	/* What nobody declares belongs to the outermost, and so to all. */
	set(&dims, b, "d", 4);
	ck_assert_uint_eq(value_of(&dims, root, "d"), 4);
	ck_assert_uint_eq(value_of(&dims, c, "d"), 4);
	ck_assert_uint_eq(dims.n, 4);
	sftr__dims_free(&dims);
}
END_TEST

START_TEST(scopes_that_nobody_made_are_outermost_each)
{
	sftr__dims dims;

	open_dims(&dims);
	for (uint32_t i = 0; i < 1000; i++)
		set(&dims, i * 4294967u, "n", i);
	for (uint32_t i = 0; i < 1000; i++)
		if (value_of(&dims, i * 4294967u, "n") != i)
			ck_abort_msg("scope %u", i * 4294967u);
	ck_assert_uint_eq(dims.n, 1000);
	sftr__dims_free(&dims);
}
END_TEST

START_TEST(a_name_of_64_bytes_is_the_longest)
{
	char name[66];
	sftr__dims dims;

	open_dims(&dims);
	memset(name, 'x', sizeof name);
	ck_assert_uint_eq(sftr__dims_resolve(&dims, 0, name, 64), 0);
	ck_assert_uint_eq(sftr__dims_resolve(&dims, 0, name, 65), SFTR__NO_DIM);
	ck_assert_uint_eq(sftr__dims_find(&dims, 0, name, 65), SFTR__NO_DIM);
	ck_assert_uint_eq(sftr__dims_resolve(&dims, 0, name, 63), 1);
	sftr__dims_free(&dims);
}
END_TEST

START_TEST(out_of_memory_at_every_point)
{
	struct ledger books;
	sftr_allocator a = ledger_allocator(&books);
	sftr__dims dims;
	bool made;

	while (ledger_round(&books)) {
		uint32_t root, inner;
		char name[8];

		sftr__dims_init(&dims, &a, NULL, 0);
		root = sftr__dims_scope(&dims, 0);
		inner = sftr__dims_scope(&dims, root);
		made = root != UINT32_MAX && inner != UINT32_MAX;
		for (int i = 0; made && i < 40; i++) {
			snprintf(name, sizeof name, "n%d", i);
			made = sftr__dims_declare(&dims, (uint32_t)i % 2, name,
						  strlen(name)) != SFTR__NO_DIM;
		}
		ck_assert_int_eq(made, ledger_code(&books) == SFTR_OK);
		if (made)
			ck_assert_uint_eq(dims.n, 40);
		sftr__dims_free(&dims);
	}
	ck_assert_uint_gt(books.fail_at, 40);
}
END_TEST

int
main(void)
{
	TCase *tc = tcase_create("dims");

	tcase_add_test(tc, a_name_means_one_value_in_a_scope);
	tcase_add_test(tc, what_the_options_know_is_known_everywhere);
	tcase_add_test(tc,
		       a_name_belongs_to_the_innermost_scope_that_declares_it);
	tcase_add_test(tc, scopes_that_nobody_made_are_outermost_each);
	tcase_add_test(tc, a_name_of_64_bytes_is_the_longest);
	tcase_add_test(tc, out_of_memory_at_every_point);
	return run_suite("dims", tc);
}
