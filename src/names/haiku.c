/* SPDX-License-Identifier: MIT */
#include "names/haiku.h"

#include "names/step.h"

void
sftr__haiku_parse(sftr__path_reader *r)
{
	size_t last = r->n;

	if (r->n == 0)
		return;
	while (last > 0 && r->text[last - 1] != '/')
		last--;
	if (last > 0)
		sftr__path_push_text(r, SFTR_STEP_KEY, r->text, last - 1);
	sftr__path_push_text(r, SFTR_STEP_KEY, r->text + last, r->n - last);
}

void
sftr__haiku_format(sftr__path_writer *w)
{
	for (size_t i = 0; i < w->n_steps; i++) {
		const sftr_step *step = &w->steps[i];

		if (step->kind != SFTR_STEP_KEY)
			sftr__path_refuse(w, i, SFTR_NO_OFFSET, "a key",
					  sftr__step_kind_text(step->kind));
		else if (i == 2)
			sftr__path_refuse(w, i, SFTR_NO_OFFSET,
					  "the end after module and parameter",
					  "a third key");
		else if (w->n_steps == 1 && step->text.len == 0)
			sftr__path_refuse(w, i, SFTR_NO_OFFSET,
					  "a key, where it is the only step",
					  "an empty one");
		else if (i + 1 == w->n_steps)
			sftr__path_is_free_of(w, i, "/",
					      "no '/' in a parameter");
		if (w->code != SFTR_OK)
			return;
		if (i > 0)
			sftr__path_put_char(w, '/');
		sftr__path_put(w, step->text.ptr, step->text.len);
	}
}
