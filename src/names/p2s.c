/* SPDX-License-Identifier: MIT */
#include "names/p2s.h"

#include "names/step.h"

static bool
is_separator(char c)
{
	return c == '.' || c == '@' || c == '#';
}

/* Pushes text[begin, end), in which n_escapes backslashes say nothing. */
static void
push_word(sftr__path_reader *r, sftr_step_kind kind, size_t begin, size_t end,
	  size_t n_escapes)
{
	size_t n = end - begin - n_escapes;
	char *word, *to;

	if (n_escapes == 0) {
		sftr__path_push_text(r, kind, r->text + begin, n);
		return;
	}
	word = to = sftr__path_room(r, n);
	if (word == NULL)
		return;
	for (size_t i = begin; i < end; i++) {
		if (r->text[i] == '\\')
			i++;
		*to++ = r->text[i];
	}
	sftr__path_push_text(r, kind, word, n);
}

/* The end of the word at 'begin': the next separator, or the text's end. */
static size_t
find_end(sftr__path_reader *r, size_t begin, bool escapes, size_t *n_escapes)
{
	size_t i;

	*n_escapes = 0;
	for (i = begin; i < r->n && !is_separator(r->text[i]); i++) {
		if (!escapes || r->text[i] != '\\')
			continue;
		i++;
		if (i == r->n ||
		    (!is_separator(r->text[i]) && r->text[i] != '\\')) {
			sftr__path_expect(r, i,
					  "'.', '@', '#' or '\\' after '\\'");
			return r->n;
		}
		(*n_escapes)++;
	}
	return i;
}

static void
parse(sftr__path_reader *r, bool escapes)
{
	char separator = '.';
	size_t i = 0;

	if (r->n == 0)
		return;
	if (is_separator(r->text[0]))
		separator = r->text[i++];
	for (;;) {
		size_t n_escapes;
		size_t end =
			find_end(r, i, escapes && separator != '#', &n_escapes);

		if (separator == '#' && i < end && r->text[i] == '-')
			sftr__path_expect(r, i, "an index of 0 or more");
		if (separator == '#')
			sftr__path_push_number(
				r, SFTR_STEP_INDEX,
				sftr__path_decimal(r, i, end, "an index"));
		else
			push_word(r,
				  separator == '@' ? SFTR_STEP_KEY :
						     SFTR_STEP_ATTR,
				  i, end, n_escapes);
		if (end == r->n || r->code != SFTR_OK)
			return;
		separator = r->text[end];
		i = end + 1;
	}
}

void
sftr__p2s_parse(sftr__path_reader *r)
{
	parse(r, false);
}

void
sftr__p2s_esc_parse(sftr__path_reader *r)
{
	parse(r, true);
}

/* The separator of step i, unless it is the first and an attribute. */
static void
put_separator(sftr__path_writer *w, size_t i, bool escapes)
{
	const sftr_step *step = &w->steps[i];

	if (step->kind == SFTR_STEP_KEY)
		sftr__path_put_char(w, '@');
	else if (step->kind == SFTR_STEP_INDEX)
		sftr__path_put_char(w, '#');
	else if (step->kind != SFTR_STEP_ATTR)
		sftr__path_refuse(w, i, SFTR_NO_OFFSET,
				  "an attribute, a key or an index",
				  sftr__step_kind_text(step->kind));
	else if (i > 0 || (step->text.len == 0 && escapes))
		sftr__path_put_char(w, '.');
	else if (step->text.len == 0)
		sftr__path_refuse(w, i, SFTR_NO_OFFSET,
				  "a first attribute with a name",
				  "an empty one");
}

static void
put_escaped(sftr__path_writer *w, sftr_str text)
{
	for (size_t i = 0; i < text.len; i++) {
		if (is_separator(text.ptr[i]) || text.ptr[i] == '\\')
			sftr__path_put_char(w, '\\');
		sftr__path_put_char(w, text.ptr[i]);
	}
}

static void
format(sftr__path_writer *w, bool escapes)
{
	char decimal[SFTR__DECIMAL];

	for (size_t i = 0; i < w->n_steps && w->code == SFTR_OK; i++) {
		sftr_str text = sftr__step_text(&w->steps[i], decimal);

		put_separator(w, i, escapes);
		if (w->steps[i].kind != SFTR_STEP_INDEX && escapes)
			put_escaped(w, text);
		else if (w->steps[i].kind == SFTR_STEP_INDEX ||
			 sftr__path_is_free_of(w, i, ".@#",
					       "no '.', '@' or '#'"))
			sftr__path_put(w, text.ptr, text.len);
	}
}

void
sftr__p2s_format(sftr__path_writer *w)
{
	format(w, false);
}

void
sftr__p2s_esc_format(sftr__path_writer *w)
{
	format(w, true);
}
