/* SPDX-License-Identifier: MIT */
#include "str.h"
#include "sweep.h"

#include <check.h>
#include <string.h>

struct layer {
	const float *w;
	short b[4];
	size_t rows;
};
SFTR_STRUCT(layer_table, struct layer, SFTR_VIEW(w, "rows ?", SFTR_OR_COPY),
	    SFTR_ARRAY(b, "3"), SFTR_DIM(rows, "rows"));

struct net {
	struct layer a;
};
SFTR_STRUCT(net_table, struct net, SFTR_NESTED(a, layer_table));

/* What can be saved: its extents are known, of 'row' by 'w'. */
struct fixed {
	float w[2][3];
	short b[3];
	const float *row;
};
SFTR_STRUCT(fixed_table, struct fixed, SFTR_ARRAY2(w, "2 columns"),
	    SFTR_ARRAY(b, "3"), SFTR_VIEW(row, "columns"));

static const char rules[] = "a.w -> weight T\na.b -> bias\n";
static const char manifest[] = "a.w\tF32\tout in\na.b\tany\t?\n";

/* One thread: whatever fails, fails at the same call each time. */
static const sftr_bind_options options = { .n_threads = 1,
					   .rules = rules,
					   .conversion = SFTR_LOSSLESS };
static const sftr_bind_options plain = { .n_threads = 1 };

/* The biases are converted and the weights transposed, both into place. */
static size_t
slots_of(struct scene *s, sftr_slot slots[2])
{
	memset(slots, 0, 2 * sizeof *slots);
	slots[0].name = str("weight");
	slots[0].shape_text = "3 2";
	slots[0].data = s->floats;
	slots[0].capacity = sizeof s->floats;
	slots[1].name = str("bias");
	slots[1].shape_text = "n";
	slots[1].dtype = SFTR_F32;
	slots[1].place = SFTR_PLACE_ALLOC;
	return 2;
}

static sftr_code
bound(sftr_code code, sftr_binding *binding)
{
	ck_assert((code == SFTR_OK) == (binding != NULL));
	sftr_binding_free(binding);
	return code;
}

static void
bind_slots(struct scene *s)
{
	sftr_slot slots[2];

	scene_checkpoint(s);
	ck_assert_int_eq(sftr_bind(slots, slots_of(s, slots), s->ckpt, &options,
				   &s->binding, NULL),
			 SFTR_OK);
}

static sftr_code
rules_check(struct scene *s, sftr_error *err)
{
	(void)s;
	return sftr_rules_check(rules, "rules", SFTR_CODEC_DOTTED,
				SFTR_CODEC_DOTTED, err);
}

static sftr_code
bind(struct scene *s, sftr_error *err)
{
	sftr_slot slots[2];
	sftr_binding *binding;
	sftr_code code = sftr_bind(slots, slots_of(s, slots), s->ckpt, &options,
				   &binding, err);

	return bound(code, binding);
}

static sftr_code
bind_rewrite(struct scene *s, sftr_error *err)
{
	sftr_binding *binding;
	sftr_code code = sftr_bind_rewrite(s->ckpt, SFTR_DTYPE_NONE, &options,
					   &binding, err);

	return bound(code, binding);
}

static sftr_code
binding_load(struct scene *s, sftr_error *err)
{
	sftr_code code = sftr_binding_load(s->binding, NULL, err);
	sftr_bound b;

	if (code == SFTR_OK) {
		ck_assert(s->floats[1] == 4.0F && s->floats[2] == 2.0F);
		ck_assert_int_eq(sftr_binding_at(s->binding, 1, &b, NULL),
				 SFTR_OK);
		ck_assert(((const float *)b.data)[2] == 9.0F);
	}
	sftr_binding_release(s->binding, NULL);
	return code;
}

static sftr_code
binding_at(struct scene *s, sftr_error *err)
{
	sftr_bound b;

	return sftr_binding_at(s->binding, 0, &b, err);
}

static sftr_code
binding_read(struct scene *s, sftr_error *err)
{
	return sftr_binding_read(s->binding, 0, 0, s->bytes, 24, err);
}

static void
tree_to_fill(struct scene *s)
{
	static const uint64_t matrix[2] = { 2, 3 };
	static const uint64_t vector[1] = { 3 };
	sftr_node *a;

	scene_checkpoint(s);
	ck_assert_int_eq(sftr_tree_new(NULL, &s->tree, NULL), SFTR_OK);
	a = sftr_node_add(sftr_tree_set_root(s->tree, SFTR_NODE_DICT),
			  sftr_key("a"), SFTR_NODE_DICT);
	sftr_node_add_tensor(a, sftr_key("w"), SFTR_F32, matrix, 2, s->floats);
	sftr_node_add_tensor(a, sftr_key("b"), SFTR_I16, vector, 1, s->bytes);
	ck_assert_int_eq(sftr_tree_status(s->tree, NULL), SFTR_OK);
}

static sftr_code
set_weights(struct scene *s, sftr_error *err)
{
	return sftr_set_weights(s->tree, s->ckpt, &plain, NULL, err);
}

static sftr_code
manifest_format(struct scene *s, sftr_error *err)
{
	sftr_step step = { SFTR_STEP_NAME, SFTR_STR("a"), 0 };
	sftr_slot slots[2];
	size_t n = slots_of(s, slots);

	slots[0].steps = &step;
	slots[0].n_steps = 1;
	return sftr_manifest_format(slots, n, SFTR_CODEC_DOTTED,
				    (char *)s->bytes, sizeof s->bytes, &n, err);
}

static sftr_code
bind_manifest(struct scene *s, sftr_error *err)
{
	sftr_binding *binding;
	sftr_code code = sftr_bind_manifest(manifest, sizeof manifest - 1,
					    s->ckpt, &plain, &binding, err);

	return bound(code, binding);
}

static sftr_code
struct_load(struct scene *s, sftr_error *err)
{
	struct net net;
	sftr_binding *binding;
	sftr_code code = SFTR_LOAD(scene_path("m.safetensors"), net_table, &net,
				   &plain, &binding, err);

	(void)s;
	if (code == SFTR_OK)
		ck_assert(net.a.rows == 2 && net.a.w[5] == 6.0F);
	return bound(code, binding);
}

static sftr_code
struct_bind(struct scene *s, sftr_error *err)
{
	struct net net;
	sftr_binding *binding;
	sftr_code code =
		SFTR_BIND(s->ckpt, net_table, &net, &plain, &binding, err);

	return bound(code, binding);
}

static const float row[3] = { 4, 5, 6 };
static const struct fixed fixed = { .b = { 1, 2, 3 }, .row = row };

static sftr_code
struct_save(struct scene *s, sftr_error *err)
{
	(void)s;
	return SFTR_SAVE(scene_path("out.safetensors"), fixed_table, &fixed,
			 NULL, err);
}

static void
writer_only(struct scene *s)
{
	ck_assert_int_eq(sftr_writer_new(NULL, &s->writer, NULL), SFTR_OK);
}

static sftr_code
struct_write(struct scene *s, sftr_error *err)
{
	const sftr_struct_save_options slash = { .codec = SFTR_CODEC_SLASH };

	return SFTR_WRITE(s->writer, fixed_table, &fixed, &slash, err);
}

static sftr_code
struct_manifest(struct scene *s, sftr_error *err)
{
	size_t n;

	return SFTR_MANIFEST(fixed_table, (char *)s->bytes, sizeof s->bytes, &n,
			     err);
}

const struct act bind_acts[] = {
	{ "sftr_rules_check", NULL, rules_check, 0 },
	{ "sftr_bind", scene_checkpoint, bind, 0 },
	{ "sftr_bind_rewrite", scene_checkpoint, bind_rewrite, 0 },
	{ "sftr_binding_load", bind_slots, binding_load, 0 },
	{ "sftr_binding_at", bind_slots, binding_at, 0 },
	{ "sftr_binding_read", bind_slots, binding_read, 0 },
	{ "sftr_set_weights", tree_to_fill, set_weights, 0 },
	{ "sftr_manifest_format", NULL, manifest_format, 0 },
	{ "sftr_bind_manifest", scene_checkpoint, bind_manifest, 0 },
	{ "sftr_struct_load", NULL, struct_load, 0 },
	{ "sftr_struct_bind", scene_checkpoint, struct_bind, 0 },
	{ "sftr_struct_save", NULL, struct_save, 0 },
	{ "sftr_struct_write", writer_only, struct_write, 1 },
	{ "sftr_struct_manifest", NULL, struct_manifest, 0 },
};
const size_t n_bind_acts = sizeof bind_acts / sizeof(struct act);
