/* SPDX-License-Identifier: MIT */
#include "cli/drawing.h"

#include "cli/number.h"
#include "cli/outcome.h"
#include "cli/shape.h"
#include "cli/size.h"
#include "cli/text.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Longer labels stand out of their column: one must not push all others. */
#define WIDEST 60

static const char *const kind_words[] = {
	[SFTR_NODE_NONE] = "none",     [SFTR_NODE_DICT] = "dict",
	[SFTR_NODE_LIST] = "list",     [SFTR_NODE_TUPLE] = "tuple",
	[SFTR_NODE_OBJECT] = "object", [SFTR_NODE_TENSOR] = "tensor",
	[SFTR_NODE_SCALAR] = "scalar",
};

const char *
drawing_kind(sftr_node_kind kind)
{
	return kind_words[kind];
}

/* How a branch is drawn. */
struct strokes {
	const char *child, *last, *pass, *gap;
};

/* A row as it is drawn: it may stand for several that are alike. */
struct line {
	size_t row;
	size_t run;   /* the last row of those, row if it stands alone */
	size_t items; /* a list drawn with its items, all alike; or 0 */
	size_t depth; /* of the drawing */
	bool is_last;
};

struct drawing {
	outline *outline;
	const char *path;
	sftr_codec codec;
	size_t max_depth;
	struct line *lines;
	size_t n;
	struct strokes strokes;
};

static bool
is_utf8(void)
{
	static const char *const names[] = { "LC_ALL", "LC_CTYPE", "LANG" };

	for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
		const char *value = getenv(names[i]);

		if (value == NULL || value[0] == '\0')
			continue;
		return strstr(value, "UTF-8") != NULL ||
		       strstr(value, "utf8") != NULL ||
		       strstr(value, "UTF8") != NULL;
	}
	return false;
}

/* The first item, if a list has several that are all alike; or 0. */
static size_t
items_of(const outline *o, size_t row)
{
	return sftr_node_count(o->rows[row].node) < 2 ? 0 :
							outline_items(o, row);
}

/*
 * What is drawn, from top to bottom.  For every depth of the tree, after[] is
 * the row that follows when the one drawn there ends: those like it are passed
 * over.
 */
static void
draw_lines(struct drawing *d, size_t *ends, size_t *after, size_t *depths)
{
	const outline *o = d->outline;
	size_t row = 0;

	while (row < o->n) {
		const struct row *r = &o->rows[row];
		size_t depth = r->depth;
		struct line *line = &d->lines[d->n++];
		size_t run = outline_run(o, row);

		line->row = row;
		line->run = run;
		line->items = 0;
		line->depth = depth == 0 ? 0 : depths[depth - 1] + 1;
		line->is_last = depth == 0 ||
				o->rows[run].end == o->rows[r->parent].end;
		line->items = items_of(o, row);
		ends[depth] = r->end;
		after[depth] = o->rows[run].end;
		depths[depth] = line->depth;
		if (line->items != 0) { /* the item has no line of its own */
			row = line->items;
			depth++;
			ends[depth] = o->rows[row].end;
			after[depth] = r->end;
			depths[depth] = line->depth;
		}
		row = line->depth < d->max_depth ? row + 1 : ends[depth];
		while (row < o->n && row == ends[depth]) {
			row = after[depth];
			if (depth-- == 0)
				return;
		}
	}
}

/* False, after a complaint, without memory. */
static bool
make_lines(struct drawing *d)
{
	size_t depth = d->outline->deepest;
	size_t *stack = calloc(3 * (depth + 2), sizeof *stack);

	if (stack == NULL) {
		outcome_no_memory();
		return false;
	}
	draw_lines(d, stack, stack + depth + 2, stack + 2 * (depth + 2));
	free(stack);
	return true;
}

static size_t
print_number(FILE *out, int64_t number)
{
	int n = snprintf(NULL, 0, "%" PRId64, number);

	if (out != NULL)
		fprintf(out, "%" PRId64, number);
	return (size_t)n;
}

static size_t
print_words(FILE *out, const char *words)
{
	if (out != NULL)
		fputs(words, out);
	return strlen(words);
}

/* "[0..31]" */
static size_t
print_range(FILE *out, const struct row *first, const struct row *last)
{
	size_t n = print_words(out, "[");

	n += print_number(out, first->step.number);
	if (first != last) {
		n += print_words(out, "..");
		n += print_number(out, last->step.number);
	}
	return n + print_words(out, "]");
}

/* What a row is called; the columns that it takes.  'out' may be NULL. */
static size_t
print_label(FILE *out, const struct drawing *d, const struct line *line)
{
	const struct row *rows = d->outline->rows;
	const struct row *row = &rows[line->row];
	size_t n = 0;

	if (line->row == 0)
		n = text_print(out, d->path, strlen(d->path));
	else if (row->step.kind == SFTR_STEP_INDEX ||
		 row->step.kind == SFTR_STEP_FLAT)
		n = print_range(out, row, &rows[line->run]);
	else if (row->step.kind == SFTR_STEP_INT_KEY)
		n = print_number(out, row->step.number);
	else
		n = text_print_name(out, row->step.text.ptr,
				    row->step.text.len);
	if (line->items != 0)
		n += print_range(out, &rows[line->items],
				 &rows[outline_run(d->outline, line->items)]);
	return n;
}

static void
print_scalar(const sftr_scalar *s)
{
	char text[NUMBER_TEXT];
	uint64_t bits;

	switch (s->kind) {
	case SFTR_SCALAR_BOOL:
		fputs(s->as.boolean ? "true" : "false", stdout);
		return;
	case SFTR_SCALAR_I64: printf("%" PRId64, s->as.i64); return;
	case SFTR_SCALAR_U64: printf("%" PRIu64, s->as.u64); return;
	case SFTR_SCALAR_F64:
		memcpy(&bits, &s->as.f64, sizeof bits);
		fputs(number_text(SFTR_F64, bits, text), stdout);
		return;
	case SFTR_SCALAR_TEXT:
		fputc('"', stdout);
		text_print(stdout, s->as.text.ptr,
			   text_fit(s->as.text.ptr, s->as.text.len, WIDEST));
		fputc('"', stdout);
		return;
	}
}

/* Where a shared tensor is, as its name. */
static void
print_alias(struct drawing *d, const sftr_node *alias)
{
	const struct row *target = outline_find(d->outline, alias);
	const sftr_step *path = NULL;
	char text[256];
	size_t n;

	if (target != NULL)
		path = outline_path(d->outline, target);
	if (path == NULL ||
	    sftr_path_format(d->codec, path, target->depth, text, sizeof text,
			     &n, NULL) != SFTR_OK) {
		fputs("= another tensor", stdout);
		return;
	}
	fputs("= ", stdout);
	text_print(stdout, text, n);
}

/* How many times a line stands for what is below it. */
static uint64_t
times(const struct drawing *d, const struct line *line)
{
	const struct row *rows = d->outline->rows;
	size_t first = line->row, last = line->run;

	if (line->items != 0) {
		first = line->items;
		last = outline_run(d->outline, first);
	}
	return first == last ? 1 :
			       (uint64_t)(rows[last].step.number -
					  rows[first].step.number) +
				       1;
}

/* "Linear, ", "tuple, ": what a plain drawing does not show. */
static void
print_kind(const sftr_node *node)
{
	sftr_str type = sftr_node_type(node);

	if (type.ptr != NULL) {
		text_print(stdout, type.ptr, text_fit(type.ptr, type.len, 40));
		fputs(", ", stdout);
	} else if (sftr_node_kind_of(node) == SFTR_NODE_TUPLE) {
		fputs("tuple, ", stdout);
	} else if (sftr_node_is_ordered(node)) {
		fputs("ordered, ", stdout);
	}
}

static void
print_container(const struct drawing *d, const struct line *line)
{
	const struct row *row = &d->outline->rows[line->row];
	const struct row *one =
		line->items == 0 ? row : &d->outline->rows[line->items];
	uint64_t n = times(d, line);
	char text[SIZE_TEXT];

	print_kind(row->node);
	if (n > 1)
		printf("%s x ", size_group(n, text));
	if (sftr_node_kind_of(one->node) == SFTR_NODE_TENSOR) {
		sftr_leaf leaf;

		sftr_node_tensor(one->node, &leaf, NULL);
		printf("%s ", sftr_dtype_name(leaf.dtype));
		shape_print(stdout, leaf.shape, leaf.rank);
	} else {
		if (one != row)
			print_kind(one->node);
		printf("%s tensor%s", size_group(one->n_tensors, text),
		       one->n_tensors == 1 ? "" : "s");
	}
}

/* What a row is: dtype and shape, a value, or how much is below it. */
static void
print_what(struct drawing *d, const struct line *line)
{
	const struct row *row = &d->outline->rows[line->row];
	uint64_t n = times(d, line);
	char text[SIZE_TEXT];
	sftr_scalar scalar;
	sftr_leaf leaf;

	if (sftr_node_count(row->node) > 0) {
		print_container(d, line);
		return;
	}
	if (n > 1)
		printf("%s x ", size_group(n, text));
	switch (sftr_node_kind_of(row->node)) {
	case SFTR_NODE_NONE: fputs("none", stdout); return;
	case SFTR_NODE_SCALAR:
		sftr_node_scalar(row->node, &scalar, NULL);
		print_scalar(&scalar);
		return;
	case SFTR_NODE_TENSOR:
		if (sftr_node_alias(row->node) != NULL) {
			print_alias(d, sftr_node_alias(row->node));
			return;
		}
		sftr_node_tensor(row->node, &leaf, NULL);
		printf("%s ", sftr_dtype_name(leaf.dtype));
		shape_print(stdout, leaf.shape, leaf.rank);
		return;
	default:
		print_kind(row->node);
		printf("empty %s", drawing_kind(sftr_node_kind_of(row->node)));
	}
}

/* Bytes of all that a line stands for. */
static uint64_t
bytes_of(const struct drawing *d, const struct line *line)
{
	const struct row *row = &d->outline->rows[line->row];

	return line->items != 0 ? row->n_bytes : row->n_bytes * times(d, line);
}

static void
print_line(struct drawing *d, const struct line *line, bool *is_last,
	   size_t width)
{
	const struct row *row = &d->outline->rows[line->row];
	size_t column = 0;
	char text[SIZE_TEXT];
	uint64_t n = bytes_of(d, line);

	is_last[line->depth] = line->is_last;
	for (size_t i = 1; i < line->depth; i++)
		fputs(is_last[i] ? d->strokes.gap : d->strokes.pass, stdout);
	if (line->depth > 0)
		fputs(line->is_last ? d->strokes.last : d->strokes.child,
		      stdout);
	column = 4 * line->depth + print_label(stdout, d, line);
	printf("%*s", column < width ? (int)(width - column) : 0, "");
	if (row->n_tensors > 0)
		printf("  %6s %-3s", size_number(n, text), size_unit(n));
	else
		printf("  %10s", "");
	fputs("  ", stdout);
	print_what(d, line);
	fputc('\n', stdout);
}

static void
print_drawing(struct drawing *d, const char *reason)
{
	bool *is_last = calloc(d->n + 1, sizeof *is_last);
	const struct row *root = &d->outline->rows[0];
	size_t width = 0;
	char text[SIZE_TEXT];

	if (is_last == NULL) {
		outcome_no_memory();
		return;
	}
	for (size_t i = 0; i < d->n; i++) {
		size_t n = 4 * d->lines[i].depth +
			   print_label(NULL, d, &d->lines[i]);

		if (n > width && n <= WIDEST)
			width = n;
	}
	for (size_t i = 0; i < d->n && outcome_is_heard(); i++)
		print_line(d, &d->lines[i], is_last, width);
	printf("\n%s element%s; names are ", size_group(root->n_elements, text),
	       root->n_elements == 1 ? "" : "s");
	text_quote(stdout, reason, strlen(reason));
	fputc('\n', stdout);
	free(is_last);
}

void
drawing_print(outline *o, const char *path, sftr_codec codec, size_t max_depth,
	      const char *reason)
{
	static const struct strokes plain = { "|-- ", "`-- ", "|   ", "    " };
	static const struct strokes boxes = {
		"\342\224\234\342\224\200\342\224\200 ",
		"\342\224\224\342\224\200\342\224\200 ",
		"\342\224\202   ",
		"    ",
	};
	struct line *lines = calloc(o->n, sizeof *lines);
	struct drawing d = { o, path, codec, max_depth, lines, 0, plain };

	if (is_utf8())
		d.strokes = boxes;
	if (lines == NULL)
		outcome_no_memory();
	else if (make_lines(&d))
		print_drawing(&d, reason);
	free(lines);
}
