/* SPDX-License-Identifier: MIT */
/*
 * The text of an index of shards.  What is accepted names files beside it and
 * no others, finds every tensor where it says, and written again says the
 * same; a refusal lies in the text.
 */
#include "fuzz.h"

#include "base/alloc.h"
#include "checkpoint/shard_index.h"
#include "format/emit.h"
#include "format/json.h"

#include <stdlib.h>
#include <string.h>

const char fuzz_name[] = "index";

static void
keep_to_the_folder(const sftr__shard_index *ix)
{
	for (size_t i = 0; i < ix->n_files; i++) {
		const char *file = ix->files[i].ptr;
		size_t n = ix->files[i].len;

		need(n > 0 && file[n] == '\0' && strlen(file) == n, "%s", file);
		need(strpbrk(file, "/\\") == NULL && strcmp(file, ".") != 0 &&
			     strcmp(file, "..") != 0,
		     "%s is no file's name", file);
	}
}

static void
emit_index(sftr__emit *e, const sftr__shard_index *ix)
{
	sftr__emit_text(e, "{");
	if (ix->has_total_size) {
		sftr__emit_text(e, "\"metadata\":{\"total_size\":");
		sftr__emit_u64(e, ix->total_size);
		sftr__emit_text(e, "},");
	}
	sftr__emit_text(e, "\"weight_map\":{");
	for (size_t i = 0; i < ix->n_mapped; i++) {
		sftr__emit_text(e, i > 0 ? "," : "");
		sftr__emit_string(e, ix->mapped[i].name);
		sftr__emit_text(e, ":");
		sftr__emit_string(e, ix->files[ix->mapped[i].file]);
	}
	sftr__emit_text(e, "}}");
}

static bool
parsed(sftr__shard_index *ix, const sftr_allocator *a, const void *text,
       size_t n, sftr_error *err)
{
	sftr__findings findings = { .err = err };

	memset(ix, 0, sizeof *ix);
	ix->text_size = n + SFTR__JSON_SLACK;
	ix->text = sftr__alloc_zeroed(a, ix->text_size, 1);
	if (n > 0)
		memcpy(ix->text, text, n);
	need(sftr__shard_index_parse(ix, a, n, &findings), "no memory");
	if (findings.n_errors == 0)
		return true;
	fuzz_refusal(err, findings.code, n);
	return false;
}

static void
same_index(const sftr__shard_index *a, const sftr__shard_index *b)
{
	need(a->n_mapped == b->n_mapped && a->n_files == b->n_files, "counts");
	need(a->has_total_size == b->has_total_size &&
		     (!a->has_total_size || a->total_size == b->total_size),
	     "total_size");
	for (size_t i = 0; i < a->n_mapped; i++) {
		const sftr__mapped *m = &a->mapped[i], *n = &b->mapped[i];
		uint32_t at = sftr__index_find(&a->names, a->mapped,
					       m->name.ptr, m->name.len);

		need(at == i, "tensor %zu is found at %u", i, (unsigned)at);
		need(m->name.len == n->name.len && m->file == n->file &&
			     memcmp(m->name.ptr, n->name.ptr, m->name.len) == 0,
		     "tensor %zu", i);
	}
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct fuzz_memory memory;
	sftr_allocator a = fuzz_allocator(&memory, 65536 + 64 * size);
	sftr__shard_index ix, again;
	sftr_error err;
	sftr__emit e;

	if (parsed(&ix, &a, data, size, &err)) {
		keep_to_the_folder(&ix);
		sftr__emit_begin(&e, &a);
		emit_index(&e, &ix);
		need(parsed(&again, &a, e.text, e.n_bytes, &err), "%s",
		     err.message);
		same_index(&ix, &again);
		sftr__shard_index_free(&again, &a);
		sftr__emit_free(&e);
	}
	sftr__shard_index_free(&ix, &a);
	fuzz_all_freed(&memory);
	return 0;
}
