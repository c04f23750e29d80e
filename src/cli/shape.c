/* SPDX-License-Identifier: MIT */
#include "cli/shape.h"

#include <inttypes.h>

/* A rank is as large as a file wants it; a line is not. */
#define MAX_SHOWN 16

size_t
shape_print(FILE *out, const uint64_t *shape, uint32_t rank)
{
	char text[24 * MAX_SHOWN + 48];
	size_t n = 1;

	text[0] = '[';
	for (uint32_t i = 0; i < rank && i < MAX_SHOWN; i++)
		n += (size_t)snprintf(text + n, sizeof text - n, "%s%" PRIu64,
				      i > 0 ? "," : "", shape[i]);
	if (rank > MAX_SHOWN)
		n += (size_t)snprintf(text + n, sizeof text - n,
				      ",... %" PRIu32 " dimensions", rank);
	n += (size_t)snprintf(text + n, sizeof text - n, "]");
	if (out != NULL)
		fwrite(text, 1, n, out);
	return n;
}
