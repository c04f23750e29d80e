/* SPDX-License-Identifier: MIT */
/* Every short pattern of the command against every short name. */
#include "effort.h"
#include "suite.h"

#include "cli/glob.h"

/* Whether a character is in the set of "[!s]" or "[s]", which ends at 'end'. */
static bool
is_in(const char *s, const char *end, char c)
{
	bool negated = *s == '!', found = false;

	for (s += negated; s < end; s++) {
		char low = *s;

		if (s + 2 < end && s[1] == '-')
			s += 2;
		found |= low <= c && c <= *s;
	}
	return found != negated;
}

/* As the header says it, without a thought of time. */
static bool
plainly_matches(const char *p, const char *name)
{
	const char *end = NULL;

	if (*p == '\0')
		return *name == '\0';
	if (*p == '*')
		return plainly_matches(p + 1, name) ||
		       (*name != '\0' && plainly_matches(p, name + 1));
	if (*name == '\0')
		return false;
	if (*p == '[' && strlen(p) > 2)
		end = strchr(p + (p[1] == '!' ? 3 : 2), ']');
	if (end != NULL)
		return is_in(p + 1, end, *name) &&
		       plainly_matches(end + 1, name + 1);
	if (*p == '\\' && p[1] != '\0')
		return *++p == *name && plainly_matches(p + 1, name + 1);
	return (*p == '?' || *p == *name) && plainly_matches(p + 1, name + 1);
}

/* The i-th text of the characters of 'alphabet', by length; exactly as long. */
static char *
nth(size_t i, const char *alphabet)
{
	size_t base = strlen(alphabet), n = 0, n_texts = 1;
	char *text;

	for (; i >= n_texts; n++) {
		i -= n_texts;
		n_texts *= base;
	}
	text = malloc(n + 1);
	ck_assert_ptr_nonnull(text);
	text[n] = '\0';
	for (; n > 0; i /= base)
		text[--n] = alphabet[i % base];
	return text;
}

START_TEST(a_pattern_matches_what_it_says)
{
	char *names[85]; /* up to three characters of four */

	for (size_t k = 0; k < 85; k++)
		names[k] = nth(k, "ab-]");
	/* Patterns of up to five characters, or four. */
	for (size_t i = 0; i < (effort_is("brief") ? 7381 : 66430); i++) {
		char *pattern = nth(i, "ab*?[]!-\\");

		for (size_t k = 0; k < 85; k++) {
			sftr_str name = { names[k], strlen(names[k]) };
			bool expected = plainly_matches(pattern, names[k]) ||
					strcmp(pattern, names[k]) == 0;

			if (glob_matches(pattern, name) != expected)
				ck_abort_msg("'%s' and '%s': expected %d",
					     pattern, names[k], expected);
		}
		free(pattern);
	}
	for (size_t k = 0; k < 85; k++)
		free(names[k]);
}
END_TEST

START_TEST(a_character_may_be_of_several_bytes)
{
	static const struct {
		const char *pattern;
		sftr_str name;
		bool matches;
	} rows[] = {
		{ "?", SFTR_STR("\303\251"), true },
		{ "??", SFTR_STR("\303\251"), false },
		{ "[\303\240-\303\277]", SFTR_STR("\303\251"), true },
		{ "[!\303\251]", SFTR_STR("\303\251"), false },
		{ "*\303\251", SFTR_STR("e\303\251"), true },
		{ "\\\303\251", SFTR_STR("\303\251"), true },
		{ "\303*", SFTR_STR("\303\251"), false },
	};

	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
		ck_assert_msg(glob_matches(rows[i].pattern, rows[i].name) ==
				      rows[i].matches,
			      "%s", rows[i].pattern);
}
END_TEST

int
main(void)
{
	TCase *tc = tcase_create("glob");

	tcase_add_test(tc, a_pattern_matches_what_it_says);
	tcase_add_test(tc, a_character_may_be_of_several_bytes);
	return run_suite("glob", tc);
}
