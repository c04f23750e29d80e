/* SPDX-License-Identifier: MIT */
#include "offers.h"
#include "suite.h"

#include <safetree.h>
#include <stdio.h>

/* Every finding as a person reads it, one a line. */
struct lines {
	char text[4096];
};

static int
keep_line(void *user, const sftr_diagnostic *d)
{
	struct lines *lines = user;
	char line[512];
	size_t n = strlen(lines->text);

	sftr_finding_text(d, line, sizeof line);
	snprintf(lines->text + n, sizeof lines->text - n, "%s\n", line);
	return 0;
}

static sftr_slot
slot(const char *name, sftr_dtype dtype, const char *shape)
{
	sftr_slot s = { 0 };

	s.name = str(name);
	s.dtype = dtype;
	s.shape_text = shape;
	s.place = SFTR_PLACE_NONE;
	return s;
}

static const struct offered reference[] = {
	{ "layers.0.weight", SFTR_F32, 2, { 128, 64 }, NULL },
	{ "layers.2.b", SFTR_F32, 1, { 64 }, NULL },
	{ "layers.12.weight", SFTR_F32, 2, { 64, 128 }, NULL },
};

START_TEST(the_report_is_the_one_that_people_read)
{
	sftr_slot slots[] = {
		slot("layers.2.bias", SFTR_F32, "64"),
		slot("layers.0.weight", SFTR_F32, "out in"),
	};
	const sftr_dim dims[] = { { "out", 64 }, { "in", 128 } };
	sftr_checkpoint *ckpt = offer(reference, COUNT(reference));
	sftr_bind_options options = { 0 };
	struct lines lines = { "" };
	sftr_report report;
	sftr_binding *b;
	sftr_error err;
	char head[256];

	options.dims = dims;
	options.n_dims = 2;
	options.finding = keep_line;
	options.finding_user = &lines;
	options.report = &report;
	options.target = "struct model";
	ck_assert_int_eq(sftr_bind(slots, 2, ckpt, &options, &b, &err),
			 SFTR_E_MISSING);
	ck_assert_ptr_null(b);
	ck_assert_str_eq(sftr_report_text(&report, head, sizeof head),
			 "memory -> struct model (names: dotted): 4 errors, "
			 "nothing loaded");
	ck_assert_str_eq(lines.text,
			 "  missing     layers.2.bias       F32 [64]         "
			 "near: layers.2.b\n"
			 "  shape       layers.0.weight     file [128,64]    "
			 "wants [out=64, in=128]; its transpose fits\n"
			 "  unexpected  layers.2.b          F32 [64]\n"
			 "  unexpected  layers.12.weight    F32 [64,128]\n");
	ck_assert_uint_eq(report.n_missing, 1);
	ck_assert_uint_eq(report.n_shape, 1);
	ck_assert_uint_eq(report.n_unexpected, 2);
	ck_assert_uint_eq(report.n_bound, 0);
	ck_assert_str_eq(err.message, "missing: F32 [64]; near: layers.2.b");
	ck_assert_str_eq(err.key, "layers.2.bias");
	ck_assert_str_eq(err.other, "layers.2.b");
	sftr_checkpoint_close(ckpt);
}
END_TEST

/* A bind of one slot to a few tensors, and what is said about it. */
static const struct {
	const char *what;
	struct offered tensors[3];
	const char *name;
	sftr_dtype dtype;
	const char *shape;
	sftr_bind_options options;
	sftr_code code;
	const char *lines;
} findings[] = {
	{ "exact means exact",
	  { { "w", SFTR_F16, 1, { 4 }, NULL } },
	  "w",
	  SFTR_F32,
	  "4",
	  { 0 },
	  SFTR_E_CONVERSION,
	  "  dtype       w                   file F16         "
	  "wants F32; a lossless conversion would do\n" },
	{ "lossless is decided by the pair",
	  { { "w", SFTR_F32, 1, { 4 }, NULL } },
	  "w",
	  SFTR_F16,
	  "4",
	  { .conversion = SFTR_LOSSLESS },
	  SFTR_E_CONVERSION,
	  "  dtype       w                   file F32         "
	  "wants F16; a lossy conversion would do\n" },
	{ "lossless converts, and may say so",
	  { { "w", SFTR_BF16, 1, { 4 }, NULL } },
	  "w",
	  SFTR_F32,
	  "4",
	  { .conversion = SFTR_LOSSLESS, .converted = SFTR_WARN },
	  SFTR_OK,
	  "  converted   w                   file BF16        "
	  "becomes F32\n" },
	{ "there is no conversion of parts of a byte",
	  { { "w", SFTR_F4, 1, { 4 }, NULL } },
	  "w",
	  SFTR_F32,
	  "4",
	  { .conversion = SFTR_LOSSY },
	  SFTR_E_CONVERSION,
	  "  dtype       w                   file F4          "
	  "wants F32; there is no conversion\n" },
	{ "missing may be no more than a warning",
	  { { "x", SFTR_F32, 1, { 4 }, NULL } },
	  "wwwwwwwwwwww",
	  SFTR_F32,
	  "4",
	  { .missing = SFTR_WARN, .unexpected = SFTR_IGNORE },
	  SFTR_OK,
	  "  missing     wwwwwwwwwwww        F32 [4]\n" },
	{ "another layer is not near",
	  { { "layers.3.w", SFTR_F32, 1, { 4 }, NULL } },
	  "layers.2.w",
	  SFTR_F32,
	  "4",
	  { .unexpected = SFTR_IGNORE },
	  SFTR_E_MISSING,
	  "  missing     layers.2.w          F32 [4]\n" },
	{ "a shape is told even if it is ignored",
	  { { "w", SFTR_F32, 1, { 5 }, NULL } },
	  "w",
	  SFTR_F32,
	  "4",
	  { .shape = SFTR_IGNORE },
	  SFTR_OK,
	  "  shape       w                   file [5]         wants [4]\n" },
	{ "nothing is ever broadcast",
	  { { "w", SFTR_F32, 1, { 1 }, NULL } },
	  "w",
	  SFTR_F32,
	  "4",
	  { 0 },
	  SFTR_E_SHAPE,
	  "  shape       w                   file [1]         wants [4]\n" },
	{ "two kinds of one path are ambiguous",
	  { { "a.w", SFTR_F32, 1, { 4 }, NULL },
	    { "a@w", SFTR_F32, 1, { 4 }, NULL } },
	  "a.w",
	  SFTR_F32,
	  "4",
	  { .codec = SFTR_CODEC_P2S },
	  SFTR_E_AMBIGUOUS,
	  "  ambiguous   a.w                 file has it twice, under other "
	  "step kinds\n" },
	{ "unless the first may win",
	  { { "a.w", SFTR_F32, 1, { 4 }, NULL },
	    { "a@w", SFTR_F32, 1, { 4 }, NULL } },
	  "a.w",
	  SFTR_F32,
	  "4",
	  { .codec = SFTR_CODEC_P2S, .ambiguous = SFTR_IGNORE },
	  SFTR_OK,
	  "" },
	{ "a prefix is stripped once",
	  { { "model.model.w", SFTR_F32, 1, { 4 }, NULL } },
	  "model.w",
	  SFTR_F32,
	  "4",
	  { .n_strip = 1 },
	  SFTR_OK,
	  "" },
	{ "a stripped name that is taken collides",
	  { { "model.w", SFTR_F32, 1, { 4 }, NULL },
	    { "w", SFTR_F32, 1, { 4 }, NULL } },
	  "w",
	  SFTR_F32,
	  "4",
	  { .n_strip = 1 },
	  SFTR_E_RULE,
	  "" },
	{ "two names of one rule collide",
	  { { "a.w", SFTR_F32, 1, { 4 }, NULL },
	    { "b.w", SFTR_F32, 1, { 4 }, NULL } },
	  "c.w",
	  SFTR_F32,
	  "4",
	  { .rules = "a.* -> c.*\nb.* -> c.*" },
	  SFTR_E_RULE,
	  "" },
	{ "a gap in a stack is an error",
	  { { "l.0.w", SFTR_F32, 1, { 4 }, NULL },
	    { "l.2.w", SFTR_F32, 1, { 4 }, NULL } },
	  "w",
	  SFTR_F32,
	  "? 4",
	  { .rules = "l.*.w -> w stack 0" },
	  SFTR_E_RULE,
	  "" },
	{ "parts of a stack agree",
	  { { "l.0.w", SFTR_F32, 1, { 4 }, NULL },
	    { "l.1.w", SFTR_F32, 1, { 5 }, NULL } },
	  "w",
	  SFTR_F32,
	  "? 4",
	  { .rules = "l.*.w -> w stack 0" },
	  SFTR_E_SHAPE,
	  "  shape       w                   file F32 [5]     "
	  "part 1 of the stack, of which part 0 is F32 [4]\n" },
	{ "in dtype as well",
	  { { "l.0.w", SFTR_F32, 1, { 4 }, NULL },
	    { "l.1.w", SFTR_F16, 1, { 4 }, NULL } },
	  "w",
	  SFTR_F32,
	  "? 4",
	  { .rules = "l.*.w -> w stack 0" },
	  SFTR_E_SHAPE,
	  "  shape       w                   file F16 [4]     "
	  "part 1 of the stack, of which part 0 is F32 [4]\n" },
	{ "and in rank",
	  { { "l.0.w", SFTR_F32, 1, { 4 }, NULL },
	    { "l.1.w", SFTR_F32, 2, { 4, 1 }, NULL } },
	  "w",
	  SFTR_F32,
	  "? 4",
	  { .rules = "l.*.w -> w stack 0" },
	  SFTR_E_SHAPE,
	  "  shape       w                   file F32 [4,1]   "
	  "part 1 of the stack, of which part 0 is F32 [4]\n" },
	{ "a permutation is for its rank",
	  { { "w", SFTR_F32, 1, { 4 }, NULL } },
	  "w",
	  SFTR_F32,
	  "4",
	  { .rules = "w -> w permute 1,0" },
	  SFTR_E_SHAPE,
	  "  shape       w                   file [4]         "
	  "the transform is for another rank\n" },
	{ "so is a stack",
	  { { "l.0.w", SFTR_F32, 1, { 4 }, NULL },
	    { "l.1.w", SFTR_F32, 1, { 4 }, NULL } },
	  "w",
	  SFTR_F32,
	  "? 4",
	  { .rules = "l.*.w -> w stack 2" },
	  SFTR_E_SHAPE,
	  "  shape       w                   file [4]         "
	  "the transform is for another rank\n" },
	{ "what a rule drops is not unexpected",
	  { { "w", SFTR_F32, 1, { 4 }, NULL },
	    { "opt.m", SFTR_F32, 1, { 4 }, NULL } },
	  "w",
	  SFTR_F32,
	  "4",
	  { .rules = "opt.** -> drop" },
	  SFTR_OK,
	  "" },
};

START_TEST(every_finding_is_told_with_what_there_is_to_say)
{
	static const char *const strip[] = { "model." };
	sftr_bind_options options = findings[_i].options;
	sftr_slot s =
		slot(findings[_i].name, findings[_i].dtype, findings[_i].shape);
	struct lines lines = { "" };
	sftr_checkpoint *ckpt;
	sftr_binding *b;
	sftr_error err;
	sftr_code code;
	size_t n = 0;

	while (n < 3 && findings[_i].tensors[n].name != NULL)
		n++;
	ckpt = offer(findings[_i].tensors, n);
	options.strip = strip;
	options.finding = keep_line;
	options.finding_user = &lines;
	code = sftr_bind(&s, 1, ckpt, &options, &b, &err);
	ck_assert_msg(code == findings[_i].code, "%s: %s", findings[_i].what,
		      code != SFTR_OK ? err.message : "it is bound");
	ck_assert_msg(strcmp(lines.text, findings[_i].lines) == 0, "%s:\n%s",
		      findings[_i].what, lines.text);
	ck_assert_int_eq(code == SFTR_OK, b != NULL);
	sftr_binding_free(b);
	sftr_checkpoint_close(ckpt);
}
END_TEST

/* Two tensors that come to one name, and the stacks that are none. */
static const struct {
	const char *tensors[2];
	const char *rules;
	const char *key, *other;
	const char *message;
} collisions[] = {
	{ { "model.w", "w" },
	  NULL,
	  "w",
	  "model.w",
	  "without its prefix it has the name of another" },
	{ { "a.w", "b.w" },
	  "a.* -> c.*\nb.* -> c.*",
	  "b.w",
	  "a.w",
	  "the rule of line 2 gives it the name of another" },
	{ { "a.w", "c.w" },
	  "a.* -> c.*",
	  "c.w",
	  "a.w",
	  "the rule of line 1 gives it the name of another" },
	{ { "l.0.w", "w" },
	  "l.*.w -> w stack 0",
	  "w",
	  "l.0.w",
	  "the rule of line 1 gives it the name of another" },
	{ { "l.0.w", "m.1.w" },
	  "l.*.w -> w stack 0\nm.*.w -> w stack 0",
	  "m.1.w",
	  "l.0.w",
	  "the rule of line 2 gives it the name of another" },
	{ { "l.2.w", "l.0.w" },
	  "l.*.w -> w stack 0",
	  "l.2.w",
	  "",
	  "the rule of line 1 stacks it, and there is no part 1 before it" },
	{ { "l.0.w", "l.x.w" },
	  "l.*.w -> w stack 0",
	  "l.x.w",
	  "",
	  "the rule of line 1 stacks by a number, and it has none" },
};

START_TEST(what_comes_to_one_name_is_told_with_both)
{
	static const char *const strip[] = { "model." };
	struct offered offered[2] = {
		{ collisions[_i].tensors[0], SFTR_F32, 1, { 4 }, NULL },
		{ collisions[_i].tensors[1], SFTR_F32, 1, { 4 }, NULL },
	};
	sftr_bind_options options = { .strip = strip,
				      .n_strip = 1,
				      .rules = collisions[_i].rules };
	sftr_slot s = slot("w", SFTR_F32, "...");
	sftr_checkpoint *ckpt = offer(offered, 2);
	sftr_binding *b;
	sftr_error err;

	ck_assert_int_eq(sftr_bind(&s, 1, ckpt, &options, &b, &err),
			 SFTR_E_RULE);
	ck_assert_ptr_null(b);
	ck_assert_str_eq(err.message, collisions[_i].message);
	ck_assert_str_eq(err.key, collisions[_i].key);
	ck_assert_str_eq(err.other, collisions[_i].other);
	sftr_checkpoint_close(ckpt);
}
END_TEST

START_TEST(one_prefix_explains_all)
{
	const struct offered tensors[] = {
		{ "model.a.w", SFTR_F32, 1, { 1 }, NULL },
		{ "model.b.w", SFTR_F32, 1, { 1 }, NULL },
	};
	sftr_slot slots[] = { slot("a.w", SFTR_F32, "1"),
			      slot("b.w", SFTR_F32, "1") };
	sftr_slot deep[] = { slot("net.model.a.w", SFTR_F32, "1"),
			     slot("net.model.b.w", SFTR_F32, "1") };
	sftr_slot within[] = { slot("el.a.w", SFTR_F32, "1"),
			       slot("el.b.w", SFTR_F32, "1") };
	sftr_checkpoint *ckpt = offer(tensors, 2);
	sftr_bind_options options = { 0 };
	sftr_report report;
	sftr_binding *b;

	options.report = &report;
	ck_assert_int_eq(sftr_bind(slots, 2, ckpt, &options, &b, NULL),
			 SFTR_E_MISSING);
	ck_assert_str_eq(report.hint,
			 "the 2 missing and 2 unexpected names differ only by "
			 "the prefix \"model.\"; strip it");
	ck_assert_int_eq(sftr_bind(deep, 2, ckpt, &options, &b, NULL),
			 SFTR_E_MISSING);
	ck_assert_str_eq(report.hint, "the file has the 2 missing names "
				      "without the prefix \"net.\"");
	/* A part of a step is no prefix. */
	ck_assert_int_eq(sftr_bind(within, 2, ckpt, &options, &b, NULL),
			 SFTR_E_MISSING);
	ck_assert_str_eq(report.hint, "");
	sftr_checkpoint_close(ckpt);
}
END_TEST

START_TEST(memory_of_two_slots_may_not_overlap)
{
	const struct offered tensors[] = {
		{ "a", SFTR_F32, 1, { 4 }, NULL },
		{ "b", SFTR_F32, 1, { 4 }, NULL },
		{ "empty", SFTR_F32, 1, { 0 }, NULL },
	};
	sftr_checkpoint *ckpt = offer(tensors, 3);
	float memory[8] = { 0 };
	sftr_slot slots[3] = { slot("a", SFTR_F32, "4"),
			       slot("b", SFTR_F32, "4"),
			       slot("empty", SFTR_F32, "0") };
	sftr_binding *b;
	sftr_error err;

	slots[0].place = slots[1].place = SFTR_PLACE_BUFFER;
	slots[2].place = SFTR_PLACE_BUFFER;
	slots[2].data = memory + 1;
	slots[0].data = memory + 3;
	slots[1].data = memory;
	slots[0].capacity = slots[1].capacity = 16;
	ck_assert_int_eq(sftr_bind(slots, 3, ckpt, NULL, &b, &err),
			 SFTR_E_OVERLAP);
	ck_assert_str_eq(err.key, "a");
	ck_assert_str_eq(err.other, "b");
	slots[0].data = memory + 4;
	ck_assert_int_eq(sftr_bind(slots, 3, ckpt, NULL, &b, &err), SFTR_OK);
	sftr_binding_free(b);
	slots[0].capacity = 15;
	ck_assert_int_eq(sftr_bind(slots, 3, ckpt, NULL, &b, &err),
			 SFTR_E_CAPACITY);
	ck_assert_str_eq(err.message,
			 "capacity: file 16 bytes; the memory holds 15");
	sftr_checkpoint_close(ckpt);
}
END_TEST

/* Its bytes lie otherwise in the file, and may be fewer than the slot's. */
START_TEST(what_is_converted_or_turned_is_no_view)
{
	static const float values[] = { 1, 2, 3, 4, 5, 6 };
	static const struct {
		sftr_dtype dtype;
		const char *shape, *rules, *message;
	} rows[] = {
		{ SFTR_F64, "2 3", NULL, "view: its dtype is another" },
		{ SFTR_F32, "3 2", "w -> w T", "view: it is transformed" },
	};
	const struct offered tensors[] = {
		{ "w", SFTR_F32, 2, { 2, 3 }, values }
	};
	sftr_bind_options options = { .conversion = SFTR_LOSSLESS,
				      .rules = rows[_i].rules };
	sftr_slot s = slot("w", rows[_i].dtype, rows[_i].shape);
	sftr_checkpoint *ckpt = offer(tensors, 1);
	sftr_binding *b;
	sftr_bound bound;
	sftr_error err;

	s.place = SFTR_PLACE_VIEW;
	ck_assert_int_eq(sftr_bind(&s, 1, ckpt, &options, &b, &err),
			 SFTR_E_VIEW);
	ck_assert_str_eq(err.message, rows[_i].message);
	s.flags = SFTR_SLOT_OR_COPY;
	ck_assert_int_eq(sftr_bind(&s, 1, ckpt, &options, &b, &err), SFTR_OK);
	ck_assert_int_eq(sftr_binding_load(b, NULL, &err), SFTR_OK);
	ck_assert_int_eq(sftr_binding_at(b, 0, &bound, NULL), SFTR_OK);
	if (_i == 0)
		ck_assert(((const double *)bound.data)[5] == 6.0);
	else
		ck_assert(((const float *)bound.data)[1] == 4.0F);
	sftr_binding_free(b);
	sftr_checkpoint_close(ckpt);
}
END_TEST

START_TEST(two_slots_of_one_name_are_ambiguous)
{
	const struct offered tensors[] = {
		{ "a.0", SFTR_F32, 0, { 0 }, NULL }
	};
	sftr_checkpoint *ckpt = offer(tensors, 1);
	const sftr_step index[] = { { SFTR_STEP_ATTR, SFTR_STR("a"), 0 },
				    { SFTR_STEP_INDEX, { NULL, 0 }, 0 } };
	sftr_slot slots[2] = { slot("a.0", SFTR_F32, "") };
	sftr_binding *b;
	sftr_error err;

	slots[1].steps = index;
	slots[1].n_steps = 2;
	slots[1].place = SFTR_PLACE_NONE;
	ck_assert_int_eq(sftr_bind(slots, 2, ckpt, NULL, &b, &err),
			 SFTR_E_AMBIGUOUS);
	ck_assert_str_eq(err.message, "ambiguous: two slots have this name");
	sftr_checkpoint_close(ckpt);
}
END_TEST

START_TEST(kinds_are_told_when_they_are_asked_for)
{
	const struct offered tensors[] = {
		{ "@a.w", SFTR_F32, 0, { 0 }, NULL },
	};
	const sftr_step steps[] = { { SFTR_STEP_ATTR, SFTR_STR("a"), 0 },
				    { SFTR_STEP_ATTR, SFTR_STR("w"), 0 } };
	const sftr_alias alias = { "a.w", NULL };
	sftr_checkpoint *ckpt = offer(tensors, 1);
	sftr_bind_options options = { 0 };
	sftr_slot s = { 0 };
	sftr_binding *b;
	sftr_error err;

	s.steps = steps;
	s.n_steps = 2;
	s.place = SFTR_PLACE_NONE;
	options.codec = SFTR_CODEC_P2S;
	ck_assert_int_eq(sftr_bind(&s, 1, ckpt, &options, &b, &err), SFTR_OK);
	sftr_binding_free(b);
	options.kind = SFTR_REFUSE;
	ck_assert_int_eq(sftr_bind(&s, 1, ckpt, &options, &b, &err),
			 SFTR_E_KIND);
	ck_assert_str_eq(err.message, "kind: step kinds differ");
	/* Found by an alias of another length, its steps are not its own. */
	s.aliases = &alias;
	s.n_aliases = 1;
	s.n_steps = 1;
	ck_assert_int_eq(sftr_bind(&s, 1, ckpt, &options, &b, &err), SFTR_OK);
	sftr_binding_free(b);
	sftr_checkpoint_close(ckpt);
}
END_TEST

/* Slots that contradict themselves. */
START_TEST(a_slot_that_is_none_is_named)
{
	const struct offered tensors[] = { { "a", SFTR_F32, 0, { 0 }, NULL } };
	const sftr_alias bad[] = { { "a.*.*", NULL },
				   { "a.**", NULL },
				   { "a", "stack 0" },
				   { "a", "turn" },
				   { NULL, NULL } };
	sftr_checkpoint *ckpt = offer(tensors, 1);
	sftr_slot s = slot("a", SFTR_F32, "");
	sftr_binding *b;
	sftr_error err;

	switch (_i) {
	case 0: s.shape_text = "a,b"; break;
	case 1:
		s.place = SFTR_PLACE_BUFFER;
		s.capacity = 4;
		break;
	case 2: s.dtype = SFTR_N_DTYPES; break;
	case 3: s.flags = SFTR_SLOT_OR_COPY; break;
	case 4: s.flags = SFTR_SLOT_BOOL; break;
	case 5:
		s.shape_text = NULL;
		s.rank = 2;
		break;
	case 6: s.place = (sftr_place)9; break;
	default:
		s.aliases = &bad[_i - 7];
		s.n_aliases = 1;
		break;
	}
	ck_assert_int_eq(sftr_bind(&s, 1, ckpt, NULL, &b, &err),
			 SFTR_E_ARGUMENT);
	ck_assert_str_eq(err.key, "a");
	ck_assert_ptr_null(b);
	sftr_checkpoint_close(ckpt);
}
END_TEST

int
main(void)
{
	TCase *tc = tcase_create("binding");

	tcase_add_test(tc, the_report_is_the_one_that_people_read);
	tcase_add_loop_test(tc, every_finding_is_told_with_what_there_is_to_say,
			    0, COUNT(findings));
	tcase_add_loop_test(tc, what_comes_to_one_name_is_told_with_both, 0,
			    COUNT(collisions));
	tcase_add_test(tc, one_prefix_explains_all);
	tcase_add_test(tc, memory_of_two_slots_may_not_overlap);
	tcase_add_loop_test(tc, what_is_converted_or_turned_is_no_view, 0, 2);
	tcase_add_test(tc, two_slots_of_one_name_are_ambiguous);
	tcase_add_test(tc, kinds_are_told_when_they_are_asked_for);
	tcase_add_loop_test(tc, a_slot_that_is_none_is_named, 0, 12);
	return run_suite("binding", tc);
}
