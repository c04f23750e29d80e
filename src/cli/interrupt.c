/* SPDX-License-Identifier: MIT */
#include "cli/interrupt.h"

#include <signal.h>
#include <string.h>

#define N_KEPT 3

static const int kept[N_KEPT] = { SIGHUP, SIGINT, SIGTERM };
static struct sigaction before[N_KEPT];
static volatile sig_atomic_t came;

static void
keep(int signal)
{
	if (came != 0)
		raise(signal); /* no longer kept: as soon as this returns */
	came = signal;
}

void
interrupt_begin(void)
{
	struct sigaction action;

	came = 0;
	memset(&action, 0, sizeof action);
	sigemptyset(&action.sa_mask);
	action.sa_handler = keep;
	action.sa_flags = SA_RESTART | (int)SA_RESETHAND;
	for (int i = 0; i < N_KEPT; i++) {
		sigaction(kept[i], NULL, &before[i]);
		/* What nohup ignores stays ignored. */
		if (before[i].sa_handler != SIG_IGN)
			sigaction(kept[i], &action, NULL);
	}
}

bool
interrupt_came(void)
{
	return came != 0;
}

void
interrupt_end(void)
{
	for (int i = 0; i < N_KEPT; i++)
		sigaction(kept[i], &before[i], NULL);
	if (came != 0)
		raise(came);
}
