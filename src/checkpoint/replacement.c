/* SPDX-License-Identifier: MIT */
#include "checkpoint/replacement.h"

#include "base/diagnostic.h"
#include "checkpoint/system.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#define MAX_LINKS 40	  /* as many as Linux follows */
#define MAX_ATTEMPTS 1000 /* names tried for the temporary file */
#define MAX_STEM 200	  /* of NAME, so that the longer name is legal too */

/* Bytes of the path up to and with the last slash; 0 if it has none. */
static size_t
directory_span(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash == NULL ? 0 : (size_t)(slash - path) + 1;
}

/* Learns what stands at the path, links followed. */
static sftr_code
look_at(sftr__replacement *r, const char *path, sftr_error *err)
{
	struct stat st;
	int result = sftr__sys_stat(path, &st);

	if (result == -ENOENT && path[0] != '\0')
		return SFTR_OK;
	if (result < 0)
		return sftr__fail_os(err, -result, "cannot look at it");
	if (S_ISDIR(st.st_mode))
		return sftr__fail_os(err, EISDIR, "cannot replace it");
	if (!S_ISREG(st.st_mode))
		return sftr__fail(err, SFTR_E_UNSUPPORTED,
				  "is no regular file and cannot be replaced, "
				  "only written to by its descriptor");
	r->keeps_mode = true;
	r->mode = st.st_mode & 07777;
	return SFTR_OK;
}

/* r->target becomes what its link says; done when it is no link. */
static int
follow(sftr__replacement *r, bool *done)
{
	char link[SFTR__PATH_MAX];
	int64_t n = sftr__sys_readlink(r->target, link, sizeof link);
	size_t lead;

	/* No link, or nothing yet: a dangling link's target comes to be. */
	*done = n == -EINVAL || n == -ENOENT;
	if (n < 0)
		return *done ? 0 : (int)n;
	lead = n > 0 && link[0] == '/' ? 0 : directory_span(r->target);
	if (lead + (size_t)n >= sizeof r->target)
		return -ENAMETOOLONG;
	memcpy(r->target + lead, link, (size_t)n);
	r->target[lead + (size_t)n] = '\0';
	return 0;
}

static sftr_code
resolve(sftr__replacement *r, const char *path, sftr_error *err)
{
	size_t n = strlen(path);
	bool done = false;
	int result = n < sizeof r->target ? 0 : -ENAMETOOLONG;

	if (result == 0)
		memcpy(r->target, path, n + 1);
	for (int i = 0; result == 0 && !done; i++)
		result = i < MAX_LINKS ? follow(r, &done) : -ELOOP;
	n = directory_span(r->target);
	if (result == 0 && r->target[n] == '\0')
		result = -EISDIR;
	return result == 0 ? SFTR_OK :
			     sftr__fail_os(err, -result, "cannot resolve it");
}

/*
 * Opened before anything is written: a directory that cannot be synced is
 * better refused now.
 */
static sftr_code
open_directory(sftr__replacement *r, sftr_error *err)
{
	char path[SFTR__PATH_MAX];
	size_t n = directory_span(r->target);

	memcpy(path, r->target, n);
	if (n == 0)
		path[n++] = '.';
	path[n] = '\0';
	r->directory = sftr__sys_open_directory(path);
	return r->directory >= 0 ? SFTR_OK :
				   sftr__fail_os(err, -r->directory,
						 "cannot open its directory");
}

/* Bytes of the name that the temporary one repeats, whole characters. */
static size_t
stem_span(const char *name)
{
	size_t n = strlen(name);

	if (n <= MAX_STEM)
		return n;
	n = MAX_STEM;
	while (n > 0 && (name[n] & 0xc0) == 0x80)
		n--;
	return n;
}

/*
 * O_EXCL decides among those who try the same name.  The mode of a file that
 * is replaced holds from the start: what was private is at no time readable.
 */
static sftr_code
make_temporary(sftr__replacement *r, sftr_error *err)
{
	size_t lead = directory_span(r->target);
	const char *name = r->target + lead;
	unsigned mode = r->keeps_mode ? r->mode & 0777 : 0666;

	r->fd = -EEXIST;
	for (unsigned i = 0; i < MAX_ATTEMPTS && r->fd == -EEXIST; i++) {
		int n = snprintf(r->temporary, sizeof r->temporary,
				 "%.*s.%.*s.sftr-%lu-%u", (int)lead, r->target,
				 (int)stem_span(name), name,
				 sftr__sys_process(), i);

		r->fd = (size_t)n < sizeof r->temporary ?
				sftr__sys_create(r->temporary, mode) :
				-ENAMETOOLONG;
	}
	return r->fd >= 0 ? SFTR_OK :
			    sftr__fail_os(err, -r->fd,
					  "cannot create a file beside it");
}

sftr_code
sftr__replacement_begin(sftr__replacement *r, const char *path, bool durable,
			sftr_error *err)
{
	sftr_code code;

	r->fd = -1;
	r->directory = -1;
	r->keeps_mode = false;
	r->mode = 0;
	code = look_at(r, path, err);
	if (code == SFTR_OK)
		code = resolve(r, path, err);
	if (code == SFTR_OK && durable)
		code = open_directory(r, err);
	if (code == SFTR_OK)
		code = make_temporary(r, err);
	if (code != SFTR_OK && r->directory >= 0)
		sftr__sys_close(r->directory);
	return code;
}

/* The umask had its say when the file was made; now the old mode has. */
static int
restore_mode(const sftr__replacement *r)
{
	struct stat st;
	int result;

	if (!r->keeps_mode)
		return 0;
	result = sftr__sys_fstat(r->fd, &st);
	if (result == 0 && (st.st_mode & 07777) != r->mode)
		result = sftr__sys_fchmod(r->fd, r->mode);
	return result;
}

static int
sync_all(int fd)
{
	int result;

	do
		result = sftr__sys_fsync(fd);
	while (result == -EINTR);
	return result;
}

/* The descriptor is gone even when close fails; interrupted, it did not. */
static int
close_written(sftr__replacement *r)
{
	int result = sftr__sys_close(r->fd);

	r->fd = -1;
	return result == -EINTR ? 0 : result;
}

static sftr_code
sync_directory(sftr__replacement *r, sftr_error *err)
{
	int result;

	if (r->directory < 0)
		return SFTR_OK;
	result = sync_all(r->directory);
	sftr__sys_close(r->directory);
	r->directory = -1;
	/* Some file systems sync no directories. */
	if (result == 0 || result == -EINVAL)
		return SFTR_OK;
	return sftr__fail_os(err, -result,
			     "is in place, but may not last: cannot sync its "
			     "directory");
}

sftr_code
sftr__replacement_commit(sftr__replacement *r, sftr_error *err)
{
	const char *what = "cannot give it its mode";
	int result = restore_mode(r);

	if (result == 0 && r->directory >= 0) {
		what = "cannot sync it";
		result = sync_all(r->fd);
	}
	if (result == 0) {
		what = "cannot close it";
		result = close_written(r);
	}
	if (result == 0) {
		what = "cannot put it in its place";
		result = sftr__sys_rename(r->temporary, r->target);
	}
	if (result == 0)
		return sync_directory(r, err);
	sftr__replacement_abandon(r);
	return sftr__fail_os(err, -result, "%s", what);
}

void
sftr__replacement_abandon(sftr__replacement *r)
{
	if (r->fd >= 0)
		sftr__sys_close(r->fd);
	r->fd = -1;
	sftr__sys_unlink(r->temporary);
	if (r->directory >= 0)
		sftr__sys_close(r->directory);
	r->directory = -1;
}
