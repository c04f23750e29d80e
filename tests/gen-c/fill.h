/* SPDX-License-Identifier: MIT */
/*
 * Fills the struct of a generated header, whose prefix is PREFIX and whose
 * number of slots N_SLOTS, from a file: by its slots, and in C by its table as
 * well; and holds every byte against the file.  Included once for each header.
 */
#ifndef FILL_H
#define FILL_H

#include <safetree.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define FILL_PASTE(a, b) a##b
#define FILL_JOIN(a, b) FILL_PASTE(a, b)
#define FILL(name) FILL_JOIN(PREFIX, name)

static int
fill_fails(const char *path, const char *how, const sftr_error *err)
{
	char text[1024];

	printf("%s %s: %s\n", path, how,
	       err == NULL ? "differs" :
			     sftr_error_text(err, text, sizeof text));
	return 1;
}

/* Whether a slot holds what its tensor does. */
static int
fill_is_same(const sftr_checkpoint *ckpt, const sftr_binding *binding, size_t i)
{
	sftr_bound bound;
	size_t n;
	char *bytes;
	int same;

	if (sftr_binding_at(binding, i, &bound, NULL) ||
	    bound.state != SFTR_LOADED || bound.tensor == NULL)
		return 0;
	n = (size_t)sftr_tensor_n_bytes(bound.tensor);
	bytes = (char *)malloc(n + 1);
	same = bytes != NULL && bound.n_bytes == n &&
	       sftr_checkpoint_read(ckpt, bound.tensor, bytes, n, NULL) ==
		       SFTR_OK &&
	       (n == 0 ||
		(bound.data != NULL && memcmp(bound.data, bytes, n) == 0));
	free(bytes);
	return same;
}

/* Whether each tensor of the file fills a slot; frees the binding. */
static int
fill_check(const char *path, const char *how, const sftr_checkpoint *ckpt,
	   sftr_binding *binding, size_t n_slots)
{
	int same = sftr_binding_count(binding) == n_slots &&
		   sftr_checkpoint_count(ckpt) == n_slots;
	size_t i;

	for (i = 0; same && i < n_slots; i++)
		same = fill_is_same(ckpt, binding, i);
	sftr_binding_free(binding);
	return same ? 0 : fill_fails(path, how, NULL);
}
#endif

static int
FILL(_fill_by_slots)(const char *path, const sftr_checkpoint *ckpt,
		     struct PREFIX *object)
{
	sftr_bind_options options = FILL(_options)();
	sftr_slot *slots = (sftr_slot *)malloc(N_SLOTS * sizeof *slots);
	sftr_binding *binding = NULL;
	sftr_error err;
	int status;

	if (slots == NULL)
		return 1;
	FILL(_slots)(object, slots);
	if (sftr_bind(slots, N_SLOTS, ckpt, &options, &binding, &err) ||
	    sftr_binding_load(binding, NULL, &err)) {
		sftr_binding_free(binding);
		status = fill_fails(path, "by slots", &err);
	} else {
		status = fill_check(path, "by slots", ckpt, binding, N_SLOTS);
	}
	free(slots);
	return status;
}

static int
FILL(_fill_by_table)(const char *path, const sftr_checkpoint *ckpt,
		     struct PREFIX *object)
{
#ifndef __cplusplus
	sftr_bind_options options = FILL(_options)();
	sftr_binding *binding = NULL;
	sftr_error err;

	if (SFTR_LOAD(path, FILL(_table), object, &options, &binding, &err))
		return fill_fails(path, "by its table", &err);
	return fill_check(path, "by its table", ckpt, binding, N_SLOTS);
#else
	return path == NULL || ckpt == NULL || object == NULL;
#endif
}

static int
FILL(_fill)(const char *path)
{
	struct PREFIX *object;
	sftr_checkpoint *ckpt;
	sftr_error err;
	int status;

	if (sftr_checkpoint_open(path, NULL, &ckpt, &err))
		return fill_fails(path, "opened", &err);
	object = (struct PREFIX *)calloc(1, sizeof *object);
	status = object == NULL ||
		 FILL(_fill_by_slots)(path, ckpt, object) |
			 FILL(_fill_by_table)(path, ckpt, object);
	free(object);
	sftr_checkpoint_close(ckpt);
	return status;
}
