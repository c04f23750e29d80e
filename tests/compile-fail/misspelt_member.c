/* SPDX-License-Identifier: MIT */
/* expect: no member named .wieght. */
#include <safetree/struct.h>

struct s {
	float *weight;
};
SFTR_STRUCT(table, struct s, SFTR_ALLOC(wieght, "4"));
