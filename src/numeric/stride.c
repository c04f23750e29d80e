/* SPDX-License-Identifier: MIT */
#include "numeric/stride.h"

#include "numeric/swap.h"
#include "numeric/turn.h"

#include <string.h>

/* A block of crossing axes is as large as its copy may be in the first cache. */
#define TILE_BYTES 16384

void
sftr__stride_begin(sftr__stride *s, size_t element, unsigned swap)
{
	s->element = element;
	s->swap = swap;
	s->empty = element == 0;
	s->rank = 0;
}

/* Whether an axis of this step goes on where one of 'below' ends. */
static bool
goes_on(int64_t step, ptrdiff_t below, uint64_t extent)
{
	return (uint64_t)step == (uint64_t)below * extent;
}

void
sftr__stride_dim(sftr__stride *s, uint64_t extent, int64_t dst_step,
		 int64_t src_step)
{
	sftr__stride_axis *end = s->axes + s->rank;

	if (extent == 0)
		s->empty = true;
	if (extent <= 1 || s->empty)
		return;
	if (s->rank > 0 && goes_on(dst_step, end[-1].dst, end[-1].extent) &&
	    goes_on(src_step, end[-1].src, end[-1].extent)) {
		end[-1].extent *= extent;
	} else if (s->rank == SFTR__STRIDE_AXES) {
		/* Only an extent of 0 still to come lets so many be. */
		s->empty = true;
	} else {
		end->extent = extent;
		end->dst = (ptrdiff_t)dst_step;
		end->src = (ptrdiff_t)src_step;
		s->rank++;
	}
}

static sftr__stride_axis
take_axis(sftr__stride *s, unsigned i)
{
	sftr__stride_axis axis = s->axes[i];

	s->rank--;
	memmove(s->axes + i, s->axes + i + 1,
		(s->rank - i) * sizeof s->axes[0]);
	return axis;
}

/* What lies side by side in dst and in src alike moves as one element. */
static void
widen_element(sftr__stride *s)
{
	unsigned i = 0;

	while (i < s->rank) {
		ptrdiff_t step = (ptrdiff_t)s->element;

		if (s->axes[i].dst == step && s->axes[i].src == step) {
			s->element *= (size_t)take_axis(s, i).extent;
			i = 0;
		} else {
			i++;
		}
	}
}

static size_t
distance(ptrdiff_t step)
{
	return step < 0 ? 0 - (size_t)step : (size_t)step;
}

/* The axis with the smallest step, in dst or in src. */
static unsigned
nearest(const sftr__stride *s, bool in_dst)
{
	unsigned best = 0;

	for (unsigned i = 1; i < s->rank; i++) {
		const sftr__stride_axis *a = &s->axes[best], *b = &s->axes[i];

		if (in_dst ? distance(b->dst) < distance(a->dst) :
			     distance(b->src) < distance(a->src))
			best = i;
	}
	return best;
}

static inline void
move(char *dst, const char *src, size_t size, unsigned swap)
{
	if (swap > 1)
		sftr__swap(dst, src, size / swap, swap);
	else
		memcpy(dst, src, size);
}

/*
 * Inlined with a constant size, so that moving an element is one load; the
 * axes are copies, which no store can change.
 */
static inline void
copy_elements(char *dst, const char *src, sftr__stride_axis a,
	      sftr__stride_axis b, size_t size, unsigned swap)
{
	for (size_t j = 0; j < b.extent; j++) {
		char *d = dst + (ptrdiff_t)j * b.dst;
		const char *s = src + (ptrdiff_t)j * b.src;

		for (size_t i = 0; i < a.extent; i++)
			move(d + (ptrdiff_t)i * a.dst, s + (ptrdiff_t)i * a.src,
			     size, swap);
	}
}

static void
copy_plane(char *dst, const char *src, const sftr__stride_axis *a,
	   const sftr__stride_axis *b, size_t size, unsigned swap)
{
	switch (swap > 1 ? 0 : size) {
	case 1: copy_elements(dst, src, *a, *b, 1, 1); break;
	case 2: copy_elements(dst, src, *a, *b, 2, 1); break;
	case 4: copy_elements(dst, src, *a, *b, 4, 1); break;
	case 8: copy_elements(dst, src, *a, *b, 8, 1); break;
	default: copy_elements(dst, src, *a, *b, size, swap); break;
	}
}

static uint64_t
smaller(uint64_t a, uint64_t b)
{
	return a < b ? a : b;
}

/*
 * Where runs of src become columns of dst they are first laid side by side: as
 * they lie in src they may fall on one and the same place of a cache, and drive
 * each other out of it.
 */
static void
copy_block(char *dst, const char *src, const sftr__stride_axis *a,
	   const sftr__stride_axis *b, size_t size, unsigned swap)
{
	size_t run = (size_t)b->extent * size;
	char tile[TILE_BYTES];

	if (swap > 1 || !sftr__turns(size) || a->dst != (ptrdiff_t)size ||
	    b->src != (ptrdiff_t)size) {
		copy_plane(dst, src, a, b, size, swap);
		return;
	}
	for (size_t i = 0; i < a->extent; i++)
		memcpy(tile + i * run, src + (ptrdiff_t)i * a->src, run);
	sftr__turn(dst, b->dst, tile, (ptrdiff_t)run, (size_t)a->extent,
		   (size_t)b->extent, size);
}

/* Elements along each side of a block. */
static uint64_t
block_side(size_t size)
{
	uint64_t side = 8;

	while (side < 128 && 4 * side * side * size <= TILE_BYTES)
		side *= 2;
	return side;
}

static void
copy_blocks(char *dst, const char *src, const sftr__stride_axis *a,
	    const sftr__stride_axis *b, size_t size, unsigned swap)
{
	sftr__stride_axis x = *a, y = *b;
	uint64_t side = block_side(size);

	for (uint64_t j = 0; j < b->extent; j += side) {
		y.extent = smaller(b->extent - j, side);
		for (uint64_t i = 0; i < a->extent; i += side) {
			x.extent = smaller(a->extent - i, side);
			copy_block(dst + (ptrdiff_t)i * x.dst +
					   (ptrdiff_t)j * y.dst,
				   src + (ptrdiff_t)i * x.src +
					   (ptrdiff_t)j * y.src,
				   &x, &y, size, swap);
		}
	}
}

/* The next indices of the outer axes, as an odometer; false after the last. */
static bool
advance(const sftr__stride *s, uint64_t at[], char **dst, const char **src)
{
	for (unsigned i = 0; i < s->rank; i++) {
		const sftr__stride_axis *axis = &s->axes[i];

		if (++at[i] < axis->extent) {
			*dst += axis->dst;
			*src += axis->src;
			return true;
		}
		at[i] = 0;
		*dst -= axis->dst * (ptrdiff_t)(axis->extent - 1);
		*src -= axis->src * (ptrdiff_t)(axis->extent - 1);
	}
	return false;
}

void
sftr__stride_copy(const sftr__stride *s, void *dst, const void *src)
{
	sftr__stride outer = *s;
	sftr__stride_axis a = { 1, 0, 0 }, b = { 1, 0, 0 };
	uint64_t at[SFTR__STRIDE_AXES] = { 0 };
	const char *from = src;
	char *to = dst;

	if (s->empty)
		return;
	widen_element(&outer);
	if (outer.rank > 0) {
		unsigned i = nearest(&outer, true), j = nearest(&outer, false);

		a = take_axis(&outer, i);
		if (j != i)
			b = take_axis(&outer, j - (j > i));
	}
	do {
		if (b.extent > 1)
			copy_blocks(to, from, &a, &b, outer.element,
				    outer.swap);
		else
			copy_plane(to, from, &a, &b, outer.element, outer.swap);
	} while (advance(&outer, at, &to, &from));
}
