/* SPDX-License-Identifier: MIT */
#include "cli/c_header.h"

#include "cli/element.h"
#include "cli/identifier.h"
#include "cli/literal.h"
#include "cli/outcome.h"
#include "cli/shape.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

static sftr_leaf
leaf_of(const struct c_header *h, size_t row)
{
	sftr_leaf leaf;

	memset(&leaf, 0, sizeof leaf);
	sftr_node_tensor(h->plan->outline->rows[row].node, &leaf, NULL);
	return leaf;
}

static const char *
member_of(const struct c_header *h, size_t row)
{
	return blueprint_text(h->plan, blueprint_part(h->plan, row)->member);
}

static const char *
tag_of(const struct c_header *h, size_t row)
{
	return blueprint_text(h->plan, blueprint_part(h->plan, row)->tag);
}

static void
print_upper(const struct c_header *h, const char *behind)
{
	for (const char *p = h->prefix; *p != '\0'; p++)
		putchar(*p >= 'a' && *p <= 'z' ? *p - 'a' + 'A' : *p);
	fputs(behind, stdout);
}

/* A text that is 'what' of a row: a literal, or the name of an array. */
static void
print_text(const struct c_header *h, const char *what, size_t row,
	   const char *text)
{
	size_t n = strlen(text);

	if (n <= LITERAL_MAX)
		literal_print(stdout, text, n);
	else
		printf("%s_%s_%zu", h->prefix, what, row);
}

static void
declare_text(const struct c_header *h, const char *what, size_t row,
	     const char *text)
{
	char name[IDENTIFIER_MAX + 40];
	size_t n = strlen(text);

	if (n <= LITERAL_MAX)
		return;
	snprintf(name, sizeof name, "%s_%s_%zu", h->prefix, what, row);
	literal_print_array(stdout, name, text, n);
}

/* "128 32" */
static void
print_extents(const sftr_leaf *leaf)
{
	putchar('"');
	for (uint32_t i = 0; i < leaf->rank; i++)
		printf("%s%" PRIu64, i > 0 ? " " : "", leaf->shape[i]);
	putchar('"');
}

static void
print_leaf_member(const struct c_header *h, size_t row)
{
	sftr_leaf leaf = leaf_of(h, row);
	const char *element = element_type(leaf.dtype);

	printf("\t%s", element_is_value(&leaf) ? "" : "const ");
	if (leaf.dtype == SFTR_C64)
		printf("%s_", h->prefix);
	printf("%s %s%s; /* %s ", element, element_is_value(&leaf) ? "" : "*",
	       member_of(h, row), sftr_dtype_name(leaf.dtype));
	shape_print(stdout, leaf.shape, leaf.rank);
	puts(" */");
}

static void
print_array_member(const struct c_header *h, size_t list, const char *member)
{
	const struct row *r = &h->plan->outline->rows[list];

	printf("\tstruct %s %s[%zu];\n", tag_of(h, list + 1), member,
	       sftr_node_count(r->node));
}

static void
print_struct(const struct c_header *h, size_t of)
{
	size_t end = h->plan->outline->rows[of].end;

	printf("struct %s {\n", tag_of(h, of));
	if (blueprint_part(h->plan, of)->has_items)
		print_array_member(h, of, "items");
	else
		for (size_t i = blueprint_first(h->plan, of); i < end;
		     i = blueprint_next(h->plan, of, i)) {
			enum part_kind kind = h->plan->parts[i].kind;

			if (kind == PART_LEAF)
				print_leaf_member(h, i);
			else if (kind == PART_ARRAY)
				print_array_member(h, i, member_of(h, i));
			else
				printf("\tstruct %s %s;\n", tag_of(h, i),
				       member_of(h, i));
		}
	fputs("};\n\n", stdout);
}

/* SFTR_NAME, where the file calls a member otherwise than C. */
static void
print_name(const struct c_header *h, size_t row)
{
	const char *step = blueprint_text(h->plan, h->plan->parts[row].step);

	if (strcmp(step, member_of(h, row)) == 0)
		return;
	fputs(", SFTR_NAME(", stdout);
	print_text(h, "step", row, step);
	putchar(')');
}

static void
print_leaf_field(const struct c_header *h, size_t row)
{
	sftr_leaf leaf = leaf_of(h, row);
	const char *member = member_of(h, row);

	if (element_is_value(&leaf)) {
		printf("SFTR_VALUE(%s", member);
	} else {
		if (element_is_derived(leaf.dtype))
			printf("SFTR_VIEW(%s, ", member);
		else
			printf("SFTR_VIEW_AS(%s, SFTR_%s, ", member,
			       sftr_dtype_name(leaf.dtype));
		print_extents(&leaf);
		fputs(", SFTR_OR_COPY", stdout);
	}
	print_name(h, row);
	putchar(')');
}

static void
print_field(const struct c_header *h, size_t row)
{
	switch (h->plan->parts[row].kind) {
	case PART_LEAF: print_leaf_field(h, row); return;
	case PART_ARRAY:
		printf("SFTR_STRUCTS_EXACTLY(%s, %s_table", member_of(h, row),
		       tag_of(h, row + 1));
		break;
	default:
		printf("SFTR_NESTED(%s, %s_table", member_of(h, row),
		       tag_of(h, row));
		break;
	}
	print_name(h, row);
	putchar(')');
}

static void
print_table(const struct c_header *h, size_t of)
{
	size_t end = h->plan->outline->rows[of].end;
	const char *tag = tag_of(h, of);

	printf("\nSFTR_STRUCT(%s_table, struct %s", tag, tag);
	if (blueprint_part(h->plan, of)->has_items)
		printf(",\n\t    SFTR_STRUCTS_EXACTLY(items, %s_table, "
		       "SFTR_NAME(\"*\"))",
		       tag_of(h, of + 1));
	else
		for (size_t i = blueprint_first(h->plan, of); i < end;
		     i = blueprint_next(h->plan, of, i)) {
			fputs(",\n\t    ", stdout);
			print_field(h, i);
		}
	fputs(");\n", stdout);
}

/* Each struct once, those within others before them. */
static void
each_struct(const struct c_header *h,
	    void (*print)(const struct c_header *h, size_t of))
{
	const struct row *rows = h->plan->outline->rows;
	size_t open[BLUEPRINT_DEPTH + 1], n = 0;

	for (size_t i = 0; i < h->plan->outline->n && outcome_is_heard(); i++) {
		const struct part *p = &h->plan->parts[i];

		while (n > 0 && rows[open[n - 1]].end <= i)
			print(h, open[--n]);
		if (p->twin == i && p->kind == PART_STRUCT)
			open[n++] = i;
	}
	while (n > 0)
		print(h, open[--n]);
}

/* "layers[3].weight" */
static void
print_designator(const struct c_header *h, size_t row)
{
	const struct row *rows = h->plan->outline->rows;
	size_t chain[BLUEPRINT_CHAIN];
	size_t n = blueprint_chain(h->plan, row, chain);

	for (size_t i = 0; i < n; i++) {
		size_t list = rows[chain[i]].parent;

		if (!blueprint_is_item(h->plan, chain[i]))
			printf("%s%s", i > 0 ? "." : "",
			       member_of(h, chain[i]));
		else if (blueprint_part(h->plan, list)->kind == PART_ARRAY)
			printf("[%" PRId64 "]", rows[chain[i]].step.number);
		else
			printf("%sitems[%" PRId64 "]", i > 0 ? "." : "",
			       rows[chain[i]].step.number);
	}
}

static void
print_wish(const struct c_header *h, size_t row)
{
	sftr_leaf leaf = leaf_of(h, row);

	fputs("\t\t{ ", stdout);
	print_text(h, "name", row,
		   blueprint_text(h->plan, h->plan->parts[row].name));
	fputs(", ", stdout);
	print_extents(&leaf);
	printf(", SFTR_%s, %u,\n\t\t  offsetof(struct %s, ",
	       sftr_dtype_name(leaf.dtype),
	       element_is_value(&leaf) ? sftr_dtype_bits(leaf.dtype) / 8 : 0,
	       h->prefix);
	print_designator(h, row);
	fputs(") },\n", stdout);
}

static void
print_slots(const struct c_header *h)
{
	const outline *o = h->plan->outline;

	printf("/* The slots of *object, which stays where it is. */\n"
	       "static inline void\n%s_slots(struct %s *object, sftr_slot "
	       "slots[",
	       h->prefix, h->prefix);
	print_upper(h, "_N_SLOTS])\n{\n"
		       "\tstatic const struct {\n"
		       "\t\tconst char *name, *shape;\n"
		       "\t\tsftr_dtype dtype;\n"
		       "\t\tuint64_t size; /* in place; 0: a pointer */\n"
		       "\t\tsize_t offset;\n"
		       "\t} wishes[");
	print_upper(h, "_N_SLOTS] = {\n");
	for (size_t i = 0; i < o->n && outcome_is_heard(); i++)
		if (blueprint_part(h->plan, i)->kind == PART_LEAF)
			print_wish(h, i);
	/* A cast would not be of a style that every C++ program allows. */
	fputs("\t};\n\tchar *start;\n\tsize_t i;\n\n"
	      "\tmemcpy(&start, &object, sizeof start);\n"
	      "\tmemset(slots, 0, ",
	      stdout);
	print_upper(h, "_N_SLOTS * sizeof *slots);\n\tfor (i = 0; i < ");
	print_upper(h, "_N_SLOTS; i++) {\n");
	fputs("\t\tchar *at = start + wishes[i].offset;\n\n"
	      "\t\tslots[i].name.ptr = wishes[i].name;\n"
	      "\t\tslots[i].name.len = strlen(wishes[i].name);\n"
	      "\t\tslots[i].shape_text = wishes[i].shape;\n"
	      "\t\tslots[i].dtype = wishes[i].dtype;\n"
	      "\t\tslots[i].capacity = wishes[i].size;\n"
	      "\t\tif (wishes[i].size > 0) {\n"
	      "\t\t\tslots[i].data = at;\n"
	      "\t\t} else {\n"
	      "\t\t\tslots[i].place = SFTR_PLACE_VIEW;\n"
	      "\t\t\tslots[i].flags = SFTR_SLOT_OR_COPY;\n"
	      "\t\t\tslots[i].pointer = at;\n"
	      "\t\t}\n\t}\n}\n\n",
	      stdout);
}

static void
print_rules(const struct c_header *h)
{
	const char *line = h->rules, *end;

	if (strlen(line) > LITERAL_MAX) {
		putchar(' ');
		print_text(h, "rules", 0, line);
		return;
	}
	for (; *line != '\0'; line = end) {
		end = strchr(line, '\n') + 1;
		fputs("\n\t\t", stdout);
		literal_print(stdout, line, (size_t)(end - line));
	}
}

static void
print_options(const struct c_header *h)
{
	static const char *const enumerators[] = {
		[SFTR_CODEC_P2S] = "P2S",
		[SFTR_CODEC_P2S_ESC] = "P2S_ESC",
		[SFTR_CODEC_DOTTED] = "DOTTED",
		[SFTR_CODEC_SLASH] = "SLASH",
		[SFTR_CODEC_HAIKU] = "HAIKU",
		[SFTR_CODEC_KEYSTR] = "KEYSTR",
		[SFTR_CODEC_RAW] = "RAW",
	};

	printf("/* How the file's names are read. */\n"
	       "static inline sftr_bind_options\n%s_options(void)\n{\n"
	       "\tsftr_bind_options options;\n\n"
	       "\tmemset(&options, 0, sizeof options);\n"
	       "\toptions.codec = SFTR_CODEC_%s;\n",
	       h->prefix, enumerators[h->codec]);
	if (h->rules != NULL) {
		fputs("\toptions.rules =", stdout);
		print_rules(h);
		fputs(";\n", stdout);
	}
	fputs("\treturn options;\n}\n\n", stdout);
}

/* Texts that are too long for literals. */
static void
declare_texts(const struct c_header *h)
{
	const blueprint *b = h->plan;

	for (size_t i = 0; i < b->outline->n; i++) {
		if (b->parts[i].twin == i && b->parts[i].step != 0)
			declare_text(h, "step", i,
				     blueprint_text(b, b->parts[i].step));
		if (blueprint_part(b, i)->kind == PART_LEAF)
			declare_text(h, "name", i,
				     blueprint_text(b, b->parts[i].name));
	}
	if (h->rules != NULL)
		declare_text(h, "rules", 0, h->rules);
}

static bool
has_complex(const struct c_header *h)
{
	const outline *o = h->plan->outline;

	for (size_t i = 0; i < o->n; i++)
		if (h->plan->parts[i].twin == i &&
		    h->plan->parts[i].kind == PART_LEAF &&
		    leaf_of(h, i).dtype == SFTR_C64)
			return true;
	return false;
}

static void
print_head(const struct c_header *h)
{
	printf("/*\n * struct %s, written by \"safetree gen-c\" for a file of "
	       "%zu tensor%s.  In C:\n *\n"
	       " *\tsftr_bind_options options = %s_options();\n"
	       " *\tSFTR_LOAD(path, %s_table, &object, &options, &binding, "
	       "&err)\n *\n"
	       " * In C++ the same by %s_slots, sftr_bind and "
	       "sftr_binding_load.\n"
	       " */\n#ifndef ",
	       h->prefix, h->plan->n_leaves, h->plan->n_leaves == 1 ? "" : "s",
	       h->prefix, h->prefix, h->prefix);
	print_upper(h, "_H\n#define ");
	print_upper(h, "_H\n\n"
		       "#include <safetree.h>\n\n"
		       "#include <stddef.h>\n"
		       "#include <stdint.h>\n"
		       "#include <string.h>\n\n");
	if (has_complex(h))
		printf("#ifdef __cplusplus\n#include <complex>\n\n"
		       "typedef std::complex<float> %s_c64;\n#else\n"
		       "typedef float _Complex %s_c64;\n#endif\n\n",
		       h->prefix, h->prefix);
	fputs("#define ", stdout);
	print_upper(h, "_N_SLOTS ");
	printf("%zu\n\n", h->plan->n_leaves);
}

void
c_header_print(const struct c_header *h)
{
	print_head(h);
	each_struct(h, print_struct);
	declare_texts(h);
	print_slots(h);
	print_options(h);
	puts("#ifndef __cplusplus");
	each_struct(h, print_table);
	puts("\n#endif\n\n#endif");
}
