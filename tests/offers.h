/* SPDX-License-Identifier: MIT */
/* Checkpoints of arrays in memory, for tests of what binds to them. */
#ifndef SFTR_TESTS_OFFERS_H
#define SFTR_TESTS_OFFERS_H

#include <safetree/checkpoint.h>

#include <check.h>
#include <string.h>

/* A tensor of up to 4 dimensions. */
struct offered {
	const char *name;
	sftr_dtype dtype;
	uint32_t rank;
	uint64_t shape[4];
	const void *bytes;
};

/* Its bytes are little-endian; NULL: those of a counting pattern. */
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

		a->name.ptr = offered[i].name;
		a->name.len = strlen(offered[i].name);
		a->dtype = offered[i].dtype;
		a->rank = offered[i].rank;
		a->shape = offered[i].shape;
		a->n_bytes = sftr_dtype_bits(a->dtype);
		for (uint32_t k = 0; k < a->rank; k++)
			a->n_bytes *= a->shape[k];
		a->n_bytes /= 8;
		a->bytes = offered[i].bytes != NULL ? offered[i].bytes :
						      pattern + i * 64;
	}
	ck_assert_msg(sftr_checkpoint_open_arrays(arrays, n, NULL, &ckpt,
						  &err) == SFTR_OK,
		      "%s: %s", err.key, err.message);
	return ckpt;
}

#endif
