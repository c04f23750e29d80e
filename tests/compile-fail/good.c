/* SPDX-License-Identifier: MIT */
/* What the others get wrong, done right. */
#include <safetree/struct.h>

#include <stdbool.h>

struct one {
	float w[4];
};
SFTR_STRUCT(one_table, struct one, SFTR_ARRAY(w, "4"));

struct s {
	float *alloc;
	const double *view;
	float *into;
	int capacity;
	short array[4][4];
	uint16_t *half;
	unsigned char *bytes;
	bool has_alloc;
	struct one one;
	struct one ones[3];
	struct one *grown;
	long n;
	size_t dim;
};
SFTR_STRUCT(table, struct s, SFTR_ALLOC(alloc, "dim", SFTR_OPTIONAL(has_alloc)),
	    SFTR_VIEW(view, "4", SFTR_NAME("a"), SFTR_NAME("b"), SFTR_OR_COPY),
	    SFTR_INTO(into, capacity, "? ?"), SFTR_ARRAY2(array, "4 4"),
	    SFTR_ALLOC_AS(half, SFTR_BF16, "..."),
	    SFTR_ALLOC_AS(bytes, SFTR_F8_E4M3, "..."),
	    SFTR_NESTED(one, one_table),
	    SFTR_STRUCTS(ones, n, one_table, SFTR_NAME("ones_*")),
	    SFTR_STRUCTS_ALLOC(grown, n, one_table), SFTR_DIM(dim, "dim"));

int
use(struct s *object, sftr_binding **binding);

int
use(struct s *object, sftr_binding **binding)
{
	const struct s *same = object;

	return SFTR_LOAD("w.safetensors", table, object, NULL, binding, NULL) ||
	       SFTR_SAVE("w.safetensors", table, same, NULL, NULL);
}
