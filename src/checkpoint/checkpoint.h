/* SPDX-License-Identifier: MIT */
/*
 * The checkpoint itself: tensors of one or more sources under one index of
 * names.
 *
 *      sources   [ 0 | 1 ]            a file or a memory each
 *      headers   [ 0 | 1 ]            text, names, shapes, metadata
 *      tensors   [ ......... ]        of all; of a single header in place
 *      names     -> places in tensors
 */
#ifndef SFTR_CHECKPOINT_CHECKPOINT_H
#define SFTR_CHECKPOINT_CHECKPOINT_H

#include "checkpoint/source.h"
#include "format/records.h"

struct sftr_checkpoint {
	sftr_allocator allocator;
	atomic_size_t holders;
	sftr__source *sources;
	sftr__header *headers; /* one a source */
	size_t n_sources;
	sftr_tensor *tensors;
	size_t n_tensors;
	sftr__index names;
	bool owns_tensors;	   /* not in place in headers[0] */
	bool has_data;		   /* not of sftr_header_parse */
	const void *const *arrays; /* bytes of each tensor, of open_arrays */
};

/* An empty checkpoint with room for n sources, or NULL. */
sftr_checkpoint *
sftr__checkpoint_new(const sftr_allocator *a, size_t n_sources);

/* Reads the header of source i, which is open, into ckpt->headers[i]. */
sftr_code
sftr__checkpoint_header(sftr_checkpoint *ckpt, size_t i,
			const sftr_open_options *options,
			sftr__findings *findings, sftr_error *err);

/*
 * Reads and judges the header of an open source: *ckpt is a checkpoint of it if
 * it is sound, and otherwise, or on failure, NULL.  Takes the source over in
 * every case.
 */
sftr_code
sftr__checkpoint_judge(sftr__source *source, const sftr_open_options *options,
		       sftr__findings *findings, sftr_checkpoint **ckpt,
		       sftr_error *err);

/* The same for opening: the first fault is the error. */
sftr_code
sftr__checkpoint_finish(sftr__source *source, const sftr_open_options *options,
			sftr_checkpoint **ckpt, sftr_error *err);

/*
 * Brings the tensors of all headers together, once these are sound; names must
 * differ, and *place is the first that does not, or SFTR__NO_PLACE.
 */
sftr_code
sftr__checkpoint_join(sftr_checkpoint *ckpt, uint32_t *place, sftr_error *err);

/* The source that holds a tensor. */
static inline const sftr__source *
sftr__checkpoint_source(const sftr_checkpoint *ckpt, const sftr_tensor *t)
{
	return &ckpt->sources[t->file];
}

/* Where a tensor begins in its source. */
static inline uint64_t
sftr__checkpoint_offset(const sftr_checkpoint *ckpt, const sftr_tensor *t)
{
	return ckpt->sources[t->file].data_start + t->begin;
}

#endif
