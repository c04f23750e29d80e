/* SPDX-License-Identifier: MIT */
#include "numeric/stream.h"

#include <string.h>
#include <unistd.h>

#if defined(__x86_64__) && defined(__GNUC__)
#define HAVE_STREAM 1
#include <emmintrin.h>
#else
#define HAVE_STREAM 0
#endif

/*
 * Bytes that are named ahead, then copied.  A processor has some fifty fetches
 * under way at most, and stores wait behind those that find no place.
 */
#define STEP 1024

bool
sftr__stream_pays(uint64_t n_bytes)
{
	long cache = 0;

#ifdef _SC_LEVEL3_CACHE_SIZE
	cache = sysconf(_SC_LEVEL3_CACHE_SIZE);
#endif
	return n_bytes > (cache > 0 ? (uint64_t)cache : UINT64_C(32) << 20);
}

/*
 * Measured on both: AMD's processors drop such a fetch, and where it is paced
 * so that it finds a place, what is gained is lost by the second copy.  Others
 * were not measured.
 */
bool
sftr__stream_fetches(void)
{
#if HAVE_STREAM
	return __builtin_cpu_is("intel") != 0;
#else
	return false;
#endif
}

/*
 * Measured on AMD's Zen 4: the system's copy loop loses a tenth to a fifth where
 * lines do not match, and more than half where a place is up to 15 bytes
 * further in its page than its source.
 */
bool
sftr__stream_realigns(void)
{
#if HAVE_STREAM
	return __builtin_cpu_is("amd") != 0;
#else
	return false;
#endif
}

static void
fetch(const char *bytes, size_t begin, size_t end)
{
	/* Into the second cache: the first has what is copied just now. */
	for (size_t i = begin; i < end; i += SFTR__LINE)
		__builtin_prefetch(bytes + i, 0, 2);
}

/* Whole lines to where a line begins. */
static void
store_lines(char *dst, const char *src, size_t n_bytes)
{
#if HAVE_STREAM
	for (size_t i = 0; i < n_bytes; i += SFTR__LINE) {
		const __m128i *from = (const void *)(src + i);
		__m128i *to = (void *)(dst + i);
		__m128i a = _mm_loadu_si128(from);
		__m128i b = _mm_loadu_si128(from + 1);
		__m128i c = _mm_loadu_si128(from + 2);
		__m128i d = _mm_loadu_si128(from + 3);

		_mm_stream_si128(to, a);
		_mm_stream_si128(to + 1, b);
		_mm_stream_si128(to + 2, c);
		_mm_stream_si128(to + 3, d);
	}
#else
	memcpy(dst, src, n_bytes);
#endif
}

void
sftr__stream_copy(void *dst, const void *src, size_t n_bytes, const char *ahead,
		  size_t n_ahead)
{
	size_t at = (0 - (uintptr_t)dst) % SFTR__LINE;
	const char *s = src;
	char *d = dst;

	if (at > n_bytes)
		at = n_bytes;
	memcpy(d, s, at);
	for (size_t n; n_bytes - at >= SFTR__LINE; at += n) {
		n = (n_bytes - at) / SFTR__LINE * SFTR__LINE;
		if (n > STEP)
			n = STEP;
		fetch(ahead, at, at + n < n_ahead ? at + n : n_ahead);
		store_lines(d + at, s + at, n);
	}
#if HAVE_STREAM
	/* These stores wait for nobody: hold them back here. */
	_mm_sfence();
#endif
	memcpy(d + at, s + at, n_bytes - at);
}
