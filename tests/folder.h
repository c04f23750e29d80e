/* SPDX-License-Identifier: MIT */
/*
 * A folder of a test's own: made when it begins, emptied and removed when it
 * ends.  Files in it are read and written whole.
 */
#ifndef SFTR_TESTS_FOLDER_H
#define SFTR_TESTS_FOLDER_H

#include <check.h>
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static char folder[256];

/* Setup of a checked fixture.  A test may change the umask as it likes. */
static inline void
folder_make(void)
{
	const char *tmp = getenv("TMPDIR");

	snprintf(folder, sizeof folder, "%s/safetree-XXXXXX",
		 tmp != NULL && strlen(tmp) < 200 ? tmp : "/tmp");
	ck_assert_ptr_nonnull(mkdtemp(folder));
	umask(022);
}

/* The path of a name in the folder; valid for the next seven calls. */
static inline const char *
in_folder(const char *name)
{
	static char paths[8][1024];
	static unsigned turn;
	char *path = paths[turn++ % 8];

	ck_assert_int_lt(snprintf(path, 1024, "%s/%s", folder, name), 1024);
	return path;
}

/* Names in a directory, without "." and "..". */
static inline size_t
folder_count(const char *path)
{
	DIR *dir = opendir(path);
	size_t n = 0;

	ck_assert_ptr_nonnull(dir);
	for (struct dirent *e; (e = readdir(dir)) != NULL;)
		n += strcmp(e->d_name, ".") != 0 &&
		     strcmp(e->d_name, "..") != 0;
	closedir(dir);
	return n;
}

static inline void
folder_write(const char *path, const void *bytes, size_t n)
{
	FILE *file = fopen(path, "wb");

	ck_assert_ptr_nonnull(file);
	ck_assert_uint_eq(fwrite(bytes, 1, n, file), n);
	ck_assert_int_eq(fclose(file), 0);
}

/*
 * A safetensors file of this header's text and n data bytes, each its place
 * mod 251.
 */
static inline void
folder_tensors(const char *path, const char *header, size_t n)
{
	size_t n_text = strlen(header);
	unsigned char *file = calloc(1, 8 + n_text + n);

	ck_assert_ptr_nonnull(file);
	for (int i = 0; i < 8; i++)
		file[i] = (unsigned char)((unsigned long long)n_text >> 8 * i);
	memcpy(file + 8, header, n_text);
	for (size_t i = 0; i < n; i++)
		file[8 + n_text + i] = (unsigned char)(i % 251);
	folder_write(path, file, 8 + n_text + n);
	free(file);
}

/* The bytes of a file, to be freed, and how many. */
static inline char *
folder_read(const char *path, size_t *n)
{
	FILE *file = fopen(path, "rb");
	struct stat st;
	char *bytes;

	ck_assert_msg(file != NULL, "%s is not there", path);
	ck_assert_int_eq(fstat(fileno(file), &st), 0);
	*n = (size_t)st.st_size;
	bytes = malloc(*n + 1);
	ck_assert_ptr_nonnull(bytes);
	ck_assert_uint_eq(fread(bytes, 1, *n, file), *n);
	fclose(file);
	return bytes;
}

static inline void
folder_assert(const char *path, const void *bytes, size_t n)
{
	size_t n_read;
	char *read = folder_read(path, &n_read);

	ck_assert_uint_eq(n_read, n);
	ck_assert_int_eq(memcmp(read, bytes, n), 0);
	free(read);
}

static inline unsigned
folder_mode(const char *path)
{
	struct stat st;

	ck_assert_int_eq(stat(path, &st), 0);
	return st.st_mode & 07777;
}

static inline void
remove_all(const char *path)
{
	DIR *dir = opendir(path);
	char below[1400];

	if (dir == NULL)
		return;
	for (struct dirent *e; (e = readdir(dir)) != NULL;) {
		if (strcmp(e->d_name, ".") == 0 || strcmp(e->d_name, "..") == 0)
			continue;
		if (snprintf(below, sizeof below, "%s/%s", path, e->d_name) >=
		    (int)sizeof below)
			continue;
		if (unlink(below) != 0)
			remove_all(below);
	}
	closedir(dir);
	rmdir(path);
}

/* Teardown of a checked fixture. */
static inline void
folder_remove(void)
{
	remove_all(folder);
}

#endif
