/* SPDX-License-Identifier: MIT */
#include "format/reader.h"

#include "base/alloc.h"

void
sftr__reader_strict(sftr__reader *r, sftr_code code, unsigned rule,
		    const char *at, const char *message)
{
	sftr_diagnostic d;

	if (r->json.failed)
		return;
	r->departed = true;
	if (r->policy == SFTR_STRICT) {
		sftr__json_fail(&r->json, code, rule, at, "%s", message);
		return;
	}
	if (r->findings == NULL || !r->findings->all)
		return;
	sftr__fail_at(&d, code, sftr__json_offset(&r->json, at), "%s", message);
	d.rule = rule;
	d.severity = SFTR_WARNING;
	if (r->name.ptr != NULL)
		sftr__set_key(&d, r->name.ptr, r->name.len);
	sftr__findings_add(r->findings, &d);
}

/* Below this many bytes an array doubles: there is little to learn from. */
#define FEW ((size_t)64 << 10)

/* How many elements there will be, should the text go on as it began. */
static size_t
forecast(const sftr__json *j, size_t n, size_t n_least)
{
	uint64_t read = (uint64_t)(j->p - j->text) + 1;
	uint64_t left = (uint64_t)(j->end - j->p);
	uint64_t more = (uint64_t)n * left / read;

	if (more < n / 8)
		more = n / 8;
	if (more > left / n_least)
		more = left / n_least;
	return n + 1 + (size_t)more;
}

bool
sftr__reader_room(sftr__reader *r, void **block, size_t *capacity, size_t n,
		  size_t size, size_t n_least)
{
	size_t more;

	if (n < *capacity)
		return true;
	more = n < 4 ? 8 : 2 * n;
	if (more > FEW / size) {
		more = forecast(&r->json, n, n_least);
		if (more > 16 * n)
			more = 16 * n;
	}
	if (sftr__resize(r->allocator, block, capacity, more, size))
		return true;
	r->no_memory = true;
	sftr__json_fail(&r->json, SFTR_E_MEMORY, 0, r->json.p, "out of memory");
	return false;
}
