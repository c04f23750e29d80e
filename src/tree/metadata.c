/* SPDX-License-Identifier: MIT */
#include "tree/metadata.h"

#include "base/alloc.h"
#include "base/sort.h"
#include "base/utf8.h"

#include <string.h>

static int
compare(sftr_str a, sftr_str b)
{
	size_t n = a.len < b.len ? a.len : b.len;
	int c = n > 0 ? memcmp(a.ptr, b.ptr, n) : 0;

	return c != 0 ? c : (a.len > b.len) - (a.len < b.len);
}

bool
sftr__metadata_is_ours(sftr_str key)
{
	static const sftr_str ours[] = { SFTR_STR(SFTR__NOTE_KEY),
					 SFTR_STR(SFTR__CODEC_KEY) };

	return compare(key, ours[0]) == 0 || compare(key, ours[1]) == 0;
}

/* The first place whose key is not below 'key'. */
static size_t
find(const sftr_tree *tree, sftr_str key)
{
	size_t low = 0, high = tree->n_metadata;

	while (low < high) {
		size_t mid = low + (high - low) / 2;

		if (compare(tree->metadata[mid].key, key) < 0)
			low = mid + 1;
		else
			high = mid;
	}
	return low;
}

static bool
is_at(const sftr_tree *tree, size_t i, sftr_str key)
{
	return i < tree->n_metadata && compare(tree->metadata[i].key, key) == 0;
}

static void
drop(sftr_tree *tree, size_t i)
{
	sftr_metadata *at = tree->metadata + i;

	memmove(at, at + 1, (--tree->n_metadata - i) * sizeof *at);
}

/* Texts are the arena's, so that what replaces costs what was there. */
static bool
set(sftr_tree *tree, size_t i, sftr_str key, sftr_str value)
{
	void *metadata = tree->metadata;
	sftr_metadata *at;

	value.ptr = sftr__arena_text(&tree->arena, value.ptr, value.len);
	if (value.ptr == NULL)
		return false;
	if (is_at(tree, i, key)) {
		tree->metadata[i].value = value;
		return true;
	}
	key.ptr = sftr__arena_text(&tree->arena, key.ptr, key.len);
	if (key.ptr == NULL ||
	    !sftr__grow(&tree->allocator, &metadata, &tree->metadata_capacity,
			tree->n_metadata + 1, sizeof *at))
		return false;
	tree->metadata = metadata;
	at = tree->metadata + i;
	memmove(at + 1, at, (tree->n_metadata++ - i) * sizeof *at);
	at->key = key;
	at->value = value;
	return true;
}

bool
sftr__metadata_copy(sftr_tree *to, const sftr_tree *from)
{
	for (size_t i = 0; i < from->n_metadata; i++)
		if (!set(to, to->n_metadata, from->metadata[i].key,
			 from->metadata[i].value))
			return false;
	return true;
}

static int
by_key(const void *a, const void *b)
{
	const sftr_metadata *x = a, *y = b;

	return compare(x->key, y->key);
}

/* A file's entries come in any order; of one key twice the last counts. */
bool
sftr__metadata_take(sftr_tree *tree, const sftr_checkpoint *ckpt)
{
	const sftr_allocator *a = &tree->allocator;
	size_t n = sftr_checkpoint_n_metadata(ckpt);
	size_t size = 2 * n * sizeof(void *);
	const void **sorted;
	bool done = true;

	if (n == 0)
		return true;
	sorted = sftr__alloc(a, size);
	if (sorted == NULL)
		return false;
	for (size_t i = 0; i < n; i++)
		sorted[i] = sftr_checkpoint_metadata_at(ckpt, i);
	sftr__sort(sorted, sorted + n, n, by_key);
	for (size_t i = 0; i < n && done; i++) {
		const sftr_metadata *entry = sorted[i];
		size_t at = tree->n_metadata;

		if (sftr__metadata_is_ours(entry->key))
			continue;
		if (at > 0 && is_at(tree, at - 1, entry->key))
			at--;
		done = set(tree, at, entry->key, entry->value);
	}
	sftr__free(a, sorted, size);
	return done;
}

size_t
sftr_tree_n_metadata(const sftr_tree *tree)
{
	return tree->n_metadata;
}

const sftr_metadata *
sftr_tree_metadata_at(const sftr_tree *tree, size_t i)
{
	return i < tree->n_metadata ? &tree->metadata[i] : NULL;
}

static bool
is_text(sftr_str s)
{
	return s.len == 0 || sftr__utf8_span(s.ptr, s.len) == s.len;
}

sftr_code
sftr_tree_set_metadata(sftr_tree *tree, sftr_str key, sftr_str value,
		       sftr_error *err)
{
	sftr_code code = SFTR_OK;
	size_t i;

	if (key.ptr == NULL)
		return sftr__fail(err, SFTR_E_ARGUMENT,
				  "expected a key of metadata, found NULL");
	if (!is_text(key) || (value.ptr != NULL && !is_text(value)))
		code = sftr__fail(err, SFTR_E_UTF8,
				  "this entry of metadata is not UTF-8");
	else if (sftr__metadata_is_ours(key))
		code = sftr__fail(err, SFTR_E_ARGUMENT,
				  "the library writes this entry by itself");
	if (code != SFTR_OK) {
		sftr__set_key(err, key.ptr, key.len);
		return code;
	}
	i = find(tree, key);
	if (value.ptr != NULL)
		return set(tree, i, key, value) ? SFTR_OK :
						  sftr__fail_memory(err);
	if (is_at(tree, i, key))
		drop(tree, i);
	return SFTR_OK;
}
