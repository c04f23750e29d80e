/* SPDX-License-Identifier: MIT */
#include "names/path.h"

#include "base/alloc.h"
#include "base/utf8.h"
#include "names/step.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

/* Texts that had to be unescaped; a block is never moved nor cut. */
struct sftr__path_block {
	struct sftr__path_block *next;
	size_t size; /* of bytes[] */
	size_t used;
	char bytes[];
};

#define BLOCK_SIZE 4000

void
sftr__path_buffer_init(sftr__path_buffer *buffer,
		       const sftr_allocator *allocator)
{
	memset(buffer, 0, sizeof *buffer);
	buffer->allocator = sftr__allocator(allocator);
}

static void
free_blocks(sftr__path_buffer *buffer, struct sftr__path_block *block)
{
	struct sftr__path_block *next;

	for (; block != NULL; block = next) {
		next = block->next;
		sftr__free(&buffer->allocator, block,
			   sizeof *block + block->size);
	}
}

void
sftr__path_buffer_clear(sftr__path_buffer *buffer)
{
	struct sftr__path_block *newest = buffer->blocks;

	buffer->n_steps = 0;
	if (newest == NULL)
		return;
	free_blocks(buffer, newest->next);
	newest->next = NULL;
	newest->used = 0;
}

void
sftr__path_buffer_free(sftr__path_buffer *buffer)
{
	free_blocks(buffer, buffer->blocks);
	buffer->blocks = NULL;
	sftr__free(&buffer->allocator, buffer->steps,
		   buffer->capacity * sizeof *buffer->steps);
	buffer->steps = NULL;
	buffer->n_steps = 0;
	buffer->capacity = 0;
}

static void
push(sftr__path_reader *r, sftr_step step)
{
	sftr__path_buffer *out = r->out;
	void *steps = out->steps;

	if (r->code != SFTR_OK)
		return;
	if (!sftr__grow(&out->allocator, &steps, &out->capacity,
			out->n_steps + 1, sizeof step)) {
		r->code = sftr__fail_memory(r->err);
		return;
	}
	out->steps = steps;
	out->steps[out->n_steps++] = step;
}

void
sftr__path_push_text(sftr__path_reader *r, sftr_step_kind kind,
		     const char *text, size_t n)
{
	sftr_step step = { kind, { text, n }, 0 };

	push(r, step);
}

void
sftr__path_push_number(sftr__path_reader *r, sftr_step_kind kind,
		       int64_t number)
{
	sftr_step step = { kind, { NULL, 0 }, number };

	push(r, step);
}

char *
sftr__path_room(sftr__path_reader *r, size_t n)
{
	const sftr_allocator *a = &r->out->allocator;
	struct sftr__path_block *block = r->out->blocks;
	size_t size = n > BLOCK_SIZE ? n : BLOCK_SIZE;

	if (r->code != SFTR_OK)
		return NULL;
	if (block == NULL || block->size - block->used < n) {
		block = size > SIZE_MAX / 2 ?
				NULL :
				sftr__alloc(a, sizeof *block + size);
		if (block == NULL) {
			r->code = sftr__fail_memory(r->err);
			return NULL;
		}
		block->next = r->out->blocks;
		block->size = size;
		block->used = 0;
		r->out->blocks = block;
	}
	block->used += n;
	return block->bytes + block->used - n;
}

/* The character at text[at] between quotes, or that there is none. */
static void
print_found(const char *text, size_t n, size_t at, char *out, size_t size)
{
	char one[16];
	size_t len;

	if (at >= n) {
		snprintf(out, size, "the end");
		return;
	}
	sftr__utf8_read(text + at, n - at, &len);
	sftr__utf8_print(text + at, len, one, sizeof one);
	snprintf(out, size, text[at] == '\'' ? "\"%s\"" : "'%s'", one);
}

static void
fail_path(sftr__path_reader *r, size_t at, const char *what, const char *found)
{
	if (r->code != SFTR_OK)
		return;
	r->code = sftr__fail_at(r->err, SFTR_E_PATH, at,
				"expected %s, found %s", what, found);
	sftr__set_key(r->err, r->text, r->n);
}

void
sftr__path_expect(sftr__path_reader *r, size_t at, const char *what)
{
	char found[24];

	print_found(r->text, r->n, at, found, sizeof found);
	fail_path(r, at, what, found);
}

int64_t
sftr__path_decimal(sftr__path_reader *r, size_t begin, size_t end,
		   const char *what)
{
	bool negative = begin < end && r->text[begin] == '-';
	sftr__decimal_fault fault;
	int64_t value = 0;
	char text[80];
	size_t at;

	fault = sftr__decimal_parse(r->text + begin, end - begin, &value, &at);
	if (fault == SFTR__DECIMAL_OK)
		return value;
	if (fault == SFTR__DECIMAL_RANGE) {
		snprintf(text, sizeof text, "%s %s %" PRId64, what,
			 negative ? "from" : "up to",
			 negative ? INT64_MIN : INT64_MAX);
		fail_path(r, begin, text,
			  negative ? "a lower one" : "a greater one");
		return 0;
	}
	if (fault == SFTR__DECIMAL_ZERO)
		snprintf(text, sizeof text, "%s without a leading zero", what);
	else
		snprintf(text, sizeof text, "%s", at == 0 ? what : "a digit");
	sftr__path_expect(r, begin + at, text);
	return 0;
}

void
sftr__path_put(sftr__path_writer *w, const char *bytes, size_t n)
{
	if (w->n < w->size && n > 0) {
		size_t fits = w->size - w->n < n ? w->size - w->n : n;

		memcpy(w->buffer + w->n, bytes, fits);
	}
	w->n += n;
}

void
sftr__path_put_char(sftr__path_writer *w, char c)
{
	sftr__path_put(w, &c, 1);
}

void
sftr__path_refuse(sftr__path_writer *w, size_t i, uint64_t at, const char *what,
		  const char *found)
{
	char decimal[SFTR__DECIMAL];
	char character[24];
	sftr_str text;

	if (w->code != SFTR_OK)
		return;
	text = sftr__step_text(&w->steps[i], decimal);
	if (at != SFTR_NO_OFFSET) {
		print_found(text.ptr, text.len, (size_t)at, character,
			    sizeof character);
		found = character;
	}
	w->code = sftr__fail_at(w->err, SFTR_E_CODEC, at,
				"step %zu: expected %s, found %s", i, what,
				found);
	sftr__set_key(w->err, text.ptr, text.len);
}

bool
sftr__path_is_free_of(sftr__path_writer *w, size_t i, const char *set,
		      const char *what)
{
	sftr_str text = w->steps[i].text;
	size_t n_set = strlen(set);

	for (size_t at = 0; at < text.len; at++)
		if (memchr(set, text.ptr[at], n_set) != NULL) {
			sftr__path_refuse(w, i, at, what, NULL);
			return false;
		}
	return true;
}

/* What a path that owns its steps owns: they and, behind them, their texts. */
struct block {
	sftr_allocator allocator;
	size_t n_bytes;
	sftr_step steps[];
};

static bool
block_size(const sftr_step *steps, size_t n_steps, size_t *size)
{
	size_t n = sizeof(struct block);

	if (n_steps > (SIZE_MAX / 2 - n) / sizeof *steps)
		return false;
	n += n_steps * sizeof *steps;
	for (size_t i = 0; i < n_steps; i++) {
		size_t len = steps[i].text.len;

		if (sftr__step_is_number(steps[i].kind))
			continue;
		if (len >= SIZE_MAX / 2 - n)
			return false;
		n += len + 1;
	}
	*size = n;
	return true;
}

sftr_code
sftr__path_copy(const sftr_step *steps, size_t n_steps,
		const sftr_allocator *allocator, sftr_path *path,
		sftr_error *err)
{
	sftr_allocator a = sftr__allocator(allocator);
	struct block *block = NULL;
	size_t size;
	char *text;

	memset(path, 0, sizeof *path);
	if (block_size(steps, n_steps, &size))
		block = sftr__alloc(&a, size);
	if (block == NULL)
		return sftr__fail_memory(err);
	block->allocator = a;
	block->n_bytes = size;
	text = (char *)(block->steps + n_steps);
	for (size_t i = 0; i < n_steps; i++) {
		sftr_step *step = &block->steps[i];

		*step = steps[i];
		step->text.ptr = NULL;
		if (sftr__step_is_number(step->kind))
			continue;
		if (step->text.len > 0)
			memcpy(text, steps[i].text.ptr, step->text.len);
		text[step->text.len] = '\0';
		step->text.ptr = text;
		text += step->text.len + 1;
	}
	path->steps = block->steps;
	path->n_steps = n_steps;
	path->reserved[0] = block;
	return SFTR_OK;
}

void
sftr_path_free(sftr_path *path)
{
	struct block *block = path->reserved[0];
	sftr_allocator a;

	if (block != NULL) {
		a = block->allocator;
		sftr__free(&a, block, block->n_bytes);
	}
	memset(path, 0, sizeof *path);
}
