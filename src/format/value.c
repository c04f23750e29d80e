/* SPDX-License-Identifier: MIT */
#include "format/value.h"

#include <stdbool.h>
#include <string.h>

/*
 * The least magnitude that rounds to infinity, 2^1024 - 2^970, in its 309
 * digits: a double is finite below it (IEEE 754, round half to even).
 */
static const char too_large[] =
	"179769313486231580793728971405303415079934132710037826936173778980444"
	"968292764750946649017977587207096330286416692887910946555547851940402"
	"630657488671505820681908902000708383676273854845817711531764475730270"
	"069855571366959622842914819860834936475292719074168444365510704342711"
	"559699508093042880177904174497792";

/* A number's digits as written, the point left out. */
struct digits {
	const char *p, *end;
};

static char
next_digit(struct digits *d)
{
	if (d->p < d->end && *d->p == '.')
		d->p++;
	return d->p < d->end ? *d->p++ : '0';
}

/*
 * Whether mantissa x 10^exponent rounds to a finite double; the mantissa is
 * digits with at most one point.
 */
static bool
is_finite(const char *mantissa, const char *end, int64_t exponent)
{
	struct digits d = { mantissa, end };
	const char *point = memchr(mantissa, '.', (size_t)(end - mantissa));
	int64_t n_whole = (point == NULL ? end : point) - mantissa;
	int64_t n_leading = 0; /* zeros before the first digit that counts */

	for (;; n_leading++) {
		struct digits ahead = d;

		if (d.p == d.end)
			return true;
		if (next_digit(&ahead) != '0')
			break;
		d = ahead;
	}
	n_whole += exponent - n_leading; /* digits before the point */
	if (n_whole != (int64_t)sizeof too_large - 1)
		return n_whole < (int64_t)sizeof too_large - 1;
	for (size_t i = 0; i < sizeof too_large - 1; i++) {
		char c = next_digit(&d);

		if (c != too_large[i])
			return c < too_large[i];
	}
	return false;
}

static size_t
skip_digits(sftr__json *j)
{
	char *start = j->p;

	while (*j->p >= '0' && *j->p <= '9')
		j->p++;
	if (j->p == start)
		sftr__json_expected(j, "a digit");
	return (size_t)(j->p - start);
}

static void
skip_number(sftr__json *j)
{
	char *start = j->p, *mantissa, *end;
	int64_t exponent = 0;
	int negative = 0;

	if (*j->p == '-')
		j->p++;
	mantissa = j->p;
	if (skip_digits(j) > 1 && *mantissa == '0') {
		j->p = mantissa + 1;
		sftr__json_expected(j, "no digit after a leading 0");
	}
	if (*j->p == '.') {
		j->p++;
		skip_digits(j);
	}
	end = j->p;
	if ((*j->p | 0x20) == 'e') {
		char *first;

		j->p++;
		negative = *j->p == '-';
		if (*j->p == '-' || *j->p == '+')
			j->p++;
		first = j->p;
		skip_digits(j);
		/* Far beyond any length of a header: saturates. */
		for (char *c = first; c < j->p && !j->failed; c++)
			if (exponent < INT64_C(1) << 40)
				exponent = exponent * 10 + (*c - '0');
	}
	if (!j->failed &&
	    !is_finite(mantissa, end, negative ? -exponent : exponent))
		sftr__json_fail(j, SFTR_E_RANGE, j->grammar_rule, start,
				"number that is no finite double");
}

/* A value that holds no others. */
static void
skip_leaf(sftr__json *j)
{
	char c = sftr__json_peek(j);
	char word[1];

	if (c == '"')
		sftr__json_word(j, word, sizeof word);
	else if (c == '-' || (c >= '0' && c <= '9'))
		skip_number(j);
	else if (!sftr__json_try(j, "true") && !sftr__json_try(j, "false") &&
		 !sftr__json_try(j, "null"))
		sftr__json_expected(j, "a value");
}

void
sftr__value_skip(sftr__json *j, unsigned depth)
{
	bool is_object[SFTR__VALUE_MAX_DEPTH + 1] = { false };
	unsigned base = depth;
	char word[1];

	for (;;) {
		char c = sftr__json_peek(j);

		/* Down, to a value that holds no others. */
		if (c == '{' || c == '[') {
			if (depth >= SFTR__VALUE_MAX_DEPTH) {
				sftr__json_fail(j, SFTR_E_JSON, j->grammar_rule,
						j->p, "nested deeper than %d",
						SFTR__VALUE_MAX_DEPTH);
				return;
			}
			is_object[++depth] = c == '{';
			j->p++;
			if (!sftr__json_take(j, c == '{' ? '}' : ']')) {
				if (c == '{') {
					sftr__json_word(j, word, sizeof word);
					sftr__json_need(j, ':');
				}
				continue;
			}
			depth--;
		} else {
			skip_leaf(j);
		}
		/* Up, past what ends here, to the next value. */
		while (depth > base && !sftr__json_take(j, ',')) {
			sftr__json_need(j, is_object[depth] ? '}' : ']');
			depth--;
		}
		if (depth == base || j->failed)
			return;
		if (is_object[depth]) {
			sftr__json_word(j, word, sizeof word);
			sftr__json_need(j, ':');
		}
	}
}

bool
sftr__value_is_integer(sftr__json *j)
{
	const char *p;

	sftr__json_peek(j);
	for (p = j->p; *p >= '0' && *p <= '9'; p++)
		;
	return p > j->p && *p != '.' && *p != 'e' && *p != 'E';
}
