/* SPDX-License-Identifier: MIT */
/* Checkpoints of arrays in memory, for tests of what binds to them. */
#ifndef SFTR_TESTS_OFFERS_H
#define SFTR_TESTS_OFFERS_H

#include "base/bytes.h"
#include "numeric/swap.h"
#include "str.h"
#include "suite.h"

#include <check.h>
#include <safetree/checkpoint.h>
#include <string.h>

/* A tensor of up to 4 dimensions. */
struct offered {
	const char *name;
	sftr_dtype dtype;
	uint32_t rank;
	uint64_t shape[4];
	const void *bytes;
};

/*
 * Bytes in the host's order as a file has them: themselves, or a copy, turned
 * round, that lives as long as the test.
 */
static inline const void *
offered_bytes(const struct offered *o, size_t n_bytes)
{
	static unsigned char turned[1 << 14];
	static size_t used;
	unsigned char *copy = turned + used;

	if (!SFTR__BIG_ENDIAN)
		return o->bytes;
	ck_assert_uint_le(n_bytes, sizeof turned - used);
	sftr__copy_to_host(o->dtype, copy, o->bytes, n_bytes, false);
	used += (n_bytes + 7) / 8 * 8;
	return copy;
}

/* Its bytes are in the host's order; NULL: a counting pattern in a file's. */
static inline sftr_checkpoint *
offer(const struct offered *offered, size_t n)
{
	static unsigned char pattern[1 << 16];
	sftr_array arrays[64];
	sftr_checkpoint *ckpt;
	sftr_error err;

	ck_assert_uint_le(n, 64);
	for (size_t i = 0; i < sizeof pattern; i++)
		pattern[i] = (unsigned char)(i * 7 + i / 256);
	memset(arrays, 0, sizeof arrays);
	for (size_t i = 0; i < n; i++) {
		sftr_array *a = &arrays[i];

		a->name = str(offered[i].name);
		a->dtype = offered[i].dtype;
		a->rank = offered[i].rank;
		a->shape = offered[i].shape;
		a->n_bytes = sftr_dtype_bits(a->dtype);
		for (uint32_t k = 0; k < a->rank; k++)
			a->n_bytes *= a->shape[k];
		a->n_bytes /= 8;
		a->bytes =
			offered[i].bytes != NULL ?
				offered_bytes(&offered[i], (size_t)a->n_bytes) :
				pattern + i * 64;
	}
	assert_ok(sftr_checkpoint_open_arrays(arrays, n, NULL, &ckpt, &err),
		  err);
	return ckpt;
}

#endif
