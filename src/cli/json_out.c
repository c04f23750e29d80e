/* SPDX-License-Identifier: MIT */
#include "cli/json_out.h"

#include "cli/text.h"

#include <inttypes.h>
#include <string.h>

static void
begin_value(json_out *j)
{
	if (j->comma)
		fputc(',', j->out);
	j->comma = true;
}

void
json_out_open(json_out *j, char bracket)
{
	begin_value(j);
	fputc(bracket, j->out);
	j->comma = false;
}

void
json_out_close(json_out *j, char bracket)
{
	fputc(bracket, j->out);
	j->comma = true;
}

static void
put_escape(FILE *out, uint32_t c)
{
	static const char named[] = "\bb\tt\nn\ff\rr\"\"\\\\";

	for (size_t i = 0; i + 1 < sizeof named; i += 2) {
		if ((unsigned char)named[i] == c) {
			fprintf(out, "\\%c", named[i + 1]);
			return;
		}
	}
	if (c < 0x10000) {
		fprintf(out, "\\u%04x", (unsigned)c);
		return;
	}
	c -= 0x10000;
	fprintf(out, "\\u%04x\\u%04x", (unsigned)(0xd800 + (c >> 10)),
		(unsigned)(0xdc00 + (c & 0x3ff)));
}

static void
put_string(FILE *out, const char *text, size_t n)
{
	size_t as_is = 0, len;

	fputc('"', out);
	for (size_t i = 0; i < n; i += len) {
		uint32_t c = text_read(text + i, n - i, &len);

		if (c != '"' && c != '\\' && c != UINT32_MAX &&
		    !text_is_unsafe(c))
			continue;
		fwrite(text + as_is, 1, i - as_is, out);
		as_is = i + len;
		if (c == UINT32_MAX)
			fputs("\\ufffd", out);
		else
			put_escape(out, c);
	}
	fwrite(text + as_is, 1, n - as_is, out);
	fputc('"', out);
}

void
json_out_text(json_out *j, const char *text, size_t n)
{
	begin_value(j);
	put_string(j->out, text, n);
}

void
json_out_key(json_out *j, const char *key, size_t n)
{
	json_out_text(j, key, n);
	fputc(':', j->out);
	j->comma = false;
}

void
json_out_field(json_out *j, const char *key)
{
	json_out_key(j, key, strlen(key));
}

void
json_out_u64(json_out *j, uint64_t value)
{
	begin_value(j);
	fprintf(j->out, "%" PRIu64, value);
}

void
json_out_null(json_out *j)
{
	json_out_raw(j, "null", 4);
}

void
json_out_word(json_out *j, const char *word)
{
	if (word[0] == '\0')
		json_out_null(j);
	else
		json_out_text(j, word, strlen(word));
}

void
json_out_raw(json_out *j, const char *text, size_t n)
{
	begin_value(j);
	fwrite(text, 1, n, j->out);
}
