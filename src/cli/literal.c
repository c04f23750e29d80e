/* SPDX-License-Identifier: MIT */
#include "cli/literal.h"

/* Three octal digits always: a fourth would not belong to them. */
static void
print_char(FILE *out, char c)
{
	if (c == '"' || c == '\'' || c == '\\' || c == '?')
		fprintf(out, "\\%c", c);
	else if (c == '\n')
		fputs("\\n", out);
	else if (c >= ' ' && c <= '~')
		fputc(c, out);
	else
		fprintf(out, "\\%03o", (unsigned)(unsigned char)c);
}

void
literal_print(FILE *out, const char *text, size_t n)
{
	fputc('"', out);
	for (size_t i = 0; i < n; i++)
		if (text[i] == '\'')
			fputc('\'', out);
		else
			print_char(out, text[i]);
	fputc('"', out);
}

void
literal_print_array(FILE *out, const char *name, const char *text, size_t n)
{
	fprintf(out, "static const char %s[] = {", name);
	for (size_t i = 0; i < n; i++) {
		fputs(i % 8 == 0 ? "\n\t'" : " '", out);
		print_char(out, text[i]);
		fputs("',", out);
	}
	fputs("\n\t'\\0'\n};\n\n", out);
}
