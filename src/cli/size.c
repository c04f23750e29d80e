/* SPDX-License-Identifier: MIT */
#include "cli/size.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

const char *
size_group(uint64_t n, char text[SIZE_TEXT])
{
	char *p = text + SIZE_TEXT - 1;
	unsigned digits = 0;

	*p = '\0';
	do {
		if (digits > 0 && digits % 3 == 0)
			*--p = ',';
		*--p = (char)('0' + n % 10);
		n /= 10;
		digits++;
	} while (n > 0);
	return memmove(text, p, strlen(p) + 1);
}

/* Which unit: the largest of which there is one. */
static unsigned
power(uint64_t n_bytes)
{
	unsigned k = 0;

	while (k < 6 && n_bytes >> (10 * (k + 1)) > 0)
		k++;
	return k;
}

const char *
size_number(uint64_t n_bytes, char text[SIZE_TEXT])
{
	unsigned k = power(n_bytes);
	uint64_t whole, tenths, unit;

	if (k == 0) {
		snprintf(text, SIZE_TEXT, "%" PRIu64, n_bytes);
		return text;
	}
	unit = UINT64_C(1) << (10 * k);
	whole = n_bytes / unit;
	/* The rest is below 2^60, and ten times that below 2^64. */
	tenths = ((n_bytes % unit) * 10 + unit / 2) / unit;
	snprintf(text, SIZE_TEXT, "%" PRIu64 ".%" PRIu64, whole + tenths / 10,
		 tenths % 10);
	return text;
}

const char *
size_unit(uint64_t n_bytes)
{
	static const char *const units[] = { "B",   "KiB", "MiB", "GiB",
					     "TiB", "PiB", "EiB" };

	return units[power(n_bytes)];
}
