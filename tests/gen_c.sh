#!/bin/sh
# SPDX-License-Identifier: MIT
#
# safetree gen-c: what it prints for every golden file, and for files whose names
# are against it, compiles without a warning in C11, C17 and C++17, and loads
# that very file.

# shellcheck source=tests/cli/expect.sh
. "$SFTR_SRCDIR/tests/cli/expect.sh"
warn='-Wall -Wextra -Wpedantic -Wconversion -Wshadow -Werror'
cd "$tmp" || exit 1
number=0
: >includes
: >calls

# takes FILE [OPTION ...]: a header for it, and a call that fills its struct
takes() {
	number=$((number + 1))
	file=$1
	shift
	safetree gen-c --prefix "g$number" "$@" "$file"
	is 0
	silent err
	cp out "g$number.h"
	printf '#include "g%d.h"\n#define PREFIX g%d\n#define N_SLOTS G%d_N_SLOTS\n#include "fill.h"\n#undef PREFIX\n#undef N_SLOTS\n' \
		"$number" "$number" "$number" >>includes
	printf '\tstatus |= g%d_fill("%s");\n' "$number" "$file" >>calls
}

# As people read it: layers are an array, and a count is a number in place.
st small.st '{"layers.0.w":{"dtype":"F32","shape":[1,2],"data_offsets":[0,8]},"layers.1.w":{"dtype":"F32","shape":[1,2],"data_offsets":[8,16]},"n":{"dtype":"I32","shape":[],"data_offsets":[16,20]},"new":{"dtype":"BF16","shape":[1],"data_offsets":[20,22]}}' \
	'0123456789012345678901'
safetree gen-c --prefix net small.st
is 0
silent err
cp out header
sed -n '/^struct/,/^}/p' header >out
says out <<'EOF'
struct net_layers {
	const float *w; /* F32 [1,2] */
};
struct net {
	struct net_layers layers[2];
	int32_t n; /* I32 [] */
	const uint16_t *new_; /* BF16 [1] */
};
EOF
sed -n '/wishes\[.*= {$/,/};/p' header >out
says out <<'EOF'
	} wishes[NET_N_SLOTS] = {
		{ "layers.0.w", "1 2", SFTR_F32, 0,
		  offsetof(struct net, layers[0].w) },
		{ "layers.1.w", "1 2", SFTR_F32, 0,
		  offsetof(struct net, layers[1].w) },
		{ "n", "", SFTR_I32, 4,
		  offsetof(struct net, n) },
		{ "new", "1", SFTR_BF16, 0,
		  offsetof(struct net, new_) },
	};
EOF
sed -n '/^#ifndef __cplusplus/,$p' header >out
says out <<'EOF'
#ifndef __cplusplus

SFTR_STRUCT(net_layers_table, struct net_layers,
	    SFTR_VIEW(w, "1 2", SFTR_OR_COPY));

SFTR_STRUCT(net_table, struct net,
	    SFTR_STRUCTS_EXACTLY(layers, net_layers_table),
	    SFTR_VALUE(n),
	    SFTR_VIEW_AS(new_, SFTR_BF16, "1", SFTR_OR_COPY, SFTR_NAME("new")));

#endif

#endif
EOF

for file in "$golden"/*.safetensors "$golden"/llama-*ed; do
	takes "$file"
done
takes "$golden/digits.safetensors" --codec raw

# tensors FILE NAME ...: a file of a byte for each name, in this order
tensors() {
	file=$1
	shift
	header=
	bytes=
	i=0
	for name; do
		header="$header${header:+,}\"$name\":{\"dtype\":\"U8\",\"shape\":[1],\"data_offsets\":[$i,$((i + 1))]}"
		bytes="$bytes$((i % 10))"
		i=$((i + 1))
	done
	st "$file" "{$(printf '%s' "$header" | sed 's/\\/\\\\/g; s/%/%%/g')}" \
		"$bytes"
}

# no FILE TEXT [OPTION ...]: nothing is printed, and TEXT says why
no() {
	file=$1
	text=$2
	shift 2
	safetree gen-c "$@" "$file"
	is 1
	silent out
	has err "$text"
}

# Names that are none in C, that end a comment or a literal, or make a trigraph;
# that come out alike; that a table or a rule must escape.
tensors odd.st int class while.1 while.template NULL I errno _Bool __x__ _ 2 2x \
	'a b' a-b a_b a_b_2 a_b_2_ a.b.c a_b_c '*/' '/*' '??/' '??=' '%>' '\"' \
	"\\\\" "\\\\n" '\u001b[31m' 'caf\u00e9' cafe '\ud83d\ude00' ';}' '#define X' \
	"'" '\n#error\n' 'x\ty' '=a' '=a_b' 'c|d' 'star*' 'star*s' '**' drop '->' \
	model slots g1_slots c64 options.a table.b uint8_t std.float sftr__self \
	Dense_0 '# |' ' | '
takes odd.st
takes odd.st --codec raw
takes odd.st --codec slash
tensors keys.st "['a.b']['c']['d.e']" "['a.b']['c']['d*e']" "['a_b']['c']" \
	"['l'][0]['x|y']" "['l'][1]['x|y']" "['m'][0][0]['w']" \
	"['m'][0][1]['w']" "['m'][1][0]['w']" "['m'][1][1]['w']" "['n'][0]" \
	"['n'][1]" "['o'][0]['w']" "['o'][1]['v']" "['-1']" "['']['']" \
	"['__metadata__']"
takes keys.st
tensors root.st '#0#0#0.w' '#0#0#1.w' '#0#1#0.w' '#0#1#1.w' '#1#0#0.w' \
	'#1#0#1.w' '#1#1#0.w' '#1#1#1.w'
takes root.st
tensors gaps.st '#1.w' '#3@b.w' '#3@b.v'
takes gaps.st
# Structs within structs end somewhere, and what is below goes on.
deep=$(printf '%040d' 0 | sed 's/0/@a/g')
tensors deep.st "$deep@b" "$deep@c|d" "$deep@e#0" "$deep@e#1" '@a_a@b'
takes deep.st
lists=$(printf '%040d' 0 | sed 's/0/#0@a/g')
tensors lists.st "@l$lists@b" "@l$lists@c"
takes lists.st
# Literals of more than 4095 bytes need not compile: names of more do.
long=$(printf '%05000d' 0 | sed 's/0/?/g')
tensors long.st "$long" "b|$long" "c.$long"
takes long.st --codec dotted
takes long.st --codec raw

# Dtypes that C has no types for, no dimensions, no elements, no alignment.
st dtypes.st '{"f4":{"dtype":"F4","shape":[3,2],"data_offsets":[0,3]},"f6":{"dtype":"F6_E2M3","shape":[4],"data_offsets":[3,6]},"g6":{"dtype":"F6_E3M2","shape":[0],"data_offsets":[6,6]},"b":{"dtype":"BOOL","shape":[],"data_offsets":[6,7]},"w":{"dtype":"F64","shape":[],"data_offsets":[7,15]},"c":{"dtype":"C64","shape":[],"data_offsets":[15,23]},"d":{"dtype":"C64","shape":[1],"data_offsets":[23,31]},"h":{"dtype":"F16","shape":[],"data_offsets":[31,33]},"i":{"dtype":"I32","shape":[0,3000000000],"data_offsets":[33,33]}}' \
	'012345\00101234567890123456789012345'
takes dtypes.st

# What no struct can hold, or no table can say.
st empty.st '{}'
no empty.st 'empty.st: no tensor is in it, and C has no empty struct'
tensors bare.st ''
no bare.st 'bare.st: its one tensor has no name for a member' --codec p2s
no bare.st 'bare.st: a tensor without a name has none in C' --codec raw
tensors line.st 'a|\nb'
no line.st 'neither a table nor a rule can say the name'
tensors alike.st "['-1']" '[-1]'
no alike.st 'alike.st: no struct can be filled (try --codec raw): '
takes alike.st --codec raw
tensors clash.st a a.b
no clash.st 'names are no tree under dotted' --codec dotted
takes clash.st
for prefix in '' int 2 a-b a__b _a A_B a_ abcdefghijklmnopqrstuvwxy; do
	safetree gen-c --prefix "$prefix" odd.st
	is 2
	silent out
	has err "--prefix is a plain identifier of at most 24 letters"
done
for prefix in safetree sftr sftr_slot size_t; do
	safetree gen-c --prefix "$prefix" odd.st
	is 2
	silent out
	has err "--prefix '$prefix' would meet names of safetree or of C"
done
safetree gen-c nowhere.st
is 2

# All in one program: each language and each compiler that is there.
{
	cat includes
	printf 'int\nmain(void)\n{\n\tint status = 0;\n\n'
	cat calls
	printf '\treturn status;\n}\n'
} >all.c
cp all.c all.cc
flags="-I. -I$SFTR_SRCDIR/include -I$SFTR_SRCDIR/tests/gen-c"

# compiles COMPILER FLAG ...: all of it, without a word
compiles() {
	command -v "$1" >path || return 0
	# shellcheck disable=SC2086  # lists
	if ! "$@" $warn $flags -fsyntax-only; then
		echo "gen-c: refused by: $*"
		failed=1
	fi
}

for std in c11 c17; do
	compiles gcc -std=$std all.c
	compiles clang -std=$std all.c
done
grep '^#include "g' includes >headers.cc
for cxx in g++ clang++; do
	compiles $cxx -std=c++17 all.cc
	compiles $cxx -std=c++17 -Wold-style-cast headers.cc
done

# loads PROGRAM COMPILER FLAG ...: linked with the library, it fills them all
loads() {
	program=$1
	shift
	# shellcheck disable=SC2086
	if ! "$SHELL" "$SFTR_BUILDDIR/libtool" --silent --tag=CC --mode=link \
		"$@" $flags -o "$program" "$SFTR_BUILDDIR/libsafetree.la"; then
		echo "gen-c: not linked by: $*"
		failed=1
	elif ! ${SFTR_RUN-} "./$program"; then
		echo "gen-c: $program: a struct is not filled"
		failed=1
	fi
}

# The program of the manual, and what it prints.
safetree show --slice 0 "$golden/torch-encoder.safetensors" layers.1.linear1.bias
first_bias=$(sed -n 's/^\[0\]  //p' out)
safetree gen-c --prefix encoder "$golden/torch-encoder.safetensors"
cp out encoder.h
sed -n '/^#include "encoder.h"/,/^\.Ed/p' "$SFTR_SRCDIR/doc/safetree.1" |
	sed -e '/^\.Ed/d' -e 's/\\e/\\/g' >manual.c
for std in c11 c17; do
	compiles gcc -std=$std manual.c
	compiles clang -std=$std manual.c
done
cp "$golden/torch-encoder.safetensors" .

# shellcheck disable=SC2086  # words
loads manual ${CC:-cc} ${CFLAGS-} -std=c11 manual.c >out
[ "$(cat out)" = "$first_bias" ] || { echo "manual: $(cat out)"; failed=1; }
# shellcheck disable=SC2086
loads from_c ${CC:-cc} ${CFLAGS-} -std=c11 all.c
# C++ only as the library was built: for this machine, without a sanitizer.
# shellcheck disable=SC2086
machine=$(${CC:-cc} -dumpmachine)
case "$(g++ -dumpmachine 2>path)${CFLAGS-}" in
*sanitize* | *coverage*) ;;
"${machine%%-*}"-*) loads from_cxx g++ -std=c++17 all.cc ;;
esac

exit "$failed"
