/* SPDX-License-Identifier: MIT */
/*
 * A manifest against a checkpoint.  What is bound has the dtype and shape that
 * its line allows and bytes of just that size; written as a manifest of its
 * own and bound to a checkpoint of just these tensors, it is the same again,
 * bytes and text; a refusal lies in the text.
 *
 *	byte 0    1: shapes, 2: missing names are warnings; 4: lossless
 *	the rest  the manifest
 */
#include "fuzz.h"

#include <stdlib.h>
#include <string.h>

const char fuzz_name[] = "manifest";

#define MAX_SLOTS 128
#define ROOM 16384

/* What there is to be wanted. */
static sftr_checkpoint *
offered(void)
{
	static const struct {
		const char *name;
		sftr_dtype dtype;
		uint32_t rank;
		uint64_t shape[3];
	} all[] = {
		{ "Dense_0.kernel", SFTR_F32, 2, { 5, 3, 0 } },
		{ "Dense_0.bias", SFTR_F32, 1, { 3, 0, 0 } },
		{ "Dense_1.weight", SFTR_F32, 2, { 2, 3, 0 } },
		{ "a.0.b.0.w", SFTR_U8, 1, { 2, 0, 0 } },
		{ "a.0.b.1.w", SFTR_U8, 1, { 3, 0, 0 } },
		{ "a.1.b.0.w", SFTR_U8, 1, { 2, 0, 0 } },
		{ "q.0", SFTR_BF16, 2, { 2, 4, 0 } },
		{ "q.1", SFTR_BF16, 2, { 2, 4, 0 } },
		{ "q.2", SFTR_BF16, 2, { 2, 4, 0 } },
		{ "conv", SFTR_I16, 3, { 2, 3, 4 } },
		{ "eps", SFTR_F64, 0, { 0, 0, 0 } },
		{ "none", SFTR_I32, 2, { 0, 7, 0 } },
		{ "a b|c*d\\e#", SFTR_I8, 1, { 4, 0, 0 } },
		{ "", SFTR_BOOL, 1, { 1, 0, 0 } },
	};
	static const uint8_t data[256] = { 1, 2, 3, 4, 5, 6, 7, 8, 9 };
	sftr_array arrays[sizeof all / sizeof all[0]];
	sftr_checkpoint *c;

	memset(arrays, 0, sizeof arrays);
	for (size_t i = 0; i < sizeof all / sizeof all[0]; i++) {
		sftr_array *a = &arrays[i];

		a->name.ptr = all[i].name;
		a->name.len = strlen(all[i].name);
		a->dtype = all[i].dtype;
		a->rank = all[i].rank;
		a->shape = all[i].shape;
		a->n_bytes = sftr_dtype_bits(a->dtype) / 8;
		for (uint32_t d = 0; d < a->rank; d++)
			a->n_bytes *= a->shape[d];
		a->bytes = data + i;
	}
	need(sftr_checkpoint_open_arrays(arrays, sizeof all / sizeof all[0],
					 NULL, &c, NULL) == SFTR_OK,
	     "arrays");
	return c;
}

/* What a binding comes to: a slot and an array for each filled slot. */
struct result {
	sftr_slot slots[MAX_SLOTS];
	sftr_array arrays[MAX_SLOTS];
	uint8_t data[ROOM];
	size_t n, n_data;
};

static bool
collect(sftr_binding *b, struct result *r)
{
	r->n = r->n_data = 0;
	for (size_t i = 0; i < sftr_binding_count(b); i++) {
		sftr_slot *slot = &r->slots[r->n];
		sftr_array *array = &r->arrays[r->n];
		sftr_bound bound;

		need(sftr_binding_at(b, i, &bound, NULL) == SFTR_OK, "slot");
		if (bound.state == SFTR_UNBOUND)
			continue;
		if (r->n == MAX_SLOTS || bound.n_bytes > ROOM - r->n_data)
			return false;
		memset(slot, 0, sizeof *slot);
		slot->name = array->name = bound.name;
		slot->dtype = array->dtype = bound.dtype;
		slot->shape = array->shape = bound.shape;
		slot->rank = array->rank = bound.rank;
		slot->place = SFTR_PLACE_NONE;
		array->bytes = r->data + r->n_data;
		array->n_bytes = bound.n_bytes;
		need(sftr_binding_read(b, i, 0, r->data + r->n_data,
				       (size_t)bound.n_bytes, NULL) == SFTR_OK,
		     "cannot read %s", bound.name.ptr);
		r->n_data += (size_t)bound.n_bytes;
		r->n++;
	}
	return true;
}

/* The manifest of it; NULL if it has a name that no manifest can say. */
static char *
written(const struct result *r, sftr_codec codec, size_t *n)
{
	sftr_error err;
	sftr_code code =
		sftr_manifest_format(r->slots, r->n, codec, NULL, 0, n, &err);
	size_t again;
	char *text;

	if (code == SFTR_E_CODEC)
		return NULL;
	need(code == SFTR_E_CAPACITY, "%s", err.message);
	text = fuzz_bytes(*n + 1);
	need(sftr_manifest_format(r->slots, r->n, codec, text, *n + 1, &again,
				  &err) == SFTR_OK &&
		     again == *n,
	     "%zu bytes, %zu before", again, *n);
	return text;
}

static void
same(const struct result *a, const struct result *b)
{
	need(a->n == b->n && a->n_data == b->n_data &&
		     memcmp(a->data, b->data, a->n_data) == 0,
	     "%zu slots, then %zu", a->n, b->n);
	for (size_t i = 0; i < a->n; i++)
		need(a->slots[i].dtype == b->slots[i].dtype &&
			     a->slots[i].rank == b->slots[i].rank &&
			     memcmp(a->slots[i].shape, b->slots[i].shape,
				    a->slots[i].rank * sizeof(uint64_t)) == 0,
		     "slot %zu", i);
}

/* Its own manifest binds all of a checkpoint that holds just this. */
static void
comes_back(const struct result *first, const sftr_bind_options *as_before)
{
	static struct result second;
	sftr_bind_options options = { .allocator = as_before->allocator };
	size_t n, n_twice;
	char *text = written(first, SFTR_CODEC_DOTTED, &n), *twice;
	sftr_checkpoint *c;
	sftr_binding *b;
	sftr_error err;

	options.codec = options.slot_codec = SFTR_CODEC_DOTTED;
	if (text == NULL)
		return;
	/* Two lines may want one name, which no checkpoint has twice. */
	if (sftr_checkpoint_open_arrays(first->arrays, first->n, NULL, &c,
					NULL) == SFTR_OK) {
		need(sftr_bind_manifest(text, n, c, &options, &b, &err) ==
			     SFTR_OK,
		     "%s: %s in\n%s", err.key, err.message, text);
		need(collect(b, &second), "more than there was");
		same(first, &second);
		twice = written(&second, SFTR_CODEC_DOTTED, &n_twice);
		need(twice != NULL && n == n_twice &&
			     memcmp(text, twice, n) == 0,
		     "%s, before\n%s", twice, text);
		free(twice);
		sftr_binding_free(b);
		sftr_checkpoint_close(c);
	}
	free(text);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct result result;
	struct fuzz_input in = { data, data + size };
	uint8_t byte = fuzz_next(&in);
	const char *text = (const char *)in.p;
	size_t n = (size_t)(in.end - in.p);
	sftr_bind_options options = { .codec = SFTR_CODEC_DOTTED };
	sftr_checkpoint *c = offered();
	struct fuzz_memory memory;
	/* A binding that is read keeps 24 MiB and takes a few for a while. */
	sftr_allocator a = fuzz_allocator(&memory, (40 << 20) + 4096 * size);
	sftr_binding *b;
	sftr_error err;
	sftr_code code;

	options.allocator = &a;
	options.unexpected = SFTR_IGNORE;
	options.shape = (byte & 1) != 0 ? SFTR_WARN : SFTR_REFUSE;
	options.missing = (byte & 2) != 0 ? SFTR_WARN : SFTR_REFUSE;
	options.conversion = (byte & 4) != 0 ? SFTR_LOSSLESS : SFTR_EXACT;
	code = sftr_bind_manifest(text, n, c, &options, &b, &err);
	if (code != SFTR_OK)
		fuzz_refusal(&err, code, n);
	else if (collect(b, &result))
		comes_back(&result, &options);
	sftr_binding_free(b);
	sftr_checkpoint_close(c);
	fuzz_all_freed(&memory);
	return 0;
}
