/* SPDX-License-Identifier: MIT */
#include "checkpoint/shard_index.h"

#include "base/alloc.h"
#include "format/json.h"
#include "format/rule.h"
#include "format/value.h"

#include <inttypes.h>

struct parser {
	sftr__shard_index *ix;
	const sftr_allocator *a;
	sftr__findings *findings;
	sftr__json json;
	sftr_error error;
	bool has_map;
	bool no_memory;
};

static void
out_of_memory(struct parser *p)
{
	p->no_memory = true;
	sftr__json_fail(&p->json, SFTR_E_MEMORY, 0, p->json.p, "out of memory");
}

/*
 * A shard lies beside its index: any other path could name whatever file the
 * writer of the index would have us open.
 */
static bool
is_plain_file_name(sftr_str s)
{
	return s.len > 0 && memchr(s.ptr, '/', s.len) == NULL &&
	       memchr(s.ptr, '\\', s.len) == NULL &&
	       memchr(s.ptr, '\0', s.len) == NULL &&
	       !(s.len <= 2 && memcmp(s.ptr, "..", s.len) == 0);
}

/* The place of a file among the files, added if it is new. */
static bool
place_file(struct parser *p, sftr_str file, uint32_t *place)
{
	sftr__shard_index *ix = p->ix;

	/* Neighbours are often in one file. */
	if (ix->n_mapped > 0) {
		*place = ix->mapped[ix->n_mapped - 1].file;
		if (ix->files[*place].len == file.len &&
		    memcmp(ix->files[*place].ptr, file.ptr, file.len) == 0)
			return true;
	}
	*place = sftr__index_find(&ix->file_names, ix->files, file.ptr,
				  file.len);
	if (*place != SFTR__NO_PLACE)
		return true;
	if (!is_plain_file_name(file)) {
		sftr__json_fail(&p->json, SFTR_E_INDEX, SFTR__RULE_INDEX_PATHS,
				file.ptr - 1,
				"a shard's name must be that of a file beside "
				"the index, without a path");
		sftr__set_other(&p->error, file.ptr, file.len);
		return false;
	}
	if (!sftr__grow(p->a, (void **)&ix->files, &ix->files_capacity,
			ix->n_files + 1, sizeof *ix->files)) {
		out_of_memory(p);
		return false;
	}
	ix->files[ix->n_files] = file;
	if (!sftr__index_add(&ix->file_names, p->a, ix->files,
			     (uint32_t)ix->n_files,
			     sftr__index_hash(file.ptr, file.len), place)) {
		out_of_memory(p);
		return false;
	}
	*place = (uint32_t)ix->n_files++;
	return true;
}

static void
add_mapped(struct parser *p, sftr_str name, uint32_t file)
{
	sftr__shard_index *ix = p->ix;
	sftr__mapped *m;

	if (!sftr__grow(p->a, (void **)&ix->mapped, &ix->mapped_capacity,
			ix->n_mapped + 1, sizeof *m)) {
		out_of_memory(p);
		return;
	}
	m = &ix->mapped[ix->n_mapped++];
	m->name = name;
	m->file = file;
	m->hash = sftr__index_hash(name.ptr, name.len);
}

/* In a pass of its own, which can bring slots near before they are asked. */
static void
index_names(struct parser *p)
{
	sftr__shard_index *ix = p->ix;
	const sftr__mapped *m = ix->mapped;
	uint32_t before;

	if (!sftr__index_init(&ix->names, p->a, ix->n_mapped, sizeof *m)) {
		out_of_memory(p);
		return;
	}
	for (size_t i = 0; i < ix->n_mapped && !p->json.failed; i++) {
		if (i + SFTR__INDEX_AHEAD < ix->n_mapped)
			sftr__index_prefetch(&ix->names,
					     m[i + SFTR__INDEX_AHEAD].hash);
		if (!sftr__index_add(&ix->names, p->a, m, (uint32_t)i,
				     m[i].hash, &before)) {
			out_of_memory(p);
		} else if (before != SFTR__NO_PLACE) {
			sftr__json_fail(
				&p->json, SFTR_E_DUPLICATE, SFTR__RULE_INDEX,
				m[i].name.ptr - 1,
				"the same tensor stands at byte %" PRIu64
				" already",
				sftr__shard_index_offset(ix, m[before].name));
			sftr__set_key(&p->error, m[i].name.ptr, m[i].name.len);
		}
	}
}

static void
parse_mapped(struct parser *p)
{
	sftr__json *j = &p->json;
	sftr_str name = sftr__json_string(j, NULL), file;
	uint32_t place;

	sftr__json_need(j, ':');
	file = sftr__json_string(j, NULL);
	if (j->failed)
		return;
	if (place_file(p, file, &place))
		add_mapped(p, name, place);
	if (j->failed)
		sftr__set_key(&p->error, name.ptr, name.len);
}

static void
parse_weight_map(struct parser *p)
{
	sftr__json *j = &p->json;

	p->has_map = true;
	sftr__json_need(j, '{');
	if (sftr__json_take(j, '}'))
		return;
	do {
		parse_mapped(p);
	} while (sftr__json_take(j, ','));
	sftr__json_need(j, '}');
}

static void
parse_metadata(struct parser *p)
{
	sftr__json *j = &p->json;
	char word[16];

	if (sftr__json_peek(j) != '{') {
		sftr__value_skip(j, 1);
		return;
	}
	sftr__json_need(j, '{');
	if (sftr__json_take(j, '}'))
		return;
	do {
		size_t n = sftr__json_word(j, word, sizeof word);
		char c;

		sftr__json_need(j, ':');
		c = sftr__json_peek(j);
		/* Some writers give it as a float or a text: no claim then. */
		if (n == 10 && memcmp(word, "total_size", 10) == 0 &&
		    c >= '0' && c <= '9' && sftr__value_is_integer(j)) {
			p->ix->total_size_at = sftr__json_offset(j, j->p);
			p->ix->total_size = sftr__json_u64(j);
			p->ix->has_total_size = true;
		} else {
			sftr__value_skip(j, 2);
		}
	} while (sftr__json_take(j, ','));
	sftr__json_need(j, '}');
}

static void
parse_index(struct parser *p)
{
	sftr__json *j = &p->json;
	bool has_metadata = false;
	char word[16];

	sftr__json_need(j, '{');
	if (!sftr__json_take(j, '}')) {
		do {
			char *at;
			size_t n;

			sftr__json_peek(j);
			at = j->p;
			n = sftr__json_word(j, word, sizeof word);
			sftr__json_need(j, ':');
			if (n == 10 && memcmp(word, "weight_map", 10) == 0) {
				if (p->has_map)
					sftr__json_fail(
						j, SFTR_E_DUPLICATE,
						SFTR__RULE_INDEX, at,
						"weight_map a second time");
				parse_weight_map(p);
			} else if (n == 8 && memcmp(word, "metadata", 8) == 0 &&
				   !has_metadata) {
				has_metadata = true;
				parse_metadata(p);
			} else {
				sftr__value_skip(j, 1);
			}
		} while (sftr__json_take(j, ','));
		sftr__json_need(j, '}');
	}
	if (sftr__json_peek(j), j->p < j->end)
		sftr__json_expected(j, "nothing after the object");
	if (!p->has_map || p->ix->n_mapped == 0)
		sftr__json_fail(j, SFTR_E_INDEX, SFTR__RULE_INDEX, j->text,
				"no tensor in weight_map, is this an index of "
				"shards?");
}

bool
sftr__shard_index_parse(sftr__shard_index *ix, const sftr_allocator *a,
			size_t n, sftr__findings *findings)
{
	struct parser p = { .ix = ix, .a = a, .findings = findings };

	if (!sftr__index_init(&ix->file_names, a, 8, sizeof *ix->files))
		return false;
	sftr__json_init(&p.json, ix->text, n, 0, &p.error);
	p.json.whole = "index";
	p.json.grammar_rule = SFTR__RULE_INDEX;
	p.json.utf8_rule = SFTR__RULE_INDEX;
	parse_index(&p);
	if (!p.json.failed)
		index_names(&p);
	if (p.json.failed && !p.no_memory)
		sftr__findings_add(findings, &p.error);
	return !p.no_memory;
}

void
sftr__shard_index_free(sftr__shard_index *ix, const sftr_allocator *a)
{
	sftr__index_free(&ix->names, a);
	sftr__index_free(&ix->file_names, a);
	sftr__free(a, ix->mapped, ix->mapped_capacity * sizeof *ix->mapped);
	sftr__free(a, ix->files, ix->files_capacity * sizeof *ix->files);
	sftr__free(a, ix->text, ix->text_size);
	memset(ix, 0, sizeof *ix);
}
