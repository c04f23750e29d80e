/* SPDX-License-Identifier: MIT */
/* The names of real files: guessed, read, and written as they were. */
#include "names/pathset.h"

#include "effort.h"
#include "paths.h"

#include <stdio.h>
#include <stdlib.h>

static const struct {
	const char *file;
	sftr_codec codec;
	const char *reason;
} files[] = {
	{ "digits-torch.safetensors", SFTR_CODEC_DOTTED,
	  "dotted: 'features.0.bias' has '.'" },
	{ "digits.safetensors", SFTR_CODEC_P2S,
	  "p2s: '@params@Conv_0@bias' has '@'" },
	{ "equinox-p2s.safetensors", SFTR_CODEC_P2S,
	  "p2s: 'heads@key' has '@'" },
	{ "flax-linen-p2s.safetensors", SFTR_CODEC_P2S,
	  "p2s: '@batch_stats@BatchNorm_0@mean' has '@'" },
	{ "flax-linen-slash.safetensors", SFTR_CODEC_SLASH,
	  "slash: 'batch_stats/BatchNorm_0/mean' has '/'" },
	{ "flax-nnx-keystr.safetensors", SFTR_CODEC_KEYSTR,
	  "keystr: '['conv']['bias'].value' has '[', and all begin with '[' or '.'" },
	{ "flax-nnx-p2s.safetensors", SFTR_CODEC_P2S,
	  "p2s: 'layers#0.bias.value' has '#' before a digit" },
	{ "flax-nnx-slash.safetensors", SFTR_CODEC_SLASH,
	  "slash: 'conv/bias' has '/'" },
	{ "haiku.safetensors", SFTR_CODEC_HAIKU,
	  "haiku: 'batch_norm/~/mean_ema/average' has '/~/'" },
	{ "keystr.safetensors", SFTR_CODEC_KEYSTR,
	  "keystr: '['list'][1][1]' has '[', and all begin with '[' or '.'" },
	{ "optax-adam-p2s.safetensors", SFTR_CODEC_P2S,
	  "p2s: '#0.mu@params@Dense_0@bias' has '#' before a digit" },
	{ "optax-inject-p2s.safetensors", SFTR_CODEC_P2S,
	  "p2s: 'hyperparams@b1' has '@'" },
	{ "torch-encoder.safetensors", SFTR_CODEC_DOTTED,
	  "dotted: 'layers.0.linear1.bias' has '.'" },
	{ "torch-finetuned.safetensors", SFTR_CODEC_DOTTED,
	  "dotted: 'module._orig_mod.3.bias' has '.'" },
	{ "torch-sequential.safetensors", SFTR_CODEC_DOTTED,
	  "dotted: '1.num_batches_tracked' has '.'" },
	{ "torch-tied.safetensors", SFTR_CODEC_DOTTED,
	  "dotted: 'body.bias' has '.'" },
	{ "dtypes-jax.safetensors", SFTR_CODEC_DOTTED,
	  "dotted: no '.' in 'uint64' or any other" },
	{ "llama-tied", SFTR_CODEC_DOTTED,
	  "dotted: 'model.embed_tokens.weight' has '.'" },
	{ "llama-untied", SFTR_CODEC_DOTTED,
	  "dotted: 'lm_head.weight' has '.'" },
	{ "llama-sharded", SFTR_CODEC_DOTTED,
	  "dotted: 'lm_head.weight' has '.'" },
};

static sftr_checkpoint *
open_golden(const char *file)
{
	const char *fixtures = getenv("SFTR_FIXTURES");
	sftr_checkpoint *ckpt;
	sftr_error err;
	char path[1024];
	char text[512];

	snprintf(path, sizeof path, "%s/golden/%s",
		 fixtures != NULL ? fixtures : "fixtures", file);
	ck_assert_msg(sftr_checkpoint_open(path, NULL, &ckpt, &err) == SFTR_OK,
		      "%s", sftr_error_text(&err, text, sizeof text));
	return ckpt;
}

START_TEST(real_names_tell_their_codec)
{
	sftr_checkpoint *ckpt = open_golden(files[_i].file);
	sftr_codec codec;
	char reason[256];

	ck_assert_int_eq(
		sftr_codec_guess(ckpt, &codec, reason, sizeof reason, NULL),
		SFTR_OK);
	ck_assert_msg(codec == files[_i].codec, "%s: %s", files[_i].file,
		      reason);
	ck_assert_str_eq(reason, files[_i].reason);
	sftr_checkpoint_close(ckpt);
}
END_TEST

START_TEST(real_names_are_written_as_they_were_read)
{
	sftr_checkpoint *ckpt = open_golden(files[_i].file);

	ck_assert_uint_gt(sftr_checkpoint_count(ckpt), 0);
	for (size_t i = 0; i < sftr_checkpoint_count(ckpt); i++) {
		sftr_str name = sftr_checkpoint_at(ckpt, i)->name;
		char text[256];
		sftr_path path;
		size_t n;

		ck_assert_msg(sftr_path_parse(files[_i].codec, name.ptr,
					      name.len, NULL, &path,
					      NULL) == SFTR_OK,
			      "%s", name.ptr);
		ck_assert_msg(sftr_path_format(files[_i].codec, path.steps,
					       path.n_steps, text, sizeof text,
					       &n, NULL) == SFTR_OK,
			      "%s", name.ptr);
		ck_assert_str_eq(text, name.ptr);
		sftr_path_free(&path);
	}
	sftr_checkpoint_close(ckpt);
}
END_TEST

START_TEST(metadata_decide)
{
	const char *const values[] = { "p2s-esc", "esc" };
	const sftr_codec codecs[] = { SFTR_CODEC_P2S_ESC, SFTR_CODEC_GUESS };
	const sftr_code codes[] = { SFTR_OK, SFTR_E_NOTE };

	for (int i = 0; i < 2; i++) {
		char file[256];
		int n = snprintf(file + 8, sizeof file - 8,
				 "{\"__metadata__\":{\"pytree.codec\":\"%s\"},"
				 "\"a.b\":{\"dtype\":\"U8\",\"shape\":[0],"
				 "\"data_offsets\":[0,0]}}",
				 values[i]);
		sftr_checkpoint *ckpt;
		sftr_codec codec;
		sftr_error err;

		memset(file, 0, 8);
		file[0] = (char)n;
		ck_assert_int_eq(sftr_checkpoint_open_memory(file,
							     (size_t)n + 8,
							     NULL, &ckpt, &err),
				 SFTR_OK);
		ck_assert_int_eq(sftr_codec_guess(ckpt, &codec, NULL, 0, &err),
				 codes[i]);
		ck_assert_int_eq(codec, codecs[i]);
		sftr_checkpoint_close(ckpt);
	}
}
END_TEST

/* A name at random that often is one under 'codec'. */
static sftr_str
random_name(sftr_codec codec, char *text)
{
	static const char *const any[] = { "a", "b",  ".", "@",	   "#0",
					   "#", "#1", "/", "#600", "\\." };
	static const char *const brackets[] = { "[0]",	 "[1]",
						"['a']", ".a",
						"[-1]",	 "[<flat index 1>]" };
	bool is_keystr = codec == SFTR_CODEC_KEYSTR;
	sftr_str name = { text, 0 };

	for (uint32_t left = random_below(5); left > 0; left--) {
		const char *bit =
			is_keystr ? brackets[random_below(COUNT(brackets))] :
				    any[random_below(COUNT(any))];
		size_t len = strlen(bit);

		memcpy(text + name.len, bit, len);
		name.len += len;
	}
	return name;
}

/* What holds names against each other, and what builds trees of them. */
START_TEST(names_make_one_tree_if_the_tree_can_be_built)
{
	sftr_codec codec = (sftr_codec)_i;
	sftr_tree_options options = { .codec = codec,
				      .data = SFTR_TREE_DESCRIBE };
	size_t n_trees = 0, n_rounds = repetitions(1000, 100000);

	for (size_t round = 0; round < n_rounds; round++) {
		char texts[4][128];
		sftr_array arrays[4];
		size_t n = 1 + random_below(COUNT(arrays));
		sftr_code code = SFTR_OK;
		sftr__pathset set;
		sftr_checkpoint *ckpt;
		sftr_tree *tree;

		memset(arrays, 0, sizeof arrays);
		sftr__pathset_init(&set, codec, NULL);
		for (size_t i = 0; i < n; i++) {
			arrays[i].name = random_name(codec, texts[i]);
			arrays[i].dtype = SFTR_U8;
			arrays[i].bytes = "";
			arrays[i].n_bytes = 1;
			if (code == SFTR_OK)
				code = sftr__pathset_add(&set, arrays[i].name,
							 NULL);
		}
		if (code == SFTR_OK)
			code = sftr__pathset_sort(&set, NULL);
		if (code == SFTR_OK)
			code = sftr__pathset_check(&set, NULL);
		sftr__pathset_free(&set);
		if (sftr_checkpoint_open_arrays(arrays, n, NULL, &ckpt, NULL) !=
		    SFTR_OK)
			continue; /* one name twice */
		ck_assert_int_eq(
			sftr_tree_from_checkpoint(ckpt, &options, &tree, NULL),
			code);
		n_trees += code == SFTR_OK;
		sftr_tree_free(tree);
		sftr_checkpoint_close(ckpt);
	}
	ck_assert_uint_gt(n_trees, n_rounds / 20);
	if (codec != SFTR_CODEC_RAW)
		ck_assert_uint_lt(n_trees, n_rounds - n_rounds / 20);
}
END_TEST

int
main(void)
{
	TCase *tc = tcase_create("tree_guess");

	random_begin();
	tcase_add_loop_test(tc, real_names_tell_their_codec, 0, COUNT(files));
	tcase_add_loop_test(tc, real_names_are_written_as_they_were_read, 0,
			    COUNT(files));
	tcase_add_test(tc, metadata_decide);
	tcase_set_timeout(tc, 600);
	tcase_add_loop_test(tc, names_make_one_tree_if_the_tree_can_be_built,
			    SFTR_CODEC_P2S, SFTR_N_CODECS);
	return run_suite("tree_guess", tc);
}
