/* SPDX-License-Identifier: MIT */
#include "base/crew.h"

#include "base/alloc.h"

#include <pthread.h>
#include <unistd.h>

struct sftr__lock {
	pthread_mutex_t mutex;
};

sftr__lock *
sftr__lock_new(const sftr_allocator *a)
{
	sftr__lock *lock = sftr__alloc(a, sizeof *lock);

	if (lock != NULL && pthread_mutex_init(&lock->mutex, NULL) != 0) {
		sftr__free(a, lock, sizeof *lock);
		lock = NULL;
	}
	return lock;
}

void
sftr__lock_free(const sftr_allocator *a, sftr__lock *lock)
{
	if (lock == NULL)
		return;
	pthread_mutex_destroy(&lock->mutex);
	sftr__free(a, lock, sizeof *lock);
}

void
sftr__lock_take(sftr__lock *lock)
{
	pthread_mutex_lock(&lock->mutex);
}

void
sftr__lock_give(sftr__lock *lock)
{
	pthread_mutex_unlock(&lock->mutex);
}

struct member {
	pthread_t thread;
	void (*work)(void *user, unsigned i);
	void *user;
	unsigned i;
};

static void *
run_member(void *arg)
{
	struct member *m = arg;

	m->work(m->user, m->i);
	return NULL;
}

void
sftr__crew_run(unsigned n, void (*work)(void *user, unsigned i), void *user)
{
	struct member members[SFTR__CREW_MAX];
	unsigned n_running = 0;

	for (unsigned i = 1; i < n && i < SFTR__CREW_MAX; i++) {
		struct member *m = &members[n_running];

		m->work = work;
		m->user = user;
		m->i = i;
		if (pthread_create(&m->thread, NULL, run_member, m) != 0)
			break;
		n_running++;
	}
	work(user, 0);
	while (n_running > 0)
		pthread_join(members[--n_running].thread, NULL);
}

unsigned
sftr__crew_processors(void)
{
	long n = sysconf(_SC_NPROCESSORS_ONLN);

	return n < 1 ? 1 : n > SFTR__CREW_MAX ? SFTR__CREW_MAX : (unsigned)n;
}
