/* SPDX-License-Identifier: MIT */
#include "checkpoint/checkpoint.h"

#include "base/alloc.h"
#include "checkpoint/head.h"

uint64_t
sftr_tensor_n_bytes(const sftr_tensor *tensor)
{
	return tensor == NULL ? 0 : tensor->end - tensor->begin;
}

uint64_t
sftr_tensor_n_elements(const sftr_tensor *tensor)
{
	uint64_t n = tensor != NULL;

	for (uint32_t i = 0; n > 0 && i < tensor->rank; i++)
		n *= tensor->shape[i];
	return n;
}

sftr_checkpoint *
sftr__checkpoint_new(const sftr_allocator *a, size_t n_sources)
{
	sftr_checkpoint *ckpt = sftr__alloc_zeroed(a, 1, sizeof *ckpt);

	if (ckpt == NULL)
		return NULL;
	ckpt->allocator = *a;
	atomic_init(&ckpt->holders, 1);
	ckpt->has_data = true;
	ckpt->n_sources = n_sources;
	ckpt->sources = sftr__alloc_zeroed(a, n_sources, sizeof *ckpt->sources);
	ckpt->headers = sftr__alloc_zeroed(a, n_sources, sizeof *ckpt->headers);
	if (ckpt->sources == NULL || ckpt->headers == NULL) {
		ckpt->n_sources = 0;
		sftr__free(a, ckpt->sources, n_sources * sizeof *ckpt->sources);
		sftr__free(a, ckpt->headers, n_sources * sizeof *ckpt->headers);
		sftr__free(a, ckpt, sizeof *ckpt);
		return NULL;
	}
	for (size_t i = 0; i < n_sources; i++)
		ckpt->sources[i].fd = -1;
	return ckpt;
}

sftr_checkpoint *
sftr_checkpoint_retain(const sftr_checkpoint *ckpt)
{
	/* The count of holders is no part of what const promises. */
	sftr_checkpoint *held = (sftr_checkpoint *)(uintptr_t)ckpt;

	atomic_fetch_add(&held->holders, 1);
	return held;
}

void
sftr_checkpoint_close(sftr_checkpoint *ckpt)
{
	sftr_allocator a;

	if (ckpt == NULL || atomic_fetch_sub(&ckpt->holders, 1) != 1)
		return;
	a = ckpt->allocator;
	if (ckpt->owns_tensors) {
		sftr__index_free(&ckpt->names, &a);
		sftr__free(&a, ckpt->tensors,
			   ckpt->n_tensors * sizeof *ckpt->tensors);
	}
	if (ckpt->arrays != NULL)
		sftr__free(&a, (void *)(uintptr_t)ckpt->arrays,
			   ckpt->n_tensors * sizeof *ckpt->arrays);
	for (size_t i = 0; i < ckpt->n_sources; i++) {
		sftr__header_free(&ckpt->headers[i], &a);
		sftr__source_close(&ckpt->sources[i], &a);
	}
	sftr__free(&a, ckpt->headers, ckpt->n_sources * sizeof *ckpt->headers);
	sftr__free(&a, ckpt->sources, ckpt->n_sources * sizeof *ckpt->sources);
	sftr__free(&a, ckpt, sizeof *ckpt);
}

sftr_code
sftr__checkpoint_header(sftr_checkpoint *ckpt, size_t i,
			const sftr_open_options *options,
			sftr__findings *findings, sftr_error *err)
{
	return sftr__head_read(&ckpt->sources[i], &ckpt->allocator, options,
			       &ckpt->headers[i], findings, err);
}

/* Tensors and names stay where the only header has them. */
static void
join_single(sftr_checkpoint *ckpt)
{
	ckpt->tensors = ckpt->headers[0].tensors;
	ckpt->n_tensors = ckpt->headers[0].n_tensors;
	ckpt->names = ckpt->headers[0].names;
}

/*
 * Adds the names of tensors [begin, end) to the index, their hashes some way
 * ahead.  *place is that of the first to have another's name.
 */
static bool
index_range(sftr_checkpoint *ckpt, size_t begin, size_t end, uint32_t *place)
{
	uint32_t hashes[SFTR__INDEX_AHEAD];
	uint32_t before;

	for (size_t i = begin; i < end + SFTR__INDEX_AHEAD; i++) {
		uint32_t *hash = &hashes[i % SFTR__INDEX_AHEAD];
		size_t k = i - SFTR__INDEX_AHEAD;

		if (i >= begin + SFTR__INDEX_AHEAD) {
			if (!sftr__index_add(&ckpt->names, &ckpt->allocator,
					     ckpt->tensors, (uint32_t)k, *hash,
					     &before))
				return false;
			if (before != SFTR__NO_PLACE &&
			    *place == SFTR__NO_PLACE)
				*place = (uint32_t)k;
		}
		if (i < end) {
			const sftr_str *name = &ckpt->tensors[i].name;

			*hash = sftr__index_hash(name->ptr, name->len);
			sftr__index_prefetch(&ckpt->names, *hash);
		}
	}
	return true;
}

sftr_code
sftr__checkpoint_join(sftr_checkpoint *ckpt, uint32_t *place, sftr_error *err)
{
	const sftr_allocator *a = &ckpt->allocator;
	size_t n = 0;

	*place = SFTR__NO_PLACE;
	if (ckpt->n_sources == 1) {
		join_single(ckpt);
		return SFTR_OK;
	}
	for (size_t i = 0; i < ckpt->n_sources; i++)
		n += ckpt->headers[i].n_tensors;
	ckpt->tensors = sftr__alloc(a, n * sizeof *ckpt->tensors);
	if (ckpt->tensors == NULL ||
	    !sftr__index_init(&ckpt->names, a, n, sizeof *ckpt->tensors)) {
		sftr__free(a, ckpt->tensors, n * sizeof *ckpt->tensors);
		ckpt->tensors = NULL;
		return sftr__fail_memory(err);
	}
	ckpt->owns_tensors = true;
	ckpt->n_tensors = n;
	n = 0;
	for (size_t i = 0; i < ckpt->n_sources; i++) {
		sftr__header *h = &ckpt->headers[i];

		for (size_t k = 0; k < h->n_tensors; k++) {
			ckpt->tensors[n + k] = h->tensors[k];
			ckpt->tensors[n + k].file = (uint16_t)i;
		}
		if (!index_range(ckpt, n, n + h->n_tensors, place))
			return sftr__fail_memory(err);
		n += h->n_tensors;
		/* What the records have been copied from is not needed. */
		sftr__index_free(&h->names, a);
		sftr__free(a, h->tensors,
			   h->tensors_capacity * sizeof *h->tensors);
		h->tensors = NULL;
		h->n_tensors = h->tensors_capacity = 0;
	}
	return SFTR_OK;
}

sftr_code
sftr__checkpoint_judge(sftr__source *source, const sftr_open_options *options,
		       sftr__findings *findings, sftr_checkpoint **ckpt,
		       sftr_error *err)
{
	sftr_allocator a = sftr__allocator(options->allocator);
	sftr_checkpoint *c = sftr__checkpoint_new(&a, 1);
	uint32_t place;
	sftr_code code;

	*ckpt = NULL;
	if (c == NULL) {
		sftr__source_close(source, &a);
		return sftr__fail_memory(err);
	}
	c->sources[0] = *source;
	code = sftr__checkpoint_header(c, 0, options, findings, err);
	if (code == SFTR_OK && findings->n_errors == 0) {
		code = sftr__checkpoint_join(c, &place, err);
		if (code == SFTR_OK) {
			*ckpt = c;
			return SFTR_OK;
		}
	}
	sftr_checkpoint_close(c);
	return code;
}

sftr_code
sftr__checkpoint_finish(sftr__source *source, const sftr_open_options *options,
			sftr_checkpoint **ckpt, sftr_error *err)
{
	sftr__findings findings = { .err = err };
	sftr_code code =
		sftr__checkpoint_judge(source, options, &findings, ckpt, err);

	return code != SFTR_OK ? code : findings.code;
}

size_t
sftr_checkpoint_count(const sftr_checkpoint *ckpt)
{
	return ckpt == NULL ? 0 : ckpt->n_tensors;
}

const sftr_tensor *
sftr_checkpoint_at(const sftr_checkpoint *ckpt, size_t i)
{
	return i < sftr_checkpoint_count(ckpt) ? &ckpt->tensors[i] : NULL;
}

const sftr_tensor *
sftr_checkpoint_find(const sftr_checkpoint *ckpt, const char *name,
		     size_t n_bytes)
{
	uint32_t place = ckpt == NULL ?
				 SFTR__NO_PLACE :
				 sftr__index_find(&ckpt->names, ckpt->tensors,
						  name, n_bytes);

	return place == SFTR__NO_PLACE ? NULL : &ckpt->tensors[place];
}

size_t
sftr_checkpoint_n_metadata(const sftr_checkpoint *ckpt)
{
	return ckpt == NULL || ckpt->n_sources == 0 ?
		       0 :
		       ckpt->headers[0].n_metadata;
}

int
sftr_checkpoint_has_metadata(const sftr_checkpoint *ckpt)
{
	return ckpt != NULL && ckpt->n_sources > 0 &&
	       ckpt->headers[0].has_metadata;
}

const sftr_metadata *
sftr_checkpoint_metadata_at(const sftr_checkpoint *ckpt, size_t i)
{
	return i < sftr_checkpoint_n_metadata(ckpt) ?
		       &ckpt->headers[0].metadata[i] :
		       NULL;
}

const sftr_metadata *
sftr_checkpoint_metadata(const sftr_checkpoint *ckpt, const char *key,
			 size_t n_bytes)
{
	uint32_t place;

	if (sftr_checkpoint_n_metadata(ckpt) == 0)
		return NULL;
	place = sftr__index_find(&ckpt->headers[0].keys,
				 ckpt->headers[0].metadata, key, n_bytes);
	return place == SFTR__NO_PLACE ? NULL :
					 &ckpt->headers[0].metadata[place];
}

size_t
sftr_checkpoint_n_files(const sftr_checkpoint *ckpt)
{
	return ckpt == NULL ? 0 : ckpt->n_sources;
}

const char *
sftr_checkpoint_file(const sftr_checkpoint *ckpt, size_t file)
{
	return file < sftr_checkpoint_n_files(ckpt) ? ckpt->sources[file].path :
						      NULL;
}

uint64_t
sftr_checkpoint_data_start(const sftr_checkpoint *ckpt, size_t file)
{
	return file < sftr_checkpoint_n_files(ckpt) ?
		       ckpt->sources[file].data_start :
		       0;
}
