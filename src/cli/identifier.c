/* SPDX-License-Identifier: MIT */
#include "cli/identifier.h"

#include <stdlib.h>
#include <string.h>

/*
 * Keywords of C11, C23 and C++20, sorted, with the types that a generated
 * struct names (a member of that name would change what they mean in C++) and
 * macros in lower case that headers or compilers may define.
 */
static const char *const taken[] = {
	"I",
	"alignas",
	"alignof",
	"and",
	"and_eq",
	"asm",
	"assert",
	"auto",
	"bitand",
	"bitor",
	"bool",
	"break",
	"case",
	"catch",
	"char",
	"char16_t",
	"char32_t",
	"char8_t",
	"class",
	"co_await",
	"co_return",
	"co_yield",
	"compl",
	"complex",
	"concept",
	"const",
	"const_cast",
	"consteval",
	"constexpr",
	"constinit",
	"continue",
	"decltype",
	"default",
	"delete",
	"do",
	"double",
	"dynamic_cast",
	"else",
	"enum",
	"errno",
	"explicit",
	"export",
	"extern",
	"false",
	"float",
	"for",
	"friend",
	"goto",
	"i386",
	"if",
	"imaginary",
	"inline",
	"int",
	"int16_t",
	"int32_t",
	"int64_t",
	"int8_t",
	"linux",
	"long",
	"mutable",
	"namespace",
	"new",
	"noexcept",
	"noreturn",
	"not",
	"not_eq",
	"nullptr",
	"offsetof",
	"operator",
	"or",
	"or_eq",
	"private",
	"protected",
	"public",
	"register",
	"reinterpret_cast",
	"requires",
	"restrict",
	"return",
	"short",
	"signed",
	"sizeof",
	"static",
	"static_assert",
	"static_cast",
	"std",
	"stderr",
	"stdin",
	"stdout",
	"struct",
	"switch",
	"template",
	"this",
	"thread_local",
	"throw",
	"true",
	"try",
	"typedef",
	"typeid",
	"typename",
	"typeof",
	"typeof_unqual",
	"uint16_t",
	"uint32_t",
	"uint64_t",
	"uint8_t",
	"union",
	"unix",
	"unsigned",
	"using",
	"virtual",
	"void",
	"volatile",
	"wchar_t",
	"while",
	"xor",
	"xor_eq",
};

static int
compare(const void *text, const void *word)
{
	return strcmp(text, *(const char *const *)word);
}

static bool
is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static bool
is_upper(char c)
{
	return c >= 'A' && c <= 'Z';
}

static bool
is_lower(char c)
{
	return c >= 'a' && c <= 'z';
}

/* Two capitals or more and no small letter, as macros are called. */
static bool
looks_like_macro(const identifier *id)
{
	size_t n = 0;

	for (size_t i = 0; i < id->n; i++) {
		if (is_lower(id->text[i]))
			return false;
		n += is_upper(id->text[i]);
	}
	return n > 1;
}

void
identifier_begin(identifier *id)
{
	memset(id, 0, sizeof *id);
}

void
identifier_add(identifier *id, const char *text, size_t n)
{
	id->is_parted = id->n > 0;
	for (size_t i = 0; i < n && id->n + 2 < IDENTIFIER_MAX; i++) {
		char c = text[i];

		if (!is_digit(c) && !is_upper(c) && !is_lower(c)) {
			id->is_parted = id->n > 0;
			continue;
		}
		if (id->is_parted)
			id->text[id->n++] = '_';
		else if (id->n == 0 && is_digit(c))
			id->text[id->n++] = 'n';
		id->is_parted = false;
		id->text[id->n++] = c;
	}
}

void
identifier_end(identifier *id)
{
	if (id->n == 0)
		id->text[id->n++] = 'x';
	id->text[id->n] = '\0';
	if (bsearch(id->text, taken, sizeof taken / sizeof taken[0],
		    sizeof taken[0], compare) != NULL ||
	    looks_like_macro(id)) {
		id->text[id->n++] = '_';
		id->text[id->n] = '\0';
	}
}

bool
identifier_fits(const char *text)
{
	identifier id;

	identifier_begin(&id);
	identifier_add(&id, text, strlen(text));
	identifier_end(&id);
	return strcmp(id.text, text) == 0;
}
