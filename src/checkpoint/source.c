/* SPDX-License-Identifier: MIT */
#include "checkpoint/source.h"

#include "base/alloc.h"
#include "base/bytes.h"
#include "checkpoint/system.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>

/* Linux moves at most 2 GiB a call; smaller parts keep signals prompt. */
#define MAX_READ ((size_t)1 << 30)

/* No system takes more parts at once than IOV_MAX, and few have less. */
#define MAX_PARTS 1024

static sftr_code
in_file(sftr_error *err, const sftr__source *s, sftr_code code)
{
	sftr__set_file(err, s->path);
	return code;
}

/* Takes over 'fd', checks that it is a plain file, and notes its state. */
static sftr_code
adopt(sftr__source *s, const sftr_allocator *a, int fd, const char *path,
      sftr_access access, sftr_error *err)
{
	struct stat st;
	sftr_code code = SFTR_OK;
	int failed = sftr__sys_fstat(fd, &st);

	if (failed != 0)
		code = sftr__fail_os(err, -failed, "cannot look at the file");
	else if (!S_ISREG(st.st_mode))
		code = sftr__fail(err, SFTR_E_UNSUPPORTED,
				  "not a regular file");
	if (code == SFTR_OK) {
		s->path = sftr__copy_text(a, path, strlen(path));
		if (s->path == NULL)
			code = sftr__fail_memory(err);
	}
	if (code != SFTR_OK) {
		sftr__set_file(err, path);
		sftr__sys_close(fd);
		memset(s, 0, sizeof *s);
		s->fd = -1;
		return code;
	}
	s->fd = fd;
	s->n_bytes = (uint64_t)st.st_size;
	s->n_held = s->n_bytes;
	s->mtime[0] = (int64_t)st.st_mtim.tv_sec;
	s->mtime[1] = (int64_t)st.st_mtim.tv_nsec;
	s->access = access;
	return SFTR_OK;
}

sftr_code
sftr__source_open(sftr__source *s, const sftr_allocator *a, const char *path,
		  sftr_access access, sftr_error *err)
{
	int fd;

	memset(s, 0, sizeof *s);
	s->fd = -1;
	do {
		/* Neither blocked by a FIFO nor given a terminal. */
		fd = sftr__sys_open(path, O_RDONLY | O_NONBLOCK | O_NOCTTY, 0);
	} while (fd == -EINTR);
	if (fd < 0) {
		sftr_code code = sftr__fail_os(err, -fd, "cannot open");

		sftr__set_file(err, path);
		return code;
	}
	return adopt(s, a, fd, path, access, err);
}

sftr_code
sftr__source_open_fd(sftr__source *s, const sftr_allocator *a, int fd,
		     const char *name, sftr_access access, sftr_error *err)
{
	int own;

	memset(s, 0, sizeof *s);
	s->fd = -1;
	own = sftr__sys_dup(fd);
	if (own < 0) {
		sftr_code code =
			sftr__fail_os(err, -own, "cannot use the descriptor");

		sftr__set_file(err, name);
		return code;
	}
	return adopt(s, a, own, name == NULL ? "" : name, access, err);
}

sftr_code
sftr__source_open_memory(sftr__source *s, const sftr_allocator *a,
			 const void *memory, uint64_t n_held, uint64_t n_bytes,
			 sftr_error *err)
{
	memset(s, 0, sizeof *s);
	s->fd = -1;
	s->path = sftr__copy_text(a, "", 0);
	if (s->path == NULL)
		return sftr__fail_memory(err);
	s->memory = memory == NULL ? "" : memory;
	s->n_held = n_held;
	s->n_bytes = n_bytes;
	return SFTR_OK;
}

void
sftr__source_close(sftr__source *s, const sftr_allocator *a)
{
	const char *map = atomic_load(&s->map);

	if (map != NULL)
		sftr__sys_unmap(map, (size_t)s->n_bytes);
	if (s->fd >= 0)
		sftr__sys_close(s->fd);
	if (s->path != NULL)
		sftr__free(a, s->path, strlen(s->path) + 1);
	memset(s, 0, sizeof *s);
	s->fd = -1;
}

/* The next bytes of these parts, as many as one call gives. */
static int64_t
read_some(const sftr__source *s, uint64_t offset, const struct iovec *parts,
	  int n_parts)
{
	size_t n_bytes = parts->iov_len;

	if (n_parts > 1)
		return sftr__sys_preadv(
			s->fd, parts, n_parts < MAX_PARTS ? n_parts : MAX_PARTS,
			offset);
	return sftr__sys_pread(s->fd, parts->iov_base,
			       n_bytes < MAX_READ ? n_bytes : MAX_READ, offset);
}

/* Takes n bytes off the front of the parts; what is empty there goes too. */
static void
drop_read(struct iovec **parts, int *n_parts, size_t n)
{
	while (*n_parts > 0 && n >= (*parts)->iov_len) {
		n -= (*parts)->iov_len;
		++*parts;
		--*n_parts;
	}
	if (*n_parts > 0) {
		(*parts)->iov_base = (char *)(*parts)->iov_base + n;
		(*parts)->iov_len -= n;
	}
}

static sftr_code
fail_read(const sftr__source *s, uint64_t offset, const struct iovec *parts,
	  int n_parts, int os_errno, sftr_error *err)
{
	size_t n_bytes = 0; /* still to come */
	sftr_code code;

	for (int i = 0; i < n_parts; i++)
		n_bytes += parts[i].iov_len;
	if (os_errno != 0)
		code = sftr__fail_os(err, os_errno,
				     "cannot read %zu bytes at %" PRIu64,
				     n_bytes, offset);
	else
		code = sftr__fail_at(err, SFTR_E_TRUNCATED, offset,
				     "the file ends here, %" PRIu64
				     " bytes early: it had %" PRIu64
				     " when it was opened",
				     s->n_bytes - offset, s->n_bytes);
	return in_file(err, s, code);
}

sftr_code
sftr__source_read_parts(const sftr__source *s, uint64_t offset,
			struct iovec *parts, int n_parts, sftr_error *err)
{
	drop_read(&parts, &n_parts, 0);
	while (n_parts > 0) {
		size_t n_bytes = parts->iov_len;

		if (s->memory != NULL) {
			memcpy(parts->iov_base, s->memory + offset, n_bytes);
		} else {
			int64_t n = read_some(s, offset, parts, n_parts);

			if (n == -EINTR)
				continue;
			if (n <= 0)
				return fail_read(s, offset, parts, n_parts,
						 (int)-n, err);
			n_bytes = (size_t)n;
		}
		offset += n_bytes;
		drop_read(&parts, &n_parts, n_bytes);
	}
	return SFTR_OK;
}

sftr_code
sftr__source_read_part(const sftr__source *s, uint64_t offset, void *buffer,
		       size_t n_bytes, sftr_error *err)
{
	struct iovec part = { buffer, n_bytes };

	return sftr__source_read_parts(s, offset, &part, 1, err);
}

sftr_code
sftr__source_unchanged(const sftr__source *s, sftr_error *err)
{
	struct stat st;
	int failed;

	if (s->memory != NULL)
		return SFTR_OK;
	failed = sftr__sys_fstat(s->fd, &st);
	if (failed != 0)
		return in_file(
			err, s,
			sftr__fail_os(err, -failed, "cannot look at the file"));
	if ((uint64_t)st.st_size == s->n_bytes &&
	    (int64_t)st.st_mtim.tv_sec == s->mtime[0] &&
	    (int64_t)st.st_mtim.tv_nsec == s->mtime[1])
		return SFTR_OK;
	return in_file(err, s,
		       sftr__fail(err, SFTR_E_IO,
				  "the file was changed while it was open"));
}

sftr_code
sftr__source_read(const sftr__source *s, uint64_t offset, void *buffer,
		  size_t n_bytes, sftr_error *err)
{
	sftr_code code =
		sftr__source_read_part(s, offset, buffer, n_bytes, err);

	return code != SFTR_OK ? code : sftr__source_unchanged(s, err);
}

sftr_code
sftr__source_map(const sftr__source *source, const char **map, sftr_error *err)
{
	/* The mapping is a cache: making it changes nothing that shows. */
	sftr__source *s = (sftr__source *)(uintptr_t)source;
	const char *expected = NULL;
	const void *bytes;
	int failed;

	*map = atomic_load(&s->map);
	if (*map != NULL)
		return SFTR_OK;
	if (!sftr__fits_size(s->n_bytes))
		return in_file(err, s,
			       sftr__fail(err, SFTR_E_VIEW,
					  "the file has %" PRIu64
					  " bytes, more than this host can map",
					  s->n_bytes));
	failed = sftr__sys_map(s->fd, (size_t)s->n_bytes, &bytes);
	if (failed != 0) {
		sftr__fail_os(err, -failed, "no view, the file does not map");
		if (err != NULL)
			err->code = SFTR_E_VIEW;
		return in_file(err, s, SFTR_E_VIEW);
	}
	*map = bytes;
	if (!atomic_compare_exchange_strong(&s->map, &expected, *map)) {
		sftr__sys_unmap(bytes, (size_t)s->n_bytes);
		*map = expected;
	}
	return SFTR_OK;
}

sftr_code
sftr__source_view(const sftr__source *s, uint64_t offset, const void **bytes,
		  sftr_error *err)
{
	const char *map;
	sftr_code code;

	if (s->memory != NULL) {
		*bytes = s->memory + offset;
		return SFTR_OK;
	}
	if (s->access != SFTR_MAP)
		return in_file(err, s,
			       sftr__fail(err, SFTR_E_VIEW,
					  "no view, the file was opened to be "
					  "read by pread"));
	/* Touching what a shorter file no longer has would be a signal. */
	code = sftr__source_unchanged(s, err);
	if (code == SFTR_OK)
		code = sftr__source_map(s, &map, err);
	if (code == SFTR_OK)
		*bytes = map + offset;
	return code;
}
