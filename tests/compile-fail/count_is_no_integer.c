/* SPDX-License-Identifier: MIT */
/* expect: the count of SFTR_STRUCTS is no integer */
#include <safetree/struct.h>

struct one {
	float w[4];
};
SFTR_STRUCT(one_table, struct one, SFTR_ARRAY(w, "4"));

struct s {
	struct one ones[2];
	double n;
};
SFTR_STRUCT(table, struct s, SFTR_STRUCTS(ones, n, one_table));
