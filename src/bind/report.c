/* SPDX-License-Identifier: MIT */
#include "bind/report.h"

#include "base/utf8.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

static const struct kind {
	const char *name;
	size_t count;	 /* in sftr_report; 0: none */
	size_t reaction; /* in sftr_bind_options; 0: an error always */
	sftr_code code;
	sftr_reaction by_default;
} kinds[SFTR__N_FINDINGS] = {
#define KIND(text, code, word, by_default)                                     \
	{                                                                      \
		text, offsetof(sftr_report, n_##word),                         \
			offsetof(sftr_bind_options, word), code, by_default    \
	}
	[SFTR__MISSING] = KIND("missing", SFTR_E_MISSING, missing, SFTR_REFUSE),
	[SFTR__UNEXPECTED] =
		KIND("unexpected", SFTR_E_UNEXPECTED, unexpected, SFTR_REFUSE),
	[SFTR__SHAPE] = KIND("shape", SFTR_E_SHAPE, shape, SFTR_REFUSE),
	[SFTR__DTYPE] = KIND("dtype", SFTR_E_CONVERSION, dtype, SFTR_REFUSE),
	[SFTR__CAPACITY] = { "capacity", offsetof(sftr_report, n_capacity),
			     offsetof(sftr_bind_options, shape),
			     SFTR_E_CAPACITY, SFTR_REFUSE },
	[SFTR__AMBIGUOUS] =
		KIND("ambiguous", SFTR_E_AMBIGUOUS, ambiguous, SFTR_REFUSE),
	[SFTR__OVERLAP] = KIND("overlap", SFTR_E_OVERLAP, overlap, SFTR_REFUSE),
	[SFTR__VIEW_REFUSED] = { "view", 0, 0, SFTR_E_VIEW, SFTR_REFUSE },
	[SFTR__KIND] = KIND("kind", SFTR_E_KIND, kind, SFTR_IGNORE),
	[SFTR__TIED] = KIND("tied", SFTR_N_TIED, tied, SFTR_IGNORE),
	[SFTR__CONVERTED] =
		KIND("converted", SFTR_N_CONVERTED, converted, SFTR_IGNORE),
#undef KIND
};

/* A file's path as it is printed; what is in no file is in memory. */
static void
print_path(const char *path, char *out, size_t size)
{
	if (path == NULL || path[0] == '\0')
		path = "memory";
	sftr__utf8_print(path, strlen(path), out, size);
}

/* Nothing is found yet. */
static void
begin(sftr_report *counts, const char *path, const sftr_bind_options *options)
{
	memset(counts, 0, sizeof *counts);
	print_path(path, counts->file, sizeof counts->file);
	if (options->target != NULL)
		sftr__utf8_print(options->target, strlen(options->target),
				 counts->target, sizeof counts->target);
}

void
sftr__report_fail(const sftr_bind_options *options, const char *path)
{
	if (options->report != NULL)
		begin(options->report, path, options);
}

void
sftr__report_init(sftr__findings_report *r, const sftr_checkpoint *ckpt,
		  const sftr_bind_options *options, sftr_error *err)
{
	memset(r, 0, sizeof *r);
	r->ckpt = ckpt;
	begin(&r->counts, sftr_checkpoint_file(ckpt, 0), options);
	for (size_t i = 0; i < SFTR__N_FINDINGS; i++) {
		sftr_reaction given = SFTR_BY_DEFAULT;

		if (kinds[i].reaction != 0)
			memcpy(&given,
			       (const char *)options + kinds[i].reaction,
			       sizeof given);
		r->reactions[i] =
			given == SFTR_BY_DEFAULT ? kinds[i].by_default : given;
	}
	r->fn = options->finding;
	r->user = options->finding_user;
	r->err = err;
}

static void
hand_on(sftr__findings_report *r, const sftr_diagnostic *d)
{
	if (d->severity == SFTR_ERROR && r->counts.n_errors++ == 0) {
		r->code = d->code;
		if (r->err != NULL)
			*r->err = *d;
	}
	if (d->severity == SFTR_WARNING)
		r->counts.n_warnings++;
	if (r->fn == NULL || r->stopped || r->fn(r->user, d) == 0)
		return;
	r->stopped = true;
	r->code = sftr__fail(r->err, SFTR_E_CANCELLED,
			     "the receiver of findings wants no more");
}

void
sftr__report_add(sftr__findings_report *r, sftr__finding kind, sftr_str name,
		 const sftr_str *other, const char *format, ...)
{
	const struct kind *k = &kinds[kind];
	sftr_reaction reaction = r->reactions[kind];
	sftr_diagnostic d;
	char text[sizeof d.message];
	va_list args;
	uint64_t n;

	if (k->count != 0) {
		memcpy(&n, (char *)&r->counts + k->count, sizeof n);
		n++;
		memcpy((char *)&r->counts + k->count, &n, sizeof n);
	}
	if (reaction == SFTR_IGNORE && kind != SFTR__SHAPE)
		return;
	va_start(args, format);
	vsnprintf(text, sizeof text, format, args);
	va_end(args);
	sftr__fail(&d, k->code, "%s: %s", k->name, text);
	d.severity = reaction == SFTR_REFUSE ? SFTR_ERROR :
		     reaction == SFTR_WARN   ? SFTR_WARNING :
					       SFTR_NOTE;
	print_path(sftr_checkpoint_file(
			   r->ckpt, r->tensor != NULL ? r->tensor->file : 0),
		   d.file, sizeof d.file);
	sftr__set_key(&d, name.ptr, name.len);
	if (other != NULL)
		sftr__set_other(&d, other->ptr, other->len);
	hand_on(r, &d);
}

void
sftr_bind_options_lenient(sftr_bind_options *options)
{
	memset(options, 0, sizeof *options);
	options->missing = SFTR_IGNORE;
	options->unexpected = SFTR_IGNORE;
	options->conversion = SFTR_LOSSY;
	options->ambiguous = SFTR_WARN;
	options->drop_flat = 1;
}

char *
sftr_report_text(const sftr_report *report, char *text, size_t size)
{
	char verdict[80], names[32] = "";

	if (report->codec == SFTR_CODEC_GUESS)
		snprintf(verdict, sizeof verdict, "nothing loaded");
	else if (report->n_errors > 0)
		snprintf(verdict, sizeof verdict,
			 "%" PRIu64 " error%s, nothing loaded",
			 report->n_errors, report->n_errors == 1 ? "" : "s");
	else if (report->n_warnings > 0)
		snprintf(verdict, sizeof verdict,
			 "%" PRIu64 " of %" PRIu64 " bound, %" PRIu64
			 " warning%s",
			 report->n_bound, report->n_slots, report->n_warnings,
			 report->n_warnings == 1 ? "" : "s");
	else
		snprintf(verdict, sizeof verdict,
			 "%" PRIu64 " of %" PRIu64 " bound", report->n_bound,
			 report->n_slots);
	if (report->codec != SFTR_CODEC_GUESS)
		snprintf(names, sizeof names, " (names: %s)",
			 sftr_codec_name(report->codec));
	if (size > 0)
		snprintf(text, size, "%s%s%s%s: %s", report->file,
			 report->target[0] != '\0' ? " -> " : "",
			 report->target, names, verdict);
	return text;
}

char *
sftr_finding_text(const sftr_diagnostic *finding, char *text, size_t size)
{
	const char *message = finding->message;
	const char *colon = strstr(message, ": ");
	const char *rest, *kind = "";
	int n_kind = 0, n_file;

	if (size == 0)
		return text;
	if (colon != NULL) {
		kind = message;
		n_kind = (int)(colon - message);
		message = colon + 2;
	}
	rest = strstr(message, "; ");
	n_file = (int)(rest == NULL ? strlen(message) :
				      (size_t)(rest - message));
	if (rest == NULL)
		snprintf(text, size, "  %-11.*s %-18s  %s", n_kind, kind,
			 finding->key, message);
	else
		snprintf(text, size, "  %-11.*s %-18s  %-15.*s  %s", n_kind,
			 kind, finding->key, n_file, message, rest + 2);
	return text;
}
