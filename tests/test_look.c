/* SPDX-License-Identifier: MIT */
#include "offers.h"
#include "suite.h"

#include <safetree.h>

static const struct offered tensors[] = {
	{ "w", SFTR_F32, 2, { 3, 5 }, NULL },
	{ "b", SFTR_BF16, 1, { 3 }, NULL },
	{ "parts.0", SFTR_F32, 1, { 4 }, NULL },
	{ "parts.1", SFTR_F32, 1, { 4 }, NULL },
	{ "none", SFTR_F32, 1, { 0 }, NULL },
};

static float memory[15];

/* w to memory, transposed; b converted; parts stacked; one that is absent. */
static sftr_binding *
bind(float **bias)
{
	static const sftr_alias turned = { "w", "T" };
	static const sftr_alias stacked = { "parts.*", NULL };
	static const sftr_dim dims[] = { { "vocab", 4 } };
	sftr_slot slots[] = {
		{ .name = SFTR_STR("w"),
		  .shape_text = "out in",
		  .aliases = &turned,
		  .n_aliases = 1,
		  .dtype = SFTR_F32,
		  .data = memory,
		  .capacity = sizeof memory,
		  .scope = 4 },
		{ .name = SFTR_STR("b"),
		  .shape_text = "in",
		  .dtype = SFTR_F32,
		  .scope = 4,
		  .place = SFTR_PLACE_ALLOC,
		  .pointer = bias },
		{ .name = SFTR_STR("p"),
		  .shape_text = "n vocab",
		  .aliases = &stacked,
		  .n_aliases = 1,
		  .place = SFTR_PLACE_ALLOC },
		{ .name = SFTR_STR("x"),
		  .shape_text = "unheard",
		  .flags = SFTR_SLOT_OPTIONAL,
		  .place = SFTR_PLACE_NONE },
		{ .name = SFTR_STR("none"),
		  .shape_text = "?",
		  .place = SFTR_PLACE_ALLOC },
	};
	sftr_bind_options options = { .conversion = SFTR_LOSSLESS,
				      .codec = SFTR_CODEC_DOTTED,
				      .dims = dims,
				      .n_dims = 1 };
	sftr_checkpoint *ckpt = offer(tensors, 5);
	sftr_binding *b;
	sftr_error err;

	assert_ok(sftr_bind(slots, 5, ckpt, &options, &b, &err), err);
	sftr_checkpoint_close(ckpt);
	return b;
}

static sftr_bound
at(const sftr_binding *b, size_t i)
{
	sftr_bound bound;

	ck_assert_int_eq(sftr_binding_at(b, i, &bound, NULL), SFTR_OK);
	return bound;
}

START_TEST(a_slot_is_told_as_it_comes_to_lie)
{
	float *bias = NULL;
	sftr_binding *b = bind(&bias);
	sftr_bound w = at(b, 0), p = at(b, 2), x = at(b, 3);

	ck_assert_uint_eq(sftr_binding_count(b), 5);
	ck_assert_str_eq(w.name.ptr, "w");
	ck_assert_str_eq(w.tensor->name.ptr, "w");
	ck_assert(w.rank == 2 && w.shape[0] == 5 && w.shape[1] == 3);
	ck_assert(w.dtype == SFTR_F32 && w.n_bytes == 60);
	ck_assert(w.state == SFTR_BOUND && w.data == NULL);
	ck_assert(p.rank == 2 && p.shape[0] == 2 && p.shape[1] == 4);
	ck_assert_str_eq(p.tensor->name.ptr, "parts.0");
	ck_assert_str_eq(x.name.ptr, "x");
	ck_assert(x.state == SFTR_UNBOUND && x.tensor == NULL);
	ck_assert_int_eq(sftr_binding_load(b, NULL, NULL), SFTR_OK);
	ck_assert_ptr_eq(at(b, 0).data, memory);
	ck_assert_ptr_eq(at(b, 1).data, bias);
	ck_assert_int_eq(at(b, 1).dtype, SFTR_F32);
	ck_assert_int_eq(at(b, 4).state, SFTR_LOADED);
	ck_assert_int_eq(at(b, 3).state, SFTR_UNBOUND);
	sftr_binding_free(b);
}
END_TEST

START_TEST(a_slot_that_is_not_there_is_refused)
{
	float *bias = NULL;
	sftr_binding *b = bind(&bias);
	sftr_bound bound;
	sftr_error err;

	memset(&bound, 0xa5, sizeof bound);
	ck_assert_int_eq(sftr_binding_at(b, 5, &bound, &err), SFTR_E_ARGUMENT);
	ck_assert_str_eq(err.message, "slot 5 of 5");
	ck_assert_ptr_null(bound.tensor);
	ck_assert_uint_eq(bound.n_bytes, 0);
	ck_assert_int_eq(sftr_binding_at(b, SIZE_MAX, &bound, NULL),
			 SFTR_E_ARGUMENT);
	sftr_binding_free(b);
}
END_TEST

START_TEST(dimensions_are_told_by_scope_and_name)
{
	float *bias = NULL;
	sftr_binding *b = bind(&bias);
	uint64_t value = 404;

	ck_assert_int_eq(sftr_binding_dim(b, 4, "out", &value), 1);
	ck_assert_uint_eq(value, 5);
	ck_assert_int_eq(sftr_binding_dim(b, 4, "in", &value), 1);
	ck_assert_uint_eq(value, 3);
	ck_assert_int_eq(sftr_binding_dim(b, 0, "n", &value), 1);
	ck_assert_uint_eq(value, 2);
	ck_assert_int_eq(sftr_binding_dim(b, 0, "vocab", &value), 1);
	ck_assert_uint_eq(value, 4);
	ck_assert_int_eq(sftr_binding_dim(b, 0, "out", &value), 0);
	ck_assert_int_eq(sftr_binding_dim(b, 0, "unheard", &value), 0);
	ck_assert_int_eq(sftr_binding_dim(b, 0, "", &value), 0);
	ck_assert_uint_eq(value, 4);
	sftr_binding_free(b);
}
END_TEST

START_TEST(ranges_are_as_many_as_parts)
{
	float *bias = NULL;
	sftr_binding *b = bind(&bias);
	sftr_range ranges[3];

	memset(ranges, 0, sizeof ranges);
	ck_assert_uint_eq(sftr_binding_ranges(b, 2, ranges, 1), 2);
	ck_assert_uint_eq(ranges[0].n_bytes, 16);
	ck_assert_ptr_null(ranges[0].destination);
	ck_assert_ptr_null(ranges[1].path);
	ck_assert_int_eq(sftr_binding_load(b, NULL, NULL), SFTR_OK);
	ck_assert_uint_eq(sftr_binding_ranges(b, 2, ranges, 3), 2);
	ck_assert_str_eq(ranges[1].path, "");
	ck_assert_ptr_eq(ranges[0].destination, at(b, 2).data);
	ck_assert_ptr_eq(ranges[1].destination,
			 (const char *)at(b, 2).data + 16);
	/* What is moved or converted has no place of its own in the slot. */
	ck_assert_uint_eq(sftr_binding_ranges(b, 0, ranges, 1), 1);
	ck_assert_ptr_null(ranges[0].destination);
	ck_assert_uint_eq(sftr_binding_ranges(b, 1, ranges, 1), 1);
	ck_assert_ptr_null(ranges[0].destination);
	ck_assert_uint_eq(ranges[0].n_bytes, 6);
	ck_assert_uint_eq(sftr_binding_ranges(b, 3, ranges, 1), 0);
	ck_assert_uint_eq(sftr_binding_ranges(b, 4, ranges, 1), 0);
	ck_assert_uint_eq(sftr_binding_ranges(b, 5, ranges, 1), 0);
	sftr_binding_free(b);
}
END_TEST

int
main(void)
{
	TCase *tc = tcase_create("look");

	tcase_add_test(tc, a_slot_is_told_as_it_comes_to_lie);
	tcase_add_test(tc, a_slot_that_is_not_there_is_refused);
	tcase_add_test(tc, dimensions_are_told_by_scope_and_name);
	tcase_add_test(tc, ranges_are_as_many_as_parts);
	return run_suite("look", tc);
}
