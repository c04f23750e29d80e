/* SPDX-License-Identifier: MIT */
/*
 * repack: the same tensors in the bytes that the official writer would give
 * them, from any spelling, any order, or many shards, without holding them;
 * under other names if wanted.
 */
#include "cli/command.h"
#include "cli/filling.h"
#include "cli/finding.h"
#include "cli/input.h"
#include "cli/outcome.h"
#include "cli/progress.h"
#include "cli/renaming.h"
#include "cli/rewriting.h"

#include <safetree.h>

#include <errno.h>
#include <stdlib.h>
#include <string.h>

static bool
parse_align(const options *o, uint64_t *align)
{
	const char *text = options_value(o, "align");
	char *end;

	*align = 0;
	if (text == NULL)
		return true;
	errno = 0;
	*align = strtoull(text, &end, 10);
	/* strtoull takes signs and spaces; a size has none. */
	if (*text >= '1' && *text <= '9' && *end == '\0' && errno == 0)
		return true;
	outcome_trouble("--align is a power of two from 8 to 1048576, not '%s'",
			text);
	return false;
}

static bool
check_format(const char *format)
{
	static const char *const known[] = { "pt", "flax", "np", "mlx" };

	if (format == NULL)
		return true;
	for (size_t i = 0; i < sizeof known / sizeof *known; i++)
		if (strcmp(format, known[i]) == 0)
			return true;
	outcome_trouble("--format is pt, flax, np or mlx, not '%s'", format);
	return false;
}

/* "K=V" at the first '='. */
static bool
split(const char *text, sftr_str *key, sftr_str *value)
{
	const char *equals = strchr(text, '=');

	if (equals == NULL) {
		outcome_trouble("--meta is KEY=VALUE, not '%s'", text);
		return false;
	}
	key->ptr = text;
	key->len = (size_t)(equals - text);
	value->ptr = equals + 1;
	value->len = strlen(value->ptr);
	return true;
}

/* Whether an option gives this key a value of its own. */
static bool
is_replaced(const options *o, sftr_str key)
{
	sftr_str k, value;
	const char *text;
	int i = 0;

	if (key.len == 6 && memcmp(key.ptr, "format", 6) == 0 &&
	    options_value(o, "format") != NULL)
		return true;
	while ((text = options_next(o, "meta", &i)) != NULL)
		if (split(text, &k, &value) && k.len == key.len &&
		    memcmp(k.ptr, key.ptr, k.len) == 0)
			return true;
	return false;
}

/* What speaks of names, and would lie of others. */
static bool
is_of_names(sftr_str key)
{
	return (key.len == 11 && memcmp(key.ptr, "pytree.note", 11) == 0) ||
	       (key.len == 12 && memcmp(key.ptr, "pytree.codec", 12) == 0);
}

static bool
has_new_names(const options *o)
{
	return options_value(o, "rules") != NULL ||
	       options_value(o, "codec") != NULL;
}

static bool
check_meta(const options *o)
{
	sftr_str key, value;
	const char *text;
	int i = 0;

	while ((text = options_next(o, "meta", &i)) != NULL)
		if (!split(text, &key, &value))
			return false;
	return true;
}

/* Metadata without an entry, as the official writer gives them, are kept. */
static bool
keeps_empty(const options *o, const sftr_checkpoint *ckpt)
{
	return options_value(o, "drop-meta") == NULL &&
	       sftr_checkpoint_n_metadata(ckpt) == 0 &&
	       sftr_checkpoint_has_metadata(ckpt);
}

static sftr_code
declare_metadata(const options *o, const sftr_checkpoint *ckpt, sftr_writer *w,
		 sftr_error *err)
{
	size_t n = options_value(o, "drop-meta") != NULL ?
			   0 :
			   sftr_checkpoint_n_metadata(ckpt);
	sftr_code code = SFTR_OK;
	sftr_str key, value;
	const char *text;
	int next = 0;

	for (size_t i = 0; i < n && code == SFTR_OK; i++) {
		const sftr_metadata *m = sftr_checkpoint_metadata_at(ckpt, i);

		if (has_new_names(o) && is_of_names(m->key))
			continue;
		if (!is_replaced(o, m->key))
			code = sftr_writer_add_metadata(w, m->key, m->value,
							err);
	}
	while (code == SFTR_OK &&
	       (text = options_next(o, "meta", &next)) != NULL)
		if (split(text, &key, &value))
			code = sftr_writer_add_metadata(w, key, value, err);
	return code;
}

/* What is written: the tensors of 'ckpt', or what is made of them. */
struct contents {
	const sftr_checkpoint *ckpt;
	renaming *names;       /* its tree NULL: names stay */
	sftr_binding *binding; /* or NULL: by rules, or of other dtypes */
	filling filling;
};

static sftr_code
declare(struct contents *c, sftr_writer *w, sftr_error *err)
{
	const sftr_str own_name = { NULL, 0 };
	sftr_code code = SFTR_OK;
	const sftr_tensor *t;

	if (c->names->tree != NULL && c->binding == NULL)
		return renaming_declare(c->names, w, err);
	if (c->names->tree != NULL)
		code = renaming_spell(c->names, w, err);
	if (code == SFTR_OK && c->binding != NULL)
		code = filling_declare(&c->filling, c->binding, NULL,
				       c->names->names, w, err);
	if (c->binding != NULL)
		return code;
	for (size_t i = 0;
	     code == SFTR_OK && (t = sftr_checkpoint_at(c->ckpt, i)) != NULL;
	     i++)
		code = sftr_writer_add_tensor(w, own_name, c->ckpt, t, err);
	return code;
}

static sftr_code
write_out(const options *o, struct contents *c, uint64_t align, sftr_error *err)
{
	progress p;
	sftr_write_options to = { .align = align,
				  .format = options_value(o, "format"),
				  .has_metadata = keeps_empty(o, c->ckpt),
				  .progress = progress_show,
				  .progress_user = &p };
	sftr_writer *w = NULL;
	sftr_code code = sftr_writer_new(&to, &w, err);

	progress_begin(&p, "writing");
	if (code == SFTR_OK)
		code = declare_metadata(o, c->ckpt, w, err);
	if (code == SFTR_OK)
		code = declare(c, w, err);
	if (code == SFTR_OK)
		code = sftr_writer_save(w, o->args[1], err);
	progress_end(&p);
	sftr_writer_free(w);
	filling_free(&c->filling);
	return code;
}

/* A binding tells nothing of a note, whose leaves would then be lost. */
static bool
can_do_both(const options *o, const sftr_checkpoint *ckpt)
{
	if (options_value(o, "drop-meta") != NULL ||
	    sftr_checkpoint_metadata(ckpt, "pytree.note", 11) == NULL)
		return true;
	outcome_trouble("%s has a structure note, which goes with --codec "
			"alone: repack twice, or --drop-meta",
			o->args[0]);
	return false;
}

/* What becomes of the tensors by rules and dtypes, and of their names. */
static bool
prepare(const options *o, struct contents *c, rewriting *r)
{
	bool has_codec = c->names->to != SFTR_CODEC_GUESS;
	sftr_report report;
	sftr_error err;

	if (!r->is_wanted)
		return renaming_make(c->names, o->args[0], c->ckpt,
				     options_value(o, "drop-meta") != NULL);
	if (has_codec && (!can_do_both(o, c->ckpt) ||
			  !renaming_settle(c->names, o->args[0], c->ckpt)))
		return false;
	/* Rules are of the names as they are; then comes the codec. */
	r->bind.codec = r->bind.slot_codec = c->names->from;
	r->bind.report = &report;
	if (sftr_bind_rewrite(c->ckpt, r->dtype, &r->bind, &c->binding, &err) !=
	    SFTR_OK) {
		rewriting_trouble(r, o->args[0], &err);
		return false;
	}
	if (report.hint[0] != '\0')
		outcome_say_words(OUTCOME_YES, report.hint,
				  "%s: ", r->bind.rules_name);
	return !has_codec ||
	       renaming_make_slots(c->names, o->args[0], c->binding);
}

static void
repack(const options *o, const sftr_checkpoint *ckpt, rewriting *r,
       renaming *names, uint64_t align)
{
	struct contents c = { ckpt, names, NULL, { NULL } };
	sftr_error err;

	if (prepare(o, &c, r) && write_out(o, &c, align, &err) != SFTR_OK &&
	    !renaming_refuses(names, o->args[0], &err))
		finding_trouble(o->args[1], &err);
	sftr_binding_free(c.binding);
	renaming_free(names);
}

static void
run(const options *o)
{
	sftr_checkpoint *ckpt;
	rewriting r;
	renaming names;
	uint64_t align;

	if (!parse_align(o, &align) ||
	    !check_format(options_value(o, "format")) || !check_meta(o) ||
	    !renaming_option(o, &names))
		return;
	if (rewriting_read(&r, o)) {
		ckpt = input_open(o, o->args[0]);
		if (ckpt != NULL)
			repack(o, ckpt, &r, &names, align);
		sftr_checkpoint_close(ckpt);
	}
	rewriting_free(&r);
}

static const struct option table[] = {
	{ "codec", "FROM:TO", "rewrite names from one codec to another" },
	{ "align", "N", "let data begin at a multiple of N, 8 to 1048576" },
	{ "meta", "K=V", "set a metadata entry; may be repeated" },
	{ "drop-meta", NULL, "leave out the metadata of IN" },
	{ "format", "pt|flax|np|mlx", "set the metadata entry 'format'" },
	{ "rules", "FILE", "rename, drop, transpose and stack by these rules" },
	{ "dtype", "D", "let floats, or integers, become D" },
	{ "lossless", NULL, "refuse a D that would round values" },
	INPUT_POLICY,
	{ NULL, NULL, NULL },
};

const struct command command_repack = {
	"repack",
	"[--codec FROM:TO] [--align N] [--meta K=V]... [--drop-meta]"
	" [--format pt|flax|np|mlx] [--rules FILE] [--dtype D [--lossless]]"
	" [--policy strict|reference] IN OUT",
	"write the same tensors in canonical bytes",
	table,
	2,
	2,
	run
};
