/* SPDX-License-Identifier: MIT */
#include "numeric/kernel.h"

#include <string.h>

#if defined(__GNUC__) && (defined(__x86_64__) || defined(__i386__))
#define HAVE_AVX2 1
#include <immintrin.h>
#else
#define HAVE_AVX2 0
#endif

#define F32_SIGN UINT32_C(0x80000000)
#define F32_INFINITY UINT32_C(0x7f800000)
#define F16_INFINITY UINT32_C(0x7c00)

/* F32's exponent bias less F16's, in place. */
#define BIAS_F32_F16 (UINT32_C(112) << 23)

/* The least F32 that is a normal F16: 2^-14. */
#define F16_NORMAL UINT32_C(0x38800000)

static inline uint32_t
widen_bf16(uint32_t h)
{
	return h << 16;
}

static inline uint32_t
widen_f16(uint32_t h)
{
	uint32_t sign = (h & 0x8000) << 16, m = h & 0x7fff;
	float small = (float)m * 0x1p-24f; /* exact, and never subnormal */
	uint32_t bits;

	memcpy(&bits, &small, sizeof bits);
	if (m >= 0x400)
		bits = (m << 13) + BIAS_F32_F16;
	if (m >= F16_INFINITY)
		bits += BIAS_F32_F16;
	return sign | bits;
}

static inline uint32_t
widen_u8(uint32_t v)
{
	float f = (float)v;
	uint32_t bits;

	memcpy(&bits, &f, sizeof bits);
	return bits;
}

static inline uint32_t
widen_i8(uint32_t v)
{
	float f = (float)(v < 0x80 ? (int)v : (int)v - 0x100);
	uint32_t bits;

	memcpy(&bits, &f, sizeof bits);
	return bits;
}

static inline uint32_t
narrow_bf16(uint32_t x)
{
	uint32_t nan = x >> 16;

	if ((x & ~F32_SIGN) > F32_INFINITY)
		return nan | ((nan & 0x7f) == 0);
	return (x + 0x7fff + (nan & 1)) >> 16;
}

static inline uint32_t
narrow_f16(uint32_t x)
{
	uint32_t sign = (x & F32_SIGN) >> 16, m = x & ~F32_SIGN, half, shift;

	if (m > F32_INFINITY) {
		m = (m >> 13) & 0x3ff;
		return sign | F16_INFINITY | (m > 0 ? m : 1);
	}
	if (m >= F16_NORMAL) {
		m -= BIAS_F32_F16;
		m = (m + 0xfff + ((m >> 13) & 1)) >> 13;
		return sign | (m < F16_INFINITY ? m : F16_INFINITY);
	}
	/* Below half of the least subnormal every shift gives 0. */
	shift = m >> 23 > 101 ? 126 - (m >> 23) : 25;
	half = UINT32_C(1) << (shift - 1);
	m = (m & 0x7fffff) | 0x800000;
	return sign | (m + half - 1 + ((m >> shift) & 1)) >> shift;
}

/* PLAIN(function, element, source, destination) */
#define PLAIN(name, element, from, to)                                         \
	static void name(void *dst, const void *src, size_t n, bool stream)    \
	{                                                                      \
		const unsigned char *s = src;                                  \
		unsigned char *d = dst;                                        \
                                                                               \
		(void)stream;                                                  \
		for (size_t i = 0; i < n; i++) {                               \
			from in;                                               \
			to out;                                                \
                                                                               \
			memcpy(&in, s + i * sizeof in, sizeof in);             \
			out = (to)element(in);                                 \
			memcpy(d + i * sizeof out, &out, sizeof out);          \
		}                                                              \
	}

PLAIN(bf16_to_f32, widen_bf16, uint16_t, uint32_t)
PLAIN(f16_to_f32, widen_f16, uint16_t, uint32_t)
PLAIN(u8_to_f32, widen_u8, uint8_t, uint32_t)
PLAIN(i8_to_f32, widen_i8, uint8_t, uint32_t)
PLAIN(f32_to_bf16, narrow_bf16, uint32_t, uint16_t)
PLAIN(f32_to_f16, narrow_f16, uint32_t, uint16_t)

#if HAVE_AVX2
/*
 * AVX2, eight elements at a step, in integers but for what is exact: F16C
 * would quieten NaNs, and float additions would follow the rounding mode.
 */
#define AVX2 __attribute__((target("avx2")))
#define AVX2_INLINE AVX2 static inline __attribute__((always_inline))

AVX2_INLINE __m256i
load_16(const unsigned char *src)
{
	return _mm256_cvtepu16_epi32(
		_mm_loadu_si128((const __m128i *)(const void *)src));
}

AVX2_INLINE __m256i
wide_bf16(const unsigned char *src)
{
	return _mm256_slli_epi32(load_16(src), 16);
}

AVX2_INLINE __m256i
wide_f16(const unsigned char *src)
{
	__m256i h = load_16(src);
	__m256i m = _mm256_and_si256(h, _mm256_set1_epi32(0x7fff));
	__m256i sign = _mm256_slli_epi32(_mm256_xor_si256(h, m), 16);
	__m256i bias = _mm256_set1_epi32((int)BIAS_F32_F16);
	__m256i normal = _mm256_add_epi32(_mm256_slli_epi32(m, 13), bias);
	__m256i special = _mm256_cmpgt_epi32(m, _mm256_set1_epi32(0x7bff));
	__m256i is_small = _mm256_cmpgt_epi32(_mm256_set1_epi32(0x400), m);
	__m256 small =
		_mm256_mul_ps(_mm256_cvtepi32_ps(m), _mm256_set1_ps(0x1p-24f));

	normal = _mm256_add_epi32(normal, _mm256_and_si256(special, bias));
	return _mm256_or_si256(
		sign, _mm256_blendv_epi8(normal, _mm256_castps_si256(small),
					 is_small));
}

AVX2_INLINE __m256i
wide_u8(const unsigned char *src)
{
	__m128i v = _mm_loadl_epi64((const __m128i *)(const void *)src);

	return _mm256_castps_si256(_mm256_cvtepi32_ps(_mm256_cvtepu8_epi32(v)));
}

AVX2_INLINE __m256i
wide_i8(const unsigned char *src)
{
	__m128i v = _mm_loadl_epi64((const __m128i *)(const void *)src);

	return _mm256_castps_si256(_mm256_cvtepi32_ps(_mm256_cvtepi8_epi32(v)));
}

/* The same steps as narrow_bf16. */
AVX2_INLINE __m256i
slim_bf16(const unsigned char *src)
{
	__m256i one = _mm256_set1_epi32(1);
	__m256i x = _mm256_loadu_si256((const __m256i *)(const void *)src);
	__m256i m = _mm256_andnot_si256(_mm256_set1_epi32((int)F32_SIGN), x);
	__m256i nan = _mm256_srli_epi32(x, 16);
	__m256i is_nan =
		_mm256_cmpgt_epi32(m, _mm256_set1_epi32((int)F32_INFINITY));
	__m256i no_fraction = _mm256_cmpeq_epi32(
		_mm256_and_si256(nan, _mm256_set1_epi32(0x7f)),
		_mm256_setzero_si256());
	__m256i up = _mm256_add_epi32(_mm256_set1_epi32(0x7fff),
				      _mm256_and_si256(nan, one));

	nan = _mm256_or_si256(nan, _mm256_and_si256(no_fraction, one));
	x = _mm256_srli_epi32(_mm256_add_epi32(x, up), 16);
	return _mm256_blendv_epi8(x, nan, is_nan);
}

AVX2_INLINE __m256i
slim_f16_small(__m256i m)
{
	__m256i one = _mm256_set1_epi32(1);
	__m256i shift =
		_mm256_min_epi32(_mm256_sub_epi32(_mm256_set1_epi32(126),
						  _mm256_srli_epi32(m, 23)),
				 _mm256_set1_epi32(25));
	__m256i half = _mm256_sllv_epi32(one, _mm256_sub_epi32(shift, one));
	__m256i odd;

	m = _mm256_or_si256(_mm256_and_si256(m, _mm256_set1_epi32(0x7fffff)),
			    _mm256_set1_epi32(0x800000));
	odd = _mm256_and_si256(_mm256_srlv_epi32(m, shift), one);
	m = _mm256_add_epi32(_mm256_add_epi32(m, half),
			     _mm256_sub_epi32(odd, one));
	return _mm256_srlv_epi32(m, shift);
}

/* The same steps as narrow_f16, both ways at once. */
AVX2_INLINE __m256i
slim_f16(const unsigned char *src)
{
	__m256i one = _mm256_set1_epi32(1);
	__m256i top = _mm256_set1_epi32((int)F16_INFINITY);
	__m256i x = _mm256_loadu_si256((const __m256i *)(const void *)src);
	__m256i m = _mm256_andnot_si256(_mm256_set1_epi32((int)F32_SIGN), x);
	__m256i sign = _mm256_srli_epi32(_mm256_xor_si256(x, m), 16);
	__m256i is_nan =
		_mm256_cmpgt_epi32(m, _mm256_set1_epi32((int)F32_INFINITY));
	__m256i is_small =
		_mm256_cmpgt_epi32(_mm256_set1_epi32((int)F16_NORMAL), m);
	__m256i nan = _mm256_and_si256(_mm256_srli_epi32(m, 13),
				       _mm256_set1_epi32(0x3ff));
	__m256i r = _mm256_sub_epi32(m, _mm256_set1_epi32((int)BIAS_F32_F16));
	__m256i odd = _mm256_and_si256(_mm256_srli_epi32(r, 13), one);

	nan = _mm256_or_si256(_mm256_max_epi32(nan, one), top);
	r = _mm256_add_epi32(r,
			     _mm256_add_epi32(odd, _mm256_set1_epi32(0xfff)));
	r = _mm256_min_epi32(_mm256_srai_epi32(r, 13), top);
	r = _mm256_blendv_epi8(r, slim_f16_small(m), is_small);
	r = _mm256_blendv_epi8(r, nan, is_nan);
	return _mm256_or_si256(sign, r);
}

/*
 * Both loops are inlined with a constant step and size.  Stores that pass the
 * caches need whole alignment; a plain head sees to it where the elements are
 * aligned at all.
 */
AVX2_INLINE void
widen(unsigned char *dst, const unsigned char *src, size_t n, bool stream,
      size_t size, __m256i (*step)(const unsigned char *), sftr__kernel *plain)
{
	size_t head = (0 - (uintptr_t)dst) % 32 / 4;
	size_t i = 0;

	if (stream && (uintptr_t)dst % 4 == 0 && n >= head) {
		plain(dst, src, head, false);
		for (i = head; n - i >= 8; i += 8)
			_mm256_stream_si256((__m256i *)(void *)(dst + 4 * i),
					    step(src + i * size));
		/* These stores wait for nobody: hold them back here. */
		_mm_sfence();
	}
	for (; n - i >= 8; i += 8)
		_mm256_storeu_si256((__m256i *)(void *)(dst + 4 * i),
				    step(src + i * size));
	plain(dst + 4 * i, src + i * size, n - i, false);
}

AVX2_INLINE void
narrow(unsigned char *dst, const unsigned char *src, size_t n,
       __m256i (*step)(const unsigned char *), sftr__kernel *plain)
{
	size_t i = 0;

	for (; n - i >= 16; i += 16) {
		__m256i a = step(src + 4 * i), b = step(src + 4 * i + 32);

		/* Packing works on each half: put the quarters in order. */
		a = _mm256_permute4x64_epi64(_mm256_packus_epi32(a, b), 0xd8);
		_mm256_storeu_si256((__m256i *)(void *)(dst + 2 * i), a);
	}
	plain(dst + 2 * i, src + 4 * i, n - i, false);
}

AVX2 static void
bf16_to_f32_avx2(void *dst, const void *src, size_t n, bool stream)
{
	widen(dst, src, n, stream, 2, wide_bf16, bf16_to_f32);
}

AVX2 static void
f16_to_f32_avx2(void *dst, const void *src, size_t n, bool stream)
{
	widen(dst, src, n, stream, 2, wide_f16, f16_to_f32);
}

AVX2 static void
u8_to_f32_avx2(void *dst, const void *src, size_t n, bool stream)
{
	widen(dst, src, n, stream, 1, wide_u8, u8_to_f32);
}

AVX2 static void
i8_to_f32_avx2(void *dst, const void *src, size_t n, bool stream)
{
	widen(dst, src, n, stream, 1, wide_i8, i8_to_f32);
}

AVX2 static void
f32_to_bf16_avx2(void *dst, const void *src, size_t n, bool stream)
{
	(void)stream;
	narrow(dst, src, n, slim_bf16, f32_to_bf16);
}

AVX2 static void
f32_to_f16_avx2(void *dst, const void *src, size_t n, bool stream)
{
	(void)stream;
	narrow(dst, src, n, slim_f16, f32_to_f16);
}
#define VECTOR(name) name##_avx2
#else
#define VECTOR(name) NULL
#endif

static const struct {
	sftr_dtype to, from;
	sftr__kernel *plain, *vector;
} kernels[] = {
	{ SFTR_F32, SFTR_BF16, bf16_to_f32, VECTOR(bf16_to_f32) },
	{ SFTR_F32, SFTR_F16, f16_to_f32, VECTOR(f16_to_f32) },
	{ SFTR_F32, SFTR_U8, u8_to_f32, VECTOR(u8_to_f32) },
	{ SFTR_F32, SFTR_I8, i8_to_f32, VECTOR(i8_to_f32) },
	{ SFTR_BF16, SFTR_F32, f32_to_bf16, VECTOR(f32_to_bf16) },
	{ SFTR_F16, SFTR_F32, f32_to_f16, VECTOR(f32_to_f16) },
};

#define N_KERNELS (sizeof kernels / sizeof kernels[0])

sftr__kernel *
sftr__kernel_plain(sftr_dtype to, sftr_dtype from)
{
	for (size_t i = 0; i < N_KERNELS; i++)
		if (kernels[i].to == to && kernels[i].from == from)
			return kernels[i].plain;
	return NULL;
}

sftr__kernel *
sftr__kernel_vector(sftr_dtype to, sftr_dtype from)
{
#if HAVE_AVX2
	/* The compiler's runtime looked at the CPU before main began. */
	if (!__builtin_cpu_supports("avx2"))
		return NULL;
#endif
	for (size_t i = 0; i < N_KERNELS; i++)
		if (kernels[i].to == to && kernels[i].from == from)
			return kernels[i].vector;
	return NULL;
}
