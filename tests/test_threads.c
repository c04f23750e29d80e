/* SPDX-License-Identifier: MIT */
/*
 * What the headers call safe from several threads, all at once on one
 * checkpoint: looking, views, reads, slices, bindings that load, trees.  Under
 * ThreadSanitizer this is a proof; without, the bytes still have to be right.
 */
#include "effort.h"
#include "folder.h"
#include "str.h"
#include "suite.h"

#include <pthread.h>
#include <safetree.h>

#define N_THREADS 4
#define N 5000

static const char header[] = "{\"__metadata__\":{\"k\":\"v\"},"
			     "\"net.w\":{\"dtype\":\"U8\",\"shape\":[50,100],"
			     "\"data_offsets\":[0,5000]},"
			     "\"net.v\":{\"dtype\":\"U8\",\"shape\":[5000],"
			     "\"data_offsets\":[5000,10000]}}";

static bool
is_right(const unsigned char *bytes, size_t begin, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (bytes[i] != (begin + i) % 251)
			return false;
	return true;
}

static const sftr_tensor *
find(const sftr_checkpoint *ckpt, const char *name)
{
	return sftr_checkpoint_find(ckpt, name, strlen(name));
}

static const char *
look(const sftr_checkpoint *ckpt)
{
	sftr_checkpoint *held = sftr_checkpoint_retain(ckpt);
	const sftr_metadata *m = sftr_checkpoint_metadata(held, "k", 1);
	bool is_good = m != NULL && m->value.len == 1 &&
		       find(ckpt, "net.w") == sftr_checkpoint_at(held, 0) &&
		       find(ckpt, "net.x") == NULL;

	sftr_checkpoint_close(held);
	return is_good ? NULL : "look";
}

static const char *
view(const sftr_checkpoint *ckpt)
{
	const void *bytes;

	if (sftr_checkpoint_view(ckpt, find(ckpt, "net.v"), &bytes, NULL) !=
	    SFTR_OK)
		return "view";
	return is_right(bytes, N, N) ? NULL : "what is viewed";
}

static const char *
read_all(const sftr_checkpoint *ckpt)
{
	const sftr_tensor *t = find(ckpt, "net.w");
	sftr_slice slices[2] = { { 3, 5, 1, 0 }, { 0, 100, 1, 0 } };
	unsigned char bytes[N];

	if (sftr_checkpoint_read(ckpt, t, bytes, N, NULL) != SFTR_OK ||
	    !is_right(bytes, 0, N))
		return "read";
	if (sftr_checkpoint_read_slice(ckpt, t, slices, bytes, 200, NULL) !=
		    SFTR_OK ||
	    !is_right(bytes, 300, 200))
		return "read_slice";
	return NULL;
}

static const char *
load(const sftr_checkpoint *ckpt)
{
	static const char *const names[2] = { "net.w", "net.v" };
	sftr_bind_options options = { .n_threads = 2 };
	unsigned char bytes[2][N];
	sftr_slot slots[2];
	sftr_binding *b;
	sftr_code code;

	memset(slots, 0, sizeof slots);
	for (size_t i = 0; i < 2; i++) {
		slots[i].name = str(names[i]);
		slots[i].shape_text = "...";
		slots[i].data = bytes[i];
		slots[i].capacity = N;
	}
	if (sftr_bind(slots, 2, ckpt, &options, &b, NULL) != SFTR_OK)
		return "bind";
	code = sftr_binding_load(b, NULL, NULL);
	sftr_binding_free(b);
	return code == SFTR_OK && is_right(bytes[0], 0, N) &&
			       is_right(bytes[1], N, N) ?
		       NULL :
		       "load";
}

static const char *
grow(const sftr_checkpoint *ckpt)
{
	sftr_tree *tree;
	sftr_leaf leaf;
	sftr_code code;

	if (sftr_tree_from_checkpoint(ckpt, NULL, &tree, NULL) != SFTR_OK)
		return "tree";
	code = sftr_node_tensor(
		sftr_node_child(sftr_node_child(sftr_tree_root(tree), 0, NULL),
				0, NULL),
		&leaf, NULL);
	sftr_tree_free(tree);
	return code == SFTR_OK && leaf.n_bytes == N ? NULL : "leaf";
}

typedef const char *
act_fn(const sftr_checkpoint *ckpt);
static act_fn *const acts[] = { view, look, read_all, load, grow };

struct worker {
	pthread_t thread;
	const sftr_checkpoint *ckpt;
	size_t number;
	const char *failed;
};

/* Another act first in every thread, or in all the same. */
static void *
work(void *user)
{
	struct worker *w = user;

	for (size_t i = 0; i < COUNT(acts) && w->failed == NULL; i++)
		w->failed = acts[(w->number + i) % COUNT(acts)](w->ckpt);
	return NULL;
}

/* Opened anew each time, so that the first view, which maps, is raced for. */
START_TEST(one_checkpoint_serves_many_threads_at_once)
{
	size_t n = repetitions(60, 2000);
	struct worker workers[N_THREADS];

	folder_tensors(in_folder("m"), header, 2 * N);
	for (size_t round = 0; round < n; round++) {
		sftr_checkpoint *ckpt;

		ck_assert_int_eq(
			sftr_checkpoint_open(in_folder("m"), NULL, &ckpt, NULL),
			SFTR_OK);
		for (size_t i = 0; i < N_THREADS; i++) {
			struct worker *w = &workers[i];

			w->ckpt = ckpt;
			w->number = round + (round % 2 == 0 ? 0 : i);
			w->failed = NULL;
			ck_assert_int_eq(
				pthread_create(&w->thread, NULL, work, w), 0);
		}
		for (size_t i = 0; i < N_THREADS; i++)
			ck_assert_int_eq(pthread_join(workers[i].thread, NULL),
					 0);
		for (size_t i = 0; i < N_THREADS; i++)
			ck_assert_msg(workers[i].failed == NULL, "%s",
				      workers[i].failed);
		sftr_checkpoint_close(ckpt);
	}
}
END_TEST

int
main(void)
{
	TCase *tc = tcase_create("threads");

	tcase_add_checked_fixture(tc, folder_make, folder_remove);
	tcase_add_test(tc, one_checkpoint_serves_many_threads_at_once);
	return run_suite("threads", tc);
}
