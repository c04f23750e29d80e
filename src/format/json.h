/* SPDX-License-Identifier: MIT */
/*
 * A cursor over the JSON that a header, an index or a note may hold.  It knows
 * tokens and where they stand; what they mean is its caller's.
 *
 * Failure sticks: the first fault is kept, the cursor jumps to the end, every
 * later question answers no, and the verdict is asked for once.
 *
 * The text is the caller's to give: text[n] must be writable and is set to NUL,
 * and SFTR__JSON_SLACK bytes from there on must be readable.  Reading changes
 * nothing in it but strings taken by sftr__json_string.
 */
#ifndef SFTR_FORMAT_JSON_H
#define SFTR_FORMAT_JSON_H

#include "base/bytes.h"
#include "base/diagnostic.h"

#include <safetree/base.h>
#if defined(__SSE2__)
#include <emmintrin.h>
#endif

#define SFTR__JSON_SLACK 128

typedef struct sftr__json {
	char *p; /* the cursor */
	char *text;
	char *end;     /* a NUL stands here */
	uint64_t base; /* offset of text[0] in its file */
	int failed;
	const char *whole;     /* what the text is, in messages: "header" */
	sftr_error *err;       /* filled at the first fault; never NULL */
	unsigned grammar_rule; /* to give in 'err' */
	unsigned utf8_rule;
} sftr__json;

void
sftr__json_init(sftr__json *j, char *text, size_t n, uint64_t base,
		sftr_error *err);

/* Offset in the file of a place in the text. */
static inline uint64_t
sftr__json_offset(const sftr__json *j, const char *at)
{
	return j->base + (uint64_t)(at - j->text);
}

/* Records a fault, if it is the first, and ends the reading. */
void
sftr__json_fail(sftr__json *j, sftr_code code, unsigned rule, const char *at,
		const char *format, ...) SFTR__PRINTF(5, 6);

/* The fault of finding something else than 'due' at the cursor. */
void
sftr__json_expected(sftr__json *j, const char *due);

/* From p on, the first byte that is no white space. */
char *
sftr__json_past_space(char *p);

/*
 * The same for the usual run of less than sixteen bytes, inline: pretty headers
 * are a third white space, and the place behind it is what all else waits for.
 */
static inline void
sftr__json_skip_space(sftr__json *j)
{
#if defined(__SSE2__)
	__m128i v = _mm_loadu_si128((const __m128i *)(const void *)j->p);
	__m128i space = _mm_or_si128(
		_mm_or_si128(_mm_cmpeq_epi8(v, _mm_set1_epi8(' ')),
			     _mm_cmpeq_epi8(v, _mm_set1_epi8('\n'))),
		_mm_or_si128(_mm_cmpeq_epi8(v, _mm_set1_epi8('\r')),
			     _mm_cmpeq_epi8(v, _mm_set1_epi8('\t'))));
	unsigned other = ~(unsigned)_mm_movemask_epi8(space) & 0xffff;

	if (other != 0) {
		j->p += __builtin_ctz(other);
		return;
	}
#endif
	j->p = sftr__json_past_space(j->p);
}

/* Exactly these bytes at the cursor?  Then it stands behind them. */
#define sftr__json_try(j, literal)                                             \
	(memcmp((j)->p, literal, sizeof(literal) - 1) == 0 ?                   \
		 ((j)->p += sizeof(literal) - 1, 1) :                          \
		 0)

/* The token that comes next, not taken; NUL at the end. */
static inline char
sftr__json_peek(sftr__json *j)
{
	if ((unsigned char)*j->p > ' ')
		return *j->p;
	/* A single space, as Python writes it, is no reason for a call. */
	if (*j->p == ' ' && (unsigned char)j->p[1] > ' ')
		return *++j->p;
	sftr__json_skip_space(j);
	return *j->p;
}

/* The token 'c', white space before it passed over? */
static inline int
sftr__json_take(sftr__json *j, char c)
{
	if (*j->p != c && sftr__json_peek(j) != c)
		return 0;
	j->p++;
	return 1;
}

/* The token 'c' must come now. */
void
sftr__json_need_failed(sftr__json *j, char c);

static inline void
sftr__json_need(sftr__json *j, char c)
{
	if (!sftr__json_take(j, c))
		sftr__json_need_failed(j, c);
}

/* null, taken if it comes? */
int
sftr__json_take_null(sftr__json *j);

/*
 * An unsigned integer below 2^64: digits without sign, point, exponent or
 * leading zeros.  0 after a fault.
 */
uint64_t
sftr__json_u64_slow(sftr__json *j);

/* How many of 8 bytes, each less '0', are digits, from the lowest on. */
static inline unsigned
sftr__json_count_digits(uint64_t value)
{
	uint64_t other = ((value + UINT64_C(0x7676767676767676)) | value) &
			 UINT64_C(0x8080808080808080);

	return other == 0 ? 8 : (unsigned)__builtin_ctzll(other) / 8;
}

/* Eight digits, the first in the lowest byte: by pairs, fours, then eight. */
static inline uint64_t
sftr__json_join_digits(uint64_t value)
{
	value = value * 10 + (value >> 8);
	value &= UINT64_C(0x00ff00ff00ff00ff);
	value = value * 100 + (value >> 16);
	value &= UINT64_C(0x0000ffff0000ffff);
	return (value * 10000 + (value >> 32)) & UINT32_MAX;
}

/*
 * The usual spelling first: one to fifteen digits, no leading zero, and a token
 * or white space behind them.
 */
static inline uint64_t
sftr__json_u64(sftr__json *j)
{
	const uint64_t zeros = UINT64_C(0x3030303030303030);
	static const uint32_t powers[8] = { 1,	   10,	   100,	    1000,
					    10000, 100000, 1000000, 10000000 };
	uint64_t eight, value = 0;
	char *p;
	unsigned n;

	sftr__json_peek(j);
	p = j->p;
	eight = sftr__load_u64(p) ^ zeros;
	n = sftr__json_count_digits(eight);
	if (n == 0 || ((eight & 0xff) == 0 && n != 1))
		return sftr__json_u64_slow(j);
	if (n == 8) {
		value = sftr__json_join_digits(eight);
		p += 8;
		eight = sftr__load_u64(p) ^ zeros;
		n = sftr__json_count_digits(eight);
		value *= powers[n & 7];
	}
	if (n == 8 || (p[n] != ',' && p[n] != ']' && (unsigned char)p[n] > ' '))
		return sftr__json_u64_slow(j);
	/* In two steps, since n may be 0 and a shift by 64 is undefined. */
	value += sftr__json_join_digits(eight << 8 << (56 - 8 * n));
	j->p = p + n;
	return value;
}

/*
 * A string, decoded and NUL-terminated in its place; lent by the text.  The
 * opening quote stays before it, and only spaces stand between its NUL and
 * what followed the closing quote, so that reading can begin again behind the
 * NUL.  *has_nul, if asked for, tells of an U+0000.  { "", 0 } after a fault.
 */
sftr_str
sftr__json_string(sftr__json *j, int *has_nul);

/*
 * A string, decoded into word[size], terminated, what is longer dropped; the
 * text stays as it is.  Returns its whole length; 0 after a fault.
 */
size_t
sftr__json_word(sftr__json *j, char *word, size_t size);

#endif
