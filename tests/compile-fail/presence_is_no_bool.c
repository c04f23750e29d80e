/* SPDX-License-Identifier: MIT */
/* expect: SFTR_OPTIONAL wants a member of type bool */
#include <safetree/struct.h>

struct s {
	float *w;
	int has_w;
};
SFTR_STRUCT(table, struct s, SFTR_ALLOC(w, "4", SFTR_OPTIONAL(has_w)));
