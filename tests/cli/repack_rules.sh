#!/bin/sh
# SPDX-License-Identifier: MIT
#
# safetree repack --rules, --dtype: names, places and dtypes that become others.

# shellcheck source=tests/cli/expect.sh
. "$SFTR_SRCDIR/tests/cli/expect.sh"
cd "$tmp" || exit 1
digits=$golden/digits.safetensors

# There: renamed, transposed, permuted, and one left out.
cat >there <<'EOF'
# Flax to torch
params@Dense_*@kernel -> dense.*.weight  T
params@Dense_*@bias   -> dense.*.bias
params@Conv_0@kernel  -> conv.weight     permute 3,2,0,1
params@Conv_0@bias    -> drop
EOF
safetree repack --rules there "$digits" torch.st
is 0
silent out err
safetree ls torch.st
says out <<'EOF'
conv.weight     F32  [8,1,3,3]   288 B
dense.0.bias    F32  [32]        128 B
dense.0.weight  F32  [32,128]   16.0 KiB
dense.1.bias    F32  [10]         40 B
dense.1.weight  F32  [10,32]     1.3 KiB

5 tensors, 4,530 elements, 17.7 KiB
EOF
# column FILE NAME SLICE: the values, a line each
column() {
	safetree show --json --slice "$3" "$1" "$2"
	is 0
	sed 's/.*"values":\(.*\)}$/\1/' out
}
column "$digits" @params@Dense_1@kernel :,3 >want
column torch.st dense.1.weight 3 >got
cmp want got || failed=1
column "$digits" @params@Conv_0@kernel 1,2,0,: >want
column torch.st conv.weight :,0,1,2 >got
cmp want got || failed=1

# A rule that nothing comes to is named, unless it drops.
cat >none <<'EOF'
optimizer@** -> drop
params@Dense_*@bias -> dense.*.bias
params@Dense_1@bias -> last
EOF
safetree repack --rules none "$digits" none.st
is 0
silent out
says err <<'EOF'
safetree: none: the rule of line 3 applies to no tensor
EOF
safetree match --json --codec p2s --rules none none.st "$digits"
is 0
has out '"hint":"the rule of line 3 applies to no tensor","findings":[]'

# And back: every byte of what came along.
cat >back <<'EOF'
dense.*.weight -> \@params\@Dense_*\@kernel  T
dense.*.bias   -> \@params\@Dense_*\@bias
conv.weight    -> \@params\@Conv_0\@kernel   permute 2,3,1,0
EOF
safetree repack --rules back torch.st digits.st
is 0
for name in Conv_0@kernel Dense_0@kernel Dense_0@bias Dense_1@kernel; do
	safetree show --raw "$digits" "@params@$name"
	cp out want
	safetree show --raw digits.st "@params@$name"
	is 0
	cmp want out || failed=1
done

# Parts are stacked, over shards as well; other options hold as ever.
echo 'model.layers.*.input_layernorm.weight -> norms stack 0
model.** -> drop
lm_head.** -> drop' >stack
safetree repack --rules stack --format pt --align 64 "$golden/llama-sharded" n.st
is 0
safetree ls n.st
says out <<'EOF'
norms  F32  [2,24]  192 B

1 tensor, 48 elements, 192 B
metadata  format  pt
EOF
[ $((($(wc -c <n.st) - 192) % 64)) -eq 0 ] || failed=1

# A note about names goes with the names; with --dtype it stays.
st noted.st '{"__metadata__":{"a":"b","pytree.note":"{\\"version\\":1,\\"notes\\":[[\\"t\\",\\"tuple\\",null]]}"},"t#0":{"dtype":"F16","shape":[2],"data_offsets":[0,4]}}' '\0\074\0\300'
echo 't#* -> u.*' >u
safetree repack --rules u noted.st out.st
is 0
safetree ls --json out.st
has out '"metadata":{"a":"b"},"tensors":[{"name":"u.0",'
safetree repack --dtype F32 noted.st out.st
is 0
safetree ls --json out.st
has out '"pytree.note"'
safetree show --json out.st 't#0'
has out '"dtype":"F32","slice":null,"shape":[2],"values":[1,-2]}'

# Rounded, unless it is to be lossless by the pair of dtypes; floats are floats.
st two.st '{"f":{"dtype":"F32","shape":[2],"data_offsets":[4,12]},"i":{"dtype":"I32","shape":[1],"data_offsets":[0,4]}}' '\7\0\0\0\0\0\200\077\001\0\200\077'
cp two.st kept.st
safetree repack --dtype BF16 --lossless two.st kept.st
is 2
silent out
says err <<'EOF'
safetree: two.st: f: dtype: file F32; wants BF16; a lossy conversion would do
EOF
cmp two.st kept.st || failed=1
safetree repack --dtype BF16 two.st out.st
is 0
safetree ls out.st
says out <<'EOF'
f  BF16  [2]  4 B
i  I32   [1]  4 B

2 tensors, 3 elements, 8 B
EOF
safetree show --json out.st f
has out '"values":[1,1]}'
safetree repack --dtype=I64 two.st out.st
is 0
safetree show --json out.st i
has out '"dtype":"I64","slice":null,"shape":[1],"values":[7]}'
echo 'f -> g
i -> drop' >g
safetree repack --rules g --dtype F64 two.st out.st
is 0
safetree show --json out.st g
has out '"dtype":"F64","slice":null,"shape":[2],"values":[1,1.00000011920928'

# Two that get one name, both named; and the old file is as it was.
echo 'params@Dense_*@bias -> b.*
params@Conv_*@bias -> b.*' >collide
safetree repack --rules collide "$digits" kept.st
is 2
silent out
has err '@params@Conv_0@bias'
has err '@params@Dense_0@bias'

# What is wrong in the text is shown.
printf '# here\na -> b\n\nparams@x -> y  Q\n' >wrong
safetree repack --rules wrong "$digits" kept.st
is 2
silent out
says err <<'EOF'
safetree: wrong: expected T, permute or stack
  line 4   params@x -> y  Q
                          ^
EOF
for wrong in --rules=gone --rules=. --rules=two.st --dtype=BOOL --dtype=f32 \
	--dtype= --dtype=C64 --dtype=F4 --lossless; do
	safetree repack "$wrong" two.st kept.st
	is 2
	silent out
	[ -s err ] || failed=1
done
safetree repack --rules gone two.st kept.st
says err <<'EOF'
safetree: gone: cannot open: No such file or directory
EOF
safetree repack --rules two.st two.st kept.st
has err 'two.st: expected a text, found a zero byte'
cmp two.st kept.st || failed=1

exit "$failed"
