/* SPDX-License-Identifier: MIT */
/*
 * What the command says at its end: 0 yes, 1 the answer is no, 2 it could not
 * be found out; the worst that was noted wins.  Whoever prints an error also
 * notes it, so that neither can be forgotten.
 */
#ifndef CLI_OUTCOME_H
#define CLI_OUTCOME_H

#include <stdbool.h>
#include <stddef.h>

enum outcome { OUTCOME_YES = 0, OUTCOME_NO = 1, OUTCOME_UNKNOWN = 2 };

void
outcome_note(enum outcome outcome);

#if defined(__GNUC__)
#define OUTCOME_PRINTF(fmt, args) __attribute__((format(printf, fmt, args)))
#else
#define OUTCOME_PRINTF(fmt, args)
#endif

/* "safetree: ..." on standard error, escaped, and the outcome. */
void
outcome_say(enum outcome outcome, const char *format, ...) OUTCOME_PRINTF(2, 3);

/* The same, and behind it 'words' of the library, which are escaped already. */
void
outcome_say_words(enum outcome outcome, const char *words, const char *format,
		  ...) OUTCOME_PRINTF(3, 4);

/* outcome_say with OUTCOME_UNKNOWN. */
void
outcome_trouble(const char *format, ...) OUTCOME_PRINTF(1, 2);

void
outcome_no_memory(void);

/*
 * Whether standard output still takes what is written.  A command that writes
 * much asks now and then, and stops.
 */
bool
outcome_is_heard(void);

/* Bytes to standard output; false if it takes no more, and why is kept. */
bool
outcome_write(const void *bytes, size_t n);

/*
 * Brings out what is buffered and returns the exit status.  That nothing
 * listens any more (EPIPE) is no news to anybody and passes without a message.
 */
int
outcome_finish(void);

#endif
