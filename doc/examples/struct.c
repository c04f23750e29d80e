/* SPDX-License-Identifier: MIT */
/* Fills a C struct from the digits classifier that JAX wrote: struct PATH */
#include <safetree.h>

#include <stdio.h>

struct dense { const float *kernel, *bias; size_t in, out; };
SFTR_STRUCT(dense_table, struct dense,
	    SFTR_VIEW(kernel, "in out", SFTR_OR_COPY),
	    SFTR_VIEW(bias, "out", SFTR_OR_COPY),
	    SFTR_DIM(in, "in"), SFTR_DIM(out, "out"));

struct net { struct dense dense[4]; int n_dense; };
SFTR_STRUCT(net_table, struct net,
	    SFTR_STRUCTS(dense, n_dense, dense_table,
			 SFTR_NAME("params.Dense_*")));

int
main(int argc, char **argv)
{
	sftr_bind_options options = { .unexpected = SFTR_IGNORE };
	sftr_binding *binding = NULL;
	struct net net;
	sftr_error err;
	char text[512];

	if (SFTR_LOAD(argc > 1 ? argv[1] : "", net_table, &net, &options,
		      &binding, &err)) {
		fprintf(stderr, "%s\n", sftr_error_text(&err, text, sizeof text));
		return 1;
	}
	for (int i = 0; i < net.n_dense; i++)
		printf("dense %d: %zu -> %zu, bias[0] = %g\n", i, net.dense[i].in,
		       net.dense[i].out, (double)net.dense[i].bias[0]);
	sftr_binding_free(binding);
	return 0;
}
