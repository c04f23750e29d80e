/* SPDX-License-Identifier: MIT */
#include "format/json.h"

#include "base/hex.h"
#include "base/utf8.h"

#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

void
sftr__json_init(sftr__json *j, char *text, size_t n, uint64_t base,
		sftr_error *err)
{
	memset(j, 0, sizeof *j);
	j->p = text;
	j->text = text;
	j->end = text + n;
	j->base = base;
	j->err = err;
	j->whole = "header";
	text[n] = '\0';
}

void
sftr__json_fail(sftr__json *j, sftr_code code, unsigned rule, const char *at,
		const char *format, ...)
{
	va_list args;
	char message[sizeof j->err->message];

	if (j->failed)
		return;
	va_start(args, format);
	vsnprintf(message, sizeof message, format, args);
	va_end(args);
	sftr__fail_at(j->err, code, sftr__json_offset(j, at), "%s", message);
	j->err->rule = rule;
	j->failed = 1;
	j->p = j->end;
}

/* What stands at the cursor, for a message. */
static const char *
describe(const sftr__json *j, char *text, size_t size)
{
	char shown[24];
	size_t n = 0;
	size_t left = (size_t)(j->end - j->p);

	if (left == 0) {
		snprintf(text, size, "the end of the %s", j->whole);
		return text;
	}
	if (*j->p == '"') {
		snprintf(text, size, "a string");
		return text;
	}
	/* A number or a word shows better whole than by its first letter. */
	while (n < left && n < 12 &&
	       ((j->p[n] >= '0' && j->p[n] <= '9') ||
		(j->p[n] >= 'a' && j->p[n] <= 'z') ||
		(j->p[n] >= 'A' && j->p[n] <= 'Z') || j->p[n] == '-' ||
		j->p[n] == '+' || j->p[n] == '.'))
		n++;
	if (n == 0)
		sftr__utf8_read(j->p, left, &n);
	sftr__utf8_print(j->p, n, shown, sizeof shown);
	snprintf(text, size, "'%s'", shown);
	return text;
}

void
sftr__json_expected(sftr__json *j, const char *due)
{
	char found[40];
	size_t len;

	if (j->failed)
		return;
	sftr__json_skip_space(j);
	if (j->p < j->end && (unsigned char)*j->p >= 0x80 &&
	    sftr__utf8_read(j->p, (size_t)(j->end - j->p), &len) ==
		    UINT32_MAX) {
		sftr__json_fail(j, SFTR_E_UTF8, j->utf8_rule, j->p,
				"byte 0x%02x is not UTF-8",
				(unsigned char)*j->p);
		return;
	}
	sftr__json_fail(j, SFTR_E_JSON, j->grammar_rule, j->p,
			"expected %s, found %s", due,
			describe(j, found, sizeof found));
}

char *
sftr__json_past_space(char *p)
{
	while (*p == ' ' || *p == '\n' || *p == '\r' || *p == '\t')
		p++;
	return p;
}

void
sftr__json_need_failed(sftr__json *j, char c)
{
	char due[4] = { '\'', c, '\'', '\0' };

	sftr__json_expected(j, due);
}

int
sftr__json_take_null(sftr__json *j)
{
	sftr__json_peek(j);
	return sftr__json_try(j, "null");
}

static uint64_t
fail_number(sftr__json *j, char *start)
{
	j->p = start;
	sftr__json_expected(j, "an unsigned integer");
	return 0;
}

uint64_t
sftr__json_u64_slow(sftr__json *j)
{
	static const uint64_t powers[9] = { 1,	     10,       100,
					    1000,    10000,    100000,
					    1000000, 10000000, 100000000 };
	uint64_t value = 0;
	char *start;
	unsigned n;

	sftr__json_peek(j);
	start = j->p;
	do {
		uint64_t eight =
			sftr__load_u64(j->p) ^ UINT64_C(0x3030303030303030);

		n = sftr__json_count_digits(eight);
		if (n == 0)
			break;
		eight = sftr__json_join_digits(eight << (64 - 8 * n));
		if (!sftr__mul(value, powers[n], &value) ||
		    !sftr__add(value, eight, &value)) {
			sftr__json_fail(j, SFTR_E_RANGE, j->grammar_rule, start,
					"integer above 2^64-1");
			return 0;
		}
		j->p += n;
	} while (n == 8);
	if (j->p == start || (*start == '0' && j->p != start + 1) ||
	    *j->p == '.' || (*j->p | 0x20) == 'e')
		return fail_number(j, start);
	return value;
}

/* The plain bytes from p on: printable ASCII but quote and backslash. */
static size_t
plain_span(const char *p)
{
	const char *start = p;

#if defined(__SSE2__)
	const __m128i quote = _mm_set1_epi8('"');
	const __m128i backslash = _mm_set1_epi8('\\');
	const __m128i space = _mm_set1_epi8(' ');

	/* Bytes from 0x80 on count as negative, so below the space as well. */
	for (;; p += 16) {
		__m128i v = _mm_loadu_si128((const __m128i *)(const void *)p);
		__m128i special =
			_mm_or_si128(_mm_or_si128(_mm_cmpeq_epi8(v, quote),
						  _mm_cmpeq_epi8(v, backslash)),
				     _mm_cmplt_epi8(v, space));
		unsigned mask = (unsigned)_mm_movemask_epi8(special);

		if (mask != 0)
			return (size_t)(p - start) +
			       (unsigned)__builtin_ctz(mask);
	}
#else
	const uint64_t ones = UINT64_C(0x0101010101010101);
	const uint64_t highs = ones << 7;

	for (;; p += 8) {
		uint64_t v = sftr__load_u64(p);
		uint64_t quote = v ^ (ones * '"');
		uint64_t backslash = v ^ (ones * '\\');
		uint64_t special = ((v - ones * 0x20) | (quote - ones) |
				    (backslash - ones) | v) &
				   highs;

		if (special != 0) {
			/*
			 * A borrow can mark a byte above a special one, never
			 * the lowest, and what it marks is looked at again.
			 */
			return (size_t)(p - start) +
			       (unsigned)__builtin_ctzll(special) / 8;
		}
	}
#endif
}

/* Four hex digits at the cursor; UINT32_MAX after a fault. */
static uint32_t
hex4(sftr__json *j)
{
	uint32_t v = 0;

	for (int i = 0; i < 4; i++, j->p++) {
		int digit = sftr__hex_digit(*j->p);

		if (digit < 0) {
			sftr__json_fail(j, SFTR_E_JSON, j->grammar_rule, j->p,
					"\\u needs four hex digits");
			return UINT32_MAX;
		}
		v = v << 4 | (uint32_t)digit;
	}
	return v;
}

/* \uXXXX with the cursor behind the u; UINT32_MAX after a fault. */
static uint32_t
unicode_escape(sftr__json *j)
{
	char *at = j->p - 2;
	uint32_t high = hex4(j), low;

	if (high == UINT32_MAX || (high & 0xf800) != 0xd800)
		return high;
	if (high < 0xdc00 && sftr__json_try(j, "\\u")) {
		low = hex4(j);
		if (low == UINT32_MAX)
			return low;
		if (low >= 0xdc00 && low <= 0xdfff)
			return 0x10000 +
			       ((high - 0xd800) << 10 | (low - 0xdc00));
	}
	sftr__json_fail(j, SFTR_E_JSON, j->grammar_rule, at,
			"lone surrogate \\u%04x", (unsigned)high);
	return UINT32_MAX;
}

/* The code point of the escape at the cursor; UINT32_MAX after a fault. */
static uint32_t
read_escape(sftr__json *j)
{
	char c = j->p[1];

	j->p += 2;
	switch (c) {
	case '"':
	case '\\':
	case '/': return (unsigned char)c;
	case 'b': return '\b';
	case 'f': return '\f';
	case 'n': return '\n';
	case 'r': return '\r';
	case 't': return '\t';
	case 'u': return unicode_escape(j);
	default: break;
	}
	sftr__json_fail(j, SFTR_E_JSON, j->grammar_rule, j->p - 2,
			"no such escape in JSON");
	return UINT32_MAX;
}

/* The code point of what is no plain byte; UINT32_MAX after a fault. */
static uint32_t
read_special(sftr__json *j)
{
	unsigned char c = (unsigned char)*j->p;
	uint32_t code_point;
	size_t len;

	if (c == '\\')
		return read_escape(j);
	if (c < 0x20) {
		if (j->p >= j->end)
			sftr__json_fail(j, SFTR_E_JSON, j->grammar_rule, j->end,
					"string without its end");
		else
			sftr__json_fail(j, SFTR_E_JSON, j->grammar_rule, j->p,
					"raw control character 0x%02x in a "
					"string",
					c);
		return UINT32_MAX;
	}
	code_point = sftr__utf8_read(j->p, (size_t)(j->end - j->p), &len);
	if (code_point == UINT32_MAX)
		sftr__json_fail(j, SFTR_E_UTF8, j->utf8_rule, j->p,
				"byte 0x%02x is not UTF-8", c);
	else
		j->p += len;
	return code_point;
}

/*
 * Decodes from behind the opening quote to behind the closing one into
 * out[size], which may be the same place: decoding never lengthens.  Returns
 * the decoded length, stored or not; 0 after a fault.
 */
static size_t
decode(sftr__json *j, char *out, size_t size, int *has_nul)
{
	size_t done = 0;
	char utf8[4];

	for (;;) {
		size_t n = plain_span(j->p);
		uint32_t code_point;

		if (done < size && out + done != j->p)
			memmove(out + done, j->p,
				n < size - done ? n : size - done);
		done += n;
		j->p += n;
		if (*j->p == '"') {
			j->p++;
			return done;
		}
		code_point = read_special(j);
		if (code_point == UINT32_MAX)
			return 0;
		*has_nul |= code_point == 0;
		n = sftr__utf8_write(code_point, utf8);
		if (done < size)
			memcpy(out + done, utf8,
			       n < size - done ? n : size - done);
		done += n;
	}
}

/* Behind the opening quote of a string that must come now? */
static bool
open_string(sftr__json *j)
{
	if (sftr__json_take(j, '"'))
		return true;
	sftr__json_expected(j, "a string");
	return false;
}

sftr_str
sftr__json_string(sftr__json *j, int *has_nul)
{
	sftr_str none = { "", 0 };
	int nul = 0;
	sftr_str s;
	char *start;

	if (!open_string(j))
		return none;
	start = j->p;
	s.ptr = start;
	s.len = plain_span(start);
	if (start[s.len] == '"') {
		j->p = start + s.len + 1;
		start[s.len] = '\0';
	} else {
		s.len = decode(j, start, SIZE_MAX, &nul);
		if (j->failed)
			return none;
		start[s.len] = '\0';
		memset(start + s.len + 1, ' ',
		       (size_t)(j->p - (start + s.len + 1)));
	}
	if (has_nul != NULL)
		*has_nul = nul;
	return s;
}

size_t
sftr__json_word(sftr__json *j, char *word, size_t size)
{
	int nul = 0;
	size_t n;

	word[0] = '\0';
	if (!open_string(j))
		return 0;
	n = decode(j, word, size - 1, &nul);
	word[j->failed ? 0 : n < size - 1 ? n : size - 1] = '\0';
	return j->failed ? 0 : n;
}
