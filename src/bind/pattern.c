/* SPDX-License-Identifier: MIT */
#include "bind/pattern.h"

#include "base/alloc.h"
#include "base/utf8.h"
#include "names/codec.h"
#include "names/step.h"

#include <string.h>

/*
 * A codec reads the word, and a wildcard must pass it whatever step it stands
 * in, an index among them.  So while the codec reads, a number stands for each
 * wildcard: a digit, zeros, and a 1 for "*" or a 2 for "**".  Its first digit
 * is nowhere else in it, so it cannot be found half in its neighbours.  What
 * comes out must have as many of them as went in: a name may hold such a number
 * itself, spelt with escapes or not, and then another digit is tried.
 */
#define MARK_LEN 9

/* What stands for "*" in a compiled step: no byte of UTF-8. */
#define WILD ((char)0xff)

struct marks {
	char one[MARK_LEN + 1];
	char many[MARK_LEN + 1];
	size_t n; /* that were set */
};

static bool
is_mark(const char *text, size_t n, const char *mark)
{
	return n >= MARK_LEN && memcmp(text, mark, MARK_LEN) == 0;
}

/*
 * The word without escapes and with marks, into out, which has room for
 * MARK_LEN bytes a byte.  Returns the length; *fault is the place of a "\" with
 * nothing behind it, or SIZE_MAX.
 */
static size_t
set_marks(const char *word, size_t n, struct marks *m, char *out, size_t *fault)
{
	size_t len = 0;

	*fault = SIZE_MAX;
	for (size_t i = 0; i < n; i++) {
		if (word[i] == '\\' && i + 1 == n) {
			*fault = i;
		} else if (word[i] == '\\') {
			out[len++] = word[++i];
		} else if (word[i] == '*') {
			bool many = i + 1 < n && word[i + 1] == '*';

			memcpy(out + len, many ? m->many : m->one, MARK_LEN);
			len += MARK_LEN;
			m->n++;
			i += many;
		} else {
			out[len++] = word[i];
		}
	}
	return len;
}

/* Whether the codec let every mark through, and made none. */
static bool
kept_marks(const sftr__path_buffer *path, const struct marks *m)
{
	size_t n = 0;

	for (size_t k = 0; k < path->n_steps; k++) {
		char decimal[SFTR__DECIMAL];
		sftr_str text = sftr__step_text(&path->steps[k], decimal);

		for (size_t i = 0; i < text.len; i++)
			n += is_mark(text.ptr + i, text.len - i, m->one) ||
			     is_mark(text.ptr + i, text.len - i, m->many);
	}
	return n == m->n;
}

/* A step's text with WILD for marks; false if "**" is not all of it. */
static bool
compile_step(sftr__pattern *p, sftr_str text, const struct marks *m,
	     sftr__pattern_step *step)
{
	char *out = p->texts + p->n_texts;

	step->text = out;
	if (text.len == MARK_LEN && is_mark(text.ptr, text.len, m->many)) {
		step->is_many = true;
		if (p->n_wildcards < SFTR__MAX_CAPTURES)
			p->many[p->n_wildcards] = true;
		p->n_wildcards++;
		return true;
	}
	for (size_t i = 0; i < text.len;) {
		if (is_mark(text.ptr + i, text.len - i, m->many))
			return false;
		if (is_mark(text.ptr + i, text.len - i, m->one)) {
			out[step->n++] = WILD;
			p->n_wildcards++;
			i += MARK_LEN;
		} else {
			out[step->n++] = text.ptr[i++];
		}
	}
	p->n_texts += step->n;
	return true;
}

static sftr_code
compile(sftr__pattern *p, const sftr__path_buffer *path, const struct marks *m,
	sftr_error *err)
{
	size_t room = 1;

	for (size_t i = 0; i < path->n_steps; i++)
		room += path->steps[i].text.len + SFTR__DECIMAL;
	p->n_steps = path->n_steps;
	p->steps =
		sftr__alloc_zeroed(&p->allocator, p->n_steps, sizeof *p->steps);
	p->texts = sftr__alloc(&p->allocator, room);
	p->n_texts = 0;
	if (p->steps == NULL || p->texts == NULL) {
		sftr__free(&p->allocator, p->texts, room);
		p->texts = NULL;
		return sftr__fail_memory(err);
	}
	for (size_t i = 0; i < p->n_steps; i++) {
		char decimal[SFTR__DECIMAL];

		p->steps[i].kind = path->steps[i].kind;
		if (!compile_step(p, sftr__step_text(&path->steps[i], decimal),
				  m, &p->steps[i])) {
			p->n_texts = room;
			return sftr__fail_at(err, SFTR_E_RULE, 0,
					     "expected \"**\" to be a step of "
					     "its own");
		}
	}
	p->n_texts = room;
	if (p->n_wildcards > SFTR__MAX_CAPTURES)
		return sftr__fail_at(err, SFTR_E_RULE, 0,
				     "expected at most %d wildcards, found %zu",
				     SFTR__MAX_CAPTURES, p->n_wildcards);
	return SFTR_OK;
}

static sftr_code
parse_marked(const char *word, size_t n, sftr_codec codec, char *marked,
	     sftr__path_buffer *path, sftr__pattern *p, sftr_error *err)
{
	for (char digit = '9'; digit > '2'; digit--) {
		struct marks m = { "x00000001", "x00000002", 0 };
		size_t fault, len;
		sftr_code code;
		sftr_error why;

		m.one[0] = m.many[0] = digit;
		len = set_marks(word, n, &m, marked, &fault);
		if (fault != SIZE_MAX)
			return sftr__fail_at(
				err, SFTR_E_RULE, fault,
				"expected a character behind \"\\\"");
		sftr__path_buffer_clear(path);
		code = sftr__path_parse_into(codec, marked, len, path, &why);
		if (code == SFTR_E_MEMORY)
			return sftr__fail_memory(err);
		/* The fault's place is one among marks: the word is the place. */
		if (code != SFTR_OK)
			return sftr__fail_at(
				err, SFTR_E_RULE, 0, "no path under %s: %s",
				sftr_codec_name(codec), why.message);
		if (kept_marks(path, &m))
			return compile(p, path, &m, err);
	}
	return sftr__fail_at(err, SFTR_E_RULE, 0,
			     "its wildcards are lost on the codec %s",
			     sftr_codec_name(codec));
}

sftr_code
sftr__pattern_parse(const char *word, size_t n, sftr_codec codec,
		    const sftr_allocator *allocator, sftr__pattern *pattern,
		    sftr_error *err)
{
	sftr_allocator a = sftr__allocator(allocator);
	sftr__path_buffer path;
	size_t span = sftr__utf8_span(word, n);
	char *marked;
	sftr_code code;

	memset(pattern, 0, sizeof *pattern);
	pattern->allocator = a;
	if (span < n)
		return sftr__fail_at(err, SFTR_E_RULE, span, "no UTF-8");
	if (n > SIZE_MAX / 4 / MARK_LEN)
		return sftr__fail_memory(err);
	marked = sftr__alloc(&a, n * MARK_LEN);
	if (marked == NULL)
		return sftr__fail_memory(err);
	sftr__path_buffer_init(&path, &a);
	code = parse_marked(word, n, codec, marked, &path, pattern, err);
	sftr__path_buffer_free(&path);
	sftr__free(&a, marked, n * MARK_LEN);
	if (code != SFTR_OK)
		sftr__pattern_free(pattern);
	return code;
}

void
sftr__pattern_free(sftr__pattern *pattern)
{
	const sftr_allocator *a = &pattern->allocator;

	if (pattern->steps != NULL)
		sftr__free(a, pattern->steps,
			   pattern->n_steps * sizeof *pattern->steps);
	if (pattern->texts != NULL)
		sftr__free(a, pattern->texts, pattern->n_texts);
	memset(pattern, 0, sizeof *pattern);
}

/*
 * Both matchers go on from the last wildcard when something does not fit, and
 * let it take one more: an earlier one need never take more than it did.
 */
static bool
match_step(const sftr__pattern_step *p, const sftr_step *step, size_t at,
	   sftr__capture *captures, size_t *n_captures)
{
	char decimal[SFTR__DECIMAL];
	sftr_str text = sftr__step_text(step, decimal);
	size_t i = 0, j = 0, star = SIZE_MAX, star_j = 0;
	size_t k = *n_captures, star_k = 0;

	while (i < p->n || j < text.len) {
		if (i < p->n && p->text[i] == WILD) {
			captures[k] = (sftr__capture){ at, j, 0 };
			star = i++;
			star_j = j;
			star_k = k++;
		} else if (i < p->n && j < text.len &&
			   p->text[i] == text.ptr[j]) {
			i++;
			j++;
		} else if (star != SIZE_MAX && star_j < text.len) {
			j = ++star_j;
			i = star + 1;
			captures[star_k].n++;
			k = star_k + 1;
		} else {
			return false;
		}
	}
	*n_captures = k;
	return true;
}

bool
sftr__pattern_matches(const sftr__pattern *p, const sftr_step *steps,
		      size_t n_steps,
		      sftr__capture captures[SFTR__MAX_CAPTURES])
{
	size_t i = 0, j = 0, k = 0;
	size_t star = SIZE_MAX, star_j = 0, star_k = 0;

	while (i < p->n_steps || j < n_steps) {
		if (i < p->n_steps && p->steps[i].is_many) {
			captures[k] = (sftr__capture){ j, 0, 0 };
			star = i++;
			star_j = j;
			star_k = k++;
		} else if (i < p->n_steps && j < n_steps &&
			   match_step(&p->steps[i], &steps[j], j, captures,
				      &k)) {
			i++;
			j++;
		} else if (star != SIZE_MAX && star_j < n_steps) {
			j = ++star_j;
			i = star + 1;
			captures[star_k].n++;
			k = star_k + 1;
		} else {
			return false;
		}
	}
	return true;
}

sftr_str
sftr__capture_text(const sftr__capture *capture, const sftr_step *steps,
		   char *decimal)
{
	sftr_str text = sftr__step_text(&steps[capture->step], decimal);

	text.ptr += capture->offset;
	text.len = capture->n;
	return text;
}

/* A step as it is pushed: a number where the pattern wants an index. */
static void
push(sftr__path_reader *r, sftr_step_kind kind, const char *text, size_t n)
{
	int64_t number;

	if (!sftr__step_is_number(kind))
		sftr__path_push_text(r, kind, text, n);
	else if (sftr__decimal_parse(text, n, &number, NULL) ==
		 SFTR__DECIMAL_OK)
		sftr__path_push_number(r, kind, number);
	else
		sftr__path_push_text(r, SFTR_STEP_NAME, text, n);
}

/* The path's steps move while it grows, and are looked up anew each time. */
static void
fill_step(const sftr__pattern_step *p, const sftr__capture *captures, size_t *k,
	  sftr__path_reader *r)
{
	char decimal[SFTR__DECIMAL], *out;
	size_t room = p->n, n = 0;

	for (size_t i = 0, c = *k; i < p->n; i++)
		if (p->text[i] == WILD)
			room += captures[c++].n;
	out = sftr__path_room(r, room);
	for (size_t i = 0; i < p->n && out != NULL; i++) {
		sftr_str text = { p->text + i, 1 };

		if (p->text[i] == WILD)
			text = sftr__capture_text(&captures[(*k)++],
						  r->out->steps, decimal);
		if (text.len > 0)
			memcpy(out + n, text.ptr, text.len);
		n += text.len;
	}
	if (out != NULL)
		push(r, p->kind, out, n);
}

sftr_code
sftr__pattern_fill(const sftr__pattern *p, const sftr__capture *captures,
		   sftr__path_buffer *path)
{
	sftr__path_reader r = { NULL, 0, path, NULL, SFTR_OK };
	size_t k = 0;

	for (size_t i = 0; i < p->n_steps && r.code == SFTR_OK; i++) {
		const sftr__capture *c = &captures[k];

		if (!p->steps[i].is_many) {
			fill_step(&p->steps[i], captures, &k, &r);
			continue;
		}
		k++;
		for (size_t j = 0; j < c->n; j++) {
			const sftr_step *s = &path->steps[c->step + j];

			if (sftr__step_is_number(s->kind))
				sftr__path_push_number(&r, s->kind, s->number);
			else
				sftr__path_push_text(&r, s->kind, s->text.ptr,
						     s->text.len);
		}
	}
	return r.code;
}
