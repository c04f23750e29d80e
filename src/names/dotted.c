/* SPDX-License-Identifier: MIT */
#include "names/dotted.h"

#include "names/step.h"

#include <string.h>

static void
parse(sftr__path_reader *r, char separator)
{
	const char *p = r->text;
	size_t left = r->n;

	if (left == 0)
		return;
	for (;;) {
		const char *end = left > 0 ? memchr(p, separator, left) : NULL;
		size_t len = end != NULL ? (size_t)(end - p) : left;

		sftr__path_push_text(r, SFTR_STEP_NAME, p, len);
		if (end == NULL)
			return;
		left -= len + 1;
		p = end + 1;
	}
}

static void
format(sftr__path_writer *w, char separator, const char *what)
{
	const char set[2] = { separator, '\0' };
	char decimal[SFTR__DECIMAL];

	if (w->n_steps == 1 && w->steps[0].text.len == 0 &&
	    !sftr__step_is_number(w->steps[0].kind))
		sftr__path_refuse(w, 0, SFTR_NO_OFFSET,
				  "a name, where it is the only step",
				  "an empty one");
	for (size_t i = 0; i < w->n_steps && w->code == SFTR_OK; i++) {
		sftr_str text = sftr__step_text(&w->steps[i], decimal);

		if (i > 0)
			sftr__path_put_char(w, separator);
		if (sftr__step_is_number(w->steps[i].kind) ||
		    sftr__path_is_free_of(w, i, set, what))
			sftr__path_put(w, text.ptr, text.len);
	}
}

void
sftr__dotted_parse(sftr__path_reader *r)
{
	parse(r, '.');
}

void
sftr__dotted_format(sftr__path_writer *w)
{
	format(w, '.', "no '.'");
}

void
sftr__slash_parse(sftr__path_reader *r)
{
	parse(r, '/');
}

void
sftr__slash_format(sftr__path_writer *w)
{
	format(w, '/', "no '/'");
}
