/* SPDX-License-Identifier: MIT */
/*
 * A whole file, read under both policies.  What strict accepts, the reference
 * accepts with the same records; what is accepted tiles the data; written again
 * it is the same; a refusal lies in the input, and check finds what open found.
 */
#include "fuzz.h"

#include <stdlib.h>
#include <string.h>

const char fuzz_name[] = "header";

static bool
same_text(sftr_str a, sftr_str b)
{
	return a.len == b.len && memcmp(a.ptr, b.ptr, a.len) == 0;
}

static bool
same_shape(const sftr_tensor *a, const sftr_tensor *b)
{
	return a->dtype == b->dtype && a->rank == b->rank &&
	       memcmp(a->shape, b->shape, a->rank * sizeof *a->shape) == 0;
}

static void
same_records(const sftr_checkpoint *a, const sftr_checkpoint *b)
{
	size_t n = sftr_checkpoint_count(a);
	size_t n_metadata = sftr_checkpoint_n_metadata(a);

	need(n == sftr_checkpoint_count(b), "%zu tensors", n);
	for (size_t i = 0; i < n; i++) {
		const sftr_tensor *s = sftr_checkpoint_at(a, i);
		const sftr_tensor *t = sftr_checkpoint_at(b, i);

		need(same_text(s->name, t->name) && same_shape(s, t) &&
			     s->begin == t->begin && s->end == t->end,
		     "tensor %zu", i);
	}
	need(n_metadata == sftr_checkpoint_n_metadata(b), "%zu", n_metadata);
	for (size_t i = 0; i < n_metadata; i++) {
		const sftr_metadata *s = sftr_checkpoint_metadata_at(a, i);
		const sftr_metadata *t = sftr_checkpoint_metadata_at(b, i);

		need(same_text(s->key, t->key) && same_text(s->value, t->value),
		     "metadata %zu", i);
	}
}

/* Elements times bits, by the plainest multiplication; extents of 0 first. */
static uint64_t
plain_size(const sftr_tensor *t)
{
	uint64_t bits = sftr_dtype_bits(t->dtype);

	need(bits > 0, "dtype %u", (unsigned)t->dtype);
	for (uint32_t i = 0; i < t->rank; i++)
		if (t->shape[i] == 0)
			return 0;
	for (uint32_t i = 0; i < t->rank; i++) {
		need(bits <= UINT64_MAX / t->shape[i], "wraps");
		bits *= t->shape[i];
	}
	need(bits % 8 == 0, "%llu bits", (unsigned long long)bits);
	return bits / 8;
}

static int
by_place(const void *a, const void *b)
{
	const sftr_tensor *s = *(const sftr_tensor *const *)a;
	const sftr_tensor *t = *(const sftr_tensor *const *)b;

	if (s->begin != t->begin)
		return s->begin < t->begin ? -1 : 1;
	return s->end < t->end ? -1 : s->end > t->end;
}

static void
tiles_the_data(const sftr_checkpoint *c, size_t size)
{
	uint64_t at = 0, start = sftr_checkpoint_data_start(c, 0);
	size_t n = sftr_checkpoint_count(c);
	const sftr_tensor **order = fuzz_bytes(n * sizeof *order);

	for (size_t i = 0; i < n; i++) {
		const sftr_tensor *t = sftr_checkpoint_at(c, i);

		order[i] = t;
		need(t->name.ptr[t->name.len] == '\0', "not terminated");
		need(sftr_checkpoint_find(c, t->name.ptr, t->name.len) == t,
		     "tensor %zu is not found", i);
		need(t->end - t->begin == plain_size(t), "size of %zu", i);
	}
	qsort(order, n, sizeof *order, by_place);
	for (size_t i = 0; i < n; i++) {
		need(order[i]->begin == at && order[i]->end >= at, "tensor %zu",
		     i);
		at = order[i]->end;
	}
	need(start + at == size, "%llu of %zu", (unsigned long long)at, size);
	free(order);
}

/* What the writer makes of a checkpoint; owned. */
static uint8_t *
written(const sftr_checkpoint *c, size_t *n_bytes)
{
	const sftr_str own = { NULL, 0 };
	sftr_writer *w;

	need(sftr_writer_new(NULL, &w, NULL) == SFTR_OK, "writer");
	for (size_t i = 0; i < sftr_checkpoint_count(c); i++)
		need(sftr_writer_add_tensor(w, own, c, sftr_checkpoint_at(c, i),
					    NULL) == SFTR_OK,
		     "tensor %zu", i);
	for (size_t i = 0; i < sftr_checkpoint_n_metadata(c); i++) {
		const sftr_metadata *m = sftr_checkpoint_metadata_at(c, i);

		need(sftr_writer_add_metadata(w, m->key, m->value, NULL) ==
			     SFTR_OK,
		     "metadata %zu", i);
	}
	return fuzz_written(w, n_bytes);
}

static void
is_the_same_written(const sftr_checkpoint *c, const uint8_t *data)
{
	uint64_t start = sftr_checkpoint_data_start(c, 0), again_start;
	size_t n, n_twice;
	uint8_t *file = written(c, &n), *twice;
	sftr_checkpoint *again;

	need(sftr_checkpoint_open_memory(file, n, NULL, &again, NULL) ==
		     SFTR_OK,
	     "cannot read what was written");
	again_start = sftr_checkpoint_data_start(again, 0);
	need(sftr_checkpoint_count(c) == sftr_checkpoint_count(again) &&
		     sftr_checkpoint_n_metadata(c) ==
			     sftr_checkpoint_n_metadata(again),
	     "counts");
	for (size_t i = 0; i < sftr_checkpoint_count(c); i++) {
		const sftr_tensor *s = sftr_checkpoint_at(c, i), *t;

		t = sftr_checkpoint_find(again, s->name.ptr, s->name.len);
		need(t != NULL && same_shape(s, t) &&
			     memcmp(data + start + s->begin,
				    file + again_start + t->begin,
				    (size_t)(s->end - s->begin)) == 0,
		     "tensor %zu", i);
	}
	for (size_t i = 0; i < sftr_checkpoint_n_metadata(c); i++) {
		const sftr_metadata *s = sftr_checkpoint_metadata_at(c, i), *t;

		t = sftr_checkpoint_metadata(again, s->key.ptr, s->key.len);
		need(t != NULL && same_text(s->value, t->value), "metadata %zu",
		     i);
	}
	twice = written(again, &n_twice);
	need(n == n_twice && memcmp(file, twice, n) == 0, "not canonical");
	sftr_checkpoint_close(again);
	free(twice);
	free(file);
}

struct found {
	size_t size;
	uint64_t n_errors;
	sftr_diagnostic first;
};

static int
keep_first(void *user, const sftr_diagnostic *d)
{
	struct found *f = user;

	fuzz_refusal(d, d->code, f->size);
	if (d->severity == SFTR_ERROR && f->n_errors++ == 0)
		f->first = *d;
	return 0;
}

/* Checking goes on where opening stops, and begins with the same words. */
static void
check_agrees(const uint8_t *data, size_t size, const sftr_open_options *options,
	     sftr_code code, const sftr_error *err)
{
	struct found f = { .size = size };
	uint64_t n_errors;

	need(sftr_check_memory(data, size, options, keep_first, &f, &n_errors,
			       NULL) == SFTR_OK,
	     "cannot judge");
	need(n_errors == f.n_errors, "%llu", (unsigned long long)n_errors);
	need((code == SFTR_OK) == (n_errors == 0), "open says %d", code);
	if (code != SFTR_OK)
		need(f.first.code == code && f.first.offset == err->offset &&
			     f.first.rule == err->rule &&
			     strcmp(f.first.message, err->message) == 0,
		     "%s, not %s", f.first.message, err->message);
}

static sftr_checkpoint *
opened(const uint8_t *data, size_t size, sftr_open_options *options)
{
	sftr_checkpoint *c, *head = NULL;
	size_t n_head = size;
	sftr_error err;
	sftr_code code;

	code = sftr_checkpoint_open_memory(data, size, options, &c, &err);
	if (code == SFTR_OK) {
		tiles_the_data(c, size);
		n_head = (size_t)sftr_checkpoint_data_start(c, 0);
	} else {
		need(c == NULL, "not NULL");
		need(code >= SFTR_E_TRUNCATED && code < SFTR_E_INDEX, "%s: %s",
		     sftr_code_name(code), err.message);
		fuzz_refusal(&err, code, size);
	}
	check_agrees(data, size, options, code, &err);
	need(sftr_header_parse(data, n_head, size, options, &head, NULL) ==
		     code,
	     "the head alone is judged otherwise");
	if (code == SFTR_OK)
		same_records(c, head);
	sftr_checkpoint_close(head);
	return c;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	sftr_open_options options = { .policy = SFTR_STRICT };
	sftr_checkpoint *strict, *reference;
	struct fuzz_memory memory;
	sftr_allocator allocator = fuzz_allocator(&memory, 65536 + 48 * size);

	options.allocator = &allocator;
	strict = opened(data, size, &options);
	options.policy = SFTR_REFERENCE;
	reference = opened(data, size, &options);
	if (strict != NULL) {
		need(reference != NULL, "strict alone accepts");
		same_records(strict, reference);
		is_the_same_written(strict, data);
	}
	sftr_checkpoint_close(strict);
	sftr_checkpoint_close(reference);
	fuzz_all_freed(&memory);
	return 0;
}
