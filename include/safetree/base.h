/* SPDX-License-Identifier: MIT */
/*
 * safetree/base.h - what every other part of the library speaks in: strings
 * with a length, dtypes, codes, the one diagnostic, and the caller's allocator.
 *
 * Words used in every contract of these headers:
 *   owned     whoever holds the pointer must release it, by the call named
 *   borrowed  the library keeps the pointer; the caller keeps it valid
 *   lent      the caller may look until the lender is closed or freed
 *
 * Rules that hold for every function unless it says otherwise: fallible
 * functions return an sftr_code and take a last argument 'err' that may be
 * NULL; on failure *err is filled completely, on success it is not touched.
 * Constructors leave NULL in their result on failure.  Options and allocators
 * may be NULL, which means the defaults; other pointers only where that is
 * said, or where the length beside them is 0.  Functions on a const object may
 * run in several threads at once.  The library keeps no global state, prints
 * nothing, never exits, and opens no network connection.
 */
#ifndef SAFETREE_BASE_H
#define SAFETREE_BASE_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#if defined(__GNUC__)
#define SFTR_API __attribute__((visibility("default")))
#else
#define SFTR_API
#endif

#define SFTR_VERSION_MAJOR 0
#define SFTR_VERSION_MINOR 1
#define SFTR_VERSION_PATCH 0

/* The version of the library that runs, as "0.1.0".  Never NULL. */
SFTR_API const char *
sftr_version(void);

/*
 * A text with a length.  Texts that the library hands out are NUL-terminated
 * as well, so 'ptr' prints as a C string; a name may hold a NUL of its own only
 * under SFTR_REFERENCE.
 */
typedef struct sftr_str {
	const char *ptr;
	size_t len; /* bytes, without the NUL */
} sftr_str;

/* A literal as sftr_str, in an initialiser: { SFTR_STR("w"), ... } */
#define SFTR_STR(literal) { "" literal, sizeof(literal) - 1 }

/*
 * Element types, in the rank order of the format: the official writer sorts by
 * it, highest first.  0 is no dtype.
 */
typedef uint16_t sftr_dtype;

enum {
	SFTR_DTYPE_NONE = 0,
	SFTR_BOOL,
	SFTR_F4,	  /* two elements a byte */
	SFTR_F6_E2M3,	  /* four elements in three bytes */
	SFTR_F6_E3M2,	  /* four elements in three bytes */
	SFTR_U8,
	SFTR_I8,
	SFTR_F8_E5M2,
	SFTR_F8_E4M3,
	SFTR_F8_E8M0,
	SFTR_F8_E4M3FNUZ,
	SFTR_F8_E5M2FNUZ,
	SFTR_I16,
	SFTR_U16,
	SFTR_F16,
	SFTR_BF16,
	SFTR_I32,
	SFTR_U32,
	SFTR_F32,
	SFTR_C64,	  /* two F32: real, imaginary */
	SFTR_F64,
	SFTR_I64,
	SFTR_U64,
	SFTR_N_DTYPES	  /* one past the last */
};

/* "F32" and so on; "?" for a value that is no dtype.  Never NULL. */
SFTR_API const char *
sftr_dtype_name(sftr_dtype dtype);

/* Bits of one element; 0 for a value that is no dtype. */
SFTR_API unsigned
sftr_dtype_bits(sftr_dtype dtype);

/* The dtype spelt so, in upper case as in a file; SFTR_DTYPE_NONE if none. */
SFTR_API sftr_dtype
sftr_dtype_parse(const char *name, size_t n_bytes);

typedef enum sftr_code {
	SFTR_OK = 0,

	/* the call or the machine */
	SFTR_E_ARGUMENT,    /* the caller broke the contract */
	SFTR_E_MEMORY,	    /* the allocator gave nothing */
	SFTR_E_IO,	    /* the system refused; os_errno says why */
	SFTR_E_LIMIT,	    /* a limit of the caller's options or of this host */
	SFTR_E_UNSUPPORTED, /* this host or file cannot do that */
	SFTR_E_CANCELLED,   /* a progress callback said stop */

	/* a file is not valid: the rules of safetensors(5) */
	SFTR_E_TRUNCATED,   /* it ends before what it declares */
	SFTR_E_LENGTH,	    /* header length above 100,000,000 */
	SFTR_E_UTF8,
	SFTR_E_JSON,	    /* grammar: another token is due here */
	SFTR_E_FIELD,	    /* a field is missing, unknown or misplaced */
	SFTR_E_DTYPE,	    /* no such dtype */
	SFTR_E_RANGE,	    /* a size does not fit 64 bits */
	SFTR_E_DUPLICATE,   /* one name or key twice */
	SFTR_E_NUL,	    /* U+0000 in a name or in metadata */
	SFTR_E_REVERSED,    /* a range ends before it begins */
	SFTR_E_SIZE,	    /* range and shape x dtype disagree */
	SFTR_E_PARTIAL,	    /* sub-byte elements do not fill whole bytes */
	SFTR_E_HOLE,	    /* bytes that belong to no tensor */
	SFTR_E_OVERLAP,	    /* bytes that belong to two tensors */
	SFTR_E_TRAILING,    /* bytes after the last tensor */
	SFTR_E_INDEX,	    /* an index of shards is malformed */
	SFTR_E_SHARD,	    /* index and shards disagree */

	/* notes of sftr_check on valid files */
	SFTR_N_UNALIGNED,   /* data not aligned to the element */
	SFTR_N_LENGTH,	    /* header length no multiple of 8 */
	SFTR_N_EMPTY_NAME,
	SFTR_N_ODD_F4,	    /* F4 with an odd last dimension */
	SFTR_N_MAGIC,	    /* begins or ends as another format does */
	SFTR_N_UNEXAMINED,  /* the rest could not be examined */

	/* asking for tensors */
	SFTR_E_ABSENT,	    /* no tensor or node of that name */
	SFTR_E_VIEW,	    /* no zero-copy view; the message says why */
	SFTR_E_SLICE,	    /* slice text or bounds */
	SFTR_E_CAPACITY,    /* the memory given is too small */

	/* key paths and trees */
	SFTR_E_PATH,	    /* text that is no path under the codec */
	SFTR_E_CODEC,	    /* the codec cannot say this path */
	SFTR_E_CONFLICT,    /* two names that cannot both be in one tree */
	SFTR_E_NOTE,	    /* a structure note that is not sound */

	/* binding */
	SFTR_E_MISSING,	    /* a slot that no tensor fills */
	SFTR_E_UNEXPECTED,  /* a tensor that no slot wants */
	SFTR_E_SHAPE,
	SFTR_E_CONVERSION,  /* dtypes differ more than the policy lets */
	SFTR_E_AMBIGUOUS,   /* two tensors for a slot, or two slots a tensor */
	SFTR_E_KIND,	    /* step kinds differ */
	SFTR_E_RULE,	    /* the text of a rule, or two rules that collide */
	SFTR_E_TABLE,	    /* a struct table that contradicts itself */
	SFTR_E_VALUE,	    /* an element that the member cannot hold */
	SFTR_N_TIED,	    /* one tensor fills several slots */
	SFTR_N_CONVERTED,   /* a dtype was converted */

	SFTR_N_CODES	    /* one past the last */
} sftr_code;

/* The enumerator's name, "SFTR_E_JSON"; "?" for no code.  Never NULL. */
SFTR_API const char *
sftr_code_name(sftr_code code);

typedef enum sftr_severity {
	SFTR_ERROR = 0,
	SFTR_WARNING, /* the other policy would reject it */
	SFTR_NOTE
} sftr_severity;

#define SFTR_NO_OFFSET UINT64_MAX

/*
 * One finding, complete in itself: it holds no pointer and may be copied.
 * 'key', 'other' and 'file' are printable whatever the file held: control
 * characters and bytes that are no UTF-8 are escaped, what is too long is cut
 * with "...".  So is 'message', where such bytes are '?'.  An error is the
 * first diagnostic.
 */
typedef struct sftr_diagnostic {
	sftr_code code;
	int os_errno;	       /* of the failed system call, or 0 */
	unsigned rule;	       /* number in safetensors(5), or 0 */
	sftr_severity severity;
	uint64_t offset;       /* from the start of 'file', or SFTR_NO_OFFSET */
	char file[256];	       /* path or name of the text; "" if none */
	char key[160];	       /* tensor or path concerned; "" if none */
	char other[160];       /* the second one concerned; "" if none */
	char message[256];     /* one clause, expected and found */
	uint64_t reserved[4];
} sftr_diagnostic;

typedef sftr_diagnostic sftr_error;

/*
 * Receives diagnostics one by one; 'd' is lent for the call.  A return other
 * than 0 stops the search, and the function that was searching then returns
 * SFTR_E_CANCELLED.
 */
typedef int
sftr_diagnostic_fn(void *user, const sftr_diagnostic *d);

/*
 * Writes 'd' as one line without a line feed, "FILE: KEY: MESSAGE (byte 7)",
 * into text[size], cut to fit and always terminated when size > 0.
 * Returns 'text', so that it can stand in a printf.
 */
SFTR_API char *
sftr_error_text(const sftr_diagnostic *d, char *text, size_t size);

/*
 * The caller's allocator: one function that allocates (block NULL), resizes,
 * and frees (new_size 0, result ignored).  old_size is what was asked for
 * before.  Blocks are aligned for max_align_t at least.  It returns NULL when
 * there is no memory, and the old block then stays.  An object uses the
 * allocator it was made with, from any thread that uses the object.
 * A NULL sftr_allocator pointer means malloc and its kin.
 */
typedef struct sftr_allocator {
	void *(*resize)(void *user, void *block, size_t old_size,
			size_t new_size);
	void *user; /* borrowed; handed to 'resize' */
} sftr_allocator;

/*
 * Called now and then during long work, with bytes done and in all, in the
 * thread that asked for the work.  A return other than 0 cancels the work,
 * which then fails with SFTR_E_CANCELLED; a load of which all is done succeeds.
 */
typedef int
sftr_progress_fn(void *user, uint64_t done, uint64_t total);

#ifdef __cplusplus
}
#endif

#endif
