/* SPDX-License-Identifier: MIT */
/* The files of fixtures/conformance, judged under both policies. */
#include "suite.h"

#include <safetree/checkpoint.h>

#include <check.h>
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MAX_FILES 1024

static struct verdict {
	char file[128];
	char reference[16];
	char strict[16];
} verdicts[MAX_FILES];
static size_t n_verdicts;
static char folder[512];

static void
read_verdicts(void)
{
	const char *fixtures = getenv("SFTR_FIXTURES");
	char path[600], line[1024];
	FILE *f;

	snprintf(folder, sizeof folder, "%s/conformance",
		 fixtures != NULL ? fixtures : "fixtures");
	snprintf(path, sizeof path, "%s/verdicts.tsv", folder);
	f = fopen(path, "r");
	if (f == NULL) {
		perror(path);
		exit(2);
	}
	if (fgets(line, sizeof line, f) == NULL)
		exit(2);
	while (fgets(line, sizeof line, f) != NULL && n_verdicts < MAX_FILES) {
		struct verdict *v = &verdicts[n_verdicts];

		if (sscanf(line, "%127[^\t]\t%15[^\t]\t%15[^\t\n]", v->file,
			   v->reference, v->strict) == 3)
			n_verdicts++;
	}
	fclose(f);
}

static void
judge(const struct verdict *v, sftr_policy policy, sftr_access access,
      const char *expected)
{
	sftr_open_options options = { .policy = policy, .access = access };
	sftr_checkpoint *ckpt;
	uint64_t n_errors;
	char path[700];
	sftr_error err;
	sftr_code code, checked;

	snprintf(path, sizeof path, "%s/%s", folder, v->file);
	code = sftr_checkpoint_open(path, &options, &ckpt, &err);
	sftr_checkpoint_close(ckpt);
	ck_assert_msg(strcmp(code == SFTR_OK ? "accept" : "reject", expected) ==
			      0,
		      "%s: expected %s, found %s: %s", v->file, expected,
		      sftr_code_name(code), code == SFTR_OK ? "" : err.message);
	/* Refused for what it is, never because it could not be judged. */
	ck_assert_msg(code == SFTR_OK || code >= SFTR_E_TRUNCATED, "%s: %s",
		      v->file, err.message);
	checked = sftr_check(path, &options, NULL, NULL, &n_errors, &err);
	ck_assert_int_eq(checked, SFTR_OK);
	ck_assert_msg((n_errors == 0) == (code == SFTR_OK),
		      "%s: check and open disagree", v->file);
}

START_TEST(strict_judges_every_file)
{
	judge(&verdicts[_i], SFTR_STRICT, SFTR_MAP, verdicts[_i].strict);
}
END_TEST

START_TEST(reference_judges_every_file)
{
	judge(&verdicts[_i], SFTR_REFERENCE, SFTR_PREAD,
	      verdicts[_i].reference);
}
END_TEST

START_TEST(all_files_are_judged)
{
	DIR *dir = opendir(folder);
	size_t n_files = 0;

	ck_assert_ptr_nonnull(dir);
	for (struct dirent *e; (e = readdir(dir)) != NULL;)
		n_files += strstr(e->d_name, ".safetensors") != NULL;
	closedir(dir);
	ck_assert_uint_ge(n_verdicts, 300);
	ck_assert_uint_eq(n_verdicts, n_files);
}
END_TEST

int
main(void)
{
	TCase *tc = tcase_create("conformance");

	read_verdicts();
	tcase_add_test(tc, all_files_are_judged);
	tcase_add_loop_test(tc, strict_judges_every_file, 0, (int)n_verdicts);
	tcase_add_loop_test(tc, reference_judges_every_file, 0,
			    (int)n_verdicts);
	return run_suite("conformance", tc);
}
