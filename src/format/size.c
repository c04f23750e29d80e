/* SPDX-License-Identifier: MIT */
#include "format/size.h"

#include "base/bytes.h"

/* The first dimension with which product x bits passes 64 bits. */
static uint32_t
find_overflow(const uint64_t *shape, uint32_t rank, unsigned bits)
{
	uint64_t product = 1, n_bits;
	uint32_t i;

	for (i = 0; i < rank; i++)
		if (!sftr__mul(product, shape[i] == 0 ? 1 : shape[i],
			       &product) ||
		    !sftr__mul(product, bits, &n_bits))
			break;
	return i;
}

sftr_code
sftr__tensor_size(sftr_policy policy, sftr_dtype dtype, const uint64_t *shape,
		  uint32_t rank, uint64_t *n_bytes, uint32_t *dim)
{
	unsigned bits = sftr_dtype_bits(dtype);
	uint64_t product = 1; /* left to right, as the official reader */
	uint64_t n_bits = 0;

	*dim = 0;
	for (uint32_t i = 0; i < rank; i++) {
		if (!sftr__mul(product, shape[i], &product)) {
			*dim = i;
			return SFTR_E_RANGE;
		}
	}
	/* Strict: with a zero, no order of the dimensions may overflow. */
	if (!sftr__mul(product, bits, &n_bits) ||
	    (product == 0 && policy == SFTR_STRICT)) {
		*dim = find_overflow(shape, rank, bits);
		if (*dim < rank)
			return SFTR_E_RANGE;
	}
	if (n_bits % 8 != 0)
		return SFTR_E_PARTIAL;
	*n_bytes = n_bits / 8;
	return SFTR_OK;
}
