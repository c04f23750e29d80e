/* SPDX-License-Identifier: MIT */
#include "bind/dims.h"

#include "base/alloc.h"

#include <string.h>

/* The key of a name: the scope's four bytes, then the name. */
#define NO_SCOPE UINT32_MAX

void
sftr__dims_init(sftr__dims *dims, const sftr_allocator *allocator,
		const sftr_dim *known, size_t n_known)
{
	memset(dims, 0, sizeof *dims);
	dims->allocator = *allocator;
	dims->known = known;
	dims->n_known = n_known;
}

void
sftr__dims_free(sftr__dims *dims)
{
	const sftr_allocator *a = &dims->allocator;

	for (size_t i = 0; i < dims->n; i++)
		sftr__free(a, (char *)(uintptr_t)dims->dims[i].key.ptr,
			   dims->dims[i].key.len + 1);
	sftr__free(a, dims->dims, dims->capacity * sizeof *dims->dims);
	sftr__free(a, dims->parents,
		   dims->scopes_capacity * sizeof *dims->parents);
	if (dims->has_index)
		sftr__index_free(&dims->index, a);
	memset(dims, 0, sizeof *dims);
}

uint32_t
sftr__dims_scope(sftr__dims *dims, uint32_t parent)
{
	void *p = dims->parents;

	if (dims->n_scopes >= NO_SCOPE - 1 ||
	    !sftr__grow(&dims->allocator, &p, &dims->scopes_capacity,
			dims->n_scopes + 1, sizeof *dims->parents))
		return NO_SCOPE;
	dims->parents = p;
	dims->parents[dims->n_scopes] = dims->n_scopes == 0 ? NO_SCOPE : parent;
	return (uint32_t)dims->n_scopes++;
}

static size_t
make_key(char key[SFTR__DIM_NAME_MAX + 4], uint32_t scope, const char *name,
	 size_t n)
{
	memcpy(key, &scope, sizeof scope);
	memcpy(key + 4, name, n);
	return n + 4;
}

/* In exactly this scope. */
static size_t
find_here(const sftr__dims *dims, uint32_t scope, const char *name, size_t n)
{
	char key[SFTR__DIM_NAME_MAX + 4];
	uint32_t place;

	if (!dims->has_index || n > SFTR__DIM_NAME_MAX)
		return SFTR__NO_DIM;
	n = make_key(key, scope, name, n);
	place = sftr__index_find(&dims->index, dims->dims, key, n);
	return place == SFTR__NO_PLACE ? SFTR__NO_DIM : place;
}

static bool
find_known(const sftr__dims *dims, const char *name, size_t n, uint64_t *value)
{
	for (size_t i = 0; i < dims->n_known; i++) {
		if (strlen(dims->known[i].name) == n &&
		    memcmp(dims->known[i].name, name, n) == 0) {
			*value = dims->known[i].value;
			return true;
		}
	}
	return false;
}

size_t
sftr__dims_declare(sftr__dims *dims, uint32_t scope, const char *name, size_t n)
{
	const sftr_allocator *a = &dims->allocator;
	size_t i = find_here(dims, scope, name, n), n_key;
	char key[SFTR__DIM_NAME_MAX + 4];
	void *p = dims->dims;
	uint32_t before;
	sftr__dim *d;

	if (i != SFTR__NO_DIM || n > SFTR__DIM_NAME_MAX)
		return i;
	if (!dims->has_index) {
		dims->has_index =
			sftr__index_init(&dims->index, a, 8, sizeof(sftr__dim));
		if (!dims->has_index)
			return SFTR__NO_DIM;
	}
	if (dims->n >= SFTR__INDEX_MAX ||
	    !sftr__grow(a, &p, &dims->capacity, dims->n + 1, sizeof *d))
		return SFTR__NO_DIM;
	dims->dims = p;
	d = &dims->dims[dims->n];
	memset(d, 0, sizeof *d);
	n_key = make_key(key, scope, name, n);
	d->key.len = n_key;
	d->key.ptr = sftr__copy_text(a, key, n_key);
	if (d->key.ptr == NULL)
		return SFTR__NO_DIM;
	if (!sftr__index_add(&dims->index, a, dims->dims, (uint32_t)dims->n,
			     sftr__index_hash(key, n_key), &before)) {
		sftr__free(a, (char *)(uintptr_t)d->key.ptr, n_key + 1);
		return SFTR__NO_DIM;
	}
	d->is_known = find_known(dims, name, n, &d->value);
	return dims->n++;
}

/* The scope that the name belongs to, and the dimension if it is there. */
static size_t
search(const sftr__dims *dims, uint32_t *scope, const char *name, size_t n)
{
	for (;;) {
		size_t i = find_here(dims, *scope, name, n);

		if (i != SFTR__NO_DIM || *scope >= dims->n_scopes ||
		    dims->parents[*scope] == NO_SCOPE)
			return i;
		*scope = dims->parents[*scope];
	}
}

size_t
sftr__dims_resolve(sftr__dims *dims, uint32_t scope, const char *name, size_t n)
{
	size_t i = search(dims, &scope, name, n);

	return i != SFTR__NO_DIM ? i : sftr__dims_declare(dims, scope, name, n);
}

size_t
sftr__dims_find(const sftr__dims *dims, uint32_t scope, const char *name,
		size_t n)
{
	return search(dims, &scope, name, n);
}

bool
sftr__dims_value(const sftr__dims *dims, uint32_t scope, const char *name,
		 size_t n, uint64_t *value)
{
	size_t i = sftr__dims_find(dims, scope, name, n);

	if (i == SFTR__NO_DIM)
		return find_known(dims, name, n, value);
	*value = dims->dims[i].value;
	return dims->dims[i].is_known;
}
