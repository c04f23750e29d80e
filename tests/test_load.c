/* SPDX-License-Identifier: MIT */
/*
 * Loads against a plain second definition: every element of every slot is looked
 * up in its tensor by its indices, one at a time.
 */
#include "folder.h"

#include "effort.h"
#include "faults.h"
#include "ledger.h"
#include "offers.h"
#include "suite.h"

#include <inttypes.h>
#include <safetree.h>
#include <stdbool.h>

#define MAX_SLOTS 24
#define MAX_PARTS 3
#define GUARD 64

/* What a slot is to get: parts of one tensor each, turned, stacked, cast. */
struct wish {
	char name[16];
	char alias[24];
	char transform[64];
	sftr_alias names;
	sftr_dtype from, to;
	uint32_t rank; /* of a part */
	uint64_t shape[4];
	uint32_t turn[4]; /* result's dimension i is the part's turn[i] */
	bool is_stack;
	uint32_t stack_axis;
	uint64_t n_parts;
	unsigned char *bytes[MAX_PARTS];
	uint64_t n_each; /* elements of a part */
	sftr_place place;
	unsigned char *memory; /* of a buffer, guards around */
	void *pointer;
};

struct world {
	struct wish wishes[MAX_SLOTS];
	sftr_slot slots[MAX_SLOTS];
	size_t n;
	uint64_t seed;
};

static uint64_t
draw(struct world *w, uint64_t below)
{
	w->seed = w->seed * 6364136223846793005u + 1442695040888963407u;
	return (w->seed >> 33) % below;
}

static const struct {
	sftr_dtype from, to;
} pairs[] = {
	{ SFTR_F32, SFTR_F32 }, { SFTR_U8, SFTR_U8 },	{ SFTR_I16, SFTR_I16 },
	{ SFTR_F64, SFTR_F64 }, { SFTR_U8, SFTR_I32 },	{ SFTR_BF16, SFTR_F32 },
	{ SFTR_I16, SFTR_F64 }, { SFTR_I64, SFTR_I64 },
};

static size_t
size_of(sftr_dtype dtype)
{
	return sftr_dtype_bits(dtype) / 8;
}

static void
draw_shape(struct world *w, struct wish *x)
{
	static const uint64_t large[][4] = {
		{ 700, 801, 0, 0 }, { 3, 200001, 0, 0 }, { 65, 33, 17, 9 },
		{ 2, 3, 50000, 1 }, { 300007, 0, 0, 0 }, { 1200, 2, 129, 1 },
	};
	uint64_t kind = draw(w, 8);

	x->rank = (uint32_t)draw(w, 5);
	for (uint32_t i = 0; i < x->rank; i++)
		x->shape[i] = draw(w, 20) == 0 ? 0 : 1 + draw(w, 9);
	if (kind < 3) {
		memcpy(x->shape, large[draw(w, 6)], sizeof x->shape);
		for (x->rank = 0; x->rank < 4 && x->shape[x->rank] > 0;)
			x->rank++;
	}
	x->n_each = 1;
	for (uint32_t i = 0; i < x->rank; i++)
		x->n_each *= x->shape[i];
}

static void
draw_turn(struct world *w, struct wish *x)
{
	size_t n = 0;

	for (uint32_t i = 0; i < x->rank; i++)
		x->turn[i] = i;
	if (x->rank > 1 && draw(w, 2) == 0) {
		for (uint32_t i = x->rank - 1; i > 0; i--) {
			uint32_t k = (uint32_t)draw(w, i + 1), t = x->turn[i];

			x->turn[i] = x->turn[k];
			x->turn[k] = t;
		}
		n = (size_t)snprintf(x->transform, sizeof x->transform,
				     "permute ");
		for (uint32_t i = 0; i < x->rank; i++)
			n += (size_t)snprintf(
				x->transform + n, sizeof x->transform - n,
				"%s%" PRIu32, i > 0 ? "," : "", x->turn[i]);
	}
	x->is_stack = draw(w, 4) == 0;
	x->n_parts = x->is_stack ? 1 + draw(w, MAX_PARTS) : 1;
	if (!x->is_stack)
		return;
	x->stack_axis = (uint32_t)draw(w, x->rank + 1);
	snprintf(x->transform + n, sizeof x->transform - n, "%sstack %" PRIu32,
		 n > 0 ? " " : "", x->stack_axis);
}

static uint64_t
n_result(const struct wish *x)
{
	return x->n_each * x->n_parts * size_of(x->to);
}

static void
draw_wish(struct world *w, struct wish *x, size_t i)
{
	size_t pair = (size_t)draw(w, sizeof pairs / sizeof pairs[0]);

	memset(x, 0, sizeof *x);
	snprintf(x->name, sizeof x->name, "t%02zu", i);
	x->from = pairs[pair].from;
	x->to = pairs[pair].to;
	draw_shape(w, x);
	draw_turn(w, x);
	snprintf(x->alias, sizeof x->alias,
		 x->is_stack ? "p%02zu.*.s" : "p%02zu", i);
	for (uint64_t p = 0; p < x->n_parts; p++) {
		size_t n = (size_t)x->n_each * size_of(x->from);

		x->bytes[p] = malloc(n + 1);
		ck_assert_ptr_nonnull(x->bytes[p]);
		for (size_t k = 0; k < n; k++)
			x->bytes[p][k] = (unsigned char)draw(w, 256);
	}
	x->place = draw(w, 2) == 0 ? SFTR_PLACE_ALLOC : SFTR_PLACE_BUFFER;
	x->memory = malloc((size_t)n_result(x) + 2 * GUARD);
	ck_assert_ptr_nonnull(x->memory);
	memset(x->memory, 0xa5, (size_t)n_result(x) + 2 * GUARD);
}

static void
make_slot(struct wish *x, sftr_slot *s)
{
	memset(s, 0, sizeof *s);
	s->name.ptr = x->name;
	s->name.len = strlen(x->name);
	x->names.name = x->alias;
	x->names.transform = x->transform;
	s->aliases = &x->names;
	s->n_aliases = 1;
	s->shape_text = "...";
	s->dtype = x->to;
	s->place = x->place;
	s->pointer = x->place == SFTR_PLACE_ALLOC ? (void *)&x->pointer : NULL;
	if (x->place == SFTR_PLACE_BUFFER) {
		s->data = x->memory + GUARD;
		s->capacity = n_result(x);
	}
}

static void
make_world(struct world *w, uint64_t seed, const char *path)
{
	sftr_writer *writer;
	sftr_error err;

	w->seed = seed;
	w->n = 4 + (size_t)draw(w, MAX_SLOTS - 4);
	ck_assert_int_eq(sftr_writer_new(NULL, &writer, &err), SFTR_OK);
	for (size_t i = 0; i < w->n; i++) {
		struct wish *x = &w->wishes[i];

		draw_wish(w, x, i);
		make_slot(x, &w->slots[i]);
		for (uint64_t p = 0; p < x->n_parts; p++) {
			char name[40];
			sftr_str text = { name, 0 };

			snprintf(name, sizeof name,
				 x->is_stack ? "p%02zu.%u.s" : "p%02zu", i,
				 (unsigned)p);
			text.len = strlen(name);
			ck_assert_int_eq(
				sftr_writer_add(writer, text, x->from, x->shape,
						x->rank, x->bytes[p],
						x->n_each * size_of(x->from),
						&err),
				SFTR_OK);
		}
	}
	ck_assert_int_eq(sftr_writer_save(writer, path, &err), SFTR_OK);
	sftr_writer_free(writer);
}

static void
free_world(struct world *w)
{
	for (size_t i = 0; i < w->n; i++) {
		for (uint64_t p = 0; p < w->wishes[i].n_parts; p++)
			free(w->wishes[i].bytes[p]);
		free(w->wishes[i].memory);
	}
}

/* Element 'at' of the part, cast, in the host's order. */
static void
cast_one(const struct wish *x, uint64_t part, uint64_t at, void *out)
{
	const unsigned char *from = x->bytes[part] + at * size_of(x->from);
	int16_t i16;
	int32_t i32;
	double f64;
	uint32_t u32;

	if (x->from == x->to) {
		memcpy(out, from, size_of(x->to));
	} else if (x->from == SFTR_U8) {
		i32 = from[0];
		memcpy(out, &i32, sizeof i32);
	} else if (x->from == SFTR_BF16) {
		uint16_t u16;

		memcpy(&u16, from, sizeof u16);
		u32 = (uint32_t)u16 << 16;
		memcpy(out, &u32, sizeof u32);
	} else {
		memcpy(&i16, from, sizeof i16);
		f64 = i16;
		memcpy(out, &f64, sizeof f64);
	}
}

/* The whole result, looked up element by element. */
static unsigned char *
expected(const struct wish *x)
{
	size_t size = size_of(x->to);
	uint64_t n = x->n_each * x->n_parts;
	unsigned char *out = malloc((size_t)n * size + 1);
	uint64_t shape[5], strides[4] = { 0 };
	uint32_t rank = x->rank + x->is_stack;

	ck_assert_ptr_nonnull(out);
	for (uint64_t i = x->rank, step = 1; i-- > 0;) {
		strides[i] = step;
		step *= x->shape[i];
	}
	for (uint32_t i = 0, k = 0; i < rank; i++)
		shape[i] = x->is_stack && i == x->stack_axis ?
				   x->n_parts :
				   x->shape[x->turn[k++]];
	for (uint64_t at = 0; at < n; at++) {
		uint64_t rest = at, part = 0, from = 0;
		uint32_t k = x->rank;

		for (uint32_t i = rank; i-- > 0;) {
			uint64_t index = rest % shape[i];

			rest /= shape[i];
			if (x->is_stack && i == x->stack_axis)
				part = index;
			else
				from += index * strides[x->turn[--k]];
		}
		cast_one(x, part, from, out + at * size);
	}
	return out;
}

static void
check_loaded(const struct world *w, const sftr_binding *b)
{
	for (size_t i = 0; i < w->n; i++) {
		const struct wish *x = &w->wishes[i];
		size_t n = (size_t)n_result(x);
		unsigned char *want = expected(x);
		const unsigned char *got = x->place == SFTR_PLACE_ALLOC ?
						   x->pointer :
						   x->memory + GUARD;
		sftr_bound bound;

		ck_assert_int_eq(sftr_binding_at(b, i, &bound, NULL), SFTR_OK);
		ck_assert_int_eq(bound.state, SFTR_LOADED);
		ck_assert_ptr_eq(bound.data, got);
		ck_assert_uint_eq(bound.n_bytes, n);
		ck_assert_msg(memcmp(got, want, n) == 0, "%s \"%s\" %s to %s",
			      x->alias, x->transform, sftr_dtype_name(x->from),
			      sftr_dtype_name(x->to));
		for (size_t k = 0; k < GUARD; k++) {
			ck_assert_uint_eq(x->memory[k], 0xa5);
			ck_assert_uint_eq(x->memory[GUARD + n + k], 0xa5);
		}
		free(want);
	}
}

static sftr_binding *
bind_world(struct world *w, const char *path, sftr_bind_options *options)
{
	sftr_checkpoint *ckpt;
	sftr_binding *b;
	sftr_error err;

	options->conversion = SFTR_LOSSLESS;
	options->codec = SFTR_CODEC_DOTTED;
	ck_assert_int_eq(sftr_checkpoint_open(path, NULL, &ckpt, &err),
			 SFTR_OK);
	assert_ok(sftr_bind(w->slots, w->n, ckpt, options, &b, &err), err);
	sftr_checkpoint_close(ckpt);
	return b;
}

START_TEST(every_element_comes_to_its_place)
{
	const char *path = in_folder("world.safetensors");
	sftr_bind_options options = { 0 };
	static struct world w;
	sftr_binding *b;
	sftr_error err;

	make_world(&w, (uint64_t)_i + 1, path);
	options.n_threads = 1 + (unsigned)_i % 3;
	b = bind_world(&w, path, &options);
	ck_assert_int_eq(sftr_binding_load(b, NULL, &err), SFTR_OK);
	check_loaded(&w, b);
	sftr_binding_free(b);
	free_world(&w);
}
END_TEST

/* In pieces of odd sizes, as a writer might ask for them. */
START_TEST(a_slot_is_read_in_order_without_a_load)
{
	const char *path = in_folder("world.safetensors");
	sftr_bind_options options = { 0 };
	static struct world w;
	sftr_binding *b;
	sftr_error err;

	make_world(&w, (uint64_t)_i + 1000, path);
	b = bind_world(&w, path, &options);
	for (size_t i = 0; i < w.n; i++) {
		const struct wish *x = &w.wishes[i];
		size_t n = (size_t)n_result(x), step = 1 + n / 3;
		unsigned char *want = expected(x), *got = malloc(n + 1);

		ck_assert_ptr_nonnull(got);
		for (size_t at = 0; at < n; at += step)
			ck_assert_int_eq(
				sftr_binding_read(b, i, at, got + at,
						  n - at < step ? n - at : step,
						  &err),
				SFTR_OK);
		sftr__to_host(x->to, got, n);
		ck_assert_msg(memcmp(got, want, n) == 0, "%s \"%s\" %s to %s",
			      x->alias, x->transform, sftr_dtype_name(x->from),
			      sftr_dtype_name(x->to));
		ck_assert_int_eq(sftr_binding_read(b, i, n, got, 1, &err),
				 SFTR_E_ARGUMENT);
		free(want);
		free(got);
	}
	ck_assert_int_eq(sftr_binding_read(b, w.n, 0, NULL, 0, &err),
			 SFTR_E_ARGUMENT);
	sftr_binding_free(b);
	free_world(&w);
}
END_TEST

static const struct offered layers[] = {
	{ "layers.1.w", SFTR_F32, 1, { 100 }, NULL },
	{ "layers.1.b", SFTR_F32, 1, { 3 }, NULL },
	{ "layers.10.w", SFTR_F32, 1, { 100 }, NULL },
	{ "norm", SFTR_F32, 1, { 7 }, NULL },
};

static void
layer_slots(sftr_slot slots[4], float *pointers[4])
{
	memset(slots, 0, 4 * sizeof *slots);
	for (size_t i = 0; i < 4; i++) {
		slots[i].name.ptr = layers[i].name;
		slots[i].name.len = strlen(layers[i].name);
		slots[i].shape_text = "?";
		slots[i].dtype = SFTR_F32;
		slots[i].place = SFTR_PLACE_ALLOC;
		slots[i].pointer = &pointers[i];
		pointers[i] = NULL;
	}
}

START_TEST(a_part_is_loaded_and_given_back_by_its_prefix)
{
	sftr_checkpoint *ckpt = offer(layers, 4);
	struct ledger books = { 0 };
	sftr_allocator allocator = ledger_allocator(&books);
	sftr_bind_options options = { 0 };
	sftr_slot slots[4];
	float *pointers[4];
	sftr_binding *b;
	sftr_error err;
	size_t held;

	options.allocator = &allocator;
	layer_slots(slots, pointers);
	ck_assert_int_eq(sftr_bind(slots, 4, ckpt, &options, &b, &err),
			 SFTR_OK);
	sftr_checkpoint_close(ckpt);
	held = books.n_blocks;
	ck_assert_int_eq(sftr_binding_load(b, "layers.1", &err), SFTR_OK);
	ck_assert(pointers[0] != NULL && pointers[1] != NULL);
	ck_assert(pointers[2] == NULL && pointers[3] == NULL);
	ck_assert_int_eq(sftr_binding_load(b, "layers", &err), SFTR_OK);
	ck_assert_ptr_nonnull(pointers[2]);
	sftr_binding_release(b, "layers.1.w");
	ck_assert(pointers[0] == NULL && pointers[1] != NULL);
	ck_assert_uint_gt(books.n_blocks, held);
	sftr_binding_release(b, "layers");
	ck_assert(pointers[1] == NULL && pointers[2] == NULL);
	ck_assert_uint_eq(books.n_blocks, held);
	ck_assert_int_eq(sftr_binding_load(b, "layer", &err), SFTR_E_ABSENT);
	ck_assert_str_eq(err.key, "layer");
	ck_assert_int_eq(sftr_binding_load(b, NULL, &err), SFTR_OK);
	ck_assert(pointers[0] != NULL && pointers[3] != NULL);
	sftr_binding_free(b);
	ck_assert_uint_eq(books.n_blocks, 0);
}
END_TEST

START_TEST(steps_that_slots_pass_over_a_prefix_does_too)
{
	static const unsigned char bytes[2] = { 1, 2 };
	const uint64_t two = 2;
	sftr_array array = { .name = str("['a']['w']"),
			     .dtype = SFTR_U8,
			     .rank = 1,
			     .shape = &two,
			     .bytes = bytes,
			     .n_bytes = sizeof bytes };
	sftr_bind_options options = { .codec = SFTR_CODEC_KEYSTR,
				      .slot_codec = SFTR_CODEC_KEYSTR,
				      .drop_flat = 1 };
	unsigned char data[2] = { 0, 0 };
	sftr_slot slot = { .name = str("['a'][<flat index 1>]['w']"),
			   .shape_text = "2",
			   .data = data,
			   .capacity = sizeof data };
	sftr_checkpoint *ckpt;
	sftr_binding *b;
	sftr_error err;

	ck_assert_int_eq(
		sftr_checkpoint_open_arrays(&array, 1, NULL, &ckpt, &err),
		SFTR_OK);
	assert_ok(sftr_bind(&slot, 1, ckpt, &options, &b, &err), err);
	sftr_checkpoint_close(ckpt);
	ck_assert_int_eq(sftr_binding_load(b, "['a'][<flat index 1>]", &err),
			 SFTR_OK);
	ck_assert_uint_eq(data[1], 2);
	sftr_binding_release(b, "['a'][<flat index 1>]");
	data[1] = 0;
	ck_assert_int_eq(sftr_binding_load(b, "['a']", &err), SFTR_OK);
	ck_assert_uint_eq(data[1], 2);
	sftr_binding_free(b);
}
END_TEST

START_TEST(ranges_tell_what_is_read_and_whereto)
{
	const char *path = in_folder("world.safetensors");
	sftr_bind_options options = { 0 };
	static struct world w;
	sftr_range ranges[MAX_PARTS];
	sftr_binding *b;
	char *file;
	size_t n_file;

	make_world(&w, 77, path);
	file = folder_read(path, &n_file);
	b = bind_world(&w, path, &options);
	for (size_t i = 0; i < w.n; i++) {
		const struct wish *x = &w.wishes[i];
		size_t n = sftr_binding_ranges(b, i, ranges, MAX_PARTS);

		ck_assert_uint_eq(n, n_result(x) == 0 ? 0 : x->n_parts);
		for (size_t p = 0; p < n; p++) {
			ck_assert_str_eq(ranges[p].path, path);
			ck_assert_uint_eq(ranges[p].n_bytes,
					  x->n_each * size_of(x->from));
			sftr__to_host(x->from, file + ranges[p].offset,
				      (size_t)ranges[p].n_bytes);
			ck_assert(memcmp(file + ranges[p].offset, x->bytes[p],
					 (size_t)ranges[p].n_bytes) == 0);
			if (x->from != x->to || x->place == SFTR_PLACE_ALLOC)
				ck_assert_ptr_null(ranges[p].destination);
		}
	}
	ck_assert_uint_eq(sftr_binding_ranges(b, w.n, NULL, 0), 0);
	sftr_binding_free(b);
	free(file);
	free_world(&w);
}
END_TEST

struct patience {
	unsigned n_calls; /* that it still lasts */
	uint64_t done, total;
};

static int
lose_patience(void *user, uint64_t done, uint64_t total)
{
	struct patience *p = user;

	ck_assert_uint_le(done, total);
	p->done = done;
	p->total = total;
	return p->n_calls-- == 0;
}

START_TEST(a_load_can_be_cancelled_and_taken_up_again)
{
	const char *path = in_folder("world.safetensors");
	sftr_bind_options options = { 0 };
	static struct world w;
	size_t n_loaded = 0;
	sftr_bound bound;
	struct patience patience = { 0, 0, 0 };
	sftr_binding *b;
	sftr_error err;

	make_world(&w, 5, path);
	options.n_threads = 1;
	options.progress = lose_patience;
	options.progress_user = &patience;
	b = bind_world(&w, path, &options);
	ck_assert_int_eq(sftr_binding_load(b, NULL, &err), SFTR_E_CANCELLED);
	ck_assert_uint_lt(patience.done, patience.total);
	for (size_t i = 0; i < w.n; i++) {
		sftr_binding_at(b, i, &bound, NULL);
		n_loaded += bound.state == SFTR_LOADED;
	}
	ck_assert_uint_lt(n_loaded, w.n);
	patience.n_calls = 1000000;
	ck_assert_int_eq(sftr_binding_load(b, NULL, &err), SFTR_OK);
	ck_assert_uint_eq(patience.done, patience.total);
	check_loaded(&w, b);
	sftr_binding_free(b);
	free_world(&w);
}
END_TEST

/* Slots that a failed load calls complete are complete. */
START_TEST(a_read_that_fails_says_what_is_complete)
{
	const char *path = in_folder("world.safetensors");
	sftr_bind_options options = { 0 };
	static struct world w;
	sftr_binding *b;
	sftr_error err;
	sftr_bound bound;
	unsigned failures = 0;

	make_world(&w, 9, path);
	options.n_threads = 1;
	b = bind_world(&w, path, &options);
	for (unsigned at = 1;; at++) {
		sftr_code code;

		sftr_binding_release(b, NULL);
		faults.n_calls = 0;
		faults.fail_at = at;
		faults.os_errno = EIO;
		code = sftr_binding_load(b, NULL, &err);
		faults.fail_at = 0;
		if (code == SFTR_OK)
			break;
		failures++;
		ck_assert_int_eq(code, SFTR_E_IO);
		ck_assert_int_eq(err.os_errno, EIO);
		for (size_t i = 0; i < w.n; i++) {
			unsigned char *want = expected(&w.wishes[i]);

			sftr_binding_at(b, i, &bound, NULL);
			if (bound.state == SFTR_LOADED)
				ck_assert(memcmp(bound.data, want,
						 (size_t)bound.n_bytes) == 0);
			free(want);
		}
	}
	ck_assert_uint_gt(failures, 2);
	check_loaded(&w, b);
	sftr_binding_free(b);
	free_world(&w);
}
END_TEST

START_TEST(a_file_that_shrinks_is_an_error)
{
	const char *path = in_folder("world.safetensors");
	sftr_bind_options options = { 0 };
	static struct world w;
	sftr_binding *b;
	sftr_error err;

	make_world(&w, 3, path);
	b = bind_world(&w, path, &options);
	ck_assert_int_eq(truncate(path, 5000), 0);
	ck_assert_int_eq(sftr_binding_load(b, NULL, &err), SFTR_E_TRUNCATED);
	sftr_binding_free(b);
	free_world(&w);
}
END_TEST

START_TEST(out_of_memory_at_every_point)
{
	const char *path = in_folder("world.safetensors");
	struct ledger books = { 0 };
	sftr_allocator allocator = ledger_allocator(&books);
	sftr_bind_options options = { 0 };
	static struct world w;
	sftr_error err;
	sftr_binding *b;
	sftr_code code;

	make_world(&w, 11, path);
	options.allocator = &allocator;
	options.n_threads = 1;
	b = bind_world(&w, path, &options);
	do {
		books.n_calls = 0;
		books.fail_at++;
		code = sftr_binding_load(b, NULL, &err);
		if (code != SFTR_OK)
			ck_assert_int_eq(code, SFTR_E_MEMORY);
	} while (code != SFTR_OK);
	books.fail_at = 0;
	check_loaded(&w, b);
	sftr_binding_free(b);
	ck_assert_uint_eq(books.n_blocks, 0);
	free_world(&w);
}
END_TEST

/*
 * As many threads as there can be, each with its scratch; some slots are
 * converted and turned, and only what ALLOC slots hold stays.
 */
START_TEST(a_load_takes_its_slots_and_32_mib_at_most)
{
	const char *path = in_folder("world.safetensors");
	struct ledger books = { 0 };
	sftr_allocator allocator = ledger_allocator(&books);
	sftr_bind_options options = { 0 };
	static struct world w;
	size_t held, slots = 0, total = 0;
	sftr_binding *b;

	/* The first world that is large enough for threads. */
	for (uint64_t seed = 1; total < (4u << 20); seed++) {
		total = slots = 0;
		if (seed > 1)
			free_world(&w);
		make_world(&w, seed, path);
		for (size_t i = 0; i < w.n; i++) {
			size_t n = (size_t)n_result(&w.wishes[i]);

			total += n / 2;
			if (w.wishes[i].place == SFTR_PLACE_ALLOC)
				slots += n + 64;
		}
	}
	options.allocator = &allocator;
	options.n_threads = 16;
	b = bind_world(&w, path, &options);
	held = books.n_bytes;
	books.peak = held;
	ck_assert_int_eq(sftr_binding_load(b, NULL, NULL), SFTR_OK);
	ck_assert_uint_gt(books.peak, held + slots);
	ck_assert_uint_le(books.peak, held + slots + (32u << 20));
	ck_assert_uint_le(books.n_bytes, held + slots + 4096);
	sftr_binding_release(b, NULL);
	ck_assert_uint_eq(books.n_bytes, held);
	sftr_binding_free(b);
	free_world(&w);
}
END_TEST

int
main(void)
{
	TCase *tc = tcase_create("load");
	int n = (int)repetitions(12, 200);

	tcase_add_checked_fixture(tc, folder_make, folder_remove);
	tcase_add_loop_test(tc, every_element_comes_to_its_place, 0, n);
	tcase_add_loop_test(tc, a_slot_is_read_in_order_without_a_load, 0,
			    (n + 1) / 2);
	tcase_add_test(tc, a_part_is_loaded_and_given_back_by_its_prefix);
	tcase_add_test(tc, steps_that_slots_pass_over_a_prefix_does_too);
	tcase_add_test(tc, ranges_tell_what_is_read_and_whereto);
	tcase_add_test(tc, a_load_can_be_cancelled_and_taken_up_again);
	tcase_add_test(tc, a_read_that_fails_says_what_is_complete);
	tcase_add_test(tc, a_file_that_shrinks_is_an_error);
	tcase_add_test(tc, out_of_memory_at_every_point);
	tcase_add_test(tc, a_load_takes_its_slots_and_32_mib_at_most);
	return run_suite("load", tc);
}
