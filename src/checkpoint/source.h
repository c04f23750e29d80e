/* SPDX-License-Identifier: MIT */
/*
 * Where the bytes of one safetensors file come from: a descriptor, or memory.
 * Copies go through pread, so that a file that shrinks is an error and never a
 * signal; a mapping is read only by somebody who asked for a view.
 */
#ifndef SFTR_CHECKPOINT_SOURCE_H
#define SFTR_CHECKPOINT_SOURCE_H

#include "checkpoint/system.h"
#include "base/diagnostic.h"

#include <safetree/checkpoint.h>
#include <stdatomic.h>

typedef struct sftr__source {
	int fd;		     /* -1: memory */
	char *path;	     /* owned; "" for memory */
	uint64_t n_bytes;    /* of the file when it was opened */
	uint64_t n_held;     /* of these, to be had: less for a head alone */
	int64_t mtime[2];    /* and its modification time */
	uint64_t data_start; /* set once the header is read */
	sftr_access access;
	const char *memory;	   /* borrowed; NULL for a descriptor */
	_Atomic(const char *) map; /* of the whole file, made when needed */
} sftr__source;

/*
 * Each leaves a source to be closed, or on failure a zeroed one that needs no
 * close.  'fd' is duplicated; 'memory' is borrowed and holds the first n_held
 * bytes of n_bytes.
 */
sftr_code
sftr__source_open(sftr__source *s, const sftr_allocator *a, const char *path,
		  sftr_access access, sftr_error *err);
sftr_code
sftr__source_open_fd(sftr__source *s, const sftr_allocator *a, int fd,
		     const char *name, sftr_access access, sftr_error *err);
sftr_code
sftr__source_open_memory(sftr__source *s, const sftr_allocator *a,
			 const void *memory, uint64_t n_held, uint64_t n_bytes,
			 sftr_error *err);

void
sftr__source_close(sftr__source *s, const sftr_allocator *a);

/*
 * Copies [offset, offset + n_bytes) of the file.  SFTR_E_TRUNCATED if it has
 * become shorter, SFTR_E_IO if it was changed since it was opened.
 */
sftr_code
sftr__source_read(const sftr__source *s, uint64_t offset, void *buffer,
		  size_t n_bytes, sftr_error *err);

/* A single read of a part of a longer copy: as above, but for changes. */
sftr_code
sftr__source_read_part(const sftr__source *s, uint64_t offset, void *buffer,
		       size_t n_bytes, sftr_error *err);

/*
 * The same into several places, one after another, in as few calls of the
 * system as it takes; 1 GiB in all at most.  Changes the parts.
 */
sftr_code
sftr__source_read_parts(const sftr__source *s, uint64_t offset,
			struct iovec *parts, int n_parts, sftr_error *err);

/* SFTR_E_IO if the file was changed since it was opened. */
sftr_code
sftr__source_unchanged(const sftr__source *s, sftr_error *err);

/*
 * The whole file, mapped by the first who asks; others may ask meanwhile.  Lent
 * until the source is closed.  SFTR_E_VIEW, with the reason.
 */
sftr_code
sftr__source_map(const sftr__source *s, const char **map, sftr_error *err);

/* The file from offset on in memory, lent; SFTR_E_VIEW, with the reason. */
sftr_code
sftr__source_view(const sftr__source *s, uint64_t offset, const void **bytes,
		  sftr_error *err);

#endif
