/* SPDX-License-Identifier: MIT */
#include "checkpoint/shards.h"

#include "base/alloc.h"
#include "checkpoint/shard_index.h"
#include "format/json.h"
#include "format/rule.h"

#include <errno.h>
#include <inttypes.h>

/* The most files that a tensor's record can tell apart. */
#define MAX_FILES UINT16_MAX

/* Indexes of half a million names have some 60 MB. */
#define MAX_INDEX UINT64_C(1000000000)

/* What is known while shards are opened and held against their index. */
struct judge {
	const char *path;	     /* of the index, or the directory */
	const sftr__shard_index *ix; /* NULL: a set without an index */
	const sftr_open_options *options;
	sftr__findings *findings;
	sftr_checkpoint *c;
};

static void
report(struct judge *g, sftr_diagnostic *d, enum sftr__rule rule,
       const char *file)
{
	d->rule = rule;
	sftr__set_file(d, file);
	if (d->severity == SFTR_ERROR || g->findings->all)
		sftr__findings_add(g->findings, d);
}

/* The directory part of a path with its slash, and a name behind it. */
static char *
join_path(const sftr_allocator *a, const char *directory, size_t n_directory,
	  sftr_str name, size_t *size)
{
	char *path;

	*size = n_directory + 1 + name.len + 1;
	path = sftr__alloc(a, *size);
	if (path == NULL)
		return NULL;
	memcpy(path, directory, n_directory);
	if (n_directory > 0 && path[n_directory - 1] != '/')
		path[n_directory++] = '/';
	memcpy(path + n_directory, name.ptr, name.len);
	path[n_directory + name.len] = '\0';
	return path;
}

/*
 * Opens and judges shard i.  One that is not there or no plain file is a fault
 * of the set; one that cannot be read leaves the question open.
 */
static sftr_code
judge_shard(struct judge *g, size_t i, const char *directory,
	    size_t n_directory, sftr_str name, sftr_error *err)
{
	const sftr_allocator *a = &g->c->allocator;
	size_t size;
	char *path = join_path(a, directory, n_directory, name, &size);
	sftr_error own;
	sftr_code code;

	if (path == NULL)
		return sftr__fail_memory(err);
	code = sftr__source_open(&g->c->sources[i], a, path, g->options->access,
				 &own);
	if (code == SFTR_OK) {
		code = sftr__checkpoint_header(g->c, i, g->options, g->findings,
					       &own);
		g->findings->file = NULL;
	} else if (g->ix != NULL &&
		   (own.os_errno == ENOENT || own.os_errno == ENAMETOOLONG ||
		    code == SFTR_E_UNSUPPORTED)) {
		sftr__fail_at(&own, SFTR_E_SHARD,
			      sftr__shard_index_offset(g->ix, name),
			      own.os_errno != 0 ? "the shard is missing" :
						  "the shard is no regular "
						  "file");
		sftr__set_other(&own, name.ptr, name.len);
		report(g, &own, SFTR__RULE_SHARD_SOUND, g->path);
		code = SFTR_OK;
	}
	if (code != SFTR_OK && err != NULL)
		*err = own;
	sftr__free(a, path, size);
	return code;
}

static const char *
file_of(const struct judge *g, size_t i)
{
	return g->c->sources[i].path == NULL ? "" : g->c->sources[i].path;
}

/*
 * Each tensor of the index is in its shard; if not, perhaps in another.  How
 * many are.
 */
static size_t
check_mapped(struct judge *g)
{
	const sftr__mapped *mapped = g->ix->mapped;
	size_t n = g->ix->n_mapped, n_found = 0;

	for (size_t i = 0; i < n; i++) {
		const sftr__mapped *m = &mapped[i];
		const sftr__header *h = &g->c->headers[m->file];
		sftr_diagnostic d;

		if (!sftr__findings_more(g->findings))
			break;
		if (i + SFTR__INDEX_AHEAD < n) {
			const sftr__mapped *ahead = m + SFTR__INDEX_AHEAD;

			sftr__index_prefetch(&g->c->headers[ahead->file].names,
					     ahead->hash);
		}
		if (g->c->sources[m->file].path == NULL)
			continue;
		if (sftr__index_find_hashed(&h->names, h->tensors, m->hash,
					    m->name.ptr,
					    m->name.len) != SFTR__NO_PLACE) {
			n_found++;
			continue;
		}
		sftr__fail_at(&d, SFTR_E_SHARD,
			      sftr__shard_index_offset(g->ix, m->name),
			      "the index has it in a shard that does not");
		sftr__set_key(&d, m->name.ptr, m->name.len);
		sftr__set_other(&d, g->ix->files[m->file].ptr,
				g->ix->files[m->file].len);
		report(g, &d, SFTR__RULE_SHARD_HOLDS, g->path);
	}
	return n_found;
}

/* Each tensor of a shard is where the index has it, and nowhere else. */
static void
check_held(struct judge *g, size_t i)
{
	const sftr__header *h = &g->c->headers[i];

	for (size_t k = 0; k < h->n_tensors; k++) {
		const sftr_str *name = &h->tensors[k].name;
		uint32_t place = sftr__index_find(&g->ix->names, g->ix->mapped,
						  name->ptr, name->len);
		bool elsewhere = place != SFTR__NO_PLACE &&
				 g->ix->mapped[place].file != i;
		sftr_diagnostic d;

		if (!sftr__findings_more(g->findings))
			return;
		if (place != SFTR__NO_PLACE && !elsewhere)
			continue;
		sftr__fail(&d, SFTR_E_SHARD,
			   elsewhere ? "the index has it in another shard" :
				       "the index does not have it");
		if (elsewhere) {
			const sftr_str *file =
				&g->ix->files[g->ix->mapped[place].file];

			sftr__set_other(&d, file->ptr, file->len);
		}
		sftr__set_key(&d, name->ptr, name->len);
		report(g, &d,
		       elsewhere ? SFTR__RULE_SHARD_ONCE :
				   SFTR__RULE_SHARD_MAPPED,
		       file_of(g, i));
	}
}

static void
check_total_size(struct judge *g)
{
	uint64_t sum = 0;
	sftr_diagnostic d;

	if (!g->ix->has_total_size || !sftr__findings_more(g->findings))
		return;
	for (size_t i = 0; i < g->c->n_sources; i++)
		for (size_t k = 0; k < g->c->headers[i].n_tensors; k++)
			sum += sftr_tensor_n_bytes(
				&g->c->headers[i].tensors[k]);
	if (sum == g->ix->total_size)
		return;
	sftr__fail_at(&d, SFTR_E_SHARD, g->ix->total_size_at,
		      "total_size is %" PRIu64 ", the shards hold %" PRIu64
		      " bytes of tensors",
		      g->ix->total_size, sum);
	d.severity =
		g->options->policy == SFTR_STRICT ? SFTR_ERROR : SFTR_WARNING;
	report(g, &d, SFTR__RULE_TOTAL_SIZE, g->path);
}

static sftr_code
judge_shards(struct judge *g, const char *directory, size_t n_directory,
	     const sftr_str *files, size_t n, sftr_error *err)
{
	sftr_code code = SFTR_OK;
	size_t n_found, n_held = 0;

	for (size_t i = 0; i < n && code == SFTR_OK; i++) {
		if (!sftr__findings_more(g->findings))
			return SFTR_OK;
		code = judge_shard(g, i, directory, n_directory, files[i], err);
	}
	if (code != SFTR_OK || g->ix == NULL || g->findings->n_errors > 0)
		return code;
	n_found = check_mapped(g);
	for (size_t i = 0; i < n; i++)
		n_held += g->c->headers[i].n_tensors;
	/* Names differ, so as many found as held are the same ones. */
	for (size_t i = 0; i < n && n_found != n_held; i++)
		check_held(g, i);
	check_total_size(g);
	return SFTR_OK;
}

/* Brings the sound shards together under one index of names. */
static sftr_code
finish(struct judge *g, sftr_checkpoint **ckpt, sftr_error *err)
{
	uint32_t place = SFTR__NO_PLACE;
	sftr_code code = SFTR_OK;

	if (g->findings->n_errors == 0)
		code = sftr__checkpoint_join(g->c, &place, err);
	if (code == SFTR_OK && place != SFTR__NO_PLACE) {
		const sftr_tensor *t = &g->c->tensors[place];
		sftr_diagnostic d;

		sftr__fail(&d, SFTR_E_SHARD, "another shard has it already");
		sftr__set_key(&d, t->name.ptr, t->name.len);
		report(g, &d, SFTR__RULE_SHARD_ONCE, file_of(g, t->file));
	}
	if (code == SFTR_OK && g->findings->n_errors == 0)
		*ckpt = g->c;
	else
		sftr_checkpoint_close(g->c);
	return code;
}

static sftr_code
judge_files(const char *path, const char *directory, size_t n_directory,
	    const sftr__shard_index *ix, const sftr_str *files, size_t n,
	    const sftr_open_options *options, sftr__findings *findings,
	    sftr_checkpoint **ckpt, sftr_error *err)
{
	sftr_allocator a = sftr__allocator(options->allocator);
	struct judge g = { path, ix, options, findings, NULL };
	sftr_code code;

	if (n > MAX_FILES) {
		code = sftr__fail(err, SFTR_E_LIMIT,
				  "%zu files, at most %d can be read", n,
				  MAX_FILES);
		sftr__set_file(err, path);
		return code;
	}
	g.c = sftr__checkpoint_new(&a, n);
	if (g.c == NULL)
		return sftr__fail_memory(err);
	code = judge_shards(&g, directory, n_directory, files, n, err);
	if (code == SFTR_OK)
		return finish(&g, ckpt, err);
	sftr_checkpoint_close(g.c);
	return code;
}

/*
 * Reads the whole text of the index into ix->text.  It may be all holes, so
 * that its length is no limit.
 */
static sftr_code
read_index(const char *path, const sftr_open_options *options,
	   const sftr_allocator *a, sftr__shard_index *ix, size_t *n,
	   sftr_error *err)
{
	uint64_t max = options->max_header_bytes != 0 ?
			       options->max_header_bytes :
			       MAX_INDEX;
	sftr__source s;
	sftr_code code = sftr__source_open(&s, a, path, SFTR_PREAD, err);

	if (code != SFTR_OK)
		return code;
	if (max > SIZE_MAX / 4)
		max = SIZE_MAX / 4;
	if (s.n_bytes > max) {
		code = sftr__fail(err, SFTR_E_LIMIT,
				  "the index has %" PRIu64
				  " bytes, the limit is %" PRIu64,
				  s.n_bytes, max);
		sftr__set_file(err, path);
	} else {
		*n = (size_t)s.n_bytes;
		ix->text_size = *n + SFTR__JSON_SLACK + 1;
		ix->text = sftr__alloc(a, ix->text_size);
		if (ix->text == NULL)
			code = sftr__fail_memory(err);
		else
			memset(ix->text + *n, 0, ix->text_size - *n);
	}
	if (code == SFTR_OK)
		code = sftr__source_read(&s, 0, ix->text, *n, err);
	sftr__source_close(&s, a);
	return code;
}

sftr_code
sftr__shards_judge_index(const char *path, const sftr_open_options *options,
			 sftr__findings *findings, sftr_checkpoint **ckpt,
			 sftr_error *err)
{
	sftr_allocator a = sftr__allocator(options->allocator);
	const char *slash = strrchr(path, '/');
	size_t n_directory = slash == NULL ? 0 : (size_t)(slash + 1 - path);
	sftr__shard_index ix;
	size_t n = 0;
	sftr_code code;

	*ckpt = NULL;
	memset(&ix, 0, sizeof ix);
	code = read_index(path, options, &a, &ix, &n, err);
	if (code == SFTR_OK) {
		findings->file = path;
		if (!sftr__shard_index_parse(&ix, &a, n, findings))
			code = sftr__fail_memory(err);
		findings->file = NULL;
	}
	if (code == SFTR_OK && findings->n_errors == 0)
		code = judge_files(path, path, n_directory, &ix, ix.files,
				   ix.n_files, options, findings, ckpt, err);
	sftr__shard_index_free(&ix, &a);
	return code;
}

sftr_code
sftr__shards_judge_set(const char *directory, const sftr_str *files, size_t n,
		       const sftr_open_options *options,
		       sftr__findings *findings, sftr_checkpoint **ckpt,
		       sftr_error *err)
{
	*ckpt = NULL;
	return judge_files(directory, directory, strlen(directory), NULL, files,
			   n, options, findings, ckpt, err);
}
