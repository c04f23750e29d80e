/* SPDX-License-Identifier: MIT */
#include "bind/transform.h"

#include <string.h>

/* A cursor over the text; a fault moves it to the end. */
struct words {
	const char *text;
	size_t n;
	size_t at;
	size_t fault;
	const char *due; /* NULL: no fault yet */
};

static void
fail(struct words *w, size_t at, const char *due)
{
	if (w->due == NULL) {
		w->fault = at;
		w->due = due;
	}
	w->at = w->n;
}

static void
skip_space(struct words *w)
{
	while (w->at < w->n &&
	       (w->text[w->at] == ' ' || w->text[w->at] == '\t'))
		w->at++;
}

/* The word comes next, and ends there? */
static bool
take(struct words *w, const char *word)
{
	size_t n = strlen(word), end = w->at + n;

	if (n > w->n - w->at || memcmp(w->text + w->at, word, n) != 0 ||
	    (end < w->n && w->text[end] != ' ' && w->text[end] != '\t'))
		return false;
	w->at = end;
	skip_space(w);
	return true;
}

static uint32_t
take_axis(struct words *w)
{
	size_t begin = w->at;
	uint32_t v = 0;

	while (w->at < w->n && w->text[w->at] >= '0' && w->text[w->at] <= '9') {
		v = v * 10 + (uint32_t)(w->text[w->at] - '0');
		if (v >= SFTR__MAX_AXES) {
			fail(w, begin, "a dimension below 32");
			return 0;
		}
		w->at++;
	}
	if (w->at == begin)
		fail(w, begin, "the number of a dimension");
	return v;
}

static void
parse_permutation(struct words *w, sftr__transform *t)
{
	size_t begin = w->at;
	uint64_t seen = 0;

	t->turn = SFTR__PERMUTE;
	for (;;) {
		size_t at = w->at;
		uint32_t axis = take_axis(w);

		if (w->due == NULL && (seen >> axis & 1) != 0)
			fail(w, at, "each dimension once");
		if (w->due != NULL)
			return;
		/* Never more than SFTR__MAX_AXES: each is below it, and once. */
		seen |= (uint64_t)1 << axis;
		t->axes[t->n_axes++] = (uint8_t)axis;
		if (w->at == w->n || w->text[w->at] != ',')
			break;
		w->at++;
	}
	if (seen != ((uint64_t)1 << t->n_axes) - 1)
		fail(w, begin, "each dimension from 0 on");
}

bool
sftr__transform_turns_as(const sftr__transform *t, const sftr__transform *other)
{
	static const sftr__transform none;

	if (t == NULL)
		t = &none;
	if (other == NULL)
		other = &none;
	/* Axes that are not there are 0. */
	return t->turn == other->turn && t->n_axes == other->n_axes &&
	       memcmp(t->axes, other->axes, sizeof t->axes) == 0;
}

bool
sftr__transform_parse(const char *text, size_t n, sftr__transform *t,
		      size_t *at, const char **due)
{
	struct words w = { text, n, 0, 0, NULL };

	memset(t, 0, sizeof *t);
	skip_space(&w);
	if (take(&w, "T")) {
		t->turn = SFTR__REVERSE;
	} else if (take(&w, "permute")) {
		parse_permutation(&w, t);
		skip_space(&w);
	}
	if (take(&w, "stack")) {
		t->is_stack = true;
		t->stack_axis = take_axis(&w);
		skip_space(&w);
	}
	if (w.at < w.n)
		fail(&w, w.at,
		     t->is_stack	   ? "the end of the line" :
		     t->turn != SFTR__KEEP ? "\"stack N\" or the end" :
					     "T, permute or stack");
	*at = w.fault;
	*due = w.due;
	return w.due == NULL;
}

void
sftr__axes_init(sftr__axes *axes, uint32_t rank)
{
	memset(axes, 0, sizeof *axes);
	axes->is_identity = true;
	axes->rank = rank;
}

bool
sftr__axes_turn(sftr__axes *axes, const sftr__transform *t)
{
	uint8_t old[SFTR__MAX_AXES];
	uint32_t rank = axes->rank;

	if (t->turn == SFTR__KEEP || (t->turn == SFTR__REVERSE && rank < 2))
		return true;
	if (rank > SFTR__MAX_AXES ||
	    (t->turn == SFTR__PERMUTE && t->n_axes != rank))
		return false;
	for (uint32_t i = 0; i < rank; i++)
		old[i] = axes->is_identity ? (uint8_t)i : axes->from[i];
	axes->is_identity = true;
	for (uint32_t i = 0; i < rank; i++) {
		axes->from[i] = t->turn == SFTR__REVERSE ? old[rank - 1 - i] :
							   old[t->axes[i]];
		axes->is_identity = axes->is_identity && axes->from[i] == i;
	}
	return true;
}

bool
sftr__axes_stack(sftr__axes *axes, uint32_t at)
{
	if (axes->rank >= SFTR__MAX_AXES || at > axes->rank)
		return false;
	for (uint32_t i = 0; i < axes->rank && axes->is_identity; i++)
		axes->from[i] = (uint8_t)i;
	memmove(axes->from + at + 1, axes->from + at, axes->rank - at);
	axes->from[at] = SFTR__STACK;
	axes->is_identity = false;
	axes->rank++;
	return true;
}
