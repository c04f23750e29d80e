/* SPDX-License-Identifier: MIT */
/*
 * Runs a Llama that transformers saved, a file or a folder, and compares with
 * the logits that torch gave: llama2 MODEL FORWARD
 *
 * One table fills the struct.  A "*" stacks the layers; a classifier that is
 * tied to the embedding is not in the file, and has that as its second name.
 */
#include <safetree.h>

#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

/* What neither names nor shapes tell; in the config.json beside the weights. */
static const size_t n_heads = 4;      /* num_attention_heads */
static const float epsilon = 1e-6f;   /* rms_norm_eps */
static const float theta = 10000.0f;  /* rope_theta */
static const float tolerance = 1e-4f; /* times max(1, |x|) */

struct weights {
	float *embedding, *attention_norm, *mlp_norm, *norm, *classifier;
	float *wq, *wk, *wv, *wo, *gate, *up, *down; /* a row is an output's */
	size_t n_layers, dim, kv_dim, hidden, vocab;
};

#define LAYER(name) SFTR_NAME("model.layers.*." name ".weight")

SFTR_STRUCT(weights_table, struct weights,
	    SFTR_ALLOC(embedding, "vocab dim",
		       SFTR_NAME("model.embed_tokens.weight")),
	    SFTR_ALLOC(attention_norm, "layer dim", LAYER("input_layernorm")),
	    SFTR_ALLOC(wq, "layer dim dim", LAYER("self_attn.q_proj")),
	    SFTR_ALLOC(wk, "layer kv_dim dim", LAYER("self_attn.k_proj")),
	    SFTR_ALLOC(wv, "layer kv_dim dim", LAYER("self_attn.v_proj")),
	    SFTR_ALLOC(wo, "layer dim dim", LAYER("self_attn.o_proj")),
	    SFTR_ALLOC(mlp_norm, "layer dim",
		       LAYER("post_attention_layernorm")),
	    SFTR_ALLOC(gate, "layer hidden dim", LAYER("mlp.gate_proj")),
	    SFTR_ALLOC(up, "layer hidden dim", LAYER("mlp.up_proj")),
	    SFTR_ALLOC(down, "layer dim hidden", LAYER("mlp.down_proj")),
	    SFTR_ALLOC(norm, "dim", SFTR_NAME("model.norm.weight")),
	    SFTR_ALLOC(classifier, "vocab dim",
		       SFTR_NAME("lm_head.weight|model.embed_tokens.weight")),
	    SFTR_DIM(n_layers, "layer"), SFTR_DIM(dim, "dim"),
	    SFTR_DIM(kv_dim, "kv_dim"), SFTR_DIM(hidden, "hidden"),
	    SFTR_DIM(vocab, "vocab"));

struct recorded {
	int64_t *ids;
	float *logits;
	size_t n_texts, length, vocab;
};

SFTR_STRUCT(recorded_table, struct recorded,
	    SFTR_ALLOC(ids, "text position", SFTR_NAME("input_ids")),
	    SFTR_ALLOC(logits, "text position vocab"),
	    SFTR_DIM(n_texts, "text"), SFTR_DIM(length, "position"),
	    SFTR_DIM(vocab, "vocab"));

/* One token on its way, and the keys and values of all so far. */
struct state {
	float *x, *y, *heads;	   /* dim; y: to add to x, or its norm */
	float *gate, *up, *logits; /* hidden, hidden, vocab */
	float *scores, *keys, *values; /* position; position, layer, kv_dim */
};

static float
dot(const float *a, const float *b, size_t n)
{
	float sum = 0;

	for (size_t i = 0; i < n; i++)
		sum += a[i] * b[i];
	return sum;
}

static void
apply(float *out, const float *weight, const float *in, size_t rows, size_t n)
{
	for (size_t o = 0; o < rows; o++)
		out[o] = dot(weight + o * n, in, n);
}

/* Adds y to x; then y is the norm of that. */
static void
add_and_norm(struct state *s, const float *weight, size_t n)
{
	float scale;

	for (size_t i = 0; i < n; i++)
		s->x[i] += s->y[i];
	scale = 1 / sqrtf(dot(s->x, s->x, n) / (float)n + epsilon);
	for (size_t i = 0; i < n; i++)
		s->y[i] = weight[i] * (s->x[i] * scale);
}

/*
 * Turns the pairs of each head by the position.  transformers stores q and k
 * so that the pairs are (i, i + half); Meta's files have (2 i, 2 i + 1).
 */
static void
rotate(float *heads, size_t n, size_t half, size_t position)
{
	for (float *head = heads; head < heads + n; head += 2 * half)
		for (size_t i = 0; i < half; i++) {
			float power = (float)i / (float)half;
			float angle = (float)position / powf(theta, power);
			float a = head[i], b = head[i + half];

			head[i] = a * cosf(angle) - b * sinf(angle);
			head[i + half] = b * cosf(angle) + a * sinf(angle);
		}
}

static void
softmax(float *x, size_t n, float scale)
{
	float largest = x[0], sum = 0;

	for (size_t i = 1; i < n; i++)
		largest = fmaxf(largest, x[i]);
	for (size_t i = 0; i < n; i++)
		sum += x[i] = expf(scale * (x[i] - largest));
	for (size_t i = 0; i < n; i++)
		x[i] /= sum;
}

/* Several heads of queries share one of keys and values. */
static void
attend(const struct weights *w, struct state *s, size_t layer, size_t position)
{
	size_t dim = w->dim, kv = w->kv_dim, head_dim = dim / n_heads;
	size_t step = w->n_layers * kv, now = position * step;
	float *keys = s->keys + layer * kv, *values = s->values + layer * kv;

	apply(s->heads, w->wq + layer * dim * dim, s->y, dim, dim);
	apply(keys + now, w->wk + layer * kv * dim, s->y, kv, dim);
	apply(values + now, w->wv + layer * kv * dim, s->y, kv, dim);
	rotate(s->heads, dim, head_dim / 2, position);
	rotate(keys + now, kv, head_dim / 2, position);
	for (size_t to = 0; to < dim; to += head_dim) {
		size_t from = to / head_dim / (dim / kv) * head_dim;

		for (size_t t = 0; t <= position; t++)
			s->scores[t] = dot(s->heads + to,
					   keys + t * step + from, head_dim);
		softmax(s->scores, position + 1, 1 / sqrtf((float)head_dim));
		for (size_t i = 0; i < head_dim; i++) {
			s->heads[to + i] = 0;
			for (size_t t = 0; t <= position; t++)
				s->heads[to + i] += s->scores[t] *
						    values[t * step + from + i];
		}
	}
	apply(s->y, w->wo + layer * dim * dim, s->heads, dim, dim);
}

static void
forward(const struct weights *w, struct state *s, size_t token, size_t position)
{
	size_t dim = w->dim, hidden = w->hidden;

	for (size_t i = 0; i < dim; i++) {
		s->x[i] = 0;
		s->y[i] = w->embedding[token * dim + i];
	}
	for (size_t l = 0; l < w->n_layers; l++) {
		add_and_norm(s, w->attention_norm + l * dim, dim);
		attend(w, s, l, position);
		add_and_norm(s, w->mlp_norm + l * dim, dim);
		apply(s->gate, w->gate + l * hidden * dim, s->y, hidden, dim);
		apply(s->up, w->up + l * hidden * dim, s->y, hidden, dim);
		for (size_t i = 0; i < hidden; i++) /* SwiGLU */
			s->gate[i] *= s->up[i] / (1 + expf(-s->gate[i]));
		apply(s->y, w->down + l * hidden * dim, s->gate, dim, hidden);
	}
	add_and_norm(s, w->norm, dim);
	apply(s->logits, w->classifier, s->y, w->vocab, dim);
}

/* A NaN, or an id that is no token, is an infinite difference. */
static int
compare(const struct weights *w, const struct recorded *r)
{
	size_t d = w->dim, h = w->hidden, v = w->vocab, length = r->length;
	size_t n = 3 * d + 2 * h + v, kv = w->n_layers * w->kv_dim;
	float *p = calloc(length, (n + 1 + 2 * kv) * sizeof *p), worst = 0;
	struct state s;

	if (p == NULL)
		return 1;
	s = (struct state){ .x = p, .y = p + d, .heads = p + 2 * d };
	s.gate = p + 3 * d, s.up = s.gate + h, s.logits = s.up + h;
	s.scores = p + n, s.keys = s.scores + length;
	s.values = s.keys + length * kv;
	for (size_t i = 0; i < r->n_texts * length; i++) {
		uint64_t id = (uint64_t)r->ids[i];

		forward(w, &s, id < v ? (size_t)id : 0, i % length);
		for (size_t k = 0; k < v; k++) {
			float x = r->logits[i * v + k];
			float off = fabsf(s.logits[k] - x) / fmaxf(1, fabsf(x));

			worst = id < v && off >= 0 ? fmaxf(worst, off) :
						     INFINITY;
		}
	}
	printf("largest difference / max(1, |x|): %.2g\n", (double)worst);
	free(p);
	return worst <= tolerance ? 0 : 1;
}

/* Whether n_heads heads can be that wide, and the logits are as many. */
static int
fits(const struct weights *w, const struct recorded *r)
{
	size_t head_dim = w->dim / n_heads, kv = w->kv_dim;

	return w->dim % n_heads == 0 && head_dim > 0 && head_dim % 2 == 0 &&
	       kv > 0 && kv % head_dim == 0 && w->dim % kv == 0 &&
	       w->hidden > 0 && r->vocab == w->vocab &&
	       r->n_texts * r->length > 0;
}

int
main(int argc, char **argv)
{
	const char *model = argc > 1 ? argv[1] : "";
	const char *data = argc > 2 ? argv[2] : "";
	sftr_binding *weights = NULL, *texts = NULL;
	struct recorded recorded;
	struct weights w;
	sftr_error err;
	char why[1024];
	int status = 1;

	if (SFTR_LOAD(model, weights_table, &w, NULL, &weights, &err) ||
	    SFTR_LOAD(data, recorded_table, &recorded, NULL, &texts, &err))
		fprintf(stderr, "%s\n", sftr_error_text(&err, why, sizeof why));
	else if (!fits(&w, &recorded))
		fprintf(stderr, "%s: not a model for %s\n", model, data);
	else
		status = compare(&w, &recorded);
	sftr_binding_free(weights);
	sftr_binding_free(texts);
	return status;
}
