/* SPDX-License-Identifier: MIT */
/* expect: SFTR_VIEW_AS wants const T \*, T as large as the dtype */
#include <safetree/struct.h>

struct s {
	const float *w;
};
SFTR_STRUCT(table, struct s, SFTR_VIEW_AS(w, SFTR_F4, "4"));
