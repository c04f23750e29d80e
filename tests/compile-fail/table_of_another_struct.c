/* SPDX-License-Identifier: MIT */
/* expect: SFTR_NESTED wants a member of the struct of other_table */
#include <safetree/struct.h>

struct one {
	float w[4];
};
struct other {
	float w[4];
};
SFTR_STRUCT(other_table, struct other, SFTR_ARRAY(w, "4"));

struct s {
	struct one one;
};
SFTR_STRUCT(table, struct s, SFTR_NESTED(one, other_table));
