/* SPDX-License-Identifier: MIT */
/* check: is it sound?  Every finding, and the rule behind each. */
#include "cli/colour.h"
#include "cli/command.h"
#include "cli/finding.h"
#include "cli/input.h"
#include "cli/json_out.h"
#include "cli/outcome.h"
#include "cli/text.h"

#include <safetree.h>

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

/* A person reads so many of a kind; machines get all of them. */
#define SHOWN 8

enum verdict { VALID, INVALID, UNREADABLE };

/* Findings of one path: the first of each severity, and how many there are. */
struct findings {
	const char *path;
	sftr_diagnostic first[3][SHOWN];
	uint64_t n[3];
	FILE *json; /* all of them, if machines read */
	json_out list;
};

/* A finding in one of several files says in which. */
static void
put_message(json_out *j, const char *path, const sftr_diagnostic *d)
{
	char text[sizeof d->file + sizeof d->message + 2];

	if (finding_is_in(d, path))
		snprintf(text, sizeof text, "%s", d->message);
	else
		snprintf(text, sizeof text, "%s: %s", d->file, d->message);
	json_out_text(j, text, strlen(text));
}

static void
list_finding(struct findings *f, const sftr_diagnostic *d)
{
	const char *severity = finding_severity(d->severity);
	const char *code = sftr_code_name(d->code);
	json_out *j = &f->list;

	json_out_open(j, '{');
	json_out_field(j, "rule");
	if (d->rule != 0)
		json_out_u64(j, d->rule);
	else
		json_out_null(j);
	json_out_field(j, "severity");
	json_out_word(j, severity);
	json_out_field(j, "code");
	json_out_word(j, code);
	json_out_field(j, "offset");
	if (d->offset != SFTR_NO_OFFSET)
		json_out_u64(j, d->offset);
	else
		json_out_null(j);
	json_out_field(j, "key");
	json_out_word(j, d->key);
	json_out_field(j, "other");
	json_out_word(j, d->other);
	json_out_field(j, "message");
	put_message(j, f->path, d);
	json_out_close(j, '}');
}

static int
take_finding(void *user, const sftr_diagnostic *d)
{
	struct findings *f = user;
	uint64_t i = f->n[d->severity]++;

	if (i < SHOWN)
		f->first[d->severity][i] = *d;
	if (f->json != NULL)
		list_finding(f, d);
	return 0;
}

static void
print_object(const char *path, const char *policy, enum verdict verdict,
	     const char *findings, size_t n)
{
	static const char *const verdicts[] = { "valid", "invalid",
						"unreadable" };
	json_out j = { stdout, false };

	json_out_open(&j, '{');
	json_out_field(&j, "file");
	json_out_text(&j, path, strlen(path));
	json_out_field(&j, "policy");
	json_out_word(&j, policy);
	json_out_field(&j, "verdict");
	json_out_word(&j, verdicts[verdict]);
	json_out_field(&j, "findings");
	json_out_open(&j, '[');
	if (n > 0)
		json_out_raw(&j, findings, n);
	json_out_close(&j, ']');
	json_out_close(&j, '}');
	fputc('\n', stdout);
}

static void
print_more(uint64_t n, sftr_severity severity)
{
	if (n > SHOWN)
		printf("  and %" PRIu64 " more %s%s; --json lists all\n",
		       n - SHOWN, finding_severity(severity),
		       n - SHOWN == 1 ? "" : "s");
}

static void
print_findings(const struct findings *f, enum verdict verdict,
	       const char *policy)
{
	if (verdict == VALID) {
		text_print(stdout, f->path, strlen(f->path));
		fputs(": ", stdout);
		colour_print(stdout, COLOUR_GOOD, "valid");
		puts(strcmp(policy, "strict") == 0 ? "" : " to the reference");
	}
	for (int severity = 0; severity < 3; severity++) {
		uint64_t n = f->n[severity];

		for (uint64_t i = 0; i < n && i < SHOWN; i++) {
			const sftr_diagnostic *d = &f->first[severity][i];

			if (severity == SFTR_ERROR && i == 0)
				finding_print_first(stdout, f->path, d);
			else
				finding_print(stdout, f->path, d);
		}
		print_more(n, (sftr_severity)severity);
	}
}

/* Judges one path. */
static enum verdict
judge(const char *path, const sftr_open_options *open, struct findings *f)
{
	uint64_t n_errors = 0;
	sftr_error err;

	f->path = path;
	if (sftr_check(path, open, take_finding, f, &n_errors, &err) ==
	    SFTR_OK) {
		if (n_errors > 0)
			outcome_note(OUTCOME_NO);
		return n_errors > 0 ? INVALID : VALID;
	}
	if (f->json != NULL)
		list_finding(f, &err);
	/* Whatever the code, there is no verdict. */
	finding_trouble(path, &err);
	return UNREADABLE;
}

static enum verdict
check_json(const char *path, const sftr_open_options *open, const char *policy,
	   struct findings *f)
{
	enum verdict verdict = UNREADABLE;
	char *text = NULL;
	size_t n = 0;

	f->json = open_memstream(&text, &n);
	if (f->json == NULL) {
		outcome_no_memory();
		return verdict;
	}
	f->list.out = f->json;
	verdict = judge(path, open, f);
	if (fclose(f->json) != 0)
		outcome_no_memory();
	else
		print_object(path, policy, verdict, text, n);
	free(text);
	return verdict;
}

static void
run(const options *o)
{
	bool json = options_value(o, "json") != NULL;
	const char *policy = options_value(o, "policy");
	uint64_t n[3] = { 0, 0, 0 };
	struct findings *f;
	sftr_open_options open;

	if (!input_policy(o, &open))
		return;
	if (policy == NULL)
		policy = "strict";
	f = malloc(sizeof *f);
	if (f == NULL) {
		outcome_no_memory();
		return;
	}
	for (int i = 0; i < o->n_args && outcome_is_heard(); i++) {
		enum verdict verdict;

		memset(f, 0, sizeof *f);
		if (json) {
			check_json(o->args[i], &open, policy, f);
			continue;
		}
		verdict = judge(o->args[i], &open, f);
		n[verdict]++;
		if (verdict != UNREADABLE)
			print_findings(f, verdict, policy);
	}
	if (!json && o->n_args > 1)
		printf("%d checked: %" PRIu64 " valid, %" PRIu64
		       " invalid, %" PRIu64 " unreadable\n",
		       o->n_args, n[VALID], n[INVALID], n[UNREADABLE]);
	free(f);
}

static const struct option table[] = {
	INPUT_POLICY,
	{ "json", NULL, "one JSON object a path" },
	{ NULL, NULL, NULL },
};

const struct command command_check = {
	"check",
	"[--policy strict|reference] [--json] PATH...",
	"judge files by the rules of safetensors(5)",
	table,
	1,
	-1,
	run
};
