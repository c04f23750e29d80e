/* SPDX-License-Identifier: MIT */
/*
 * A file of any tensors against a struct: buffers, arrays, arrays of structs,
 * memory of the library.  Nothing is written but what the contract names: the
 * bytes of slots that were loaded, within their capacity, counts, dimensions,
 * presence and pointers; after a bind that fails, nothing at all.  Memory does
 * not follow the numbers in the file.
 *
 *	byte 0   options; 0x20: data are not only 0 and 1; 0x80: the rest is a
 *	         file as it is
 *	then, until the end, a tensor each:
 *	         its name, of the list below; dtype; rank; extents
 *
 * An extent of 200 or more is a power of two, up to 2^55.
 */
#include "fuzz.h"

#include <stdlib.h>
#include <string.h>

const char fuzz_name[] = "bind";

#define GUARD 16
#define MAX_DATA 16384

struct cell {
	unsigned char guard[GUARD];
	double value;
	float *own;
	unsigned short n;
};
SFTR_STRUCT(cell_table, struct cell, SFTR_VALUE(value), SFTR_ALLOC(own, "n 2"),
	    SFTR_DIM(n, "n"));

struct layer {
	unsigned char guard[GUARD];
	float w[6];
	signed char rows;
	int16_t *into;
	int room;
	bool has_into;
	unsigned char end[GUARD];
};
SFTR_STRUCT(layer_table, struct layer, SFTR_ARRAY(w, "rows ?"),
	    SFTR_DIM(rows, "rows"),
	    SFTR_INTO(into, room, "...", SFTR_NAME("into"),
		      SFTR_NAME_T("kernel"), SFTR_OPTIONAL(has_into)));

struct net {
	unsigned char guard[GUARD];
	float matrix[3][4];
	unsigned char after_matrix[GUARD];
	float *buffer;
	unsigned char room;
	uint32_t a;
	signed char b;
	struct layer layers[3];
	signed char n_layers;
	unsigned char after_layers[GUARD];
	struct layer exactly[2];
	unsigned char after_exactly[GUARD];
	struct cell *cells;
	short n_cells;
	bool flag;
	bool flags[5];
	unsigned char after_flags[GUARD];
	const float *view;
	bool has_view;
	int *stack;
	unsigned char stacked[12];
	unsigned char end[GUARD];
};
SFTR_STRUCT(net_table, struct net, SFTR_ARRAY2(matrix, "..."),
	    SFTR_INTO(buffer, room, "a b"), SFTR_DIM(a, "a"), SFTR_DIM(b, "b"),
	    SFTR_STRUCTS(layers, n_layers, layer_table),
	    SFTR_STRUCTS_EXACTLY(exactly, layer_table),
	    SFTR_STRUCTS_ALLOC(cells, n_cells, cell_table), SFTR_VALUE(flag),
	    SFTR_ARRAY(flags, "?"),
	    SFTR_VIEW(view, "...", SFTR_OPTIONAL(has_view), SFTR_OR_COPY),
	    SFTR_ALLOC(stack, "...", SFTR_NAME("stack.*"),
		       SFTR_NAME_AS("stack", "permute 1,0")),
	    SFTR_ARRAY(stacked, "? ?", SFTR_NAME_AS("stacked.*", "stack 1")));

static const char *const names[] = {
	"matrix",	   "buffer",	    "layers.0.w",    "layers.0.into",
	"layers.0.kernel", "layers.1.w",    "layers.1.into", "layers.2.w",
	"layers.2.kernel", "layers.3.w",    "exactly.0.w",   "exactly.1.w",
	"exactly.0.into",  "cells.0.value", "cells.0.own",   "cells.1.value",
	"cells.1.own",	   "cells.2.value", "cells.2.own",   "flag",
	"flags",	   "view",	    "stack.0",	     "stack.1",
	"stack.2",	   "stack",	    "stacked.0",     "stacked.1",
	"stacked.2",	   "unexpected",
};
#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

static uint64_t
extent_of(uint8_t byte)
{
	return byte < 200 ? byte : UINT64_C(1) << (byte - 200);
}

/* The bytes of a tensor, or more than MAX_DATA. */
static uint64_t
size_of(sftr_dtype dtype, const uint64_t *shape, uint32_t rank)
{
	uint64_t bits = sftr_dtype_bits(dtype);

	for (uint32_t i = 0; i < rank; i++)
		if (shape[i] == 0)
			return 0;
	for (uint32_t i = 0; i < rank && bits <= 8 * MAX_DATA; i++)
		bits = shape[i] > 8 * MAX_DATA ? UINT64_MAX : bits * shape[i];
	return bits / 8;
}

/* The file that the input describes; owned. */
static uint8_t *
described(struct fuzz_input *in, bool is_wild, size_t *n_bytes)
{
	static uint8_t data[MAX_DATA];
	uint64_t shape[8], n, total = 0;
	sftr_writer *w;

	for (size_t i = 0; i < sizeof data; i++)
		data[i] = (uint8_t)(is_wild ? i * 7 : i % 2);
	need(sftr_writer_new(NULL, &w, NULL) == SFTR_OK, "writer");
	while (in->p < in->end) {
		sftr_str name = { names[fuzz_next(in) % COUNT(names)], 0 };
		sftr_dtype dtype =
			(sftr_dtype)(1 + fuzz_next(in) % (SFTR_N_DTYPES - 1));
		uint32_t rank = fuzz_next(in) % 8;

		name.len = strlen(name.ptr);
		for (uint32_t i = 0; i < rank; i++)
			shape[i] = extent_of(fuzz_next(in));
		n = size_of(dtype, shape, rank);
		if (total + n > MAX_DATA)
			continue;
		/* A name a second time is refused, and that is all. */
		if (sftr_writer_add(w, name, dtype, shape, rank, data, n,
				    NULL) == SFTR_OK)
			total += n;
	}
	return fuzz_written(w, n_bytes);
}

/* A struct with its buffers, as they were and which bytes may change. */
struct arena {
	struct net net;
	float buffer[20];
	unsigned char after_buffer[GUARD];
	int16_t into[5][9];
	unsigned char after_into[GUARD];
};

struct subject {
	struct arena *now; /* in a block of just its size */
	struct arena before;
	unsigned char may[sizeof(struct arena)];
};

static void
may_change(struct subject *s, const void *at, size_t n)
{
	size_t from = (size_t)((const char *)at - (const char *)s->now);

	need(from <= sizeof s->may && n <= sizeof s->may - from,
	     "%zu bytes at %zu", n, from);
	memset(s->may + from, 1, n);
}
#define MAY_CHANGE(s, member) may_change(s, &(member), sizeof(member))

static void
prepare_layer(struct subject *s, struct layer *layer, size_t i)
{
	layer->into = s->now->into[i];
	layer->room = 7;
	MAY_CHANGE(s, layer->rows);
	MAY_CHANGE(s, layer->has_into);
}

static void
prepare(struct subject *s)
{
	struct net *net;

	memset(s, 0, sizeof *s);
	s->now = fuzz_bytes(sizeof *s->now);
	memset(s->now, 0xa5, sizeof *s->now);
	net = &s->now->net;
	net->buffer = s->now->buffer;
	net->room = 20;
	MAY_CHANGE(s, net->a);
	MAY_CHANGE(s, net->b);
	MAY_CHANGE(s, net->n_layers);
	MAY_CHANGE(s, net->cells);
	MAY_CHANGE(s, net->n_cells);
	MAY_CHANGE(s, net->view);
	MAY_CHANGE(s, net->has_view);
	MAY_CHANGE(s, net->stack);
	for (size_t i = 0; i < 3; i++)
		prepare_layer(s, &net->layers[i], i);
	for (size_t i = 0; i < 2; i++)
		prepare_layer(s, &net->exactly[i], 3 + i);
	memcpy(&s->before, s->now, sizeof s->before);
}

static void
held(const struct subject *s)
{
	const unsigned char *now = (const unsigned char *)s->now;
	const unsigned char *before = (const unsigned char *)&s->before;

	for (size_t i = 0; i < sizeof s->before; i++)
		need(now[i] == before[i] || s->may[i], "byte %zu has changed",
		     i);
}

/* What is loaded in the caller's memory may have changed, there and so far. */
static void
allow_what_is_loaded(struct subject *s, const sftr_binding *b)
{
	const char *begin = (const char *)s->now;

	for (size_t i = 0; i < sftr_binding_count(b); i++) {
		sftr_bound bound;

		need(sftr_binding_at(b, i, &bound, NULL) == SFTR_OK, "slot");
		if (bound.state != SFTR_LOADED || bound.n_bytes == 0)
			continue;
		need(bound.data != NULL, "%s is nowhere", bound.name.ptr);
		if ((const char *)bound.data >= begin &&
		    (const char *)bound.data < begin + sizeof *s->now)
			may_change(s, bound.data, (size_t)bound.n_bytes);
	}
}

/* A load that failed leaves any bytes, but within the capacities. */
static void
allow_what_is_bound(struct subject *s)
{
	struct net *net = &s->now->net;

	MAY_CHANGE(s, net->matrix);
	MAY_CHANGE(s, net->flag);
	MAY_CHANGE(s, net->flags);
	MAY_CHANGE(s, net->stacked);
	MAY_CHANGE(s, s->now->buffer);
	for (size_t i = 0; i < 5; i++)
		may_change(s, s->now->into[i], 7 * sizeof(int16_t));
	for (size_t i = 0; i < 3; i++)
		MAY_CHANGE(s, net->layers[i].w);
	for (size_t i = 0; i < 2; i++)
		MAY_CHANGE(s, net->exactly[i].w);
}

/* What the library allocated is there, as long as the numbers beside it say. */
static void
copy_what_is_owned(const struct net *net)
{
	size_t n = (size_t)(net->n_cells > 0 ? net->n_cells : 0);
	struct cell *cells = fuzz_bytes(n * sizeof *cells);

	need(net->n_layers <= 3, "%d layers", net->n_layers);
	for (size_t i = 0; i < n; i++) {
		size_t n_own = 2 * (size_t)net->cells[i].n * sizeof(float);
		float *own = fuzz_bytes(n_own);

		cells[i] = net->cells[i];
		if (cells[i].own != NULL)
			memcpy(own, cells[i].own, n_own);
		free(own);
	}
	free(cells);
}

static sftr_bind_options
options_of(uint8_t byte, const sftr_allocator *a)
{
	sftr_bind_options o;

	memset(&o, 0, sizeof o);
	if ((byte & 4) != 0)
		sftr_bind_options_lenient(&o);
	o.conversion = (sftr_conversion)(byte % 4 % 3);
	if ((byte & 8) != 0)
		o.shape = o.dtype = SFTR_WARN;
	if ((byte & 16) == 0) {
		o.missing = SFTR_IGNORE;
		o.unexpected = SFTR_WARN;
	}
	o.n_threads = 1;
	o.allocator = a;
	return o;
}

static void
judge(const sftr_checkpoint *c, uint8_t byte, struct fuzz_memory *memory,
      const sftr_allocator *a, size_t size)
{
	sftr_bind_options options = options_of(byte, a);
	struct subject s;
	sftr_binding *b;
	sftr_error err;
	sftr_code code;

	prepare(&s);
	code = SFTR_BIND(c, net_table, &s.now->net, &options, &b, &err);
	if (code != SFTR_OK) {
		fuzz_refusal(&err, code, size);
		need(memcmp(s.now, &s.before, sizeof s.before) == 0,
		     "a bind that failed has written");
		free(s.now);
		return;
	}
	held(&s);
	/* What is converted may be eight times as wide. */
	memory->limit += (2 << 20) +
			 (options.conversion == SFTR_EXACT ? size : 8 * size);
	code = sftr_binding_load(b, NULL, &err);
	if (code != SFTR_OK) {
		need(code == SFTR_E_VALUE, "%s: %s", sftr_code_name(code),
		     err.message);
		allow_what_is_bound(&s);
	} else {
		allow_what_is_loaded(&s, b);
		copy_what_is_owned(&s.now->net);
	}
	held(&s);
	sftr_binding_free(b);
	free(s.now);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct fuzz_input in = { data, data + size };
	sftr_open_options open = { .policy = SFTR_STRICT };
	uint8_t byte = fuzz_next(&in), *file = NULL;
	struct fuzz_memory memory;
	sftr_allocator a;
	sftr_checkpoint *c;
	const uint8_t *bytes = in.p;
	size_t n = (size_t)(in.end - in.p);

	if ((byte & 0x80) == 0)
		bytes = file = described(&in, (byte & 0x20) != 0, &n);
	a = fuzz_allocator(&memory, (128 << 10) + 64 * size);
	open.allocator = &a;
	if ((byte & 0x40) != 0)
		open.policy = SFTR_REFERENCE;
	if (sftr_checkpoint_open_memory(bytes, n, &open, &c, NULL) == SFTR_OK)
		judge(c, byte, &memory, &a, n);
	sftr_checkpoint_close(c);
	free(file);
	fuzz_all_freed(&memory);
	return 0;
}
