/* SPDX-License-Identifier: MIT */
/* expect: SFTR_ALLOC_AS wants T \*, T as large as the dtype */
#include <safetree/struct.h>

struct s {
	float *w;
};
SFTR_STRUCT(table, struct s, SFTR_ALLOC_AS(w, SFTR_BF16, "4"));
