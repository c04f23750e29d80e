/* SPDX-License-Identifier: MIT */
#include "base/bytes.h"
#include "effort.h"
#include "ledger.h"
#include "str.h"
#include "trees.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

/* What each codec can say of any tree, with a note. */
static const struct {
	sftr_codec codec;
	unsigned what;
} domains[] = {
	{ SFTR_CODEC_P2S_ESC, RANDOM_ALL },
	{ SFTR_CODEC_P2S, RANDOM_ALL | RANDOM_PLAIN_KEYS },
	{ SFTR_CODEC_KEYSTR, RANDOM_ALL & ~(unsigned)RANDOM_INT_KEYS },
	{ SFTR_CODEC_KEYSTR, RANDOM_ALL | RANDOM_PLAIN_KEYS },
	{ SFTR_CODEC_DOTTED, RANDOM_ALL | RANDOM_PLAIN_KEYS },
	{ SFTR_CODEC_SLASH, RANDOM_ALL | RANDOM_PLAIN_KEYS },
	{ SFTR_CODEC_DOTTED, RANDOM_ALL },
	{ SFTR_CODEC_SLASH, RANDOM_ALL },
	{ SFTR_CODEC_HAIKU, RANDOM_ALL },
	{ SFTR_CODEC_RAW, RANDOM_ALL },
};

/* Saves, loads, compares, and saves again; 0 if the codec refused. */
static int
round_trip(const sftr_tree *tree, sftr_codec codec)
{
	sftr_tree_options options;
	sftr_tree *back = NULL;
	struct bytes first, second;
	sftr_error err;
	sftr_code code = save_bytes(tree, codec, 1, &first, &err);

	if (code != SFTR_OK) {
		ck_assert_msg(code == SFTR_E_CODEC, "%s: %s", err.key,
			      err.message);
		return 0;
	}
	memset(&options, 0, sizeof options);
	options.codec = codec;
	code = load_bytes(first, &options, &back, &err);
	ck_assert_msg(code == SFTR_OK, "%s: %s: %s\n%s\n%s", err.key,
		      err.message, note_of(first), tree_text(tree), "");
	ck_assert_int_eq(sftr_tree_codec(back), codec);
	if (sftr_tree_equal(tree, back, &err) != 1)
		ck_abort_msg("%s: %s\n%s\n%s", err.key, err.message,
			     note_of(first), tree_text(tree));
	ck_assert_int_eq(save_bytes(back, SFTR_CODEC_GUESS, 1, &second, &err),
			 SFTR_OK);
	ck_assert_uint_eq(first.n, second.n);
	ck_assert_int_eq(memcmp(first.p, second.p, first.n), 0);
	sftr_tree_free(back);
	free(first.p);
	free(second.p);
	return 1;
}

START_TEST(random_trees_come_back_with_their_note)
{
	size_t n = repetitions(400, 20000), n_said = 0;

	random_begin();
	for (size_t i = 0; i < n; i++) {
		sftr_tree *tree = random_tree(domains[_i].what, NULL);

		n_said += (size_t)round_trip(tree, domains[_i].codec);
		sftr_tree_free(tree);
	}
	if (domains[_i].what & RANDOM_PLAIN_KEYS)
		ck_assert_uint_eq(n_said, n);
	else
		ck_assert_uint_gt(n_said, 0);
}
END_TEST

static sftr_tree *
load(sftr_codec codec, const char *names, const char *note)
{
	sftr_tree *tree = NULL;
	sftr_error err;

	if (tree_of(codec, names, note, &tree, &err) != SFTR_OK)
		ck_abort_msg("%s: %s", err.key, err.message);
	return tree;
}

#define NOTE(lines) "{\"version\":1,\"notes\":[" lines "]}"

/* Notes that are the least: what is written is what was read. */
static const struct {
	sftr_codec codec;
	const char *names;
	const char *note;
} least[] = {
	{ SFTR_CODEC_P2S, "a#0 a#1 b@k c.x", "" },
	{ SFTR_CODEC_P2S, "a#5", "" },
	{ SFTR_CODEC_P2S, "a#0 a#1", NOTE("[\"a\",\"tuple\",null]") },
	{ SFTR_CODEC_P2S, "a#1", NOTE("[\"a\",\"tuple\",null]") },
	{ SFTR_CODEC_P2S, "a#0", NOTE("[\"a#1\",\"none\",null]") },
	{ SFTR_CODEC_P2S, "a#0",
	  NOTE("[\"a#1#0\",\"none\",null],[\"a#2\",\"empty\",\"dict\"]") },
	{ SFTR_CODEC_P2S, "a.w", NOTE("[\"a\",\"object\",\"Linear\"]") },
	{ SFTR_CODEC_P2S, "@1", NOTE("[\"@1\",\"int\",null]") },
	{ SFTR_CODEC_P2S, "@a",
	  NOTE("[\"@o\",\"empty\",\"object\"],[\"@o\",\"object\",\"T\"]") },
	{ SFTR_CODEC_P2S, "#1",
	  NOTE("[\"#0\",\"flat\",null],[\"#0\",\"none\",null],"
	       "[\"#1\",\"flat\",null]") },
	{ SFTR_CODEC_P2S, "@a @b",
	  NOTE("[\"\",\"order\",[\"b\",\"c\",\"a\"]],"
	       "[\"@c\",\"scalar\",{\"i\":\"-9223372036854775808\"}]") },
	{ SFTR_CODEC_P2S, "@a",
	  NOTE("[\"@b\",\"alias\",\"@a\"],[\"@s\",\"scalar\",{\"i\":"
	       "\"18446744073709551615\"}],[\"@t\",\"scalar\",{\"f\":"
	       "\"0x1.8p+1\"}],[\"@u\",\"scalar\",\"g\\\"\"],"
	       "[\"@v\",\"scalar\",false],[\"@w\",\"scalar\",{\"f\":"
	       "\"nan\"}],[\"@x\",\"scalar\",{\"f\":\"-inf\"}]") },
	{ SFTR_CODEC_DOTTED, "a.0 a.1 b.k", "" },
	{ SFTR_CODEC_DOTTED, "0.weight 2.weight", "" },
	{ SFTR_CODEC_DOTTED, "0 1", NOTE("[\"\",\"dict\",null]") },
	{ SFTR_CODEC_DOTTED, "0 1",
	  NOTE("[\"\",\"dict\",null],[\"\",\"order\",[\"1\",\"0\"]]") },
	{ SFTR_CODEC_DOTTED, "0 1",
	  NOTE("[\"0\",\"int\",null],[\"1\",\"int\",null]") },
	{ SFTR_CODEC_DOTTED, "0 1",
	  NOTE("[\"0\",\"flat\",null],[\"1\",\"flat\",null]") },
	{ SFTR_CODEC_DOTTED, "a.x", NOTE("[\"a\",\"object\",null]") },
	{ SFTR_CODEC_DOTTED, "1", NOTE("[\"0\",\"none\",null]") },
	{ SFTR_CODEC_SLASH, "a/0", NOTE("[\"a\",\"tuple\",null]") },
	{ SFTR_CODEC_KEYSTR, "[-1] ['a']", "" },
	{ SFTR_CODEC_KEYSTR, "[1]", NOTE("[\"[0]\",\"none\",null]") },
	{ SFTR_CODEC_KEYSTR, "[-1] ['5']", NOTE("[\"['5']\",\"int\",null]") },
	{ SFTR_CODEC_HAIKU, "m/~/l/w", "" },
	{ SFTR_CODEC_RAW, "a.b", NOTE("[\"n\",\"none\",null]") },
};

START_TEST(a_note_is_the_least_that_brings_the_tree_back)
{
	sftr_tree *tree =
		load(least[_i].codec, least[_i].names,
		     least[_i].note[0] != '\0' ? least[_i].note : NULL);
	struct bytes bytes;

	ck_assert_int_eq(save_bytes(tree, SFTR_CODEC_GUESS, 1, &bytes, NULL),
			 SFTR_OK);
	ck_assert_str_eq(note_of(bytes), least[_i].note);
	free(bytes.p);
	ck_assert_int_eq(round_trip(tree, least[_i].codec), 1);
	sftr_tree_free(tree);
}
END_TEST

/* What cannot be saved: a tree from names and lines, saved otherwise. */
static const struct {
	sftr_codec from;
	const char *names;
	const char *lines;
	sftr_codec to;
	int note;
	sftr_code code;
	const char *key;
	const char *message;
} refused[] = {
	/* 2, 4 */
	{ SFTR_CODEC_P2S_ESC, "@a\\.b", "", SFTR_CODEC_P2S, 1, SFTR_E_CODEC,
	  "a.b", "step 0: expected no '.', '@' or '#', found '.'" },
	{ SFTR_CODEC_P2S_ESC, ".", "", SFTR_CODEC_P2S, 1, SFTR_E_CODEC, "",
	  "step 0: expected a first attribute with a name, found an empty one" },
	/* 5 */
	{ SFTR_CODEC_P2S, "@1", "[\"@1\",\"int\",null]", SFTR_CODEC_P2S, 0,
	  SFTR_E_NOTE, "@1",
	  "only a structure note can say that a key is an integer" },
	{ SFTR_CODEC_P2S, "@1", "[\"@1\",\"int\",null]", SFTR_CODEC_DOTTED, 0,
	  SFTR_E_NOTE, "@1",
	  "only a structure note can say that a key is an integer" },
	{ SFTR_CODEC_P2S, "@1", "[\"@1\",\"int\",null]", SFTR_CODEC_KEYSTR, 0,
	  SFTR_E_NOTE, "@1",
	  "only a structure note can say that a key is an integer" },
	/* 6 */
	{ SFTR_CODEC_P2S, "#3", "[\"#3\",\"flat\",null]", SFTR_CODEC_P2S, 0,
	  SFTR_E_NOTE, "#3",
	  "only a structure note can say that an index is flat" },
	/* 16: what has no leaf but a value */
	{ SFTR_CODEC_P2S, "@a", "[\"@s\",\"scalar\",true]", SFTR_CODEC_P2S, 0,
	  SFTR_E_NOTE, "@s", "only a structure note can say a scalar" },
	{ SFTR_CODEC_P2S, "@a", "[\"@b\",\"alias\",\"@a\"]", SFTR_CODEC_P2S, 0,
	  SFTR_E_NOTE, "@b",
	  "only a structure note can say that leaves share a tensor" },
	{ SFTR_CODEC_P2S, "a#5", "", SFTR_CODEC_KEYSTR, 0, SFTR_E_NOTE, "a#5",
	  "only a structure note can say what the elements before it are" },
	{ SFTR_CODEC_KEYSTR, "[1].w", "[\"[0]\",\"empty\",\"dict\"]",
	  SFTR_CODEC_KEYSTR, 0, SFTR_E_NOTE, "#1.w",
	  "only a structure note can say what the elements before it are" },
	/* kinds that a codec has not */
	{ SFTR_CODEC_P2S, "a.w", "", SFTR_CODEC_RAW, 1, SFTR_E_CODEC, "a", "" },
	{ SFTR_CODEC_P2S, "@a@b@c", "", SFTR_CODEC_RAW, 1, SFTR_E_CODEC, "b",
	  "" },
	/* one text for two keys */
	{ SFTR_CODEC_KEYSTR, "['-1'] [-1]", "", SFTR_CODEC_P2S, 1,
	  SFTR_E_CONFLICT, "[-1]",
	  "p2s cannot tell this integer key from the text key of ['-1']" },
	/* 18 */
	{ SFTR_CODEC_P2S_ESC, "@__metadata__", "", SFTR_CODEC_DOTTED, 1,
	  SFTR_E_CODEC, "__metadata__",
	  "step 0: expected the name of a tensor, found the reserved "
	  "__metadata__" },
};

START_TEST(what_cannot_be_said_is_refused)
{
	char note[1024];
	struct bytes bytes;
	sftr_tree *tree;
	sftr_error err;

	snprintf(note, sizeof note, NOTE("%s"), refused[_i].lines);
	tree = load(refused[_i].from, refused[_i].names, note);
	ck_assert_int_eq(save_bytes(tree, refused[_i].to, refused[_i].note,
				    &bytes, NULL),
			 refused[_i].code);
	ck_assert_int_eq(save_bytes(tree, refused[_i].to, refused[_i].note,
				    &bytes, &err),
			 refused[_i].code);
	if (refused[_i].message[0] != '\0')
		ck_assert_str_eq(err.message, refused[_i].message);
	ck_assert_str_eq(err.key, refused[_i].key);
	sftr_tree_free(tree);
}
END_TEST

START_TEST(without_a_note_trees_come_back_as_names_tell)
{
	static const char lines[] =
		NOTE("[\"@d\",\"empty\",\"dict\"],[\"@n\",\"none\",null],"
		     "[\"@o\",\"order\",[\"b\",\"a\"]],[\"@t\",\"tuple\",null],"
		     "[\"@u\",\"object\",\"T\"]");
	sftr_tree *tree =
		load(SFTR_CODEC_P2S, "@t#0 @t#2 @o@a @o@b @u.x", lines);
	sftr_tree *back = NULL;
	struct bytes bytes;

	ck_assert_str_eq(tree_text(tree),
			 "{@d:{} @n:- @o:<@b:T @a:T> @t:(#0:T #1:- #2:T) "
			 "@u:T/.x:T/}");
	ck_assert_int_eq(save_bytes(tree, SFTR_CODEC_P2S, 0, &bytes, NULL),
			 SFTR_OK);
	ck_assert_str_eq(note_of(bytes), "");
	ck_assert_int_eq(load_bytes(bytes, NULL, &back, NULL), SFTR_OK);
	ck_assert_str_eq(tree_text(back),
			 "{@o:{@a:T @b:T} @t:[#0:T #1:- #2:T] @u:/.x:T/}");
	sftr_tree_free(back);
	sftr_tree_free(tree);
	free(bytes.p);
}
END_TEST

START_TEST(more_null_nodes_than_names_may_call_for_are_said)
{
	sftr_tree *tree = NULL, *back = NULL;
	sftr_node *list;
	struct bytes bytes;
	sftr_error err;
	int n = 2000;

	ck_assert_int_eq(sftr_tree_new(NULL, &tree, NULL), SFTR_OK);
	list = sftr_tree_set_root(tree, SFTR_NODE_LIST);
	for (int i = 0; i < n; i++)
		sftr_node_add(list, sftr_index(i), SFTR_NODE_NONE);
	add_floats(list, sftr_index(n), 1);
	ck_assert_int_eq(save_bytes(tree, SFTR_CODEC_P2S, 0, &bytes, &err),
			 SFTR_E_NOTE);
	ck_assert_str_eq(err.key, "#2000");
	ck_assert_int_eq(save_bytes(tree, SFTR_CODEC_P2S, 1, &bytes, NULL),
			 SFTR_OK);
	ck_assert_uint_gt(strlen(note_of(bytes)), 2000 * 10);
	ck_assert_int_eq(load_bytes(bytes, NULL, &back, &err), SFTR_OK);
	assert_equal_trees(tree, back);
	sftr_tree_free(tree);
	sftr_tree_free(back);
	free(bytes.p);
}
END_TEST

/* Each line of a note has a path, which a small tree may have any number of. */
START_TEST(a_note_that_no_header_could_hold_takes_no_more_memory)
{
	static char long_key[1000000];
	sftr_step key = { SFTR_STEP_KEY, { long_key, sizeof long_key }, 0 };
	struct ledger books;
	sftr_allocator a = ledger_allocator(&books);
	sftr_write_options write = { .allocator = &a };
	sftr_save_options options = { .note = 1, .write = &write };
	sftr_tree *tree = NULL;
	sftr_error err;
	sftr_node *dict;
	char name[8];

	memset(long_key, 'k', sizeof long_key);
	ck_assert_int_eq(sftr_tree_new(&a, &tree, NULL), SFTR_OK);
	dict = sftr_node_add(sftr_tree_set_root(tree, SFTR_NODE_DICT), key,
			     SFTR_NODE_DICT);
	for (int i = 0; i < 300; i++) {
		snprintf(name, sizeof name, "%d", i);
		sftr_node_add(dict, sftr_key(name), SFTR_NODE_NONE);
	}
	ck_assert_int_eq(sftr_tree_save(tree, "/nowhere/a", &options, &err),
			 SFTR_E_LENGTH);
	ck_assert_str_eq(err.message,
			 "the structure note would be longer than the "
			 "100000000 bytes that a header can have");
	ck_assert_uint_lt(books.peak, 120000000);
	sftr_tree_free(tree);
	ck_assert_uint_eq(books.n_bytes, 0);
}
END_TEST

START_TEST(escaped_names_say_so_and_are_read_so)
{
	sftr_tree *tree = load(SFTR_CODEC_P2S_ESC, "@a\\.b @c", NULL);
	sftr_tree *plain = load(SFTR_CODEC_P2S_ESC, "@c", NULL);
	sftr_codec codecs[] = { SFTR_CODEC_P2S, SFTR_CODEC_GUESS,
				SFTR_CODEC_P2S_ESC };
	sftr_checkpoint *ckpt = NULL;
	const sftr_metadata *said;
	sftr_tree_options options;
	struct bytes bytes;

	memset(&options, 0, sizeof options);
	ck_assert_int_eq(save_bytes(tree, SFTR_CODEC_GUESS, 0, &bytes, NULL),
			 SFTR_OK);
	for (size_t i = 0; i < COUNT(codecs); i++) {
		sftr_tree *back = NULL;

		options.codec = codecs[i];
		ck_assert_int_eq(load_bytes(bytes, &options, &back, NULL),
				 SFTR_OK);
		assert_equal_trees(tree, back);
		ck_assert_int_eq(sftr_tree_codec(back), SFTR_CODEC_P2S_ESC);
		ck_assert_uint_eq(sftr_tree_n_metadata(back), 0);
		sftr_tree_free(back);
	}
	ck_assert_int_eq(sftr_checkpoint_open_memory(bytes.p, bytes.n, NULL,
						     &ckpt, NULL),
			 SFTR_OK);
	said = sftr_checkpoint_metadata(ckpt, "pytree.codec", 12);
	ck_assert_str_eq(said->value.ptr, "p2s-esc");
	sftr_checkpoint_close(ckpt);
	free(bytes.p);

	ck_assert_int_eq(save_bytes(plain, SFTR_CODEC_GUESS, 0, &bytes, NULL),
			 SFTR_OK);
	ck_assert_int_eq(sftr_checkpoint_open_memory(bytes.p, bytes.n, NULL,
						     &ckpt, NULL),
			 SFTR_OK);
	ck_assert_uint_eq(sftr_checkpoint_n_metadata(ckpt), 0);
	sftr_checkpoint_close(ckpt);
	free(bytes.p);
	sftr_tree_free(tree);
	sftr_tree_free(plain);
}
END_TEST

static char folder[] = "/tmp/test_tree_io.XXXXXX";

static const char *
path_in_folder(const char *name)
{
	static char path[4][256];
	static unsigned turn;

	turn = (turn + 1) % 4;
	snprintf(path[turn], sizeof path[turn], "%s/%s", folder, name);
	return path[turn];
}

static void
make_folder(void)
{
	memcpy(folder + strlen(folder) - 6, "XXXXXX", 6);
	ck_assert_ptr_nonnull(mkdtemp(folder));
}

static void
remove_folder(void)
{
	static const char *const names[] = { "a.safetensors", "b.safetensors",
					     "c.safetensors" };

	for (size_t i = 0; i < COUNT(names); i++)
		unlink(path_in_folder(names[i]));
	rmdir(folder);
}

static struct bytes
read_file(const char *path)
{
	struct bytes bytes = { NULL, 0 };
	FILE *f = fopen(path, "rb");
	long n;

	ck_assert_msg(f != NULL, "%s", path);
	ck_assert_int_eq(fseek(f, 0, SEEK_END), 0);
	n = ftell(f);
	ck_assert_int_ge(n, 0);
	bytes.n = (size_t)n;
	bytes.p = malloc(bytes.n + 1);
	rewind(f);
	ck_assert_uint_eq(fread(bytes.p, 1, bytes.n, f), bytes.n);
	fclose(f);
	return bytes;
}

static bool
same_files(const char *a, const char *b)
{
	struct bytes x = read_file(a), y = read_file(b);
	bool same = x.n == y.n && memcmp(x.p, y.p, x.n) == 0;

	free(x.p);
	free(y.p);
	return same;
}

static const sftr_write_options quick = { .not_durable = 1 };

static sftr_tree *
load_path(const char *path, sftr_tree_data data)
{
	sftr_tree_options options;
	sftr_tree *tree = NULL;
	sftr_error err;
	char text[600];

	memset(&options, 0, sizeof options);
	options.data = data;
	if (sftr_tree_load(path, &options, &tree, &err) != SFTR_OK)
		ck_abort_msg("%s", sftr_error_text(&err, text, sizeof text));
	return tree;
}

static void
save_path(const sftr_tree *tree, const char *path)
{
	sftr_save_options options;
	sftr_error err;
	char text[600];

	memset(&options, 0, sizeof options);
	options.note = 1;
	options.write = &quick;
	if (sftr_tree_save(tree, path, &options, &err) != SFTR_OK)
		ck_abort_msg("%s", sftr_error_text(&err, text, sizeof text));
}

/* Files of real tools: the codec that explains them, and their first level. */
static const struct {
	const char *name;
	sftr_codec codec;
} golden[] = {
	{ "digits.safetensors", SFTR_CODEC_P2S },
	{ "digits-torch-in-flax.safetensors", SFTR_CODEC_P2S },
	{ "equinox-p2s.safetensors", SFTR_CODEC_P2S },
	{ "flax-linen-p2s.safetensors", SFTR_CODEC_P2S },
	{ "flax-linen-slash.safetensors", SFTR_CODEC_SLASH },
	{ "flax-nnx-keystr.safetensors", SFTR_CODEC_KEYSTR },
	{ "flax-nnx-p2s.safetensors", SFTR_CODEC_P2S },
	{ "flax-nnx-slash.safetensors", SFTR_CODEC_SLASH },
	{ "haiku.safetensors", SFTR_CODEC_HAIKU },
	{ "keystr.safetensors", SFTR_CODEC_KEYSTR },
	{ "optax-adam-p2s.safetensors", SFTR_CODEC_P2S },
	{ "optax-inject-p2s.safetensors", SFTR_CODEC_P2S },
	{ "torch-encoder.safetensors", SFTR_CODEC_DOTTED },
	{ "torch-finetuned.safetensors", SFTR_CODEC_DOTTED },
	{ "torch-sequential.safetensors", SFTR_CODEC_DOTTED },
	{ "torch-tied.safetensors", SFTR_CODEC_DOTTED },
	{ "digits-torch.safetensors", SFTR_CODEC_DOTTED },
	{ "digits-in-torch.safetensors", SFTR_CODEC_DOTTED },
	{ "dtypes-jax.safetensors", SFTR_CODEC_DOTTED },
	{ "dtypes-torch.safetensors", SFTR_CODEC_DOTTED },
	{ "llama-tied/model.safetensors", SFTR_CODEC_DOTTED },
	{ "llama-sharded", SFTR_CODEC_DOTTED },
};

START_TEST(real_files_come_back_as_they_were)
{
	const char *fixtures = getenv("SFTR_FIXTURES");
	const char *first = path_in_folder("a.safetensors");
	const char *second = path_in_folder("b.safetensors");
	sftr_tree *tree, *back;
	char path[1024];

	ck_assert_ptr_nonnull(fixtures);
	make_folder();
	first = path_in_folder("a.safetensors");
	second = path_in_folder("b.safetensors");
	snprintf(path, sizeof path, "%s/golden/%s", fixtures, golden[_i].name);
	for (sftr_tree_data data = SFTR_TREE_VIEW; data <= SFTR_TREE_DESCRIBE;
	     data++) {
		tree = load_path(path, data);
		ck_assert_int_eq(sftr_tree_codec(tree), golden[_i].codec);
		save_path(tree, first);
		back = load_path(first, data);
		assert_equal_trees(tree, back);
		save_path(back, second);
		ck_assert(same_files(first, second));
		if (sftr_tree_n_metadata(tree) <= 1 &&
		    strstr(path, "sharded") == NULL)
			ck_assert(same_files(path, first));
		sftr_tree_free(tree);
		sftr_tree_free(back);
	}
	remove_folder();
}
END_TEST

START_TEST(a_tree_is_saved_over_the_file_that_it_views)
{
	sftr_tree *tree = NULL, *view, *back;
	const char *path;
	sftr_leaf leaf;
	sftr_node *root;

	make_folder();
	path = path_in_folder("a.safetensors");
	ck_assert_int_eq(sftr_tree_new(NULL, &tree, NULL), SFTR_OK);
	root = sftr_tree_set_root(tree, SFTR_NODE_LIST);
	for (int i = 0; i < 5; i++)
		add_floats(root, sftr_index(i), (uint64_t)i);
	ck_assert_int_eq(sftr_tree_set_metadata(tree, str("k"), str("v"), NULL),
			 SFTR_OK);
	save_path(tree, path);
	view = load_path(path, SFTR_TREE_VIEW);
	ck_assert_int_eq(
		sftr_node_tensor(sftr_tree_get(view, 0, "#4", 2), &leaf, NULL),
		SFTR_OK);
	save_path(view, path);
	back = load_path(path, SFTR_TREE_COPY);
	assert_equal_trees(tree, view);
	assert_equal_trees(tree, back);
	ck_assert_uint_eq(sftr_tree_n_metadata(back), 1);
	ck_assert_str_eq(sftr_tree_metadata_at(back, 0)->value.ptr, "v");
	sftr_tree_free(view);
	sftr_tree_free(back);
	sftr_tree_free(tree);
	remove_folder();
}
END_TEST

/* One file in memory: F32 "a" of 2, U8 "b" of 3; its data begin at 8 mod 16. */
static struct bytes
small_file(int shift)
{
	struct bytes bytes;
	char head[512];
	int n = snprintf(head, sizeof head,
			 "{\"a\":{\"dtype\":\"F32\",\"shape\":[2],"
			 "\"data_offsets\":[0,8]},\"b\":{\"dtype\":\"U8\","
			 "\"shape\":[3],\"data_offsets\":[8,11]},\"e\":"
			 "{\"dtype\":\"F32\",\"shape\":[0],"
			 "\"data_offsets\":[11,11]}}");

	while ((n + shift) % 8 != 0)
		head[n++] = ' ';
	bytes.n = 8 + (size_t)n + 11;
	bytes.p = calloc(bytes.n, 1);
	bytes.p[0] = (unsigned char)(n & 0xff);
	bytes.p[1] = (unsigned char)(n >> 8);
	memcpy(bytes.p + 8, head, (size_t)n);
	for (int i = 0; i < 11; i++)
		bytes.p[8 + n + i] = (unsigned char)(i + 1);
	return bytes;
}

static sftr_leaf
leaf_at(const sftr_tree *tree, const char *name)
{
	sftr_leaf leaf;

	ck_assert_int_eq(
		sftr_node_tensor(sftr_tree_get(tree, 0, name, strlen(name)),
				 &leaf, NULL),
		SFTR_OK);
	return leaf;
}

static bool
is_within(const void *p, struct bytes bytes)
{
	return (uintptr_t)p >= (uintptr_t)bytes.p &&
	       (uintptr_t)p < (uintptr_t)(bytes.p + bytes.n);
}

START_TEST(leaves_are_views_copies_or_descriptions)
{
	for (int shift = 0; shift < 2; shift++) {
		struct bytes bytes = small_file(shift);
		sftr_tree_options options;
		sftr_tree *tree = NULL;
		sftr_leaf a, b;

		memset(&options, 0, sizeof options);
		ck_assert_int_eq(load_bytes(bytes, &options, &tree, NULL),
				 SFTR_OK);
		a = leaf_at(tree, "a");
		b = leaf_at(tree, "b");
		ck_assert_int_eq(is_within(a.data, bytes),
				 shift == 0 && !SFTR__BIG_ENDIAN);
		ck_assert_int_eq(is_within(b.data, bytes), 1);
		if (!is_within(a.data, bytes))
			ck_assert_uint_eq((uintptr_t)a.data % 64, 0);
		ck_assert_uint_eq(leaf_at(tree, "e").n_bytes, 0);
		sftr_tree_free(tree);

		options.data = SFTR_TREE_COPY;
		ck_assert_int_eq(load_bytes(bytes, &options, &tree, NULL),
				 SFTR_OK);
		a = leaf_at(tree, "a");
		b = leaf_at(tree, "b");
		ck_assert_uint_eq((uintptr_t)a.data % 64, 0);
		ck_assert_uint_eq((uintptr_t)b.data % 64, 0);
		memset(bytes.p + bytes.n - 11, 0, 11);
		ck_assert_int_eq(memcmp(b.data, "\x09\x0a\x0b", 3), 0);
		memset(a.data, 7, 8);
		sftr_tree_free(tree);

		options.data = SFTR_TREE_DESCRIBE;
		ck_assert_int_eq(load_bytes(bytes, &options, &tree, NULL),
				 SFTR_OK);
		a = leaf_at(tree, "a");
		ck_assert_ptr_null(a.data);
		ck_assert_uint_eq(a.n_bytes, 8);
		sftr_tree_free(tree);
		free(bytes.p);
	}
}
END_TEST

START_TEST(what_a_fallback_holds_is_saved_as_it_was_changed)
{
	struct bytes bytes = small_file(1), saved;
	sftr_tree *tree = NULL, *back = NULL;

	ck_assert_int_eq(load_bytes(bytes, NULL, &tree, NULL), SFTR_OK);
	memset(leaf_at(tree, "a").data, 7, 8);
	ck_assert_int_eq(save_bytes(tree, SFTR_CODEC_GUESS, 0, &saved, NULL),
			 SFTR_OK);
	ck_assert_int_eq(load_bytes(saved, NULL, &back, NULL), SFTR_OK);
	assert_equal_trees(tree, back);
	sftr_tree_free(tree);
	sftr_tree_free(back);
	free(bytes.p);
	free(saved.p);
}
END_TEST

START_TEST(a_description_by_hand_has_nothing_to_save)
{
	sftr_tree *tree = NULL;
	struct bytes bytes;
	uint64_t n = 2;
	sftr_error err;

	ck_assert_int_eq(sftr_tree_new(NULL, &tree, NULL), SFTR_OK);
	sftr_node_add_tensor(sftr_tree_set_root(tree, SFTR_NODE_DICT),
			     sftr_key("w"), SFTR_F32, &n, 1, NULL);
	ck_assert_int_eq(save_bytes(tree, SFTR_CODEC_P2S, 1, &bytes, &err),
			 SFTR_E_ARGUMENT);
	ck_assert_str_eq(err.message,
			 "expected data to save, found only a description");
	ck_assert_str_eq(err.key, "@w");
	sftr_node_set_ordered(sftr_tree_root(tree));
	ck_assert_int_eq(save_bytes(tree, SFTR_CODEC_P2S, 1, &bytes, &err),
			 SFTR_E_ARGUMENT);
	ck_assert_str_eq(err.message,
			 "expected a dict without children to be ordered");
	sftr_tree_free(tree);
}
END_TEST

START_TEST(contracts_are_held)
{
	struct bytes bytes = small_file(0);
	sftr_tree_options options;
	sftr_tree *tree = NULL;
	sftr_error err;

	memset(&options, 0, sizeof options);
	ck_assert_int_eq(sftr_tree_from_checkpoint(NULL, NULL, &tree, &err),
			 SFTR_E_ARGUMENT);
	ck_assert_str_eq(err.message, "expected a checkpoint, found NULL");
	options.codec = SFTR_N_CODECS;
	ck_assert_int_eq(load_bytes(bytes, &options, &tree, &err),
			 SFTR_E_ARGUMENT);
	ck_assert_str_eq(err.message, "expected a codec, found 8");
	options.codec = SFTR_CODEC_RAW;
	options.data = (sftr_tree_data)3;
	ck_assert_int_eq(load_bytes(bytes, &options, &tree, &err),
			 SFTR_E_ARGUMENT);
	ck_assert_str_eq(err.message, "expected what to do with data, found 3");
	ck_assert_int_eq(sftr_tree_load("/nowhere/at/all", NULL, &tree, &err),
			 SFTR_E_IO);
	ck_assert_ptr_null(tree);
	free(bytes.p);
}
END_TEST

START_TEST(metadata_are_kept_and_format_gives_way)
{
	sftr_write_options write = quick;
	sftr_save_options options;
	sftr_tree *tree = NULL, *back;
	const char *path;

	make_folder();
	path = path_in_folder("a.safetensors");
	ck_assert_int_eq(sftr_tree_new(NULL, &tree, NULL), SFTR_OK);
	add_floats(sftr_tree_set_root(tree, SFTR_NODE_DICT), sftr_key("w"), 1);
	sftr_tree_set_metadata(tree, str("format"), str("pt"), NULL);
	sftr_tree_set_metadata(tree, str("z"), str("1"), NULL);
	sftr_tree_set_metadata(tree, str("a"), str("2"), NULL);
	save_path(tree, path);
	back = load_path(path, SFTR_TREE_COPY);
	ck_assert_uint_eq(sftr_tree_n_metadata(back), 3);
	ck_assert_str_eq(sftr_tree_metadata_at(back, 0)->key.ptr, "a");
	ck_assert_str_eq(sftr_tree_metadata_at(back, 1)->value.ptr, "pt");
	sftr_tree_free(back);
	memset(&options, 0, sizeof options);
	write.format = "np";
	options.write = &write;
	ck_assert_int_eq(sftr_tree_save(tree, path, &options, NULL), SFTR_OK);
	back = load_path(path, SFTR_TREE_VIEW);
	ck_assert_uint_eq(sftr_tree_n_metadata(back), 3);
	ck_assert_str_eq(sftr_tree_metadata_at(back, 1)->value.ptr, "np");
	sftr_tree_free(back);
	sftr_tree_free(tree);
	remove_folder();
}
END_TEST

START_TEST(metadata_of_a_writer_stay)
{
	const sftr_write_options options = { .format = "np" };
	sftr_writer *writer;
	sftr_tree *tree = NULL;
	sftr_checkpoint *ckpt;
	size_t n_bytes = 4096;
	char *bytes = malloc(n_bytes);

	ck_assert_int_eq(sftr_tree_new(NULL, &tree, NULL), SFTR_OK);
	sftr_tree_set_metadata(tree, str("format"), str("pt"), NULL);
	sftr_tree_set_metadata(tree, str("a"), str("of the tree"), NULL);
	sftr_tree_set_metadata(tree, str("b"), str("of the tree"), NULL);
	ck_assert_int_eq(sftr_writer_new(&options, &writer, NULL), SFTR_OK);
	sftr_writer_add_metadata(writer, str("a"), str("by hand"), NULL);
	ck_assert_int_eq(sftr_tree_write(tree, NULL, writer, NULL), SFTR_OK);
	ck_assert_int_eq(sftr_writer_save_memory(writer, bytes, n_bytes, NULL),
			 SFTR_OK);
	n_bytes = 8 + (size_t)sftr__load_u64(bytes);
	ck_assert_int_eq(
		sftr_checkpoint_open_memory(bytes, n_bytes, NULL, &ckpt, NULL),
		SFTR_OK);
	ck_assert_uint_eq(sftr_checkpoint_n_metadata(ckpt), 3);
	ck_assert_str_eq(sftr_checkpoint_metadata(ckpt, "format", 6)->value.ptr,
			 "np");
	ck_assert_str_eq(sftr_checkpoint_metadata(ckpt, "a", 1)->value.ptr,
			 "by hand");
	ck_assert_str_eq(sftr_checkpoint_metadata(ckpt, "b", 1)->value.ptr,
			 "of the tree");
	sftr_checkpoint_close(ckpt);
	sftr_writer_free(writer);
	sftr_tree_free(tree);
	free(bytes);
}
END_TEST

/* Loads, compares with 'want', saves to memory; the first failure. */
static sftr_code
use_memory(struct bytes bytes, sftr_tree_data data, const sftr_allocator *a,
	   sftr_error *err)
{
	sftr_write_options write = { .allocator = a };
	sftr_save_options save = { .note = 1, .write = &write };
	sftr_open_options open = { .allocator = a };
	sftr_tree_options options = { .data = data, .allocator = a };
	sftr_checkpoint *ckpt = NULL;
	sftr_writer *writer = NULL;
	sftr_tree *tree = NULL;
	sftr_code code;
	uint64_t n;

	code = sftr_checkpoint_open_memory(bytes.p, bytes.n, &open, &ckpt, err);
	if (code == SFTR_OK) {
		code = sftr_tree_from_checkpoint(ckpt, &options, &tree, err);
		ck_assert_int_eq(code == SFTR_OK, tree != NULL);
	}
	sftr_checkpoint_close(ckpt);
	if (code == SFTR_OK)
		code = sftr_writer_new(&write, &writer, err);
	if (code == SFTR_OK)
		code = sftr_tree_write(tree, &save, writer, err);
	if (code == SFTR_OK)
		code = sftr_writer_n_bytes(writer, &n, err);
	if (code == SFTR_OK)
		ck_assert_uint_eq(n, bytes.n);
	sftr_writer_free(writer);
	sftr_tree_free(tree);
	return code;
}

START_TEST(out_of_memory_at_every_point)
{
	static const char lines[] =
		NOTE("[\"\",\"order\",[\"t\",\"o\",{\"i\":\"7\"},\"a\",\"s\"]],"
		     "[\"@7\",\"int\",null],"
		     "[\"@a\",\"alias\",\"@t#2\"],[\"@o\",\"object\",\"T\"],"
		     "[\"@s\",\"scalar\",\"text\"],[\"@t\",\"tuple\",null]");
	sftr_tree *tree = load(SFTR_CODEC_P2S_ESC, "@7 @t#2 @o.x\\.y", lines);
	struct ledger books;
	sftr_allocator a = ledger_allocator(&books);
	sftr_code code;
	sftr_error err;
	struct bytes bytes;

	ck_assert_int_eq(sftr_tree_set_metadata(tree, str("k"), str("v"), NULL),
			 SFTR_OK);
	ck_assert_int_eq(save_bytes(tree, SFTR_CODEC_GUESS, 1, &bytes, NULL),
			 SFTR_OK);
	sftr_tree_free(tree);
	while (ledger_round(&books)) {
		code = use_memory(bytes, (sftr_tree_data)_i, &a, &err);
		/* Giving back what is too much may fail without harm. */
		if (code == SFTR_OK)
			continue;
		ck_assert_int_eq(code, ledger_code(&books));
		ck_assert_int_eq(err.code, SFTR_E_MEMORY);
		ck_assert_str_eq(err.message, "out of memory");
	}
	ck_assert_uint_gt(books.fail_at, 31);
	free(bytes.p);
}
END_TEST

static int
count_node(void *user, const sftr_node *node, const sftr_step *steps, size_t n)
{
	size_t *counts = user;

	counts[0]++;
	counts[1] += sftr_node_kind_of(node) == SFTR_NODE_TENSOR;
	(void)steps;
	(void)n;
	return 0;
}

/* layers of ten tensors under p2s and dotted */
START_TEST(many_leaves_are_saved_and_loaded)
{
	size_t n = repetitions(100000, 1000000);
	sftr_codec codecs[] = { SFTR_CODEC_P2S, SFTR_CODEC_DOTTED };
	struct ledger books;
	sftr_allocator a = ledger_allocator(&books);
	sftr_tree_options options = { .codec = codecs[_i], .allocator = &a };
	sftr_tree *tree = NULL, *back = NULL;
	size_t counts[2] = { 0, 0 };
	sftr_checkpoint *ckpt = NULL;
	struct bytes bytes;
	sftr_node *root, *layer = NULL;
	char key[24];

	ck_assert_int_eq(sftr_tree_new(NULL, &tree, NULL), SFTR_OK);
	root = sftr_tree_set_root(tree, SFTR_NODE_LIST);
	for (size_t i = 0; i < n; i++) {
		if (i % 10 == 0)
			layer = sftr_node_add(root,
					      sftr_index((int64_t)(i / 10)),
					      SFTR_NODE_DICT);
		snprintf(key, sizeof key, "w%zu", i % 10);
		add_floats(layer, sftr_key(key), 1);
	}
	ck_assert_int_eq(save_bytes(tree, codecs[_i], 1, &bytes, NULL),
			 SFTR_OK);
	ck_assert_int_eq(sftr_checkpoint_open_memory(bytes.p, bytes.n, NULL,
						     &ckpt, NULL),
			 SFTR_OK);
	ck_assert_int_eq(sftr_tree_from_checkpoint(ckpt, &options, &back, NULL),
			 SFTR_OK);
	/* Where a leaf cannot be a view, it has a copy. */
	ck_assert_uint_le(books.n_bytes / (n + n / 10 + 1),
			  SFTR__BIG_ENDIAN ? 264 : 200);
	assert_equal_trees(tree, back);
	ck_assert_int_eq(
		sftr_node_walk(sftr_tree_root(back), count_node, counts, NULL),
		SFTR_OK);
	ck_assert_uint_eq(counts[0], n + n / 10 + 1);
	ck_assert_uint_eq(counts[1], n);
	sftr_tree_free(tree);
	sftr_tree_free(back);
	sftr_checkpoint_close(ckpt);
	ck_assert_uint_eq(books.n_bytes, 0);
	free(bytes.p);
}
END_TEST

int
main(void)
{
	TCase *tc = tcase_create("tree_io");

	tcase_set_timeout(tc, 600);
	tcase_add_loop_test(tc, random_trees_come_back_with_their_note, 0,
			    COUNT(domains));
	tcase_add_loop_test(tc, a_note_is_the_least_that_brings_the_tree_back,
			    0, COUNT(least));
	tcase_add_loop_test(tc, what_cannot_be_said_is_refused, 0,
			    COUNT(refused));
	tcase_add_test(tc, without_a_note_trees_come_back_as_names_tell);
	tcase_add_test(tc, more_null_nodes_than_names_may_call_for_are_said);
	tcase_add_test(tc,
		       a_note_that_no_header_could_hold_takes_no_more_memory);
	tcase_add_test(tc, escaped_names_say_so_and_are_read_so);
	tcase_add_loop_test(tc, real_files_come_back_as_they_were, 0,
			    COUNT(golden));
	tcase_add_test(tc, a_tree_is_saved_over_the_file_that_it_views);
	tcase_add_test(tc, leaves_are_views_copies_or_descriptions);
	tcase_add_test(tc, what_a_fallback_holds_is_saved_as_it_was_changed);
	tcase_add_test(tc, a_description_by_hand_has_nothing_to_save);
	tcase_add_test(tc, contracts_are_held);
	tcase_add_test(tc, metadata_are_kept_and_format_gives_way);
	tcase_add_test(tc, metadata_of_a_writer_stay);
	tcase_add_loop_test(tc, out_of_memory_at_every_point, 0, 3);
	tcase_add_loop_test(tc, many_leaves_are_saved_and_loaded, 0, 2);
	return run_suite("tree_io", tc);
}
