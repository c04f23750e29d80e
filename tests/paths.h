/* SPDX-License-Identifier: MIT */
/*
 * What the tests of names share: paths as literals, paths at random, and the
 * suite that every codec must pass.
 */
#ifndef TESTS_PATHS_H
#define TESTS_PATHS_H

#include "suite.h"

#include <safetree/tree.h>
#include <check.h>
#include <string.h>
#include <stdbool.h>

#define NAME(t)                                                                \
	{                                                                      \
		SFTR_STEP_NAME, SFTR_STR(t), 0                                 \
	}
#define ATTR(t)                                                                \
	{                                                                      \
		SFTR_STEP_ATTR, SFTR_STR(t), 0                                 \
	}
#define KEY(t)                                                                 \
	{                                                                      \
		SFTR_STEP_KEY, SFTR_STR(t), 0                                  \
	}
#define INT_KEY(n)                                                             \
	{                                                                      \
		SFTR_STEP_INT_KEY, { NULL, 0 }, n                              \
	}
#define INDEX(n)                                                               \
	{                                                                      \
		SFTR_STEP_INDEX, { NULL, 0 }, n                                \
	}
#define FLAT(n)                                                                \
	{                                                                      \
		SFTR_STEP_FLAT, { NULL, 0 }, n                                 \
	}

struct path {
	const sftr_step *steps;
	size_t n;
};

/* PATH(ATTR("layers"), INDEX(10)), in an initialiser */
#define PATH(...)                                                              \
	{                                                                      \
		(const sftr_step[]){ __VA_ARGS__ },                            \
			sizeof((const sftr_step[]){ __VA_ARGS__ }) /           \
				sizeof(sftr_step)                              \
	}
#define NO_STEPS                                                               \
	{                                                                      \
		NULL, 0                                                        \
	}

/* A text and its path. */
struct path_text {
	sftr_str text;
	struct path path;
};

/* A text that is no path; offset and exact message. */
struct text_fault {
	sftr_str text;
	uint64_t offset;
	const char *message;
};

/* A path that a codec cannot say; offset in the text of the step, 'key'. */
struct path_fault {
	struct path path;
	uint64_t offset;
	const char *key;
	const char *message;
};

/* The path_fault of __metadata__ as the only step, of any kind. */
#define RESERVED(kind)                                                         \
	{                                                                      \
		PATH(kind("__metadata__")), SFTR_NO_OFFSET, "__metadata__",    \
			"step 0: expected the name of a tensor, "              \
			"found the reserved __metadata__"                      \
	}

#define TABLE(table) table, COUNT(table)
#define NO_TABLE NULL, 0

struct codec_facts {
	sftr_codec codec;
	const struct path_text *both; /* read and written */
	size_t n_both;
	const struct path_text *read; /* only read: another text is written */
	size_t n_read;
	const struct text_fault *texts;
	size_t n_texts;
	const struct path_fault *paths;
	size_t n_paths;
	/* Whether the codec must accept a path: the same, said otherwise. */
	bool (*accepts)(const sftr_step *steps, size_t n);
};

/* Runs the suite; what main returns. */
int
run_codec_suite(const struct codec_facts *facts);

/*
 * Numbers at random; the seed is SFTR_SEED or 1, and printed.  main begins,
 * and every test, in a process of its own, has the same numbers.
 */
void
random_begin(void);
uint32_t
random_below(uint32_t n);

/* A path at random, of nasty texts and numbers; lent until the next call. */
#define RANDOM_STEPS 6
struct path
random_path(void);

/* The same steps, kinds and all. */
bool
same_path(const sftr_step *a, size_t n_a, const sftr_step *b, size_t n_b);

/* Whether a codec that only parts names by a separator can say the steps. */
bool
parted_accepts(const sftr_step *steps, size_t n, const char *separator);

bool
text_holds(sftr_str text, const char *set);
bool
is_text(sftr_str text, const char *as);

#endif
