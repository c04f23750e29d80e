/* SPDX-License-Identifier: MIT */
/* expect: SFTR_ALLOC wants a member T \* */
#include <safetree/struct.h>

struct s {
	char *w;
};
SFTR_STRUCT(table, struct s, SFTR_ALLOC(w, "4"));
