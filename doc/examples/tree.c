/* SPDX-License-Identifier: MIT */
/* Fills a tree that exists already with the last layer of a file: tree PATH */
#include <safetree.h>

#include <stdio.h>

static float kernel[32][10], bias[10];

int
main(int argc, char **argv)
{
	const uint64_t shape[] = { 32, 10 };
	sftr_bind_options options = { .unexpected = SFTR_IGNORE };
	sftr_checkpoint *ckpt = NULL;
	sftr_tree *tree = NULL;
	sftr_node *dense;
	sftr_error err;
	char text[512];
	sftr_code code = sftr_checkpoint_open(argc > 1 ? argv[1] : "", NULL, &ckpt, &err);

	if (code == SFTR_OK)
		code = sftr_tree_new(NULL, &tree, &err);
	if (code == SFTR_OK) {
		dense = sftr_node_add(sftr_tree_set_root(tree, SFTR_NODE_DICT),
				      sftr_key("params"), SFTR_NODE_DICT);
		dense = sftr_node_add(dense, sftr_key("Dense_1"), SFTR_NODE_DICT);
		sftr_node_add_tensor(dense, sftr_key("kernel"), SFTR_F32, shape, 2, kernel);
		sftr_node_add_tensor(dense, sftr_key("bias"), SFTR_F32, shape + 1, 1, bias);
		code = sftr_set_weights(tree, ckpt, &options, NULL, &err);
	}
	if (code == SFTR_OK)
		printf("bias[9] = %g\n", (double)bias[9]);
	else
		fprintf(stderr, "%s\n", sftr_error_text(&err, text, sizeof text));
	sftr_checkpoint_close(ckpt);
	sftr_tree_free(tree);
	return code != SFTR_OK;
}
