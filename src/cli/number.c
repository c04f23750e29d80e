/* SPDX-License-Identifier: MIT */
#include "cli/number.h"

#include <float.h>
#include <inttypes.h>
#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

/* What the largest exponent means. */
enum special {
	IEEE,	/* infinities and NaN */
	FN,	/* NaN where all bits are set, otherwise numbers */
	FNUZ,	/* numbers; minus zero is NaN */
	FINITE, /* numbers */
	POWER	/* an exponent alone, without sign; all bits set is NaN */
};

struct layout {
	unsigned exponent_bits, mantissa_bits;
	int bias;
	enum special special;
};

static const struct layout layouts[SFTR_N_DTYPES] = {
	[SFTR_F4] = { 2, 1, 1, FINITE },
	[SFTR_F6_E2M3] = { 2, 3, 1, FINITE },
	[SFTR_F6_E3M2] = { 3, 2, 3, FINITE },
	[SFTR_F8_E5M2] = { 5, 2, 15, IEEE },
	[SFTR_F8_E4M3] = { 4, 3, 7, FN },
	[SFTR_F8_E8M0] = { 8, 0, 127, POWER },
	[SFTR_F8_E4M3FNUZ] = { 4, 3, 8, FNUZ },
	[SFTR_F8_E5M2FNUZ] = { 5, 2, 16, FNUZ },
	[SFTR_F16] = { 5, 10, 15, IEEE },
	[SFTR_BF16] = { 8, 7, 127, IEEE },
};

/* x * 2^n, exactly, for what fits a double. */
static double
scale(double x, int n)
{
	for (; n > 0; n--)
		x *= 2;
	for (; n < 0; n++)
		x /= 2;
	return x;
}

/* The value of a float narrower than F32. */
static double
narrow_value(const struct layout *l, uint64_t bits)
{
	unsigned m = l->mantissa_bits;
	uint64_t top = (UINT64_C(1) << l->exponent_bits) - 1;
	uint64_t mantissa = bits & ((UINT64_C(1) << m) - 1);
	uint64_t exponent = bits >> m & top;
	bool negative = (bits >> (m + l->exponent_bits) & 1) != 0;
	bool all_set = exponent == top && mantissa + 1 == UINT64_C(1) << m;
	double x;

	if (l->special == POWER)
		return all_set ? (double)NAN :
				 scale(1, (int)exponent - l->bias);
	if (l->special == IEEE && exponent == top)
		return mantissa != 0 ? (double)NAN :
		       negative	     ? -(double)INFINITY :
				       (double)INFINITY;
	if ((l->special == FN && all_set) ||
	    (l->special == FNUZ && negative && exponent == 0 && mantissa == 0))
		return (double)NAN;
	if (exponent == 0)
		x = scale((double)mantissa, 1 - l->bias - (int)m);
	else
		x = scale((double)(mantissa + (UINT64_C(1) << m)),
			  (int)exponent - l->bias - (int)m);
	return negative ? -x : x;
}

/*
 * Digits d.ddd and an exponent, laid out without one where the number is
 * neither small nor has more digits than are known.
 */
static void
lay_out(char *out, size_t size, const char *scientific, int most)
{
	static const char zeros[] = "0000000000000000";
	const char *e = strchr(scientific, 'e');
	int exponent = (int)strtol(e + 1, NULL, 10);
	char digits[24] = "0";
	int n = 0;

	if (*scientific == '-') {
		*out++ = '-';
		size--;
		scientific++;
	}
	for (; scientific < e; scientific++)
		if (*scientific != '.')
			digits[n++] = *scientific;
	while (n > 1 && digits[n - 1] == '0')
		n--;
	if (exponent < -5 || exponent >= most)
		snprintf(out, size, "%c%s%.*se%d", digits[0], n > 1 ? "." : "",
			 n - 1, digits + 1, exponent);
	else if (exponent < 0)
		snprintf(out, size, "0.%.*s%.*s", -exponent - 1, zeros, n,
			 digits);
	else if (n <= exponent + 1)
		snprintf(out, size, "%.*s%.*s", n, digits, exponent + 1 - n,
			 zeros);
	else
		snprintf(out, size, "%.*s.%.*s", exponent + 1, digits,
			 n - exponent - 1, digits + exponent + 1);
}

/* The fewest digits from which the float, or the double, comes back. */
static void
float_text(char *text, size_t size, double x, bool is_double)
{
	double normal = is_double ? DBL_MIN : (double)FLT_MIN;
	/* All decimals of so many digits survive, but below the normal ones. */
	int digits = x > -normal && x < normal ? 1 : is_double ? 15 : 6;
	int enough = is_double ? 17 : 9;
	char scientific[40];

	if (isnan(x)) {
		snprintf(text, size, "nan");
		return;
	}
	if (isinf(x)) {
		snprintf(text, size, "%s", x < 0 ? "-inf" : "inf");
		return;
	}
	for (;; digits++) {
		snprintf(scientific, sizeof scientific, "%.*e", digits - 1, x);
		if (digits >= enough)
			break;
		if (is_double ? strtod(scientific, NULL) == x :
				strtof(scientific, NULL) == (float)x)
			break;
	}
	lay_out(text, size, scientific, is_double ? 16 : 9);
}

static double
f32_value(uint64_t bits)
{
	uint32_t low = (uint32_t)bits;
	float x;

	memcpy(&x, &low, sizeof x);
	return (double)x;
}

static double
f64_value(uint64_t bits)
{
	double x;

	memcpy(&x, &bits, sizeof x);
	return x;
}

/* A signed integer of n_bits in two's complement. */
static int64_t
signed_value(uint64_t bits, unsigned n_bits)
{
	uint64_t sign = UINT64_C(1) << (n_bits - 1);

	if ((bits & sign) == 0)
		return (int64_t)bits;
	return -(int64_t)(((sign << 1) - 1 - bits) & ~sign) - 1;
}

static void
complex_text(char *text, size_t size, uint64_t bits)
{
	char real[32], imaginary[32];

	float_text(real, sizeof real, f32_value(bits), false);
	float_text(imaginary, sizeof imaginary, f32_value(bits >> 32), false);
	/* The sign of the imaginary part joins the two. */
	snprintf(text, size, "%s%s%si", real, imaginary[0] == '-' ? "" : "+",
		 imaginary);
}

const char *
number_text(sftr_dtype dtype, uint64_t bits, char text[NUMBER_TEXT])
{
	switch (dtype) {
	case SFTR_BOOL:
		if (bits < 2)
			snprintf(text, NUMBER_TEXT,
				 bits != 0 ? "true" : "false");
		else
			snprintf(text, NUMBER_TEXT, "%" PRIu64, bits);
		break;
	case SFTR_U8:
	case SFTR_U16:
	case SFTR_U32:
	case SFTR_U64: snprintf(text, NUMBER_TEXT, "%" PRIu64, bits); break;
	case SFTR_I8:
	case SFTR_I16:
	case SFTR_I32:
	case SFTR_I64:
		snprintf(text, NUMBER_TEXT, "%" PRId64,
			 signed_value(bits, sftr_dtype_bits(dtype)));
		break;
	case SFTR_F32:
		float_text(text, NUMBER_TEXT, f32_value(bits), false);
		break;
	case SFTR_F64:
		float_text(text, NUMBER_TEXT, f64_value(bits), true);
		break;
	case SFTR_C64: complex_text(text, NUMBER_TEXT, bits); break;
	default:
		float_text(text, NUMBER_TEXT,
			   narrow_value(&layouts[dtype], bits), false);
		break;
	}
	return text;
}

/*
 * JSON has no such numbers, so they are strings; and what reads "-0" may take
 * it for an integer, which has no sign then.
 */
static void
put_text(json_out *j, const char *text)
{
	size_t n = strlen(text);

	if (strcmp(text, "-0") == 0)
		json_out_raw(j, "-0.0", 4);
	else if (strcmp(text, "nan") == 0 || strcmp(text, "inf") == 0 ||
		 strcmp(text, "-inf") == 0)
		json_out_text(j, text, n);
	else
		json_out_raw(j, text, n);
}

void
number_json(json_out *j, sftr_dtype dtype, uint64_t bits)
{
	char text[NUMBER_TEXT];

	if (dtype != SFTR_C64) {
		put_text(j, number_text(dtype, bits, text));
		return;
	}
	json_out_open(j, '[');
	put_text(j, number_text(SFTR_F32, bits & UINT32_MAX, text));
	put_text(j, number_text(SFTR_F32, bits >> 32, text));
	json_out_close(j, ']');
}
