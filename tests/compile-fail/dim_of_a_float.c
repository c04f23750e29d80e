/* SPDX-License-Identifier: MIT */
/* expect: SFTR_DIM wants an integer member */
#include <safetree/struct.h>

struct s {
	float *w;
	float n;
};
SFTR_STRUCT(table, struct s, SFTR_ALLOC(w, "n"), SFTR_DIM(n, "n"));
