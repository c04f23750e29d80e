/* SPDX-License-Identifier: MIT */
/*
 * The one door to the operating system's files.  Each function is one system
 * call, neither retried nor interpreted: 0 or a count on success, -errno on
 * failure.  Tests put their own functions in place of these (--wrap), and so
 * make any call fail or come short.
 */
#ifndef SFTR_CHECKPOINT_SYSTEM_H
#define SFTR_CHECKPOINT_SYSTEM_H

#include <stddef.h>
#include <stdint.h>
#include <sys/stat.h>
#include <sys/types.h>
#include <sys/uio.h>

/* flags and mode as open(2), close-on-exec added; a descriptor or -errno. */
int
sftr__sys_open(const char *path, int flags, unsigned mode);
/* A new file to write to; -EEXIST if the name is taken, even by a link. */
int
sftr__sys_create(const char *path, unsigned mode);
/* A directory, to be synced. */
int
sftr__sys_open_directory(const char *path);
int
sftr__sys_dup(int fd);
int
sftr__sys_close(int fd);
int
sftr__sys_stat(const char *path, struct stat *st);
int
sftr__sys_fstat(int fd, struct stat *st);

/* Bytes read, 0 at the end of the file. */
int64_t
sftr__sys_pread(int fd, void *buffer, size_t n_bytes, uint64_t offset);
int64_t
sftr__sys_preadv(int fd, const struct iovec *parts, int n_parts,
		 uint64_t offset);
int64_t
sftr__sys_writev(int fd, const struct iovec *parts, int n_parts);
int64_t
sftr__sys_pwritev(int fd, const struct iovec *parts, int n_parts,
		  uint64_t offset);

/* Asks for blocks up front; -EOPNOTSUPP and the like are no fault. */
int
sftr__sys_fallocate(int fd, uint64_t n_bytes);
/* Bytes that an ordinary user can still put into the file's file system. */
int
sftr__sys_space(int fd, uint64_t *n_bytes);
int
sftr__sys_fsync(int fd);
int
sftr__sys_fchmod(int fd, unsigned mode);
int
sftr__sys_rename(const char *from, const char *to);
int
sftr__sys_unlink(const char *path);

/* A private read-only mapping of the first n_bytes. */
int
sftr__sys_map(int fd, size_t n_bytes, const void **bytes);
int
sftr__sys_unmap(const void *bytes, size_t n_bytes);

/*
 * 1 if this byte of the file can be had without waiting for a disk or a
 * network, 0 if it cannot; -EOPNOTSUPP where the system does not tell.
 */
int
sftr__sys_is_cached(int fd, uint64_t offset);
/*
 * Gives addresses of a mapping their pages now, and takes these away again;
 * 'bytes' begins a page.  -EOPNOTSUPP where the system knows no such thing.
 */
int
sftr__sys_populate(const void *bytes, size_t n_bytes);
int
sftr__sys_depopulate(const void *bytes, size_t n_bytes);

/* Page faults of this thread so far that were served without waiting. */
int64_t
sftr__sys_faults(void);

/*
 * Hands the names in a directory to 'fn', without "." and "..", until it
 * returns other than 0; returns that, or -errno.
 */
int
sftr__sys_list(const char *path, int (*fn)(void *user, const char *name),
	       void *user);

/* Bytes of a symbolic link's text, cut to 'size' and not terminated. */
int64_t
sftr__sys_readlink(const char *path, char *out, size_t size);

/* A number that no other running process of this host has. */
unsigned long
sftr__sys_process(void);

#endif
