/* SPDX-License-Identifier: MIT */
/*
 * A file of rules, and names that it is applied to.  It is judged alike by
 * whoever reads it; where it is applied, no two names become one unseen: every
 * tensor is dropped by a rule, or is a part of just that slot whose name the
 * rules made.
 *
 *	bytes 0, 1  codecs of the file's names and of the slots'
 *	up to NUL   rules
 *	the rest    names, one a line
 */
#include "fuzz.h"

#include "bind/rules.h"
#include "names/codec.h"

#include <stdlib.h>
#include <string.h>

const char fuzz_name[] = "rules";

static sftr_codec
codec_of(uint8_t byte)
{
	return (sftr_codec)(SFTR_CODEC_P2S +
			    byte % (SFTR_N_CODECS - SFTR_CODEC_P2S));
}

/* How many slots are called as this path. */
static size_t
n_called(const sftr_binding *b, sftr_codec codec, const sftr__path_buffer *path)
{
	size_t n = 0;

	for (size_t i = 0; i < sftr_binding_count(b); i++) {
		sftr_bound bound;
		sftr_path name;

		need(sftr_binding_at(b, i, &bound, NULL) == SFTR_OK, "slot");
		need(sftr_path_parse(codec, bound.name.ptr, bound.name.len,
				     NULL, &name, NULL) == SFTR_OK,
		     "slot %s", bound.name.ptr);
		n += sftr_path_matches(path->steps, path->n_steps, name.steps,
				       name.n_steps) == 1;
		sftr_path_free(&name);
	}
	return n;
}

/* Puts every name through the rules once more; how many are dropped. */
static size_t
n_dropped(const sftr_checkpoint *c, const sftr_binding *b,
	  const sftr__rules *rules, sftr_codec codec, sftr_codec slot_codec)
{
	sftr__path_buffer path;
	size_t n = 0;

	sftr__path_buffer_init(&path, NULL);
	for (size_t i = 0; i < sftr_checkpoint_count(c); i++) {
		sftr_str name = sftr_checkpoint_at(c, i)->name;
		const sftr__rule *rule;
		size_t n_old;
		uint64_t part;

		sftr__path_buffer_clear(&path);
		need(sftr__path_parse_into(codec, name.ptr, name.len, &path,
					   NULL) == SFTR_OK,
		     "%s", name.ptr);
		n_old = path.n_steps;
		need(sftr__rules_apply(rules, &path, &rule, &part) == SFTR_OK,
		     "%s", name.ptr);
		if (rule != NULL && rule->is_drop) {
			n++;
			continue;
		}
		if (rule != NULL && n_old > 0) {
			/* The new path stands behind the old one. */
			path.n_steps -= n_old;
			memmove(path.steps, path.steps + n_old,
				path.n_steps * sizeof *path.steps);
		}
		need(n_called(b, slot_codec, &path) == 1, "%zu slots for %s",
		     n_called(b, slot_codec, &path), name.ptr);
	}
	sftr__path_buffer_free(&path);
	return n;
}

static void
every_tensor_is_somewhere(const sftr_checkpoint *c, const sftr_binding *b,
			  const char *text, sftr_codec codec,
			  sftr_codec slot_codec)
{
	size_t n_parts = 0, dropped;
	sftr__rules rules;

	need(sftr__rules_parse(text, NULL, codec, slot_codec, NULL, &rules,
			       NULL) == SFTR_OK,
	     "rules");
	for (size_t i = 0; i < sftr_binding_count(b); i++)
		n_parts += sftr_binding_ranges(b, i, NULL, 0);
	dropped = n_dropped(c, b, &rules, codec, slot_codec);
	need(n_parts + dropped == sftr_checkpoint_count(c),
	     "%zu parts, %zu dropped, %zu tensors", n_parts, dropped,
	     sftr_checkpoint_count(c));
	sftr__rules_free(&rules);
}

static void
judge(const sftr_checkpoint *c, const char *text, sftr_bind_options *options,
      size_t size)
{
	sftr_codec codec = options->codec, slot_codec = options->slot_codec;
	sftr_error err, why;
	sftr_code verdict, code;
	sftr_binding *b;

	verdict = sftr_rules_check(text, "rules", codec, slot_codec, &why);
	if (verdict != SFTR_OK) {
		need(verdict == SFTR_E_RULE, "%s", why.message);
		fuzz_refusal(&why, verdict, strlen(text));
	}
	options->rules = text;
	code = sftr_bind_rewrite(c, SFTR_DTYPE_NONE, options, &b, &err);
	need(verdict == SFTR_OK || code != SFTR_OK, "bound by what is refused");
	if (code == SFTR_OK)
		every_tensor_is_somewhere(c, b, text, codec, slot_codec);
	else
		fuzz_refusal(&err, code, size);
	need(code == SFTR_OK || code == SFTR_E_RULE || code == SFTR_E_PATH ||
		     code == SFTR_E_CODEC || code == SFTR_E_SHAPE ||
		     code == SFTR_E_AMBIGUOUS,
	     "%s: %s", sftr_code_name(code), err.message);
	sftr_binding_free(b);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const sftr_str none = { NULL, 0 };
	struct fuzz_input in = { data, data + size };
	sftr_bind_options options = { 0 };
	struct fuzz_memory memory;
	sftr_allocator a = fuzz_allocator(&memory, (1 << 20) + 4096 * size);
	sftr_str rules, names;
	sftr_checkpoint *c;
	uint8_t *file;
	char *text;
	size_t n;

	options.allocator = &a;
	options.codec = codec_of(fuzz_next(&in));
	options.slot_codec = codec_of(fuzz_next(&in));
	rules = fuzz_until(&in, '\0');
	names.ptr = (const char *)in.p;
	names.len = (size_t)(in.end - in.p);
	text = fuzz_bytes(rules.len + 1);
	memcpy(text, rules.ptr, rules.len);
	text[rules.len] = '\0';
	file = fuzz_file_of_names(names, false, NULL, none, &n);
	if (sftr_checkpoint_open_memory(file, n, NULL, &c, NULL) == SFTR_OK)
		judge(c, text, &options, size);
	sftr_checkpoint_close(c);
	free(file);
	free(text);
	fuzz_all_freed(&memory);
	return 0;
}
