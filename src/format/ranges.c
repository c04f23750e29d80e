/* SPDX-License-Identifier: MIT */
#include "format/ranges.h"

#include "base/alloc.h"
#include "format/entry.h"
#include "format/rule.h"
#include "format/size.h"

#include <inttypes.h>
#include <stdio.h>

#define DIGIT_BITS 11
#define N_DIGITS (1 << DIGIT_BITS)
#define NO_PLACE UINT32_MAX

enum key { BEGIN, END };

static uint64_t
key_of(const sftr_tensor *t, enum key key)
{
	return key == BEGIN ? t->begin : t->end;
}

/*
 * Sorts places by a key, stably, in one pass a digit that differs; 'other' is
 * as large.  Returns whichever of the two holds the result.
 */
static uint32_t *
sort_places(const sftr_tensor *tensors, size_t n, enum key key,
	    uint32_t *places, uint32_t *other)
{
	uint64_t all = 0, any = 0;

	for (size_t i = 0; i < n; i++) {
		uint64_t k = key_of(&tensors[i], key);

		all = i == 0 ? k : all & k;
		any |= k;
	}
	for (unsigned shift = 0; shift < 64; shift += DIGIT_BITS) {
		uint32_t next[N_DIGITS] = { 0 };
		uint32_t *swap = places, sum = 0;

		if ((((all ^ any) >> shift) & (N_DIGITS - 1)) == 0)
			continue;
		for (size_t i = 0; i < n; i++)
			next[(key_of(&tensors[i], key) >> shift) &
			     (N_DIGITS - 1)]++;
		for (size_t d = 0; d < N_DIGITS; d++) {
			uint32_t count = next[d];

			next[d] = sum;
			sum += count;
		}
		for (size_t i = 0; i < n; i++) {
			uint64_t k = key_of(&tensors[places[i]], key);

			other[next[(k >> shift) & (N_DIGITS - 1)]++] =
				places[i];
		}
		places = other;
		other = swap;
	}
	return places;
}

static uint32_t *
new_places(size_t n, const sftr_allocator *a)
{
	uint32_t *places = sftr__alloc(a, 2 * n * sizeof *places);

	if (places != NULL)
		for (size_t i = 0; i < n; i++)
			places[i] = (uint32_t)i;
	return places;
}

/*
 * Tensors that begin at one place tile it if one of them at most has bytes:
 * an order by 'begin' is enough.
 */
static bool
tile_in_order(const sftr_tensor *tensors, const uint32_t *places, size_t n,
	      uint64_t n_bytes)
{
	uint64_t begin = 0, end = 0;

	for (size_t i = 0; i < n; i++) {
		const sftr_tensor *t = &tensors[places[i]];

		if (t->begin != begin) {
			if (t->begin != end)
				return false;
			begin = end;
		}
		if (t->end == t->begin)
			continue;
		if (t->end < t->begin || end != begin)
			return false;
		end = t->end;
	}
	return end == n_bytes;
}

bool
sftr__ranges_tile(const sftr_tensor *tensors, size_t n, uint64_t n_bytes,
		  const sftr_allocator *a, bool *tile)
{
	uint32_t *places = new_places(n, a);

	if (places == NULL)
		return false;
	*tile = tile_in_order(
		tensors, sort_places(tensors, n, BEGIN, places, places + n), n,
		n_bytes);
	sftr__free(a, places, 2 * n * sizeof *places);
	return true;
}

/* A tensor's faults, few, sorted by where they stand. */
struct faults {
	const sftr__ranges *in;
	const sftr_tensor *tensor;
	sftr_diagnostic list[3];
	size_t n;
	bool is_cut_told; /* one tensor past the file's end tells it all */
};

static sftr_diagnostic *
add(struct faults *f, enum sftr__rule rule, const char *at)
{
	uint64_t offset = f->in->text_offset + (uint64_t)(at - f->in->text);
	size_t i = f->n++;
	sftr_diagnostic *d;

	for (; i > 0 && f->list[i - 1].offset > offset; i--)
		f->list[i] = f->list[i - 1];
	d = &f->list[i];
	memset(d, 0, sizeof *d);
	d->offset = offset;
	d->rule = rule;
	return d;
}

/* The k-th extent of a shape that has been parsed before. */
static const char *
find_dim(const char *shape_at, uint32_t k)
{
	const char *p = shape_at + 1;

	for (; k > 0; p++)
		k -= *p == ',';
	while (*p < '0' || *p > '9')
		p++;
	return p;
}

/* As people write shapes: [32,33], the middle left out where there is much. */
static void
print_shape(const uint64_t *shape, uint32_t rank, char *text, size_t size)
{
	size_t n = 0;

	text[n++] = '[';
	for (uint32_t i = 0; i < rank; i++) {
		int k = snprintf(text + n, size - n, "%s%" PRIu64,
				 i > 0 ? "," : "", shape[i]);

		if ((size_t)k + 8 >= size - n) {
			n += (size_t)snprintf(text + n, size - n, "%s...",
					      i > 0 ? "," : "");
			break;
		}
		n += (size_t)k;
	}
	snprintf(text + n, size - n, "]");
}

static void
examine_size(struct faults *f, const sftr__entry *e)
{
	const sftr_tensor *t = f->tensor;
	const char *dtype = sftr_dtype_name(t->dtype);
	uint64_t n_bytes, range = t->end - t->begin;
	sftr_diagnostic *d;
	char shape[64];
	uint32_t dim;

	print_shape(t->shape, t->rank, shape, sizeof shape);
	switch (sftr__tensor_size(f->in->policy, t->dtype, t->shape, t->rank,
				  &n_bytes, &dim)) {
	case SFTR_E_RANGE:
		d = add(f, SFTR__RULE_OVERFLOW, find_dim(e->shape_at, dim));
		sftr__set_fault(d, SFTR_E_RANGE,
				"%s %s is more than 2^64-1 bits", dtype, shape);
		return;
	case SFTR_E_PARTIAL:
		d = add(f, SFTR__RULE_WHOLE_BYTES, e->shape_at);
		sftr__set_fault(d, SFTR_E_PARTIAL,
				"%s %s does not fill whole bytes", dtype,
				shape);
		return;
	default: break;
	}
	if (t->end < t->begin || range == n_bytes)
		return;
	d = add(f, SFTR__RULE_SIZE, e->end_at);
	sftr__set_fault(d, SFTR_E_SIZE,
			"is %s %s = %" PRIu64
			" bytes, its range holds %" PRIu64,
			dtype, shape, n_bytes, range);
}

static void
examine_range(struct faults *f, const sftr__entry *e, const sftr_tensor *before)
{
	uint64_t free_from = before == NULL ? 0 : before->end;
	const sftr_tensor *t = f->tensor;
	sftr_diagnostic *d = NULL;

	if (t->end < t->begin) {
		d = add(f, SFTR__RULE_FORWARD, e->end_at);
		sftr__set_fault(d, SFTR_E_REVERSED,
				"the range ends at %" PRIu64
				", before it begins at %" PRIu64,
				t->end, t->begin);
	} else if (t->end > f->in->n_bytes && !f->is_cut_told) {
		f->is_cut_told = true;
		d = add(f, SFTR__RULE_INSIDE, e->end_at);
		sftr__set_fault(d, SFTR_E_TRUNCATED,
				"the range ends at %" PRIu64
				", the file holds %" PRIu64 " byte%s of data",
				t->end, f->in->n_bytes,
				f->in->n_bytes == 1 ? "" : "s");
	}
	if (t->begin > free_from) {
		d = add(f, SFTR__RULE_NO_HOLE, e->begin_at);
		sftr__set_fault(d, SFTR_E_HOLE,
				"begins at %" PRIu64 ", expected %" PRIu64
				": %" PRIu64 " %s to no tensor",
				t->begin, free_from, t->begin - free_from,
				t->begin - free_from == 1 ? "byte belongs" :
							    "bytes belong");
	} else if (t->begin < free_from) {
		d = add(f, SFTR__RULE_NO_OVERLAP, e->begin_at);
		sftr__set_fault(
			d, SFTR_E_OVERLAP,
			"begins at %" PRIu64
			", inside another tensor, which ends at %" PRIu64,
			t->begin, free_from);
	}
	if (before != NULL && t->begin != free_from)
		sftr__set_other(d, before->name.ptr, before->name.len);
}

static void
report_tensor(sftr__entry_reader *r, struct faults *f, const sftr_tensor *t,
	      const sftr_tensor *before, sftr__findings *findings)
{
	const sftr__ranges *ranges = f->in;
	sftr__entry e;

	f->tensor = t;
	f->n = 0;
	/* Behind the name's NUL stand spaces and the colon: see json.h. */
	r->reader.json.p =
		ranges->text + (t->name.ptr - ranges->text) + t->name.len + 1;
	/* Its shape is read again to where it is: no memory for that. */
	r->dims = (uint64_t *)(uintptr_t)t->shape;
	r->dims_capacity = t->rank + (t->rank >= SFTR__LONG_RANK);
	r->n_dims = 0;
	sftr__entry_parse(r, &e);
	examine_size(f, &e);
	examine_range(f, &e, before);
	for (size_t i = 0; i < f->n && sftr__findings_more(findings); i++) {
		sftr__set_key(&f->list[i], t->name.ptr, t->name.len);
		sftr__findings_add(findings, &f->list[i]);
	}
}

/*
 * places[] in (begin, end) order becomes, for each place, the tensor that ends
 * last of those before it, in before[].
 */
static uint64_t
find_before(const sftr__ranges *ranges, const uint32_t *places,
	    uint32_t *before)
{
	uint32_t last = NO_PLACE;

	for (size_t i = 0; i < ranges->n; i++) {
		const sftr_tensor *t = &ranges->tensors[places[i]];

		before[places[i]] = last;
		if (last == NO_PLACE || t->end > ranges->tensors[last].end)
			last = places[i];
	}
	return last == NO_PLACE ? 0 : ranges->tensors[last].end;
}

static void
report_trailing(const sftr__ranges *ranges, uint64_t end,
		sftr__findings *findings)
{
	sftr_diagnostic d;

	if (end >= ranges->n_bytes || !sftr__findings_more(findings))
		return;
	sftr__fail_at(
		&d, SFTR_E_TRAILING, ranges->text_offset + ranges->n_text + end,
		"%" PRIu64 " byte%s after the last tensor, expected none",
		ranges->n_bytes - end, ranges->n_bytes - end == 1 ? "" : "s");
	d.rule = SFTR__RULE_NO_TRAILING;
	sftr__findings_add(findings, &d);
}

bool
sftr__ranges_report(const sftr__ranges *ranges, const sftr_allocator *a,
		    sftr__findings *findings)
{
	uint32_t *block = new_places(ranges->n, a);
	size_t n = ranges->n;
	uint32_t *places, *before;
	sftr__entry_reader r = { .reader.allocator = a,
				 .reader.policy = ranges->policy };
	struct faults f = { .in = ranges };
	uint64_t end;

	if (block == NULL)
		return false;
	places = sort_places(ranges->tensors, n, END, block, block + n);
	places = sort_places(ranges->tensors, n, BEGIN, places,
			     places == block ? block + n : block);
	before = places == block ? block + n : block;
	end = find_before(ranges, places, before);
	sftr__json_init(&r.reader.json, ranges->text, ranges->n_text,
			ranges->text_offset, &r.reader.error);
	for (size_t i = 0; i < n && sftr__findings_more(findings); i++)
		report_tensor(&r, &f, &ranges->tensors[i],
			      before[i] == NO_PLACE ?
				      NULL :
				      &ranges->tensors[before[i]],
			      findings);
	report_trailing(ranges, end, findings);
	sftr__free(a, block, 2 * n * sizeof *block);
	return true;
}
