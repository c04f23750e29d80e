/* SPDX-License-Identifier: MIT */
/*
 * safetree/tree.h - key paths and nested containers of tensors.
 *
 * A path is a vector of typed steps; a codec turns it into text and back.  A
 * tree is dicts, lists, tuples and objects with tensors, scalars and nothing
 * at its leaves, as JAX calls it a pytree.
 */
#ifndef SAFETREE_TREE_H
#define SAFETREE_TREE_H

#include <safetree/base.h>
#include <safetree/checkpoint.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef enum sftr_step_kind {
	SFTR_STEP_NAME = 0, /* a text whose kind is not known */
	SFTR_STEP_ATTR,	    /* .attr */
	SFTR_STEP_KEY,	    /* @dict key that is text */
	SFTR_STEP_INT_KEY,  /* dict key that is an integer */
	SFTR_STEP_INDEX,    /* #index of a list or tuple */
	SFTR_STEP_FLAT	    /* index of a child without a key */
} sftr_step_kind;

/* 'text' serves NAME, ATTR and KEY; 'number' the other three. */
typedef struct sftr_step {
	sftr_step_kind kind;
	sftr_str text;
	int64_t number; /* an index is never negative */
} sftr_step;

/* Steps and their texts are owned by the path: sftr_path_free. */
typedef struct sftr_path {
	sftr_step *steps;
	size_t n_steps;
	void *reserved[4];
} sftr_path;

typedef enum sftr_codec {
	SFTR_CODEC_GUESS = 0, /* decided by all names of a checkpoint */
	SFTR_CODEC_P2S,	      /* layers#10@query, as pytree2safetensors */
	SFTR_CODEC_P2S_ESC,   /* the same with \. \@ \# \\ */
	SFTR_CODEC_DOTTED,    /* layers.10.query: PyTorch, Hugging Face, MLX */
	SFTR_CODEC_SLASH,     /* params/Dense_0/kernel: Flax, Keras */
	SFTR_CODEC_HAIKU,     /* mlp/~/linear_0/w */
	SFTR_CODEC_KEYSTR,    /* ['a'][0].w: jax.tree_util.keystr */
	SFTR_CODEC_RAW,	      /* any text, one step */
	SFTR_N_CODECS
} sftr_codec;

/* "p2s-esc" and so on; "guess" for 0, "?" for no codec.  Never NULL. */
SFTR_API const char *
sftr_codec_name(sftr_codec codec);

/* 1 and *codec if 'name' names one ("guess" included), otherwise 0. */
SFTR_API int
sftr_codec_parse(const char *name, size_t n_bytes, sftr_codec *codec);

/*
 * Reads text[n_bytes] under a codec (not GUESS).  SFTR_E_PATH with the offset
 * in the text.  *path is zeroed on failure, owned on success.
 */
SFTR_API sftr_code
sftr_path_parse(sftr_codec codec, const char *text, size_t n_bytes,
		const sftr_allocator *allocator, sftr_path *path,
		sftr_error *err);

/* Releases what parse or copy made and zeroes *path.  A zeroed path is fine. */
SFTR_API void
sftr_path_free(sftr_path *path);

/*
 * Writes the text of the steps under a codec into buffer[size], terminated,
 * and its length to *n_bytes, also when it does not fit (SFTR_E_CAPACITY; size
 * may then be 0).  SFTR_E_CODEC, naming the step from 0, if the codec cannot
 * say it or would read it back otherwise.
 */
SFTR_API sftr_code
sftr_path_format(sftr_codec codec, const sftr_step *steps, size_t n_steps,
		 char *buffer, size_t size, size_t *n_bytes, sftr_error *err);

/*
 * < 0, 0, > 0 in the order in which JAX walks: step by step, numbers by value,
 * before texts, which go by code point; a path before what it begins.  Kinds
 * break ties, in the order of the enum.
 */
SFTR_API int
sftr_path_compare(const sftr_step *a, size_t n_a, const sftr_step *b,
		  size_t n_b);

/*
 * 1 if the paths match with kinds erased: as many steps, the same texts, where
 * a number stands for its canonical decimal.
 */
SFTR_API int
sftr_path_matches(const sftr_step *a, size_t n_a, const sftr_step *b,
		  size_t n_b);

/*
 * The codec that explains all names of a checkpoint, by the rules of
 * libsafetree(3); never GUESS.  reason[size], if not NULL, gets one line that
 * names the deciding tensor.
 */
SFTR_API sftr_code
sftr_codec_guess(const sftr_checkpoint *ckpt, sftr_codec *codec, char *reason,
		 size_t size, sftr_error *err);

typedef struct sftr_tree sftr_tree; /* owns its nodes */
typedef struct sftr_node sftr_node; /* lent by its tree */

typedef enum sftr_node_kind {
	SFTR_NODE_NONE = 0, /* None: a node without a leaf */
	SFTR_NODE_DICT,
	SFTR_NODE_LIST,
	SFTR_NODE_TUPLE,
	SFTR_NODE_OBJECT, /* attributes, and a type's name if known */
	SFTR_NODE_TENSOR,
	SFTR_NODE_SCALAR
} sftr_node_kind;

typedef enum sftr_scalar_kind {
	SFTR_SCALAR_BOOL = 0,
	SFTR_SCALAR_I64,
	SFTR_SCALAR_U64, /* only above INT64_MAX */
	SFTR_SCALAR_F64,
	SFTR_SCALAR_TEXT
} sftr_scalar_kind;

typedef struct sftr_scalar {
	sftr_scalar_kind kind;
	union {
		int boolean;
		int64_t i64;
		uint64_t u64;
		double f64;
		sftr_str text;
	} as;
} sftr_scalar;

/*
 * What a tensor leaf holds.  'data' is in C order and the host's byte order,
 * n_bytes long; NULL for a leaf that only describes, or that is empty.
 * Writable unless the leaf is a view.
 */
typedef struct sftr_leaf {
	sftr_dtype dtype;
	uint32_t rank;
	const uint64_t *shape;
	void *data;
	uint64_t n_bytes;
} sftr_leaf;

/*
 * An empty tree, its root a NONE.  *tree is owned: sftr_tree_free.  A tree is
 * not safe for writing from several threads; reading a tree that nobody
 * writes is.
 */
SFTR_API sftr_code
sftr_tree_new(const sftr_allocator *allocator, sftr_tree **tree,
	      sftr_error *err);

/* NULL is fine.  Views that the tree holds of a checkpoint end with it. */
SFTR_API void
sftr_tree_free(sftr_tree *tree);

SFTR_API sftr_node *
sftr_tree_root(sftr_tree *tree);

/*
 * Building by hand.  The first failure sticks: later calls return NULL, a NULL
 * parent is passed through, and the verdict is asked for once, at the end, by
 * sftr_tree_status.
 *
 * sftr_tree_set_root makes the root a container; sftr_node_add adds one below,
 * or a NONE.  'step' says where: in a dict a KEY or INT_KEY, in a list or tuple
 * an INDEX (the next one), in an object ATTRs or FLATs, not both.  Attributes
 * keep the order in which they are added.  The helpers below make steps; their
 * texts are copied.
 */
SFTR_API sftr_node *
sftr_tree_set_root(sftr_tree *tree, sftr_node_kind kind);

SFTR_API sftr_node *
sftr_node_add(sftr_node *parent, sftr_step step, sftr_node_kind kind);

/*
 * A tensor leaf.  Shape is copied.  'data' is borrowed: memory of exactly the
 * bytes that dtype and shape say, to read from (save) or to load into
 * (sftr_set_weights); NULL makes a leaf that only describes.
 */
SFTR_API sftr_node *
sftr_node_add_tensor(sftr_node *parent, sftr_step step, sftr_dtype dtype,
		     const uint64_t *shape, uint32_t rank, void *data);

/* A scalar leaf; a text is copied.  A U64 that fits becomes an I64. */
SFTR_API sftr_node *
sftr_node_add_scalar(sftr_node *parent, sftr_step step, sftr_scalar value);

/* A leaf that shares the tensor of another leaf of the same tree. */
SFTR_API sftr_node *
sftr_node_add_alias(sftr_node *parent, sftr_step step, sftr_node *target);

/* A tree that is one leaf: its root is a tensor, or a scalar. */
SFTR_API sftr_node *
sftr_tree_set_root_tensor(sftr_tree *tree, sftr_dtype dtype,
			  const uint64_t *shape, uint32_t rank, void *data);
SFTR_API sftr_node *
sftr_tree_set_root_scalar(sftr_tree *tree, sftr_scalar value);

/*
 * The type's name of an OBJECT (copied); that a DICT, which must not have
 * children yet, keeps the order in which they are added.
 */
SFTR_API void
sftr_node_set_type(sftr_node *object, sftr_str type_name);
SFTR_API void
sftr_node_set_ordered(sftr_node *dict);

/* Steps for the calls above; texts are borrowed for the call. */
static inline sftr_step
sftr_attr(const char *name)
{
	sftr_step step = { SFTR_STEP_ATTR, { name, 0 }, 0 };

	while (name[step.text.len] != '\0')
		step.text.len++;
	return step;
}

static inline sftr_step
sftr_key(const char *key)
{
	sftr_step step = sftr_attr(key);

	step.kind = SFTR_STEP_KEY;
	return step;
}

static inline sftr_step
sftr_index(int64_t index)
{
	sftr_step step = { SFTR_STEP_INDEX, { "", 0 }, 0 };

	step.number = index;
	return step;
}

static inline sftr_step
sftr_int_key(int64_t key)
{
	sftr_step step = sftr_index(key);

	step.kind = SFTR_STEP_INT_KEY;
	return step;
}

static inline sftr_step
sftr_flat(int64_t index)
{
	sftr_step step = sftr_index(index);

	step.kind = SFTR_STEP_FLAT;
	return step;
}

/* The first failure of the calls that build, or SFTR_OK. */
SFTR_API sftr_code
sftr_tree_status(const sftr_tree *tree, sftr_error *err);

/* Looking.  Texts and shapes are lent by the tree. */
SFTR_API sftr_node_kind
sftr_node_kind_of(const sftr_node *node);
SFTR_API size_t
sftr_node_count(const sftr_node *node); /* children */
/*
 * The i-th child in JAX order, or NULL; *step, if not NULL, how it is named.  A
 * dict that is not ordered goes by its keys; attributes go as they were added,
 * and by name in a tree that was loaded.
 */
SFTR_API sftr_node *
sftr_node_child(const sftr_node *node, size_t i, sftr_step *step);
SFTR_API sftr_str
sftr_node_type(const sftr_node *node); /* { NULL, 0 } if none */
SFTR_API int
sftr_node_is_ordered(const sftr_node *node);
/* SFTR_E_ABSENT if the node is no tensor, or no scalar. */
SFTR_API sftr_code
sftr_node_tensor(const sftr_node *node, sftr_leaf *leaf, sftr_error *err);
SFTR_API sftr_code
sftr_node_scalar(const sftr_node *node, sftr_scalar *value, sftr_error *err);
/* The leaf whose tensor this one shares, or NULL. */
SFTR_API const sftr_node *
sftr_node_alias(const sftr_node *node);

/*
 * The node at a path, kinds erased; NULL if there is none.  By text: under
 * 'codec' (GUESS: the codec that the tree was loaded with, else P2S).
 */
SFTR_API sftr_node *
sftr_tree_at(const sftr_tree *tree, const sftr_step *steps, size_t n_steps);
SFTR_API sftr_node *
sftr_tree_get(const sftr_tree *tree, sftr_codec codec, const char *text,
	      size_t n_bytes);

/*
 * Visits every node below and including 'node' in JAX order, parents first,
 * with the steps from 'node' on (lent for the call).  A return other than 0
 * stops; sftr_node_walk then returns SFTR_E_CANCELLED.  Depth is bounded by
 * memory only.
 */
typedef int
sftr_walk_fn(void *user, const sftr_node *node, const sftr_step *steps,
	     size_t n_steps);
SFTR_API sftr_code
sftr_node_walk(const sftr_node *node, sftr_walk_fn *fn, void *user,
	       sftr_error *err);

/*
 * 1 if both trees have the same structure, kinds, types, scalars (floats by
 * bits, all NaN alike), dtypes, shapes, bytes and shared leaves.  Otherwise 0,
 * and err (may be NULL) names the first difference in JAX order, in 'key'.
 * -1 if there is no memory to find out.
 */
SFTR_API int
sftr_tree_equal(const sftr_tree *a, const sftr_tree *b, sftr_error *err);

typedef enum sftr_tree_data {
	SFTR_TREE_VIEW = 0, /* leaves are views; those that cannot be, copies */
	SFTR_TREE_COPY,	    /* leaves are copies owned by the tree */
	SFTR_TREE_DESCRIBE  /* no data: dtypes and shapes only */
} sftr_tree_data;

/* A copy with data as 'data' says; VIEW shares the memory of the source. */
SFTR_API sftr_code
sftr_tree_copy(const sftr_tree *tree, sftr_tree_data data, sftr_tree **copy,
	       sftr_error *err);

typedef struct sftr_tree_options {
	sftr_codec codec;
	sftr_tree_data data;
	int ignore_note;		 /* 1: as if there were no note */
	const sftr_open_options *open;	 /* for sftr_tree_load; or NULL */
	const sftr_allocator *allocator; /* copied */
	uint64_t reserved[6];
} sftr_tree_options;

/*
 * The tree that the names of a checkpoint tell, completed by its structure
 * note if it has one.  'options' may be NULL: codec guessed, views.  Metadata
 * "pytree.codec" that says p2s-esc turns p2s into it.  SFTR_E_PATH if the codec
 * cannot read a name, SFTR_E_CONFLICT for names that make no tree, both in
 * 'key' and 'other', the same whatever their order in the file; SFTR_E_LIMIT
 * if gaps in lists need more null nodes than 16 a leaf and 1024; SFTR_E_NOTE
 * if the note is not sound.  The tree retains the checkpoint unless all is
 * copied: a tree that describes reads its bytes when it is saved.
 */
SFTR_API sftr_code
sftr_tree_from_checkpoint(const sftr_checkpoint *ckpt,
			  const sftr_tree_options *options, sftr_tree **tree,
			  sftr_error *err);

/* Opens, builds and closes: what sftr_checkpoint_open takes. */
SFTR_API sftr_code
sftr_tree_load(const char *path, const sftr_tree_options *options,
	       sftr_tree **tree, sftr_error *err);

/* The codec a tree was loaded with; GUESS if it was made by hand. */
SFTR_API sftr_codec
sftr_tree_codec(const sftr_tree *tree);

/*
 * Metadata that load kept and save writes, without those that the library
 * owns ("pytree.note", "pytree.codec").  Set copies; a value whose ptr is NULL
 * removes.
 */
SFTR_API size_t
sftr_tree_n_metadata(const sftr_tree *tree);
SFTR_API const sftr_metadata *
sftr_tree_metadata_at(const sftr_tree *tree, size_t i);
SFTR_API sftr_code
sftr_tree_set_metadata(sftr_tree *tree, sftr_str key, sftr_str value,
		       sftr_error *err);

typedef struct sftr_save_options {
	sftr_codec codec; /* GUESS: the one it was loaded with, else P2S */
	int note;	  /* 1: write the structure note where names do not
			     tell everything; 0: only what names tell */
	const sftr_write_options *write; /* for sftr_tree_save; or NULL */
	uint64_t reserved[6];
} sftr_save_options;

/*
 * Saves the tree, atomically, as sftr_writer_save does.  SFTR_E_CODEC if the
 * codec cannot say a name.  Without a note, what it would hold is left out
 * (tuples come back as lists) except that leaves it would hold - scalars,
 * shared tensors - integer keys and flat indices make it fail with SFTR_E_NOTE.
 * SFTR_E_CONFLICT for an integer key and a text key that are written alike,
 * SFTR_E_ARGUMENT for a leaf that has no data, SFTR_E_LENGTH for a note that no
 * header could hold.  The metadata "pytree.codec" is written if p2s-esc escaped
 * something, or names alone would be misread.
 */
SFTR_API sftr_code
sftr_tree_save(const sftr_tree *tree, const char *path,
	       const sftr_save_options *options, sftr_error *err);

/*
 * Declares the tree's tensors and metadata to a writer, for other sinks: the
 * memory of leaves is borrowed until the writer is freed, and metadata that the
 * writer has already, its format among them, stay.  After a failure the writer
 * is fit to be freed only.
 */
SFTR_API sftr_code
sftr_tree_write(const sftr_tree *tree, const sftr_save_options *options,
		sftr_writer *writer, sftr_error *err);

#ifdef __cplusplus
}
#endif

#endif
