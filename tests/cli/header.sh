#!/bin/sh
# SPDX-License-Identifier: MIT
#
# safetree header: the bytes as they are, or laid out.

# shellcheck source=tests/cli/expect.sh
. "$SFTR_SRCDIR/tests/cli/expect.sh"
cd "$golden" || exit 1

safetree header torch-tied.safetensors
is 0
silent err
dd if=torch-tied.safetensors bs=1 skip=8 count=256 2>"$tmp/dd" |
	cmp - "$tmp/out" || failed=1

safetree header --pretty torch-tied.safetensors
is 0
silent err
says out <<'EOF'
{
  "__metadata__": {
    "embed.weight": "decoder.weight"
  },
  "body.bias": {"dtype": "F32", "shape": [4], "data_offsets": [0, 16]},
  "body.weight": {"dtype": "F32", "shape": [4, 4], "data_offsets": [16, 80]},
  "decoder.weight": {"dtype": "F32", "shape": [9, 4], "data_offsets": [80, 224]}
}
EOF

safetree header --json torch-tied.safetensors
is 0
says out <<'EOF'
{"file":"torch-tied.safetensors","n_bytes":256,"header":{"__metadata__":{"embed.weight":"decoder.weight"},"body.bias":{"dtype":"F32","shape":[4],"data_offsets":[0,16]},"body.weight":{"dtype":"F32","shape":[4,4],"data_offsets":[16,80]},"decoder.weight":{"dtype":"F32","shape":[9,4],"data_offsets":[80,224]}}}
EOF

cd "$tmp" || exit 1

# pretty HEADER: laid out, under the policy that takes most
pretty() {
	st pretty.st "$1"
	safetree header --pretty --policy reference pretty.st
	is 0
}
pretty '{}  '
says out <<'EOF'
{}
EOF
pretty '{"__metadata__":{}}'
says out <<'EOF'
{
  "__metadata__": {}
}
EOF
pretty '{"__metadata__":null}'
says out <<'EOF'
{
  "__metadata__": null
}
EOF
pretty '\n{ "a,\\"]\177" :\t{"shape":[0,2],"dtype":{"U8":null},"x":[{"y":[{},[]]},1e5],"data_offsets":[0,0]} , "__metadata__":{"z":"a","y":"}"},"b":["U8",[0],[0,0]]}'
says out <<'EOF'
{
  "a,\"]\u007f": {"shape": [0, 2], "dtype": {"U8": null}, "x": [{"y": [{}, []]}, 1e5], "data_offsets": [0, 0]},
  "__metadata__": {
    "z": "a",
    "y": "}"
  },
  "b": ["U8", [0], [0, 0]]
}
EOF

# What is invalid is shown as it stands, and not laid out.
st bad.st '{"a":1}'
safetree header bad.st
is 1
printf '{"a":1}' | cmp - "$tmp/out" || failed=1
has err 'bad.st: invalid: a: '
safetree header --pretty bad.st
is 1
silent out
printf '\377\0\0\0\0\0\0\0{}' >long.st
safetree header long.st
is 1
silent out
safetree header gone.st
is 2
silent out

# A fault of an index, or in a shard, has no header of its path.
mkdir shards
printf '{"weight_map":\n' >shards/m.safetensors.index.json
for path in shards shards/m.safetensors.index.json; do
	safetree header $path
	is 1
	silent out
	says err <<-'EOF'
	shards/m.safetensors.index.json: invalid: expected '{', found the end of the index
	  byte 15   (end of file)
	            ^
	  rule 29 of safetensors(5). Do not load it: ask whoever wrote it for a sound file.
	EOF
done
cp bad.st shards/s.safetensors
printf '{"weight_map":{"a":"s.safetensors"}}' >shards/m.safetensors.index.json
for path in shards shards/m.safetensors.index.json; do
	safetree header $path
	is 1
	silent out
	has err 'shards/s.safetensors: invalid: a: '
done

# Shards: one header after the other.
safetree header --json "$golden/llama-sharded"
is 0
[ "$(grep -c '^{"file":".*model-0000[123]-of-00003.safetensors"' "$tmp/out")" \
	-eq 3 ] || failed=1

exit "$failed"
