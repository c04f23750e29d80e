/* SPDX-License-Identifier: MIT */
/* expect: SFTR_STRUCTS wants an array of the struct of one_table */
#include <safetree/struct.h>

struct one {
	float w[4];
};
SFTR_STRUCT(one_table, struct one, SFTR_ARRAY(w, "4"));

struct s {
	struct one *ones;
	int n;
};
SFTR_STRUCT(table, struct s, SFTR_STRUCTS(ones, n, one_table));
