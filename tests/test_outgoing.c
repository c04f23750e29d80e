/* SPDX-License-Identifier: MIT */
#include "bind/outgoing.h"

#include "base/alloc.h"
#include "str.h"
#include "suite.h"

#include <safetree/checkpoint.h>
#include <string.h>

/* Of single bytes, so that they lie alike on every host. */
static const sftr_field field = { .member = "w", .dtype = SFTR_U8, .size = 1 };

static void
open_outlet(sftr__outlet *o, sftr_codec codec, sftr_error *err)
{
	sftr_allocator a = sftr__allocator(NULL);

	memset(o, 0, sizeof *o);
	assert_ok(sftr_writer_new(NULL, &o->writer, err), *err);
	o->codec = codec;
	o->err = err;
	sftr__arena_init(&o->arena, &a);
	sftr__path_buffer_init(&o->path, &a);
}

static void
close_outlet(sftr__outlet *o)
{
	sftr__path_buffer_free(&o->path);
	sftr__arena_free(&o->arena);
	sftr_writer_free(o->writer);
}

/* The bytes "abcdef" in two rows of three. */
static sftr__outgoing
outgoing(const char *name, const char *transform)
{
	sftr__outgoing t = { .field = &field,
			     .name = name,
			     .data = "abcdef",
			     .shape = { 2, 3 },
			     .rank = 2,
			     .n_elements = 6 };
	const char *due;
	size_t at;

	ck_assert(sftr__transform_parse(transform, strlen(transform),
					&t.transform, &at, &due));
	return t;
}

static const struct {
	const char *name, *transform;
	sftr_codec codec;
	const char *names[3]; /* that the file has */
	uint32_t rank;
	uint64_t shape[2];
	const char *bytes; /* of all of these */
} cases[] = {
	{ "w", "", SFTR_CODEC_DOTTED, { "w" }, 2, { 2, 3 }, "abcdef" },
	{ "w\\*.a", "", SFTR_CODEC_DOTTED, { "w*.a" }, 2, { 2, 3 }, "abcdef" },
	{ "a.0.w", "", SFTR_CODEC_SLASH, { "a/0/w" }, 2, { 2, 3 }, "abcdef" },
	{ "w", "T", SFTR_CODEC_DOTTED, { "w" }, 2, { 3, 2 }, "adbecf" },
	{ "l.*.w",
	  "stack 0",
	  SFTR_CODEC_DOTTED,
	  { "l.0.w", "l.1.w" },
	  1,
	  { 3 },
	  "abcdef" },
	{ "l_*",
	  "stack 1",
	  SFTR_CODEC_SLASH,
	  { "l_0", "l_1", "l_2" },
	  1,
	  { 2 },
	  "adbecf" },
};

START_TEST(a_file_gets_what_a_load_would_turn)
{
	sftr__outgoing t = outgoing(cases[_i].name, cases[_i].transform);
	sftr_checkpoint *ckpt;
	const sftr_tensor *tensor;
	sftr__outlet o;
	uint64_t n_bytes;
	char file[1024], bytes[7] = "";
	size_t n = 0, at = 0;
	sftr_error err;

	open_outlet(&o, cases[_i].codec, &err);
	assert_ok(sftr__outgoing_declare(&o, &t), err);
	assert_ok(sftr_writer_n_bytes(o.writer, &n_bytes, &err), err);
	assert_ok(sftr_writer_save_memory(o.writer, file, sizeof file, &err),
		  err);
	assert_ok(sftr_checkpoint_open_memory(file, (size_t)n_bytes, NULL,
					      &ckpt, &err),
		  err);
	for (; n < 3 && cases[_i].names[n] != NULL; n++) {
		const char *name = cases[_i].names[n];
		size_t size;

		tensor = sftr_checkpoint_find(ckpt, name, strlen(name));
		ck_assert_msg(tensor != NULL, "no %s", name);
		ck_assert_uint_eq(tensor->rank, cases[_i].rank);
		ck_assert_mem_eq(tensor->shape, cases[_i].shape,
				 tensor->rank * sizeof *tensor->shape);
		size = (size_t)sftr_tensor_n_bytes(tensor);
		assert_ok(sftr_checkpoint_read(ckpt, tensor, bytes + at, size,
					       &err),
			  err);
		at += size;
	}
	ck_assert_uint_eq(sftr_checkpoint_count(ckpt), n);
	ck_assert_str_eq(bytes, cases[_i].bytes);
	sftr_checkpoint_close(ckpt);
	close_outlet(&o);
}
END_TEST

START_TEST(a_transform_for_another_rank_is_refused)
{
	static const char *const rows[][2] = {
		{ "w", "permute 2,0,1" },
		{ "w.*", "permute 1,0" },
		{ "w.*", "stack 2" },
	};

	for (size_t i = 0; i < COUNT(rows); i++) {
		sftr__outgoing t = outgoing(rows[i][0], rows[i][1]);
		sftr__outlet o;
		sftr_error err;

		open_outlet(&o, SFTR_CODEC_DOTTED, &err);
		ck_assert_int_eq(sftr__outgoing_declare(&o, &t), SFTR_E_TABLE);
		ck_assert_str_eq(err.key, rows[i][0]);
		close_outlet(&o);
	}
}
END_TEST

int
main(void)
{
	TCase *tc = tcase_create("outgoing");

	tcase_add_loop_test(tc, a_file_gets_what_a_load_would_turn, 0,
			    COUNT(cases));
	tcase_add_test(tc, a_transform_for_another_rank_is_refused);
	return run_suite("outgoing", tc);
}
