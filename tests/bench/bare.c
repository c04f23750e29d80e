/* SPDX-License-Identifier: MIT */
/*
 * What a load is held against: loops that read a range of a file by pread, a
 * piece at a time, by some threads, and look at nothing.  Called from Python.
 *
 *	read	pieces go straight to their place
 *	store	pieces go to scratch that each thread has, and from there past
 *		the caches to their place, each 16 bytes twice: the reads and
 *		the stores of a conversion that doubles, without the conversion
 */
#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#if defined(__SSE2__)
#include <emmintrin.h>
#endif

#define MAX_THREADS 16
#define LINE 64

#define EXPORT __attribute__((visibility("default")))

struct bare {
	int fd;
	uint64_t offset;
	size_t n_bytes, piece;
	char *to;
	bool doubles;
	atomic_size_t next; /* byte that nobody has taken */
	atomic_bool failed;
};

static void
store_twice(char *to, const char *from, size_t n)
{
#if defined(__SSE2__)
	for (size_t i = 0; i < n; i += 16) {
		__m128i v = _mm_load_si128((const void *)(from + i));

		_mm_stream_si128((void *)(to + 2 * i), v);
		_mm_stream_si128((void *)(to + 2 * i + 16), v);
	}
	_mm_sfence();
#else
	for (size_t i = 0; i < n; i += 16) {
		memcpy(to + 2 * i, from + i, 16);
		memcpy(to + 2 * i + 16, from + i, 16);
	}
#endif
}

static bool
read_piece(const struct bare *b, char *to, size_t n, size_t at)
{
	while (n > 0) {
		ssize_t got = pread(b->fd, to, n, (off_t)(b->offset + at));

		if (got <= 0)
			return false;
		to += got;
		at += (size_t)got;
		n -= (size_t)got;
	}
	return true;
}

static void *
work(void *arg)
{
	struct bare *b = arg;
	char *scratch = b->doubles ? aligned_alloc(LINE, b->piece) : NULL;

	if (b->doubles && scratch == NULL)
		b->failed = true;
	while (!b->failed) {
		size_t at = atomic_fetch_add(&b->next, b->piece);
		size_t n = b->piece;

		if (at >= b->n_bytes)
			break;
		if (n > b->n_bytes - at)
			n = b->n_bytes - at;
		if (!read_piece(b, b->doubles ? scratch : b->to + at, n, at))
			b->failed = true;
		else if (b->doubles)
			store_twice(b->to + 2 * at, scratch, n);
	}
	free(scratch);
	return NULL;
}

/*
 * 0, or -1 if it failed.  For 'doubles', n_bytes and piece are multiples of 16
 * and of LINE, and 'to' is aligned to 16.
 */
EXPORT int
bare_load(int fd, uint64_t offset, size_t n_bytes, void *to, size_t piece,
	  unsigned n_threads, int doubles);
EXPORT int
bare_load(int fd, uint64_t offset, size_t n_bytes, void *to, size_t piece,
	  unsigned n_threads, int doubles)
{
	struct bare b = { .fd = fd, .offset = offset, .n_bytes = n_bytes };
	pthread_t threads[MAX_THREADS];
	unsigned n = 0;

	b.to = to;
	b.piece = piece;
	b.doubles = doubles != 0;
	if (n_threads > MAX_THREADS)
		return -1;
	while (n + 1 < n_threads &&
	       pthread_create(&threads[n], NULL, work, &b) == 0)
		n++;
	b.failed = b.failed || n + 1 < n_threads;
	work(&b);
	while (n > 0)
		pthread_join(threads[--n], NULL);
	return b.failed ? -1 : 0;
}
