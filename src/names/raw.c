/* SPDX-License-Identifier: MIT */
#include "names/raw.h"

#include "names/step.h"

void
sftr__raw_parse(sftr__path_reader *r)
{
	sftr__path_push_text(r, SFTR_STEP_KEY, r->text, r->n);
}

void
sftr__raw_format(sftr__path_writer *w)
{
	if (w->n_steps == 0) {
		w->code = sftr__fail(w->err, SFTR_E_CODEC,
				     "step 0: expected a key, found the end");
		return;
	}
	if (w->steps[0].kind != SFTR_STEP_KEY)
		sftr__path_refuse(w, 0, SFTR_NO_OFFSET, "a key",
				  sftr__step_kind_text(w->steps[0].kind));
	else if (w->n_steps > 1)
		sftr__path_refuse(w, 1, SFTR_NO_OFFSET, "the end after one key",
				  sftr__step_kind_text(w->steps[1].kind));
	sftr__path_put(w, w->steps[0].text.ptr, w->steps[0].text.len);
}
