/* SPDX-License-Identifier: MIT */
/*
 * hostile: how many headers there are.
 * hostile I: the name of the I-th.
 * hostile I FILE: writes it, and prints the policy to read it under.
 * hostile FILE POLICY: opens a file, and nothing else, to be counted.
 */
#include "../hostile.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static int
write_file(const struct maker *maker, const char *path)
{
	struct file f;
	FILE *out = fopen(path, "wb");
	int failed;

	if (out == NULL)
		return 1;
	make_file(&f, maker);
	failed = fwrite(f.bytes, 1, 8 + f.n, out) != 8 + f.n;
	failed |= fclose(out) != 0 ||
		  truncate(path, (off_t)(8 + f.n + f.n_data)) != 0;
	puts(f.policy == SFTR_STRICT ? "strict" : "reference");
	free(f.bytes);
	return failed;
}

int
main(int argc, char **argv)
{
	sftr_open_options options = { .policy = SFTR_STRICT };
	sftr_checkpoint *ckpt;
	int i = argc > 1 ? atoi(argv[1]) : 0;

	if (argc == 1) {
		printf("%d\n", n_makers);
		return 0;
	}
	if (argc == 3 && (strcmp(argv[2], "strict") == 0 ||
			  strcmp(argv[2], "reference") == 0)) {
		if (argv[2][0] == 'r')
			options.policy = SFTR_REFERENCE;
		sftr_checkpoint_open(argv[1], &options, &ckpt, NULL);
		sftr_checkpoint_close(ckpt);
		return 0;
	}
	if (i < 0 || i >= n_makers)
		return 2;
	if (argc == 2)
		puts(makers[i].name);
	return argc == 2 ? 0 : write_file(&makers[i], argv[2]);
}
