/* SPDX-License-Identifier: MIT */
/*
 * The elements that a slice selects, by their place in the selection, read in
 * small pieces however large the tensor is.
 */
#ifndef CLI_SELECTION_H
#define CLI_SELECTION_H

#include <safetree.h>

/* More than one element in a dimension: at most 64 of them fill 64 bits. */
#define SELECTION_AXES 64
#define SELECTION_WINDOW 65536

/* Elements 'count' times 'step' apart, counted in elements of the tensor. */
struct axis {
	uint64_t count;
	uint64_t step;
};

typedef struct selection {
	const sftr_checkpoint *ckpt;
	const sftr_tensor *tensor;
	uint64_t *shape; /* of the selection, rank extents */
	uint32_t rank;
	uint64_t n;    /* elements */
	uint64_t base; /* place of the first one in the tensor */
	struct axis axes[SELECTION_AXES]; /* innermost first, joined */
	unsigned n_axes;
	uint64_t at; /* what the window holds: bytes of the tensor */
	size_t n_held;
	unsigned char window[SELECTION_WINDOW];
} selection;

/*
 * What 'slice' selects of a tensor, NULL: all.  NULL after a complaint; to be
 * freed by selection_free.
 */
selection *
selection_new(const char *path, const sftr_checkpoint *ckpt,
	      const sftr_tensor *tensor, const char *slice);
void
selection_free(selection *s);

/* The place in the tensor of the k-th selected element. */
uint64_t
selection_place(const selection *s, uint64_t k);

/* The bits of the element at a place in the tensor, in the low bits. */
sftr_code
selection_bits(selection *s, uint64_t place, uint64_t *bits, sftr_error *err);

/* Elements in a row that also lie in a row in the file; divides n. */
uint64_t
selection_run(const selection *s);

#endif
