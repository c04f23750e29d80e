/* SPDX-License-Identifier: MIT */
/* Files for a test, in a folder of their own that goes when it is done. */
#ifndef SFTR_TESTS_SCRATCH_H
#define SFTR_TESTS_SCRATCH_H

#include <check.h>
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static char scratch[128];

static inline void
scratch_make(void)
{
	const char *tmp = getenv("TMPDIR");

	snprintf(scratch, sizeof scratch, "%.90s/sftr-test-XXXXXX",
		 tmp != NULL ? tmp : "/tmp");
	ck_assert_ptr_nonnull(mkdtemp(scratch));
}

/* The path of a name in the folder; good until the fourth call from here. */
static inline const char *
scratch_path(const char *name)
{
	static char paths[4][512];
	static unsigned next;
	char *path = paths[next++ % 4];

	snprintf(path, sizeof paths[0], "%s/%s", scratch, name);
	return path;
}

static inline void
scratch_write(const char *name, const void *bytes, size_t n)
{
	FILE *f = fopen(scratch_path(name), "wb");

	ck_assert_ptr_nonnull(f);
	ck_assert_uint_eq(fwrite(bytes, 1, n, f), n);
	ck_assert_int_eq(fclose(f), 0);
}

/* A safetensors file of this header's text and n data bytes 0, 1, 2, ... */
static inline void
scratch_tensors(const char *name, const char *header, size_t n)
{
	size_t n_text = strlen(header);
	unsigned char *file = calloc(1, 8 + n_text + n);

	for (int i = 0; i < 8; i++)
		file[i] = (unsigned char)((unsigned long long)n_text >> 8 * i);
	memcpy(file + 8, header, n_text);
	for (size_t i = 0; i < n; i++)
		file[8 + n_text + i] = (unsigned char)i;
	scratch_write(name, file, 8 + n_text + n);
	free(file);
}

static inline void
scratch_remove(void)
{
	DIR *dir = opendir(scratch);
	struct dirent *entry;

	while (dir != NULL && (entry = readdir(dir)) != NULL)
		if (unlink(scratch_path(entry->d_name)) != 0)
			rmdir(scratch_path(entry->d_name));
	if (dir != NULL)
		closedir(dir);
	rmdir(scratch);
}

#endif
