/* SPDX-License-Identifier: MIT */
#include "base/diagnostic.h"

#include "base/utf8.h"

#include <errno.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#define NAME(code) [code] = #code
static const char *const code_names[SFTR_N_CODES] = {
	NAME(SFTR_OK),		 NAME(SFTR_E_ARGUMENT),
	NAME(SFTR_E_MEMORY),	 NAME(SFTR_E_IO),
	NAME(SFTR_E_LIMIT),	 NAME(SFTR_E_UNSUPPORTED),
	NAME(SFTR_E_CANCELLED),	 NAME(SFTR_E_TRUNCATED),
	NAME(SFTR_E_LENGTH),	 NAME(SFTR_E_UTF8),
	NAME(SFTR_E_JSON),	 NAME(SFTR_E_FIELD),
	NAME(SFTR_E_DTYPE),	 NAME(SFTR_E_RANGE),
	NAME(SFTR_E_DUPLICATE),	 NAME(SFTR_E_NUL),
	NAME(SFTR_E_REVERSED),	 NAME(SFTR_E_SIZE),
	NAME(SFTR_E_PARTIAL),	 NAME(SFTR_E_HOLE),
	NAME(SFTR_E_OVERLAP),	 NAME(SFTR_E_TRAILING),
	NAME(SFTR_E_INDEX),	 NAME(SFTR_E_SHARD),
	NAME(SFTR_N_UNALIGNED),	 NAME(SFTR_N_LENGTH),
	NAME(SFTR_N_EMPTY_NAME), NAME(SFTR_N_ODD_F4),
	NAME(SFTR_N_MAGIC),	 NAME(SFTR_N_UNEXAMINED),
	NAME(SFTR_E_ABSENT),	 NAME(SFTR_E_VIEW),
	NAME(SFTR_E_SLICE),	 NAME(SFTR_E_CAPACITY),
	NAME(SFTR_E_PATH),	 NAME(SFTR_E_CODEC),
	NAME(SFTR_E_CONFLICT),	 NAME(SFTR_E_NOTE),
	NAME(SFTR_E_MISSING),	 NAME(SFTR_E_UNEXPECTED),
	NAME(SFTR_E_SHAPE),	 NAME(SFTR_E_CONVERSION),
	NAME(SFTR_E_AMBIGUOUS),	 NAME(SFTR_E_KIND),
	NAME(SFTR_E_RULE),	 NAME(SFTR_E_TABLE),
	NAME(SFTR_E_VALUE),	 NAME(SFTR_N_TIED),
	NAME(SFTR_N_CONVERTED),
};
#undef NAME

const char *
sftr_code_name(sftr_code code)
{
	return (unsigned)code < SFTR_N_CODES ? code_names[code] : "?";
}

const char *
sftr_version(void)
{
	return SAFETREE_VERSION;
}

/*
 * What goes into a message may come from a text of rules, a manifest or a
 * caller, and the end may be cut within a character.
 */
static void
set_message(sftr_error *err, const char *format, va_list args)
{
	vsnprintf(err->message, sizeof err->message, format, args);
	sftr__utf8_mask(err->message);
}

static void
fill(sftr_error *err, sftr_code code, uint64_t offset, const char *format,
     va_list args)
{
	memset(err, 0, sizeof *err);
	err->code = code;
	err->offset = offset;
	set_message(err, format, args);
}

sftr_code
sftr__fail(sftr_error *err, sftr_code code, const char *format, ...)
{
	va_list args;

	if (err != NULL) {
		va_start(args, format);
		fill(err, code, SFTR_NO_OFFSET, format, args);
		va_end(args);
	}
	return code;
}

sftr_code
sftr__fail_at(sftr_error *err, sftr_code code, uint64_t offset,
	      const char *format, ...)
{
	va_list args;

	if (err != NULL) {
		va_start(args, format);
		fill(err, code, offset, format, args);
		va_end(args);
	}
	return code;
}

void
sftr__set_fault(sftr_diagnostic *d, sftr_code code, const char *format, ...)
{
	va_list args;

	d->code = code;
	va_start(args, format);
	set_message(d, format, args);
	va_end(args);
}

sftr_code
sftr__fail_os(sftr_error *err, int os_errno, const char *format, ...)
{
	sftr_code code = os_errno == ENOMEM ? SFTR_E_MEMORY : SFTR_E_IO;
	va_list args;
	size_t n;

	if (err == NULL)
		return code;
	va_start(args, format);
	fill(err, code, SFTR_NO_OFFSET, format, args);
	va_end(args);
	err->os_errno = os_errno;
	n = strlen(err->message);
	snprintf(err->message + n, sizeof err->message - n, ": ");
	n = strlen(err->message);
	/* The reentrant form: strerror may share its buffer among threads. */
	if (strerror_r(os_errno, err->message + n, sizeof err->message - n) !=
	    0)
		snprintf(err->message + n, sizeof err->message - n, "error %d",
			 os_errno);
	/* In the words of a locale, which need not be of UTF-8. */
	sftr__utf8_mask(err->message + n);
	return code;
}

void
sftr__findings_add(sftr__findings *f, const sftr_diagnostic *finding)
{
	sftr_diagnostic d = *finding;

	if (f->stopped)
		return;
	if (d.file[0] == '\0')
		sftr__set_file(&d, f->file);
	if (d.severity == SFTR_ERROR && f->n_errors++ == 0) {
		f->code = d.code;
		if (f->err != NULL)
			*f->err = d;
	}
	if (f->fn != NULL && f->fn(f->user, &d) != 0)
		f->stopped = true;
}

/* A path is cut at its front: its end tells more. */
void
sftr__set_file(sftr_error *err, const char *path)
{
	char text[4 * sizeof err->file];
	size_t n;

	if (err == NULL || path == NULL)
		return;
	n = strlen(path);
	if (n >= sizeof err->file) {
		const char *tail = path + n - (sizeof err->file - 4);

		while ((*tail & 0xc0) == 0x80)
			tail++;
		snprintf(text, sizeof text, "...%s", tail);
		sftr__utf8_print(text, strlen(text), err->file,
				 sizeof err->file);
		return;
	}
	sftr__utf8_print(path, n, err->file, sizeof err->file);
}

void
sftr__set_key(sftr_error *err, const char *name, size_t n)
{
	if (err != NULL)
		sftr__utf8_print(name, n, err->key, sizeof err->key);
}

void
sftr__set_other(sftr_error *err, const char *name, size_t n)
{
	if (err != NULL)
		sftr__utf8_print(name, n, err->other, sizeof err->other);
}

char *
sftr_error_text(const sftr_diagnostic *d, char *text, size_t size)
{
	char place[32] = "";

	if (d->offset != SFTR_NO_OFFSET)
		snprintf(place, sizeof place, " (byte %" PRIu64 ")", d->offset);
	if (size > 0)
		snprintf(text, size, "%s%s%s%s%s%s", d->file,
			 d->file[0] != '\0' ? ": " : "", d->key,
			 d->key[0] != '\0' ? ": " : "", d->message, place);
	return text;
}
