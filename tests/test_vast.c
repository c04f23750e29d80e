/* SPDX-License-Identifier: MIT */
/*
 * A sparse file of 5 GiB: places beyond 32 bits, and a tensor that is larger
 * than the address space where that has 32.
 */
#include "base/bytes.h"
#include "folder.h"
#include "suite.h"

#include <fcntl.h>
#include <safetree.h>

#define ROWS 5
#define COLUMNS ((uint64_t)1 << 28)
#define N_VAST (ROWS * COLUMNS * 4)

static const char header[] =
	"{\"vast\":{\"dtype\":\"F32\",\"shape\":[5,268435456],"
	"\"data_offsets\":[0,5368709120]},\"last\":{\"dtype\":\"F32\","
	"\"shape\":[3],\"data_offsets\":[5368709120,5368709132]}}  ";

static const bool is_narrow = SIZE_MAX <= UINT32_MAX;

static const char *
vast_path(void)
{
	return in_folder("vast.safetensors");
}

static void
put_float(int fd, uint64_t offset, float f)
{
	uint64_t at = 8 + strlen(header) + offset;
	uint32_t bits;
	unsigned char bytes[4];

	memcpy(&bits, &f, sizeof bits);
	for (int i = 0; i < 4; i++)
		bytes[i] = (unsigned char)(bits >> 8 * i);
	ck_assert_int_eq(pwrite(fd, bytes, 4, (off_t)at), 4);
}

/* All is 0 but the columns 7 and last of every row, and "last": 1, 2, 3. */
static void
set_up(void)
{
	int fd;

	folder_make();
	folder_tensors(vast_path(), header, 0);
	fd = open(vast_path(), O_WRONLY);
	ck_assert_int_ge(fd, 0);
	for (uint64_t row = 0; row < ROWS; row++) {
		put_float(fd, (row * COLUMNS + 7) * 4, (float)row + 10);
		put_float(fd, (row + 1) * COLUMNS * 4 - 4, (float)row + 20);
	}
	for (unsigned i = 0; i < 3; i++)
		put_float(fd, N_VAST + 4 * i, (float)i + 1);
	ck_assert_int_eq(close(fd), 0);
}

static sftr_checkpoint *
open_vast(sftr_access access)
{
	sftr_open_options options = { .access = access };
	sftr_checkpoint *ckpt;
	sftr_error err;

	assert_ok(sftr_checkpoint_open(vast_path(), &options, &ckpt, &err),
		  err);
	return ckpt;
}

static void
selects(const sftr_checkpoint *ckpt, const char *text, const float *want,
	size_t n)
{
	const sftr_tensor *t = sftr_checkpoint_find(ckpt, "vast", 4);
	sftr_slice slices[2];
	sftr_error err;
	float got[16];

	ck_assert_uint_eq(sftr_tensor_n_bytes(t), N_VAST);
	ck_assert_int_eq(sftr_slice_parse(text, strlen(text), t, slices, &err),
			 SFTR_OK);
	ck_assert_msg(sftr_checkpoint_read_slice(ckpt, t, slices, got,
						 n * sizeof *got,
						 &err) == SFTR_OK,
		      "%s: %s", text, err.message);
	for (size_t i = 0; i < n; i++)
		ck_assert_float_eq(got[i], want[i]);
}

START_TEST(a_tensor_beyond_the_address_space_is_read_in_slices)
{
	sftr_checkpoint *ckpt = open_vast(_i == 0 ? SFTR_MAP : SFTR_PREAD);
	const sftr_tensor *t = sftr_checkpoint_find(ckpt, "vast", 4);
	unsigned char bytes[4];
	sftr_error err;

	selects(ckpt, "4,-3:", (const float[]){ 0, 0, 24 }, 3);
	selects(ckpt, "3:,5:9", (const float[]){ 0, 0, 13, 0, 0, 0, 14, 0 }, 8);
	selects(ckpt, ":,7", (const float[]){ 10, 11, 12, 13, 14 }, 5);
	selects(ckpt, "::2,-1", (const float[]){ 20, 22, 24 }, 3);
	selects(ckpt, "-1,7::268435448", (const float[]){ 14, 24 }, 2);
	ck_assert_int_eq(
		sftr_checkpoint_read_bytes(ckpt, t, N_VAST - 4, bytes, 4, &err),
		SFTR_OK);
	ck_assert_mem_eq(bytes, "\x00\x00\xc0\x41", 4);
	ck_assert_int_eq(
		sftr_checkpoint_read_bytes(ckpt, t, N_VAST - 3, bytes, 4, &err),
		SFTR_E_ARGUMENT);
	sftr_checkpoint_close(ckpt);
}
END_TEST

START_TEST(it_is_refused_as_a_whole)
{
	sftr_checkpoint *ckpt = open_vast(SFTR_PREAD);
	const sftr_tensor *t = sftr_checkpoint_find(ckpt, "vast", 4);
	sftr_slot slot = { .name = SFTR_STR("vast"),
			   .shape_text = "...",
			   .place = SFTR_PLACE_ALLOC };
	sftr_slice all[2] = { { 0, ROWS, 1, 0 }, { 0, COLUMNS, 1, 0 } };
	sftr_bind_options options = { .unexpected = SFTR_IGNORE };
	sftr_tree_options copies = { .data = SFTR_TREE_COPY };
	sftr_binding *b;
	sftr_tree *tree;
	float *memory = NULL;
	sftr_error err;
	float one;

	ck_assert_int_eq(sftr_checkpoint_read(ckpt, t, &one, sizeof one, &err),
			 SFTR_E_CAPACITY);
	ck_assert_str_eq(err.message,
			 "takes 5368709120 bytes, the buffer holds 4");
	ck_assert_int_eq(sftr_checkpoint_read_slice(ckpt, t, all, &one,
						    sizeof one, &err),
			 SFTR_E_CAPACITY);
	if (is_narrow) {
		slot.pointer = &memory;
		ck_assert_int_eq(sftr_bind(&slot, 1, ckpt, &options, &b, &err),
				 SFTR_E_LIMIT);
		ck_assert_ptr_null(b);
		ck_assert_str_eq(err.key, "vast");
		ck_assert_int_eq(
			sftr_tree_load(vast_path(), &copies, &tree, &err),
			SFTR_E_MEMORY);
		ck_assert_ptr_null(tree);
	}
	sftr_checkpoint_close(ckpt);
}
END_TEST

START_TEST(what_lies_beyond_4_gib_is_read_bound_and_viewed)
{
	static const float want[] = { 1, 2, 3 };
	sftr_checkpoint *ckpt = open_vast(SFTR_MAP);
	const sftr_tensor *t = sftr_checkpoint_find(ckpt, "last", 4);
	float got[3] = { 0 };
	sftr_slot slot = { .name = SFTR_STR("last"),
			   .shape_text = "3",
			   .data = got,
			   .capacity = sizeof got };
	const void *view;
	sftr_binding *b;
	sftr_error err;
	sftr_code code;

	ck_assert_int_eq(sftr_checkpoint_read(ckpt, t, got, sizeof got, &err),
			 SFTR_OK);
	ck_assert_mem_eq(got, want, sizeof want);
	memset(got, 0, sizeof got);
	ck_assert_int_eq(
		sftr_bind(&slot, 1, ckpt,
			  &(sftr_bind_options){ .unexpected = SFTR_IGNORE }, &b,
			  &err),
		SFTR_OK);
	ck_assert_int_eq(sftr_binding_load(b, NULL, &err), SFTR_OK);
	ck_assert_mem_eq(got, want, sizeof want);
	sftr_binding_free(b);
	code = sftr_checkpoint_view(ckpt, t, &view, &err);
	if (SFTR__BIG_ENDIAN || is_narrow) {
		ck_assert_int_eq(code, SFTR_E_VIEW);
		ck_assert_ptr_null(view);
	} else {
		ck_assert_int_eq(code, SFTR_OK);
		ck_assert_mem_eq(view, want, sizeof want);
	}
	if (is_narrow)
		ck_assert_ptr_nonnull(
			strstr(err.message, "more than this host can map"));
	sftr_checkpoint_close(ckpt);
}
END_TEST

/* Without a place there is no bound: a writer takes it in parts. */
START_TEST(it_is_rewritten_in_parts)
{
	static const sftr_alias turned = { .name = "vast", .transform = "T" };
	sftr_checkpoint *ckpt = open_vast(SFTR_PREAD);
	sftr_bind_options options = { .unexpected = SFTR_IGNORE };
	sftr_slot slot = { .name = SFTR_STR("turned"),
			   .aliases = &turned,
			   .n_aliases = 1,
			   .shape_text = "? 5",
			   .place = SFTR_PLACE_NONE };
	unsigned char bytes[20];
	sftr_binding *b;
	sftr_bound bound;
	sftr_error err;

	assert_ok(sftr_bind(&slot, 1, ckpt, &options, &b, &err), err);
	ck_assert_int_eq(sftr_binding_at(b, 0, &bound, &err), SFTR_OK);
	ck_assert_uint_eq(bound.n_bytes, N_VAST);
	ck_assert_int_eq(sftr_binding_read(b, 0, N_VAST - 20, bytes, 20, &err),
			 SFTR_OK);
	ck_assert_mem_eq(bytes,
			 "\0\0\xa0\x41\0\0\xa8\x41\0\0\xb0\x41"
			 "\0\0\xb8\x41\0\0\xc0\x41",
			 20);
	sftr_binding_free(b);
	sftr_checkpoint_close(ckpt);
}
END_TEST

START_TEST(trees_checks_and_writers_count_beyond_4_gib)
{
	sftr_tree_options describe = { .data = SFTR_TREE_DESCRIBE };
	sftr_checkpoint *ckpt = open_vast(SFTR_PREAD);
	uint64_t n_errors = 1, n_bytes;
	sftr_writer *writer;
	sftr_tree *tree;
	sftr_error err;
	sftr_leaf leaf;

	ck_assert_int_eq(
		sftr_check(vast_path(), NULL, NULL, NULL, &n_errors, &err),
		SFTR_OK);
	ck_assert_uint_eq(n_errors, 0);
	ck_assert_int_eq(sftr_tree_load(vast_path(), &describe, &tree, &err),
			 SFTR_OK);
	ck_assert_int_eq(
		sftr_node_tensor(sftr_node_child(sftr_tree_root(tree), 1, NULL),
				 &leaf, &err),
		SFTR_OK);
	ck_assert_uint_eq(leaf.n_bytes, N_VAST);
	sftr_tree_free(tree);

	ck_assert_int_eq(sftr_writer_new(NULL, &writer, &err), SFTR_OK);
	for (size_t i = 0; i < 2; i++)
		ck_assert_int_eq(sftr_writer_add_tensor(
					 writer, (sftr_str){ NULL, 0 }, ckpt,
					 sftr_checkpoint_at(ckpt, i), &err),
				 SFTR_OK);
	ck_assert_int_eq(sftr_writer_n_bytes(writer, &n_bytes, &err), SFTR_OK);
	ck_assert_uint_gt(n_bytes, N_VAST + 12);
	ck_assert_uint_lt(n_bytes, N_VAST + 300);
	sftr_writer_free(writer);
	sftr_checkpoint_close(ckpt);
}
END_TEST

int
main(void)
{
	TCase *tc = tcase_create("vast");

	tcase_add_checked_fixture(tc, set_up, folder_remove);
	tcase_add_loop_test(
		tc, a_tensor_beyond_the_address_space_is_read_in_slices, 0, 2);
	tcase_add_test(tc, it_is_refused_as_a_whole);
	tcase_add_test(tc, what_lies_beyond_4_gib_is_read_bound_and_viewed);
	tcase_add_test(tc, it_is_rewritten_in_parts);
	tcase_add_test(tc, trees_checks_and_writers_count_beyond_4_gib);
	return run_suite("vast", tc);
}
