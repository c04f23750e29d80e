/* SPDX-License-Identifier: MIT */
#include "checkpoint/open.h"

#include "base/alloc.h"
#include "checkpoint/shards.h"
#include "checkpoint/system.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const sftr_open_options defaults;

/* The names in a directory that matter. */
struct listing {
	sftr_allocator a;
	sftr_str *names;
	size_t n, capacity;
	size_t n_index; /* of these, indexes */
	bool no_memory;
};

static bool
ends_with(const char *name, const char *end)
{
	size_t n = strlen(name), k = strlen(end);

	return n >= k && memcmp(name + n - k, end, k) == 0;
}

static bool
is_index(const char *name)
{
	return ends_with(name, ".index.json");
}

static int
list_name(void *user, const char *name)
{
	struct listing *l = user;
	sftr_str copy = { NULL, strlen(name) };
	bool index = ends_with(name, ".safetensors.index.json");

	if (!index && !ends_with(name, ".safetensors"))
		return 0;
	copy.ptr = sftr__copy_text(&l->a, name, copy.len);
	if (copy.ptr == NULL ||
	    !sftr__grow(&l->a, (void **)&l->names, &l->capacity, l->n + 1,
			sizeof *l->names)) {
		sftr__free(&l->a, (void *)(uintptr_t)copy.ptr, copy.len + 1);
		l->no_memory = true;
		return 1;
	}
	l->names[l->n++] = copy;
	l->n_index += index;
	return 0;
}

static void
free_listing(struct listing *l)
{
	for (size_t i = 0; i < l->n; i++)
		sftr__free(&l->a, (void *)(uintptr_t)l->names[i].ptr,
			   l->names[i].len + 1);
	sftr__free(&l->a, l->names, l->capacity * sizeof *l->names);
}

static int
by_name(const void *a, const void *b)
{
	const sftr_str *x = a, *y = b;

	return strcmp(x->ptr, y->ptr);
}

/* "-00002-of-00003.safetensors" at the end, for 1-based i of n? */
static bool
is_part(const sftr_str *name, size_t i, size_t n, size_t *n_prefix)
{
	char end[64];
	int len = snprintf(end, sizeof end, "-%05zu-of-%05zu.safetensors",
			   i + 1, n);

	if (len < 0 || name->len < (size_t)len)
		return false;
	*n_prefix = name->len - (size_t)len;
	return memcmp(name->ptr + *n_prefix, end, (size_t)len) == 0;
}

/* Whether the name says that there are others: a lone part is no whole. */
static bool
is_any_part(const sftr_str *name)
{
	static const char like[] = "-00000-of-00000.safetensors";
	const size_t n = sizeof like - 1;

	for (size_t i = 0; i < n && name->len >= n; i++) {
		char c = name->ptr[name->len - n + i];

		if (like[i] == '0' ? c < '0' || c > '9' : c != like[i])
			return false;
	}
	return name->len >= n;
}

/* Whether the names, sorted, are the parts 1 to n of one set. */
static bool
is_complete_set(const struct listing *l)
{
	size_t n_first = 0, n_prefix;

	for (size_t i = 0; i < l->n; i++) {
		if (!is_part(&l->names[i], i, l->n, &n_prefix))
			return false;
		if (i == 0)
			n_first = n_prefix;
		if (n_prefix != n_first ||
		    memcmp(l->names[i].ptr, l->names[0].ptr, n_first) != 0)
			return false;
	}
	return l->n > 0;
}

static sftr_code
judge_file(const char *path, const sftr_open_options *options,
	   sftr__findings *findings, sftr_checkpoint **ckpt, sftr_error *err)
{
	sftr_allocator a = sftr__allocator(options->allocator);
	sftr__source s;
	sftr_code code = sftr__source_open(&s, &a, path, options->access, err);

	*ckpt = NULL;
	return code == SFTR_OK ? sftr__checkpoint_judge(&s, options, findings,
							ckpt, err) :
				 code;
}

static sftr_code
judge_named(const char *directory, const char *name,
	    const sftr_open_options *options, sftr__findings *findings,
	    sftr_checkpoint **ckpt, sftr_error *err)
{
	sftr_allocator a = sftr__allocator(options->allocator);
	size_t n = strlen(directory) + 1 + strlen(name) + 1;
	char *path = sftr__alloc(&a, n);
	sftr_code code;

	if (path == NULL)
		return sftr__fail_memory(err);
	snprintf(path, n, "%s%s%s", directory,
		 ends_with(directory, "/") ? "" : "/", name);
	code = is_index(name) ? sftr__shards_judge_index(path, options,
							 findings, ckpt, err) :
				judge_file(path, options, findings, ckpt, err);
	sftr__free(&a, path, n);
	return code;
}

/* Of what a directory holds, the one thing that it can mean. */
static sftr_code
judge_listing(const char *path, const struct listing *l,
	      const sftr_open_options *options, sftr__findings *findings,
	      sftr_checkpoint **ckpt, sftr_error *err)
{
	sftr_code code;

	if (l->n_index == 1) {
		size_t i = 0;

		while (!is_index(l->names[i].ptr))
			i++;
		return judge_named(path, l->names[i].ptr, options, findings,
				   ckpt, err);
	}
	if (l->n_index == 0 && l->n == 1 && !is_any_part(&l->names[0]))
		return judge_named(path, l->names[0].ptr, options, findings,
				   ckpt, err);
	if (l->n_index == 0 && is_complete_set(l))
		return sftr__shards_judge_set(path, l->names, l->n, options,
					      findings, ckpt, err);
	if (l->n == 0)
		code = sftr__fail(err, SFTR_E_UNSUPPORTED,
				  "the directory holds no .safetensors file "
				  "and no index of shards");
	else
		code = sftr__fail(
			err, SFTR_E_UNSUPPORTED,
			"expected one index, one .safetensors file or one "
			"complete set -00001-of-0000N in the directory, found "
			"%zu indexes and %zu files: name one",
			l->n_index, l->n - l->n_index);
	sftr__set_file(err, path);
	return code;
}

static sftr_code
judge_directory(const char *path, const sftr_open_options *options,
		sftr__findings *findings, sftr_checkpoint **ckpt,
		sftr_error *err)
{
	struct listing l = { .a = sftr__allocator(options->allocator) };
	int failed = sftr__sys_list(path, list_name, &l);
	sftr_code code;

	if (failed < 0) {
		code = sftr__fail_os(err, -failed, "cannot list the directory");
		sftr__set_file(err, path);
	} else if (l.no_memory) {
		code = sftr__fail_memory(err);
	} else {
		if (l.n > 1)
			qsort(l.names, l.n, sizeof *l.names, by_name);
		code = judge_listing(path, &l, options, findings, ckpt, err);
	}
	free_listing(&l);
	return code;
}

sftr_code
sftr__open_judge(const char *path, const sftr_open_options *options,
		 sftr__findings *findings, sftr_checkpoint **ckpt,
		 sftr_error *err)
{
	struct stat st;
	int failed;

	*ckpt = NULL;
	do {
		failed = sftr__sys_stat(path, &st);
	} while (failed == -EINTR);
	if (failed != 0) {
		sftr_code code = sftr__fail_os(err, -failed, "cannot open");

		sftr__set_file(err, path);
		return code;
	}
	if (S_ISDIR(st.st_mode))
		return judge_directory(path, options, findings, ckpt, err);
	if (is_index(path))
		return sftr__shards_judge_index(path, options, findings, ckpt,
						err);
	return judge_file(path, options, findings, ckpt, err);
}

sftr_code
sftr_checkpoint_open(const char *path, const sftr_open_options *options,
		     sftr_checkpoint **ckpt, sftr_error *err)
{
	sftr__findings findings = { .err = err };
	sftr_code code =
		sftr__open_judge(path, options == NULL ? &defaults : options,
				 &findings, ckpt, err);

	return code != SFTR_OK ? code : findings.code;
}

sftr_code
sftr_checkpoint_open_fd(int fd, const char *name,
			const sftr_open_options *options,
			sftr_checkpoint **ckpt, sftr_error *err)
{
	const sftr_open_options *o = options == NULL ? &defaults : options;
	sftr_allocator a = sftr__allocator(o->allocator);
	sftr__source s;
	sftr_code code = sftr__source_open_fd(&s, &a, fd, name, o->access, err);

	*ckpt = NULL;
	return code == SFTR_OK ? sftr__checkpoint_finish(&s, o, ckpt, err) :
				 code;
}
