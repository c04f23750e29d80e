/* SPDX-License-Identifier: MIT */
/*
 * The size of a tensor, which its dtype and shape say.
 */
#ifndef SFTR_FORMAT_SIZE_H
#define SFTR_FORMAT_SIZE_H

#include <safetree/checkpoint.h>

/*
 * Bytes of a tensor under a policy.  SFTR_E_RANGE, with the dimension that is
 * too much in *dim, SFTR_E_PARTIAL, or SFTR_OK.
 */
sftr_code
sftr__tensor_size(sftr_policy policy, sftr_dtype dtype, const uint64_t *shape,
		  uint32_t rank, uint64_t *n_bytes, uint32_t *dim);

#endif
