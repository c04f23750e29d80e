/* SPDX-License-Identifier: MIT */
/*
 * A sink: where the bytes of a file that is being written go.  Knows the four
 * kinds, and how a system call comes short or is interrupted; nothing of what
 * the bytes mean.
 */
#ifndef SFTR_CHECKPOINT_SINK_H
#define SFTR_CHECKPOINT_SINK_H

#include <safetree/checkpoint.h>
#include <stdbool.h>
#include <sys/uio.h>

/* No system takes more parts at once than IOV_MAX, and none has less. */
#define SFTR__SINK_PARTS 256

typedef struct sftr__sink sftr__sink;

struct sftr__sink {
	/*
	 * Takes up to SFTR__SINK_PARTS parts, for 'offset' of the file.  The
	 * array may be changed.  Unless any_order, offsets only go on.
	 */
	sftr_code (*take)(sftr__sink *sink, uint64_t offset,
			  struct iovec *parts, int n_parts, sftr_error *err);
	bool any_order;
	int fd;
	char *memory;
	sftr_sink_fn *fn;
	void *user;
	uint64_t n_bytes; /* of the whole file */
	uint64_t space;	  /* free when it began; UINT64_MAX if not known */
};

/*
 * A regular file of our own, in any order.  Asks for the space of n_bytes at
 * once, so that a disk that is too full says so first.
 */
sftr_code
sftr__sink_file(sftr__sink *sink, int fd, uint64_t n_bytes, sftr_error *err);

/* A descriptor from its position on, a pipe perhaps. */
void
sftr__sink_stream(sftr__sink *sink, int fd, uint64_t n_bytes);

/* Memory of n_bytes. */
void
sftr__sink_memory(sftr__sink *sink, void *memory, uint64_t n_bytes);

void
sftr__sink_callback(sftr__sink *sink, sftr_sink_fn *fn, void *user,
		    uint64_t n_bytes);

#endif
