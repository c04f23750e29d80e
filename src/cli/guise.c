/* SPDX-License-Identifier: MIT */
#include "cli/guise.h"

#include <stdio.h>
#include <string.h>

#define PAGE "It begins as a web page: the download went wrong."
#define PICKLE "It begins as a pickle, and to load one runs what is in it."

static const struct guise {
	const char *begin, *words;
} guises[] = {
	{ "version https://git-lfs",
	  "It begins as a pointer of Git LFS: 'git lfs pull' fetches the file." },
	{ "<!DOCTYPE", PAGE },
	{ "<!doctype", PAGE },
	{ "<html", PAGE },
	{ "PK\3\4", "It begins as a ZIP archive, such as torch.save writes." },
	{ "\x80\2", PICKLE },
	{ "\x80\3", PICKLE },
	{ "\x80\4", PICKLE },
	{ "\x80\5", PICKLE },
	{ "GGUF", "It begins as a GGUF file." },
	{ "\x89HDF", "It begins as an HDF5 file, such as Keras writes." },
	{ "\x93NUMPY", "It begins as an array of NumPy." },
	{ "\x1f\x8b\x08", "It begins as a gzip file: unpack it." },
};

const char *
guise_text(const char *path)
{
	FILE *file = fopen(path, "rb");
	char head[32];
	size_t n;

	if (file == NULL)
		return "";
	n = fread(head, 1, sizeof head, file);
	fclose(file);
	for (size_t i = 0; i < sizeof guises / sizeof *guises; i++) {
		const struct guise *g = &guises[i];
		size_t n_begin = strlen(g->begin);

		if (n >= n_begin && memcmp(head, g->begin, n_begin) == 0)
			return g->words;
	}
	return "";
}
