/* SPDX-License-Identifier: MIT */
#include "bind/rules.h"

#include "base/alloc.h"
#include "base/utf8.h"
#include "names/step.h"

#include <safetree/bind.h>
#include <string.h>

/* A line being read, and what it is read with. */
struct line {
	const char *text; /* the whole text */
	size_t begin, end;
	size_t at;
	sftr_codec codec;
	sftr_codec slot_codec;
	sftr_error *err;
};

static bool
is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\r';
}

static void
skip_blanks(struct line *l)
{
	while (l->at < l->end && is_blank(l->text[l->at]))
		l->at++;
}

/* The bytes up to the next blank that no "\" stands before. */
static sftr_str
take_word(struct line *l)
{
	sftr_str word = { l->text + l->at, 0 };

	while (l->at < l->end && !is_blank(l->text[l->at]))
		l->at += l->text[l->at] == '\\' && l->at + 1 < l->end ? 2 : 1;
	word.len = (size_t)(l->text + l->at - word.ptr);
	skip_blanks(l);
	return word;
}

static bool
is_word(sftr_str word, const char *text)
{
	return word.len == strlen(text) &&
	       memcmp(word.ptr, text, word.len) == 0;
}

static sftr_code
fail(struct line *l, size_t at, const char *due)
{
	return sftr__fail_at(l->err, SFTR_E_RULE, at, "expected %s", due);
}

static sftr_code
parse_side(struct line *l, sftr_str word, sftr_codec codec,
	   const sftr_allocator *a, sftr__pattern *side)
{
	sftr_error why;
	sftr_code code =
		sftr__pattern_parse(word.ptr, word.len, codec, a, side, &why);

	if (code == SFTR_OK)
		return code;
	if (why.offset != SFTR_NO_OFFSET)
		why.offset += (uint64_t)(word.ptr - l->text);
	if (l->err != NULL)
		*l->err = why;
	return code;
}

/* Whether TO takes up what FROM's wildcards stood for, but for a counter. */
static sftr_code
pair_wildcards(struct line *l, size_t at, sftr__rule *rule)
{
	size_t n = rule->from.n_wildcards, skip = SIZE_MAX;

	if (rule->transform.is_stack) {
		for (size_t i = 0; i < n; i++)
			if (!rule->from.many[i])
				skip = i;
		if (skip == SIZE_MAX)
			return fail(l, at, "a \"*\" that counts the stack");
		rule->counter = skip;
		n--;
	}
	if (rule->to.n_wildcards != n)
		return sftr__fail_at(l->err, SFTR_E_RULE, at,
				     "expected %zu wildcard%s, found %zu", n,
				     n == 1 ? "" : "s", rule->to.n_wildcards);
	for (size_t i = 0; i < n; i++)
		if (rule->to.many[i] != rule->from.many[i + (i >= skip)])
			return sftr__fail_at(l->err, SFTR_E_RULE, at,
					     "expected wildcard %zu to be "
					     "\"%s\", as before the arrow",
					     i + 1,
					     rule->to.many[i] ? "*" : "**");
	return SFTR_OK;
}

static sftr_code
parse_transform(struct line *l, sftr__rule *rule)
{
	size_t n = l->end - l->at, at;
	const char *due;

	while (n > 0 && is_blank(l->text[l->at + n - 1]))
		n--;
	if (rule->is_drop && n > 0)
		return fail(l, l->at, "nothing behind drop");
	if (!sftr__transform_parse(l->text + l->at, n, &rule->transform, &at,
				   &due))
		return fail(l, l->at + at, due);
	return SFTR_OK;
}

static sftr_code
parse_rule(struct line *l, const sftr_allocator *a, sftr__rule *rule)
{
	sftr_str from = take_word(l), arrow, to;
	size_t at = l->at;
	sftr_code code;

	arrow = take_word(l);
	if (!is_word(arrow, "->"))
		return fail(l, at, "\"->\"");
	at = l->at;
	to = take_word(l);
	if (to.len == 0)
		return fail(l, at, "a name behind \"->\"");
	rule->is_drop = is_word(to, "drop");
	code = parse_transform(l, rule);
	if (code == SFTR_OK)
		code = parse_side(l, from, l->codec, a, &rule->from);
	if (code == SFTR_OK && !rule->is_drop)
		code = parse_side(l, to, l->slot_codec, a, &rule->to);
	if (code == SFTR_OK && !rule->is_drop)
		code = pair_wildcards(l, at, rule);
	return code;
}

static sftr_code
parse_line(struct line *l, unsigned number, sftr__rules *rules)
{
	const sftr_allocator *a = &rules->allocator;
	void *p = rules->rules;
	sftr__rule *rule;
	sftr_code code;

	l->at = l->begin;
	skip_blanks(l);
	if (l->at == l->end || l->text[l->at] == '#')
		return SFTR_OK;
	if (!sftr__grow(a, &p, &rules->capacity, rules->n + 1, sizeof *rule))
		return sftr__fail_memory(l->err);
	rules->rules = p;
	rule = &rules->rules[rules->n++];
	memset(rule, 0, sizeof *rule);
	rule->line = number;
	code = parse_rule(l, a, rule);
	return code;
}

sftr_code
sftr__rules_parse(const char *text, const char *name, sftr_codec codec,
		  sftr_codec slot_codec, const sftr_allocator *allocator,
		  sftr__rules *rules, sftr_error *err)
{
	struct line l = { text, 0, 0, 0, codec, slot_codec, err };
	size_t n = text == NULL ? 0 : strlen(text), span;
	sftr_code code = SFTR_OK;
	unsigned number = 0;

	memset(rules, 0, sizeof *rules);
	rules->allocator = sftr__allocator(allocator);
	span = n == 0 ? 0 : sftr__utf8_span(text, n);
	if (span < n)
		code = sftr__fail_at(err, SFTR_E_RULE, span, "no UTF-8");
	while (code == SFTR_OK && l.begin < n) {
		const char *lf = memchr(text + l.begin, '\n', n - l.begin);

		l.end = lf == NULL ? n : (size_t)(lf - text);
		code = parse_line(&l, ++number, rules);
		l.begin = l.end + 1;
	}
	if (code != SFTR_OK) {
		sftr__set_file(err, name);
		sftr__rules_free(rules);
	}
	return code;
}

void
sftr__rules_free(sftr__rules *rules)
{
	for (size_t i = 0; i < rules->n; i++) {
		sftr__pattern_free(&rules->rules[i].from);
		sftr__pattern_free(&rules->rules[i].to);
	}
	sftr__free(&rules->allocator, rules->rules,
		   rules->capacity * sizeof *rules->rules);
	memset(rules, 0, sizeof *rules);
}

/* The number in a stack, taken out of the captures. */
static uint64_t
take_counter(const sftr__rule *rule, const sftr_step *steps,
	     sftr__capture *captures)
{
	char decimal[SFTR__DECIMAL];
	sftr_str text =
		sftr__capture_text(&captures[rule->counter], steps, decimal);
	int64_t number;

	for (size_t i = rule->counter; i + 1 < rule->from.n_wildcards; i++)
		captures[i] = captures[i + 1];
	if (sftr__decimal_parse(text.ptr, text.len, &number, NULL) !=
		    SFTR__DECIMAL_OK ||
	    number < 0)
		return UINT64_MAX;
	return (uint64_t)number;
}

sftr_code
sftr__rules_apply(const sftr__rules *rules, sftr__path_buffer *path,
		  const sftr__rule **rule, uint64_t *part)
{
	sftr__capture captures[SFTR__MAX_CAPTURES];

	*rule = NULL;
	*part = 0;
	for (size_t i = 0; i < rules->n; i++) {
		const sftr__rule *r = &rules->rules[i];

		if (!sftr__pattern_matches(&r->from, path->steps, path->n_steps,
					   captures))
			continue;
		*rule = r;
		if (r->is_drop)
			return SFTR_OK;
		if (r->transform.is_stack)
			*part = take_counter(r, path->steps, captures);
		return sftr__pattern_fill(&r->to, captures, path);
	}
	return SFTR_OK;
}

sftr_code
sftr_rules_check(const char *text, const char *name, sftr_codec codec,
		 sftr_codec slot_codec, sftr_error *err)
{
	sftr__rules rules;
	sftr_code code;

	if (text == NULL || codec == SFTR_CODEC_GUESS)
		return sftr__fail(err, SFTR_E_ARGUMENT,
				  "expected rules and a codec to read them by");
	code = sftr__rules_parse(
		text, name, codec,
		slot_codec == SFTR_CODEC_GUESS ? SFTR_CODEC_DOTTED : slot_codec,
		NULL, &rules, err);
	if (code == SFTR_OK)
		sftr__rules_free(&rules);
	return code;
}
