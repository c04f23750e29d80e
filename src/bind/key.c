/* SPDX-License-Identifier: MIT */
#include "bind/key.h"

#include "base/alloc.h"
#include "names/step.h"

#include <string.h>

void
sftr__key_init(sftr__key *key, const sftr_allocator *allocator)
{
	memset(key, 0, sizeof *key);
	key->allocator = *allocator;
}

void
sftr__key_free(sftr__key *key)
{
	sftr__free(&key->allocator, key->text, key->capacity);
	key->text = NULL;
	key->n = key->capacity = 0;
}

/* The text at p with its low bytes escaped; returns the bytes written. */
static size_t
escape(char *p, sftr_str text)
{
	size_t n = 0;

	for (size_t i = 0; i < text.len; i++) {
		unsigned char c = (unsigned char)text.ptr[i];

		if (c <= 1)
			p[n++] = 1;
		p[n++] = (char)(c <= 1 ? c + 1 : c);
	}
	return n;
}

static bool
has_low_byte(sftr_str text)
{
	return memchr(text.ptr, 0, text.len) != NULL ||
	       memchr(text.ptr, 1, text.len) != NULL;
}

bool
sftr__key_add(sftr__key *key, const sftr_step *steps, size_t n_steps)
{
	for (size_t i = 0; i < n_steps; i++) {
		char decimal[SFTR__DECIMAL];
		sftr_str text = sftr__step_text(&steps[i], decimal);
		void *p = key->text;

		if (text.len > SIZE_MAX / 4 - key->n ||
		    !sftr__grow(&key->allocator, &p, &key->capacity,
				key->n + 2 * text.len + 1, 1))
			return false;
		key->text = p;
		if (text.len > 0 && has_low_byte(text)) {
			key->n += escape(key->text + key->n, text);
		} else if (text.len > 0) {
			memcpy(key->text + key->n, text.ptr, text.len);
			key->n += text.len;
		}
		key->text[key->n++] = '\0';
	}
	return true;
}

bool
sftr__key_add_slot(sftr__key *key, const sftr_step *steps, size_t n_steps,
		   bool drop_flat)
{
	for (size_t i = 0; i < n_steps; i++)
		if (!(drop_flat && steps[i].kind == SFTR_STEP_FLAT) &&
		    !sftr__key_add(key, &steps[i], 1))
			return false;
	return true;
}
