/* SPDX-License-Identifier: MIT */
/*
 * What a writer holds: the tensors and metadata that were declared, and where
 * each tensor's bytes come from.  checkpoint/save writes them.
 */
#ifndef SFTR_CHECKPOINT_WRITER_H
#define SFTR_CHECKPOINT_WRITER_H

#include "base/index.h"
#include "format/layout.h"

#include <safetree/checkpoint.h>

/* Memory (bytes), a callback (source, user) or a tensor (ckpt, tensor). */
typedef struct sftr__origin {
	const void *bytes;
	sftr_source_fn *source;
	void *user;
	sftr_checkpoint *ckpt; /* retained */
	const sftr_tensor *tensor;
} sftr__origin;

/* Memory that is freed with the writer. */
typedef struct sftr__kept {
	struct sftr__kept *next;
	void *bytes;
	size_t n_bytes;
} sftr__kept;

struct sftr_writer {
	sftr_allocator allocator;
	sftr__kept *kept;
	uint64_t align;
	bool is_durable;
	bool has_metadata; /* even if there is no entry */
	sftr_progress_fn *progress;
	void *progress_user;

	sftr__item *items;     /* name and shape share a block of their own */
	sftr__origin *origins; /* of each item */
	size_t n;
	size_t items_capacity;
	size_t origins_capacity;
	sftr__index names;
	uint64_t data_n_bytes;

	sftr_metadata *metadata;
	size_t n_metadata;
	size_t metadata_capacity;
	sftr__index keys;
};

/* n bytes for as long as the writer lives, or NULL. */
void *
sftr__writer_keep(sftr_writer *writer, size_t n);

#endif
