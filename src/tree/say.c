/* SPDX-License-Identifier: MIT */
#include "tree/say.h"

#include "base/alloc.h"
#include "format/rule.h"
#include "names/codec.h"

#include <inttypes.h>
#include <string.h>

bool
sftr__codec_says_number(sftr_codec codec, const sftr_step *step)
{
	return codec == SFTR_CODEC_KEYSTR &&
	       (step->kind == SFTR_STEP_FLAT || step->number < 0);
}

void
sftr__say_begin(sftr__say *s, const sftr_tree *tree, sftr_codec codec,
		bool with_note)
{
	memset(s, 0, sizeof *s);
	s->codec = codec;
	s->with_note = with_note;
	sftr__note_begin(&s->note, &tree->allocator);
	sftr__arena_init(&s->texts, &tree->allocator);
	sftr__walk_begin(&s->walk, tree->root, &tree->allocator);
}

void
sftr__say_end(sftr__say *s)
{
	sftr__free(&s->note.allocator, s->text, s->text_capacity);
	sftr__walk_end(&s->walk);
	sftr__arena_free(&s->texts);
	sftr__note_free(&s->note);
}

/* A step as the codec can say it; what is lost is a line of the note. */
static bool
spell(sftr__say *s, sftr_step *step)
{
	char decimal[SFTR__DECIMAL];
	sftr_str text;

	if ((step->kind != SFTR_STEP_FLAT && step->kind != SFTR_STEP_INT_KEY) ||
	    sftr__codec_says_number(s->codec, step))
		return true;
	if (step->kind == SFTR_STEP_FLAT) {
		step->kind = SFTR_STEP_INDEX;
		return true;
	}
	text = sftr__step_text(step, decimal);
	step->kind = SFTR_STEP_KEY;
	step->text.len = text.len;
	step->text.ptr = sftr__arena_text(&s->texts, text.ptr, text.len);
	return step->text.ptr != NULL;
}

bool
sftr__say_arrive(sftr__say *s)
{
	s->has_text = false;
	return s->walk.n_steps == 0 ||
	       spell(s, &s->walk.steps[s->walk.n_steps - 1]);
}

static sftr_code
format(sftr__say *s, const sftr_step *steps, size_t n_steps, sftr_str *text,
       sftr_error *err)
{
	void *room = s->text;
	sftr_code code;

	s->has_text = false;
	code = sftr__path_spell(s->codec, steps, n_steps, s->text,
				s->text_capacity, &s->n_text, err);
	if (code == SFTR_OK && s->n_text >= s->text_capacity) {
		if (!sftr__grow(&s->note.allocator, &room, &s->text_capacity,
				s->n_text + 1, 1))
			return sftr__fail_memory(err);
		s->text = room;
		code = sftr__path_spell(s->codec, steps, n_steps, s->text,
					s->text_capacity, &s->n_text, err);
	}
	if (code != SFTR_OK)
		return code;
	text->ptr = s->text;
	text->len = s->n_text;
	if (s->codec == SFTR_CODEC_P2S_ESC &&
	    memchr(s->text, '\\', s->n_text) != NULL)
		s->has_escapes = true;
	return SFTR_OK;
}

sftr_code
sftr__say_path(sftr__say *s, sftr_str *text, sftr_error *err)
{
	sftr_code code = SFTR_OK;

	if (!s->has_text)
		code = format(s, s->walk.steps, s->walk.n_steps, text, err);
	text->ptr = s->text;
	text->len = s->n_text;
	s->has_text = code == SFTR_OK;
	return code;
}

/* Stops once no header could hold the note: memory stays within it. */
static sftr_code
keep(sftr__say *s, sftr_str *text, sftr_error *err)
{
	s->n_kept += text->len;
	if (s->n_kept > SFTR__HEADER_MAX)
		return sftr__fail(err, SFTR_E_LENGTH,
				  "the structure note would be longer than the "
				  "%" PRIu64 " bytes that a header can have",
				  SFTR__HEADER_MAX);
	text->ptr = sftr__arena_text(&s->texts, text->ptr, text->len);
	return text->ptr == NULL ? sftr__fail_memory(err) : SFTR_OK;
}

/* Whether a tree that lacks what this line says would be another in its data. */
static bool
is_vital(sftr__line_kind kind)
{
	return kind == SFTR__LINE_ALIAS || kind == SFTR__LINE_SCALAR ||
	       kind == SFTR__LINE_INT || kind == SFTR__LINE_FLAT;
}

sftr_code
sftr__say_need(const sftr_node *node, const char *what, sftr_error *err)
{
	sftr__fail(err, SFTR_E_NOTE, "only a structure note can say %s", what);
	sftr__node_set_key(err, node);
	return SFTR_E_NOTE;
}

/* Adds a line about the node that the walk is at. */
static sftr_code
say(sftr__say *s, sftr__line *line, sftr_error *err)
{
	static const char *const what[SFTR__N_LINES] = {
		[SFTR__LINE_ALIAS] = "that leaves share a tensor",
		[SFTR__LINE_SCALAR] = "a scalar",
		[SFTR__LINE_INT] = "that a key is an integer",
		[SFTR__LINE_FLAT] = "that an index is flat",
	};
	sftr_code code;

	if (!s->with_note)
		return is_vital(line->kind) ?
			       sftr__say_need(s->walk.node, what[line->kind],
					      err) :
			       SFTR_OK;
	code = sftr__say_path(s, &line->path, err);
	if (code == SFTR_OK)
		code = keep(s, &line->path, err);
	return code == SFTR_OK ? sftr__note_add(&s->note, line, err) : code;
}

sftr_code
sftr__say_kind(sftr__say *s, sftr__line_kind kind, sftr_error *err)
{
	sftr__line line;

	memset(&line, 0, sizeof line);
	line.kind = kind;
	return say(s, &line, err);
}

sftr_code
sftr__say_scalar(sftr__say *s, const sftr_scalar *scalar, sftr_error *err)
{
	sftr__line line;

	memset(&line, 0, sizeof line);
	line.kind = SFTR__LINE_SCALAR;
	line.as.scalar = *scalar;
	return say(s, &line, err);
}

sftr_code
sftr__say_type(sftr__say *s, const sftr_node *object, sftr_error *err)
{
	sftr__line line;

	memset(&line, 0, sizeof line);
	line.kind = SFTR__LINE_OBJECT;
	line.as.text = sftr_node_type(object);
	return say(s, &line, err);
}

sftr_code
sftr__say_empty(sftr__say *s, sftr_node_kind kind, sftr_error *err)
{
	sftr__line line;

	memset(&line, 0, sizeof line);
	line.kind = SFTR__LINE_EMPTY;
	line.as.empty = kind;
	return say(s, &line, err);
}

sftr_code
sftr__say_order(sftr__say *s, const sftr_node *dict, sftr_error *err)
{
	const sftr_node *child = dict->as.branch.first;
	sftr_code code = SFTR_OK;
	sftr__line line;

	memset(&line, 0, sizeof line);
	line.kind = SFTR__LINE_ORDER;
	line.as.order.first = s->note.n_keys;
	line.as.order.n = dict->as.branch.count;
	if (!s->with_note)
		return SFTR_OK;
	for (; child != NULL && code == SFTR_OK; child = child->next) {
		sftr_step step = sftr__node_step(child);

		code = sftr__note_add_key(&s->note, &step, err);
	}
	return code == SFTR_OK ? say(s, &line, err) : code;
}

/* The path of a node that the walk is not at. */
static sftr_code
path_of(sftr__say *s, const sftr_node *node, sftr_str *text, sftr_error *err)
{
	const sftr_allocator *a = &s->note.allocator;
	sftr_code code = SFTR_OK;
	size_t n = 0, i;
	sftr_step *steps;

	for (const sftr_node *up = node; up->parent != NULL; up = up->parent)
		n++;
	steps = sftr__alloc(a, n * sizeof *steps);
	if (steps == NULL)
		return sftr__fail_memory(err);
	for (i = n; i-- > 0 && code == SFTR_OK; node = node->parent) {
		steps[i] = sftr__node_step(node);
		if (!spell(s, &steps[i]))
			code = sftr__fail_memory(err);
	}
	if (code == SFTR_OK)
		code = format(s, steps, n, text, err);
	if (code == SFTR_OK)
		code = keep(s, text, err);
	sftr__free(a, steps, n * sizeof *steps);
	return code;
}

sftr_code
sftr__say_alias(sftr__say *s, const sftr_node *target, sftr_error *err)
{
	sftr_code code = SFTR_OK;
	sftr__line line;

	memset(&line, 0, sizeof line);
	line.kind = SFTR__LINE_ALIAS;
	if (s->with_note)
		code = path_of(s, target, &line.as.text, err);
	return code == SFTR_OK ? say(s, &line, err) : code;
}
