/* SPDX-License-Identifier: MIT */
/* The rules by their numbers in safetensors(5). */
#ifndef SFTR_FORMAT_RULE_H
#define SFTR_FORMAT_RULE_H

#include <stdint.h>

/* The longest header that a reader accepts. */
#define SFTR__HEADER_MAX UINT64_C(100000000)

enum sftr__rule {
	SFTR__RULE_LENGTH_FIELD = 1, /* 8 bytes of length */
	SFTR__RULE_LENGTH_MAX = 2,   /* at most 100,000,000 */
	SFTR__RULE_LENGTH_FITS = 3,  /* the header is in the file */
	SFTR__RULE_UTF8 = 4,
	SFTR__RULE_BRACE_FIRST = 5, /* S1 */
	SFTR__RULE_SPACES_LAST = 6, /* S2 */
	SFTR__RULE_JSON = 7,
	SFTR__RULE_ENTRY = 8, /* an object of three fields; S5, S6 */
	SFTR__RULE_DTYPE = 9,
	SFTR__RULE_SHAPE = 10,
	SFTR__RULE_OFFSETS = 11,
	SFTR__RULE_METADATA = 12,
	SFTR__RULE_OVERFLOW = 13, /* S8 */
	SFTR__RULE_SIZE = 14,
	SFTR__RULE_WHOLE_BYTES = 15,
	SFTR__RULE_NAMES_DIFFER = 16, /* S3 */
	SFTR__RULE_KEYS_DIFFER = 17,  /* S4 */
	SFTR__RULE_NO_NUL = 18,	      /* S7 */
	SFTR__RULE_FORWARD = 19,
	SFTR__RULE_NO_HOLE = 20,
	SFTR__RULE_NO_OVERLAP = 21,
	SFTR__RULE_NO_TRAILING = 22,
	SFTR__RULE_INSIDE = 23,
	/* what sftr_check notes about valid files */
	SFTR__RULE_ALIGNED = 24,
	SFTR__RULE_LENGTH_BY_8 = 25,
	SFTR__RULE_NAME_NOT_EMPTY = 26,
	SFTR__RULE_F4_ROWS = 27,
	SFTR__RULE_NO_MAGIC = 28,
	/* index and shards */
	SFTR__RULE_INDEX = 29,
	SFTR__RULE_INDEX_PATHS = 30,
	SFTR__RULE_SHARD_SOUND = 31,
	SFTR__RULE_SHARD_HOLDS = 32,
	SFTR__RULE_SHARD_ONCE = 33,
	SFTR__RULE_SHARD_MAPPED = 34,
	SFTR__RULE_TOTAL_SIZE = 35
};

#endif
