/* SPDX-License-Identifier: MIT */
#include "numeric/turn.h"

#include <string.h>

#if defined(__SSE2__)
#define HAVE_SSE2 1
#include <emmintrin.h>
#else
#define HAVE_SSE2 0
#endif

/* Source and destination of a turn, each with the step of its rows. */
struct sides {
	char *dst;
	ptrdiff_t dst_step;
	const char *src;
	ptrdiff_t src_step;
};

/* The same from row i and column j on. */
static inline struct sides
from(struct sides s, size_t i, size_t j, size_t size)
{
	s.dst += (ptrdiff_t)j * s.dst_step + (ptrdiff_t)(i * size);
	s.src += (ptrdiff_t)i * s.src_step + (ptrdiff_t)(j * size);
	return s;
}

/* Inlined with a constant size, so that moving an element is one load. */
static inline void
turn_plain(struct sides s, size_t n_rows, size_t n_columns, size_t size)
{
	for (size_t j = 0; j < n_columns; j++)
		for (size_t i = 0; i < n_rows; i++) {
			struct sides at = from(s, i, j, size);

			memcpy(at.dst, at.src, size);
		}
}

#if HAVE_SSE2
/* Arrays of registers are registers only where every loop is written out. */
#define UNROLLED _Pragma("GCC unroll 16")

/*
 * N rows of 16 bytes, N elements each, in registers.  Interleaving row i with
 * row i + N/2 turns the number of each element's place by one bit: after log N
 * times row and column have changed places.
 */
#define SQUARE(name, N, low, high)                                             \
	static inline void name(struct sides s)                                \
	{                                                                      \
		__m128i a[N], b[N];                                            \
                                                                               \
		UNROLLED                                                       \
		for (int i = 0; i < (N); i++)                                  \
			a[i] = _mm_loadu_si128(                                \
				(const void *)(s.src + i * s.src_step));       \
		UNROLLED                                                       \
		for (int n = 1; n < (N); n *= 2) {                             \
			UNROLLED                                               \
			for (size_t i = 0; i < (N) / 2; i++) {                 \
				b[2 * i] = low(a[i], a[i + (N) / 2]);          \
				b[2 * i + 1] = high(a[i], a[i + (N) / 2]);     \
			}                                                      \
			memcpy(a, b, sizeof a);                                \
		}                                                              \
		UNROLLED                                                       \
		for (int i = 0; i < (N); i++)                                  \
			_mm_storeu_si128((void *)(s.dst + i * s.dst_step),     \
					 a[i]);                                \
	}

SQUARE(square_1, 16, _mm_unpacklo_epi8, _mm_unpackhi_epi8)
SQUARE(square_2, 8, _mm_unpacklo_epi16, _mm_unpackhi_epi16)
SQUARE(square_4, 4, _mm_unpacklo_epi32, _mm_unpackhi_epi32)
SQUARE(square_8, 2, _mm_unpacklo_epi64, _mm_unpackhi_epi64)
#else
/* The same by elements; a square stays in the cache. */
#define SQUARE(name, N)                                                        \
	static inline void name(struct sides s)                                \
	{                                                                      \
		turn_plain(s, N, N, 16 / (N));                                 \
	}

SQUARE(square_1, 16)
SQUARE(square_2, 8)
SQUARE(square_4, 4)
SQUARE(square_8, 2)
#endif

/* Squares as far as they go, then what is left below and beside them. */
static inline void
turn(struct sides s, size_t n_rows, size_t n_columns, size_t size,
     void (*square)(struct sides s))
{
	size_t side = 16 / size;
	size_t rows = n_rows / side * side, columns = n_columns / side * side;

	for (size_t j = 0; j < columns; j += side)
		for (size_t i = 0; i < rows; i += side)
			square(from(s, i, j, size));
	turn_plain(from(s, rows, 0, size), n_rows - rows, columns, size);
	turn_plain(from(s, 0, columns, size), n_rows, n_columns - columns,
		   size);
}

bool
sftr__turns(size_t size)
{
	return size == 1 || size == 2 || size == 4 || size == 8;
}

void
sftr__turn(char *dst, ptrdiff_t dst_step, const char *src, ptrdiff_t src_step,
	   size_t n_rows, size_t n_columns, size_t size)
{
	struct sides s = { dst, dst_step, src, src_step };

	switch (size) {
	case 1: turn(s, n_rows, n_columns, 1, square_1); break;
	case 2: turn(s, n_rows, n_columns, 2, square_2); break;
	case 4: turn(s, n_rows, n_columns, 4, square_4); break;
	case 8: turn(s, n_rows, n_columns, 8, square_8); break;
	default: break;
	}
}
