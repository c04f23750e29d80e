/* SPDX-License-Identifier: MIT */
/*
 * Plans as texts.  A job is "[name+offset n: pieces]", a piece
 * "slot@first*n", with "/part" if it is one of a stack, and "!" if it is read
 * straight to its place.
 */
#include "bind/plan.h"
#include "checkpoint/checkpoint.h"
#include "suite.h"

#include <safetree.h>

#include <check.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#define MAX_SLOTS 600

static char text[1 << 16];
static size_t n_text;

static void
say(const char *format, ...) __attribute__((format(printf, 1, 2)));
static void
say(const char *format, ...)
{
	va_list args;

	va_start(args, format);
	n_text += (size_t)vsnprintf(text + n_text, sizeof text - n_text, format,
				    args);
	va_end(args);
	ck_assert_uint_lt(n_text, sizeof text);
}

static void
say_job(const sftr_binding *b, const sftr__job *job)
{
	say("[%s+%" PRIu64 " %zu:", job->tensor->name.ptr, job->offset,
	    job->n_bytes);
	for (size_t i = 0; i < job->n_pieces; i++) {
		const sftr__piece *p = &job->pieces[i];

		say(" %u", (unsigned)p->slot);
		if (b->matches[p->slot].n_parts > 1)
			say("/%u", (unsigned)p->part);
		say("@%" PRIu64 "*%" PRIu64 "%s", p->first, p->n,
		    p->is_direct ? "!" : "");
	}
	say("]");
}

static const char *
plan_text(sftr_binding *b, bool joins, bool is_in_line)
{
	static sftr__job job;
	sftr__plan plan;

	n_text = 0;
	text[0] = '\0';
	sftr__plan_init(&plan, b, joins, is_in_line);
	while (sftr__plan_next(&plan, &job))
		say_job(b, &job);
	ck_assert(!sftr__plan_next(&plan, &job));
	return text;
}

static void
name_of(size_t i, char name[8])
{
	if (i < 26)
		snprintf(name, 8, "%c", (char)('a' + i));
	else
		snprintf(name, 8, "t%u", (unsigned)(i % 1000));
}

/* A header of U8 vectors "a", "b", ... of so many bytes, or of what it says. */
static sftr_checkpoint *
head(const char *const *entries, size_t n)
{
	static char file[1 << 16];
	size_t at = 8;
	uint64_t begin = 0;
	sftr_checkpoint *ckpt;
	sftr_error err;

	file[at++] = '{';
	for (size_t i = 0; i < n; i++) {
		uint64_t n_bytes = strtoull(entries[i], NULL, 10);
		const char *rest = strchr(entries[i], ' ');
		char name[8];

		name_of(i, name);
		at += (size_t)snprintf(file + at, sizeof file - at,
				       "%s\"%s\":{", i > 0 ? "," : "", name);
		if (rest != NULL)
			at += (size_t)snprintf(file + at, sizeof file - at,
					       "%s", rest + 1);
		else
			at += (size_t)snprintf(
				file + at, sizeof file - at,
				"\"dtype\":\"U8\",\"shape\":[%" PRIu64 "]",
				n_bytes);
		at += (size_t)snprintf(file + at, sizeof file - at,
				       ",\"data_offsets\":[%" PRIu64 ",%" PRIu64
				       "]}",
				       begin, begin + n_bytes);
		begin += n_bytes;
	}
	file[at++] = '}';
	memset(file, 0, 8);
	file[0] = (char)((at - 8) % 256);
	file[1] = (char)((at - 8) / 256);
	assert_ok(sftr_header_parse(file, at, at + begin, NULL, &ckpt, &err),
		  err);
	return ckpt;
}

/* A slot: "NAME [DTYPE] [TRANSFORM]", '-' for a dtype as it is. */
static void
fill_slot(sftr_slot *slot, sftr_alias *alias, char *words)
{
	char *dtype = strchr(words, ' '), *transform = NULL;

	memset(slot, 0, sizeof *slot);
	memset(alias, 0, sizeof *alias);
	if (dtype != NULL) {
		*dtype++ = '\0';
		transform = strchr(dtype, ' ');
		if (transform != NULL)
			*transform++ = '\0';
		slot->dtype = sftr_dtype_parse(dtype, strlen(dtype));
	}
	alias->name = words;
	alias->transform = transform;
	slot->aliases = alias;
	slot->n_aliases = 1;
	slot->shape_text = "...";
	slot->place = SFTR_PLACE_ALLOC;
}

static sftr_binding *
bind(const char *const *entries, size_t n_entries, const char *const *wanted,
     size_t n)
{
	sftr_bind_options options = { .conversion = SFTR_LOSSLESS,
				      .codec = SFTR_CODEC_RAW,
				      .slot_codec = SFTR_CODEC_RAW,
				      .unexpected = SFTR_IGNORE };
	static sftr_slot slots[MAX_SLOTS];
	static sftr_alias aliases[MAX_SLOTS];
	static char words[MAX_SLOTS][32], names[MAX_SLOTS][8];
	sftr_checkpoint *ckpt = head(entries, n_entries);
	sftr_binding *b;
	sftr_error err;

	for (size_t i = 0; i < n; i++) {
		snprintf(words[i], sizeof words[i], "%s", wanted[i]);
		fill_slot(&slots[i], &aliases[i], words[i]);
		snprintf(names[i], sizeof names[i], "s%zu", i);
		slots[i].name.ptr = names[i];
		slots[i].name.len = strlen(names[i]);
	}
	assert_ok(sftr_bind(slots, n, ckpt, &options, &b, &err), err);
	sftr_checkpoint_close(ckpt);
	for (size_t i = 0; i < n; i++)
		b->states[i].is_wanted = true;
	return b;
}

static const struct {
	const char *entries[4];
	const char *slots[4];
	const char *plan;
} cases[] = {
	/* Neighbours are one read, empty ones none at all. */
	{ { "10", "20", "0", "30" },
	  { "a", "b", "c", "d" },
	  "[a+0 60: 0@0*10! 1@0*20! 3@0*30!]" },
	/* In the order of the file, whatever that of the slots. */
	{ { "10", "20" }, { "b", "a" }, "[a+0 30: 1@0*10! 0@0*20!]" },
	/* A page that nobody wants is read over, one byte more is not. */
	{ { "10", "4096", "5" }, { "a", "c" }, "[a+0 4111: 0@0*10! 1@0*5!]" },
	{ { "10", "4097", "5" },
	  { "a", "c" },
	  "[a+0 10: 0@0*10!][c+0 5: 1@0*5!]" },
	/* What is large stands alone, 4 MiB at a time. */
	{ { "10", "65536", "5" },
	  { "a", "b", "c" },
	  "[a+0 10: 0@0*10!][b+0 65536: 1@0*65536!][c+0 5: 2@0*5!]" },
	{ { "10", "65535", "5" },
	  { "a", "b", "c" },
	  "[a+0 65550: 0@0*10! 1@0*65535! 2@0*5!]" },
	{ { "4194305", "5" },
	  { "a", "b" },
	  "[a+0 4194304: 0@0*4194304!]"
	  "[a+4194304 6: 0@4194304*1! 1@0*5!]" },
	/* What is converted goes through scratch, a MiB at a time. */
	{ { "10", "20", "30" },
	  { "a", "b I32", "c" },
	  "[a+0 60: 0@0*10! 1@0*20 2@0*30!]" },
	{ { "1048577", "5" },
	  { "a I32", "b" },
	  "[a+0 1048576: 0@0*1048576][a+1048576 6: 0@1048576*1 1@0*5!]" },
	{ { "3145728 \"dtype\":\"BF16\",\"shape\":[1572864]" },
	  { "a F32" },
	  "[a+0 1048576: 0@0*524288][a+1048576 1048576: 0@524288*524288]"
	  "[a+2097152 1048576: 0@1048576*524288]" },
	/* What is turned is cut into boxes: rows, or runs of one row. */
	{ { "3145728 \"dtype\":\"U8\",\"shape\":[3,1048576]" },
	  { "a - T" },
	  "[a+0 1048576: 0@0*524288 0@524288*524288]"
	  "[a+1048576 1048576: 0@1048576*524288 0@1572864*524288]"
	  "[a+2097152 1048576: 0@2097152*524288 0@2621440*524288]" },
	{ { "2400 \"dtype\":\"F32\",\"shape\":[20,30]" },
	  { "a - T" },
	  "[a+0 2400: 0@0*600]" },
	{ { "4000000 \"dtype\":\"BF16\",\"shape\":[2,1000000]" },
	  { "a F32 T" },
	  "[a+0 1048576: 0@0*131072 0@131072*131072 0@262144*131072 "
	  "0@393216*131072]~" },
	/* A turn that moves nothing is none. */
	{ { "20 \"dtype\":\"F32\",\"shape\":[1,5]" },
	  { "a - T" },
	  "[a+0 20: 0@0*5!]" },
	/* One tensor for two slots comes to both from scratch. */
	{ { "10", "20", "5" },
	  { "b", "b I16", "a", "c" },
	  "[a+0 35: 2@0*10 0@0*20 1@0*20 3@0*5!]" },
	/* Elements smaller than a byte are counted in bytes. */
	{ { "3 \"dtype\":\"F4\",\"shape\":[6]", "2" },
	  { "a", "b" },
	  "[a+0 5: 0@0*3! 1@0*2!]" },
};

static size_t
count(const char *const *texts)
{
	size_t n = 0;

	while (n < 4 && texts[n] != NULL)
		n++;
	return n;
}

START_TEST(a_load_is_few_large_reads_in_order)
{
	sftr_binding *b = bind(cases[_i].entries, count(cases[_i].entries),
			       cases[_i].slots, count(cases[_i].slots));
	const char *plan = plan_text(b, true, false);
	size_t n = strcspn(cases[_i].plan, "~");

	/* A "~" stands for jobs of the same kind. */
	ck_assert_msg(strncmp(plan, cases[_i].plan, n) == 0, "%s", plan);
	if (cases[_i].plan[n] == '\0')
		ck_assert_uint_eq(strlen(plan), n);
	sftr_binding_free(b);
}
END_TEST

START_TEST(only_what_is_wanted_is_read)
{
	static const char *const entries[] = { "10", "20", "30" };
	static const char *const slots[] = { "a", "b", "c" };
	sftr_binding *b = bind(entries, 3, slots, 3);

	b->states[1].is_wanted = false;
	ck_assert_str_eq(plan_text(b, true, false),
			 "[a+0 60: 0@0*10! 2@0*30!]");
	b->states[0].is_wanted = false;
	ck_assert_str_eq(plan_text(b, true, false), "[c+0 30: 2@0*30!]");
	b->states[2].is_wanted = false;
	ck_assert_str_eq(plan_text(b, true, false), "");
	sftr_binding_free(b);
}
END_TEST

/* As far into a line as the tensor is in the file, or a few bytes further. */
START_TEST(what_lies_otherwise_in_its_lines_is_not_direct)
{
	static const char *const entries[] = { "100", "200000", "30",
					       "2097152" };
	static const char *const slots[] = { "a", "b", "c", "d" };
	static const unsigned shifts[] = { 0, 8, 128, 63 };
	sftr_binding *b = bind(entries, 4, slots, 4);

	for (size_t i = 0; i < 4; i++) {
		const sftr_tensor *t = b->matches[i].parts[0];
		uint64_t at = sftr__checkpoint_offset(b->ckpt, t) + shifts[i];

		b->states[i].data = (char *)(uintptr_t)at;
	}
	ck_assert_str_eq(plan_text(b, true, true),
			 "[a+0 1048576: 0@0*100! 1@0*200000 2@0*30! 3@0*848446]"
			 "[d+848446 1048576: 3@848446*1048576]"
			 "[d+1897022 200130: 3@1897022*200130]");
	ck_assert_str_eq(plan_text(b, true, false),
			 "[a+0 100: 0@0*100!][b+0 200000: 1@0*200000!]"
			 "[c+0 30: 2@0*30!][d+0 2097152: 3@0*2097152!]");
	sftr_binding_free(b);
}
END_TEST

/* Arrays lie anywhere: no read holds two of them. */
START_TEST(what_does_not_lie_in_a_row_is_not_joined)
{
	static const char *const entries[] = { "10", "20" };
	static const char *const slots[] = { "a", "b" };
	sftr_binding *b = bind(entries, 2, slots, 2);

	ck_assert_str_eq(plan_text(b, false, false),
			 "[a+0 10: 0@0*10!][b+0 20: 1@0*20!]");
	sftr_binding_free(b);
}
END_TEST

START_TEST(a_job_has_room_for_256_pieces)
{
	static const char *entries[MAX_SLOTS], *slots[MAX_SLOTS];
	static char names[MAX_SLOTS][8];
	static sftr__job job;
	sftr__plan plan;
	sftr_binding *b;

	for (size_t i = 0; i < MAX_SLOTS; i++) {
		name_of(i, names[i]);
		entries[i] = "2";
		slots[i] = names[i];
	}
	b = bind(entries, MAX_SLOTS, slots, MAX_SLOTS);
	sftr__plan_init(&plan, b, true, false);
	for (size_t left = MAX_SLOTS; left > 0; left -= job.n_pieces) {
		ck_assert(sftr__plan_next(&plan, &job));
		ck_assert_uint_eq(job.n_pieces, left < 256 ? left : 256);
		ck_assert_uint_eq(job.n_bytes, 2 * job.n_pieces);
		ck_assert(job.pieces[job.n_pieces - 1].is_direct);
	}
	ck_assert(!sftr__plan_next(&plan, &job));
	sftr_binding_free(b);
}
END_TEST

static const struct {
	uint64_t shape[4];
	uint32_t rank;
	uint64_t first, most, n;
} boxes[] = {
	{ { 0 }, 0, 0, 9, 1 },		{ { 10 }, 1, 0, 99, 10 },
	{ { 10 }, 1, 4, 99, 6 },	{ { 10 }, 1, 4, 3, 3 },
	{ { 3, 10 }, 2, 0, 99, 30 },	{ { 3, 10 }, 2, 0, 29, 20 },
	{ { 3, 10 }, 2, 5, 99, 5 },	{ { 3, 10 }, 2, 10, 99, 20 },
	{ { 3, 10 }, 2, 20, 99, 10 },	{ { 3, 10 }, 2, 0, 7, 7 },
	{ { 2, 3, 4 }, 3, 0, 24, 24 },	{ { 2, 3, 4 }, 3, 4, 24, 8 },
	{ { 2, 3, 4 }, 3, 12, 24, 12 }, { { 2, 3, 4 }, 3, 0, 23, 12 },
	{ { 2, 3, 4 }, 3, 0, 11, 8 },	{ { 2, 1, 4 }, 3, 0, 7, 4 },
};

START_TEST(a_box_is_a_range_of_one_dimension)
{
	ck_assert_uint_eq(sftr__box_elements(boxes[_i].shape, boxes[_i].rank,
					     boxes[_i].first, boxes[_i].most),
			  boxes[_i].n);
}
END_TEST

int
main(void)
{
	TCase *tc = tcase_create("plan");

	tcase_add_loop_test(tc, a_load_is_few_large_reads_in_order, 0,
			    COUNT(cases));
	tcase_add_test(tc, only_what_is_wanted_is_read);
	tcase_add_test(tc, what_lies_otherwise_in_its_lines_is_not_direct);
	tcase_add_test(tc, what_does_not_lie_in_a_row_is_not_joined);
	tcase_add_test(tc, a_job_has_room_for_256_pieces);
	tcase_add_loop_test(tc, a_box_is_a_range_of_one_dimension, 0,
			    COUNT(boxes));
	return run_suite("plan", tc);
}
