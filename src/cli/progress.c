/* SPDX-License-Identifier: MIT */
#include "cli/progress.h"

#include "cli/interrupt.h"
#include "cli/size.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

void
progress_begin(progress *p, const char *what)
{
	const char *term = getenv("TERM");

	p->what = what;
	p->percent = -1;
	p->is_shown = isatty(STDERR_FILENO) && term != NULL &&
		      strcmp(term, "dumb") != 0;
	interrupt_begin();
}

int
progress_show(void *user, uint64_t done, uint64_t total)
{
	progress *p = user;
	char a[SIZE_TEXT], b[SIZE_TEXT];
	int percent;

	if (interrupt_came())
		return 1;
	if (!p->is_shown || total == 0)
		return 0;
	/* Without a product that could pass 2^64. */
	percent = total < 100 ? (int)(done * 100 / total) :
				(int)(done / (total / 100));
	percent = percent > 100 ? 100 : percent;
	if (percent == p->percent)
		return 0;
	p->percent = percent;
	fprintf(stderr, "\r%s %3d %%  %s %s of %s %s\033[K", p->what, percent,
		size_number(done, a), size_unit(done), size_number(total, b),
		size_unit(total));
	fflush(stderr);
	return 0;
}

void
progress_end(progress *p)
{
	if (p->percent >= 0)
		fputs("\r\033[K", stderr);
	p->percent = -1;
	interrupt_end();
}
