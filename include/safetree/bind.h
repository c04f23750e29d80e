/* SPDX-License-Identifier: MIT */
/*
 * safetree/bind.h - what wants tensors x what has them.
 *
 * A slot wants a tensor: a name, a dtype, a shape, and a place.  sftr_bind
 * holds slots against a checkpoint, reads headers only, tells everything that
 * does not fit at once, and gives a binding: the plan of a load.
 * sftr_binding_load carries it out.  Trees (sftr_set_weights) and C structs
 * (safetree/struct.h) are slots in another dress.
 *
 * No number from a file decides how much is written into memory that the
 * library did not allocate.  After any error in sftr_bind not one byte of the
 * caller's memory has changed.
 */
#ifndef SAFETREE_BIND_H
#define SAFETREE_BIND_H

#include <safetree/base.h>
#include <safetree/checkpoint.h>
#include <safetree/tree.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef enum sftr_place {
	SFTR_PLACE_BUFFER = 0, /* at 'data', which holds 'capacity' bytes */
	SFTR_PLACE_ALLOC,      /* memory of the binding */
	SFTR_PLACE_VIEW,       /* the file's own bytes, mapped */
	SFTR_PLACE_NONE	       /* nowhere: matched, read by sftr_binding_read */
} sftr_place;

enum {
	SFTR_SLOT_OPTIONAL = 1, /* nothing is missing when it is */
	SFTR_SLOT_OR_COPY = 2,	/* a view that cannot be is an ALLOC */
	SFTR_SLOT_BOOL = 4	/* of bool: bytes other than 0, 1 are refused */
};

/*
 * A name under which a slot is looked for, in which "\" takes the meaning off
 * the character behind it.  'transform' is NULL or as at the end of a rule
 * (below): "T", "permute 3,2,0,1".  A "*" in the name stands for 0, 1, 2, ...:
 * the tensors of these names, as many as there are without a gap, stacked on a
 * new first dimension, or on dimension N after "stack N".
 */
typedef struct sftr_alias {
	const char *name;
	const char *transform;
} sftr_alias;

/*
 * What wants a tensor.  Zero is the default of every member.  Everything it
 * points to, except 'data', 'pointer' and 'present', is copied by sftr_bind.
 *
 * The name is 'steps' if that is not NULL, otherwise the text 'name' under
 * options.slot_codec.  It is looked for under the names of 'aliases', first to
 * last, whose texts are under the same codec, or if n_aliases is 0 under its
 * own name; the first that the checkpoint has is taken.
 *
 * The shape is 'shape_text' if that is not NULL, otherwise exactly the 'rank'
 * extents of 'shape'.  A shape text has tokens parted by spaces: a decimal
 * number; the name of a dimension (a letter, then letters, digits and _),
 * which stands for one value throughout a scope; "?", any extent; and at most
 * one "...", any number of dimensions.  "" is a scalar.
 */
typedef struct sftr_slot {
	sftr_str name;
	const sftr_step *steps;
	size_t n_steps;
	const sftr_alias *aliases;
	size_t n_aliases;

	const char *shape_text;
	const uint64_t *shape;
	uint32_t rank;
	sftr_dtype dtype; /* NONE: the file's own */
	uint32_t scope;	  /* of the names of dimensions; any number */

	unsigned flags;
	sftr_place place;
	void *data;	   /* BUFFER: borrowed until the binding is freed */
	uint64_t capacity; /* BUFFER: bytes at 'data' */
	void *pointer;	   /* ALLOC, VIEW: address of a T *, set by load if a
			      tensor fills the slot; NULL: ask
			      sftr_binding_at.  Borrowed as 'data' is */
	void *present;	   /* address of a bool, set when bound; or NULL */
	uint64_t reserved[4];
} sftr_slot;

/* A dimension whose value is known before any tensor is seen. */
typedef struct sftr_dim {
	const char *name;
	uint64_t value;
} sftr_dim;

/*
 * Which differences of dtype may be bridged.  Lossless is decided by the pair
 * of dtypes, never by the values.
 */
typedef enum sftr_conversion {
	SFTR_EXACT = 0, /* none */
	SFTR_LOSSLESS,	/* where every value of the one is one of the other */
	SFTR_LOSSY	/* all: to nearest even, integers saturate, NaN is 0 */
} sftr_conversion;

/* What to do about a kind of finding. */
typedef enum sftr_reaction {
	SFTR_BY_DEFAULT = 0,
	SFTR_REFUSE, /* an error: the bind fails, when all has been looked at */
	SFTR_WARN,   /* a warning: the slot or tensor is left out */
	SFTR_IGNORE  /* left out without a finding; a shape gives a note */
} sftr_reaction;

/* What a bind found; counts are of findings, whatever the reaction. */
typedef struct sftr_report {
	char file[256];	  /* the checkpoint, printable */
	char target[160]; /* what was to be filled: "struct net" */
	char hint[256];	  /* one clause that explains many findings, or names
			     a rule that applies to no tensor; or "" */
	sftr_codec codec; /* under which the file's names were read; GUESS if
			     it failed for another reason than findings */
	uint64_t n_slots;
	uint64_t n_bound; /* slots that a tensor fills */
	uint64_t n_errors;
	uint64_t n_warnings;
	uint64_t n_missing;
	uint64_t n_unexpected;
	uint64_t n_shape;
	uint64_t n_dtype;
	uint64_t n_capacity;
	uint64_t n_ambiguous;
	uint64_t n_overlap;
	uint64_t n_kind;
	uint64_t n_tied;
	uint64_t n_converted;
	uint64_t reserved[8];
} sftr_report;

typedef struct sftr_bind_options {
	sftr_codec codec;      /* of the file's names; GUESS: by all of them */
	sftr_codec slot_codec; /* of slot names; GUESS: DOTTED, or the tree's */
	const char *const *strip; /* text taken off the front of file names, */
	size_t n_strip;		  /* each at most once, in this order */
	const char *rules;	  /* text of rules, below; NULL: none */
	const char *rules_name;	  /* names that text in messages, or NULL */
	const sftr_dim *dims;	  /* known in every scope */
	size_t n_dims;
	int drop_flat; /* 1: FLAT steps of slots are passed over, as in names
			  that pytree2safetensors wrote */

	sftr_conversion conversion;
	sftr_reaction missing;	  /* by default REFUSE */
	sftr_reaction unexpected; /* by default REFUSE */
	sftr_reaction shape;	  /* by default REFUSE; also capacity */
	sftr_reaction dtype;	  /* what conversion forbids; REFUSE */
	sftr_reaction ambiguous;  /* by default REFUSE; else the first wins */
	sftr_reaction overlap;	  /* two slots share memory; REFUSE */
	sftr_reaction kind;	  /* by default IGNORE; never left out */
	sftr_reaction tied;	  /* by default IGNORE; never left out */
	sftr_reaction converted;  /* by default IGNORE; never left out */

	sftr_diagnostic_fn *finding; /* gets every finding; or NULL */
	void *finding_user;	     /* borrowed for the call */
	sftr_report *report;	     /* filled, also on failure; or NULL */
	const char *target;	     /* for the report; or NULL */

	unsigned n_threads; /* that a load may use; 0: at most four */
	sftr_progress_fn *progress;	 /* of loads; or NULL */
	void *progress_user;		 /* borrowed as long as the binding */
	const sftr_open_options *open;	 /* for calls that take a path */
	const sftr_allocator *allocator; /* copied; its user is borrowed */
	uint64_t reserved[8];
} sftr_bind_options;

/*
 * Options as pytree2safetensors' set_weights behaves: what is missing keeps its
 * old value, what is unexpected is passed over, dtypes are converted, and FLAT
 * steps are dropped, so that several leaves may take one tensor, which is a
 * warning.  Shapes must fit: memory is as large as it is.
 */
SFTR_API void
sftr_bind_options_lenient(sftr_bind_options *options);

/*
 * Rules, one a line:
 *
 *	params@Dense_*@kernel -> layers.*.weight     T
 *	params@Conv_0@kernel  -> features.0.weight   permute 3,2,0,1
 *	layers.*.wq           -> wq                  stack 0
 *	optimizer.**          -> drop
 *
 * FROM is a file's name after stripping, under its codec; TO a slot's name,
 * under the slots'.  "*" matches any run inside one step, "**" any number of
 * steps; what each matched stands in TO in the same order.  Both must match
 * from the first step to the last; the first rule that matches wins and is
 * applied once; a name that no rule matches stays.  Kinds are erased.  "\"
 * takes the meaning off the character behind it.  "#" at the start of a line
 * begins a comment.
 *
 * After TO: "T" reverses the dimensions; "permute a,b,..." makes dimension i of
 * the result dimension a, b, ... of the file's; "stack N", which may stand
 * behind one of them, stacks the tensors on a new dimension N: the last "*" of
 * FROM then counts 0, 1, 2, ... and has no counterpart in TO.  A TO of "drop",
 * alone, leaves the tensors out; a name that is so spelt is "\drop".
 *
 * Two tensors that get one name are a collision, SFTR_E_RULE, that names both.
 * Errors in the text are SFTR_E_RULE with the offset in it.
 *
 * sftr_rules_check reads the text as sftr_bind would, and no more; 'codec' is
 * not GUESS, 'name' may be NULL.
 */
SFTR_API sftr_code
sftr_rules_check(const char *text, const char *name, sftr_codec codec,
		 sftr_codec slot_codec, sftr_error *err);

typedef struct sftr_binding sftr_binding;

/*
 * Holds n_slots slots against a checkpoint.  Looks at everything before it
 * decides; each finding goes to options->finding, and the first error to 'err':
 * SFTR_E_MISSING, SFTR_E_UNEXPECTED, SFTR_E_SHAPE, SFTR_E_CONVERSION,
 * SFTR_E_CAPACITY, SFTR_E_AMBIGUOUS, SFTR_E_OVERLAP, SFTR_E_KIND, SFTR_E_VIEW;
 * at once: SFTR_E_ARGUMENT (a slot that contradicts itself, its name in 'key'),
 * SFTR_E_PATH, SFTR_E_RULE, SFTR_E_MEMORY, SFTR_E_CANCELLED if 'finding' wants
 * no more, SFTR_E_LIMIT if a result is larger than this host's memory or slots
 * take more tensors in all than 64 for each tensor and slot, and 1024.  On
 * success only 'present' is written.  *binding is owned (sftr_binding_free) and
 * retains the checkpoint.  'options' may be NULL.
 */
SFTR_API sftr_code
sftr_bind(const sftr_slot *slots, size_t n_slots, const sftr_checkpoint *ckpt,
	  const sftr_bind_options *options, sftr_binding **binding,
	  sftr_error *err);

/*
 * Binds every tensor of a checkpoint to a slot of its own, PLACE_NONE, called
 * as strip and rules call it: a rewriting of the checkpoint, to be read by
 * sftr_binding_read.  A slot_codec of GUESS is the file's own.  'dtype' NONE
 * keeps each one's own; otherwise, as far as options->conversion allows, floats
 * become it if it is a float, integers if it is an integer.  SFTR_E_CODEC if
 * the codec cannot say a name.
 */
SFTR_API sftr_code
sftr_bind_rewrite(const sftr_checkpoint *ckpt, sftr_dtype dtype,
		  const sftr_bind_options *options, sftr_binding **binding,
		  sftr_error *err);

/*
 * Fills the bound slots at and below 'prefix', a path text under the slots'
 * codec, whole steps; NULL: all.  Slots that are loaded already are passed
 * over.  The file is read in few large pieces by a few threads, in place.
 * SFTR_E_ABSENT if no slot is there; SFTR_E_VALUE for a bool that is neither
 * 0 nor 1; SFTR_E_IO, SFTR_E_TRUNCATED, SFTR_E_CANCELLED: the slots that
 * are complete are so marked (sftr_binding_at), the bytes of the others are
 * undefined within their capacity, and the call may be repeated.
 * Memory that it allocates: the ALLOC slots in one block, and 32 MiB at most.
 * One thread at a time on a binding.
 */
SFTR_API sftr_code
sftr_binding_load(sftr_binding *binding, const char *prefix, sftr_error *err);

/*
 * Gives back what the slots at and below 'prefix' hold: their pointers become
 * NULL.  BUFFER slots are only unmarked.  The memory of one load is returned
 * when the last of its slots is released.
 */
SFTR_API void
sftr_binding_release(sftr_binding *binding, const char *prefix);

/*
 * Frees what the library allocated and ends the binding's hold on the
 * checkpoint, and with it the views.  Pointers in the caller's memory are
 * left as they are, and dangle.  NULL is fine.
 */
SFTR_API void
sftr_binding_free(sftr_binding *binding);

typedef enum sftr_bound_state {
	SFTR_UNBOUND = 0, /* no tensor fills it */
	SFTR_BOUND,	  /* not loaded, or not completely */
	SFTR_LOADED
} sftr_bound_state;

/* A slot as it is bound.  Everything is lent by the binding. */
typedef struct sftr_bound {
	sftr_str name;		   /* under the slots' codec */
	const sftr_tensor *tensor; /* the first, of a stack; NULL: none */
	const uint64_t *shape;	   /* as it comes to lie, rank extents */
	uint32_t rank;
	sftr_dtype dtype; /* as it comes to lie */
	sftr_bound_state state;
	const void *data; /* once it is loaded */
	uint64_t n_bytes;
} sftr_bound;

SFTR_API size_t
sftr_binding_count(const sftr_binding *binding); /* slots */
/* SFTR_E_ARGUMENT if i is too large. */
SFTR_API sftr_code
sftr_binding_at(const sftr_binding *binding, size_t i, sftr_bound *bound,
		sftr_error *err);

/* The value of a named dimension in a scope; 0 and *value as it was if none. */
SFTR_API int
sftr_binding_dim(const sftr_binding *binding, uint32_t scope, const char *name,
		 uint64_t *value);

/* A run of a file's bytes that a slot takes. */
typedef struct sftr_range {
	const char *path;     /* of the file, lent; "" for memory */
	uint64_t offset;      /* from the start of the file */
	uint64_t n_bytes;     /* in the file */
	void *destination;    /* in place; NULL if converted, moved, not yet,
				 or a view */
} sftr_range;

/*
 * Writes up to n ranges of slot i, in the order of their bytes in the slot,
 * and returns how many it has: none, one, or one for each part of a stack.
 */
SFTR_API size_t
sftr_binding_ranges(const sftr_binding *binding, size_t i, sftr_range *ranges,
		    size_t n);

/*
 * Copies n_bytes of slot i as it comes to lie (converted, transformed,
 * little-endian), from 'offset' on, without loading it: what a writer's source
 * asks for.  Takes 24 MiB while the binding lives; quick only if it is called
 * in order.  SFTR_E_ABSENT if no tensor fills it.  One thread at a time.
 */
SFTR_API sftr_code
sftr_binding_read(sftr_binding *binding, size_t i, uint64_t offset,
		  void *buffer, size_t n_bytes, sftr_error *err);

/*
 * Fills the tensors of a tree whose leaves have memory, by their paths: bind,
 * load, free.  Leaves without memory are matched only; leaves that share a
 * tensor are filled once.  *report, if not NULL, is filled also on failure.  A
 * tree whose building failed gives that failure; leaves that are views give
 * SFTR_E_ARGUMENT.
 */
SFTR_API sftr_code
sftr_set_weights(sftr_tree *tree, const sftr_checkpoint *ckpt,
		 const sftr_bind_options *options, sftr_report *report,
		 sftr_error *err);

/*
 * A report as a person reads it, a line at a time, without line feeds, cut to
 * fit, terminated when size > 0.  Both return 'text'.
 *
 *	model.safetensors -> struct net (names: dotted): 2 errors, nothing loaded
 *	  missing     layers.2.bias       F32 [64]         near: layers.2.b
 *	  shape       layers.0.weight     file [128,64]    wants [out=64, in=128]; its transpose fits
 */
SFTR_API char *
sftr_report_text(const sftr_report *report, char *text, size_t size);
SFTR_API char *
sftr_finding_text(const sftr_diagnostic *finding, char *text, size_t size);

/*
 * A manifest says in a text what a program wants, one slot a line, columns
 * parted by tabs:
 *
 *	layers.*.weight | layers.*.kernel T    F32    .out .in
 *	layers.*.bias                          F32    .out        optional
 *	wq.*.weight stack 0                    any    layer dim ?
 *
 * names, each with its transform, the first that is there wins; the dtype, or
 * "any"; the shape's text; "optional".  Several tabs part as one does, but
 * "optional" alone behind two is that of a scalar, whose shape is empty.  A "*"
 * repeats its line for 0, 1, 2, ... as far as the file goes, but the last one of
 * a name with "stack" counts the parts.  ".out" is a dimension of each
 * repetition, "dim" one of the whole.  "\" takes the meaning off the character
 * behind it; "#" begins a comment.
 *
 * sftr_manifest_format writes slots so into text[size], terminated, and the
 * length to *n_bytes, also with SFTR_E_CAPACITY.  SFTR_E_CODEC if it cannot
 * say a name.
 */
SFTR_API sftr_code
sftr_manifest_format(const sftr_slot *slots, size_t n_slots,
		     sftr_codec slot_codec, char *text, size_t size,
		     size_t *n_bytes, sftr_error *err);

/*
 * Binds what a manifest wants, PLACE_NONE, as sftr_bind does.  SFTR_E_TABLE
 * with the offset in the text; SFTR_E_LIMIT if its lines come to more names
 * than 64 for each tensor and line, and 1024, or to more bytes than 64 for each
 * of theirs and of the tensors' names, and 1 MiB.
 */
SFTR_API sftr_code
sftr_bind_manifest(const char *text, size_t n_bytes,
		   const sftr_checkpoint *ckpt,
		   const sftr_bind_options *options, sftr_binding **binding,
		   sftr_error *err);

#ifdef __cplusplus
}
#endif

#endif
