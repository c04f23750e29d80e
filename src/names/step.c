/* SPDX-License-Identifier: MIT */
#include "names/step.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

static const char *const kind_texts[] = {
	[SFTR_STEP_NAME] = "a step of no kind",
	[SFTR_STEP_ATTR] = "an attribute",
	[SFTR_STEP_KEY] = "a key",
	[SFTR_STEP_INT_KEY] = "an integer key",
	[SFTR_STEP_INDEX] = "an index",
	[SFTR_STEP_FLAT] = "a flat index",
};

const char *
sftr__step_kind_text(sftr_step_kind kind)
{
	return kind_texts[kind];
}

int
sftr__step_family(sftr_step_kind kind)
{
	switch (kind) {
	case SFTR_STEP_ATTR: return 1;
	case SFTR_STEP_KEY:
	case SFTR_STEP_INT_KEY: return 2;
	case SFTR_STEP_INDEX: return 3;
	case SFTR_STEP_FLAT: return 4;
	default: return 0;
	}
}

/* UTF-8 sorts by its bytes as its code points do. */
static int
compare_texts(sftr_str a, sftr_str b)
{
	size_t n = a.len < b.len ? a.len : b.len;
	int order = n > 0 ? memcmp(a.ptr, b.ptr, n) : 0;

	if (order != 0)
		return order;
	return (a.len > b.len) - (a.len < b.len);
}

int
sftr__step_compare(const sftr_step *a, const sftr_step *b)
{
	bool a_number = sftr__step_is_number(a->kind);
	bool b_number = sftr__step_is_number(b->kind);
	int order;

	if (a_number != b_number)
		return a_number ? -1 : 1;
	if (a_number)
		order = (a->number > b->number) - (a->number < b->number);
	else
		order = compare_texts(a->text, b->text);
	if (order != 0)
		return order;
	return (a->kind > b->kind) - (a->kind < b->kind);
}

/*
 * A tie of texts is broken by the kind at once, not after the steps behind it:
 * all paths through one child then stand together, which a sort of names into
 * a tree lives on.
 */
int
sftr_path_compare(const sftr_step *a, size_t n_a, const sftr_step *b,
		  size_t n_b)
{
	size_t n = n_a < n_b ? n_a : n_b;

	for (size_t i = 0; i < n; i++) {
		int order = sftr__step_compare(&a[i], &b[i]);

		if (order != 0)
			return order;
	}
	return (n_a > n_b) - (n_a < n_b);
}

sftr_str
sftr__step_text(const sftr_step *step, char decimal[SFTR__DECIMAL])
{
	sftr_str text = { decimal, 0 };

	if (!sftr__step_is_number(step->kind))
		return step->text;
	text.len = (size_t)snprintf(decimal, SFTR__DECIMAL, "%" PRId64,
				    step->number);
	return text;
}

bool
sftr__step_matches(const sftr_step *a, const sftr_step *b)
{
	bool a_number = sftr__step_is_number(a->kind);
	bool b_number = sftr__step_is_number(b->kind);
	const sftr_str *text = a_number ? &b->text : &a->text;
	int64_t number = a_number ? a->number : b->number;
	int64_t value;

	if (a_number && b_number)
		return a->number == b->number;
	if (!a_number && !b_number)
		return a->text.len == b->text.len &&
		       compare_texts(a->text, b->text) == 0;
	return sftr__decimal_parse(text->ptr, text->len, &value, NULL) ==
		       SFTR__DECIMAL_OK &&
	       value == number;
}

int
sftr_path_matches(const sftr_step *a, size_t n_a, const sftr_step *b,
		  size_t n_b)
{
	if (n_a != n_b)
		return 0;
	for (size_t i = 0; i < n_a; i++)
		if (!sftr__step_matches(&a[i], &b[i]))
			return 0;
	return 1;
}

static bool
is_digit(char c)
{
	return c >= '0' && c <= '9';
}

/* Digits already looked at, as a number of this sign; false if too great. */
static bool
add_up(const char *digits, size_t n, bool negative, int64_t *value)
{
	uint64_t limit = (uint64_t)INT64_MAX + negative;
	uint64_t v = 0;

	for (size_t i = 0; i < n; i++) {
		uint64_t digit = (uint64_t)(digits[i] - '0');

		if (v > (limit - digit) / 10)
			return false;
		v = v * 10 + digit;
	}
	if (!negative)
		*value = (int64_t)v;
	else
		*value = v > INT64_MAX ? INT64_MIN : -(int64_t)v;
	return true;
}

sftr__decimal_fault
sftr__decimal_parse(const char *text, size_t n, int64_t *value, size_t *at)
{
	bool negative = n > 0 && text[0] == '-';
	size_t first = negative;
	size_t unused;
	size_t i;

	if (at == NULL)
		at = &unused;
	for (i = first; i < n && is_digit(text[i]); i++)
		;
	*at = i;
	if (i < n || i == first)
		return SFTR__DECIMAL_DIGIT;
	*at = first;
	if (text[first] == '0' && (negative || n > 1))
		return SFTR__DECIMAL_ZERO;
	*at = 0;
	if (!add_up(text + first, n - first, negative, value))
		return SFTR__DECIMAL_RANGE;
	return SFTR__DECIMAL_OK;
}
