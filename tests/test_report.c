/* SPDX-License-Identifier: MIT */
#include "folder.h"
#include "suite.h"

#include <safetree.h>
#include <safetree/struct.h>

#define F32(name, n, begin, end)                                               \
	"\"" name "\":{\"dtype\":\"F32\",\"shape\":[" #n "],"                  \
	"\"data_offsets\":[" #begin "," #end "]}"
#define FIRST "m-00001-of-00002.safetensors"
#define SECOND "m-00002-of-00002.safetensors"

/* a and b in the first of two files, c and spare in the second. */
static sftr_checkpoint *
open_shards(void)
{
	sftr_checkpoint *ckpt;
	sftr_error err;

	folder_tensors(in_folder(FIRST),
		       "{" F32("a", 1, 0, 4) "," F32("b", 2, 4, 12) "}", 12);
	folder_tensors(in_folder(SECOND),
		       "{" F32("c", 3, 0, 12) "," F32("spare", 1, 12, 16) "}",
		       16);
	assert_ok(sftr_checkpoint_open(folder, NULL, &ckpt, &err), err);
	return ckpt;
}

/* Findings as a person reads them, each behind the end of its file's name. */
struct heard {
	char lines[16][256];
	size_t n, most; /* 'most': then it has heard enough */
};

static int
hear(void *user, const sftr_diagnostic *d)
{
	struct heard *h = user;
	size_t n_file = strlen(d->file);
	char text[200];

	ck_assert_uint_lt(h->n, 16);
	ck_assert_uint_gt(n_file, 29);
	snprintf(h->lines[h->n++], sizeof h->lines[0], "%s:%d%s",
		 d->file + n_file - 28, (int)d->severity,
		 sftr_finding_text(d, text, sizeof text));
	return h->most > 0 && h->n == h->most;
}

/* a fits, b and c are of another shape, x is missing, spare unexpected. */
static sftr_code
bind(struct heard *heard, sftr_bind_options *options, sftr_report *report,
     sftr_error *err)
{
	static const sftr_slot slots[] = {
		{ .name = SFTR_STR("a"),
		  .shape_text = "?",
		  .place = SFTR_PLACE_NONE },
		{ .name = SFTR_STR("b"),
		  .shape_text = "7",
		  .place = SFTR_PLACE_NONE },
		{ .name = SFTR_STR("c"),
		  .shape_text = "? ?",
		  .place = SFTR_PLACE_NONE },
		{ .name = SFTR_STR("x"),
		  .shape_text = "n",
		  .dtype = SFTR_F32,
		  .place = SFTR_PLACE_NONE },
	};
	sftr_checkpoint *ckpt = open_shards();
	sftr_binding *b = NULL;
	sftr_code code;

	options->codec = SFTR_CODEC_DOTTED;
	options->finding = hear;
	options->finding_user = heard;
	options->report = report;
	code = sftr_bind(slots, 4, ckpt, options, &b, err);
	ck_assert((code == SFTR_OK) == (b != NULL));
	if (b != NULL)
		sftr_binding_free(b);
	sftr_checkpoint_close(ckpt);
	return code;
}

START_TEST(a_finding_names_the_file_of_its_tensor)
{
	static const char *const lines[] = {
		FIRST ":0  shape       b                   file [2]        "
		      " wants [7]",
		SECOND ":0  shape       c                   file [3]        "
		       " wants [?, ?]",
		FIRST ":0  missing     x                   F32 [n]",
		SECOND ":0  unexpected  spare               F32 [1]",
	};
	struct heard heard = { .n = 0 };
	sftr_bind_options options = { 0 };
	sftr_report report;
	sftr_error err;
	char text[400];

	ck_assert_int_eq(bind(&heard, &options, &report, &err), SFTR_E_SHAPE);
	ck_assert_uint_eq(heard.n, 4);
	for (size_t i = 0; i < 4; i++)
		ck_assert_str_eq(heard.lines[i], lines[i]);
	ck_assert_str_eq(err.key, "b");
	ck_assert_ptr_nonnull(strstr(err.file, FIRST));
	ck_assert_uint_eq(report.n_errors, 4);
	ck_assert_uint_eq(report.n_shape, 2);
	ck_assert_uint_eq(report.n_missing, 1);
	ck_assert_uint_eq(report.n_unexpected, 1);
	ck_assert_uint_eq(report.n_bound, 1);
	sftr_report_text(&report, text, sizeof text);
	ck_assert_ptr_nonnull(strstr(
		text, FIRST " (names: dotted): 4 errors, nothing loaded"));
}
END_TEST

START_TEST(what_is_done_about_a_kind_is_said_beforehand)
{
	struct heard heard = { .n = 0 };
	sftr_bind_options options = { .missing = SFTR_WARN,
				      .unexpected = SFTR_IGNORE,
				      .shape = SFTR_WARN,
				      .target = "struct net" };
	sftr_report report;
	sftr_error err;
	char text[400];

	ck_assert_int_eq(bind(&heard, &options, &report, &err), SFTR_OK);
	ck_assert_uint_eq(heard.n, 3);
	ck_assert_ptr_nonnull(strstr(heard.lines[0], FIRST ":1  shape"));
	ck_assert_ptr_nonnull(strstr(heard.lines[1], SECOND ":1  shape"));
	ck_assert_ptr_nonnull(strstr(heard.lines[2], FIRST ":1  missing"));
	ck_assert_uint_eq(report.n_errors, 0);
	ck_assert_uint_eq(report.n_warnings, 3);
	ck_assert_uint_eq(report.n_unexpected, 1);
	sftr_report_text(&report, text, sizeof text);
	ck_assert_ptr_nonnull(strstr(text, FIRST " -> struct net (names: "
						 "dotted): 1 of 4 bound, 3 "
						 "warnings"));
}
END_TEST

START_TEST(who_hears_findings_may_have_heard_enough)
{
	struct heard heard = { .most = 2 };
	sftr_bind_options options = { 0 };
	sftr_report report;
	sftr_error err;

	ck_assert_int_eq(bind(&heard, &options, &report, &err),
			 SFTR_E_CANCELLED);
	ck_assert_uint_eq(heard.n, 2);
	ck_assert_str_eq(err.message, "the receiver of findings wants no more");
}
END_TEST

struct pair {
	float a[2];
};
SFTR_STRUCT(pair_table, struct pair, SFTR_ARRAY(a, "2"));

/* What fails before it looks has a report too, and not of nothing bound. */
START_TEST(a_bind_that_cannot_begin_is_reported)
{
	static const char *const texts[] = {
		"memory: nothing loaded",
		"memory: nothing loaded",
		"memory: nothing loaded",
		"memory -> tree: nothing loaded",
		"memory -> struct pair: nothing loaded",
		"none.st -> struct pair: nothing loaded",
	};
	sftr_report report;
	sftr_bind_options options = { .rules = "a", .report = &report };
	sftr_slot slot = { .name = SFTR_STR("a"), .shape_text = "1" };
	sftr_tree *tree;
	struct pair pair;
	sftr_checkpoint *ckpt;
	sftr_binding *b;
	char text[400];
	sftr_code code;

	memset(&report, 0xa5, sizeof report);
	ck_assert_int_eq(sftr_tree_new(NULL, &tree, NULL), SFTR_OK);
	ck_assert_int_eq(
		sftr_checkpoint_open_arrays(NULL, 0, NULL, &ckpt, NULL),
		SFTR_OK);
	switch (_i) {
	case 0: code = sftr_bind(&slot, 1, ckpt, &options, &b, NULL); break;
	case 1:
		code = sftr_bind_rewrite(ckpt, SFTR_F32, &options, &b, NULL);
		break;
	case 2:
		code = sftr_bind_manifest("a", 1, ckpt, &options, &b, NULL);
		break;
	case 3:
		code = sftr_set_weights(tree, ckpt, &options, NULL, NULL);
		break;
	case 4:
		code = SFTR_BIND(ckpt, pair_table, &pair, &options, &b, NULL);
		break;
	default:
		code = SFTR_LOAD("none.st", pair_table, &pair, &options, &b,
				 NULL);
		break;
	}
	ck_assert_int_ne(code, SFTR_OK);
	ck_assert_str_eq(sftr_report_text(&report, text, sizeof text),
			 texts[_i]);
	sftr_tree_free(tree);
	sftr_checkpoint_close(ckpt);
}
END_TEST

START_TEST(texts_are_cut_to_fit)
{
	sftr_diagnostic finding = { .key = "layers.0.w",
				    .message = "shape: file [1]; wants [2]" };
	sftr_report report = {
		.file = "m", .n_slots = 3, .n_bound = 3, .codec = SFTR_CODEC_P2S
	};
	char text[100];

	ck_assert_str_eq(sftr_finding_text(&finding, text, sizeof text),
			 "  shape       layers.0.w          file [1]         "
			 "wants [2]");
	ck_assert_str_eq(sftr_finding_text(&finding, text, 8), "  shape");
	strcpy(finding.message, "of no kind");
	ck_assert_str_eq(sftr_finding_text(&finding, text, sizeof text),
			 "              layers.0.w          of no kind");
	text[0] = 'x';
	ck_assert_ptr_eq(sftr_finding_text(&finding, text, 0), text);
	ck_assert_ptr_eq(sftr_report_text(&report, text, 0), text);
	ck_assert_int_eq(text[0], 'x');
	ck_assert_str_eq(sftr_report_text(&report, text, sizeof text),
			 "m (names: p2s): 3 of 3 bound");
	report.n_errors = 1;
	ck_assert_str_eq(sftr_report_text(&report, text, sizeof text),
			 "m (names: p2s): 1 error, nothing loaded");
	ck_assert_str_eq(sftr_report_text(&report, text, 5), "m (n");
}
END_TEST

int
main(void)
{
	TCase *tc = tcase_create("report");

	tcase_add_checked_fixture(tc, folder_make, folder_remove);
	tcase_add_test(tc, a_finding_names_the_file_of_its_tensor);
	tcase_add_test(tc, what_is_done_about_a_kind_is_said_beforehand);
	tcase_add_test(tc, who_hears_findings_may_have_heard_enough);
	tcase_add_loop_test(tc, a_bind_that_cannot_begin_is_reported, 0, 6);
	tcase_add_test(tc, texts_are_cut_to_fit);
	return run_suite("report", tc);
}
