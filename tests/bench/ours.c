/* SPDX-License-Identifier: MIT */
/*
 * The library as the benches of loads call it from Python: every tensor of a
 * file is bound to memory that exists, once, and loaded as often as wanted.
 */
#include <safetree.h>

#include <stdlib.h>
#include <string.h>

#define EXPORT __attribute__((visibility("default")))

/*
 * A binding of all tensors, in the order of the file, to the places of 'to',
 * which are large enough.  A dtype of "" is the file's own; 'transform' is
 * that of an alias, or NULL.  NULL if it failed.
 */
EXPORT sftr_binding *
ours_bind(const char *path, void *const *to, const char *dtype,
	  const char *transform, unsigned n_threads);
EXPORT int
ours_load(sftr_binding *b);
EXPORT void
ours_free(sftr_binding *b);

static void
fill(sftr_slot *slot, sftr_alias *alias, const sftr_tensor *t, sftr_dtype dtype,
     void *to)
{
	alias->name = t->name.ptr;
	slot->name = t->name;
	slot->aliases = alias;
	slot->n_aliases = 1;
	slot->shape_text = "...";
	slot->dtype = dtype;
	slot->data = to;
	slot->capacity = sftr_tensor_n_bytes(t);
	if (dtype != SFTR_DTYPE_NONE)
		slot->capacity = slot->capacity * sftr_dtype_bits(dtype) /
				 sftr_dtype_bits(t->dtype);
}

EXPORT sftr_binding *
ours_bind(const char *path, void *const *to, const char *dtype,
	  const char *transform, unsigned n_threads)
{
	sftr_bind_options options = { .conversion = SFTR_LOSSLESS,
				      .codec = SFTR_CODEC_RAW,
				      .slot_codec = SFTR_CODEC_RAW,
				      .n_threads = n_threads };
	sftr_checkpoint *ckpt = NULL;
	sftr_binding *b = NULL;
	sftr_slot *slots;
	sftr_alias *aliases;
	size_t n;

	if (sftr_checkpoint_open(path, NULL, &ckpt, NULL) != SFTR_OK)
		return NULL;
	n = sftr_checkpoint_count(ckpt);
	slots = calloc(n, sizeof *slots);
	aliases = calloc(n, sizeof *aliases);
	for (size_t i = 0; slots != NULL && aliases != NULL && i < n; i++) {
		fill(&slots[i], &aliases[i], sftr_checkpoint_at(ckpt, i),
		     sftr_dtype_parse(dtype, strlen(dtype)), to[i]);
		aliases[i].transform = transform;
	}
	if (slots != NULL && aliases != NULL)
		sftr_bind(slots, n, ckpt, &options, &b, NULL);
	free(slots);
	free(aliases);
	sftr_checkpoint_close(ckpt);
	return b;
}

/* Release only unmarks the slots, so that the next load loads them again. */
EXPORT int
ours_load(sftr_binding *b)
{
	sftr_code code = sftr_binding_load(b, NULL, NULL);

	sftr_binding_release(b, NULL);
	return code == SFTR_OK ? 0 : -1;
}

EXPORT void
ours_free(sftr_binding *b)
{
	sftr_binding_free(b);
}
