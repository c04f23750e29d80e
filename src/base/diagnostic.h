/* SPDX-License-Identifier: MIT */
/*
 * Filling in the one diagnostic.  Every helper accepts a NULL err, and returns
 * the code so that it can stand in a return.
 */
#ifndef SFTR_BASE_DIAGNOSTIC_H
#define SFTR_BASE_DIAGNOSTIC_H

#include <safetree/base.h>

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

/* SFTR_E_IO, or SFTR_E_MEMORY for ENOMEM: "cannot open: No such file". */
sftr_code
sftr__fail_os(sftr_error *err, int os_errno, const char *format, ...)
	SFTR__PRINTF(3, 4);

/* SFTR_E_MEMORY. */
sftr_code
sftr__fail_memory(sftr_error *err);

/* Adding to a filled diagnostic; any bytes, made printable and cut. */
void
sftr__set_file(sftr_error *err, const char *path);
void
sftr__set_key(sftr_error *err, const char *name, size_t n);
void
sftr__set_other(sftr_error *err, const char *name, size_t n);

#endif
