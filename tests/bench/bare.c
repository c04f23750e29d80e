/* SPDX-License-Identifier: MIT */
/*
 * What a load is held against: loops that bring a range of a file into memory,
 * a piece at a time, by some threads, and look at nothing.  Called from Python.
 *
 *	READ	by pread, straight to their place
 *	TWICE	by pread to scratch that each thread has, and from there past
 *		the caches to their place, each 16 bytes twice: the reads and
 *		the stores of a conversion that doubles, without the conversion
 *	MAPPED	from a mapping made for the purpose, past the caches.  The most
 *		that memory gives, and nothing for a library: who cuts the file
 *		meanwhile kills the process
 */
#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#if defined(__SSE2__)
#include <emmintrin.h>
#endif

#define MAX_THREADS 16
#define LINE 64

#define EXPORT __attribute__((visibility("default")))

enum way { READ, TWICE, MAPPED };

struct bare {
	int fd;
	uint64_t offset;
	size_t n_bytes, piece;
	char *to;
	enum way way;
	const char *map;    /* of the whole file, for MAPPED */
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

/* The last bytes of an odd piece, and what is not aligned, the usual way. */
static void
store_once(char *to, const char *from, size_t n)
{
	size_t i = 0;

#if defined(__SSE2__)
	for (; (uintptr_t)to % 16 == 0 && i + 16 <= n; i += 16)
		_mm_stream_si128((void *)(to + i),
				 _mm_loadu_si128((const void *)(from + i)));
	_mm_sfence();
#endif
	memcpy(to + i, from + i, n - i);
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
	char *scratch = b->way == TWICE ? aligned_alloc(LINE, b->piece) : NULL;

	if (b->way == TWICE && scratch == NULL)
		b->failed = true;
	while (!b->failed) {
		size_t at = atomic_fetch_add(&b->next, b->piece);
		size_t n = b->piece;

		if (at >= b->n_bytes)
			break;
		if (n > b->n_bytes - at)
			n = b->n_bytes - at;
		if (b->way == MAPPED)
			store_once(b->to + at, b->map + b->offset + at, n);
		else if (!read_piece(b, b->way == TWICE ? scratch : b->to + at,
				     n, at))
			b->failed = true;
		else if (b->way == TWICE)
			store_twice(b->to + 2 * at, scratch, n);
	}
	free(scratch);
	return NULL;
}

/*
 * 0, or -1 if it failed.  'way' is one of enum way; for TWICE, n_bytes and piece
 * are multiples of 16 and of LINE, and 'to' is aligned to 16.
 */
EXPORT int
bare_load(int fd, uint64_t offset, size_t n_bytes, void *to, size_t piece,
	  unsigned n_threads, int way);
EXPORT int
bare_load(int fd, uint64_t offset, size_t n_bytes, void *to, size_t piece,
	  unsigned n_threads, int way)
{
	struct bare b = { .fd = fd, .offset = offset, .n_bytes = n_bytes };
	size_t n_map = (size_t)offset + n_bytes;
	pthread_t threads[MAX_THREADS];
	unsigned n = 0;

	b.to = to;
	b.piece = piece;
	b.way = (enum way)way;
	if (n_threads > MAX_THREADS)
		return -1;
	if (b.way == MAPPED) {
		void *map = mmap(NULL, n_map, PROT_READ, MAP_PRIVATE, fd, 0);

		if (map == MAP_FAILED)
			return -1;
		b.map = map;
	}
	while (n + 1 < n_threads &&
	       pthread_create(&threads[n], NULL, work, &b) == 0)
		n++;
	b.failed = b.failed || n + 1 < n_threads;
	work(&b);
	while (n > 0)
		pthread_join(threads[--n], NULL);
	if (b.map != NULL)
		munmap((void *)(uintptr_t)b.map, n_map);
	return b.failed ? -1 : 0;
}
