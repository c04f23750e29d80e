/* SPDX-License-Identifier: MIT */
/*
 * The text of a structure note: a flat list of what names do not say.
 *
 *      {"version":1,"notes":[["layers","tuple",null],["act","scalar","gelu"]]}
 *
 * Knows how a line is spelt; what it means to a tree is not its business.
 */
#ifndef SFTR_TREE_NOTE_H
#define SFTR_TREE_NOTE_H

#include "base/diagnostic.h"
#include "format/emit.h"

#include <safetree/tree.h>

/* In the order of their words, which is the order of lines of one path. */
typedef enum sftr__line_kind {
	SFTR__LINE_ALIAS = 0,
	SFTR__LINE_DICT,
	SFTR__LINE_EMPTY,
	SFTR__LINE_FLAT,
	SFTR__LINE_INT,
	SFTR__LINE_LIST,
	SFTR__LINE_NONE,
	SFTR__LINE_OBJECT,
	SFTR__LINE_ORDER,
	SFTR__LINE_SCALAR,
	SFTR__LINE_TUPLE,
	SFTR__N_LINES
} sftr__line_kind;

/* Which VALUE goes with a kind. */
typedef enum sftr__line_value {
	SFTR__VALUE_NULL = 0,
	SFTR__VALUE_TEXT,
	SFTR__VALUE_TEXT_OR_NULL,
	SFTR__VALUE_CONTAINER,
	SFTR__VALUE_SCALAR,
	SFTR__VALUE_KEYS
} sftr__line_value;

/* One line; texts are lent by the note, or by the tree that is told. */
typedef struct sftr__line {
	sftr_str path;
	sftr__line_kind kind;
	uint64_t offset; /* of the line in the text */
	union {
		sftr_str text; /* alias: path; object: type or NULL */
		sftr_node_kind empty;
		sftr_scalar scalar;
		struct {
			size_t first; /* of the note's keys */
			size_t n;
		} order;
	} as;
	sftr_node *node; /* tree/apply, tree/tell */
} sftr__line;

typedef struct sftr__note {
	sftr_allocator allocator;
	char *text;
	size_t n_text; /* bytes of the block */
	sftr__line *lines;
	size_t n_lines;
	size_t line_capacity;
	sftr_step *keys; /* of orders: KEY and INT_KEY */
	size_t n_keys;
	size_t key_capacity;
} sftr__note;

/* The word of a kind, "tuple". */
const char *
sftr__line_word(sftr__line_kind kind);

sftr__line_value
sftr__line_takes(sftr__line_kind kind);

/* The keys of an order; NULL for none, as there need not be any block then. */
static inline const sftr_step *
sftr__line_keys(const sftr__note *note, const sftr__line *line)
{
	return line->as.order.n == 0 ? NULL : note->keys + line->as.order.first;
}

/* Whether a line of this kind adds a leaf that has no name. */
static inline int
sftr__line_is_leaf(sftr__line_kind kind)
{
	return kind == SFTR__LINE_ALIAS || kind == SFTR__LINE_EMPTY ||
	       kind == SFTR__LINE_NONE || kind == SFTR__LINE_SCALAR;
}

/* No lines; release it by sftr__note_free. */
void
sftr__note_begin(sftr__note *note, const sftr_allocator *allocator);
void
sftr__note_free(sftr__note *note);

/* Appends a copy of the line, or of a key of the last one's order. */
sftr_code
sftr__note_add(sftr__note *note, const sftr__line *line, sftr_error *err);
sftr_code
sftr__note_add_key(sftr__note *note, const sftr_step *key, sftr_error *err);

/* SFTR_E_NOTE about a line: its offset and path, and the message. */
sftr_code
sftr__line_fail(const sftr__line *line, sftr_error *err, const char *format,
		...) SFTR__PRINTF(3, 4);

/* Writes the note as one text, its lines in the order in which they are. */
void
sftr__note_emit(const sftr__note *note, sftr__emit *e);

#endif
