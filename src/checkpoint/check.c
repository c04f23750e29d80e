/* SPDX-License-Identifier: MIT */
/*
 * Judging without opening: every finding of the rules, and notes on what is
 * allowed and yet not wise.
 */
#include "base/alloc.h"
#include "checkpoint/checkpoint.h"
#include "checkpoint/open.h"
#include "format/rule.h"
#include "numeric/swap.h"

#include <inttypes.h>

static const sftr_open_options defaults;

static void
note(sftr__findings *f, const char *file, sftr_diagnostic *d,
     enum sftr__rule rule)
{
	d->severity = SFTR_NOTE;
	d->rule = rule;
	sftr__set_file(d, file);
	sftr__findings_add(f, d);
}

static void
note_tensor(sftr__findings *f, const sftr_checkpoint *c, const sftr_tensor *t)
{
	const sftr__source *s = sftr__checkpoint_source(c, t);
	uint64_t at = sftr__checkpoint_offset(c, t);
	unsigned width = sftr__swap_width(t->dtype);
	sftr_diagnostic d;

	if (t->name.len == 0) {
		sftr__fail(&d, SFTR_N_EMPTY_NAME, "a tensor has an empty name");
		note(f, s->path, &d, SFTR__RULE_NAME_NOT_EMPTY);
	}
	if (t->dtype == SFTR_F4 && t->rank > 0 &&
	    t->shape[t->rank - 1] % 2 != 0) {
		sftr__fail(&d, SFTR_N_ODD_F4,
			   "F4 rows of %" PRIu64 " elements share bytes",
			   t->shape[t->rank - 1]);
		sftr__set_key(&d, t->name.ptr, t->name.len);
		note(f, s->path, &d, SFTR__RULE_F4_ROWS);
	}
	if (at % width != 0 && t->begin < t->end) {
		sftr__fail_at(&d, SFTR_N_UNALIGNED, at,
			      "the data of %s are not aligned to %u bytes",
			      sftr_dtype_name(t->dtype), width);
		sftr__set_key(&d, t->name.ptr, t->name.len);
		note(f, s->path, &d, SFTR__RULE_ALIGNED);
	}
}

static const struct magic {
	const char *format;
	const char *bytes;
	size_t n;
	uint64_t from_end; /* 0: at the start, otherwise so far from the end */
} magics[] = {
	{ "a ZIP archive", "PK\3\4", 4, 0 },
	{ "a gzip file", "\x1f\x8b\x08", 3, 0 },
	{ "a Windows program", "MZ", 2, 0 },
	{ "a bzip2 file", "BZh", 3, 0 },
	{ "a script", "#!/", 3, 0 },
	/*
	 * Pickles: protocol, and the operation they begin with; a length is
	 * seldom spelt so.
	 */
	{ "a pickle", "\x80\2}", 3, 0 },
	{ "a pickle", "\x80\2]", 3, 0 },
	{ "a pickle", "\x80\2(", 3, 0 },
	{ "a pickle", "\x80\2c", 3, 0 },
	{ "a pickle", "\x80\2\x8a", 3, 0 },
	{ "a pickle", "\x80\3}", 3, 0 },
	{ "a pickle", "\x80\3]", 3, 0 },
	{ "a pickle", "\x80\3c", 3, 0 },
	{ "a pickle", "\x80\4\x95", 3, 0 },
	{ "a pickle", "\x80\5\x95", 3, 0 },
	{ "a ZIP archive", "PK\5\6", 4, 22 },
};

static sftr_code
find_magic(const sftr__source *s, const struct magic *m, bool *has,
	   sftr_error *err)
{
	char found[8];
	uint64_t at = m->from_end == 0 ? 0 : s->n_bytes - m->from_end;
	sftr_code code;

	*has = false;
	if (s->n_bytes < m->from_end || s->n_bytes < at + m->n)
		return SFTR_OK;
	code = sftr__source_read(s, at, found, m->n, err);
	*has = code == SFTR_OK && memcmp(found, m->bytes, m->n) == 0;
	return code;
}

static sftr_code
note_file(sftr__findings *f, const sftr__source *s, sftr_error *err)
{
	sftr_diagnostic d;
	bool has;

	if (s->data_start % 8 != 0) {
		sftr__fail_at(&d, SFTR_N_LENGTH, 0,
			      "the header length %" PRIu64
			      " is no multiple of 8",
			      s->data_start - 8);
		note(f, s->path, &d, SFTR__RULE_LENGTH_BY_8);
	}
	for (size_t i = 0; i < sizeof magics / sizeof *magics; i++) {
		const struct magic *m = &magics[i];
		sftr_code code = find_magic(s, m, &has, err);

		if (code != SFTR_OK)
			return code;
		if (!has)
			continue;
		sftr__fail_at(&d, SFTR_N_MAGIC,
			      m->from_end == 0 ? 0 : s->n_bytes - m->from_end,
			      "the file %s as %s does",
			      m->from_end == 0 ? "begins" : "ends", m->format);
		note(f, s->path, &d, SFTR__RULE_NO_MAGIC);
	}
	return SFTR_OK;
}

static sftr_code
note_all(sftr__findings *f, const sftr_checkpoint *c, sftr_error *err)
{
	sftr_code code = SFTR_OK;

	for (size_t i = 0; i < c->n_sources && code == SFTR_OK; i++)
		code = note_file(f, &c->sources[i], err);
	if (code != SFTR_OK)
		return code;
	for (size_t i = 0; i < c->n_tensors && !f->stopped; i++)
		note_tensor(f, c, &c->tensors[i]);
	return SFTR_OK;
}

/* What remains of a check once the errors are known. */
static sftr_code
finish(sftr__findings *f, sftr_checkpoint *c, sftr_code code,
       uint64_t *n_errors, sftr_error *err)
{
	if (code == SFTR_OK && c != NULL)
		code = note_all(f, c, err);
	sftr_checkpoint_close(c);
	*n_errors = f->n_errors;
	if (code == SFTR_OK && f->stopped)
		return sftr__fail(err, SFTR_E_CANCELLED,
				  "the receiver of findings wants no more");
	return code;
}

sftr_code
sftr_check(const char *path, const sftr_open_options *options,
	   sftr_diagnostic_fn *fn, void *user, uint64_t *n_errors,
	   sftr_error *err)
{
	sftr__findings f = { .fn = fn, .user = user, .all = true };
	sftr_checkpoint *c;
	sftr_code code = sftr__open_judge(
		path, options == NULL ? &defaults : options, &f, &c, err);

	return finish(&f, c, code, n_errors, err);
}

sftr_code
sftr_check_memory(const void *bytes, size_t n_bytes,
		  const sftr_open_options *options, sftr_diagnostic_fn *fn,
		  void *user, uint64_t *n_errors, sftr_error *err)
{
	const sftr_open_options *o = options == NULL ? &defaults : options;
	sftr_allocator a = sftr__allocator(o->allocator);
	sftr__findings f = { .fn = fn, .user = user, .all = true };
	sftr_checkpoint *c = NULL;
	sftr__source s;
	sftr_code code =
		sftr__source_open_memory(&s, &a, bytes, n_bytes, n_bytes, err);

	if (code == SFTR_OK)
		code = sftr__checkpoint_judge(&s, o, &f, &c, err);
	return finish(&f, c, code, n_errors, err);
}

const char *
sftr_code_advice(sftr_code code)
{
	switch (code) {
	case SFTR_E_TRUNCATED:
		return "The file is not complete: copy or download it again.";
	case SFTR_E_LENGTH: return "This is probably no safetensors file.";
	case SFTR_E_UTF8:
	case SFTR_E_JSON:
	case SFTR_E_FIELD:
	case SFTR_E_DTYPE:
	case SFTR_E_RANGE:
	case SFTR_E_REVERSED:
	case SFTR_E_PARTIAL:
		return "Do not load it: ask whoever wrote it for a sound file.";
	case SFTR_E_SIZE:
	case SFTR_E_OVERLAP:
		return "Do not load it: a careless reader runs past the "
		       "tensor's bytes.";
	case SFTR_E_DUPLICATE:
	case SFTR_E_NUL:
		return "Do not load it: two readers would see two models.";
	case SFTR_E_HOLE:
	case SFTR_E_TRAILING:
		return "Do not load it: the file holds bytes that belong to "
		       "no tensor.";
	case SFTR_E_INDEX:
	case SFTR_E_SHARD:
		return "Fetch the index and all of its shards again, from one "
		       "place.";
	case SFTR_N_UNALIGNED:
	case SFTR_N_LENGTH:
		return "Views are not possible; 'safetree repack' aligns it.";
	case SFTR_N_EMPTY_NAME: return "Some tools cannot show or rename it.";
	case SFTR_N_ODD_F4: return "Slices of single rows are not possible.";
	case SFTR_N_MAGIC:
		return "Another program may take it for something else: do "
		       "not pass it to one.";
	default: return "";
	}
}
