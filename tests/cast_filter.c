/* SPDX-License-Identifier: MIT */
/*
 * cast_filter TO FROM: converts the elements on standard input, in the host's
 * order, to standard output.  The interoperability tests drive it.
 */
#include "numeric/cast.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* All of standard input; *n its bytes. */
static unsigned char *
slurp(size_t *n)
{
	size_t capacity = 1 << 16;
	unsigned char *bytes = malloc(capacity);

	*n = 0;
	while (bytes != NULL) {
		unsigned char *more;

		*n += fread(bytes + *n, 1, capacity - *n, stdin);
		if (*n < capacity)
			break;
		capacity *= 2;
		more = realloc(bytes, capacity);
		if (more == NULL)
			free(bytes);
		bytes = more;
	}
	return bytes;
}

int
main(int argc, char **argv)
{
	sftr_dtype to, from;
	unsigned char *src, *dst;
	size_t n_bytes, n, size;

	if (argc != 3) {
		fprintf(stderr, "usage: cast_filter TO FROM <IN >OUT\n");
		return 2;
	}
	to = sftr_dtype_parse(argv[1], strlen(argv[1]));
	from = sftr_dtype_parse(argv[2], strlen(argv[2]));
	src = slurp(&n_bytes);
	if (src == NULL || sftr_dtype_bits(from) < 8)
		return 2;
	n = n_bytes / (sftr_dtype_bits(from) / 8);
	size = sftr_dtype_bits(to) / 8;
	dst = malloc(n * size + 1);
	if (dst == NULL || !sftr__cast(to, dst, from, src, n, false))
		return 2;
	n = fwrite(dst, 1, n * size, stdout) == n * size ? n : 0;
	free(src);
	free(dst);
	return fflush(stdout) == 0 && (n > 0 || n_bytes == 0) ? 0 : 2;
}
