/* SPDX-License-Identifier: MIT */
/*
 * Weights that were tuned, over those of the whole network: partial BASE TUNED
 *
 * The tuned file holds a few tensors only, under the prefixes that wrappers of
 * PyTorch put before the names.  The rest of the tree keeps what BASE says, and
 * the report tells which.
 */
#include <safetree.h>

#include <stdio.h>

static int
print_finding(void *user, const sftr_diagnostic *d)
{
	char line[512];

	(void)user;
	puts(sftr_finding_text(d, line, sizeof line));
	return 0;
}

static void
print_bias(sftr_tree *tree, const char *when)
{
	sftr_node *node = sftr_tree_get(tree, SFTR_CODEC_GUESS, "3.bias", 6);
	sftr_leaf leaf;

	if (node != NULL && sftr_node_tensor(node, &leaf, NULL) == SFTR_OK &&
	    leaf.dtype == SFTR_F32 && leaf.n_bytes >= sizeof(float))
		printf("3.bias[0] %s = %g\n", when,
		       (double)*(const float *)leaf.data);
}

static sftr_code
fill(sftr_tree *tree, const char *path, sftr_error *err)
{
	const char *const strip[] = { "module.", "_orig_mod." };
	const sftr_bind_options options = {
		.strip = strip,
		.n_strip = 2,
		.missing = SFTR_WARN, /* what is not in it keeps its value */
		.finding = print_finding,
		.target = "the base",
	};
	sftr_checkpoint *tuned = NULL;
	sftr_report report;
	char line[700];
	sftr_code code = sftr_checkpoint_open(path, NULL, &tuned, err);

	if (code != SFTR_OK)
		return code;
	code = sftr_set_weights(tree, tuned, &options, &report, err);
	puts(sftr_report_text(&report, line, sizeof line));
	sftr_checkpoint_close(tuned);
	return code;
}

int
main(int argc, char **argv)
{
	const sftr_tree_options copies = { .data = SFTR_TREE_COPY };
	const char *base = argc > 1 ? argv[1] : "";
	sftr_tree *tree = NULL;
	sftr_error err;
	char text[512];
	sftr_code code = sftr_tree_load(base, &copies, &tree, &err);

	if (code == SFTR_OK) {
		print_bias(tree, "before");
		code = fill(tree, argc > 2 ? argv[2] : "", &err);
	}
	if (code == SFTR_OK)
		print_bias(tree, "after");
	else
		fprintf(stderr, "%s\n", sftr_error_text(&err, text, sizeof text));
	sftr_tree_free(tree);
	return code != SFTR_OK;
}
