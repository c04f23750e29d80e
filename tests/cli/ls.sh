#!/bin/sh
# SPDX-License-Identifier: MIT
#
# safetree ls, and the order and the escapes of what it lists.

# shellcheck source=tests/cli/expect.sh
. "$SFTR_SRCDIR/tests/cli/expect.sh"
cd "$golden" || exit 1

safetree ls digits.safetensors
is 0
silent err
says out <<'EOF'
@params@Conv_0@bias     F32  [8]          32 B
@params@Conv_0@kernel   F32  [3,3,1,8]   288 B
@params@Dense_0@bias    F32  [32]        128 B
@params@Dense_0@kernel  F32  [128,32]   16.0 KiB
@params@Dense_1@bias    F32  [10]         40 B
@params@Dense_1@kernel  F32  [32,10]     1.3 KiB

6 tensors, 4,538 elements, 17.7 KiB
EOF

safetree ls digits.safetensors '*_0@bias' '@params@Dense_?@bias'
is 0
says out <<'EOF'
@params@Conv_0@bias   F32  [8]    32 B
@params@Dense_0@bias  F32  [32]  128 B
@params@Dense_1@bias  F32  [10]   40 B

3 of 6 tensors, 50 elements, 200 B
EOF

safetree ls digits.safetensors '@params'
is 1
says out <<'EOF'
0 of 6 tensors, 0 elements, 0 B
EOF
says err <<'EOF'
safetree: digits.safetensors: no tensor fits
EOF

safetree ls --json torch-tied.safetensors
is 0
silent err
says out <<'EOF'
{"file":"torch-tied.safetensors","n_tensors":3,"metadata":{"embed.weight":"decoder.weight"},"tensors":[{"name":"body.bias","dtype":"F32","shape":[4],"file":"torch-tied.safetensors","begin":0,"end":16},{"name":"body.weight","dtype":"F32","shape":[4,4],"file":"torch-tied.safetensors","begin":16,"end":80},{"name":"decoder.weight","dtype":"F32","shape":[9,4],"file":"torch-tied.safetensors","begin":80,"end":224}]}
EOF

# A manifest: nothing but names, dtypes and extents.
safetree ls --manifest dtypes-torch.safetensors '*64' empty scalar
is 0
silent err
tr '\t' '|' <"$tmp/out" >"$tmp/bars"
mv "$tmp/bars" "$tmp/out"
says out <<'EOF'
complex64|C64|5 3 2
empty|F16|3 0 2
float64|F64|5 3 2
int64|I64|5 3 2
scalar|F32|
uint64|U64|5 3 2
EOF

# A directory of shards is one checkpoint.
safetree ls llama-sharded 'model.layers.1.*_proj.weight'
is 0
says out <<'EOF'
model.layers.1.mlp.down_proj.weight     F32  [24,40]  3.8 KiB  model-00003-of-00003.safetensors
model.layers.1.mlp.gate_proj.weight     F32  [40,24]  3.8 KiB  model-00002-of-00003.safetensors
model.layers.1.mlp.up_proj.weight       F32  [40,24]  3.8 KiB  model-00002-of-00003.safetensors
model.layers.1.self_attn.k_proj.weight  F32  [12,24]  1.1 KiB  model-00002-of-00003.safetensors
model.layers.1.self_attn.o_proj.weight  F32  [24,24]  2.3 KiB  model-00002-of-00003.safetensors
model.layers.1.self_attn.q_proj.weight  F32  [24,24]  2.3 KiB  model-00002-of-00003.safetensors
model.layers.1.self_attn.v_proj.weight  F32  [12,24]  1.1 KiB  model-00002-of-00003.safetensors

7 of 21 tensors in 3 files, 4,608 elements, 18.0 KiB
metadata  format  pt
EOF

cd "$tmp" || exit 1

# Digits count as numbers; columns hold with wide and combining characters.
st order.st '{"l.10":{"dtype":"U8","shape":[0],"data_offsets":[0,0]},"l.9":{"dtype":"BOOL","shape":[],"data_offsets":[0,1]},"l.010":{"dtype":"U8","shape":[0,7],"data_offsets":[0,0]},"\345\261\202":{"dtype":"U8","shape":[1],"data_offsets":[1,2]},"e\314\201":{"dtype":"U8","shape":[1],"data_offsets":[2,3]}}' '\0\0\0'
safetree ls order.st
is 0
says out <<EOF
$(printf 'e\314\201')      U8    [1]    1 B
l.9    BOOL  []     1 B
l.010  U8    [0,7]  0 B
l.10   U8    [0]    0 B
$(printf '\345\261\202')     U8    [1]    1 B

5 tensors, 3 elements, 3 B
EOF

# For machines by begin, end, and place in the header.
safetree ls --json order.st
is 0
says out <<EOF
{"file":"order.st","n_tensors":5,"metadata":null,"tensors":[{"name":"l.10","dtype":"U8","shape":[0],"file":"order.st","begin":0,"end":0},{"name":"l.010","dtype":"U8","shape":[0,7],"file":"order.st","begin":0,"end":0},{"name":"l.9","dtype":"BOOL","shape":[],"file":"order.st","begin":0,"end":1},{"name":"$(printf '\345\261\202')","dtype":"U8","shape":[1],"file":"order.st","begin":1,"end":2},{"name":"$(printf 'e\314\201')","dtype":"U8","shape":[1],"file":"order.st","begin":2,"end":3}]}
EOF

# Names that would speak to a terminal: escaped for it, exact for machines.
st names.st '{"__metadata__":{"k\\u001b":"v\\u202e\\n"},"\\u001b[2J\\\\\\"":{"dtype":"U8","shape":[],"data_offsets":[0,1]},"":{"dtype":"U8","shape":[],"data_offsets":[1,2]},"\\udb40\\udc41\\u0000":{"dtype":"U8","shape":[],"data_offsets":[2,3]}}' '\1\2\3'
safetree ls names.st
is 1
silent out
says err <<'EOF'
names.st: invalid: U+0000 in a text
  byte 161   "\udb40\udc41\u0000":{"dtype":"U8"
             ^
  rule 18 of safetensors(5). Do not load it: two readers would see two models.
EOF
safetree ls --policy reference names.st
is 0
says out <<'EOF'
""             U8  []  1 B
\x1b[2J\\"     U8  []  1 B
\u{e0041}\x00  U8  []  1 B

3 tensors, 3 elements, 3 B
metadata  k\x1b  v\u{202e}\x0a
EOF
safetree ls --json --policy reference names.st
is 0
says out <<'EOF'
{"file":"names.st","n_tensors":3,"metadata":{"k\u001b":"v\u202e\n"},"tensors":[{"name":"\u001b[2J\\\"","dtype":"U8","shape":[],"file":"names.st","begin":0,"end":1},{"name":"","dtype":"U8","shape":[],"file":"names.st","begin":1,"end":2},{"name":"\udb40\udc41\u0000","dtype":"U8","shape":[],"file":"names.st","begin":2,"end":3}]}
EOF

safetree ls --manifest --policy reference names.st
is 2
silent out
has err "names.st: a manifest cannot hold the name ''"

# Patterns: sets, escapes, and names that are patterns themselves.
st glob.st '{"[a]":{"dtype":"U8","shape":[0],"data_offsets":[0,0]},"a":{"dtype":"U8","shape":[0],"data_offsets":[0,0]},"b*":{"dtype":"U8","shape":[0],"data_offsets":[0,0]},"bc":{"dtype":"U8","shape":[0],"data_offsets":[0,0]}}'
# listed PATTERN NAME ...: what a pattern finds
listed() {
	safetree ls --json glob.st "$1"
	shift
	found=$(tr '{' '\n' <"$tmp/out" |
		sed -n 's/^"name":"\([^"]*\)".*/\1/p' | paste -s -d ' ' -)
	[ "$found" = "$*" ] && return
	echo "$said: expected $*, found $found"
	failed=1
}
set -f
listed '[a]' '[a]' a
listed '\[a]' '[a]'
listed 'b\*' 'b*'
listed 'b*' 'b*' bc
listed '[!a]*' '[a]' 'b*' bc
listed '[^b-z]' a
listed '[' ''
listed '[[]*' '[a]'
listed '?' a
listed '*c' bc
listed '*' '[a]' a 'b*' bc
listed '***c***' bc
set +f

exit "$failed"
