/* SPDX-License-Identifier: MIT */
/*
 * Many small tensors, read together and each to its own place: with gaps, with
 * conversions between them, one tensor for two slots; and with a system that
 * comes short or fails in the middle of the places.
 */
#include "folder.h"

#include "bind/job.h"
#include "checkpoint/ahead.h"
#include "faults.h"
#include "numeric/stream.h"
#include "suite.h"

#include <safetree.h>

#include <errno.h>

/*
 * Whether results are too large for the caches, large reads fetch ahead, and
 * what lies otherwise in its lines passes through scratch.
 */
static bool streams, reads_ahead, realigns;

bool
__wrap_sftr__stream_pays(uint64_t n_bytes);
bool
__wrap_sftr__stream_pays(uint64_t n_bytes)
{
	ck_assert_uint_gt(n_bytes, 0);
	return streams;
}

bool
__wrap_sftr__ahead_pays(const sftr__source *s);
bool
__wrap_sftr__ahead_pays(const sftr__source *s)
{
	ck_assert_int_ge(s->fd, 0);
	return reads_ahead;
}

bool
__wrap_sftr__stream_realigns(void);
bool
__wrap_sftr__stream_realigns(void)
{
	return realigns;
}

#define MAX_TENSORS 700
#define ROOM ((size_t)8 << 20)
#define GUARD 0xa5

/* Slot i takes tensor i; those behind the tensors take one a second time. */
static struct crowd {
	size_t n, n_slots;
	char names[MAX_TENSORS][8], slot_names[MAX_TENSORS * 2][8];
	unsigned char *bytes[MAX_TENSORS];
	uint64_t n_bytes[MAX_TENSORS];
	sftr_alias aliases[MAX_TENSORS * 2];
	sftr_slot slots[MAX_TENSORS * 2];
	size_t source[MAX_TENSORS * 2]; /* tensor of a slot */
	unsigned char *room;
} crowd;

static void
add_slot(struct crowd *c, size_t tensor, size_t *used)
{
	size_t i = c->n_slots++;
	sftr_slot *s = &c->slots[i];
	bool is_wide = i % 7 == 2;

	snprintf(c->slot_names[i], sizeof c->slot_names[i], "s%zu", i);
	c->aliases[i].name = c->names[tensor];
	s->name.ptr = c->slot_names[i];
	s->name.len = strlen(s->name.ptr);
	s->aliases = &c->aliases[i];
	s->n_aliases = 1;
	s->shape_text = "?";
	s->dtype = is_wide ? SFTR_I32 : SFTR_U8;
	s->capacity = c->n_bytes[tensor] * (is_wide ? 4 : 1);
	/* Wherever it may lie in a line, and never beside the last one. */
	*used += 1 + i * 5 % 64;
	s->data = c->room + *used;
	*used += (size_t)s->capacity;
	ck_assert_uint_lt(*used, ROOM);
	c->source[i] = tensor;
}

/* Some tensors nobody takes: there are gaps, some longer than a page. */
static void
make_crowd(struct crowd *c, size_t n, uint64_t most, const char *path)
{
	sftr_writer *writer;
	size_t used = 0;

	memset(c, 0, sizeof *c);
	c->n = n;
	c->room = malloc(ROOM);
	ck_assert_ptr_nonnull(c->room);
	ck_assert_int_eq(sftr_writer_new(NULL, &writer, NULL), SFTR_OK);
	for (size_t i = 0; i < n; i++) {
		sftr_str name = { c->names[i], 0 };

		snprintf(c->names[i], sizeof c->names[i], "t%03zu", i);
		name.len = strlen(name.ptr);
		c->n_bytes[i] = 1 + i * i * 37 % most;
		c->bytes[i] = malloc((size_t)c->n_bytes[i]);
		ck_assert_ptr_nonnull(c->bytes[i]);
		for (size_t k = 0; k < c->n_bytes[i]; k++)
			c->bytes[i][k] = (unsigned char)(k * 11 + i);
		ck_assert_int_eq(sftr_writer_add(writer, name, SFTR_U8,
						 &c->n_bytes[i], 1, c->bytes[i],
						 c->n_bytes[i], NULL),
				 SFTR_OK);
		if (i % 5 != 3 && i / 50 % 4 != 2)
			add_slot(c, i, &used);
		if (i % 31 == 7)
			add_slot(c, i, &used);
	}
	ck_assert_int_eq(sftr_writer_save(writer, path, NULL), SFTR_OK);
	sftr_writer_free(writer);
}

static void
free_crowd(struct crowd *c)
{
	for (size_t i = 0; i < c->n; i++)
		free(c->bytes[i]);
	free(c->room);
}

static sftr_binding *
bind_crowd(struct crowd *c, const char *path, unsigned n_threads)
{
	sftr_bind_options options = { .codec = SFTR_CODEC_RAW,
				      .slot_codec = SFTR_CODEC_RAW,
				      .conversion = SFTR_LOSSLESS,
				      .unexpected = SFTR_IGNORE,
				      .n_threads = n_threads };
	sftr_checkpoint *ckpt;
	sftr_binding *b;
	sftr_error err;

	ck_assert_int_eq(sftr_checkpoint_open(path, NULL, &ckpt, &err),
			 SFTR_OK);
	assert_ok(sftr_bind(c->slots, c->n_slots, ckpt, &options, &b, &err),
		  err);
	sftr_checkpoint_close(ckpt);
	return b;
}

static void
clear_room(struct crowd *c, sftr_binding *b)
{
	memset(c->room, GUARD, ROOM);
	sftr_binding_release(b, NULL);
}

static bool
is_whole(const struct crowd *c, size_t i)
{
	const sftr_slot *s = &c->slots[i];
	const unsigned char *from = c->bytes[c->source[i]];
	size_t n = (size_t)c->n_bytes[c->source[i]];
	const unsigned char *at = s->data;

	if (s->dtype == SFTR_U8)
		return memcmp(at, from, n) == 0;
	for (size_t k = 0; k < n; k++) {
		int32_t element;

		memcpy(&element, at + 4 * k, sizeof element);
		if (element != from[k])
			return false;
	}
	return true;
}

/* Every byte of the room is its slot's, or a guard that nobody touched. */
static void
assert_whole(const struct crowd *c)
{
	const unsigned char *at = c->room;

	for (size_t i = 0; i < c->n_slots; i++) {
		const sftr_slot *s = &c->slots[i];

		while (at < (const unsigned char *)s->data)
			if (*at++ != GUARD)
				ck_abort_msg("before slot %zu", i);
		if (!is_whole(c, i))
			ck_abort_msg("slot %zu", i);
		at += s->capacity;
	}
	while (at < c->room + ROOM)
		if (*at++ != GUARD)
			ck_abort_msg("behind the last slot");
}

START_TEST(small_tensors_come_to_their_places_in_few_reads)
{
	const char *path = in_folder("crowd.safetensors");
	sftr_binding *b;

	streams = realigns = _i > 2;
	make_crowd(&crowd, MAX_TENSORS, 3000, path);
	b = bind_crowd(&crowd, path, 1 + (unsigned)_i % 3);
	clear_room(&crowd, b);
	faults_clear();
	ck_assert_int_eq(sftr_binding_load(b, NULL, NULL), SFTR_OK);
	assert_whole(&crowd);
	/* Gaps of fifty tensors part it; one call looks at the file. */
	ck_assert_uint_lt(faults.n_calls, 12);
	sftr_binding_free(b);
	free_crowd(&crowd);
}
END_TEST

START_TEST(reads_that_come_short_in_a_place_go_on_there)
{
	static const struct {
		size_t n, most, largest;
	} rows[] = { { 60, 90, 1 }, { 300, 900, 7 }, { 600, 3000, 4095 } };
	const char *path = in_folder("crowd.safetensors");
	sftr_binding *b;

	make_crowd(&crowd, rows[_i].n, rows[_i].most, path);
	b = bind_crowd(&crowd, path, 1);
	clear_room(&crowd, b);
	faults_clear();
	faults.largest = rows[_i].largest;
	ck_assert_int_eq(sftr_binding_load(b, NULL, NULL), SFTR_OK);
	faults_clear();
	assert_whole(&crowd);
	sftr_binding_free(b);
	free_crowd(&crowd);
}
END_TEST

/* What is said to be loaded is whole, and the rest can be had later. */
static void
assert_failed(const struct crowd *c, sftr_binding *b, int os_errno,
	      const sftr_error *err)
{
	size_t n_loaded = 0;
	sftr_bound bound;

	ck_assert_int_eq(err->code, SFTR_E_IO);
	ck_assert_int_eq(err->os_errno, os_errno);
	for (size_t i = 0; i < c->n_slots; i++) {
		sftr_binding_at(b, i, &bound, NULL);
		if (bound.state != SFTR_LOADED)
			continue;
		n_loaded++;
		if (!is_whole(c, i))
			ck_abort_msg("slot %zu is not whole", i);
	}
	ck_assert_uint_lt(n_loaded, c->n_slots);
}

/* Also where the call before it came short in the middle of a place. */
START_TEST(every_read_of_places_fails_once)
{
	static const int os_errnos[] = { EINTR, EAGAIN, EIO, ESTALE };
	const char *path = in_folder("crowd.safetensors");
	int os_errno = os_errnos[_i];
	sftr_error err;
	sftr_binding *b;
	unsigned at = 0;

	make_crowd(&crowd, 300, 900, path);
	b = bind_crowd(&crowd, path, 1);
	do {
		sftr_code code;

		clear_room(&crowd, b);
		faults_clear();
		faults.largest = 10007;
		faults.fail_at = ++at;
		faults.os_errno = os_errno;
		code = sftr_binding_load(b, NULL, &err);
		if (faults.failed != NULL && strcmp(faults.failed, "fstat") &&
		    os_errno != EINTR) {
			ck_assert_int_eq(code, SFTR_E_IO);
			assert_failed(&crowd, b, os_errno, &err);
			faults.fail_at = 0;
			code = sftr_binding_load(b, NULL, &err);
		}
		if (faults.failed == NULL || strcmp(faults.failed, "fstat")) {
			ck_assert_int_eq(code, SFTR_OK);
			assert_whole(&crowd);
		}
	} while (faults.failed != NULL);
	ck_assert_uint_gt(at, 10);
	sftr_binding_free(b);
	free_crowd(&crowd);
}
END_TEST

START_TEST(a_file_that_ends_in_a_place_says_where)
{
	const char *path = in_folder("crowd.safetensors");
	char message[128];
	uint64_t start, cut;
	sftr_binding *b;
	sftr_error err;
	struct stat st;

	make_crowd(&crowd, 40, 900, path);
	b = bind_crowd(&crowd, path, 1);
	ck_assert_int_eq(stat(path, &st), 0);
	start = (uint64_t)st.st_size;
	for (size_t i = 0; i < crowd.n; i++)
		start -= crowd.n_bytes[i];
	cut = start + crowd.n_bytes[0] + crowd.n_bytes[1] + 3;
	ck_assert_int_eq(truncate(path, (off_t)cut), 0);
	ck_assert_int_eq(sftr_binding_load(b, NULL, &err), SFTR_E_TRUNCATED);
	ck_assert_uint_eq(err.offset, cut);
	snprintf(message, sizeof message,
		 "the file ends here, %llu bytes early: it had %llu when it "
		 "was opened",
		 (unsigned long long)((uint64_t)st.st_size - cut),
		 (unsigned long long)st.st_size);
	ck_assert_str_eq(err.message, message);
	sftr_binding_free(b);
	free_crowd(&crowd);
}
END_TEST

#define LARGE ((size_t)5300007)

static unsigned char large[LARGE], taken[LARGE + 192];

/* A file of one tensor "w" of the first n bytes of 'large'. */
static const char *
save_large(size_t n)
{
	const char *path = in_folder("large.safetensors");
	uint64_t shape[] = { n };
	sftr_str name = { "w", 1 };
	sftr_writer *writer;

	for (size_t i = 0; i < n; i++)
		large[i] = (unsigned char)(i % 251);
	ck_assert_int_eq(sftr_writer_new(NULL, &writer, NULL), SFTR_OK);
	ck_assert_int_eq(sftr_writer_add(writer, name, SFTR_U8, shape, 1, large,
					 n, NULL),
			 SFTR_OK);
	ck_assert_int_eq(sftr_writer_save(writer, path, NULL), SFTR_OK);
	sftr_writer_free(writer);
	return path;
}

/* Its slot begins 'shift' bytes into a line. */
static sftr_binding *
bind_large(const char *path, size_t n, size_t shift)
{
	sftr_slot slot = { .name = { "w", 1 }, .shape_text = "?" };
	sftr_checkpoint *ckpt;
	sftr_binding *b;

	memset(taken, GUARD, sizeof taken);
	slot.data = taken + 64 + shift;
	slot.capacity = n;
	ck_assert_int_eq(sftr_checkpoint_open(path, NULL, &ckpt, NULL),
			 SFTR_OK);
	ck_assert_int_eq(sftr_bind(&slot, 1, ckpt, NULL, &b, NULL), SFTR_OK);
	sftr_checkpoint_close(ckpt);
	return b;
}

static void
assert_taken(size_t n, size_t shift)
{
	if (memcmp(taken + 64 + shift, large, n) != 0 ||
	    taken[63 + shift] != GUARD || taken[64 + shift + n] != GUARD)
		ck_abort_msg("shift %zu", shift);
}

/* To every 'step'-th place in a line. */
static void
load_large(size_t n, size_t step)
{
	const char *path = save_large(n);

	for (size_t shift = 0; shift < 64; shift += step) {
		sftr_binding *b = bind_large(path, n, shift);

		ck_assert_int_eq(sftr_binding_load(b, NULL, NULL), SFTR_OK);
		sftr_binding_free(b);
		assert_taken(n, shift);
	}
}

START_TEST(a_large_tensor_may_lie_anywhere_in_a_line)
{
	load_large(300007, 1);
}
END_TEST

START_TEST(a_large_tensor_may_pass_the_caches)
{
	streams = true;
	reads_ahead = _i == 1;
	realigns = _i == 2;
	load_large(LARGE, 21);
}
END_TEST

/* What reading needs fails with it; what only helps is done without. */
START_TEST(every_call_that_fetches_ahead_fails_once)
{
	const char *path = save_large(LARGE);
	sftr_binding *b;
	sftr_error err;
	unsigned at = 0;
	bool stops, fetches = false;

	streams = reads_ahead = true;
	do {
		b = bind_large(path, LARGE, 7);
		faults_clear();
		faults.fail_at = ++at;
		faults.os_errno = EIO;
		stops = sftr_binding_load(b, NULL, &err) != SFTR_OK;
		ck_assert_int_eq(stops,
				 faults.failed != NULL &&
					 (!strcmp(faults.failed, "pread") ||
					  !strcmp(faults.failed, "fstat")));
		if (stops)
			ck_assert_int_eq(err.os_errno, EIO);
		else
			assert_taken(LARGE, 7);
		fetches = fetches || (faults.failed != NULL &&
				      !strcmp(faults.failed, "is_cached"));
		sftr_binding_free(b);
	} while (faults.failed != NULL);
	/* As far as asking, where the system then knows no more. */
	ck_assert(fetches);
}
END_TEST

int
main(void)
{
	TCase *tc = tcase_create("job");

	tcase_add_checked_fixture(tc, folder_make, folder_remove);
	tcase_add_checked_fixture(tc, faults_clear, faults_clear);
	tcase_add_loop_test(tc, small_tensors_come_to_their_places_in_few_reads,
			    0, 6);
	tcase_add_loop_test(tc, reads_that_come_short_in_a_place_go_on_there, 0,
			    3);
	tcase_add_loop_test(tc, every_read_of_places_fails_once, 0, 4);
	tcase_add_test(tc, a_file_that_ends_in_a_place_says_where);
	tcase_add_test(tc, a_large_tensor_may_lie_anywhere_in_a_line);
	tcase_add_loop_test(tc, a_large_tensor_may_pass_the_caches, 0, 3);
	tcase_add_test(tc, every_call_that_fetches_ahead_fails_once);
	return run_suite("job", tc);
}
