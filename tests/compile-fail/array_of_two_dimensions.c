/* SPDX-License-Identifier: MIT */
/* expect: SFTR_ARRAY wants a member T x\[N\] */
#include <safetree/struct.h>

struct s {
	float w[4][4];
};
SFTR_STRUCT(table, struct s, SFTR_ARRAY(w, "4 4"));
