/* SPDX-License-Identifier: MIT */
/* ls: which tensors are there, for people, for machines, or as a manifest. */
#include "cli/command.h"
#include "cli/glob.h"
#include "cli/input.h"
#include "cli/json_out.h"
#include "cli/natural.h"
#include "cli/outcome.h"
#include "cli/shape.h"
#include "cli/size.h"
#include "cli/text.h"

#include <safetree.h>

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

/* Longer names stand out of their column: one must not push all others. */
#define WIDEST 72

/* What is to be listed, in some order. */
struct listing {
	const char *path;
	const sftr_checkpoint *ckpt;
	const sftr_tensor **tensors;
	size_t n;
};

/* For people: as they would look for a name. */
static int
by_name(const void *a, const void *b)
{
	const sftr_tensor *x = *(const sftr_tensor *const *)a;
	const sftr_tensor *y = *(const sftr_tensor *const *)b;

	return natural_compare(x->name, y->name);
}

/* For machines: as the bytes lie; the header's order decides between equals. */
static int
by_place(const void *a, const void *b)
{
	const sftr_tensor *x = *(const sftr_tensor *const *)a;
	const sftr_tensor *y = *(const sftr_tensor *const *)b;

	if (x->file != y->file)
		return x->file < y->file ? -1 : 1;
	if (x->begin != y->begin)
		return x->begin < y->begin ? -1 : 1;
	if (x->end != y->end)
		return x->end < y->end ? -1 : 1;
	/* Records of one checkpoint stand in one array, in that order. */
	return x < y ? -1 : x > y;
}

static bool
is_wanted(const options *o, sftr_str name)
{
	if (o->n_args == 1)
		return true;
	for (int i = 1; i < o->n_args; i++)
		if (glob_matches(o->args[i], name))
			return true;
	return false;
}

static bool
collect(struct listing *l, const options *o)
{
	size_t n = sftr_checkpoint_count(l->ckpt);

	l->tensors = calloc(n + 1, sizeof(const sftr_tensor *));
	if (l->tensors == NULL) {
		outcome_no_memory();
		return false;
	}
	for (size_t i = 0; i < n; i++) {
		const sftr_tensor *t = sftr_checkpoint_at(l->ckpt, i);

		if (is_wanted(o, t->name))
			l->tensors[l->n++] = t;
	}
	return true;
}

static void
put_tensor(json_out *j, const struct listing *l, const sftr_tensor *t)
{
	const char *file = sftr_checkpoint_file(l->ckpt, t->file);

	json_out_open(j, '{');
	json_out_field(j, "name");
	json_out_text(j, t->name.ptr, t->name.len);
	json_out_field(j, "dtype");
	json_out_word(j, sftr_dtype_name(t->dtype));
	json_out_field(j, "shape");
	json_out_open(j, '[');
	for (uint32_t i = 0; i < t->rank; i++)
		json_out_u64(j, t->shape[i]);
	json_out_close(j, ']');
	json_out_field(j, "file");
	json_out_text(j, file, strlen(file));
	json_out_field(j, "begin");
	json_out_u64(j, t->begin);
	json_out_field(j, "end");
	json_out_u64(j, t->end);
	json_out_close(j, '}');
}

static void
put_metadata(json_out *j, const sftr_checkpoint *ckpt)
{
	size_t n = sftr_checkpoint_n_metadata(ckpt);

	if (!sftr_checkpoint_has_metadata(ckpt)) {
		json_out_null(j);
		return;
	}
	json_out_open(j, '{');
	for (size_t i = 0; i < n; i++) {
		const sftr_metadata *m = sftr_checkpoint_metadata_at(ckpt, i);

		json_out_key(j, m->key.ptr, m->key.len);
		json_out_text(j, m->value.ptr, m->value.len);
	}
	json_out_close(j, '}');
}

static void
print_json(const struct listing *l)
{
	json_out j = { stdout, false };

	json_out_open(&j, '{');
	json_out_field(&j, "file");
	json_out_text(&j, l->path, strlen(l->path));
	json_out_field(&j, "n_tensors");
	json_out_u64(&j, l->n);
	json_out_field(&j, "metadata");
	put_metadata(&j, l->ckpt);
	json_out_field(&j, "tensors");
	json_out_open(&j, '[');
	for (size_t i = 0; i < l->n && outcome_is_heard(); i++)
		put_tensor(&j, l, l->tensors[i]);
	json_out_close(&j, ']');
	json_out_close(&j, '}');
	fputc('\n', stdout);
}

/* The last part of a path. */
static const char *
base_name(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash == NULL ? path : slash + 1;
}

/* Columns that the text before takes; the widest so far, within reason. */
static void
widen(size_t *widest, size_t width)
{
	if (width > *widest && width <= WIDEST)
		*widest = width;
}

static void
pad(size_t width, size_t to)
{
	printf("%*s", width < to ? (int)(to - width) : 0, "");
}

struct widths {
	size_t name, dtype, shape, number, unit;
};

static struct widths
measure(const struct listing *l)
{
	struct widths w = { 0, 0, 0, 0, 0 };
	char text[SIZE_TEXT];

	for (size_t i = 0; i < l->n; i++) {
		const sftr_tensor *t = l->tensors[i];
		uint64_t n = sftr_tensor_n_bytes(t);

		widen(&w.name, text_print_name(NULL, t->name.ptr, t->name.len));
		widen(&w.dtype, strlen(sftr_dtype_name(t->dtype)));
		widen(&w.shape, shape_print(NULL, t->shape, t->rank));
		widen(&w.number, strlen(size_number(n, text)));
		widen(&w.unit, strlen(size_unit(n)));
	}
	return w;
}

static void
print_row(const struct listing *l, const sftr_tensor *t, const struct widths *w)
{
	const char *file = base_name(sftr_checkpoint_file(l->ckpt, t->file));
	const char *dtype = sftr_dtype_name(t->dtype);
	uint64_t n = sftr_tensor_n_bytes(t);
	bool has_file = sftr_checkpoint_n_files(l->ckpt) > 1;
	char text[SIZE_TEXT];

	pad(text_print_name(stdout, t->name.ptr, t->name.len), w->name);
	printf("  %-*s  ", (int)w->dtype, dtype);
	pad(shape_print(stdout, t->shape, t->rank), w->shape);
	printf("  %*s %s", (int)w->number, size_number(n, text), size_unit(n));
	if (has_file) {
		pad(strlen(size_unit(n)), w->unit + 2);
		text_print(stdout, file, strlen(file));
	}
	fputc('\n', stdout);
}

static void
print_totals(const struct listing *l)
{
	size_t n_all = sftr_checkpoint_count(l->ckpt);
	size_t n_files = sftr_checkpoint_n_files(l->ckpt);
	uint64_t n_elements = 0, n_bytes = 0;
	char a[SIZE_TEXT], b[SIZE_TEXT];

	for (size_t i = 0; i < l->n; i++) {
		n_elements += sftr_tensor_n_elements(l->tensors[i]);
		n_bytes += sftr_tensor_n_bytes(l->tensors[i]);
	}
	printf("%s%s", l->n > 0 ? "\n" : "", size_group(l->n, a));
	if (l->n != n_all)
		printf(" of %s", size_group(n_all, a));
	printf(" tensor%s", n_all == 1 ? "" : "s");
	if (n_files > 1)
		printf(" in %s files", size_group(n_files, a));
	printf(", %s element%s, %s %s\n", size_group(n_elements, a),
	       n_elements == 1 ? "" : "s", size_number(n_bytes, b),
	       size_unit(n_bytes));
}

/* Metadata may be pages long; here their beginnings. */
static void
print_metadata(const sftr_checkpoint *ckpt)
{
	size_t n = sftr_checkpoint_n_metadata(ckpt), width = 0;

	for (size_t i = 0; i < n; i++) {
		const sftr_metadata *m = sftr_checkpoint_metadata_at(ckpt, i);

		widen(&width, text_print(NULL, m->key.ptr, m->key.len));
	}
	for (size_t i = 0; i < n; i++) {
		const sftr_metadata *m = sftr_checkpoint_metadata_at(ckpt, i);
		size_t shown = text_fit(m->value.ptr, m->value.len, WIDEST);

		printf("%s", i == 0 ? "metadata  " : "          ");
		pad(text_print(stdout, m->key.ptr, m->key.len), width);
		fputs("  ", stdout);
		text_print(stdout, m->value.ptr, shown);
		puts(shown < m->value.len ? "..." : "");
	}
}

static void
print_table(const struct listing *l)
{
	struct widths w = measure(l);

	for (size_t i = 0; i < l->n && outcome_is_heard(); i++)
		print_row(l, l->tensors[i], &w);
	print_totals(l);
	print_metadata(l->ckpt);
}

/* A manifest has a name a line: whether this one can stand in it. */
static bool
can_be_listed(sftr_str name)
{
	size_t len;

	for (size_t i = 0; i < name.len; i += len)
		if (text_is_unsafe(text_read(name.ptr + i, name.len - i, &len)))
			return false;
	return name.len > 0;
}

/* With "\" before what would mean something. */
static void
put_manifest_name(sftr_str name)
{
	for (size_t i = 0; i < name.len; i++) {
		if (strchr("\\*| ", name.ptr[i]) != NULL ||
		    (i == 0 && name.ptr[i] == '#'))
			fputc('\\', stdout);
		fputc(name.ptr[i], stdout);
	}
}

/* As sftr_bind_manifest reads it: name, dtype, extents. */
static void
print_manifest(const struct listing *l)
{
	for (size_t i = 0; i < l->n && outcome_is_heard(); i++) {
		const sftr_tensor *t = l->tensors[i];

		if (!can_be_listed(t->name)) {
			outcome_trouble("%s: a manifest cannot hold the name "
					"'%s'",
					l->path, t->name.ptr);
			continue;
		}
		put_manifest_name(t->name);
		printf("\t%s\t", sftr_dtype_name(t->dtype));
		for (uint32_t k = 0; k < t->rank; k++)
			printf("%s%" PRIu64, k > 0 ? " " : "", t->shape[k]);
		fputc('\n', stdout);
	}
}

static void
print_listing(struct listing *l, const options *o)
{
	bool json = options_value(o, "json") != NULL;

	qsort(l->tensors, l->n, sizeof(const sftr_tensor *),
	      json ? by_place : by_name);
	if (json)
		print_json(l);
	else if (options_value(o, "manifest") != NULL)
		print_manifest(l);
	else
		print_table(l);
	if (l->n == 0 && o->n_args > 1) {
		outcome_say(OUTCOME_NO, "%s: no tensor fits", l->path);
	}
}

static void
run(const options *o)
{
	struct listing l = { o->args[0], NULL, NULL, 0 };
	sftr_checkpoint *ckpt;

	if (options_clash(o, "json", "manifest"))
		return;
	l.ckpt = ckpt = input_open(o, l.path);
	if (ckpt == NULL)
		return;
	if (collect(&l, o))
		print_listing(&l, o);
	free(l.tensors);
	sftr_checkpoint_close(ckpt);
}

static const struct option table[] = {
	{ "json", NULL, "one JSON object" },
	{ "manifest", NULL, "name, dtype and extents, parted by tabs" },
	INPUT_POLICY,
	{ NULL, NULL, NULL },
};

const struct command command_ls = {
	"ls",
	"[--json | --manifest] [--policy strict|reference] PATH [GLOB...]",
	"list tensors: name, dtype, shape, size",
	table,
	1,
	-1,
	run
};
