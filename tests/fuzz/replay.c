/* SPDX-License-Identifier: MIT */
/*
 * The main of a target without a fuzzer.
 *
 *	TARGET                 runs its committed corpus
 *	TARGET FILE ...        runs files as they are, such as a fuzzer's crash
 *	TARGET -s FILE ...     spells files as lines of a corpus
 *	TARGET -w FOLDER       writes the corpus as files, for a fuzzer
 *
 * A corpus is a text, corpus/TARGET.txt, with an input a line: bytes that are
 * not printable are \xNN, or \n or \t; \ is \\.  A line that begins with "#" is
 * a comment, so an input that does begins with \x23.
 */
#include "fuzz.h"

#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* Where we are, for the moment when a property does not hold. */
static char where[1024];

static void
say_where(int number)
{
	ssize_t n = write(STDERR_FILENO, where, strlen(where));

	(void)n;
	signal(number, SIG_DFL);
	raise(number);
}

static _Noreturn void
die(const char *path, const char *why)
{
	fprintf(stderr, "%s: %s: %s\n", fuzz_name, path, why);
	exit(2);
}

static uint8_t *
read_file(const char *path, size_t *n)
{
	FILE *f = fopen(path, "rb");
	uint8_t *bytes = NULL;
	size_t room = 0, got;

	*n = 0;
	if (f == NULL)
		die(path, "cannot open");
	do {
		room = room == 0 ? 65536 : room * 2;
		bytes = realloc(bytes, room);
		if (bytes == NULL)
			die(path, "out of memory");
		got = fread(bytes + *n, 1, room - *n, f);
		*n += got;
	} while (*n == room);
	fclose(f);
	return bytes;
}

static void
spell(const uint8_t *bytes, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		uint8_t c = bytes[i];

		if (c == '\n')
			fputs("\\n", stdout);
		else if (c == '\t')
			fputs("\\t", stdout);
		else if (c == '\\')
			fputs("\\\\", stdout);
		else if (c < 0x20 || c >= 0x7f || (c == '#' && i == 0))
			printf("\\x%02x", c);
		else
			putchar(c);
	}
	putchar('\n');
}

/* A line in its own place; its length, or SIZE_MAX for none of a corpus. */
static size_t
unspell(uint8_t *line, size_t n)
{
	unsigned value;
	size_t out = 0;

	for (size_t i = 0; i < n; i++) {
		if (line[i] != '\\') {
			line[out++] = line[i];
			continue;
		}
		if (++i == n)
			return SIZE_MAX;
		if (line[i] == 'n') {
			line[out++] = '\n';
		} else if (line[i] == 't') {
			line[out++] = '\t';
		} else if (line[i] == '\\') {
			line[out++] = '\\';
		} else if (line[i] == 'x' && n - i > 2 &&
			   sscanf((char *)line + i, "x%2x", &value) == 1) {
			line[out++] = (uint8_t)value;
			i += 2;
		} else {
			return SIZE_MAX;
		}
	}
	return out;
}

static void
run(const uint8_t *bytes, size_t n)
{
	uint8_t *own = fuzz_bytes(n);

	if (n > 0)
		memcpy(own, bytes, n);
	LLVMFuzzerTestOneInput(own, n);
	free(own);
}

static void
write_file(const char *folder, unsigned number, const uint8_t *bytes, size_t n)
{
	char path[1024];
	FILE *f;

	snprintf(path, sizeof path, "%s/%05u", folder, number);
	f = fopen(path, "wb");
	if (f == NULL || fwrite(bytes, 1, n, f) != n || fclose(f) != 0)
		die(path, "cannot write");
}

/* Runs the corpus, or writes it to a folder. */
static unsigned
each_line(const char *path, const char *folder)
{
	unsigned number = 0, n_inputs = 0;
	size_t n, len;
	uint8_t *text = read_file(path, &n), *end = text + n;

	for (uint8_t *line = text, *next; line < end; line = next) {
		uint8_t *lf = memchr(line, '\n', (size_t)(end - line));

		if (lf == NULL)
			lf = end;
		next = lf + 1;
		number++;
		snprintf(where, sizeof where, "%s:%u\n", path, number);
		if (lf == line || *line == '#')
			continue;
		len = unspell(line, (size_t)(lf - line));
		if (len == SIZE_MAX)
			die(where, "cannot make sense of the line");
		n_inputs++;
		if (folder != NULL)
			write_file(folder, number, line, len);
		else
			run(line, len);
	}
	free(text);
	return n_inputs;
}

static void
each_file(char **paths, bool is_spelt)
{
	for (; *paths != NULL; paths++) {
		size_t n;
		uint8_t *bytes = read_file(*paths, &n);

		snprintf(where, sizeof where, "%s\n", *paths);
		if (is_spelt)
			spell(bytes, n);
		else
			run(bytes, n);
		free(bytes);
	}
}

int
main(int argc, char **argv)
{
	const char *source = getenv("SFTR_SRCDIR");
	char corpus[900];

	signal(SIGABRT, say_where);
	snprintf(corpus, sizeof corpus, "%s/tests/fuzz/corpus/%s.txt",
		 source != NULL ? source : ".", fuzz_name);
	if (argc == 1) {
		run(NULL, 0);
		printf("%s: %u inputs hold\n", fuzz_name,
		       each_line(corpus, NULL));
	} else if (argc == 3 && strcmp(argv[1], "-w") == 0) {
		each_line(corpus, argv[2]);
	} else if (strcmp(argv[1], "-s") == 0) {
		each_file(argv + 2, true);
	} else {
		each_file(argv + 1, false);
	}
	return 0;
}
