/* SPDX-License-Identifier: MIT */
/*
 * Whatever a header holds, reading it takes no more memory at any moment than
 * the header, 64 bytes a tensor, 8 a dimension, 48 a metadata entry and 1 MiB;
 * and 10 a name more where names were made to collide.
 */
#include "hostile.h"
#include "ledger.h"
#include "suite.h"

#include <inttypes.h>
#include <stdio.h>

#define MIB ((size_t)1 << 20)

static uint64_t
bound_of(const struct file *f)
{
	return f->n + 64 * f->n_tensors + 8 * f->n_dims + 48 * f->n_metadata +
	       10 * f->n_colliding + MIB;
}

START_TEST(memory_stays_within_what_the_header_holds)
{
	struct ledger books;
	sftr_allocator a = ledger_allocator(&books);
	sftr_open_options options = { .allocator = &a };
	sftr_checkpoint *ckpt;
	struct file f;
	uint64_t bound;
	sftr_code code;
	sftr_error err;

	make_file(&f, &makers[_i]);
	options.policy = f.policy;
	bound = bound_of(&f);
	memset(&err, 0, sizeof err);
	code = sftr_header_parse(f.bytes, 8 + f.n, 8 + f.n + f.n_data, &options,
				 &ckpt, &err);
	ck_assert_msg(code == f.code, "%s: %s %s", makers[_i].name,
		      sftr_code_name(code), err.message);
	if (getenv("SFTR_VERBOSE") != NULL)
		fprintf(stderr,
			"%-26s peak %10zu rest %10zu bound %10" PRIu64 "\n",
			makers[_i].name, books.peak, books.n_bytes, bound);
	ck_assert_msg(books.peak <= bound,
		      "%s: %zu bytes at the peak, the bound is %" PRIu64,
		      makers[_i].name, books.peak, bound);
	sftr_checkpoint_close(ckpt);
	ck_assert_uint_eq(books.n_bytes, 0);
	free(f.bytes);
}
END_TEST

static int
count(void *user, const sftr_diagnostic *d)
{
	uint64_t *n = user;

	*n += d->severity == SFTR_ERROR;
	return 0;
}

/* However many findings there are, none is kept. */
START_TEST(a_check_takes_no_more)
{
	struct ledger books;
	sftr_allocator a = ledger_allocator(&books);
	sftr_open_options options = { .allocator = &a };
	uint64_t bound, n_errors, n = 0;
	struct file f;
	sftr_error err;

	make_file(&f, &makers[_i]);
	options.policy = f.policy;
	bound = bound_of(&f);
	ck_assert_int_eq(sftr_check_memory(f.bytes, 8 + f.n, &options, count,
					   &n, &n_errors, &err),
			 SFTR_OK);
	ck_assert_uint_eq(n, n_errors);
	if (f.code != SFTR_OK)
		ck_assert_uint_gt(n_errors, 0);
	if (getenv("SFTR_VERBOSE") != NULL)
		fprintf(stderr,
			"%-26s peak %10zu bound %10" PRIu64 ", %" PRIu64
			" errors\n",
			makers[_i].name, books.peak, bound, n);
	ck_assert_msg(books.peak <= bound,
		      "%s: %zu bytes at the peak, the bound is %" PRIu64,
		      makers[_i].name, books.peak, bound);
	ck_assert_uint_eq(books.n_bytes, 0);
	free(f.bytes);
}
END_TEST

int
main(void)
{
	TCase *tc = tcase_create("hostile");

	tcase_set_timeout(tc, 300);
	tcase_add_loop_test(tc, memory_stays_within_what_the_header_holds, 0,
			    n_makers);
	tcase_add_loop_test(tc, a_check_takes_no_more, 0, n_makers);
	return run_suite("hostile", tc);
}
