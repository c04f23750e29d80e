/* SPDX-License-Identifier: MIT */
/* show: the values of a tensor, or of a slice, or its bytes. */
#include "cli/command.h"
#include "cli/finding.h"
#include "cli/input.h"
#include "cli/json_out.h"
#include "cli/number.h"
#include "cli/outcome.h"
#include "cli/selection.h"
#include "cli/shape.h"
#include "cli/size.h"
#include "cli/text.h"

#include <safetree.h>

#include <inttypes.h>
#include <string.h>
#include <unistd.h>

/* A line holds up to so many values; longer rows show their two ends. */
#define LINE 6
/* Lines shown at each end where there are more than twice as many. */
#define LINES UINT64_C(5)
/* Dimensions of an index that is still read. */
#define MAX_LABEL 8

/* A line of values: 'n' of them, from the k-th selected on. */
struct line {
	uint64_t k;
	uint64_t n;
};

/* The selection as lines: rows of the last dimension, or parts of the only. */
struct page {
	selection *s;
	uint64_t row; /* values a line */
	uint64_t n_lines;
};

static struct page
paginate(selection *s)
{
	struct page p = { s, LINE, 0 };

	if (s->rank > 1 && s->n > 0)
		p.row = s->shape[s->rank - 1];
	p.n_lines = s->n / p.row + (s->n % p.row != 0);
	return p;
}

static struct line
line_at(const struct page *p, uint64_t i)
{
	struct line l = { i * p->row, p->row };

	if (l.n > p->s->n - l.k)
		l.n = p->s->n - l.k;
	return l;
}

/* How many values of a line are shown, and the i-th of these. */
static unsigned
n_shown(const struct line *l)
{
	return l->n > LINE ? LINE : (unsigned)l->n;
}

static uint64_t
shown_at(const struct line *l, unsigned i)
{
	if (l->n <= LINE || i < LINE / 2)
		return l->k + i;
	return l->k + l->n - LINE + i;
}

/* The index in the tensor of a line's first value. */
static void
print_label(char *text, size_t size, const selection *s, uint64_t k)
{
	const sftr_tensor *t = s->tensor;
	uint64_t place = selection_place(s, k);
	uint64_t index[MAX_LABEL];
	size_t n = 0;

	text[0] = '\0';
	if (t->rank == 0)
		return;
	if (t->rank > MAX_LABEL) {
		snprintf(text, size, "#%" PRIu64, place);
		return;
	}
	for (uint32_t i = t->rank; i > 0; i--) {
		index[i - 1] = place % t->shape[i - 1];
		place /= t->shape[i - 1];
	}
	for (uint32_t i = 0; i < t->rank; i++)
		n += (size_t)snprintf(text + n, size - n, "%s%" PRIu64,
				      i == 0 ? "[" : ",", index[i]);
	snprintf(text + n, size - n, "]");
}

/* The widest label and value of a line; prints it if 'print'. */
static sftr_code
do_line(const struct page *p, uint64_t i, size_t *label, size_t *value,
	bool print, sftr_error *err)
{
	struct line l = line_at(p, i);
	char text[NUMBER_TEXT > 24 * MAX_LABEL ? NUMBER_TEXT : 24 * MAX_LABEL];
	size_t n;

	print_label(text, sizeof text, p->s, l.k);
	n = strlen(text);
	*label = n > *label ? n : *label;
	if (print)
		printf("%-*s", (int)*label, text);
	for (unsigned c = 0; c < n_shown(&l); c++) {
		uint64_t place = selection_place(p->s, shown_at(&l, c));
		uint64_t bits;
		sftr_code code = selection_bits(p->s, place, &bits, err);

		if (code != SFTR_OK)
			return code;
		number_text(p->s->tensor->dtype, bits, text);
		n = strlen(text);
		*value = n > *value ? n : *value;
		if (print && l.n > LINE && c == LINE / 2)
			fputs("  ...", stdout);
		if (print)
			printf("%s%*s", c == 0 && *label == 0 ? "" : "  ",
			       (int)*value, text);
	}
	if (print)
		fputc('\n', stdout);
	return SFTR_OK;
}

/* All lines, or both ends of them: first to measure, then to print. */
static sftr_code
print_lines(const struct page *p, sftr_error *err)
{
	bool cut = p->n_lines > 2 * LINES;
	uint64_t n = cut ? 2 * LINES : p->n_lines;
	size_t label = 0, value = 0;

	for (int print = 0; print < 2; print++) {
		for (uint64_t i = 0; i < n; i++) {
			uint64_t at =
				cut && i >= LINES ? p->n_lines - n + i : i;
			char skipped[SIZE_TEXT];
			sftr_code code;

			if (print && cut && i == LINES)
				printf("... %s lines\n",
				       size_group(p->n_lines - n, skipped));
			code = do_line(p, at, &label, &value, print != 0, err);
			if (code != SFTR_OK)
				return code;
		}
	}
	return SFTR_OK;
}

static void
print_title(const selection *s, const char *slice)
{
	const sftr_tensor *t = s->tensor;
	uint64_t n = sftr_tensor_n_bytes(t);
	char text[SIZE_TEXT];

	text_print_name(stdout, t->name.ptr, t->name.len);
	printf("  %s ", sftr_dtype_name(t->dtype));
	shape_print(stdout, t->shape, t->rank);
	printf("  %s %s", size_number(n, text), size_unit(n));
	if (slice != NULL) {
		fputs("  slice ", stdout);
		text_print(stdout, slice, strlen(slice));
		fputs("  gives ", stdout);
		shape_print(stdout, s->shape, s->rank);
	}
	fputc('\n', stdout);
}

static sftr_code
show_text(selection *s, const char *slice, sftr_error *err)
{
	struct page p = paginate(s);

	print_title(s, slice);
	return print_lines(&p, err);
}

static sftr_code
show_json(selection *s, const char *slice, sftr_error *err)
{
	const sftr_tensor *t = s->tensor;
	const char *file = sftr_checkpoint_file(s->ckpt, t->file);
	json_out j = { stdout, false };
	sftr_code code = SFTR_OK;
	uint64_t bits;

	json_out_open(&j, '{');
	json_out_field(&j, "file");
	json_out_text(&j, file, strlen(file));
	json_out_field(&j, "name");
	json_out_text(&j, t->name.ptr, t->name.len);
	json_out_field(&j, "dtype");
	json_out_word(&j, sftr_dtype_name(t->dtype));
	json_out_field(&j, "slice");
	json_out_word(&j, slice == NULL ? "" : slice);
	json_out_field(&j, "shape");
	json_out_open(&j, '[');
	for (uint32_t i = 0; i < s->rank; i++)
		json_out_u64(&j, s->shape[i]);
	json_out_close(&j, ']');
	json_out_field(&j, "values");
	json_out_open(&j, '[');
	for (uint64_t k = 0; k < s->n && outcome_is_heard(); k++) {
		code = selection_bits(s, selection_place(s, k), &bits, err);
		if (code != SFTR_OK)
			return code;
		number_json(&j, t->dtype, bits);
	}
	json_out_close(&j, ']');
	json_out_close(&j, '}');
	fputc('\n', stdout);
	return SFTR_OK;
}

/* The bytes as they are in the file, run by run. */
static sftr_code
show_raw(selection *s, sftr_error *err)
{
	unsigned width = sftr_dtype_bits(s->tensor->dtype);
	uint64_t run = selection_run(s);

	for (uint64_t k = 0; k < s->n; k += run) {
		/* Places times bits fit: the tensor's own do. */
		uint64_t at = selection_place(s, k) * width / 8;
		uint64_t end = at + run * width / 8;

		while (at < end) {
			size_t n = end - at < SELECTION_WINDOW ?
					   (size_t)(end - at) :
					   SELECTION_WINDOW;
			sftr_code code = sftr_checkpoint_read_bytes(
				s->ckpt, s->tensor, at, s->window, n, err);

			if (code != SFTR_OK)
				return code;
			if (!outcome_write(s->window, n))
				return SFTR_OK;
			at += n;
		}
	}
	return SFTR_OK;
}

static void
show(const options *o, const sftr_checkpoint *ckpt, const sftr_tensor *t)
{
	const char *slice = options_value(o, "slice");
	selection *s = selection_new(o->args[0], ckpt, t, slice);
	sftr_code code;
	sftr_error err;

	if (s == NULL)
		return;
	if (options_value(o, "raw") != NULL)
		code = show_raw(s, &err);
	else if (options_value(o, "json") != NULL)
		code = show_json(s, slice, &err);
	else
		code = show_text(s, slice, &err);
	if (code != SFTR_OK)
		finding_fail(o->args[0], &err);
	selection_free(s);
}

static void
run(const options *o)
{
	const char *name = o->args[1];
	sftr_checkpoint *ckpt;
	const sftr_tensor *t;

	if (options_clash(o, "raw", "json"))
		return;
	if (options_value(o, "raw") != NULL && isatty(STDOUT_FILENO)) {
		outcome_trouble("--raw writes bytes; lead them to a file");
		return;
	}
	ckpt = input_open(o, o->args[0]);
	if (ckpt == NULL)
		return;
	t = sftr_checkpoint_find(ckpt, name, strlen(name));
	if (t == NULL)
		outcome_say(OUTCOME_NO,
			    "%s: no tensor '%s'; 'safetree ls' lists them",
			    o->args[0], name);
	else
		show(o, ckpt, t);
	sftr_checkpoint_close(ckpt);
}

static const struct option table[] = {
	{ "slice", "S", "only these elements: 3,1:5,::2,-1" },
	{ "raw", NULL, "the bytes as they are in the file" },
	{ "json", NULL, "one JSON object with all values" },
	INPUT_POLICY,
	{ NULL, NULL, NULL },
};

const struct command command_show = {
	"show",
	"[--slice S] [--raw | --json] [--policy strict|reference] PATH NAME",
	"print the values of a tensor",
	table,
	2,
	2,
	run
};
