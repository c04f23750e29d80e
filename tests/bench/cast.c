/* SPDX-License-Identifier: MIT */
/*
 * bench cast [MIB]: gigabytes of source a second, the best of seven, one
 * thread, where the wider side takes that many MiB (256).  "plain" is the loop
 * without vectors, "streamed" writes past the caches.  A memcpy of MIB comes
 * first, transposes come last.
 */
#include "numeric/cast.h"
#include "numeric/kernel.h"
#include "numeric/stride.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { ROUNDS = 7 };

static const sftr_dtype pairs[][2] = {
	{ SFTR_F32, SFTR_BF16 },    { SFTR_F32, SFTR_F16 },
	{ SFTR_F32, SFTR_I8 },	    { SFTR_F32, SFTR_U8 },
	{ SFTR_BF16, SFTR_F32 },    { SFTR_F16, SFTR_F32 },
	{ SFTR_BF16, SFTR_F16 },    { SFTR_F16, SFTR_BF16 },
	{ SFTR_F32, SFTR_F8_E4M3 }, { SFTR_BF16, SFTR_F8_E4M3 },
	{ SFTR_F8_E4M3, SFTR_F32 }, { SFTR_F32, SFTR_F64 },
	{ SFTR_F64, SFTR_F32 },	    { SFTR_F32, SFTR_I64 },
};

static double
now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

enum way { PLAIN, CACHED, STREAMED, COPIED };

/* The best time for n elements, or 0 where there is no such way. */
static double
best_of(enum way way, sftr_dtype to, void *dst, sftr_dtype from,
	const void *src, size_t n)
{
	sftr__kernel *plain = sftr__kernel_plain(to, from);
	size_t n_to = n * sftr_dtype_bits(to) / 8;
	size_t n_from = n * sftr_dtype_bits(from) / 8;
	double best = 1e9;

	if (way == PLAIN && plain == NULL)
		return 0;
	for (int round = 0; round < ROUNDS; round++) {
		double t = now();

		if (way == PLAIN)
			plain(dst, src, n, false);
		else if (way == COPIED)
			memcpy(dst, src, n_to < n_from ? n_to : n_from);
		else
			sftr__cast(to, dst, from, src, n, way == STREAMED);
		t = now() - t;
		best = t < best ? t : best;
	}
	return best;
}

static void
bench_pair(sftr_dtype to, void *dst, sftr_dtype from, const void *src, size_t n)
{
	static const char *const names[] = { "plain", "cached", "streamed" };
	double gigabytes = (double)n * sftr_dtype_bits(from) / 8 * 1e-9;

	printf("%-8s to %-8s", sftr_dtype_name(from), sftr_dtype_name(to));
	for (enum way way = PLAIN; way <= STREAMED; way++) {
		double t = best_of(way, to, dst, from, src, n);

		if (t > 0)
			printf("  %s %6.2f", names[way], gigabytes / t);
		else
			printf("  %s      -", names[way]);
	}
	printf("\n");
}

/* Bytes of the wider of the two. */
static size_t
widest(const sftr_dtype pair[2])
{
	unsigned a = sftr_dtype_bits(pair[0]), b = sftr_dtype_bits(pair[1]);

	return (a > b ? a : b) / 8;
}

static void
bench_transpose(size_t element, void *dst, const void *src, size_t n_bytes)
{
	int64_t size = (int64_t)element, side = 64;
	double best = 1e9;

	while (4 * side * side * size <= (int64_t)n_bytes)
		side *= 2;
	for (int round = 0; round < ROUNDS; round++) {
		sftr__stride s;
		double t = now();

		sftr__stride_begin(&s, element, 1);
		sftr__stride_dim(&s, (uint64_t)side, size, side * size);
		sftr__stride_dim(&s, (uint64_t)side, side * size, size);
		sftr__stride_copy(&s, dst, src);
		t = now() - t;
		best = t < best ? t : best;
	}
	printf("transpose %lld x %lld of %zu bytes  %6.2f\n", (long long)side,
	       (long long)side, element,
	       (double)(side * side * size) * 1e-9 / best);
}

int
main(int argc, char **argv)
{
	size_t n_bytes = (argc > 1 ? strtoul(argv[1], NULL, 10) : 256) << 20;
	void *src = malloc(n_bytes), *dst = malloc(n_bytes);
	double t;

	if (src == NULL || dst == NULL || n_bytes == 0) {
		fprintf(stderr, "bench cast: no memory\n");
		return 1;
	}
	memset(src, 0x3c, n_bytes);
	memset(dst, 0, n_bytes);
	t = best_of(COPIED, SFTR_F32, dst, SFTR_F32, src, n_bytes / 4);
	printf("memcpy                                   %6.2f\n",
	       (double)n_bytes * 1e-9 / t);
	for (size_t i = 0; i < sizeof pairs / sizeof pairs[0]; i++)
		bench_pair(pairs[i][0], dst, pairs[i][1], src,
			   n_bytes / widest(pairs[i]));
	for (size_t element = 1; element <= 8; element *= 2)
		bench_transpose(element, dst, src, n_bytes);
	free(src);
	free(dst);
	return 0;
}
