/* SPDX-License-Identifier: MIT */
/*
 * Acts for a sweep: each public function that can fail, called once on
 * something real, so that any allocation or call of the system in it can be
 * made to fail.
 */
#ifndef SFTR_TESTS_SWEEP_H
#define SFTR_TESTS_SWEEP_H

#include <safetree/struct.h>

#define N_FLOATS 6

/* What an act finds ready; whatever is there is released afterwards. */
struct scene {
	sftr_checkpoint *ckpt;
	sftr_tree *tree;
	sftr_binding *binding;
	sftr_writer *writer;
	float floats[N_FLOATS];
	unsigned char bytes[8192];
	size_t n_bytes;
	int fd; /* -1: none */
};

struct act {
	const char *name; /* of the function */
	void (*prepare)(struct scene *s);
	/*
	 * Calls it, and releases what it gave.  After a failure nothing must
	 * have been given: that is asserted here.
	 */
	sftr_code (*run)(struct scene *s, sftr_error *err);
	int once; /* what a failure leaves half declared is not asked again */
};

extern const struct act checkpoint_acts[], tree_acts[], bind_acts[];
extern const size_t n_checkpoint_acts, n_tree_acts, n_bind_acts;

/* The path of a name in the test's folder. */
const char *
scene_path(const char *name);

/*
 * Files in the folder that acts read: "m.safetensors" and the set "set" with
 * tensors "a.w" F32 [2,3] and "a.b" I16 [3], and "tree.safetensors", a tree
 * with a structure note.  "out.safetensors" is there to be replaced.
 */
void
scene_files(void);

/* The opened "m.safetensors". */
void
scene_checkpoint(struct scene *s);

#endif
