/* SPDX-License-Identifier: MIT */
/* The text of a selection, "3,1:5,::2", to one slice a dimension. */
#include "base/bytes.h"
#include "base/diagnostic.h"

#include <safetree/checkpoint.h>

#include <inttypes.h>

struct cursor {
	const char *text, *p, *end;
	sftr_error *err;
	sftr_code code;
};

/* An integer with a sign, as far as text has one. */
struct integer {
	bool given;
	bool negative;
	bool huge; /* more than 2^64 - 1, which 'magnitude' then is */
	uint64_t magnitude;
};

static void
fail(struct cursor *c, const char *at, const char *expected)
{
	if (c->code != SFTR_OK)
		return;
	c->code = sftr__fail_at(c->err, SFTR_E_SLICE, (uint64_t)(at - c->text),
				"expected %s", expected);
	sftr__set_file(c->err, "slice");
	c->p = c->end;
}

static void
skip_space(struct cursor *c)
{
	while (c->p < c->end && *c->p == ' ')
		c->p++;
}

static bool
take(struct cursor *c, char token)
{
	skip_space(c);
	if (c->p == c->end || *c->p != token)
		return false;
	c->p++;
	return true;
}

static struct integer
parse_integer(struct cursor *c)
{
	struct integer n = { false, false, false, 0 };

	skip_space(c);
	if (c->p < c->end && *c->p == '-') {
		n.negative = true;
		c->p++;
	}
	for (; c->p < c->end && *c->p >= '0' && *c->p <= '9'; c->p++) {
		n.given = true;
		if (!sftr__mul(n.magnitude, 10, &n.magnitude) ||
		    !sftr__add(n.magnitude, (uint64_t)(*c->p - '0'),
			       &n.magnitude)) {
			n.magnitude = UINT64_MAX;
			n.huge = true;
		}
	}
	if (n.negative && !n.given)
		fail(c, c->p, "a digit after '-'");
	/* As elsewhere, -0 is 0, and not the end. */
	n.negative = n.negative && n.magnitude > 0;
	return n;
}

/* A bound as a place in the dimension, clamped to it. */
static uint64_t
clamp(struct integer n, uint64_t extent)
{
	if (n.negative)
		return n.magnitude > extent ? 0 : extent - n.magnitude;
	return n.magnitude > extent ? extent : n.magnitude;
}

static void
parse_range(struct cursor *c, struct integer start, uint64_t extent,
	    sftr_slice *s)
{
	struct integer n;
	const char *at;

	s->start = start.given ? clamp(start, extent) : 0;
	n = parse_integer(c);
	s->stop = n.given ? clamp(n, extent) : extent;
	if (s->stop < s->start)
		s->stop = s->start;
	if (!take(c, ':'))
		return;
	skip_space(c);
	at = c->p;
	n = parse_integer(c);
	if (n.given && (n.negative || n.magnitude == 0))
		fail(c, at, "a step of 1 or more");
	s->step = n.given ? n.magnitude : 1;
}

static void
parse_item(struct cursor *c, uint32_t dim, uint64_t extent, sftr_slice *s)
{
	struct integer n;
	const char *at;

	skip_space(c);
	at = c->p;
	n = parse_integer(c);
	if (take(c, ':')) {
		parse_range(c, n, extent, s);
		return;
	}
	if (!n.given || n.huge) {
		fail(c, at, n.huge ? "a number below 2^64" : "a number or ':'");
		return;
	}
	if (n.negative ? n.magnitude > extent : n.magnitude >= extent) {
		if (c->code != SFTR_OK)
			return;
		c->code = sftr__fail_at(
			c->err, SFTR_E_SLICE, (uint64_t)(at - c->text),
			"index %s%" PRIu64 " is out of range, dimension "
			"%" PRIu32 " has %" PRIu64,
			n.negative ? "-" : "", n.magnitude, dim, extent);
		sftr__set_file(c->err, "slice");
		c->p = c->end;
		return;
	}
	s->start = n.negative ? extent - n.magnitude : n.magnitude;
	s->stop = s->start + 1;
	s->drop = 1;
}

sftr_code
sftr_slice_parse(const char *text, size_t n_bytes, const sftr_tensor *tensor,
		 sftr_slice *slices, sftr_error *err)
{
	struct cursor c = { text, text, text + n_bytes, err, SFTR_OK };
	uint32_t n_items = 0;

	if (tensor == NULL)
		return sftr__fail_absent(err);
	for (uint32_t i = 0; i < tensor->rank; i++) {
		sftr_slice whole = { 0, tensor->shape[i], 1, 0 };

		slices[i] = whole;
	}
	skip_space(&c);
	if (c.p == c.end)
		return SFTR_OK;
	do {
		skip_space(&c);
		if (n_items == tensor->rank) {
			fail(&c, c.p,
			     tensor->rank == 0 ? "no item, this is a scalar" :
						 "no more items, one for each "
						 "dimension is enough");
			break;
		}
		parse_item(&c, n_items, tensor->shape[n_items],
			   &slices[n_items]);
		n_items++;
	} while (take(&c, ','));
	skip_space(&c);
	if (c.p < c.end)
		fail(&c, c.p, "',' or the end");
	return c.code;
}
