/* SPDX-License-Identifier: MIT */
/*
 * match: does a checkpoint fit the tree of another one, or what a manifest
 * wants?  And the template filled with its values.
 */
#include "cli/codec.h"
#include "cli/command.h"
#include "cli/filling.h"
#include "cli/finding.h"
#include "cli/fit.h"
#include "cli/input.h"
#include "cli/json_out.h"
#include "cli/outcome.h"
#include "cli/progress.h"
#include "cli/rewriting.h"
#include "cli/text.h"

#include <safetree.h>

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

/* Longer names stand out of their column: one must not push all others. */
#define WIDEST 72

/* The value of an option that is one of three words; 'value' 0, 1, 2. */
static bool
read_word(const options *o, const char *name, const char *const words[3],
	  int *value)
{
	const char *text = options_value(o, name);

	if (text == NULL)
		return true;
	for (*value = 0; *value < 3; ++*value)
		if (strcmp(text, words[*value]) == 0)
			return true;
	outcome_trouble("--%s is %s, %s or %s, not '%s'", name, words[0],
			words[1], words[2], text);
	return false;
}

static bool
read_reaction(const options *o, const char *name, sftr_reaction *reaction)
{
	static const char *const words[] = { "error", "warn", "ignore" };
	static const sftr_reaction reactions[] = { SFTR_REFUSE, SFTR_WARN,
						   SFTR_IGNORE };
	int value = 0;

	if (!read_word(o, name, words, &value))
		return false;
	*reaction = reactions[value];
	return true;
}

static bool
read_conversion(const options *o, sftr_conversion *conversion)
{
	static const char *const words[] = { "exact", "lossless", "lossy" };
	static const sftr_conversion conversions[] = { SFTR_EXACT,
						       SFTR_LOSSLESS,
						       SFTR_LOSSY };
	int value = 0;

	if (!read_word(o, "dtype", words, &value))
		return false;
	*conversion = conversions[value];
	return true;
}

static bool
read_strip(const options *o, fit *f)
{
	const char *text;
	int i = 0;

	f->strip = calloc((size_t)o->n_given + 1, sizeof *f->strip);
	if (f->strip == NULL) {
		outcome_no_memory();
		return false;
	}
	while ((text = options_next(o, "strip", &i)) != NULL)
		f->strip[f->bind.n_strip++] = text;
	f->bind.strip = f->strip;
	return true;
}

static bool
read_options(const options *o, fit *f)
{
	f->template_path = o->args[0];
	f->path = o->args[1];
	f->is_json = options_value(o, "json") != NULL;
	f->bind.target = f->template_path;
	f->bind.report = &f->report;
	return codec_pair_option(o, &f->bind.slot_codec, &f->bind.codec) &&
	       read_conversion(o, &f->bind.conversion) &&
	       read_reaction(o, "missing", &f->bind.missing) &&
	       read_reaction(o, "unexpected", &f->bind.unexpected) &&
	       read_reaction(o, "shape", &f->bind.shape) && read_strip(o, f) &&
	       rewriting_read_rules(o, &f->bind, &f->rules);
}

/* The library leaves a column to names that is narrow for most. */
static void
print_findings(const fit *f)
{
	size_t n =
		f->n_findings < FIT_SHOWN ? (size_t)f->n_findings : FIT_SHOWN;
	size_t widths[FIT_SHOWN], widest = 0;
	char text[800];

	for (size_t i = 0; i < n; i++) {
		const char *key = f->shown[i].key;

		widths[i] = text_quote(NULL, key, strlen(key));
		if (widths[i] > widest && widths[i] <= WIDEST)
			widest = widths[i];
	}
	for (size_t i = 0; i < n; i++) {
		sftr_diagnostic d = f->shown[i];
		size_t len = strlen(d.key);

		if (widths[i] < widest)
			snprintf(d.key + len, sizeof d.key - len, "%*s",
				 (int)(widest - widths[i]), "");
		puts(sftr_finding_text(&d, text, sizeof text));
	}
}

static void
print_report(const fit *f)
{
	sftr_report report = f->report;
	char text[800];

	/* The library names the first of several files, a person gave a path. */
	report.file[0] = '\0';
	text_print(stdout, f->path, strlen(f->path));
	puts(sftr_report_text(&report, text, sizeof text));
	print_findings(f);
	if (f->n_findings > FIT_SHOWN)
		printf("  and %" PRIu64 " more; --json lists all\n",
		       f->n_findings - FIT_SHOWN);
	if (f->report.hint[0] != '\0')
		printf("  hint: %s\n", f->report.hint);
}

static void
print_counts(json_out *j, const sftr_report *r)
{
	const struct {
		const char *name;
		uint64_t n;
	} counts[] = {
		{ "n_slots", r->n_slots },
		{ "n_bound", r->n_bound },
		{ "n_errors", r->n_errors },
		{ "n_warnings", r->n_warnings },
		{ "n_missing", r->n_missing },
		{ "n_unexpected", r->n_unexpected },
		{ "n_shape", r->n_shape },
		{ "n_dtype", r->n_dtype },
		{ "n_ambiguous", r->n_ambiguous },
		{ "n_converted", r->n_converted },
	};

	for (size_t i = 0; i < sizeof counts / sizeof *counts; i++) {
		json_out_field(j, counts[i].name);
		json_out_u64(j, counts[i].n);
	}
}

static void
print_json(const fit *f)
{
	json_out j = { stdout, false };
	bool fits = f->binding != NULL;

	json_out_open(&j, '{');
	json_out_field(&j, "file");
	json_out_text(&j, f->path, strlen(f->path));
	json_out_field(&j, "template");
	json_out_text(&j, f->template_path, strlen(f->template_path));
	json_out_field(&j, "fits");
	json_out_raw(&j, fits ? "true" : "false", fits ? 4 : 5);
	json_out_field(&j, "codec");
	json_out_word(&j, sftr_codec_name(f->report.codec));
	json_out_field(&j, "template_codec");
	json_out_word(&j, sftr_codec_name(f->bind.slot_codec));
	print_counts(&j, &f->report);
	json_out_field(&j, "hint");
	json_out_word(&j, f->report.hint);
	json_out_field(&j, "findings");
	json_out_open(&j, '[');
	if (f->n_text > 0)
		json_out_raw(&j, f->text, f->n_text);
	json_out_close(&j, ']');
	json_out_close(&j, '}');
	fputc('\n', stdout);
}

static sftr_code
declare(fit *f, filling *fill, sftr_writer *w, sftr_error *err)
{
	size_t n = f->template == NULL ?
			   0 :
			   sftr_checkpoint_n_metadata(f->template);
	sftr_code code = SFTR_OK;

	for (size_t i = 0; i < n && code == SFTR_OK; i++) {
		const sftr_metadata *m =
			sftr_checkpoint_metadata_at(f->template, i);

		code = sftr_writer_add_metadata(w, m->key, m->value, err);
	}
	if (code == SFTR_OK)
		code = filling_declare(fill, f->binding, f->template, NULL, w,
				       err);
	return code;
}

/* The template's names, dtypes and metadata with the checkpoint's values. */
static void
write_out(fit *f, const char *path)
{
	progress p;
	sftr_write_options to = { .has_metadata = sftr_checkpoint_has_metadata(
					  f->template),
				  .progress = progress_show,
				  .progress_user = &p };
	filling fill = { NULL };
	sftr_writer *w = NULL;
	sftr_error err;
	sftr_code code = sftr_writer_new(&to, &w, &err);

	progress_begin(&p, "writing");
	if (code == SFTR_OK)
		code = declare(f, &fill, w, &err);
	if (code == SFTR_OK)
		code = sftr_writer_save(w, path, &err);
	progress_end(&p);
	if (code != SFTR_OK)
		finding_trouble(path, &err);
	sftr_writer_free(w);
	filling_free(&fill);
}

static void
run(const options *o)
{
	const char *out = options_value(o, "o");
	fit f;

	memset(&f, 0, sizeof f);
	if (read_options(o, &f) && fit_open(&f, o) && fit_bind(&f)) {
		if (f.is_json)
			print_json(&f);
		else
			print_report(&f);
		if (out != NULL && f.binding != NULL)
			write_out(&f, out);
	}
	fit_free(&f);
}

#define REACTIONS "error|warn|ignore"

static const struct option table[] = {
	{ "codec", "T:F", "how names of TEMPLATE and of PATH are read" },
	{ "strip", "P", "take P off the front of names; may be repeated" },
	{ "rules", "FILE", "rename, drop, transpose and stack by these rules" },
	{ "dtype", "exact|lossless|lossy", "which dtypes become others" },
	{ "missing", REACTIONS, "what PATH lacks; error if not given" },
	{ "unexpected", REACTIONS, "what TEMPLATE does not want" },
	{ "shape", REACTIONS, "what has another shape" },
	{ "json", NULL, "one JSON object" },
	{ "o", "OUT", "write TEMPLATE with the values of PATH" },
	INPUT_POLICY,
	{ NULL, NULL, NULL },
};

const struct command command_match = {
	"match",
	"[--codec T:F] [--strip P]... [--rules FILE]"
	" [--dtype exact|lossless|lossy]"
	" [--missing|--unexpected|--shape error|warn|ignore] [--json] [-o OUT]"
	" [--policy strict|reference] TEMPLATE PATH",
	"tell whether PATH fits the tree of TEMPLATE",
	table,
	2,
	2,
	run
};
