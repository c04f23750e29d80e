/* SPDX-License-Identifier: MIT */
#include "cli/steps.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

static const char *const words[] = {
	[SFTR_STEP_NAME] = "name",   [SFTR_STEP_ATTR] = "attr",
	[SFTR_STEP_KEY] = "key",     [SFTR_STEP_INT_KEY] = "key",
	[SFTR_STEP_INDEX] = "index", [SFTR_STEP_FLAT] = "flat",
};

static bool
is_number(sftr_step_kind kind)
{
	return kind == SFTR_STEP_INT_KEY || kind == SFTR_STEP_INDEX ||
	       kind == SFTR_STEP_FLAT;
}

void
steps_json_one(json_out *j, const sftr_step *step)
{
	char text[24];
	int n;

	json_out_open(j, '[');
	json_out_word(j, words[step->kind]);
	if (is_number(step->kind)) {
		n = snprintf(text, sizeof text, "%" PRId64, step->number);
		json_out_raw(j, text, (size_t)n);
	} else {
		json_out_text(j, step->text.ptr, step->text.len);
	}
	json_out_close(j, ']');
}

void
steps_json(json_out *j, const sftr_step *path, size_t n)
{
	json_out_open(j, '[');
	for (size_t i = 0; i < n; i++)
		steps_json_one(j, &path[i]);
	json_out_close(j, ']');
}

/* A line being read; the first failure sticks. */
struct reader {
	steps *s;
	char *line;
	char *p;
	char *end;
	bool failed;
};

static void
fail(struct reader *r, const char *expected)
{
	if (r->failed)
		return;
	r->failed = true;
	r->s->expected = expected;
	r->s->at = (size_t)(r->p - r->line);
}

static bool
take(struct reader *r, char c)
{
	while (!r->failed && (*r->p == ' ' || *r->p == '\t'))
		r->p++;
	if (r->failed || r->p == r->end || *r->p != c)
		return false;
	r->p++;
	return true;
}

static void
need(struct reader *r, char c, const char *expected)
{
	if (!take(r, c))
		fail(r, expected);
}

/* Four hexadecimal digits, or UINT32_MAX. */
static uint32_t
read_unit(struct reader *r)
{
	uint32_t unit = 0;

	for (int i = 0; i < 4; i++) {
		static const char digits[] = "0123456789abcdefABCDEF";
		const char *found;

		found = r->p == r->end || *r->p == '\0' ? NULL :
							  strchr(digits, *r->p);
		if (found == NULL) {
			fail(r, "a hexadecimal digit");
			return UINT32_MAX;
		}
		unit = unit * 16 + (uint32_t)(found - digits) -
		       (found - digits > 15 ? 6 : 0);
		r->p++;
	}
	return unit;
}

static char *
put_utf8(char *to, uint32_t c)
{
	if (c < 0x80) {
		*to++ = (char)c;
	} else if (c < 0x800) {
		*to++ = (char)(0xc0 | c >> 6);
		*to++ = (char)(0x80 | (c & 0x3f));
	} else if (c < 0x10000) {
		*to++ = (char)(0xe0 | c >> 12);
		*to++ = (char)(0x80 | (c >> 6 & 0x3f));
		*to++ = (char)(0x80 | (c & 0x3f));
	} else {
		*to++ = (char)(0xf0 | c >> 18);
		*to++ = (char)(0x80 | (c >> 12 & 0x3f));
		*to++ = (char)(0x80 | (c >> 6 & 0x3f));
		*to++ = (char)(0x80 | (c & 0x3f));
	}
	return to;
}

/* What follows a backslash; it never gets longer. */
static char *
read_escape(struct reader *r, char *to)
{
	static const char named[] = "b\bt\tn\nf\fr\r\"\"\\\\//";
	uint32_t high, low;

	for (size_t i = 0; i + 1 < sizeof named; i += 2)
		if (*r->p == named[i]) {
			r->p++;
			*to++ = named[i + 1];
			return to;
		}
	if (*r->p != 'u') {
		fail(r, "an escape of JSON");
		return to;
	}
	r->p++;
	high = read_unit(r);
	if (r->failed || high < 0xd800 || high > 0xdfff)
		return r->failed ? to : put_utf8(to, high);
	if (high > 0xdbff || r->p[0] != '\\' || r->p[1] != 'u') {
		fail(r, "a pair of surrogates");
		return to;
	}
	r->p += 2;
	low = read_unit(r);
	if (!r->failed && (low < 0xdc00 || low > 0xdfff))
		fail(r, "a pair of surrogates");
	return r->failed ? to :
			   put_utf8(to, 0x10000 + ((high - 0xd800) << 10) +
						(low - 0xdc00));
}

/* A string, decoded in its place. */
static sftr_str
read_string(struct reader *r)
{
	sftr_str text = { "", 0 };
	char *to;

	need(r, '"', "a string");
	if (r->failed)
		return text;
	text.ptr = to = r->p;
	while (!r->failed && *r->p != '"') {
		if (r->p == r->end || (unsigned char)*r->p < ' ')
			fail(r, "the end of the string");
		else if (*r->p != '\\')
			*to++ = *r->p++;
		else {
			r->p++;
			to = read_escape(r, to);
		}
	}
	text.len = (size_t)(to - text.ptr);
	if (!r->failed)
		r->p++;
	return text;
}

/* A canonical integer of 64 bits. */
static int64_t
read_integer(struct reader *r)
{
	bool negative = take(r, '-');
	uint64_t limit = (uint64_t)INT64_MAX + negative;
	uint64_t v = 0;
	char *begin = r->p;

	for (; *r->p >= '0' && *r->p <= '9'; r->p++) {
		uint64_t digit = (uint64_t)(*r->p - '0');

		if (v > (limit - digit) / 10) {
			fail(r, "an integer of 64 bits");
			return 0;
		}
		v = v * 10 + digit;
	}
	if (r->p == begin ||
	    (*begin == '0' && (negative || r->p > begin + 1))) {
		r->p = begin;
		fail(r, "an integer without leading zeros");
	}
	if (negative)
		return v > INT64_MAX ? INT64_MIN : -(int64_t)v;
	return (int64_t)v;
}

static void
read_step(struct reader *r)
{
	sftr_step step = { SFTR_STEP_NAME, { NULL, 0 }, 0 };
	unsigned kind = 0;
	char *begin;
	sftr_str word;

	need(r, '[', "a step");
	begin = r->p;
	word = read_string(r);
	while (!r->failed && kind <= SFTR_STEP_FLAT &&
	       (word.len != strlen(words[kind]) ||
		memcmp(word.ptr, words[kind], word.len) != 0))
		kind++;
	if (kind > SFTR_STEP_FLAT) {
		r->p = begin;
		fail(r, "\"attr\", \"key\", \"index\", \"flat\" or \"name\"");
	}
	need(r, ',', "','");
	if (r->failed)
		return;
	step.kind = (sftr_step_kind)kind;
	while (*r->p == ' ' || *r->p == '\t')
		r->p++;
	if (step.kind == SFTR_STEP_KEY && *r->p != '"')
		step.kind = SFTR_STEP_INT_KEY;
	if (is_number(step.kind))
		step.number = read_integer(r);
	else
		step.text = read_string(r);
	need(r, ']', "']'");
	if (!r->failed)
		r->s->steps[r->s->n++] = step;
}

/* Every step begins with a bracket, so that these bound their number. */
static bool
make_room(steps *s, const char *line, size_t n)
{
	size_t need = 1;
	sftr_step *more;

	s->n = 0;
	for (size_t i = 0; i < n; i++)
		need += line[i] == '[';
	if (need <= s->capacity)
		return true;
	more = realloc(s->steps, need * sizeof *more);
	if (more == NULL)
		return false;
	s->steps = more;
	s->capacity = need;
	return true;
}

bool
steps_read(steps *s, char *line, size_t n)
{
	struct reader r = { s, line, line, line + n, false };

	s->expected = NULL;
	s->at = 0;
	if (!make_room(s, line, n))
		return false;
	need(&r, '[', "an array of steps");
	if (!take(&r, ']')) {
		do
			read_step(&r);
		while (take(&r, ','));
		need(&r, ']', "',' or ']'");
	}
	while (!r.failed && (*r.p == ' ' || *r.p == '\t'))
		r.p++;
	if (!r.failed && r.p != r.end)
		fail(&r, "the end of the line");
	return !r.failed;
}

void
steps_free(steps *s)
{
	free(s->steps);
	memset(s, 0, sizeof *s);
}
