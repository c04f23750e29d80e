/* SPDX-License-Identifier: MIT */
/*
 * What every fuzz target is made of.  A target is a function over any bytes
 * that holds the library to a property and aborts where it does not hold:
 * under libFuzzer by 'build-aux/qa fuzz', over its corpus in 'make check' by
 * replay.c.
 */
#ifndef SFTR_TESTS_FUZZ_H
#define SFTR_TESTS_FUZZ_H

#include <safetree.h>
#include <stdbool.h>

/* What a target defines: itself, and its corpus in tests/fuzz/corpus. */
extern const char fuzz_name[];
int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Says what does not hold, and aborts. */
#define need(condition, ...)                                                   \
	((condition) ? (void)0 :                                               \
		       fuzz_fail(__FILE__, __LINE__, #condition, __VA_ARGS__))

_Noreturn void
fuzz_fail(const char *file, int line, const char *condition, const char *format,
	  ...) __attribute__((format(printf, 4, 5)));

/*
 * An allocator that holds its callers to old sizes and to a limit: memory must
 * never follow a number in the input.  Used by one thread.
 */
struct fuzz_memory {
	size_t limit;
	size_t n_bytes; /* live */
};

sftr_allocator
fuzz_allocator(struct fuzz_memory *memory, size_t limit);

/* Nothing of it is left. */
void
fuzz_all_freed(const struct fuzz_memory *memory);

/*
 * A refusal: it has the code, its offset is none or at most 'size', and its
 * texts are terminated and fit to print.
 */
void
fuzz_refusal(const sftr_error *err, sftr_code code, size_t size);

/*
 * size bytes of a heap of their own, with nothing behind them that could be
 * read unseen; not NULL for 0.
 */
void *
fuzz_bytes(size_t size);

/* What a writer, which is freed, writes.  Owned. */
uint8_t *
fuzz_written(sftr_writer *w, size_t *n_bytes);

/* The next byte of the input, 0 behind its end. */
struct fuzz_input {
	const uint8_t *p, *end;
};

static inline uint8_t
fuzz_next(struct fuzz_input *in)
{
	return in->p < in->end ? *in->p++ : 0;
}

/* What is left up to 'stop', which is taken as well, or to the end. */
sftr_str
fuzz_until(struct fuzz_input *in, char stop);

/*
 * A file in memory whose tensors are called as the lines of 'names', U8 [1,1]
 * each, in that order or reversed, with one metadata entry if its key is not
 * NULL.  It need not be valid: names may be twice there, or no UTF-8.  Owned:
 * free.
 */
uint8_t *
fuzz_file_of_names(sftr_str names, bool is_reversed, const char *key,
		   sftr_str value, size_t *n_bytes);

#endif
