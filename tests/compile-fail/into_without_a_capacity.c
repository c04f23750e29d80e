/* SPDX-License-Identifier: MIT */
/* expect: SFTR_INTO wants a capacity and a shape */
#include <safetree/struct.h>

struct s {
	float *w;
};
SFTR_STRUCT(table, struct s, SFTR_INTO(w, "4"));
