/* SPDX-License-Identifier: MIT */
#if defined(__linux__)
#define _GNU_SOURCE /* fallocate, preadv2, RUSAGE_THREAD */
#endif
#include "checkpoint/system.h"

#include "base/bytes.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/statvfs.h>
#include <unistd.h>

static int
or_errno(int result)
{
	return result < 0 ? -errno : result;
}

static int64_t
n_or_errno(ssize_t n)
{
	return n < 0 ? -errno : n;
}

int
sftr__sys_open(const char *path, int flags, unsigned mode)
{
	return or_errno(open(path, flags | O_CLOEXEC, (mode_t)mode));
}

int
sftr__sys_create(const char *path, unsigned mode)
{
	return or_errno(open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC,
			     (mode_t)mode));
}

int
sftr__sys_open_directory(const char *path)
{
	return or_errno(open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC));
}

int
sftr__sys_dup(int fd)
{
	return or_errno(fcntl(fd, F_DUPFD_CLOEXEC, 0));
}

int
sftr__sys_close(int fd)
{
	return or_errno(close(fd));
}

int
sftr__sys_stat(const char *path, struct stat *st)
{
	return or_errno(stat(path, st));
}

int
sftr__sys_fstat(int fd, struct stat *st)
{
	return or_errno(fstat(fd, st));
}

int64_t
sftr__sys_pread(int fd, void *buffer, size_t n_bytes, uint64_t offset)
{
	return n_or_errno(pread(fd, buffer, n_bytes, (off_t)offset));
}

int64_t
sftr__sys_preadv(int fd, const struct iovec *parts, int n_parts,
		 uint64_t offset)
{
	return n_or_errno(preadv(fd, parts, n_parts, (off_t)offset));
}

int64_t
sftr__sys_writev(int fd, const struct iovec *parts, int n_parts)
{
	return n_or_errno(writev(fd, parts, n_parts));
}

int64_t
sftr__sys_pwritev(int fd, const struct iovec *parts, int n_parts,
		  uint64_t offset)
{
	return n_or_errno(pwritev(fd, parts, n_parts, (off_t)offset));
}

int
sftr__sys_fallocate(int fd, uint64_t n_bytes)
{
#if defined(__linux__)
	return or_errno(fallocate(fd, 0, 0, (off_t)n_bytes));
#else
	(void)fd;
	(void)n_bytes;
	return -EOPNOTSUPP;
#endif
}

int
sftr__sys_space(int fd, uint64_t *n_bytes)
{
	struct statvfs st;

	if (fstatvfs(fd, &st) != 0)
		return -errno;
	if (!sftr__mul(st.f_bavail, st.f_frsize, n_bytes))
		*n_bytes = UINT64_MAX;
	return 0;
}

int
sftr__sys_fsync(int fd)
{
	return or_errno(fsync(fd));
}

int
sftr__sys_fchmod(int fd, unsigned mode)
{
	return or_errno(fchmod(fd, (mode_t)mode));
}

int
sftr__sys_rename(const char *from, const char *to)
{
	return or_errno(rename(from, to));
}

int
sftr__sys_unlink(const char *path)
{
	return or_errno(unlink(path));
}

int
sftr__sys_map(int fd, size_t n_bytes, const void **bytes)
{
	void *p = mmap(NULL, n_bytes, PROT_READ, MAP_PRIVATE, fd, 0);

	if (p == MAP_FAILED)
		return -errno;
	*bytes = p;
	return 0;
}

int
sftr__sys_unmap(const void *bytes, size_t n_bytes)
{
	return or_errno(munmap((void *)(uintptr_t)bytes, n_bytes));
}

int
sftr__sys_is_cached(int fd, uint64_t offset)
{
#if defined(RWF_NOWAIT)
	char byte;
	struct iovec part = { &byte, 1 };
	ssize_t n = preadv2(fd, &part, 1, (off_t)offset, RWF_NOWAIT);

	if (n < 0)
		return errno == EAGAIN ? 0 : -errno;
	return (int)n;
#else
	(void)fd;
	(void)offset;
	return -EOPNOTSUPP;
#endif
}

/* Headers older than the kernel do not name it: Linux 5.14. */
#if defined(__linux__) && !defined(MADV_POPULATE_READ)
#define MADV_POPULATE_READ 22
#endif

static int
advise(const void *bytes, size_t n_bytes, bool is_needed)
{
#if defined(__linux__)
	return or_errno(
		madvise((void *)(uintptr_t)bytes, n_bytes,
			is_needed ? MADV_POPULATE_READ : MADV_DONTNEED));
#else
	(void)bytes;
	(void)n_bytes;
	(void)is_needed;
	return -EOPNOTSUPP;
#endif
}

int
sftr__sys_populate(const void *bytes, size_t n_bytes)
{
	return advise(bytes, n_bytes, true);
}

int
sftr__sys_depopulate(const void *bytes, size_t n_bytes)
{
	return advise(bytes, n_bytes, false);
}

int64_t
sftr__sys_faults(void)
{
#if defined(RUSAGE_THREAD)
	struct rusage usage;

	return getrusage(RUSAGE_THREAD, &usage) < 0 ? -errno : usage.ru_minflt;
#else
	return -EOPNOTSUPP;
#endif
}

int
sftr__sys_list(const char *path, int (*fn)(void *user, const char *name),
	       void *user)
{
	DIR *dir = opendir(path);
	struct dirent *entry;
	int result = 0;

	if (dir == NULL)
		return -errno;
	while (result == 0) {
		errno = 0;
		entry = readdir(dir);
		if (entry == NULL) {
			result = -errno;
			break;
		}
		if (strcmp(entry->d_name, ".") != 0 &&
		    strcmp(entry->d_name, "..") != 0)
			result = fn(user, entry->d_name);
	}
	closedir(dir);
	return result;
}

int64_t
sftr__sys_readlink(const char *path, char *out, size_t size)
{
	return n_or_errno(readlink(path, out, size));
}

unsigned long
sftr__sys_process(void)
{
	return (unsigned long)getpid();
}
