/* SPDX-License-Identifier: MIT */
#include "tree/hexfloat.h"

#include "base/hex.h"

#include <stdint.h>
#include <stdio.h>
#include <string.h>

#define FRACTION_BITS 52
#define FRACTION ((UINT64_C(1) << FRACTION_BITS) - 1)
#define EXPONENT 0x7ff
#define BIAS 1023
#define LEAST (-1074) /* the exponent of the smallest subnormal */

static uint64_t
bits_of(double value)
{
	uint64_t bits;

	memcpy(&bits, &value, sizeof bits);
	return bits;
}

static double
double_of(uint64_t bits)
{
	double value;

	memcpy(&value, &bits, sizeof value);
	return value;
}

size_t
sftr__hexfloat_format(double value, char text[SFTR__HEXFLOAT])
{
	uint64_t bits = bits_of(value);
	uint64_t fraction = bits & FRACTION;
	int exponent = (int)(bits >> FRACTION_BITS & EXPONENT);
	const char *sign = bits >> 63 != 0 ? "-" : "";
	int digits = FRACTION_BITS / 4;

	if (exponent == EXPONENT)
		return (size_t)snprintf(text, SFTR__HEXFLOAT, "%s%s",
					fraction != 0 ? "" : sign,
					fraction != 0 ? "nan" : "inf");
	if (exponent == 0 && fraction == 0)
		return (size_t)snprintf(text, SFTR__HEXFLOAT, "%s0x0p+0", sign);
	/* A subnormal is shifted until its first bit is where others have it. */
	if (exponent == 0)
		for (exponent = 1; fraction <= FRACTION; exponent--)
			fraction <<= 1;
	fraction &= FRACTION;
	for (; digits > 0 && fraction % 16 == 0; digits--)
		fraction /= 16;
	if (digits == 0)
		return (size_t)snprintf(text, SFTR__HEXFLOAT, "%s0x1p%+d", sign,
					exponent - BIAS);
	return (size_t)snprintf(text, SFTR__HEXFLOAT, "%s0x1.%0*llxp%+d", sign,
				digits, (unsigned long long)fraction,
				exponent - BIAS);
}

/* value = mantissa x 2^exponent */
struct parts {
	uint64_t mantissa;
	int64_t exponent;
};

/*
 * The digits with their point from *at on.  More than 64 bits from the first 1
 * to the last can never be a double.
 */
static bool
parse_mantissa(const char *text, size_t n, size_t *at, struct parts *p)
{
	bool has_point = false;
	bool has_digit = false;
	size_t i;

	for (i = *at; i < n; i++) {
		int digit = sftr__hex_digit(text[i]);

		if (text[i] == '.' && !has_point) {
			has_point = true;
			continue;
		}
		if (digit < 0)
			break;
		has_digit = true;
		if (p->mantissa >> 60 == 0) {
			p->mantissa = p->mantissa * 16 + (uint64_t)digit;
			p->exponent -= has_point ? 4 : 0;
		} else if (digit != 0) {
			return false;
		} else {
			p->exponent += has_point ? 0 : 4;
		}
	}
	*at = i;
	return has_digit;
}

/* "p+1" and the end; exponents no double has are all alike. */
static bool
parse_exponent(const char *text, size_t n, size_t at, struct parts *p)
{
	bool negative;
	int64_t value = 0;

	if (at >= n || (text[at] != 'p' && text[at] != 'P'))
		return false;
	at++;
	negative = at < n && text[at] == '-';
	if (at < n && (text[at] == '-' || text[at] == '+'))
		at++;
	if (at >= n)
		return false;
	for (; at < n; at++) {
		if (text[at] < '0' || text[at] > '9')
			return false;
		if (value < INT64_MAX / 20)
			value = value * 10 + (text[at] - '0');
	}
	p->exponent += negative ? -value : value;
	return true;
}

/* Whether a double holds it; its bits without the sign. */
static bool
compose(struct parts p, uint64_t *bits)
{
	int n_bits = 0;
	int64_t top;

	*bits = 0;
	if (p.mantissa == 0)
		return true;
	for (; p.mantissa % 2 == 0; p.exponent++)
		p.mantissa /= 2;
	for (uint64_t m = p.mantissa; m != 0; m /= 2)
		n_bits++;
	top = p.exponent + n_bits - 1;
	if (n_bits > FRACTION_BITS + 1 || top > BIAS || p.exponent < LEAST)
		return false;
	if (top < 1 - BIAS) {
		*bits = p.mantissa << (p.exponent - LEAST);
		return true;
	}
	*bits = (p.mantissa << (FRACTION_BITS + 1 - n_bits)) & FRACTION;
	*bits |= (uint64_t)(top + BIAS) << FRACTION_BITS;
	return true;
}

static bool
is_word(const char *text, size_t n, const char *word)
{
	return n == strlen(word) && memcmp(text, word, n) == 0;
}

bool
sftr__hexfloat_parse(const char *text, size_t n, double *value)
{
	bool negative = n > 0 && text[0] == '-';
	struct parts p = { 0, 0 };
	uint64_t bits = (uint64_t)EXPONENT << FRACTION_BITS;
	size_t at = negative;

	if (is_word(text, n, "nan")) {
		*value = double_of(bits | UINT64_C(1) << (FRACTION_BITS - 1));
		return true;
	}
	if (!is_word(text + at, n - at, "inf")) {
		if (n - at < 2 || text[at] != '0' ||
		    (text[at + 1] != 'x' && text[at + 1] != 'X'))
			return false;
		at += 2;
		if (!parse_mantissa(text, n, &at, &p) ||
		    !parse_exponent(text, n, at, &p) || !compose(p, &bits))
			return false;
	}
	*value = double_of(bits | (uint64_t)negative << 63);
	return true;
}
