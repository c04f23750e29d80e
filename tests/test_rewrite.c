/* SPDX-License-Identifier: MIT */
#include "offers.h"

#include "ledger.h"
#include "suite.h"

#include <safetree.h>

static const float numbers[16] = { 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12 };

static const struct offered tensors[] = {
	{ "model.params@Dense_0@kernel", SFTR_F32, 2, { 2, 3 }, numbers },
	{ "model.params@Dense_0@bias", SFTR_F32, 1, { 3 }, numbers + 6 },
	{ "model.steps", SFTR_I32, 0, { 0 }, NULL },
	{ "model.l#1@w", SFTR_F32, 1, { 2 }, numbers + 2 },
	{ "model.l#0@w", SFTR_F32, 1, { 2 }, numbers },
	{ "model.opt@m", SFTR_F32, 1, { 2 }, NULL },
};

static const char rules[] = "params@Dense_*@kernel -> layers.*.weight T\n"
			    "params@Dense_*@bias   -> layers.*.bias\n"
			    "l#*@w                 -> w  stack 0\n"
			    "opt.**                -> drop\n";

static const struct {
	const char *name;
	sftr_dtype dtype;
	uint64_t n_bytes;
} results[] = {
	{ "layers.0.weight", SFTR_BF16, 12 },
	{ "layers.0.bias", SFTR_BF16, 6 },
	{ "steps", SFTR_I32, 4 },
	{ "w", SFTR_BF16, 8 },
};

static void
set_options(sftr_bind_options *options)
{
	static const char *const strip[] = { "mod", "none", "el." };

	memset(options, 0, sizeof *options);
	options->codec = SFTR_CODEC_P2S;
	options->slot_codec = SFTR_CODEC_DOTTED;
	options->strip = strip;
	options->n_strip = COUNT(strip);
	options->rules = rules;
	options->conversion = SFTR_LOSSY;
}

/* The upper halves of floats that BF16 holds exactly. */
static void
check_floats(sftr_binding *b, size_t slot, const float *want, size_t n)
{
	uint16_t got[8];
	sftr_error err;

	ck_assert_int_eq(sftr_binding_read(b, slot, 0, got, n * 2, &err),
			 SFTR_OK);
	for (size_t i = 0; i < n; i++) {
		const unsigned char *at = (const unsigned char *)&got[i];
		uint32_t bits = (uint32_t)at[0] << 16 | (uint32_t)at[1] << 24;
		float f;

		memcpy(&f, &bits, sizeof f);
		ck_assert_float_eq(f, want[i]);
	}
}

START_TEST(a_checkpoint_is_rewritten_by_rules)
{
	const float weight[] = { 1, 4, 2, 5, 3, 6 }, stack[] = { 1, 2, 3, 4 };
	sftr_checkpoint *ckpt = offer(tensors, 6);
	sftr_bind_options options;
	sftr_binding *b;
	sftr_bound bound;
	sftr_error err;

	set_options(&options);
	assert_ok(sftr_bind_rewrite(ckpt, SFTR_BF16, &options, &b, &err), err);
	sftr_checkpoint_close(ckpt);
	ck_assert_uint_eq(sftr_binding_count(b), 4);
	for (size_t i = 0; i < 4; i++) {
		sftr_binding_at(b, i, &bound, NULL);
		ck_assert_str_eq(bound.name.ptr, results[i].name);
		/* Floats become BF16; the steps stay what they are. */
		ck_assert_int_eq(bound.dtype, results[i].dtype);
		ck_assert_uint_eq(bound.n_bytes, results[i].n_bytes);
	}
	check_floats(b, 0, weight, 6);
	check_floats(b, 3, stack, 4);
	sftr_binding_free(b);
}
END_TEST

START_TEST(names_keep_their_text_if_the_codec_stays)
{
	const struct offered odd[] = {
		{ "x..y", SFTR_F32, 0, { 0 }, NULL },
		{ "@a@b#0", SFTR_F32, 0, { 0 }, NULL },
	};
	sftr_checkpoint *ckpt = offer(odd, 2);
	sftr_bind_options options = { 0 };
	sftr_binding *b;
	sftr_bound bound;
	sftr_error err;

	options.codec = SFTR_CODEC_P2S;
	ck_assert_int_eq(
		sftr_bind_rewrite(ckpt, SFTR_DTYPE_NONE, &options, &b, &err),
		SFTR_OK);
	for (size_t i = 0; i < 2; i++) {
		sftr_binding_at(b, i, &bound, NULL);
		ck_assert_str_eq(bound.name.ptr, odd[i].name);
	}
	sftr_binding_free(b);
	options.slot_codec = SFTR_CODEC_SLASH;
	ck_assert_int_eq(
		sftr_bind_rewrite(ckpt, SFTR_DTYPE_NONE, &options, &b, &err),
		SFTR_OK);
	sftr_binding_at(b, 1, &bound, NULL);
	ck_assert_str_eq(bound.name.ptr, "a/b/0");
	sftr_binding_free(b);
	sftr_checkpoint_close(ckpt);
}
END_TEST

START_TEST(what_the_codec_cannot_say_is_an_error)
{
	const struct offered odd[] = { { "a/b", SFTR_F32, 0, { 0 }, NULL } };
	sftr_checkpoint *ckpt = offer(odd, 1);
	sftr_bind_options options = { 0 };
	sftr_binding *b;
	sftr_error err;

	options.codec = SFTR_CODEC_DOTTED;
	options.slot_codec = SFTR_CODEC_SLASH;
	ck_assert_int_eq(
		sftr_bind_rewrite(ckpt, SFTR_DTYPE_NONE, &options, &b, &err),
		SFTR_E_CODEC);
	ck_assert_str_eq(err.key, "a/b");
	ck_assert_ptr_null(b);
	ck_assert_int_eq(
		sftr_bind_rewrite(ckpt, SFTR_N_DTYPES, &options, &b, &err),
		SFTR_E_ARGUMENT);
	sftr_checkpoint_close(ckpt);
}
END_TEST

START_TEST(a_fault_behind_a_prefix_has_its_place_in_the_whole_name)
{
	static const char *const strip[] = { "m." };
	const struct offered odd[] = { { "m.a#x", SFTR_F32, 0, { 0 }, NULL } };
	sftr_checkpoint *ckpt = offer(odd, 1);
	sftr_bind_options options = { .codec = SFTR_CODEC_P2S,
				      .strip = strip,
				      .n_strip = 1 };
	sftr_binding *b;
	sftr_error err;

	ck_assert_int_eq(
		sftr_bind_rewrite(ckpt, SFTR_DTYPE_NONE, &options, &b, &err),
		SFTR_E_PATH);
	ck_assert_str_eq(err.key, "m.a#x");
	ck_assert_uint_eq(err.offset, 4);
	sftr_checkpoint_close(ckpt);
}
END_TEST

START_TEST(out_of_memory_at_every_point)
{
	sftr_checkpoint *ckpt = offer(tensors, 6);
	struct ledger books;
	sftr_allocator allocator = ledger_allocator(&books);
	sftr_bind_options options;
	unsigned char bytes[12];
	sftr_binding *b;
	sftr_error err;
	sftr_code code;

	set_options(&options);
	options.allocator = &allocator;
	while (ledger_round(&books)) {
		code = sftr_bind_rewrite(ckpt, SFTR_BF16, &options, &b, &err);
		if (code == SFTR_OK)
			code = sftr_binding_read(b, 0, 0, bytes, 12, &err);
		ck_assert_int_eq(code, ledger_code(&books));
		sftr_binding_free(b);
	}
	ck_assert_uint_gt(books.fail_at, 40);
	sftr_checkpoint_close(ckpt);
}
END_TEST

int
main(void)
{
	TCase *tc = tcase_create("rewrite");

	tcase_add_test(tc, a_checkpoint_is_rewritten_by_rules);
	tcase_add_test(tc, names_keep_their_text_if_the_codec_stays);
	tcase_add_test(tc, what_the_codec_cannot_say_is_an_error);
	tcase_add_test(tc,
		       a_fault_behind_a_prefix_has_its_place_in_the_whole_name);
	tcase_add_test(tc, out_of_memory_at_every_point);
	return run_suite("rewrite", tc);
}
