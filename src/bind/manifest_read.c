/* SPDX-License-Identifier: MIT */
/* Reading what bind/manifest writes, and binding it. */
#include "base/diagnostic.h"
#include "base/utf8.h"
#include "bind/escape.h"
#include "bind/expand.h"

#include <string.h>

/* A line being read into a wish. */
struct line {
	const char *text; /* the whole */
	size_t at, end;	  /* what is left of the line */
	sftr__arena *arena;
	sftr_error *err;
};

static sftr_code
fail(struct line *l, size_t at, const char *due)
{
	return sftr__fail_at(l->err, SFTR_E_TABLE, at, "expected %s", due);
}

/* Whether text[n] ends with a space that no "\\" stands before. */
static bool
ends_with_space(const char *text, size_t n)
{
	return n > 0 && text[n - 1] == ' ' &&
	       !sftr__escape_is_open(text, n - 1);
}

/* The column up to the next tab. */
static sftr_str
take_column(struct line *l)
{
	sftr_str column = { l->text + l->at, 0 };

	while (l->at < l->end && l->text[l->at] != '\t')
		l->at++;
	column.len = (size_t)(l->text + l->at - column.ptr);
	while (l->at < l->end && l->text[l->at] == '\t')
		l->at++;
	while (ends_with_space(column.ptr, column.len))
		column.len--;
	return column;
}

static bool
is_optional(sftr_str word)
{
	return word.len == 8 && memcmp(word.ptr, "optional", 8) == 0;
}

/* "NAME TRANSFORM". */
static sftr_code
read_name(struct line *l, sftr_str text, sftr_alias *alias)
{
	sftr__transform transform;
	const char *p = text.ptr, *due;
	size_t n, at;

	for (; text.len > 0 && *p == ' '; p++)
		text.len--;
	n = sftr__escape_span(p, text.len, ' ');
	if (n == 0)
		return fail(l, (size_t)(p - l->text), "a name");
	if (!sftr__transform_parse(p + n, text.len - n, &transform, &at, &due))
		return fail(l, (size_t)(p + n - l->text) + at, due);
	alias->name = sftr__arena_text(l->arena, p, n);
	alias->transform = sftr__arena_text(l->arena, p + n, text.len - n);
	return alias->name != NULL && alias->transform != NULL ?
		       SFTR_OK :
		       sftr__fail_memory(l->err);
}

/* "NAME TRANSFORM | NAME ...". */
static sftr_code
read_names(struct line *l, sftr_str column, sftr__wish *wish)
{
	sftr_str list = column, text;
	sftr_code code = SFTR_OK;
	size_t n = 0;

	while (sftr__escape_next(&list, '|', &text))
		n++;
	wish->aliases = sftr__arena_alloc(l->arena, n * sizeof *wish->aliases);
	if (wish->aliases == NULL)
		return sftr__fail_memory(l->err);
	wish->n_aliases = n;
	for (size_t i = 0; i < n && code == SFTR_OK; i++) {
		sftr__escape_next(&column, '|', &text);
		code = read_name(l, text, &wish->aliases[i]);
	}
	return code;
}

/*
 * The shape's column.  Several tabs part as one does, so that a person may
 * align what is written; but "optional" alone behind two of them is no
 * dimension: the column before it is a scalar's, empty.
 */
static sftr_str
take_shape(struct line *l)
{
	size_t at = l->at;
	sftr_str shape = take_column(l);

	if (is_optional(shape) && l->at == l->end && at > 1 &&
	    l->text[at - 2] == '\t') {
		l->at = at;
		shape.len = 0;
	}
	return shape;
}

static sftr_code
read_line(struct line *l, sftr__wish *wish)
{
	sftr_str names = take_column(l), dtype = take_column(l);
	sftr_str shape = take_shape(l), word = take_column(l);
	sftr_code code = read_names(l, names, wish);

	if (code != SFTR_OK)
		return code;
	if (dtype.len != 3 || memcmp(dtype.ptr, "any", 3) != 0) {
		wish->dtype = sftr_dtype_parse(dtype.ptr, dtype.len);
		if (wish->dtype == SFTR_DTYPE_NONE)
			return fail(l, (size_t)(dtype.ptr - l->text),
				    "a dtype or any");
	}
	wish->shape = sftr__arena_text(l->arena, shape.ptr, shape.len);
	if (wish->shape == NULL)
		return sftr__fail_memory(l->err);
	wish->names_at = (size_t)(names.ptr - l->text);
	wish->shape_at = (size_t)(shape.ptr - l->text);
	wish->is_optional = is_optional(word);
	if (word.len > 0 && !wish->is_optional)
		return fail(l, (size_t)(word.ptr - l->text), "optional");
	return l->at < l->end ? fail(l, l->at, "the end of the line") : SFTR_OK;
}

static sftr_code
read_all(const char *text, size_t n, sftr__wishes *wishes, sftr_error *err)
{
	struct line l = { text, 0, 0, &wishes->arena, err };
	size_t good = n == 0 ? 0 : sftr__utf8_span(text, n);
	sftr_code code = SFTR_OK;

	if (good < n || (n > 0 && memchr(text, '\0', n) != NULL))
		return sftr__fail_at(err, SFTR_E_TABLE,
				     good < n ? good : strlen(text),
				     "no text of UTF-8");
	for (size_t next = 0; next < n && code == SFTR_OK;) {
		const char *lf = memchr(text + next, '\n', n - next);
		sftr__wish *wish;

		l.at = next;
		l.end = lf == NULL ? n : (size_t)(lf - text);
		next = l.end + 1;
		/* Lines may end as they do elsewhere. */
		if (l.end > l.at && text[l.end - 1] == '\r')
			l.end--;
		if (l.at == l.end || text[l.at] == '#')
			continue;
		wish = sftr__wishes_add(wishes);
		code = wish == NULL ? sftr__fail_memory(err) :
				      read_line(&l, wish);
	}
	return code;
}

sftr_code
sftr_bind_manifest(const char *text, size_t n_bytes,
		   const sftr_checkpoint *ckpt,
		   const sftr_bind_options *options, sftr_binding **binding,
		   sftr_error *err)
{
	const sftr_bind_options none = { 0 };
	sftr__wishes wishes;
	sftr_code code;

	*binding = NULL;
	if (options == NULL)
		options = &none;
	sftr__report_fail(options, sftr_checkpoint_file(ckpt, 0));
	sftr__wishes_init(&wishes, options->allocator);
	code = read_all(text, n_bytes, &wishes, err);
	if (code == SFTR_OK)
		code = sftr__wishes_bind(&wishes, ckpt, options, binding, err);
	sftr__wishes_free(&wishes);
	return code;
}
