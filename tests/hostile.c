/* SPDX-License-Identifier: MIT */
#include "hostile.h"

#include "base/index.h"
#include "effort.h"

#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Not Check's, since a bench is no test. */
static void
need(bool holds)
{
	if (!holds)
		abort();
}

static size_t
target(void)
{
	return repetitions(2000000, 100000000);
}

static void
put(struct file *f, const char *text)
{
	size_t n = strlen(text);

	need(f->n + n <= f->size);
	memcpy(f->bytes + 8 + f->n, text, n);
	f->n += n;
}

/* Whether so many bytes, and those to end with, still go in. */
static int
has_room(const struct file *f, size_t n)
{
	return f->n + n + 100 <= f->size;
}

static void
deep_arrays(struct file *f)
{
	put(f, "{\"t\":{\"x\":");
	while (has_room(f, 1))
		put(f, "[");
	f->policy = SFTR_REFERENCE;
	f->code = SFTR_E_JSON;
}

static void
deep_objects(struct file *f)
{
	while (has_room(f, 5))
		put(f, "{\"a\":");
	f->code = SFTR_E_FIELD;
}

static void
wide_unknown_values(struct file *f)
{
	put(f, "{\"t\":{\"dtype\":\"U8\",\"shape\":[],\"data_offsets\":[0,0],"
	       "\"x\":[0");
	while (has_room(f, 3))
		put(f, ",[]");
	put(f, "]}}");
	f->n_tensors = 1;
	f->policy = SFTR_REFERENCE;
	f->code = SFTR_E_SIZE;
}

static void
one_shape(struct file *f)
{
	put(f, "{\"t\":{\"dtype\":\"U8\",\"shape\":[0");
	f->n_tensors = f->n_dims = 1;
	for (; has_room(f, 2); f->n_dims++)
		put(f, ",1");
	put(f, "],\"data_offsets\":[0,0]}}");
}

/* The same, and wrong: a report reads shapes a second time. */
static void
one_shape_of_another_size(struct file *f)
{
	one_shape(f);
	f->bytes[8 + f->n - 4] = '1';
	f->code = SFTR_E_SIZE;
}

static void
many_shapes(struct file *f)
{
	char text[80];

	put(f, "{");
	while (has_room(f, 4000)) {
		snprintf(text, sizeof text,
			 "%s\"%" PRIu64 "\":{\"dtype\":\"U8\",\"shape\":[0",
			 f->n_tensors == 0 ? "" : ",", f->n_tensors);
		put(f, text);
		for (int i = 1; i < 500; i++)
			put(f, ",9");
		put(f, "],\"data_offsets\":[0,0]}");
		f->n_tensors++;
		f->n_dims += 500;
	}
	put(f, "}");
	f->policy = SFTR_REFERENCE;
}

static void
one_long_name(struct file *f)
{
	put(f, "{\"");
	while (has_room(f, 20))
		put(f, "abcdefghijklmnopqrst");
	put(f, "\":{\"dtype\":\"U8\",\"shape\":[0],\"data_offsets\":[0,0]}}");
	f->n_tensors = f->n_dims = 1;
}

static void
one_long_value(struct file *f)
{
	put(f, "{\"__metadata__\":{\"k\":\"");
	while (has_room(f, 12))
		put(f, "\\u00e9AAAAAA");
	put(f, "\"}}");
	f->n_metadata = 1;
}

static void
nothing_but_spaces(struct file *f)
{
	put(f, "{}");
	while (has_room(f, 10))
		put(f, "          ");
}

static void
put_tensors(struct file *f, const char *shape, uint64_t step, uint64_t begin)
{
	char text[160];
	const char *comma = "";

	put(f, "{");
	while (has_room(f, 100)) {
		snprintf(text, sizeof text,
			 "%s\"%" PRIx64 "\":{\"dtype\":\"U8\",\"shape\":%s,"
			 "\"data_offsets\":[%" PRIu64 ",%" PRIu64 "]}",
			 comma, f->n_tensors, shape, begin, begin + step);
		put(f, text);
		comma = ",";
		f->n_tensors++;
	}
	put(f, "}");
}

/* About 1.8 million of them in 100 MB. */
static void
many_tensors(struct file *f)
{
	put_tensors(f, "[]", 0, 0);
	f->code = SFTR_E_SIZE;
}

static void
many_empty_tensors(struct file *f)
{
	put_tensors(f, "[0]", 0, 0);
	f->n_dims = f->n_tensors;
}

/* No two shapes are alike, so that none can be kept once. */
static void
many_own_shapes(struct file *f)
{
	char text[160];

	put(f, "{");
	while (has_room(f, 100)) {
		snprintf(text, sizeof text,
			 "%s\"%" PRIx64
			 "\":{\"dtype\":\"U8\",\"shape\":[%" PRIu64
			 "],\"data_offsets\":[0,0]}",
			 f->n_tensors > 0 ? "," : "", f->n_tensors,
			 f->n_tensors);
		put(f, text);
		f->n_tensors++;
	}
	put(f, "}");
	f->n_dims = f->n_tensors;
	f->code = SFTR_E_SIZE;
}

/* Each begins where nothing ends: every one is a finding. */
static void
many_overlapping_tensors(struct file *f)
{
	put_tensors(f, "[]", 1, 0);
	f->n_data = 1;
	f->code = SFTR_E_OVERLAP;
}

/* Sound, and in an order that wants sorting. */
static void
tensors_backwards(struct file *f)
{
	uint64_t begin = f->size / 75;
	char text[160];

	put(f,
	    "{\"z\":{\"dtype\":\"U8\",\"shape\":[0],\"data_offsets\":[0,0]}");
	f->n_tensors = 1;
	while (begin-- > 0) {
		snprintf(text, sizeof text,
			 ",\"%" PRIx64 "\":{\"dtype\":\"U8\",\"shape\":[],"
			 "\"data_offsets\":[%" PRIu64 ",%" PRIu64 "]}",
			 begin, begin, begin + 1);
		put(f, text);
		f->n_tensors++;
	}
	put(f, "}");
	f->n_dims = 1;
	f->n_data = f->n_tensors - 1;
}

static void
entries_as_arrays(struct file *f)
{
	char text[80];

	put(f, "{\"z\":[\"U8\",[0],[0,0]]");
	f->n_tensors = 1;
	while (has_room(f, 60)) {
		snprintf(text, sizeof text,
			 ",\"%" PRIx64 "\":[\"F4\",[0],[0,0]]", f->n_tensors);
		put(f, text);
		f->n_tensors++;
	}
	put(f, "}");
	f->n_dims = f->n_tensors;
	f->policy = SFTR_REFERENCE;
}

/* One name again and again: of them one is left. */
static void
one_name_many_times(struct file *f)
{
	put(f, "{\"\":{\"dtype\":\"U8\",\"shape\":[],\"data_offsets\":[0,0]}");
	f->n_tensors = 1;
	while (has_room(f, 60)) {
		put(f, ",\"\":{\"dtype\":\"U8\",\"shape\":[0],"
		       "\"data_offsets\":[0,0]}");
		f->n_tensors++;
	}
	put(f, "}");
	f->n_dims = f->n_tensors - 1;
	f->policy = SFTR_REFERENCE;
}

/* Ten million of them in 100 MB: keys of four letters, no values. */
static void
many_metadata(struct file *f)
{
	char text[] = "\"0000\":\"\"";

	put(f, "{\"__metadata__\":{");
	while (has_room(f, 10)) {
		uint64_t k = f->n_metadata++;

		for (int i = 1; i <= 4; i++, k /= 64)
			text[i] = (char)('0' + k % 64 + (k % 64 >= 44));
		if (f->n_metadata > 1)
			put(f, ",");
		put(f, text);
	}
	put(f, "}}");
}

/* Seven letters for a number; numbers that follow each other lie far apart. */
static void
spell(uint64_t i, char name[8])
{
	uint64_t mixed = i * UINT64_C(0x5deece66d) & ((UINT64_C(1) << 35) - 1);

	for (int k = 0; k < 7; k++, mixed >>= 5)
		name[k] = (char)('A' + (mixed & 31));
	for (int k = 0; k < 7; k++)
		if (name[k] == '\\')
			name[k] = 'z';
	name[7] = '\0';
}

/*
 * Names, sought here, that all hash to one slot of the index that there will
 * be, more than it probes; then as many others as there is room for, in no
 * order, for whatever the index then does.
 */
static void
names_that_collide(struct file *f)
{
	uint32_t mask = target() > 2000000 ? 0x3fffff : 0xffff;
	char name[8], text[100];
	uint32_t wanted = 0;

	put(f, "{");
	for (uint64_t i = 1; has_room(f, 80); i++) {
		uint32_t slot;

		spell(i, name);
		slot = sftr__index_hash(name, 7) & mask;
		if (i == 1)
			wanted = slot;
		if (f->n_tensors < 300 && slot != wanted)
			continue;
		snprintf(text, sizeof text,
			 "%s\"%s\":{\"dtype\":\"U8\",\"shape\":[],"
			 "\"data_offsets\":[%" PRIu64 ",%" PRIu64 "]}",
			 f->n_tensors > 0 ? "," : "", name, f->n_tensors,
			 f->n_tensors + 1);
		put(f, text);
		f->n_tensors++;
	}
	put(f, "}");
	f->n_colliding = f->n_data = f->n_tensors;
}

/* As a model of layers and experts has it. */
static void
usual(struct file *f)
{
	char text[200];

	put(f, "{\"__metadata__\":{\"format\":\"pt\"}");
	while (has_room(f, 200)) {
		uint64_t i = f->n_tensors++;

		snprintf(text, sizeof text,
			 ",\"model.layers.%d.mlp.experts.%d.down_proj.weight\":"
			 "{\"dtype\":\"BF16\",\"shape\":[2,4],"
			 "\"data_offsets\":[%" PRIu64 ",%" PRIu64 "]}",
			 (int)(i / 384), (int)(i % 384), 16 * i, 16 * i + 16);
		put(f, text);
	}
	put(f, "}");
	f->n_dims = 2 * f->n_tensors;
	f->n_data = 16 * f->n_tensors;
	f->n_metadata = 1;
}

const struct maker makers[] = {
	{ "usual", usual },
	{ "deep arrays", deep_arrays },
	{ "deep objects", deep_objects },
	{ "wide unknown values", wide_unknown_values },
	{ "one shape", one_shape },
	{ "one shape of another size", one_shape_of_another_size },
	{ "many shapes", many_shapes },
	{ "one long name", one_long_name },
	{ "one long value", one_long_value },
	{ "nothing but spaces", nothing_but_spaces },
	{ "many tensors", many_tensors },
	{ "many empty tensors", many_empty_tensors },
	{ "many own shapes", many_own_shapes },
	{ "many overlapping tensors", many_overlapping_tensors },
	{ "tensors backwards", tensors_backwards },
	{ "entries as arrays", entries_as_arrays },
	{ "one name many times", one_name_many_times },
	{ "many metadata", many_metadata },
	{ "names that collide", names_that_collide },
};
const int n_makers = (int)(sizeof makers / sizeof *makers);

void
make_file(struct file *f, const struct maker *maker)
{
	memset(f, 0, sizeof *f);
	f->size = target();
	f->bytes = malloc(8 + f->size);
	need(f->bytes != NULL);
	maker->make(f);
	for (int i = 0; i < 8; i++)
		f->bytes[i] = (char)((uint64_t)f->n >> 8 * i);
	need(f->n > f->size / 100 * 75);
}
