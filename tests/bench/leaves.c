/* SPDX-License-Identifier: MIT */
/*
 * leaves N build: a tree of N leaves by hand, in layers of ten.  Prints the
 * bytes that a node takes beyond its text.
 * leaves N walk: builds it, and walks it.
 * leaves N save FILE: builds it, and saves it.
 * leaves N load FILE: loads it.  Prints the bytes of a node again, without those
 * of the checkpoint, which has bounds of its own.
 */
#include <safetree.h>

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define IN_A_LAYER 10

/* What a tree holds of memory. */
struct account {
	size_t now;
};

static void *
resize(void *user, void *block, size_t old_size, size_t new_size)
{
	struct account *account = user;
	void *more;

	if (new_size == 0) {
		free(block);
		account->now -= old_size;
		return NULL;
	}
	more = realloc(block, new_size);
	if (more != NULL)
		account->now += new_size - old_size;
	return more;
}

static sftr_code
build(uint64_t n, const sftr_allocator *a, sftr_tree **tree, sftr_error *err)
{
	static float one = 1;
	sftr_node *list, *layer = NULL;
	sftr_code code = sftr_tree_new(a, tree, err);
	char name[16];

	if (code != SFTR_OK)
		return code;
	list = sftr_tree_set_root(*tree, SFTR_NODE_DICT);
	list = sftr_node_add(list, sftr_key("layers"), SFTR_NODE_LIST);
	for (uint64_t i = 0; i < n; i++) {
		if (i % IN_A_LAYER == 0)
			layer = sftr_node_add(
				list, sftr_index((int64_t)(i / IN_A_LAYER)),
				SFTR_NODE_DICT);
		snprintf(name, sizeof name, "weight%u",
			 (unsigned)(i % IN_A_LAYER));
		sftr_node_add_tensor(layer, sftr_key(name), SFTR_F32, NULL, 0,
				     &one);
	}
	return sftr_tree_status(*tree, err);
}

struct sums {
	uint64_t n_nodes;
	uint64_t n_text;
	uint64_t n_leaves;
};

static int
add_node(void *user, const sftr_node *node, const sftr_step *steps, size_t n)
{
	struct sums *sums = user;

	sums->n_nodes++;
	sums->n_leaves += sftr_node_kind_of(node) == SFTR_NODE_TENSOR;
	if (n > 0 && steps[n - 1].kind == SFTR_STEP_KEY)
		sums->n_text += steps[n - 1].text.len;
	return 0;
}

static sftr_code
walk(sftr_tree *tree, uint64_t n, struct sums *sums, sftr_error *err)
{
	sftr_code code;

	memset(sums, 0, sizeof *sums);
	code = sftr_node_walk(sftr_tree_root(tree), add_node, sums, err);
	if (code == SFTR_OK && sums->n_leaves != n)
		printf("%" PRIu64 " leaves?\n", sums->n_leaves);
	return code;
}

/* The sums are by rule, so that counting them costs nothing. */
static void
print_bytes(uint64_t n, size_t now)
{
	uint64_t n_nodes = n + n / IN_A_LAYER + 2, n_text = 7 * n + 6;

	printf("%.1f\n", ((double)now - (double)n_text) / (double)n_nodes);
}

static sftr_code
load(const char *path, const sftr_allocator *a, sftr_tree **tree,
     sftr_error *err)
{
	sftr_tree_options how = { .codec = SFTR_CODEC_P2S, .allocator = a };
	sftr_checkpoint *ckpt;
	sftr_code code = sftr_checkpoint_open(path, NULL, &ckpt, err);

	if (code == SFTR_OK)
		code = sftr_tree_from_checkpoint(ckpt, &how, tree, err);
	sftr_checkpoint_close(ckpt);
	return code;
}

static sftr_code
run(uint64_t n, const char *what, const char *path, sftr_error *err)
{
	struct account account = { 0 };
	const sftr_allocator a = { resize, &account };
	sftr_write_options write = { .not_durable = 1 };
	sftr_save_options save = { .codec = SFTR_CODEC_P2S, .write = &write };
	sftr_tree *tree = NULL;
	struct sums sums;
	sftr_code code;

	if (strcmp(what, "load") == 0)
		code = load(path, &a, &tree, err);
	else
		code = build(n, &a, &tree, err);
	if (code == SFTR_OK && strcmp(what, "walk") == 0)
		code = walk(tree, n, &sums, err);
	else if (code == SFTR_OK && strcmp(what, "save") == 0)
		code = sftr_tree_save(tree, path, &save, err);
	else if (code == SFTR_OK)
		print_bytes(n, account.now);
	sftr_tree_free(tree);
	return code;
}

int
main(int argc, char **argv)
{
	char text[800];
	sftr_error err;

	if (argc < 3)
		return 2;
	if (run(strtoull(argv[1], NULL, 10), argv[2], argc > 3 ? argv[3] : "",
		&err) == SFTR_OK)
		return 0;
	fprintf(stderr, "%s\n", sftr_error_text(&err, text, sizeof text));
	return 1;
}
