/* SPDX-License-Identifier: MIT */
#include "str.h"
#include "sweep.h"

#include "base/bytes.h"

#include <check.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

static const uint64_t matrix[2] = { 2, 3 };
static const uint64_t vector[1] = { 3 };
static const float weights[6] = { 1, 2, 3, 4, 5, 6 };
static const int16_t biases[3] = { 7, 8, 9 };

static void
declare(sftr_writer *w, const char *name)
{
	if (strcmp(name, "a.w") == 0)
		ck_assert_int_eq(sftr_writer_add(w, str(name), SFTR_F32, matrix,
						 2, weights, sizeof weights,
						 NULL),
				 SFTR_OK);
	else
		ck_assert_int_eq(sftr_writer_add(w, str(name), SFTR_I16, vector,
						 1, biases, sizeof biases,
						 NULL),
				 SFTR_OK);
}

static void
new_writer(struct scene *s)
{
	ck_assert_int_eq(sftr_writer_new(NULL, &s->writer, NULL), SFTR_OK);
}

static void
full_writer(struct scene *s)
{
	new_writer(s);
	declare(s->writer, "a.w");
	declare(s->writer, "a.b");
	ck_assert_int_eq(
		sftr_writer_add_metadata(s->writer, str("k"), str("v"), NULL),
		SFTR_OK);
}

static void
save(const char *path, const char *first, const char *second)
{
	struct scene s = { .writer = NULL };

	new_writer(&s);
	declare(s.writer, first);
	if (second != NULL)
		declare(s.writer, second);
	ck_assert_int_eq(sftr_writer_save(s.writer, scene_path(path), NULL),
			 SFTR_OK);
	sftr_writer_free(s.writer);
}

static void
save_tree(void)
{
	sftr_save_options options = { .note = 1 };
	sftr_scalar lucky = { SFTR_SCALAR_I64, { .i64 = 7 } };
	sftr_tree *tree;
	sftr_node *pair, *leaf;

	ck_assert_int_eq(sftr_tree_new(NULL, &tree, NULL), SFTR_OK);
	pair = sftr_node_add(sftr_tree_set_root(tree, SFTR_NODE_DICT),
			     sftr_key("pair"), SFTR_NODE_TUPLE);
	leaf = sftr_node_add_tensor(pair, sftr_index(0), SFTR_F32, matrix, 2,
				    (void *)(uintptr_t)weights);
	sftr_node_add_alias(pair, sftr_index(1), leaf);
	sftr_node_add_scalar(pair, sftr_index(2), lucky);
	ck_assert_int_eq(sftr_tree_save(tree, scene_path("tree.safetensors"),
					&options, NULL),
			 SFTR_OK);
	sftr_tree_free(tree);
}

void
scene_files(void)
{
	ck_assert_int_eq(mkdir(scene_path("set"), 0777), 0);
	save("m.safetensors", "a.w", "a.b");
	save("out.safetensors", "a.b", NULL);
	save("set/m-00001-of-00002.safetensors", "a.w", NULL);
	save("set/m-00002-of-00002.safetensors", "a.b", NULL);
	save_tree();
}

void
scene_checkpoint(struct scene *s)
{
	ck_assert_int_eq(sftr_checkpoint_open(scene_path("m.safetensors"), NULL,
					      &s->ckpt, NULL),
			 SFTR_OK);
}

static void
descriptor(struct scene *s)
{
	s->fd = open(scene_path("m.safetensors"), O_RDONLY);
	ck_assert_int_ge(s->fd, 0);
}

static void
file_in_memory(struct scene *s)
{
	FILE *f = fopen(scene_path("m.safetensors"), "rb");

	ck_assert_ptr_nonnull(f);
	s->n_bytes = fread(s->bytes, 1, sizeof s->bytes, f);
	fclose(f);
}

static const sftr_tensor *
tensor(const struct scene *s)
{
	return sftr_checkpoint_find(s->ckpt, "a.w", 3);
}

static sftr_code
opened(sftr_code code, sftr_checkpoint *ckpt)
{
	ck_assert((code == SFTR_OK) == (ckpt != NULL));
	sftr_checkpoint_close(ckpt);
	return code;
}

static sftr_code
open_path(struct scene *s, sftr_error *err)
{
	sftr_checkpoint *ckpt;
	sftr_code code;

	(void)s;
	code = sftr_checkpoint_open(scene_path("set"), NULL, &ckpt, err);
	return opened(code, ckpt);
}

static sftr_code
open_fd(struct scene *s, sftr_error *err)
{
	sftr_checkpoint *ckpt;
	sftr_code code;

	code = sftr_checkpoint_open_fd(s->fd, "m", NULL, &ckpt, err);
	return opened(code, ckpt);
}

static sftr_code
open_memory(struct scene *s, sftr_error *err)
{
	sftr_checkpoint *ckpt;
	sftr_code code;

	code = sftr_checkpoint_open_memory(s->bytes, s->n_bytes, NULL, &ckpt,
					   err);
	return opened(code, ckpt);
}

static sftr_code
open_arrays(struct scene *s, sftr_error *err)
{
	sftr_array arrays[2] = { { .name = str("a.w"),
				   .dtype = SFTR_F32,
				   .shape = matrix,
				   .rank = 2,
				   .bytes = weights,
				   .n_bytes = sizeof weights },
				 { .name = str("a.b"),
				   .dtype = SFTR_I16,
				   .shape = vector,
				   .rank = 1,
				   .bytes = biases,
				   .n_bytes = sizeof biases } };
	sftr_checkpoint *ckpt;
	sftr_code code;

	(void)s;
	code = sftr_checkpoint_open_arrays(arrays, 2, NULL, &ckpt, err);
	return opened(code, ckpt);
}

static sftr_code
parse_header(struct scene *s, sftr_error *err)
{
	sftr_checkpoint *ckpt;
	sftr_code code;

	code = sftr_header_parse(s->bytes, s->n_bytes, s->n_bytes, NULL, &ckpt,
				 err);
	return opened(code, ckpt);
}

static sftr_code
view(struct scene *s, sftr_error *err)
{
	const void *bytes = NULL;
	sftr_error own;
	sftr_code code = sftr_checkpoint_view(s->ckpt, tensor(s), &bytes, &own);

	ck_assert((code == SFTR_OK) == (bytes != NULL));
	/* A big-endian host refuses it before anything can fail. */
	if (SFTR__BIG_ENDIAN && code == SFTR_E_VIEW)
		return SFTR_OK;
	if (code != SFTR_OK)
		*err = own;
	return code;
}

static sftr_code
read_whole(struct scene *s, sftr_error *err)
{
	return sftr_checkpoint_read(s->ckpt, tensor(s), s->floats,
				    sizeof s->floats, err);
}

static sftr_code
read_part(struct scene *s, sftr_error *err)
{
	return sftr_checkpoint_read_bytes(s->ckpt, tensor(s), 4, s->floats, 8,
					  err);
}

static sftr_code
parse_slice(struct scene *s, sftr_error *err)
{
	sftr_slice slices[2];

	return sftr_slice_parse(":,::2", 5, tensor(s), slices, err);
}

static const sftr_slice corner[2] = { { 0, 2, 1, 0 }, { 0, 3, 2, 0 } };

static sftr_code
slice_shape(struct scene *s, sftr_error *err)
{
	uint64_t n_bytes;

	return sftr_slice_shape(tensor(s), corner, NULL, NULL, &n_bytes, err);
}

static sftr_code
read_slice(struct scene *s, sftr_error *err)
{
	return sftr_checkpoint_read_slice(s->ckpt, tensor(s), corner, s->floats,
					  16, err);
}

static sftr_code
check_path(struct scene *s, sftr_error *err)
{
	uint64_t n_errors;

	(void)s;
	return sftr_check(scene_path("set"), NULL, NULL, NULL, &n_errors, err);
}

static sftr_code
check_memory(struct scene *s, sftr_error *err)
{
	uint64_t n_errors;

	return sftr_check_memory(s->bytes, s->n_bytes, NULL, NULL, NULL,
				 &n_errors, err);
}

static sftr_code
writer_new(struct scene *s, sftr_error *err)
{
	sftr_write_options options = { .format = "pt" };
	sftr_writer *writer;
	sftr_code code = sftr_writer_new(&options, &writer, err);

	(void)s;
	ck_assert((code == SFTR_OK) == (writer != NULL));
	sftr_writer_free(writer);
	return code;
}

static sftr_code
writer_add(struct scene *s, sftr_error *err)
{
	return sftr_writer_add(s->writer, str("a.w"), SFTR_F32, matrix, 2,
			       weights, sizeof weights, err);
}

static sftr_code
yield(void *user, uint64_t offset, void *buffer, size_t n_bytes,
      sftr_error *err)
{
	(void)user;
	(void)err;
	memcpy(buffer, (const char *)weights + offset, n_bytes);
	return SFTR_OK;
}

static sftr_code
writer_add_source(struct scene *s, sftr_error *err)
{
	return sftr_writer_add_source(s->writer, str("a.w"), SFTR_F32, matrix,
				      2, yield, NULL, err);
}

static void
writer_and_checkpoint(struct scene *s)
{
	scene_checkpoint(s);
	new_writer(s);
}

static sftr_code
writer_add_tensor(struct scene *s, sftr_error *err)
{
	sftr_str own_name = { NULL, 0 };

	return sftr_writer_add_tensor(s->writer, own_name, s->ckpt, tensor(s),
				      err);
}

static sftr_code
writer_add_metadata(struct scene *s, sftr_error *err)
{
	return sftr_writer_add_metadata(s->writer, str("key"), str("value"),
					err);
}

static sftr_code
writer_n_bytes(struct scene *s, sftr_error *err)
{
	uint64_t n_bytes;

	return sftr_writer_n_bytes(s->writer, &n_bytes, err);
}

static sftr_code
writer_save(struct scene *s, sftr_error *err)
{
	return sftr_writer_save(s->writer, scene_path("out.safetensors"), err);
}

static void
writer_and_descriptor(struct scene *s)
{
	full_writer(s);
	s->fd = open(scene_path("stream"), O_WRONLY | O_CREAT | O_TRUNC, 0666);
	ck_assert_int_ge(s->fd, 0);
}

static sftr_code
writer_save_fd(struct scene *s, sftr_error *err)
{
	return sftr_writer_save_fd(s->writer, s->fd, err);
}

static sftr_code
writer_save_memory(struct scene *s, sftr_error *err)
{
	return sftr_writer_save_memory(s->writer, s->bytes, sizeof s->bytes,
				       err);
}

static int
swallow(void *user, const void *bytes, size_t n_bytes)
{
	(void)user;
	(void)bytes;
	(void)n_bytes;
	return 0;
}

static sftr_code
writer_save_callback(struct scene *s, sftr_error *err)
{
	return sftr_writer_save_callback(s->writer, swallow, NULL, err);
}

const struct act checkpoint_acts[] = {
	{ "sftr_checkpoint_open", NULL, open_path, 0 },
	{ "sftr_checkpoint_open_fd", descriptor, open_fd, 0 },
	{ "sftr_checkpoint_open_memory", file_in_memory, open_memory, 0 },
	{ "sftr_checkpoint_open_arrays", NULL, open_arrays, 0 },
	{ "sftr_header_parse", file_in_memory, parse_header, 0 },
	{ "sftr_checkpoint_view", scene_checkpoint, view, 0 },
	{ "sftr_checkpoint_read", scene_checkpoint, read_whole, 0 },
	{ "sftr_checkpoint_read_bytes", scene_checkpoint, read_part, 0 },
	{ "sftr_slice_parse", scene_checkpoint, parse_slice, 0 },
	{ "sftr_slice_shape", scene_checkpoint, slice_shape, 0 },
	{ "sftr_checkpoint_read_slice", scene_checkpoint, read_slice, 0 },
	{ "sftr_check", NULL, check_path, 0 },
	{ "sftr_check_memory", file_in_memory, check_memory, 0 },
	{ "sftr_writer_new", NULL, writer_new, 0 },
	{ "sftr_writer_add", new_writer, writer_add, 0 },
	{ "sftr_writer_add_source", new_writer, writer_add_source, 0 },
	{ "sftr_writer_add_tensor", writer_and_checkpoint, writer_add_tensor,
	  0 },
	{ "sftr_writer_add_metadata", new_writer, writer_add_metadata, 0 },
	{ "sftr_writer_n_bytes", full_writer, writer_n_bytes, 0 },
	{ "sftr_writer_save", full_writer, writer_save, 0 },
	{ "sftr_writer_save_fd", writer_and_descriptor, writer_save_fd, 0 },
	{ "sftr_writer_save_memory", full_writer, writer_save_memory, 0 },
	{ "sftr_writer_save_callback", full_writer, writer_save_callback, 0 },
};
const size_t n_checkpoint_acts = sizeof checkpoint_acts / sizeof(struct act);
