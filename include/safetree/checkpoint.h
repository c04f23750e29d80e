/* SPDX-License-Identifier: MIT */
/*
 * safetree/checkpoint.h - anything that has named tensors and can read their
 * bytes: a file, a directory or index of shards, memory; and the writer.
 *
 * Opening parses and validates every header at once: what is open is sound, by
 * the rules of safetensors(5).  Data are read only when asked for.
 */
#ifndef SAFETREE_CHECKPOINT_H
#define SAFETREE_CHECKPOINT_H

#include <safetree/base.h>

#ifdef __cplusplus
extern "C" {
#endif

/*
 * Lent by its checkpoint, whose functions take no copies of it; for a NULL, as
 * sftr_checkpoint_find gives it, they return SFTR_E_ABSENT or 0.  'begin' and
 * 'end' are bytes, counted from the first data byte of the file it is in;
 * 'shape' has 'rank' extents in elements, slowest first, and is not NULL even
 * at rank 0.
 */
typedef struct sftr_tensor {
	sftr_str name;
	const uint64_t *shape;
	uint64_t begin;
	uint64_t end;
	uint32_t rank;
	sftr_dtype dtype;
	uint16_t file; /* which file of the checkpoint, from 0 */
} sftr_tensor;

/* Bytes and elements of a tensor of an open checkpoint. */
SFTR_API uint64_t
sftr_tensor_n_bytes(const sftr_tensor *tensor);
SFTR_API uint64_t
sftr_tensor_n_elements(const sftr_tensor *tensor);

typedef struct sftr_checkpoint sftr_checkpoint;

typedef enum sftr_policy {
	SFTR_STRICT = 0, /* the written format, nothing two readers could
			    read differently */
	SFTR_REFERENCE	 /* exactly what the official reader 0.8 accepts */
} sftr_policy;

typedef enum sftr_access {
	SFTR_MAP = 0, /* views allowed; the data are mapped when needed */
	SFTR_PREAD    /* never mapped; views are refused */
} sftr_access;

typedef struct sftr_open_options {
	sftr_policy policy;
	sftr_access access;
	/*
	 * Refuse longer headers and indexes of shards; 0: 100,000,000, and
	 * 1,000,000,000 for an index.
	 */
	uint64_t max_header_bytes;
	const sftr_allocator *allocator; /* copied; its user is borrowed */
	uint64_t reserved[6];
} sftr_open_options;

/*
 * Opens a safetensors file, an index of shards (NAME.index.json), or a
 * directory: one that holds a single index, a single .safetensors file, or a
 * complete set PREFIX-00001-of-0000N.safetensors, of which a part alone is no
 * single file.  'options' may be NULL.
 * Index and shards are held against each other before any data are read.
 * Reads headers only, one of 4 MiB and more with a second thread, which is gone
 * on return.  *ckpt is owned: release it by sftr_checkpoint_close.
 */
SFTR_API sftr_code
sftr_checkpoint_open(const char *path, const sftr_open_options *options,
		     sftr_checkpoint **ckpt, sftr_error *err);

/*
 * The same for an open descriptor of a regular file, from its offset 0; it is
 * duplicated, and neither moved nor closed.  'name' serves messages, NULL: "".
 */
SFTR_API sftr_code
sftr_checkpoint_open_fd(int fd, const char *name,
			const sftr_open_options *options,
			sftr_checkpoint **ckpt, sftr_error *err);

/*
 * The same for a whole file in memory.  'bytes' is borrowed until the close;
 * views point into it.
 */
SFTR_API sftr_code
sftr_checkpoint_open_memory(const void *bytes, size_t n_bytes,
			    const sftr_open_options *options,
			    sftr_checkpoint **ckpt, sftr_error *err);

/* One tensor in memory, as sftr_checkpoint_open_arrays takes it. */
typedef struct sftr_array {
	sftr_str name;
	const uint64_t *shape; /* rank extents; may be NULL at rank 0 */
	uint32_t rank;
	sftr_dtype dtype;
	const void *bytes; /* C order; may be NULL if n_bytes is 0 */
	uint64_t n_bytes;
} sftr_array;

/*
 * A checkpoint over n arrays; names and shapes are copied, bytes are borrowed
 * until the close.  Names must differ, be UTF-8, and sizes must be right.
 * The bytes count as those of a file: little-endian.
 */
SFTR_API sftr_code
sftr_checkpoint_open_arrays(const sftr_array *arrays, size_t n,
			    const sftr_open_options *options,
			    sftr_checkpoint **ckpt, sftr_error *err);

/*
 * Parses the head of a file of file_n_bytes bytes, whose first n_bytes are at
 * 'bytes' (at least the whole header).  The result answers every question but
 * has no data: view and read fail with SFTR_E_UNSUPPORTED.  'bytes' is copied.
 */
SFTR_API sftr_code
sftr_header_parse(const void *bytes, size_t n_bytes, uint64_t file_n_bytes,
		  const sftr_open_options *options, sftr_checkpoint **ckpt,
		  sftr_error *err);

/*
 * One more holder of the checkpoint, who must close it as well.  Returns
 * 'ckpt'.  Safe from several threads.
 */
SFTR_API sftr_checkpoint *
sftr_checkpoint_retain(const sftr_checkpoint *ckpt);

/* Ends a hold; the last one releases all, views included.  NULL is fine. */
SFTR_API void
sftr_checkpoint_close(sftr_checkpoint *ckpt);

/* Tensors in all. */
SFTR_API size_t
sftr_checkpoint_count(const sftr_checkpoint *ckpt);

/*
 * The i-th tensor: by file, then in the order of the header's text.  NULL if
 * i is too large.  Lent until the close.
 */
SFTR_API const sftr_tensor *
sftr_checkpoint_at(const sftr_checkpoint *ckpt, size_t i);

/*
 * The tensor called 'name' (n_bytes long, compared as bytes), or NULL.  In
 * constant time.  Lent until the close.
 */
SFTR_API const sftr_tensor *
sftr_checkpoint_find(const sftr_checkpoint *ckpt, const char *name,
		     size_t n_bytes);

/*
 * Metadata, in the order of the header's text; what SFTR_REFERENCE keeps of a
 * key that repeats, the last value, in the place of the first.  Of shards:
 * those of the first.
 */
typedef struct sftr_metadata {
	sftr_str key;
	sftr_str value;
} sftr_metadata;

SFTR_API size_t
sftr_checkpoint_n_metadata(const sftr_checkpoint *ckpt);
/* 1 if there is a "__metadata__", be it without an entry; null is none. */
SFTR_API int
sftr_checkpoint_has_metadata(const sftr_checkpoint *ckpt);
SFTR_API const sftr_metadata *
sftr_checkpoint_metadata_at(const sftr_checkpoint *ckpt, size_t i);

/* The entry with this key, or NULL.  Lent until the close. */
SFTR_API const sftr_metadata *
sftr_checkpoint_metadata(const sftr_checkpoint *ckpt, const char *key,
			 size_t n_bytes);

/*
 * The files it is made of, from 0: path as opened ("" for memory), and where
 * the data begin, in bytes from the start of the file.  NULL and 0 if 'file'
 * is too large.  An index itself does not count.
 */
SFTR_API size_t
sftr_checkpoint_n_files(const sftr_checkpoint *ckpt);
SFTR_API const char *
sftr_checkpoint_file(const sftr_checkpoint *ckpt, size_t file);
SFTR_API uint64_t
sftr_checkpoint_data_start(const sftr_checkpoint *ckpt, size_t file);

/*
 * Where the tensor's bytes are in memory: *bytes is lent until the close, never
 * written to, and NULL only if the tensor is empty.  SFTR_E_VIEW, with the
 * reason, if access is SFTR_PREAD, the file system does not map, the data are
 * not aligned for the dtype, or this host is big-endian and elements are wider
 * than a byte; SFTR_E_IO if the file changed.  A view of a file that another
 * process shortens can raise SIGBUS when touched; sftr_checkpoint_read cannot.
 */
SFTR_API sftr_code
sftr_checkpoint_view(const sftr_checkpoint *ckpt, const sftr_tensor *tensor,
		     const void **bytes, sftr_error *err);

/*
 * Copies the whole tensor to buffer, which holds n_bytes, at least the
 * tensor's.  Elements come in the host's byte order.  SFTR_E_CAPACITY if the
 * buffer is too small; SFTR_E_IO and SFTR_E_TRUNCATED if the file changed: the
 * buffer's first bytes are then undefined.
 */
SFTR_API sftr_code
sftr_checkpoint_read(const sftr_checkpoint *ckpt, const sftr_tensor *tensor,
		     void *buffer, size_t n_bytes, sftr_error *err);

/*
 * Copies n_bytes of the file's own bytes, little-endian as they are, from
 * 'offset' of the tensor on.  SFTR_E_ARGUMENT if the range leaves the tensor.
 */
SFTR_API sftr_code
sftr_checkpoint_read_bytes(const sftr_checkpoint *ckpt,
			   const sftr_tensor *tensor, uint64_t offset,
			   void *buffer, size_t n_bytes, sftr_error *err);

/*
 * One dimension of a selection: start, start + step, ... below stop; step is
 * at least 1; start >= stop selects nothing; stop is at most the extent.
 * 'drop' (with exactly one selected) leaves the dimension out of the shape.
 */
typedef struct sftr_slice {
	uint64_t start;
	uint64_t stop;
	uint64_t step;
	int drop;
} sftr_slice;

/*
 * Reads a selection such as "3,1:5,::2,-1" for 'tensor' into slices[rank]:
 * items parted by commas, i drops the dimension, a:b and a:b:s with s >= 1,
 * negatives count from the end, bounds clamp, missing items are whole
 * dimensions.  SFTR_E_SLICE with the offset in the text.
 */
SFTR_API sftr_code
sftr_slice_parse(const char *text, size_t n_bytes, const sftr_tensor *tensor,
		 sftr_slice *slices, sftr_error *err);

/*
 * The shape and size in bytes of what slices[tensor->rank] selects.  shape
 * takes up to tensor->rank extents, *rank their number; each may be NULL.
 * SFTR_E_SLICE if a slice leaves the tensor, or selects part of a byte.
 */
SFTR_API sftr_code
sftr_slice_shape(const sftr_tensor *tensor, const sftr_slice *slices,
		 uint64_t *shape, uint32_t *rank, uint64_t *n_bytes,
		 sftr_error *err);

/*
 * Copies the selection, in C order and the host's byte order, to buffer, which
 * holds n_bytes.  Reads only what it returns; runs with gaps of less than 4 KiB
 * between them are read together.
 */
SFTR_API sftr_code
sftr_checkpoint_read_slice(const sftr_checkpoint *ckpt,
			   const sftr_tensor *tensor, const sftr_slice *slices,
			   void *buffer, size_t n_bytes, sftr_error *err);

/*
 * Looks at a file, an index or a directory as sftr_checkpoint_open does, and
 * hands every finding to 'fn' (may be NULL): phase by phase, and in a phase by
 * offset, notes last.  The first error is the one that open would return.
 * Returns SFTR_OK when the path was judged, whatever the verdict:
 * *n_errors is 0 if it is valid.  A failure means that it could not be judged.
 */
SFTR_API sftr_code
sftr_check(const char *path, const sftr_open_options *options,
	   sftr_diagnostic_fn *fn, void *user, uint64_t *n_errors,
	   sftr_error *err);

/* The same for a whole file in memory; 'bytes' is borrowed for the call. */
SFTR_API sftr_code
sftr_check_memory(const void *bytes, size_t n_bytes,
		  const sftr_open_options *options, sftr_diagnostic_fn *fn,
		  void *user, uint64_t *n_errors, sftr_error *err);

/* What a person should do about a finding of this code; "" if nothing. */
SFTR_API const char *
sftr_code_advice(sftr_code code);

/*
 * The writer: declare everything, then write once.  What it writes is byte for
 * byte what the official writer gives for the same tensors with at most one
 * metadata entry.  It refuses whatever a reader would.
 */
typedef struct sftr_writer sftr_writer;

typedef struct sftr_write_options {
	uint64_t align;	    /* start of data; power of two, 8 to 1 MiB; 0: 8 */
	const char *format; /* metadata "format": "pt", "np", ...; or NULL */
	int not_durable;    /* 1: no fsync, for files that can be remade */
	int has_metadata;   /* 1: "__metadata__" also without an entry */
	sftr_progress_fn *progress;	 /* or NULL */
	void *progress_user;		 /* borrowed */
	const sftr_allocator *allocator; /* copied; its user is borrowed */
	uint64_t reserved[6];
} sftr_write_options;

/* 'options' may be NULL.  *writer is owned: sftr_writer_free. */
SFTR_API sftr_code
sftr_writer_new(const sftr_write_options *options, sftr_writer **writer,
		sftr_error *err);

/* NULL is fine. */
SFTR_API void
sftr_writer_free(sftr_writer *writer);

/*
 * Declares a tensor whose bytes (C order, host byte order) are in memory:
 * borrowed until the writer is freed.  Name and shape are copied; n_bytes must
 * be what shape and dtype say.  Elements of sub-byte dtypes are packed.
 * SFTR_E_DUPLICATE, SFTR_E_UTF8, SFTR_E_NUL, SFTR_E_DTYPE, SFTR_E_SIZE,
 * SFTR_E_RANGE (more than 2^64 - 1 bits, of it or bytes of all), SFTR_E_PARTIAL
 * (no whole bytes), SFTR_E_ARGUMENT (the name "__metadata__", or a NULL that
 * must not be); the writer stays as it was.
 */
SFTR_API sftr_code
sftr_writer_add(sftr_writer *writer, sftr_str name, sftr_dtype dtype,
		const uint64_t *shape, uint32_t rank, const void *bytes,
		uint64_t n_bytes, sftr_error *err);

/*
 * Yields n_bytes of a tensor's file bytes (little-endian) from 'offset' on
 * into 'buffer', whole elements where these are whole bytes; called in rising
 * order, each byte once a write.  A return other than SFTR_OK ends the write
 * with that code and what 'err' holds.
 */
typedef sftr_code
sftr_source_fn(void *user, uint64_t offset, void *buffer, size_t n_bytes,
	       sftr_error *err);

/* Declares a tensor whose bytes 'source' yields; 'user' is borrowed. */
SFTR_API sftr_code
sftr_writer_add_source(sftr_writer *writer, sftr_str name, sftr_dtype dtype,
		       const uint64_t *shape, uint32_t rank,
		       sftr_source_fn *source, void *user, sftr_error *err);

/*
 * Declares a tensor of an open checkpoint, under its own name or, where
 * name.ptr is not NULL, another.  The writer retains the checkpoint.
 */
SFTR_API sftr_code
sftr_writer_add_tensor(sftr_writer *writer, sftr_str name,
		       const sftr_checkpoint *ckpt, const sftr_tensor *tensor,
		       sftr_error *err);

/* A metadata entry, copied.  SFTR_E_DUPLICATE if the key is there. */
SFTR_API sftr_code
sftr_writer_add_metadata(sftr_writer *writer, sftr_str key, sftr_str value,
			 sftr_error *err);

/* Bytes of the file that would be written, header included. */
SFTR_API sftr_code
sftr_writer_n_bytes(const sftr_writer *writer, uint64_t *n_bytes,
		    sftr_error *err);

/*
 * Writes to 'path': a temporary file beside it, then fsync, rename, fsync of
 * the directory.  An existing file is replaced whole or not at all and keeps
 * its mode; a symbolic link's target is replaced; a new file's mode follows
 * the umask.  Saving over a file that is open or mapped is safe.  On failure
 * the old file stands; but if it says that the file "is in place", the new one
 * does, and only the directory could not be synced.  SFTR_E_LENGTH if the
 * header gets longer than readers take; SFTR_E_UNSUPPORTED for what is neither
 * a regular file nor new: a device, a pipe.
 */
SFTR_API sftr_code
sftr_writer_save(const sftr_writer *writer, const char *path, sftr_error *err);

/*
 * Writes to a descriptor from its position on; it may be a pipe, whose SIGPIPE
 * is the caller's.  Never synced.  After a failure part of the file may be
 * written; that an O_NONBLOCK descriptor would block is one.
 */
SFTR_API sftr_code
sftr_writer_save_fd(const sftr_writer *writer, int fd, sftr_error *err);

/*
 * Writes to memory of n_bytes; SFTR_E_CAPACITY, and nothing written, if that is
 * too small.
 */
SFTR_API sftr_code
sftr_writer_save_memory(const sftr_writer *writer, void *buffer, size_t n_bytes,
			sftr_error *err);

/* Takes the file's bytes in order; a return other than 0 ends the write. */
typedef int
sftr_sink_fn(void *user, const void *bytes, size_t n_bytes);

/* Writes to a callback; SFTR_E_CANCELLED if it refuses. */
SFTR_API sftr_code
sftr_writer_save_callback(const sftr_writer *writer, sftr_sink_fn *sink,
			  void *user, sftr_error *err);

#ifdef __cplusplus
}
#endif

#endif
