/* SPDX-License-Identifier: MIT */
/* Indexes, directories and sets of shards, good and lying. */
#include "checkpoint/shards.h"
#include "folder.h"
#include "ledger.h"
#include "suite.h"

#include <safetree/checkpoint.h>

#include <sys/stat.h>

#define TENSOR(name, begin, end)                                               \
	"\"" name "\":{\"dtype\":\"U8\",\"shape\":[" #end "],"                 \
	"\"data_offsets\":[" #begin "," #end "]}"

/* a in the first file, b and c in the second. */
static void
write_shards(void)
{
	folder_tensors(
		in_folder("m-00001-of-00002.safetensors"),
		"{\"__metadata__\":{\"format\":\"pt\"}," TENSOR("a", 0, 4) "}",
		4);
	folder_tensors(
		in_folder("m-00002-of-00002.safetensors"),
		"{" TENSOR("b", 0, 2) ",\"c\":{\"dtype\":\"U8\","
				      "\"shape\":[3],\"data_offsets\":[2,5]}}",
		5);
}

#define GOOD_INDEX                                                             \
	"{\"metadata\":{\"total_size\":9,\"x\":[1,{\"y\":null}]},\n"           \
	" \"weight_map\":{\"a\":\"m-00001-of-00002.safetensors\",\n"           \
	"  \"b\":\"m-00002-of-00002.safetensors\",\n"                          \
	"  \"c\":\"m-00002-of-00002.safetensors\"}, \"other\": [1.5]}\n"

static void
write_index(const char *text)
{
	folder_write(in_folder("m.safetensors.index.json"), text, strlen(text));
}

static void
holds_all(const char *path)
{
	sftr_checkpoint *ckpt;
	const sftr_tensor *t;
	unsigned char bytes[8];
	sftr_error err;

	ck_assert_msg(sftr_checkpoint_open(path, NULL, &ckpt, &err) == SFTR_OK,
		      "%s: %s", path, err.message);
	ck_assert_uint_eq(sftr_checkpoint_count(ckpt), 3);
	ck_assert_uint_eq(sftr_checkpoint_n_files(ckpt), 2);
	t = sftr_checkpoint_find(ckpt, "c", 1);
	ck_assert_uint_eq(t->file, 1);
	ck_assert_int_eq(sftr_checkpoint_read(ckpt, t, bytes, 8, &err),
			 SFTR_OK);
	ck_assert_uint_eq(bytes[0], 2);
	ck_assert_uint_eq(bytes[2], 4);
	t = sftr_checkpoint_find(ckpt, "a", 1);
	ck_assert_ptr_eq(t, sftr_checkpoint_at(ckpt, 0));
	ck_assert_str_eq(sftr_checkpoint_metadata(ckpt, "format", 6)->value.ptr,
			 "pt");
	ck_assert_ptr_nonnull(strstr(sftr_checkpoint_file(ckpt, 1),
				     "m-00002-of-00002.safetensors"));
	sftr_checkpoint_close(ckpt);
}

START_TEST(index_directory_and_set_open_alike)
{
	write_shards();
	holds_all(folder); /* a complete set without an index */
	write_index(GOOD_INDEX);
	holds_all(folder);
	holds_all(in_folder("m.safetensors.index.json"));
	ck_assert_int_eq(chdir(folder), 0);
	holds_all("m.safetensors.index.json");
	holds_all(".");
}
END_TEST

START_TEST(directory_of_one_file_is_that_file)
{
	sftr_checkpoint *ckpt;
	sftr_error err;

	folder_write(in_folder("config.json"), "{}", 2);
	ck_assert_int_eq(sftr_checkpoint_open(folder, NULL, &ckpt, &err),
			 SFTR_E_UNSUPPORTED);
	ck_assert_str_eq(err.message,
			 "the directory holds no .safetensors file and no "
			 "index of shards");
	folder_tensors(in_folder("model.safetensors"),
		       "{" TENSOR("a", 0, 1) "}", 1);
	ck_assert_int_eq(sftr_checkpoint_open(folder, NULL, &ckpt, &err),
			 SFTR_OK);
	ck_assert_uint_eq(sftr_checkpoint_count(ckpt), 1);
	sftr_checkpoint_close(ckpt);
	folder_tensors(in_folder("other.safetensors"),
		       "{" TENSOR("b", 0, 1) "}", 1);
	ck_assert_int_eq(sftr_checkpoint_open(folder, NULL, &ckpt, &err),
			 SFTR_E_UNSUPPORTED);
	ck_assert_str_eq(err.message,
			 "expected one index, one .safetensors file or one "
			 "complete set -00001-of-0000N in the directory, found "
			 "0 indexes and 2 files: name one");
}
END_TEST

struct expected {
	const char *index;
	sftr_code code;
	unsigned rule;
	const char *at; /* the fault's place in the index; NULL: no offset */
	const char *key;
	const char *other;
	const char *message;
};

#define MAP(members) "{\"weight_map\":{" members "}}"
#define A "\"a\":\"m-00001-of-00002.safetensors\""
#define B ",\"b\":\"m-00002-of-00002.safetensors\""
#define C ",\"c\":\"m-00002-of-00002.safetensors\""

static const struct expected faults[] = {
	{ MAP(A B), SFTR_E_SHARD, 34, NULL, "c", "",
	  "the index does not have it" },
	{ MAP(A B C ",\"d\":\"m-00002-of-00002.safetensors\""), SFTR_E_SHARD,
	  32, "\"d\"", "d", "m-00002-of-00002.safetensors",
	  "the index has it in a shard that does not" },
	{ MAP("\"a\":\"m-00002-of-00002.safetensors\"" B C), SFTR_E_SHARD, 32,
	  "\"a\"", "a", "m-00002-of-00002.safetensors",
	  "the index has it in a shard that does not" },
	{ MAP(A B C ",\"z\":\"m-00003-of-00003.safetensors\""), SFTR_E_SHARD,
	  31, "\"m-00003", "", "m-00003-of-00003.safetensors",
	  "the shard is missing" },
	{ MAP("\"a\":\"../x.safetensors\""), SFTR_E_INDEX, 30, "\"../x", "a",
	  "../x.safetensors",
	  "a shard's name must be that of a file beside the index, without a "
	  "path" },
	{ MAP("\"a\":\"/etc/passwd\""), SFTR_E_INDEX, 30, "\"/etc", "a",
	  "/etc/passwd",
	  "a shard's name must be that of a file beside the index, without a "
	  "path" },
	{ MAP("\"a\":\"..\""), SFTR_E_INDEX, 30, "\"..", "a", "..", NULL },
	{ MAP("\"a\":\"\""), SFTR_E_INDEX, 30, "\"\"", "a", "", NULL },
	{ MAP("\"a\":\"x\\u0000y\""), SFTR_E_INDEX, 30, "\"x", "a", "x\\x00y",
	  NULL },
	{ MAP("\"a\":1"), SFTR_E_JSON, 29, "1}", "", "",
	  "expected a string, found '1'" },
	{ MAP(A ",\"a\":\"m-00001-of-00002.safetensors\""), SFTR_E_DUPLICATE,
	  29, "\"a\":\"m-00001-of-00002.safetensors\"}", "a", "",
	  "the same tensor stands at byte 15 already" },
	{ "{\"weight_map\":{" A B C "},\"weight_map\":{}}", SFTR_E_DUPLICATE,
	  29, "\"weight_map\":{}", "", "", "weight_map a second time" },
	{ MAP(""), SFTR_E_INDEX, 29, "{\"w", "", "",
	  "no tensor in weight_map, is this an index of shards?" },
	{ "{}", SFTR_E_INDEX, 29, "{}", "", "", NULL },
	{ "[]", SFTR_E_JSON, 29, "[]", "", "", "expected '{', found '['" },
	{ "", SFTR_E_JSON, 29, "", "", "", NULL },
	{ MAP(A B C) "x", SFTR_E_JSON, 29, "x", "", "",
	  "expected nothing after the object, found 'x'" },
	{ "{\"metadata\":{\"total_size\":8},\"weight_map\":{" A B C "}}",
	  SFTR_E_SHARD, 35, "8}", "", "",
	  "total_size is 8, the shards hold 9 bytes of tensors" },
};

static int
count_findings(void *user, const sftr_diagnostic *d)
{
	*(size_t *)user += d->severity == SFTR_ERROR;
	return 0;
}

START_TEST(every_lie_of_an_index_is_told)
{
	sftr_checkpoint *ckpt;
	sftr_error err;

	write_shards();
	for (size_t i = 0; i < COUNT(faults); i++) {
		const struct expected *e = &faults[i];
		size_t n_findings = 0;
		const char *at;
		uint64_t n_errors;
		sftr_code code;

		write_index(e->index);
		code = sftr_checkpoint_open(
			in_folder("m.safetensors.index.json"), NULL, &ckpt,
			&err);
		ck_assert_msg(code == e->code, "%s: %s: %s", e->index,
			      sftr_code_name(code), err.message);
		ck_assert_ptr_null(ckpt);
		ck_assert_msg(err.rule == e->rule, "%s: rule %u", e->index,
			      err.rule);
		at = e->at == NULL ? NULL : strstr(e->index, e->at);
		/* The last of two like places is the fault. */
		while (at != NULL && *e->at != '\0' &&
		       strstr(at + 1, e->at) != NULL)
			at = strstr(at + 1, e->at);
		ck_assert_msg(err.offset == (at == NULL ?
						     SFTR_NO_OFFSET :
						     (uint64_t)(at - e->index)),
			      "%s: offset %d", e->index, (int)err.offset);
		ck_assert_str_eq(err.key, e->key);
		ck_assert_str_eq(err.other, e->other);
		if (e->message != NULL)
			ck_assert_str_eq(err.message, e->message);
		ck_assert_int_eq(
			sftr_check(in_folder("m.safetensors.index.json"), NULL,
				   count_findings, &n_findings, &n_errors,
				   NULL),
			SFTR_OK);
		ck_assert_uint_ge(n_errors, 1);
		ck_assert_uint_eq(n_errors, n_findings);
	}
}
END_TEST

START_TEST(reference_only_warns_of_total_size)
{
	sftr_open_options options = { .policy = SFTR_REFERENCE };
	sftr_checkpoint *ckpt;

	write_shards();
	write_index("{\"metadata\":{\"total_size\":8},\"weight_map\":{" A B C
		    "}}");
	ck_assert_int_eq(sftr_checkpoint_open(folder, &options, &ckpt, NULL),
			 SFTR_OK);
	sftr_checkpoint_close(ckpt);
	/* A size that is no integer claims nothing. */
	write_index("{\"metadata\":{\"total_size\":8.5},\"weight_map\":{" A B C
		    "}}");
	ck_assert_int_eq(sftr_checkpoint_open(folder, NULL, &ckpt, NULL),
			 SFTR_OK);
	sftr_checkpoint_close(ckpt);
}
END_TEST

START_TEST(tensor_in_two_shards_is_an_error)
{
	sftr_checkpoint *ckpt;
	sftr_error err;

	write_shards();
	folder_tensors(in_folder("m-00001-of-00002.safetensors"),
		       "{" TENSOR("b", 0, 4) "}", 4);
	ck_assert_int_eq(sftr_checkpoint_open(folder, NULL, &ckpt, &err),
			 SFTR_E_SHARD);
	ck_assert_str_eq(err.key, "b");
	ck_assert_uint_eq(err.rule, 33);
	ck_assert_str_eq(err.message, "another shard has it already");
	write_index(MAP("\"b\":\"m-00001-of-00002.safetensors\"" C));
	ck_assert_int_eq(sftr_checkpoint_open(folder, NULL, &ckpt, &err),
			 SFTR_E_SHARD);
	ck_assert_str_eq(err.key, "b");
	ck_assert_uint_eq(err.rule, 33);
	ck_assert_str_eq(err.message, "the index has it in another shard");
}
END_TEST

START_TEST(faults_of_a_shard_name_its_file)
{
	char name[300], index[400];
	sftr_checkpoint *ckpt;
	sftr_error err;

	write_shards();
	write_index(GOOD_INDEX);
	ck_assert_int_eq(
		truncate(in_folder("m-00002-of-00002.safetensors"), 100), 0);
	ck_assert_int_eq(sftr_checkpoint_open(folder, NULL, &ckpt, &err),
			 SFTR_E_TRUNCATED);
	ck_assert_ptr_nonnull(strstr(err.file, "m-00002-of-00002.safetensors"));
	/* A name that no file can have. */
	memset(name, 'x', sizeof name - 1);
	name[sizeof name - 1] = '\0';
	snprintf(index, sizeof index, MAP("\"a\":\"%s\""), name);
	write_index(index);
	ck_assert_int_eq(sftr_checkpoint_open(folder, NULL, &ckpt, &err),
			 SFTR_E_SHARD);
	ck_assert_str_eq(err.message, "the shard is missing");
	write_index(GOOD_INDEX);
	/* A folder where a shard should be. */
	ck_assert_int_eq(unlink(in_folder("m-00002-of-00002.safetensors")), 0);
	ck_assert_int_eq(mkdir(in_folder("m-00002-of-00002.safetensors"), 0700),
			 0);
	ck_assert_int_eq(sftr_checkpoint_open(folder, NULL, &ckpt, &err),
			 SFTR_E_SHARD);
	ck_assert_str_eq(err.message, "the shard is no regular file");
}
END_TEST

/* A record counts files in 16 bits. */
START_TEST(more_files_than_a_record_can_tell_apart_are_refused)
{
	static sftr_str files[65536];
	static char index[2 << 20];
	sftr_open_options options = { 0 };
	sftr__findings findings = { 0 };
	size_t n = (size_t)sprintf(index, "{\"weight_map\":{");
	sftr_checkpoint *ckpt;
	uint64_t n_errors;
	sftr_error err;

	for (unsigned i = 0; i < 65536; i++) {
		files[i] = (sftr_str)SFTR_STR("absent");
		n += (size_t)sprintf(index + n, "%s\"%x\":\"%x\"",
				     i > 0 ? "," : "", i, i);
	}
	sprintf(index + n, "}}");
	ck_assert_int_eq(sftr__shards_judge_set(folder, files, 65536, &options,
						&findings, &ckpt, &err),
			 SFTR_E_LIMIT);
	ck_assert_ptr_null(ckpt);
	ck_assert_str_eq(err.file, folder);
	ck_assert_str_eq(err.message, "65536 files, at most 65535 can be read");
	write_index(index);
	ck_assert_int_eq(sftr_check(folder, NULL, NULL, NULL, &n_errors, &err),
			 SFTR_E_LIMIT);
	ck_assert_uint_eq(n_errors, 0);
}
END_TEST

START_TEST(an_index_is_held_to_the_limit_of_headers)
{
	sftr_open_options options = { .max_header_bytes =
					      sizeof GOOD_INDEX - 1 };
	const char *path;
	sftr_checkpoint *ckpt;
	sftr_error err;

	write_shards();
	write_index(GOOD_INDEX);
	ck_assert_int_eq(sftr_checkpoint_open(folder, &options, &ckpt, &err),
			 SFTR_OK);
	sftr_checkpoint_close(ckpt);
	options.max_header_bytes--;
	ck_assert_int_eq(sftr_checkpoint_open(folder, &options, &ckpt, &err),
			 SFTR_E_LIMIT);
	/* All holes: no disk is filled, and no memory should be. */
	path = in_folder("m.safetensors.index.json");
	ck_assert_int_eq(truncate(path, 1000000001), 0);
	ck_assert_int_eq(sftr_checkpoint_open(path, NULL, &ckpt, &err),
			 SFTR_E_LIMIT);
	ck_assert_ptr_null(ckpt);
	ck_assert_ptr_nonnull(strstr(err.file, "m.safetensors.index.json"));
	ck_assert_str_eq(err.message,
			 "the index has 1000000001 bytes, the limit is "
			 "1000000000");
}
END_TEST

START_TEST(out_of_memory_at_every_point)
{
	struct ledger books;
	sftr_allocator a = ledger_allocator(&books);
	sftr_open_options options = { .allocator = &a };
	sftr_checkpoint *ckpt;
	size_t n_failed = 0;

	write_shards();
	write_index(GOOD_INDEX);
	while (ledger_round(&books)) {
		sftr_code code =
			sftr_checkpoint_open(folder, &options, &ckpt, NULL);

		/* Giving back what is too much may fail without harm. */
		ck_assert(code == ledger_code(&books) || code == SFTR_OK);
		sftr_checkpoint_close(ckpt);
		n_failed += code != SFTR_OK;
	}
	ck_assert_uint_gt(n_failed, 2 * 20);
}
END_TEST

int
main(void)
{
	TCase *tc = tcase_create("shards");

	tcase_add_checked_fixture(tc, folder_make, folder_remove);
	tcase_add_test(tc, index_directory_and_set_open_alike);
	tcase_add_test(tc, directory_of_one_file_is_that_file);
	tcase_add_test(tc, every_lie_of_an_index_is_told);
	tcase_add_test(tc, reference_only_warns_of_total_size);
	tcase_add_test(tc, tensor_in_two_shards_is_an_error);
	tcase_add_test(tc, faults_of_a_shard_name_its_file);
	tcase_add_test(tc, more_files_than_a_record_can_tell_apart_are_refused);
	tcase_add_test(tc, an_index_is_held_to_the_limit_of_headers);
	tcase_add_test(tc, out_of_memory_at_every_point);
	return run_suite("shards", tc);
}
