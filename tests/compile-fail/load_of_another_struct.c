/* SPDX-License-Identifier: MIT */
/* expect: the object is not of the struct of table */
#include <safetree/struct.h>

struct s {
	float w[4];
};
SFTR_STRUCT(table, struct s, SFTR_ARRAY(w, "4"));

struct other {
	float w[4];
};

int
load(struct other *object);

int
load(struct other *object)
{
	return SFTR_LOAD("w.safetensors", table, object, NULL, NULL, NULL);
}
