/* SPDX-License-Identifier: MIT */
#include "numeric/swap.h"

#include "base/bytes.h"
#include "numeric/stream.h"

unsigned
sftr__swap_width(sftr_dtype dtype)
{
	unsigned n_bytes = sftr_dtype_bits(dtype) / 8;

	if (dtype == SFTR_C64)
		return 4;
	return n_bytes > 1 ? n_bytes : 1;
}

static void
swap_2(unsigned char *dst, const unsigned char *src, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		uint16_t v;

		memcpy(&v, src + 2 * i, sizeof v);
		v = __builtin_bswap16(v);
		memcpy(dst + 2 * i, &v, sizeof v);
	}
}

static void
swap_4(unsigned char *dst, const unsigned char *src, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		uint32_t v;

		memcpy(&v, src + 4 * i, sizeof v);
		v = __builtin_bswap32(v);
		memcpy(dst + 4 * i, &v, sizeof v);
	}
}

static void
swap_8(unsigned char *dst, const unsigned char *src, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		uint64_t v;

		memcpy(&v, src + 8 * i, sizeof v);
		v = __builtin_bswap64(v);
		memcpy(dst + 8 * i, &v, sizeof v);
	}
}

void
sftr__swap(void *dst, const void *src, size_t n, unsigned width)
{
	switch (width) {
	case 2: swap_2(dst, src, n); break;
	case 4: swap_4(dst, src, n); break;
	case 8: swap_8(dst, src, n); break;
	default:
		/* memmove: it may be one and the same place. */
		if (n > 0)
			memmove(dst, src, n * width);
		break;
	}
}

void
sftr__to_host(sftr_dtype dtype, void *bytes, size_t n_bytes)
{
	unsigned width = SFTR__BIG_ENDIAN ? sftr__swap_width(dtype) : 1;

	if (width > 1)
		sftr__swap(bytes, bytes, n_bytes / width, width);
}

void
sftr__copy_to_host(sftr_dtype dtype, void *dst, const void *src, size_t n_bytes,
		   bool stream)
{
	unsigned width = SFTR__BIG_ENDIAN ? sftr__swap_width(dtype) : 1;

	if (width == 1 && stream)
		sftr__stream_copy(dst, src, n_bytes, NULL, 0);
	else
		sftr__swap(dst, src, n_bytes / width, width);
}
