/* SPDX-License-Identifier: MIT */
/*
 * Filling in the one diagnostic.  Every helper accepts a NULL err, and returns
 * the code so that it can stand in a return.
 */
#ifndef SFTR_BASE_DIAGNOSTIC_H
#define SFTR_BASE_DIAGNOSTIC_H

#include <safetree/base.h>
#include <stdbool.h>

#if defined(__GNUC__)
#define SFTR__PRINTF(fmt, args) __attribute__((format(printf, fmt, args)))
#else
#define SFTR__PRINTF(fmt, args)
#endif

/* Code and message; offset none, all else empty. */
sftr_code
sftr__fail(sftr_error *err, sftr_code code, const char *format, ...)
	SFTR__PRINTF(3, 4);

/* The same with a place in a file or text. */
sftr_code
sftr__fail_at(sftr_error *err, sftr_code code, uint64_t offset,
	      const char *format, ...) SFTR__PRINTF(4, 5);

/* Code and message of a diagnostic whose other parts stand already. */
void
sftr__set_fault(sftr_diagnostic *d, sftr_code code, const char *format, ...)
	SFTR__PRINTF(3, 4);

/* SFTR_E_IO, or SFTR_E_MEMORY for ENOMEM: "cannot open: No such file". */
sftr_code
sftr__fail_os(sftr_error *err, int os_errno, const char *format, ...)
	SFTR__PRINTF(3, 4);

/* SFTR_E_MEMORY.  Inline, so that an analyser sees that it is never OK. */
static inline sftr_code
sftr__fail_memory(sftr_error *err)
{
	sftr__fail(err, SFTR_E_MEMORY, "out of memory");
	return SFTR_E_MEMORY;
}

/* SFTR_E_ABSENT, for the NULL that stands for a tensor that is not there. */
static inline sftr_code
sftr__fail_absent(sftr_error *err)
{
	sftr__fail(err, SFTR_E_ABSENT, "no tensor of this name");
	return SFTR_E_ABSENT;
}

/*
 * Where findings go while a file is judged.  Opening keeps the first error and
 * stops; checking hands every finding on and counts the errors.
 */
typedef struct sftr__findings {
	sftr_error *err;	/* gets the first error; or NULL */
	sftr_diagnostic_fn *fn; /* gets all of them; or NULL */
	void *user;
	const char *file; /* for the findings that name none; or NULL */
	bool all;	  /* go on after an error */
	bool stopped;	  /* 'fn' wants no more */
	uint64_t n_errors;
	sftr_code code; /* of the first error */
} sftr__findings;

void
sftr__findings_add(sftr__findings *f, const sftr_diagnostic *d);

/* Whether it makes sense to look further. */
static inline bool
sftr__findings_more(const sftr__findings *f)
{
	return !f->stopped && (f->all || f->n_errors == 0);
}

/* Adding to a filled diagnostic; any bytes, made printable and cut. */
void
sftr__set_file(sftr_error *err, const char *path);
void
sftr__set_key(sftr_error *err, const char *name, size_t n);
void
sftr__set_other(sftr_error *err, const char *name, size_t n);

#endif
