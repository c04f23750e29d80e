/* SPDX-License-Identifier: MIT */
/*
 * The one door to threads: some work done by several at once, the caller among
 * them, and a lock for what they share.  Knows nothing of the work.
 */
#ifndef SFTR_BASE_CREW_H
#define SFTR_BASE_CREW_H

#include <safetree/base.h>

#define SFTR__CREW_MAX 16

typedef struct sftr__lock sftr__lock;

/* NULL without memory. */
sftr__lock *
sftr__lock_new(const sftr_allocator *a);
void
sftr__lock_free(const sftr_allocator *a, sftr__lock *lock);
void
sftr__lock_take(sftr__lock *lock);
void
sftr__lock_give(sftr__lock *lock);

/*
 * Calls work(user, i) once for each i below n, at most SFTR__CREW_MAX, all at
 * the same time, that with i = 0 in the caller's thread; returns when all have
 * returned.  Where the system gives no more threads, fewer are called: the
 * work must not need them.
 */
void
sftr__crew_run(unsigned n, void (*work)(void *user, unsigned i), void *user);

/* How many processors there are, at least 1. */
unsigned
sftr__crew_processors(void);

#endif
