/* SPDX-License-Identifier: MIT */
/*
 * Classifies handwritten digits with a network that was trained in JAX, and
 * compares with what JAX said: digits MODEL HELDOUT
 *
 *	8x8 -> convolution 3x3 to 8 channels -> ReLU -> maximum of 2x2
 *	    -> dense 32 -> ReLU -> dense 10
 *
 * The tables name what Flax named, and turn what Flax keeps the other way.
 */
#include <safetree.h>

#include <math.h>
#include <stdio.h>

struct conv {
	float weight[8 * 9]; /* channel, y, x: the one input channel is gone */
	float bias[8];
};

SFTR_STRUCT(conv_table, struct conv,
	    SFTR_ARRAY(weight, "8 1 3 3",
		       SFTR_NAME_AS("kernel", "permute 3,2,0,1")),
	    SFTR_ARRAY(bias, "8"));

struct dense {
	float *weight; /* out, in: a row is what one output sums */
	const float *bias;
	size_t in, out;
};

SFTR_STRUCT(dense_table, struct dense,
	    SFTR_ALLOC(weight, "out in", SFTR_NAME_T("kernel")),
	    SFTR_VIEW(bias, "out", SFTR_OR_COPY),
	    SFTR_DIM(in, "in"), SFTR_DIM(out, "out"));

struct net {
	struct conv conv;
	struct dense dense[2];
};

SFTR_STRUCT(net_table, struct net,
	    SFTR_NESTED(conv, conv_table, SFTR_NAME("params.Conv_0")),
	    SFTR_STRUCTS_EXACTLY(dense, dense_table,
				 SFTR_NAME("params.Dense_*")));

struct heldout {
	const float *images;	     /* n, y, x */
	const unsigned char *labels; /* n */
	const float *logits;	     /* n, class: what JAX gave */
	size_t n;
};

SFTR_STRUCT(heldout_table, struct heldout,
	    SFTR_VIEW(images, "n 8 8", SFTR_OR_COPY),
	    SFTR_VIEW(labels, "n", SFTR_OR_COPY),
	    SFTR_VIEW(logits, "n 10", SFTR_OR_COPY), SFTR_DIM(n, "n"));

/* One output of the convolution, the image taken as 0 outside. */
static float
convolve(const struct conv *conv, const float *image, int channel, int y, int x)
{
	float sum = 0;

	for (int dy = -1; dy <= 1; dy++)
		for (int dx = -1; dx <= 1; dx++)
			if (y + dy >= 0 && y + dy < 8 && x + dx >= 0 &&
			    x + dx < 8)
				sum += conv->weight[channel * 9 +
						    (dy + 1) * 3 + dx + 1] *
				       image[(y + dy) * 8 + x + dx];
	sum += conv->bias[channel];
	return sum > 0 ? sum : 0;
}

/* Convolution and maximum; out[y][x][channel], as Flax flattens it. */
static void
see(const struct conv *conv, const float *image, float out[4 * 4 * 8])
{
	for (int i = 0; i < 4 * 4 * 8; i++) {
		int channel = i % 8, x = i / 8 % 4 * 2, y = i / 32 * 2;

		out[i] = 0;
		for (int k = 0; k < 4; k++)
			out[i] = fmaxf(out[i], convolve(conv, image, channel,
							y + k / 2, x + k % 2));
	}
}

static void
apply(const struct dense *dense, const float *in, float *out, int relu)
{
	for (size_t o = 0; o < dense->out; o++) {
		float sum = 0;

		for (size_t i = 0; i < dense->in; i++)
			sum += dense->weight[o * dense->in + i] * in[i];
		sum += dense->bias[o];
		out[o] = relu && sum < 0 ? 0 : sum;
	}
}

static void
classify(const struct net *net, const float *image, float logits[10])
{
	float seen[4 * 4 * 8], hidden[32];

	see(&net->conv, image, seen);
	apply(&net->dense[0], seen, hidden, 1);
	apply(&net->dense[1], hidden, logits, 0);
}

static int
largest(const float logits[10])
{
	int best = 0;

	for (int i = 1; i < 10; i++)
		if (logits[i] > logits[best])
			best = i;
	return best;
}

static int
compare(const struct net *net, const struct heldout *held, const char *recorded)
{
	size_t right = 0;
	float off = 0;

	for (size_t i = 0; i < held->n; i++) {
		float logits[10];

		classify(net, held->images + i * 64, logits);
		right += largest(logits) == held->labels[i];
		for (int k = 0; k < 10; k++) {
			float x = held->logits[i * 10 + (size_t)k];
			float d = fabsf(logits[k] - x);

			off = d >= 0 ? fmaxf(off, d) : INFINITY; /* a NaN */
		}
	}
	printf("JAX, when it was trained: %s right\n", recorded);
	printf("this program:             %zu/%zu right\n", right, held->n);
	printf("largest difference between the logits: %.2g\n", (double)off);
	return off < 1e-5f ? 0 : 1;
}

int
main(int argc, char **argv)
{
	const char *model = argc > 1 ? argv[1] : "", *data = argc > 2 ? argv[2] : "";
	sftr_binding *weights = NULL, *examples = NULL;
	sftr_checkpoint *ckpt = NULL;
	const sftr_metadata *accuracy;
	struct heldout held;
	struct net net;
	sftr_error err;
	char text[1024];
	int status = 1;

	if (SFTR_LOAD(model, net_table, &net, NULL, &weights, &err) ||
	    sftr_checkpoint_open(data, NULL, &ckpt, &err) ||
	    SFTR_BIND(ckpt, heldout_table, &held, NULL, &examples, &err) ||
	    sftr_binding_load(examples, NULL, &err)) {
		fprintf(stderr, "%s\n", sftr_error_text(&err, text, sizeof text));
	} else if (net.dense[0].in != 128 || net.dense[0].out != 32 ||
		   net.dense[1].in != 32 || net.dense[1].out != 10) {
		fprintf(stderr, "%s: not this network's layers\n", model);
	} else {
		accuracy = sftr_checkpoint_metadata(ckpt, "accuracy", 8);
		status = compare(&net, &held,
				 accuracy != NULL ? accuracy->value.ptr : "?");
	}
	sftr_binding_free(weights);
	sftr_binding_free(examples);
	sftr_checkpoint_close(ckpt);
	return status;
}
