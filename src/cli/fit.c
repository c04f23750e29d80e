/* SPDX-License-Identifier: MIT */
#include "cli/fit.h"

#include "cli/finding.h"
#include "cli/input.h"
#include "cli/outcome.h"
#include "cli/sheet.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

/*
 * Whether a path is a manifest: a text has no zero byte, and the length that a
 * safetensors file begins with has one, since it is below 2^56.
 */
static bool
is_manifest(const char *path)
{
	size_t n = strlen(path), got;
	struct stat st;
	char head[8];
	FILE *in;

	/* What passes by once is for sheet_read: no checkpoint is a pipe. */
	if (stat(path, &st) == 0 && S_ISFIFO(st.st_mode))
		return true;
	if (n > 5 && strcmp(path + n - 5, ".json") == 0)
		return false;
	in = fopen(path, "rb");
	if (in == NULL)
		return false;
	got = fread(head, 1, sizeof head, in);
	/* A directory opens, and cannot be read. */
	if (ferror(in))
		got = 0;
	fclose(in);
	return got > 0 && memchr(head, '\0', got) == NULL;
}

bool
fit_open(fit *f, const options *o)
{
	if (is_manifest(f->template_path)) {
		f->manifest = sheet_read(f->template_path, &f->n_manifest);
		if (f->manifest == NULL)
			return false;
	} else {
		f->template = input_open(o, f->template_path);
		if (f->template == NULL)
			return false;
	}
	f->ckpt = input_open(o, f->path);
	return f->ckpt != NULL;
}

static void
list_finding(json_out *j, const sftr_diagnostic *d)
{
	json_out_open(j, '{');
	json_out_field(j, "severity");
	json_out_word(j, finding_severity(d->severity));
	json_out_field(j, "code");
	json_out_word(j, sftr_code_name(d->code));
	json_out_field(j, "key");
	json_out_word(j, d->key);
	json_out_field(j, "other");
	json_out_word(j, d->other);
	json_out_field(j, "message");
	json_out_word(j, d->message);
	json_out_close(j, '}');
}

static int
take_finding(void *user, const sftr_diagnostic *d)
{
	fit *f = user;

	if (f->is_json)
		list_finding(&f->list, d);
	else if (f->n_findings < FIT_SHOWN)
		f->shown[f->n_findings] = *d;
	f->n_findings++;
	return 0;
}

/* A slot for each tensor of the template, of its shape and dtype. */
static sftr_code
bind_checkpoint(fit *f, sftr_error *err)
{
	const sftr_tensor *t;
	sftr_slot *slots;
	sftr_code code = SFTR_OK;
	size_t n = 0;

	if (f->bind.slot_codec == SFTR_CODEC_GUESS)
		code = sftr_codec_guess(f->template, &f->bind.slot_codec, NULL,
					0, err);
	if (code != SFTR_OK)
		return code;
	slots = calloc(sftr_checkpoint_count(f->template) + 1, sizeof *slots);
	if (slots == NULL) {
		err->code = SFTR_E_MEMORY;
		return SFTR_E_MEMORY;
	}
	for (; (t = sftr_checkpoint_at(f->template, n)) != NULL; n++) {
		slots[n].name = t->name;
		slots[n].shape = t->shape;
		slots[n].rank = t->rank;
		slots[n].dtype = t->dtype;
		slots[n].place = SFTR_PLACE_NONE;
	}
	code = sftr_bind(slots, n, f->ckpt, &f->bind, &f->binding, err);
	free(slots);
	return code;
}

/* A manifest speaks as the checkpoint does, unless it was said otherwise. */
static sftr_code
bind_manifest(fit *f, sftr_error *err)
{
	sftr_code code = SFTR_OK;

	if (f->bind.codec == SFTR_CODEC_GUESS)
		code = sftr_codec_guess(f->ckpt, &f->bind.codec, NULL, 0, err);
	if (code != SFTR_OK)
		return code;
	if (f->bind.slot_codec == SFTR_CODEC_GUESS)
		f->bind.slot_codec = f->bind.codec;
	return sftr_bind_manifest(f->manifest, f->n_manifest, f->ckpt, &f->bind,
				  &f->binding, err);
}

static void
complain(const fit *f, const sftr_error *err)
{
	if (err->code == SFTR_E_MEMORY)
		outcome_no_memory();
	else if (err->code == SFTR_E_TABLE || err->code == SFTR_E_ARGUMENT)
		sheet_trouble(f->template_path, f->manifest, err);
	else
		sheet_trouble(f->path, f->rules, err);
}

bool
fit_bind(fit *f)
{
	sftr_error err;
	sftr_code code;

	f->list.out = open_memstream(&f->text, &f->n_text);
	if (f->list.out == NULL) {
		outcome_no_memory();
		return false;
	}
	f->bind.finding = take_finding;
	f->bind.finding_user = f;
	code = f->template != NULL ? bind_checkpoint(f, &err) :
				     bind_manifest(f, &err);
	if (fclose(f->list.out) != 0) {
		outcome_no_memory();
		return false;
	}
	if (code == SFTR_OK)
		return true;
	/* Without a finding it was never held against the template. */
	if (code == SFTR_E_MEMORY || f->report.n_errors == 0) {
		complain(f, &err);
		return false;
	}
	outcome_note(OUTCOME_NO);
	return true;
}

void
fit_free(fit *f)
{
	sftr_binding_free(f->binding);
	free(f->text);
	free(f->rules);
	free(f->strip);
	free(f->manifest);
	sftr_checkpoint_close(f->ckpt);
	sftr_checkpoint_close(f->template);
}
