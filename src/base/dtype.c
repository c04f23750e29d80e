/* SPDX-License-Identifier: MIT */
/*
 * The dtypes of the format: name and bits, in rank order.  What their bits
 * mean is numeric/cast's business.
 */
#include <safetree/base.h>

#include <string.h>

static const struct dtype {
	char name[13];
	unsigned char len;
	unsigned char bits;
} dtypes[SFTR_N_DTYPES] = {
	[SFTR_DTYPE_NONE] = { "?", 0, 0 },
	[SFTR_BOOL] = { "BOOL", 4, 8 },
	[SFTR_F4] = { "F4", 2, 4 },
	[SFTR_F6_E2M3] = { "F6_E2M3", 7, 6 },
	[SFTR_F6_E3M2] = { "F6_E3M2", 7, 6 },
	[SFTR_U8] = { "U8", 2, 8 },
	[SFTR_I8] = { "I8", 2, 8 },
	[SFTR_F8_E5M2] = { "F8_E5M2", 7, 8 },
	[SFTR_F8_E4M3] = { "F8_E4M3", 7, 8 },
	[SFTR_F8_E8M0] = { "F8_E8M0", 7, 8 },
	[SFTR_F8_E4M3FNUZ] = { "F8_E4M3FNUZ", 11, 8 },
	[SFTR_F8_E5M2FNUZ] = { "F8_E5M2FNUZ", 11, 8 },
	[SFTR_I16] = { "I16", 3, 16 },
	[SFTR_U16] = { "U16", 3, 16 },
	[SFTR_F16] = { "F16", 3, 16 },
	[SFTR_BF16] = { "BF16", 4, 16 },
	[SFTR_I32] = { "I32", 3, 32 },
	[SFTR_U32] = { "U32", 3, 32 },
	[SFTR_F32] = { "F32", 3, 32 },
	[SFTR_C64] = { "C64", 3, 64 },
	[SFTR_F64] = { "F64", 3, 64 },
	[SFTR_I64] = { "I64", 3, 64 },
	[SFTR_U64] = { "U64", 3, 64 },
};

const char *
sftr_dtype_name(sftr_dtype dtype)
{
	return dtypes[dtype < SFTR_N_DTYPES ? dtype : SFTR_DTYPE_NONE].name;
}

unsigned
sftr_dtype_bits(sftr_dtype dtype)
{
	return dtypes[dtype < SFTR_N_DTYPES ? dtype : SFTR_DTYPE_NONE].bits;
}

sftr_dtype
sftr_dtype_parse(const char *name, size_t n_bytes)
{
	for (sftr_dtype d = SFTR_DTYPE_NONE + 1; d < SFTR_N_DTYPES; d++)
		if (dtypes[d].len == n_bytes &&
		    memcmp(dtypes[d].name, name, n_bytes) == 0)
			return d;
	return SFTR_DTYPE_NONE;
}
