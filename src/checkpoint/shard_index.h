/* SPDX-License-Identifier: MIT */
/*
 * The index of a sharded checkpoint, NAME.index.json:
 *
 *	{"metadata":{"total_size":N},"weight_map":{TENSOR:FILE,...}}
 *
 * It knows which tensor should be in which file, not whether it is.
 */
#ifndef SFTR_CHECKPOINT_SHARD_INDEX_H
#define SFTR_CHECKPOINT_SHARD_INDEX_H

#include "base/diagnostic.h"
#include "base/index.h"

typedef struct sftr__mapped {
	sftr_str name; /* of the tensor; lent by the index's text */
	uint32_t file; /* its place in 'files' */
	uint32_t hash; /* of the name, for an index */
} sftr__mapped;

typedef struct sftr__shard_index {
	char *text;
	size_t text_size;
	sftr__mapped *mapped; /* in the order of the text */
	size_t n_mapped;
	size_t mapped_capacity;
	sftr__index names;
	sftr_str *files; /* each once, in the order of the text */
	size_t n_files;
	size_t files_capacity;
	sftr__index file_names;
	bool has_total_size;
	uint64_t total_size;
	uint64_t total_size_at; /* offset in the text */
} sftr__shard_index;

/* Offset in the index of a text that it lends. */
static inline uint64_t
sftr__shard_index_offset(const sftr__shard_index *ix, sftr_str s)
{
	return (uint64_t)(s.ptr - 1 - ix->text);
}

/*
 * Reads ix->text[n], writable and with SFTR__JSON_SLACK bytes behind; all else
 * in *ix but text_size must be zero.  Faults go to findings.  False without
 * memory.  The caller frees *ix in every case.
 */
bool
sftr__shard_index_parse(sftr__shard_index *ix, const sftr_allocator *a,
			size_t n, sftr__findings *findings);

void
sftr__shard_index_free(sftr__shard_index *ix, const sftr_allocator *a);

#endif
