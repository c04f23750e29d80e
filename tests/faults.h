/* SPDX-License-Identifier: MIT */
/*
 * A system whose n-th call fails, or comes short.  The program is linked with
 * --wrap for every function of checkpoint/system.h, so each passes by here.
 */
#ifndef SFTR_TESTS_FAULTS_H
#define SFTR_TESTS_FAULTS_H

#include "checkpoint/system.h"

#include <errno.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <string.h>

/* Threads may call: what is counted is atomic. */
static struct faults {
	atomic_uint n_calls; /* so far */
	unsigned fail_at;    /* from 1; 0: none fails */
	int os_errno;	     /* what it fails with; 0: it comes short */
	bool for_ever;	     /* all calls of the function that failed fail */
	bool takes_nothing;  /* the write that fails takes 0 bytes instead */
	bool no_fallocate;   /* the file system does not know of it */
	size_t largest;	     /* most bytes a read or write takes; 0: all */
	atomic_int n_open;   /* descriptors that are open */
	_Atomic(const char *) failed; /* the function that failed */
	atomic_uint n_writes, n_fsyncs, n_fallocates;
} faults;

/* Setup of a checked fixture: nothing fails. */
static inline void
faults_clear(void)
{
	memset(&faults, 0, sizeof faults);
}

/* Whether this call is the one; and whether it only comes short. */
static inline bool
fault_hits(const char *function)
{
	if (++faults.n_calls == faults.fail_at)
		faults.failed = function;
	else if (!faults.for_ever || faults.failed != function)
		return false;
	return true;
}

static inline bool
fault_fails(const char *function)
{
	return fault_hits(function) && faults.os_errno != 0;
}

/* With parentheses round the parameters and the arguments. */
#define FAULTY(type, name, parameters, arguments)                              \
	type __real_sftr__sys_##name parameters;                               \
	type __wrap_sftr__sys_##name parameters;                               \
	type __wrap_sftr__sys_##name parameters                                \
	{                                                                      \
		static const char function[] = #name;                          \
                                                                               \
		if (fault_fails(function))                                     \
			return -faults.os_errno;                               \
		return __real_sftr__sys_##name arguments;                      \
	}

#define FAULTY_OPEN(name, parameters, arguments)                               \
	int __real_sftr__sys_##name parameters;                                \
	int __wrap_sftr__sys_##name parameters;                                \
	int __wrap_sftr__sys_##name parameters                                 \
	{                                                                      \
		static const char function[] = #name;                          \
		int opened;                                                    \
                                                                               \
		if (fault_fails(function))                                     \
			return -faults.os_errno;                               \
		opened = __real_sftr__sys_##name arguments;                    \
		faults.n_open += opened >= 0;                                  \
		return opened;                                                 \
	}

FAULTY_OPEN(open, (const char *path, int flags, unsigned mode),
	    (path, flags, mode))
FAULTY_OPEN(create, (const char *path, unsigned mode), (path, mode))
FAULTY_OPEN(open_directory, (const char *path), (path))
FAULTY_OPEN(dup, (int fd), (fd))
FAULTY(int, stat, (const char *path, struct stat *st), (path, st))
FAULTY(int, fstat, (int fd, struct stat *st), (fd, st))
FAULTY(int, space, (int fd, uint64_t *n_bytes), (fd, n_bytes))
FAULTY(int, fchmod, (int fd, unsigned mode), (fd, mode))
FAULTY(int, rename, (const char *from, const char *to), (from, to))
FAULTY(int, unlink, (const char *path), (path))
FAULTY(int, map, (int fd, size_t n_bytes, const void **bytes),
       (fd, n_bytes, bytes))
FAULTY(int, unmap, (const void *bytes, size_t n_bytes), (bytes, n_bytes))
FAULTY(int, is_cached, (int fd, uint64_t offset), (fd, offset))
FAULTY(int, populate, (const void *bytes, size_t n_bytes), (bytes, n_bytes))
FAULTY(int, depopulate, (const void *bytes, size_t n_bytes), (bytes, n_bytes))
FAULTY(int64_t, faults, (void), ())
FAULTY(int, list,
       (const char *path, int (*fn)(void *user, const char *name), void *user),
       (path, fn, user))
FAULTY(int64_t, readlink, (const char *path, char *out, size_t size),
       (path, out, size))

/* The descriptor is gone even so, as it is on Linux. */
int
__real_sftr__sys_close(int fd);
int
__wrap_sftr__sys_close(int fd);
int
__wrap_sftr__sys_close(int fd)
{
	int result = __real_sftr__sys_close(fd);

	faults.n_open -= result == 0;
	return fault_fails("close") ? -faults.os_errno : result;
}

int
__real_sftr__sys_fsync(int fd);
int
__wrap_sftr__sys_fsync(int fd);
int
__wrap_sftr__sys_fsync(int fd)
{
	faults.n_fsyncs++;
	return fault_fails("fsync") ? -faults.os_errno :
				      __real_sftr__sys_fsync(fd);
}

int
__real_sftr__sys_fallocate(int fd, uint64_t n_bytes);
int
__wrap_sftr__sys_fallocate(int fd, uint64_t n_bytes);
int
__wrap_sftr__sys_fallocate(int fd, uint64_t n_bytes)
{
	faults.n_fallocates++;
	if (fault_fails("fallocate"))
		return -faults.os_errno;
	return faults.no_fallocate ? -EOPNOTSUPP :
				     __real_sftr__sys_fallocate(fd, n_bytes);
}

/* Most bytes that this read or write may take; 0 if it fails. */
static inline size_t
fault_largest(const char *function)
{
	if (fault_hits(function))
		return faults.os_errno != 0 ? 0 : 1;
	return faults.largest == 0 ? SIZE_MAX : faults.largest;
}

int64_t
__real_sftr__sys_pread(int fd, void *buffer, size_t n_bytes, uint64_t offset);
int64_t
__wrap_sftr__sys_pread(int fd, void *buffer, size_t n_bytes, uint64_t offset);
int64_t
__wrap_sftr__sys_pread(int fd, void *buffer, size_t n_bytes, uint64_t offset)
{
	size_t largest = fault_largest("pread");

	if (largest == 0)
		return -faults.os_errno;
	return __real_sftr__sys_pread(
		fd, buffer, n_bytes < largest ? n_bytes : largest, offset);
}

/* The parts cut to 'largest' bytes in all; how many are left. */
static inline int
fault_cut(struct iovec *cut, const struct iovec *parts, int n_parts,
	  size_t largest)
{
	int n = 0;

	while (n < n_parts && largest > 0) {
		cut[n] = parts[n];
		if (cut[n].iov_len > largest)
			cut[n].iov_len = largest;
		largest -= cut[n].iov_len;
		n++;
	}
	return n;
}

int64_t
__real_sftr__sys_preadv(int fd, const struct iovec *parts, int n_parts,
			uint64_t offset);
int64_t
__wrap_sftr__sys_preadv(int fd, const struct iovec *parts, int n_parts,
			uint64_t offset);
int64_t
__wrap_sftr__sys_preadv(int fd, const struct iovec *parts, int n_parts,
			uint64_t offset)
{
	size_t largest = fault_largest("preadv");
	struct iovec cut[1024];

	if (largest == 0)
		return -faults.os_errno;
	n_parts = fault_cut(cut, parts, n_parts, largest);
	return __real_sftr__sys_preadv(fd, cut, n_parts, offset);
}

int64_t
__real_sftr__sys_writev(int fd, const struct iovec *parts, int n_parts);
int64_t
__wrap_sftr__sys_writev(int fd, const struct iovec *parts, int n_parts);
int64_t
__wrap_sftr__sys_writev(int fd, const struct iovec *parts, int n_parts)
{
	size_t largest = fault_largest("writev");
	struct iovec cut[1024];

	faults.n_writes++;
	if (largest == 0)
		return faults.takes_nothing ? 0 : -faults.os_errno;
	n_parts = fault_cut(cut, parts, n_parts, largest);
	return __real_sftr__sys_writev(fd, cut, n_parts);
}

int64_t
__real_sftr__sys_pwritev(int fd, const struct iovec *parts, int n_parts,
			 uint64_t offset);
int64_t
__wrap_sftr__sys_pwritev(int fd, const struct iovec *parts, int n_parts,
			 uint64_t offset);
int64_t
__wrap_sftr__sys_pwritev(int fd, const struct iovec *parts, int n_parts,
			 uint64_t offset)
{
	size_t largest = fault_largest("pwritev");
	struct iovec cut[1024];

	faults.n_writes++;
	if (largest == 0)
		return faults.takes_nothing ? 0 : -faults.os_errno;
	n_parts = fault_cut(cut, parts, n_parts, largest);
	return __real_sftr__sys_pwritev(fd, cut, n_parts, offset);
}

#endif
