/* SPDX-License-Identifier: MIT */
/*
 * safetree/struct.h - C structs as slots.  C11; not for C++, where slots of
 * safetree/bind.h do the same by hand.
 *
 * A table says, once and beside the struct, what each member wants:
 *
 *	struct linear { const float *weight, *bias; size_t in, out; };
 *	SFTR_STRUCT(linear_table, struct linear,
 *		    SFTR_VIEW(weight, "out in"), SFTR_VIEW(bias, "out"),
 *		    SFTR_DIM(in, "in"), SFTR_DIM(out, "out"));
 *
 *	struct net { struct linear layers[8]; int n_layers; };
 *	SFTR_STRUCT(net_table, struct net,
 *		    SFTR_STRUCTS(layers, n_layers, linear_table));
 *
 * The compiler derives dtypes and sizes from the members, and refuses a member
 * of the wrong type with a sentence that says so.  One table loads, saves and
 * prints a manifest.  Names of members are names in the file, unless SFTR_NAME
 * says another; a member of a nested struct is one step below it.
 *
 * The name of a dimension belongs to the innermost instance of a struct whose
 * table has an SFTR_DIM for it, otherwise to the whole load.
 */
#ifndef SAFETREE_STRUCT_H
#define SAFETREE_STRUCT_H

#ifdef __cplusplus
#error "safetree/struct.h is for C11; C++ has the slots of safetree/bind.h"
#endif

#include <safetree/base.h>
#include <safetree/bind.h>
#include <safetree/checkpoint.h>

#include <limits.h>

/*
 * Fields.  'member' is a member of the struct; 'shape' a literal as
 * sftr_slot.shape_text; behind the shape (or the table, or what stands last)
 * up to six of the words below.
 *
 * SFTR_VIEW    const T *: points into the file; never NULL once loaded, unless
 *              it is optional or empty.  Refused when the file's dtype is not
 *              T's, the data are not aligned, the host is big-endian, or a
 *              transform is asked for; SFTR_OR_COPY makes it a copy then.
 * SFTR_ALLOC   T *: points into memory of the binding.  The old value is
 *              ignored: the struct need not be initialised.
 * SFTR_INTO    T *: your buffer; 'capacity', an integer member, says how many
 *              elements it holds.
 * SFTR_ARRAY   T x[N]: in place; the elements must fit.
 * SFTR_ARRAY2  T x[N][M]: in place, and exactly N by M, whatever 'shape' is.
 * SFTR_VALUE   T x: one element, a tensor of rank 0.
 *
 * T is bool, an integer type, float, double or float _Complex; views of BOOL
 * are const unsigned char * by SFTR_VIEW_AS(member, SFTR_BOOL, shape).  A bool
 * of the file that is neither 0 nor 1 is an error.
 *
 * The _AS forms take a dtype that C has no type for: its size must be T's.
 * SFTR_VIEW_AS takes F4 and F6 as well, where T is the byte that several
 * elements share; names then have no transform and no "*".
 */
#define SFTR_VIEW(member, ...)                                                \
	SFTR__POINTS(SFTR__VIEW, member, SFTR__CONST_POINTER(member),         \
		     "SFTR_VIEW wants a member const T *", __VA_ARGS__,       \
		     SFTR__END)
#define SFTR_ALLOC(member, ...)                                               \
	SFTR__POINTS(SFTR__ALLOC, member, SFTR__POINTER(member),              \
		     "SFTR_ALLOC wants a member T *", __VA_ARGS__, SFTR__END)
#define SFTR_INTO(member, ...)                                                \
	SFTR__FILLS(member, SFTR__POINTER(member),                            \
		    "SFTR_INTO wants a member T *",                           \
		    SFTR__HAS_TWO(__VA_ARGS__, 0, 0), __VA_ARGS__, SFTR__END)
#define SFTR_ARRAY(member, ...)                                               \
	SFTR__HOLDS(member, SFTR__ARRAY1(member), SFTR__COUNT(member), 0,     \
		    SFTR__M(member)[0], "SFTR_ARRAY wants a member T x[N]",   \
		    __VA_ARGS__, SFTR__END)
#define SFTR_ARRAY2(member, ...)                                              \
	SFTR__HOLDS(member, SFTR__ARRAY_2D(member), SFTR__COUNT(member),      \
		    SFTR__COUNT(member[0]), SFTR__M(member)[0][0],            \
		    "SFTR_ARRAY2 wants a member T x[N][M]", __VA_ARGS__,      \
		    SFTR__END)
#define SFTR_VALUE(...) SFTR__HOLDS_ONE(__VA_ARGS__, SFTR__END)

#define SFTR_VIEW_AS(member, dtype, ...)                                      \
	SFTR__POINTS(SFTR__VIEW, member,                                      \
		     SFTR__AS_PACKED(dtype, *SFTR__M(member),                 \
				     SFTR__CONST_POINTER(member)),            \
		     "SFTR_VIEW_AS wants const T *, T as large as the dtype", \
		     __VA_ARGS__, SFTR__END)
#define SFTR_ALLOC_AS(member, dtype, ...)                                     \
	SFTR__POINTS(SFTR__ALLOC, member,                                     \
		     SFTR__AS(dtype, *SFTR__M(member),                        \
			      SFTR__POINTER(member)),                         \
		     "SFTR_ALLOC_AS wants T *, T as large as the dtype",      \
		     __VA_ARGS__, SFTR__END)
#define SFTR_INTO_AS(member, dtype, ...)                                      \
	SFTR__FILLS(member,                                                   \
		    SFTR__AS(dtype, *SFTR__M(member), SFTR__POINTER(member)), \
		    "SFTR_INTO_AS wants T *, T as large as the dtype",        \
		    SFTR__HAS_TWO(__VA_ARGS__, 0, 0), __VA_ARGS__, SFTR__END)
#define SFTR_ARRAY_AS(member, dtype, ...)                                     \
	SFTR__HOLDS(member,                                                   \
		    SFTR__AS(dtype, SFTR__M(member)[0],                       \
			     SFTR__ARRAY1(member)),                           \
		    SFTR__COUNT(member), 0, SFTR__M(member)[0],               \
		    "SFTR_ARRAY_AS wants T x[N], T as large as the dtype",    \
		    __VA_ARGS__, SFTR__END)

/*
 * SFTR_NESTED  a struct within the struct.
 * SFTR_STRUCTS T x[N], filled from the first as far as the file goes; 'count',
 *              an integer member, gets the number.  More than N is an error, and
 *              so is none, unless SFTR_OPTIONAL says that there may be none.
 * SFTR_STRUCTS_EXACTLY the same without a count: all N are wanted.
 * SFTR_STRUCTS_ALLOC   T *x: the binding allocates as many as the file has.
 *
 * 'table' is the name of the table of T.  In the SFTR_NAME of an array, a "*"
 * stands for the number: SFTR_NAME("Dense_*"); without, it is a step behind.
 */
#define SFTR_NESTED(member, ...) SFTR__NEST(member, __VA_ARGS__, SFTR__END)
#define SFTR_STRUCTS(member, count, ...)                                      \
	SFTR__MANY(member, count, __VA_ARGS__, SFTR__END)
#define SFTR_STRUCTS_EXACTLY(member, ...)                                     \
	SFTR__ALL_OF(member, __VA_ARGS__, SFTR__END)
#define SFTR_STRUCTS_ALLOC(member, count, ...)                                \
	SFTR__GROWN(member, count, __VA_ARGS__, SFTR__END)

/* An integer member that gets the value of a dimension. */
#define SFTR_DIM(m, name)                                                     \
	{ .what = SFTR__DIM,                                                  \
	  .member = #m,                                                       \
	  SFTR__COUNTER(m, "SFTR_DIM wants an integer member"),               \
	  .shape = name }

/*
 * Words behind a field.  SFTR_NAME: the file's name, dotted, below the struct's
 * own; repeated, or parted by "|", the first that is
 * present wins.  SFTR_NAME_T: the same, and the file stores the transpose (as
 * Flax does).  SFTR_NAME_AS: with a transform as in a rule, "permute 3,2,0,1".
 * A "*" in a name stacks, see sftr_alias.
 *
 * SFTR_OPTIONAL: need not be in the file; the bool member 'present' says
 * whether it is.  A struct is present if any tensor is below it.
 */
#define SFTR_NAME(name) { SFTR__NAMED, 0, name, NULL }
#define SFTR_NAME_T(name) { SFTR__NAMED, 0, name, "T" }
#define SFTR_NAME_AS(name, transform) { SFTR__NAMED, 0, name, transform }
#define SFTR_OPTIONAL(present)                                                \
	{ SFTR__OPTIONAL,                                                     \
	  SFTR__OFFSET(present) +                                             \
		  SFTR__NEED(_Generic(SFTR__M(present), _Bool : 1,            \
				      default : 0),                           \
			     "SFTR_OPTIONAL wants a member of type bool"),    \
	  NULL, NULL }
#define SFTR_OR_COPY { SFTR__OR_COPY, 0, NULL, NULL }

/* Defines the table 'table' of the struct type 'type', at file scope. */
#define SFTR_STRUCT(table, type, ...)                                         \
	typedef type table##__type;                                           \
	SFTR__UNUSED static inline const sftr_table *table(void)              \
	{                                                                     \
		typedef type sftr__self;                                      \
		static const sftr_field fields[] = { __VA_ARGS__ };           \
		static const sftr_table self = {                              \
			#type, sizeof(sftr__self),                            \
			sizeof(fields) / sizeof(fields[0]), fields            \
		};                                                            \
		return &self;                                                 \
	}                                                                     \
	struct sftr_table

/*
 * Opens 'path' (a file, an index or a directory), binds and loads *object:
 * sftr_checkpoint_open, SFTR_BIND, sftr_binding_load.  'options' may be NULL;
 * so may 'binding' if the table has neither VIEW nor ALLOC.
 */
#define SFTR_LOAD(path, table, object, options, binding, err)                 \
	sftr_struct_load(path, SFTR__TABLE(table, object), object, options,   \
			 binding, err)

/*
 * Binds *object: see sftr_struct_bind.  With sftr_checkpoint_open_memory or
 * _arrays before and sftr_binding_load behind, it is a load from memory.
 */
#define SFTR_BIND(ckpt, table, object, options, binding, err)                 \
	sftr_struct_bind(ckpt, SFTR__TABLE(table, object), object, options,   \
			 binding, err)

/* Saves *object to 'path', or declares it to a writer. */
#define SFTR_SAVE(path, table, object, options, err)                          \
	sftr_struct_save(path, SFTR__CONST_TABLE(table, object), object,      \
			 options, err)
#define SFTR_WRITE(writer, table, object, options, err)                       \
	sftr_struct_write(writer, SFTR__CONST_TABLE(table, object), object,   \
			  options, err)

/*
 * The table's manifest into text[size]; see sftr_manifest_format.  Dimensions
 * of a nested struct are called by its member too, "in__head", or are "?" where
 * that is longer than 64 bytes.
 */
#define SFTR_MANIFEST(table, text, size, n_bytes, err)                        \
	sftr_struct_manifest(table(), text, size, n_bytes, err)

typedef struct sftr_table sftr_table;

/*
 * What the macros call, for a table and an object that belong together.
 *
 * bind: on success counts, dims (0 for one that nothing tells) and presence are
 * written, and VIEW and ALLOC pointers are NULL until the load; on failure
 * nothing.  SFTR_E_TABLE if the table contradicts itself, SFTR_E_CAPACITY if a
 * number does not fit its member, or is another than one that shares it (an
 * array that is optional and absent has no say), and what sftr_bind can return.
 * The object must stay where it is until the binding is freed.  A slot is called
 * by its members, whatever the file calls it: "layers.0.weight", and a prefix of
 * a load is "layers.0".
 *
 * load: where the bind succeeds and the load does not, there is no binding;
 * pointers are NULL then, counts and dims 0, and nothing is present.
 *
 * save: what load would fill, by the first name of each field.  Dims come from
 * the members that SFTR_DIM names, the extents of arrays, and options->dims;
 * SFTR_E_TABLE if one remains unknown.  An array whose extent is only its own is
 * saved whole, however much of it a load has filled.  Transforms are undone.
 *
 * write: as save, to other sinks: the object and what it points to are borrowed
 * until the writer is freed.  After a failure the writer is fit to be freed
 * only.
 */
SFTR_API sftr_code
sftr_struct_load(const char *path, const sftr_table *table, void *object,
		 const sftr_bind_options *options, sftr_binding **binding,
		 sftr_error *err);
SFTR_API sftr_code
sftr_struct_bind(const sftr_checkpoint *ckpt, const sftr_table *table,
		 void *object, const sftr_bind_options *options,
		 sftr_binding **binding, sftr_error *err);

typedef struct sftr_struct_save_options {
	sftr_codec codec; /* of the names; GUESS: DOTTED */
	const sftr_dim *dims;
	size_t n_dims;
	const sftr_write_options *write; /* or NULL */
	uint64_t reserved[6];
} sftr_struct_save_options;

SFTR_API sftr_code
sftr_struct_save(const char *path, const sftr_table *table, const void *object,
		 const sftr_struct_save_options *options, sftr_error *err);
SFTR_API sftr_code
sftr_struct_write(sftr_writer *writer, const sftr_table *table,
		  const void *object, const sftr_struct_save_options *options,
		  sftr_error *err);
SFTR_API sftr_code
sftr_struct_manifest(const sftr_table *table, char *text, size_t size,
		     size_t *n_bytes, sftr_error *err);

/*
 * The table behind the macros: const data.  Its members are not for use by
 * hand, and may change with the minor version.
 */
enum sftr__field_kind {
	SFTR__VIEW = 1,
	SFTR__ALLOC,
	SFTR__INTO,
	SFTR__ARRAY,
	SFTR__NESTED,
	SFTR__STRUCTS,
	SFTR__EXACTLY,
	SFTR__STRUCTS_ALLOC,
	SFTR__DIM
};

enum sftr__word_kind {
	SFTR__NO_WORD = 0,
	SFTR__NAMED,
	SFTR__OPTIONAL,
	SFTR__OR_COPY
};

typedef struct sftr__word {
	int what;
	size_t offset; /* of the bool of OPTIONAL */
	const char *name;
	const char *transform;
} sftr__word;

typedef struct sftr_field {
	int what;
	sftr_dtype dtype;
	const char *member;
	size_t offset;
	size_t size;	   /* of an element or a struct */
	size_t n;	   /* elements or structs in place */
	size_t n_inner;	   /* M of T x[N][M], otherwise 0 */
	int is_bool;
	int is_signed;	   /* the integer of a count, a capacity or a dim: */
	size_t count;	   /* its offset */
	size_t count_size; /* its bytes; 0: none */
	const char *counter;
	const sftr_table *(*table)(void);
	const char *shape; /* or the name of a dim */
	sftr__word words[8];
} sftr_field;

struct sftr_table {
	const char *type; /* as spelt in C */
	size_t size;
	size_t n_fields;
	const sftr_field *fields;
};

#if defined(__GNUC__)
#define SFTR__UNUSED __attribute__((unused))
#else
#define SFTR__UNUSED
#endif

/* A member, never evaluated, and where it is. */
#define SFTR__M(member) (((sftr__self *)0)->member)
#define SFTR__OFFSET(member) offsetof(sftr__self, member)

/* 0, if 'cond' holds; otherwise the compiler says 'text'. */
#define SFTR__NEED(cond, text)                                                \
	(0 * sizeof(struct {                                                  \
		 _Static_assert(cond, text);                                  \
		 int sftr__none;                                              \
	 }))

#define SFTR__END { SFTR__NO_WORD, 0, NULL, NULL }

#if LONG_MAX > 0x7fffffff
#define SFTR__LONG SFTR_I64
#define SFTR__ULONG SFTR_U64
#else
#define SFTR__LONG SFTR_I32
#define SFTR__ULONG SFTR_U32
#endif

/* The types that have a dtype. */
#define SFTR__NUMBERS(CASE, member)                                           \
	CASE(signed char, SFTR_I8, member)                                    \
	CASE(unsigned char, SFTR_U8, member)                                  \
	CASE(short, SFTR_I16, member)                                         \
	CASE(unsigned short, SFTR_U16, member)                                \
	CASE(int, SFTR_I32, member)                                           \
	CASE(unsigned, SFTR_U32, member)                                      \
	CASE(long, SFTR__LONG, member)                                        \
	CASE(unsigned long, SFTR__ULONG, member)                              \
	CASE(long long, SFTR_I64, member)                                     \
	CASE(unsigned long long, SFTR_U64, member)                            \
	CASE(float, SFTR_F32, member)                                         \
	CASE(double, SFTR_F64, member)                                        \
	CASE(float _Complex, SFTR_C64, member)
#define SFTR__TYPES(CASE, member)                                             \
	CASE(_Bool, SFTR_BOOL, member) SFTR__NUMBERS(CASE, member)

/* N of T x[N]; of anything else a number that does no harm. */
#define SFTR__COUNT(member)                                                   \
	(sizeof(SFTR__M(member)) / sizeof(SFTR__M(member)[0]) +               \
	 (sizeof(SFTR__M(member)) < sizeof(SFTR__M(member)[0])))

/* The dtype of a member by its whole type; 0 if it is of another shape. */
#define SFTR__CASE_VALUE(type, dtype, member) type * : dtype,
#define SFTR__CASE_POINTER(type, dtype, member) type * * : dtype,
#define SFTR__CASE_CONST(type, dtype, member) const type * * : dtype,
#define SFTR__CASE_ARRAY(type, dtype, member)                                 \
	type(*)[SFTR__COUNT(member)] : dtype,
#define SFTR__CASE_ARRAY2(type, dtype, member)                                \
	type(*)[SFTR__COUNT(member)][SFTR__COUNT(member[0])] : dtype,
#define SFTR__IS_VALUE(member)                                                \
	_Generic(&SFTR__M(member),                                            \
		 SFTR__TYPES(SFTR__CASE_VALUE, member) default : 0)
#define SFTR__POINTER(member)                                                 \
	_Generic(&SFTR__M(member),                                            \
		 SFTR__TYPES(SFTR__CASE_POINTER, member) default : 0)
#define SFTR__CONST_POINTER(member)                                           \
	_Generic(&SFTR__M(member),                                            \
		 SFTR__NUMBERS(SFTR__CASE_CONST, member) default : 0)
#define SFTR__ARRAY1(member)                                                  \
	_Generic(&SFTR__M(member),                                            \
		 SFTR__TYPES(SFTR__CASE_ARRAY, member) default : 0)
#define SFTR__ARRAY_2D(member)                                         \
	_Generic(&SFTR__M(member),                                            \
		 SFTR__TYPES(SFTR__CASE_ARRAY2, member) default : 0)

/* 'dtype' if 'derived' is one and the sizes agree, otherwise 0. */
#define SFTR__AS(dtype, element, derived)                                     \
	((derived) != 0 && sizeof(element) == SFTR__BYTES(dtype) ? (dtype) : 0)
#define SFTR__AS_PACKED(dtype, element, derived)                              \
	((dtype) >= SFTR_F4 && (dtype) <= SFTR_F6_E3M2 ?                      \
		 ((derived) != 0 && sizeof(element) == 1 ? (dtype) : 0) :     \
		 SFTR__AS(dtype, element, derived))
#define SFTR__BYTES(dtype)                                                    \
	((dtype) >= SFTR_C64 ? 8u :                                           \
	 (dtype) >= SFTR_I32 ? 4u :                                           \
	 (dtype) >= SFTR_I16 ? 2u :                                           \
	 (dtype) >= SFTR_U8 || (dtype) == SFTR_BOOL ? 1u : 0u)

#define SFTR__IS_INTEGER(x)                                                   \
	_Generic((x), signed char : 1, unsigned char : 1, short : 1,          \
		 unsigned short : 1, int : 1, unsigned : 1, long : 1,         \
		 unsigned long : 1, long long : 1, unsigned long long : 1,    \
		 default : 0)
#define SFTR__IS_SIGNED(x)                                                    \
	_Generic((x), signed char : 1, short : 1, int : 1, long : 1,          \
		 long long : 1, default : 0)

/* Fields, with the shape and the words parted. */
#define SFTR__POINTS(kind, m, type, text, shape_text, ...)                    \
	{ .what = kind,                                                       \
	  .dtype = (sftr_dtype)(type),                                        \
	  .member = #m,                                                       \
	  .offset = SFTR__OFFSET(m) + SFTR__NEED((type) != 0, text),          \
	  .size = sizeof(*SFTR__M(m)),                                        \
	  .is_bool = (type) == SFTR_BOOL,                                     \
	  .shape = shape_text,                                                \
	  .words = { __VA_ARGS__ } }
#define SFTR__FILLS(m, type, text, has_both, capacity, shape_text, ...)       \
	{ .what = SFTR__INTO,                                                 \
	  .dtype = (sftr_dtype)(type),                                        \
	  .member = #m,                                                       \
	  .offset = SFTR__OFFSET(m) + SFTR__NEED((type) != 0, text) +         \
		    SFTR__NEED(has_both,                                      \
			       "SFTR_INTO wants a capacity and a shape"),     \
	  .size = sizeof(*SFTR__M(m)),                                        \
	  .is_bool = (type) == SFTR_BOOL,                                     \
	  SFTR__COUNTER(capacity, "the capacity of SFTR_INTO is no integer"), \
	  .shape = shape_text,                                                \
	  .words = { __VA_ARGS__ } }
/* Whether there are two arguments before the zeros. */
#define SFTR__HAS_TWO(first, second, ...)                                     \
	_Generic((second), int : 0, default : 1)
#define SFTR__HOLDS(m, type, number, inner, element, text, shape_text, ...)   \
	{ .what = SFTR__ARRAY,                                                \
	  .dtype = (sftr_dtype)(type),                                        \
	  .member = #m,                                                       \
	  .offset = SFTR__OFFSET(m) + SFTR__NEED((type) != 0, text),          \
	  .size = sizeof(element),                                            \
	  .n = number,                                                        \
	  .n_inner = inner,                                                   \
	  .is_bool = (type) == SFTR_BOOL,                                     \
	  .shape = shape_text,                                                \
	  .words = { __VA_ARGS__ } }
#define SFTR__HOLDS_ONE(m, ...)                                               \
	SFTR__HOLDS(m, SFTR__IS_VALUE(m), 1, 0, SFTR__M(m),                   \
		    "SFTR_VALUE wants a member T x", "", __VA_ARGS__)

/* An integer member that counts. */
#define SFTR__COUNTER(m, text)                                                \
	.count = SFTR__OFFSET(m) +                                            \
		 SFTR__NEED(SFTR__IS_INTEGER(SFTR__M(m)), text),              \
	.count_size = sizeof(SFTR__M(m)), .counter = #m,                      \
	.is_signed = SFTR__IS_SIGNED(SFTR__M(m))

/* Fields that are structs. */
#define SFTR__NEST(m, tab, ...)                                               \
	{ .what = SFTR__NESTED,                                               \
	  .member = #m,                                                       \
	  .offset = SFTR__OFFSET(m) +                                         \
		    SFTR__NEED(_Generic(&SFTR__M(m), tab##__type * : 1,       \
					default : 0),                         \
			       "SFTR_NESTED wants a member of the struct of " \
			       #tab),                                         \
	  .size = sizeof(tab##__type),                                        \
	  .n = 1,                                                             \
	  .table = tab,                                                       \
	  .words = { __VA_ARGS__ } }
#define SFTR__IN_PLACE(m, tab, text)                                          \
	.member = #m,                                                         \
	.offset = SFTR__OFFSET(m) +                                           \
		  SFTR__NEED(_Generic(&SFTR__M(m),                            \
				      tab##__type(*)[SFTR__COUNT(m)] : 1,     \
				      default : 0),                           \
			     text #tab),                                      \
	.size = sizeof(tab##__type), .n = SFTR__COUNT(m), .table = tab
#define SFTR__MANY(m, counter, tab, ...)                                      \
	{ .what = SFTR__STRUCTS,                                              \
	  SFTR__IN_PLACE(m, tab,                                              \
			 "SFTR_STRUCTS wants an array of the struct of "),    \
	  SFTR__COUNTER(counter, "the count of SFTR_STRUCTS is no integer"),  \
	  .words = { __VA_ARGS__ } }
#define SFTR__ALL_OF(m, tab, ...)                                             \
	{ .what = SFTR__EXACTLY,                                              \
	  SFTR__IN_PLACE(m, tab,                                              \
			 "SFTR_STRUCTS_EXACTLY wants an array of the struct " \
			 "of "),                                              \
	  .words = { __VA_ARGS__ } }
#define SFTR__GROWN(m, counter, tab, ...)                                     \
	{ .what = SFTR__STRUCTS_ALLOC,                                        \
	  .member = #m,                                                       \
	  .offset = SFTR__OFFSET(m) +                                         \
		    SFTR__NEED(_Generic(&SFTR__M(m), tab##__type * * : 1,     \
					default : 0),                         \
			       "SFTR_STRUCTS_ALLOC wants a pointer to the "   \
			       "struct of " #tab),                            \
	  .size = sizeof(tab##__type),                                        \
	  .table = tab,                                                       \
	  SFTR__COUNTER(counter,                                              \
			"the count of SFTR_STRUCTS_ALLOC is no integer"),     \
	  .words = { __VA_ARGS__ } }

/* The table, if it is that of *object. */
#define SFTR__TABLE(table, object)                                            \
	(table() + SFTR__NEED(_Generic((object), table##__type * : 1,         \
				       default : 0),                          \
			      "the object is not of the struct of " #table))
#define SFTR__CONST_TABLE(table, object)                                      \
	(table() + SFTR__NEED(_Generic((object), table##__type * : 1,         \
				       const table##__type * : 1,             \
				       default : 0),                          \
			      "the object is not of the struct of " #table))

#endif
