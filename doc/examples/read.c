/* SPDX-License-Identifier: MIT */
/* Lists a checkpoint, and reads its first tensor of F32: read PATH */
#include <safetree.h>

#include <stdio.h>
#include <stdlib.h>

int
main(int argc, char **argv)
{
	sftr_checkpoint *ckpt = NULL;
	const sftr_tensor *t, *first = NULL;
	float *w = NULL;
	size_t n = 0;
	sftr_error err;
	char text[512];
	sftr_code code;

	code = sftr_checkpoint_open(argc > 1 ? argv[1] : "", NULL, &ckpt, &err);
	for (size_t i = 0; (t = sftr_checkpoint_at(ckpt, i)) != NULL; i++) {
		printf("%-28s %s\n", t->name.ptr, sftr_dtype_name(t->dtype));
		if (first == NULL && t->dtype == SFTR_F32 && t->begin < t->end)
			first = t;
	}
	if (first != NULL) {
		n = (size_t)sftr_tensor_n_bytes(first);
		w = malloc(n);
		code = sftr_checkpoint_read(ckpt, first, w, w ? n : 0, &err);
	}
	if (code != SFTR_OK)
		fprintf(stderr, "%s\n", sftr_error_text(&err, text, sizeof text));
	else if (w != NULL)
		printf("%s[0] = %g\n", first->name.ptr, (double)w[0]);
	free(w);
	sftr_checkpoint_close(ckpt);
	return code != SFTR_OK;
}
