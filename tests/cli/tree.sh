#!/bin/sh
# SPDX-License-Identifier: MIT
#
# safetree tree: branches, sums, folds, and what is not drawn.

# shellcheck source=tests/cli/expect.sh
. "$SFTR_SRCDIR/tests/cli/expect.sh"
cd "$golden" || exit 1

safetree tree digits.safetensors
is 0
silent err
says out <<'EOF'
digits.safetensors    17.7 KiB  6 tensors
`-- params            17.7 KiB  6 tensors
    |-- Conv_0         320 B    2 tensors
    |   |-- bias        32 B    F32 [8]
    |   `-- kernel     288 B    F32 [3,3,1,8]
    |-- Dense_0       16.1 KiB  2 tensors
    |   |-- bias       128 B    F32 [32]
    |   `-- kernel    16.0 KiB  F32 [128,32]
    `-- Dense_1        1.3 KiB  2 tensors
        |-- bias        40 B    F32 [10]
        `-- kernel     1.3 KiB  F32 [32,10]

4,538 elements; names are p2s: '@params@Conv_0@bias' has '@'
EOF

# Boxes where the terminal speaks UTF-8.
LC_ALL=en_US.UTF-8
safetree tree --depth 2 digits.safetensors
LC_ALL=C
is 0
says out <<'EOF'
digits.safetensors    17.7 KiB  6 tensors
└── params            17.7 KiB  6 tensors
    ├── Conv_0         320 B    2 tensors
    ├── Dense_0       16.1 KiB  2 tensors
    └── Dense_1        1.3 KiB  2 tensors

4,538 elements; names are p2s: '@params@Conv_0@bias' has '@'
EOF

# Layers that are alike are drawn once; a directory of shards is one tree.
safetree tree --depth 3 llama-sharded
is 0
says out <<'EOF'
llama-sharded                           45.5 KiB  21 tensors
|-- lm_head                              4.5 KiB  1 tensor
|   `-- weight                           4.5 KiB  F32 [48,24]
`-- model                               41.0 KiB  20 tensors
    |-- embed_tokens                     4.5 KiB  1 tensor
    |   `-- weight                       4.5 KiB  F32 [48,24]
    |-- layers[0..1]                    36.4 KiB  2 x 9 tensors
    |   |-- input_layernorm               96 B    1 tensor
    |   |-- mlp                         11.3 KiB  3 tensors
    |   |-- post_attention_layernorm      96 B    1 tensor
    |   `-- self_attn                    6.8 KiB  4 tensors
    `-- norm                              96 B    1 tensor
        `-- weight                        96 B    F32 [24]

11,640 elements; names are dotted: 'lm_head.weight' has '.'
EOF

# Keys are no indices where one is missing; another codec is another tree.
safetree tree --depth 1 torch-sequential.safetensors
is 0
says out <<'EOF'
torch-sequential.safetensors     176 B    9 tensors
|-- 0                             64 B    2 tensors
|-- 1                             72 B    5 tensors
`-- 3                             40 B    2 tensors

43 elements; names are dotted: '1.num_batches_tracked' has '.'
EOF
safetree tree --codec raw --depth 0 torch-sequential.safetensors
is 0
says out <<'EOF'
torch-sequential.safetensors     176 B    9 tensors

43 elements; names are raw
EOF

safetree tree --json --depth 1 digits.safetensors
is 0
silent err
says out <<'EOF'
{"file":"digits.safetensors","codec":"p2s","nodes":[{"depth":0,"step":null,"kind":"dict","type":null,"ordered":false,"n_children":1,"n_tensors":6,"n_elements":4538,"n_bytes":18152,"path":null,"dtype":null,"shape":null,"shares":null,"value":null},{"depth":1,"step":["key","params"],"kind":"dict","type":null,"ordered":false,"n_children":3,"n_tensors":6,"n_elements":4538,"n_bytes":18152,"path":null,"dtype":null,"shape":null,"shares":null,"value":null}]}
EOF

cd "$tmp" || exit 1

# What only a note says, and lists that are alike in part.
st note.st '{"__metadata__":{"pytree.note":"{\\"version\\":1,\\"notes\\":[[\\"act\\",\\"scalar\\",\\"ge\\\\u001blu\\"],[\\"big\\",\\"scalar\\",{\\"i\\":\\"18446744073709551615\\"}],[\\"e\\",\\"empty\\",\\"dict\\"],[\\"eps\\",\\"scalar\\",{\\"f\\":\\"0x1.999999999999ap-4\\"}],[\\"inf\\",\\"scalar\\",{\\"f\\":\\"inf\\"}],[\\"l#4\\",\\"none\\",null],[\\"m\\",\\"object\\",\\"Linear\\"],[\\"n\\",\\"scalar\\",{\\"i\\":\\"-3\\"}],[\\"o\\",\\"order\\",[\\"b\\",{\\"i\\":\\"7\\"}]],[\\"o@7\\",\\"int\\",null],[\\"t\\",\\"tuple\\",null],[\\"tied\\",\\"alias\\",\\"m.w\\"],[\\"yes\\",\\"scalar\\",true]]}"},"l#0":{"dtype":"U8","shape":[2],"data_offsets":[0,2]},"l#1":{"dtype":"U8","shape":[3],"data_offsets":[2,5]},"l#2":{"dtype":"U8","shape":[3],"data_offsets":[5,8]},"l#3":{"dtype":"U8","shape":[3],"data_offsets":[8,11]},"m.w":{"dtype":"U8","shape":[],"data_offsets":[11,12]},"o@7":{"dtype":"U8","shape":[0],"data_offsets":[12,12]},"o@b":{"dtype":"U8","shape":[0],"data_offsets":[12,12]},"t#0":{"dtype":"U8","shape":[1],"data_offsets":[12,13]},"t#1":{"dtype":"U8","shape":[1],"data_offsets":[13,14]}}' '01234567890123'
safetree tree note.st
is 0
silent err
says out <<'EOF'
note.st             14 B    9 tensors
|-- act                     "ge\x1blu"
|-- big                     18446744073709551615
|-- e                       empty dict
|-- eps                     0.1
|-- inf                     inf
|-- l               11 B    4 tensors
|   |-- [0]          2 B    U8 [2]
|   |-- [1..3]       9 B    3 x U8 [3]
|   `-- [4]                 none
|-- m                1 B    Linear, 1 tensor
|   `-- w            1 B    U8 []
|-- n                       -3
|-- o                0 B    ordered, 2 tensors
|   |-- b            0 B    U8 [0]
|   `-- 7            0 B    U8 [0]
|-- t[0..1]          2 B    tuple, 2 x U8 [1]
|-- tied                    = m.w
`-- yes                     true

14 elements; names are p2s: 'l#0' has '#' before a digit
EOF
safetree tree --json note.st
is 0
has out '{"depth":1,"step":["attr","act"],"kind":"scalar","type":null,"ordered":false,"n_children":0,"n_tensors":0,"n_elements":0,"n_bytes":0,"path":[["attr","act"]],"dtype":null,"shape":null,"shares":null,"value":"ge\u001blu"}'
has out '"value":18446744073709551615}'
has out '"value":0.1}'
has out '"value":"inf"}'
has out '"value":true}'
has out '"step":["attr","m"],"kind":"object","type":"Linear","ordered":false,"n_children":1,'
has out '"step":["attr","o"],"kind":"dict","type":null,"ordered":true,"n_children":2,'
has out '"step":["key",7],"kind":"tensor",'
has out '"path":[["attr","tied"]],"dtype":"U8","shape":[],"shares":[["attr","m"],["attr","w"]],"value":null}'
has out '"step":["index",4],"kind":"none","type":null,"ordered":false,"n_children":0,"n_tensors":0,"n_elements":0,"n_bytes":0,"path":null,'

# The bare leaf, and nothing at all.
st bare.st '{"":{"dtype":"U8","shape":[1],"data_offsets":[0,1]}}' 'x'
safetree tree --codec p2s bare.st
is 0
says out <<'EOF'
bare.st       1 B    U8 [1]

1 element; names are p2s
EOF
st empty.st '{}'
safetree tree empty.st
is 0
has out 'empty.st              none'

# Names that are no tree are a no; so is a note that is not sound.
st bad.st '{"a":{"dtype":"U8","shape":[0],"data_offsets":[0,0]},"a.b":{"dtype":"U8","shape":[0],"data_offsets":[0,0]}}'
safetree tree --codec dotted bad.st
is 1
silent out
says err <<'EOF'
safetree: bad.st: names are no tree under dotted: a: expected nothing below a tensor, found a.b
EOF
st lie.st '{"__metadata__":{"pytree.note":"[]"},"a":{"dtype":"U8","shape":[0],"data_offsets":[0,0]}}'
safetree tree lie.st
is 1
silent out
has err "expected '{', found '['"
st gap.st '{"#999999999":{"dtype":"U8","shape":[0],"data_offsets":[0,0]}}'
safetree tree --codec p2s gap.st
is 1
has err 'expected at most 1040 null nodes'

# Deep names are drawn as far as anybody reads.
st deep.st "{\"$(printf '%0400d' 0 | sed 's/0/@k/g')\":{\"dtype\":\"U8\",\"shape\":[0],\"data_offsets\":[0,0]}}"
safetree tree deep.st
is 0
[ "$(grep -c 'k  ' "$tmp/out")" -eq 32 ] || { echo "depth"; failed=1; }
safetree tree --depth 500 deep.st
is 0
[ "$(wc -l <"$tmp/out")" -eq 403 ] || { echo "all of it"; failed=1; }

safetree tree --depth x deep.st
is 2
has err "--depth is a number, not 'x'"
safetree tree --codec x deep.st
is 2
has err "no codec 'x'"
safetree tree nowhere.st
is 2
safetree tree
is 2

exit "$failed"
