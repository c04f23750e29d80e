/* SPDX-License-Identifier: MIT */
/*
 * header: the JSON of a header, as it stands in the file or laid out for
 * people.  As it stands, that of an invalid file is shown as well: to see it is
 * why one asks.
 */
#include "cli/command.h"
#include "cli/finding.h"
#include "cli/input.h"
#include "cli/json_out.h"
#include "cli/outcome.h"
#include "cli/text.h"

#include <safetree.h>

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* One file's header, read from the file itself. */
struct header {
	char *text;
	size_t n;
};

static bool
fail_read(const char *path)
{
	outcome_trouble("%s: cannot read the header: %s", path,
			errno != 0 ? strerror(errno) : "the file is too short");
	return false;
}

static bool
read_header(const char *path, struct header *h)
{
	unsigned char head[8];
	uint64_t n = 0;
	FILE *file;
	bool ok;

	errno = 0;
	file = fopen(path, "rb");
	if (file == NULL)
		return fail_read(path);
	ok = fread(head, 1, sizeof head, file) == sizeof head;
	for (int i = 7; i >= 0; i--)
		n = n << 8 | head[i];
	/* The number is bounded by the format before memory follows it. */
	if (ok && n <= 100000000) {
		h->text = malloc((size_t)n + 1);
		h->n = h->text == NULL ? 0 : fread(h->text, 1, (size_t)n, file);
		ok = h->n == n;
	} else {
		ok = false;
	}
	fclose(file);
	return ok || fail_read(path);
}

/* As it stands; but on a terminal bytes must not act. */
static void
print_raw(const struct header *h)
{
	if (!isatty(STDOUT_FILENO)) {
		outcome_write(h->text, h->n);
		return;
	}
	text_quote(stdout, h->text, h->n);
	fputc('\n', stdout);
}

/* A cursor over JSON that is known to be sound, white space left out. */
struct cursor {
	const char *p, *end;
};

/* The next token; a string comes whole.  Its length, 0 at the end. */
static size_t
next_token(struct cursor *c, const char **token)
{
	const char *p = c->p;

	while (p < c->end &&
	       (*p == ' ' || *p == '\n' || *p == '\r' || *p == '\t'))
		p++;
	*token = p;
	if (p == c->end)
		return 0;
	if (*p == '"') {
		for (p++; p < c->end && *p != '"'; p++)
			if (*p == '\\')
				p++;
		p++;
	} else if (strchr("{}[],:", *p) != NULL) {
		p++;
	} else {
		while (p < c->end && strchr(" \n\r\t{}[],:", *p) == NULL)
			p++;
	}
	c->p = p > c->end ? c->end : p;
	return (size_t)(c->p - *token);
}

static bool
is_metadata(const char *token, size_t n)
{
	return n == 14 && memcmp(token, "\"__metadata__\"", 14) == 0;
}

/* Texts may hold what a terminal obeys: those bytes are written as \uXXXX. */
static void
print_token(const char *token, size_t n)
{
	size_t as_is = 0, len;

	for (size_t i = 0; i < n; i += len) {
		uint32_t c = text_read(token + i, n - i, &len);

		if (!text_is_unsafe(c))
			continue;
		fwrite(token + as_is, 1, i - as_is, stdout);
		as_is = i + len;
		if (c < 0x10000)
			printf("\\u%04x", (unsigned)c);
		else
			printf("\\u%04x\\u%04x",
			       (unsigned)(0xd800 + ((c - 0x10000) >> 10)),
			       (unsigned)(0xdc00 + ((c - 0x10000) & 0x3ff)));
	}
	fwrite(token + as_is, 1, n - as_is, stdout);
}

/* Where the layout stands between two tokens. */
struct layout {
	unsigned depth;
	bool in_metadata;
	char last; /* the first byte of the last token */
};

/* Members of the header stand on lines of their own, and metadata entries. */
static bool
is_broken(const struct layout *l)
{
	return l->depth == 1 || (l->depth == 2 && l->in_metadata);
}

/* White space before a token. */
static void
print_gap(const struct layout *l, char token)
{
	bool closes = token == '}';

	if (is_broken(l) && l->last != ':' && token != ':' && token != ',' &&
	    !(closes && l->last == '{'))
		printf("\n%*s", 2 * (int)(l->depth - closes), "");
	else if (l->last == ',' || l->last == ':')
		fputc(' ', stdout);
}

static void
print_pretty(const struct header *h)
{
	struct cursor c = { h->text, h->text + h->n };
	struct layout l = { 0, false, '\0' };
	bool metadata_next = false;
	const char *token;
	size_t n;

	while ((n = next_token(&c, &token)) > 0) {
		print_gap(&l, *token);
		print_token(token, n);
		if (*token == '{' || *token == '[') {
			l.depth++;
			l.in_metadata = l.depth == 2 && metadata_next;
		} else if (*token == '}' || *token == ']') {
			l.depth--;
			l.in_metadata = false;
		} else if (l.depth == 1 && *token == '"') {
			metadata_next = is_metadata(token, n);
		}
		l.last = *token;
	}
	fputc('\n', stdout);
}

static void
print_json(const char *file, const struct header *h)
{
	struct cursor c = { h->text, h->text + h->n };
	json_out j = { stdout, false };
	const char *token;
	size_t n;

	json_out_open(&j, '{');
	json_out_field(&j, "file");
	json_out_text(&j, file, strlen(file));
	json_out_field(&j, "n_bytes");
	json_out_u64(&j, h->n);
	json_out_field(&j, "header");
	while ((n = next_token(&c, &token)) > 0)
		print_token(token, n);
	puts("}");
}

static void
print_file(const options *o, const char *path)
{
	struct header h = { NULL, 0 };

	if (read_header(path, &h)) {
		if (options_value(o, "json") != NULL)
			print_json(path, &h);
		else if (options_value(o, "pretty") != NULL)
			print_pretty(&h);
		else
			print_raw(&h);
	}
	free(h.text);
}

/* Whether a path is the file that a finding speaks of, and no set of shards. */
static bool
is_one_file(const char *path)
{
	static const char end[] = ".index.json";
	size_t n = strlen(path), k = sizeof end - 1;
	struct stat st;

	return stat(path, &st) == 0 && S_ISREG(st.st_mode) &&
	       (n < k || strcmp(path + n - k, end) != 0);
}

static void
run(const options *o)
{
	bool raw = options_value(o, "json") == NULL &&
		   options_value(o, "pretty") == NULL;
	sftr_checkpoint *ckpt = NULL;
	sftr_open_options open;
	sftr_error err;

	if (options_clash(o, "pretty", "json") || !input_policy(o, &open))
		return;
	if (sftr_checkpoint_open(o->args[0], &open, &ckpt, &err) != SFTR_OK) {
		/* Up to rule 3 there is none. */
		if (raw && finding_is_fault(err.code) && err.rule > 3 &&
		    is_one_file(o->args[0]))
			print_file(o, o->args[0]);
		finding_fail(o->args[0], &err);
		return;
	}
	for (size_t i = 0; i < sftr_checkpoint_n_files(ckpt); i++)
		print_file(o, sftr_checkpoint_file(ckpt, i));
	sftr_checkpoint_close(ckpt);
}

static const struct option table[] = {
	{ "pretty", NULL, "a tensor a line" },
	{ "json", NULL, "one JSON object a file, the header in it" },
	INPUT_POLICY,
	{ NULL, NULL, NULL },
};

const struct command command_header = {
	"header",
	"[--pretty | --json] [--policy strict|reference] PATH",
	"show the JSON that a file begins with",
	table,
	1,
	1,
	run
};
