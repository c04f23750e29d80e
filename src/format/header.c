/* SPDX-License-Identifier: MIT */
#include "format/header.h"

#include "base/alloc.h"
#include "format/entry.h"
#include "format/ranges.h"
#include "format/rule.h"
#include "format/unique.h"

#include <inttypes.h>

/* Bytes of text that an entry takes at least: "":["F4",[],[0,0]], and "":"", */
#define LEAST_TENSOR 19
#define LEAST_METADATA 6

/* Headers of real models take some 100 to 130 bytes a tensor. */
#define USUAL_TENSOR 96

/* The most tensors to make room for before the first is read: 512 KiB. */
#define MAX_GUESS ((size_t)(512 << 10) / sizeof(sftr_tensor))

struct parser {
	sftr__header *h;
	sftr__entry_reader entry;
	bool in_order; /* each range begins where the one before ends */
	bool is_sound; /* sizes agree with ranges */
	uint64_t end;  /* of the last range */
	const char *metadata_at;
};

bool
sftr__header_length(const unsigned char *head, uint64_t file_n_bytes,
		    sftr__findings *findings, uint64_t *n_text)
{
	sftr_diagnostic d;

	if (file_n_bytes < 8) {
		sftr__fail_at(&d, SFTR_E_TRUNCATED, file_n_bytes,
			      "the file has %" PRIu64
			      " bytes, the header length alone takes 8",
			      file_n_bytes);
		d.rule = SFTR__RULE_LENGTH_FIELD;
		sftr__findings_add(findings, &d);
		return false;
	}
	*n_text = sftr__load_u64(head);
	if (*n_text > SFTR__HEADER_MAX) {
		sftr__fail_at(&d, SFTR_E_LENGTH, 0,
			      "the header length is %" PRIu64
			      ", expected at most 100000000",
			      *n_text);
		d.rule = SFTR__RULE_LENGTH_MAX;
	} else if (*n_text > file_n_bytes - 8) {
		sftr__fail_at(&d, SFTR_E_TRUNCATED, 0,
			      "the header length is %" PRIu64
			      ", the file has %" PRIu64 " byte%s behind it",
			      *n_text, file_n_bytes - 8,
			      file_n_bytes - 8 == 1 ? "" : "s");
		d.rule = SFTR__RULE_LENGTH_FITS;
	} else {
		return true;
	}
	sftr__findings_add(findings, &d);
	return false;
}

/* A key or a name; strict refuses U+0000 in it. */
static sftr_str
parse_text(struct parser *p)
{
	int has_nul = 0;
	sftr_str s = sftr__json_string(&p->entry.reader.json, &has_nul);

	if (has_nul)
		sftr__reader_strict(&p->entry.reader, SFTR_E_NUL,
				    SFTR__RULE_NO_NUL, s.ptr - 1,
				    "U+0000 in a text");
	return s;
}

static void
parse_metadata(struct parser *p)
{
	sftr__reader *r = &p->entry.reader;
	sftr__json *j = &r->json;
	sftr__header *h = p->h;

	if (p->metadata_at != NULL) {
		sftr__json_fail(j, SFTR_E_DUPLICATE, SFTR__RULE_METADATA,
				r->name.ptr - 1, "is there a second time");
		return;
	}
	p->metadata_at = r->name.ptr - 1;
	j->grammar_rule = SFTR__RULE_METADATA;
	sftr__json_need(j, ':');
	if (sftr__json_take_null(j)) {
		j->grammar_rule = SFTR__RULE_JSON;
		return;
	}
	sftr__json_need(j, '{');
	h->has_metadata = true;
	if (!sftr__json_take(j, '}')) {
		do {
			sftr_metadata m;

			m.key = parse_text(p);
			sftr__json_need(j, ':');
			m.value = parse_text(p);
			if (j->failed ||
			    !sftr__reader_room(r, (void **)&h->metadata,
					       &h->metadata_capacity,
					       h->n_metadata, sizeof m,
					       LEAST_METADATA))
				return;
			h->metadata[h->n_metadata++] = m;
		} while (sftr__json_take(j, ','));
		sftr__json_need(j, '}');
	}
	j->grammar_rule = SFTR__RULE_JSON;
}

static void
parse_tensor(struct parser *p, sftr_str name)
{
	sftr__header *h = p->h;
	sftr__entry e;
	sftr_tensor *t;
	uint32_t hash;

	if (!sftr__reader_room(&p->entry.reader, (void **)&h->tensors,
			       &h->tensors_capacity, h->n_tensors, sizeof *t,
			       LEAST_TENSOR))
		return;
	hash = sftr__index_hash(name.ptr, name.len); /* while it is near */
	sftr__entry_parse(&p->entry, &e);
	if (p->entry.reader.json.failed)
		return;
	t = &h->tensors[h->n_tensors++];
	t->name = name;
	sftr__unique_keep(t, hash, e.shape, e.rank);
	t->begin = e.begin;
	t->end = e.end;
	t->dtype = e.dtype;
	p->is_sound &= e.is_sound;
	p->in_order &= e.begin == p->end;
	p->end = e.end;
}

static void
parse_members(struct parser *p)
{
	sftr__reader *r = &p->entry.reader;
	sftr__json *j = &r->json;

	if (sftr__json_take(j, '}'))
		return;
	do {
		sftr_str name;

		r->name.ptr = NULL;
		name = parse_text(p);
		if (j->failed)
			return;
		r->name = name;
		if (name.len == 12 && memcmp(name.ptr, "__metadata__", 12) == 0)
			parse_metadata(p);
		else
			parse_tensor(p, name);
	} while (sftr__json_take(j, ','));
	if (!j->failed)
		r->name.ptr = NULL;
	sftr__json_need(j, '}');
}

/* Behind the object only spaces, or any white space to the reference. */
static void
parse_tail(struct parser *p)
{
	sftr__reader *r = &p->entry.reader;
	sftr__json *j = &r->json;

	while (*j->p == ' ')
		j->p++;
	if (j->p < j->end && (*j->p == '\n' || *j->p == '\r' || *j->p == '\t'))
		sftr__reader_strict(r, SFTR_E_JSON, SFTR__RULE_SPACES_LAST,
				    j->p,
				    "white space other than spaces after the "
				    "header's object");
	sftr__json_skip_space(j);
	if (j->p < j->end) {
		j->grammar_rule = SFTR__RULE_SPACES_LAST;
		sftr__json_expected(j, "nothing but spaces after the object");
	}
}

static void
parse_text_of_header(struct parser *p)
{
	sftr__reader *r = &p->entry.reader;
	sftr__json *j = &r->json;
	sftr__header *h = p->h;
	size_t guess = h->n_text / USUAL_TENSOR + 8;

	if (!sftr__resize(r->allocator, (void **)&h->tensors,
			  &h->tensors_capacity,
			  guess < MAX_GUESS ? guess : MAX_GUESS,
			  sizeof *h->tensors)) {
		r->no_memory = true;
		return;
	}
	if (*j->p == ' ' || *j->p == '\n' || *j->p == '\r' || *j->p == '\t')
		sftr__reader_strict(r, SFTR_E_JSON, SFTR__RULE_BRACE_FIRST,
				    j->p,
				    "white space before the header's object, "
				    "expected '{'");
	sftr__json_need(j, '{');
	parse_members(p);
	if (!j->failed)
		parse_tail(p);
}

static void
report_grammar(struct parser *p, sftr__findings *findings)
{
	sftr__reader *r = &p->entry.reader;
	sftr_error *e = &r->error;
	sftr_diagnostic d;

	if (r->name.ptr != NULL)
		sftr__set_key(e, r->name.ptr, r->name.len);
	sftr__findings_add(findings, e);
	if (!findings->all)
		return;
	sftr__fail_at(&d, SFTR_N_UNEXAMINED, e->offset,
		      "what follows could not be examined");
	d.severity = SFTR_NOTE;
	sftr__findings_add(findings, &d);
}

/*
 * Whether ranges and sizes are all as they must be.  Before there is an index:
 * both at once would take more than 64 bytes a tensor.
 */
static bool
find_tile(struct parser *p, uint64_t n_bytes, bool *tile)
{
	*tile = p->is_sound && p->in_order && p->end == n_bytes;
	if (!p->is_sound || p->in_order)
		return true;
	return sftr__ranges_tile(p->h->tensors, p->h->n_tensors, n_bytes,
				 p->entry.reader.allocator, tile);
}

/* Gives back what the arrays have too much; a failure leaves them as is. */
static void
shrink(struct parser *p)
{
	const sftr_allocator *a = p->entry.reader.allocator;
	sftr__header *h = p->h;

	sftr__resize(a, (void **)&h->tensors, &h->tensors_capacity,
		     h->n_tensors, sizeof *h->tensors);
	sftr__resize(a, (void **)&h->dims, &h->dims_capacity, h->n_dims,
		     sizeof *h->dims);
	sftr__resize(a, (void **)&h->metadata, &h->metadata_capacity,
		     h->n_metadata, sizeof *h->metadata);
}

static bool
validate(struct parser *p, uint64_t n_bytes, sftr__findings *findings)
{
	const sftr_allocator *a = p->entry.reader.allocator;
	sftr__header *h = p->h;
	sftr__ranges ranges = { .text = h->text,
				.n_text = h->n_text,
				.text_offset = SFTR__HEADER_OFFSET,
				.n_bytes = n_bytes,
				.policy = p->entry.reader.policy };
	sftr__unique unique = { .h = h,
				.allocator = a,
				.policy = p->entry.reader.policy,
				.findings = findings,
				.metadata_at = p->metadata_at };
	bool tile;

	shrink(p);
	if (!find_tile(p, n_bytes, &tile) || !sftr__unique_settle(&unique))
		return false;
	if ((tile && !unique.dropped) || !sftr__findings_more(findings))
		return true;
	ranges.tensors = h->tensors;
	ranges.n = h->n_tensors;
	/* Again not both at once; and what has faults needs no index. */
	sftr__index_free(&h->names, a);
	if (!sftr__ranges_report(&ranges, a, findings))
		return false;
	return findings->n_errors > 0 || sftr__unique_index(&unique);
}

bool
sftr__header_parse(sftr__header *h, const sftr_allocator *a, sftr_policy policy,
		   uint64_t n_bytes, sftr__findings *findings)
{
	struct parser p = { .h = h, .in_order = true, .is_sound = true };
	sftr__reader *r = &p.entry.reader;
	sftr__json *j = &r->json;
	bool ok;

	r->allocator = a;
	r->policy = policy;
	r->findings = findings;
	sftr__json_init(j, h->text, h->n_text, SFTR__HEADER_OFFSET, &r->error);
	j->grammar_rule = SFTR__RULE_JSON;
	j->utf8_rule = SFTR__RULE_UTF8;
	parse_text_of_header(&p);
	h->dims = p.entry.dims;
	h->n_dims = p.entry.n_dims;
	h->dims_capacity = p.entry.dims_capacity;
	ok = !r->no_memory;
	if (j->failed && ok)
		report_grammar(&p, findings);
	else if (ok)
		ok = validate(&p, n_bytes, findings);
	return ok;
}
