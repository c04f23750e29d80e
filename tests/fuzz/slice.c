/* SPDX-License-Identifier: MIT */
/*
 * A tensor, described by the first bytes, and the text of a selection.  What is
 * selected lies in the tensor, and its bytes are those of the plainest loop
 * over all its indices.
 *
 *	byte 0        dtype; 0x80: huge extents, of which nothing is read
 *	byte 1        rank, 0 to 5
 *	a byte each   extents
 */
#include "fuzz.h"

#include "base/bytes.h"

#include <stdlib.h>
#include <string.h>

const char fuzz_name[] = "slice";

#define MAX_RANK 5

static const sftr_dtype dtypes[] = { SFTR_U8,  SFTR_I16, SFTR_F32,
				     SFTR_U64, SFTR_F4,	 SFTR_F6_E2M3 };

static void
get_bit(const uint8_t *from, uint64_t at, uint8_t *to, uint64_t to_at)
{
	unsigned bit = from[at / 8] >> (at % 8) & 1;

	to[to_at / 8] = (uint8_t)(to[to_at / 8] | bit << (to_at % 8));
}

/* Element by element, bit by bit, in C order. */
static void
plain_copy(const sftr_tensor *t, const sftr_slice *s, const uint8_t *from,
	   uint8_t *to)
{
	uint64_t index[MAX_RANK + 1], out = 0, bits = sftr_dtype_bits(t->dtype);
	uint32_t d;

	for (d = 0; d < t->rank; d++) {
		index[d] = s[d].start;
		if (s[d].start >= s[d].stop)
			return;
	}
	do {
		uint64_t element = 0;

		for (d = 0; d < t->rank; d++)
			element = element * t->shape[d] + index[d];
		for (uint64_t b = 0; b < bits; b++)
			get_bit(from, element * bits + b, to, out++);
		for (d = t->rank; d > 0; d--) {
			index[d - 1] += s[d - 1].step;
			if (index[d - 1] < s[d - 1].stop)
				break;
			index[d - 1] = s[d - 1].start;
		}
	} while (d > 0);
}

/* Little-endian elements to the host's order. */
static void
to_host(uint8_t *bytes, size_t n, size_t width)
{
	const uint16_t one = 1;

	if (*(const uint8_t *)&one == 1 || width < 2)
		return;
	for (size_t i = 0; i + width <= n; i += width)
		for (size_t k = 0; k < width / 2; k++) {
			uint8_t byte = bytes[i + k];

			bytes[i + k] = bytes[i + width - 1 - k];
			bytes[i + width - 1 - k] = byte;
		}
}

static uint64_t
chosen(const sftr_slice *s)
{
	if (s->start >= s->stop)
		return 0;
	return (s->stop - s->start - 1) / s->step + 1;
}

static void
lies_in_the_tensor(const sftr_tensor *t, const sftr_slice *s)
{
	for (uint32_t d = 0; d < t->rank; d++) {
		need(s[d].step >= 1, "step of %u", d);
		need(s[d].start <= s[d].stop && s[d].stop <= t->shape[d],
		     "dimension %u", d);
		need(!s[d].drop || chosen(&s[d]) == 1, "drops %u", d);
	}
}

static void
shape_is_as_chosen(const sftr_tensor *t, const sftr_slice *s,
		   const uint64_t *shape, uint32_t rank)
{
	uint32_t k = 0;

	for (uint32_t d = 0; d < t->rank; d++)
		if (!s[d].drop)
			need(k < rank && shape[k++] == chosen(&s[d]),
			     "extent %u", d);
	need(k == rank, "rank %u", rank);
}

/* Reads the selection by runs and by the plain loop. */
static void
same_bytes(const sftr_tensor *t, const sftr_slice *slices, uint64_t n_bytes)
{
	static uint8_t data[65536];
	const sftr_array array = { t->name,  t->shape, t->rank,
				   t->dtype, data,     t->end - t->begin };
	size_t n = (size_t)n_bytes;
	uint8_t *ours = fuzz_bytes(n), *plain = fuzz_bytes(n);
	sftr_checkpoint *c;
	const sftr_tensor *stored;

	for (size_t i = 0; i < sizeof data; i++)
		data[i] = (uint8_t)(i * 31 + i / 251);
	need(sftr_checkpoint_open_arrays(&array, 1, NULL, &c, NULL) == SFTR_OK,
	     "open");
	stored = sftr_checkpoint_at(c, 0);
	memset(plain, 0, n);
	memset(ours, 0xa5, n);
	plain_copy(t, slices, data, plain);
	to_host(plain, n, sftr_dtype_bits(t->dtype) / 8);
	need(sftr_checkpoint_read_slice(c, stored, slices, ours, n, NULL) ==
		     SFTR_OK,
	     "read");
	need(memcmp(ours, plain, n) == 0, "other bytes");
	if (n > 0)
		need(sftr_checkpoint_read_slice(c, stored, slices, ours, n - 1,
						NULL) == SFTR_E_CAPACITY,
		     "a buffer too small");
	sftr_checkpoint_close(c);
	free(ours);
	free(plain);
}

static void
judge(const sftr_tensor *t, const char *text, size_t n, bool is_huge)
{
	sftr_slice slices[MAX_RANK + 1];
	uint64_t shape[MAX_RANK + 1], n_bytes;
	uint32_t rank;
	sftr_error err;
	sftr_code code = sftr_slice_parse(text, n, t, slices, &err);

	if (code != SFTR_OK) {
		need(code == SFTR_E_SLICE, "%s", err.message);
		fuzz_refusal(&err, code, n);
		return;
	}
	lies_in_the_tensor(t, slices);
	code = sftr_slice_shape(t, slices, shape, &rank, &n_bytes, &err);
	if (code != SFTR_OK) {
		need(sftr_dtype_bits(t->dtype) < 8, "%s", err.message);
		fuzz_refusal(&err, code, n);
		return;
	}
	shape_is_as_chosen(t, slices, shape, rank);
	need(n_bytes <= t->end - t->begin, "more than all");
	if (!is_huge)
		same_bytes(t, slices, n_bytes);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct fuzz_input in = { data, data + size };
	uint8_t kind = fuzz_next(&in);
	uint64_t shape[MAX_RANK + 1], bits;
	sftr_tensor t = { .name = SFTR_STR("t"), .shape = shape };
	bool is_huge = (kind & 0x80) != 0;

	t.dtype = dtypes[kind % 0x80 % (sizeof dtypes / sizeof dtypes[0])];
	t.rank = fuzz_next(&in) % (MAX_RANK + 1);
	bits = sftr_dtype_bits(t.dtype);
	for (uint32_t d = 0; d < t.rank; d++) {
		uint8_t b = fuzz_next(&in);

		shape[d] = is_huge ? (UINT64_C(1) << b % 64) - b / 64 : b % 7;
		if (!sftr__mul(bits, shape[d], &bits))
			return 0;
	}
	if (bits % 8 != 0)
		return 0;
	t.end = bits / 8;
	judge(&t, (const char *)in.p, (size_t)(in.end - in.p), is_huge);
	return 0;
}
