#!/bin/sh
# SPDX-License-Identifier: MIT
#
# safetree match: what fits, what does not and why, and the template filled.

# shellcheck source=tests/cli/expect.sh
. "$SFTR_SRCDIR/tests/cli/expect.sh"
cp "$golden"/torch-sequential.safetensors "$golden"/torch-finetuned.safetensors \
	"$golden"/digits.safetensors "$golden"/digits-torch.safetensors "$tmp"
cp -R "$golden/llama-sharded" "$tmp"
chmod -R u+w "$tmp"
cd "$tmp" || exit 1
base=torch-sequential.safetensors
tuned=torch-finetuned.safetensors

# same FILE NAME FILE NAME: two tensors have the same bytes
same() {
	safetree show --raw "$1" "$2"
	is 0
	mv out want
	safetree show --raw "$3" "$4"
	is 0
	cmp want out || { echo "$2 is not $4"; failed=1; }
}

safetree match digits.safetensors digits.safetensors
is 0
silent err
says out <<'EOF'
digits.safetensors -> digits.safetensors (names: p2s): 6 of 6 bound
EOF

# Everything that does not fit is told at once; nothing is written.
safetree match --strip module. --strip _orig_mod. -o out.st $base $tuned
is 1
silent err
says out <<'EOF'
torch-finetuned.safetensors -> torch-sequential.safetensors (names: dotted): 7 errors, nothing loaded
  missing     1.num_batches_tracked  I64 []
  missing     0.bias                 F32 [4]
  missing     0.weight               F32 [4,3]
  missing     1.bias                 F32 [4]
  missing     1.running_mean         F32 [4]
  missing     1.running_var          F32 [4]
  missing     1.weight               F32 [4]
EOF
[ ! -e out.st ] || { echo 'written though it does not fit'; failed=1; }

# Fine-tuned weights over a base: the rest keeps the template's values.
safetree match --strip module. --strip _orig_mod. --missing ignore -o out.st \
	$base $tuned
is 0
silent err
says out <<'EOF'
torch-finetuned.safetensors -> torch-sequential.safetensors (names: dotted): 2 of 9 bound
EOF
same $tuned module._orig_mod.3.weight out.st 3.weight
same $tuned module._orig_mod.3.bias out.st 3.bias
same $base 0.weight out.st 0.weight
same $base 1.num_batches_tracked out.st 1.num_batches_tracked
safetree ls --manifest $base
cp out want
safetree ls --manifest out.st
cmp want out || failed=1
safetree ls --json out.st
has out '"metadata":{"format":"pt"}'
cmp -s $base out.st && { echo 'nothing was filled'; failed=1; }
# A template filled with itself is itself, also in place.
safetree match -o $base $base $base
is 0
cmp "$golden/$base" $base || failed=1

safetree match --strip=module. --strip=_orig_mod. --missing warn $base $tuned
is 0
has out '(names: dotted): 2 of 9 bound, 7 warnings'
safetree match --missing ignore --unexpected ignore $base $tuned
is 0
has out '(names: dotted): 0 of 9 bound'
safetree match --missing ignore $base $tuned
is 1
has out '  unexpected  module._orig_mod.3.bias    F32 [2]'
has out '  unexpected  module._orig_mod.3.weight  F32 [2,4]'

# Another framework: rules, the template's names, what the rules transpose.
cat >rules <<'EOF'
params@Dense_*@kernel -> layers.*.weight    T
params@Dense_*@bias   -> layers.*.bias
params@Conv_0@kernel  -> features.0.weight  permute 3,2,0,1
params@Conv_0@bias    -> features.0.bias
EOF
safetree match --rules rules -o out.st digits-torch.safetensors \
	digits.safetensors
is 0
has out '(names: p2s): 6 of 6 bound'
same digits.safetensors @params@Dense_0@bias out.st layers.0.bias
safetree show --json --slice 2,: digits.safetensors @params@Dense_1@kernel
sed 's/.*"values"//' out >want
safetree show --json --slice :,2 out.st layers.1.weight
sed 's/.*"values"//' out >got
cmp want got || failed=1

# Shapes and dtypes.
st f16.st '{"a":{"dtype":"F16","shape":[2],"data_offsets":[0,4]},"b":{"dtype":"F16","shape":[1,2],"data_offsets":[4,8]}}' '\0\074\0\300\0\074\0\300'
st f32.st '{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]},"b":{"dtype":"F32","shape":[2,1],"data_offsets":[8,16]}}' '0123456789abcdef'
safetree match f32.st f16.st
is 1
has out '(names: dotted): 2 errors, nothing loaded'
has out '  dtype       a                   file F16         wants F32; a lossless conversion would do'
has out '  shape       b                   file [1,2]'
safetree match --dtype lossless --shape ignore -o out.st f32.st f16.st
is 0
has out '1 of 2 bound'
safetree show --json out.st a
has out '"dtype":"F32","slice":null,"shape":[2],"values":[1,-2]}'
same f32.st b out.st b
safetree match --dtype lossless --shape warn f32.st f16.st
is 0
has out '1 of 2 bound, 1 warning'
safetree match --dtype lossless --shape ignore f16.st f32.st
is 1
safetree match --dtype lossy --shape ignore f16.st f32.st
is 0

# A manifest: what ls says of a like file, or what was written by hand.
safetree ls --manifest digits.safetensors
cp out digits.manifest
safetree match digits.manifest digits.safetensors
is 0
has out 'digits.safetensors -> digits.manifest (names: p2s): 6 of 6 bound'
# ... also of names that hold what means something there.
st odd.st '{"#a":{"dtype":"U8","shape":[],"data_offsets":[0,1]},"a b":{"dtype":"U8","shape":[1],"data_offsets":[1,2]},"a*":{"dtype":"U8","shape":[1],"data_offsets":[2,3]},"a\\\\ T":{"dtype":"U8","shape":[1],"data_offsets":[3,4]},"a|#":{"dtype":"U8","shape":[1],"data_offsets":[4,5]}}' 12345
safetree ls --manifest odd.st
is 0
silent err
says out <<EOF
\\#a	U8	
a\\ b	U8	1
a\\*	U8	1
a\\\\\\ T	U8	1
a\\|#	U8	1
EOF
cp out odd.manifest
safetree match odd.manifest odd.st
is 0
has out 'odd.st -> odd.manifest (names: dotted): 5 of 5 bound'
mkfifo pipe
cat digits.manifest >pipe &
safetree match pipe digits.safetensors
is 0
has out ' -> pipe (names: p2s): 6 of 6 bound'
printf 'features.0.weight | conv.weight\tF32\tout ? 3 3\nlayers.*.weight\tany\t.out .in\nlayers.*.bias\tF32\t.out\nscale\tF32\tn\toptional\n' >by-hand
safetree match --unexpected ignore -o out.st by-hand digits-torch.safetensors
is 0
safetree ls out.st
says out <<'EOF'
features.0.weight  F32  [8,1,3,3]   288 B
layers.0.bias      F32  [32]        128 B
layers.0.weight    F32  [32,128]   16.0 KiB
layers.1.bias      F32  [10]         40 B
layers.1.weight    F32  [10,32]     1.3 KiB

5 tensors, 4,530 elements, 17.7 KiB
EOF
same digits-torch.safetensors layers.1.weight out.st layers.1.weight
echo '@params@Dense_0@bias	F32	31' >short
safetree match --unexpected ignore short digits.safetensors
is 1
has out '  shape       @params@Dense_0@bias'
safetree match --codec dotted:p2s --unexpected ignore short digits.safetensors
is 1
has out '  missing     @params@Dense_0@bias'
printf 'a\tF32\t2\nb\tF33\t2\n' >wrong
safetree match wrong f32.st
is 2
silent out
says err <<'EOF'
safetree: wrong: expected a dtype or any
  line 2   b F33 2
             ^
EOF

# Shards on either side.
safetree repack llama-sharded joined.st
safetree match llama-sharded joined.st
is 0
has out ' -> llama-sharded (names: dotted): 21 of 21 bound'
safetree match -o out.st joined.st llama-sharded
is 0
says out <<'EOF'
llama-sharded -> joined.st (names: dotted): 21 of 21 bound
EOF
cmp joined.st out.st || failed=1

# Many findings are cut for people, not for machines.
safetree match --json f32.st f16.st
is 1
says out <<'EOF'
{"file":"f16.st","template":"f32.st","fits":false,"codec":"dotted","template_codec":"dotted","n_slots":2,"n_bound":0,"n_errors":2,"n_warnings":0,"n_missing":0,"n_unexpected":0,"n_shape":1,"n_dtype":1,"n_ambiguous":0,"n_converted":0,"hint":null,"findings":[{"severity":"error","code":"SFTR_E_CONVERSION","key":"a","other":"a","message":"dtype: file F16; wants F32; a lossless conversion would do"},{"severity":"error","code":"SFTR_E_SHAPE","key":"b","other":"b","message":"shape: file [1,2]; wants [2,1]; its transpose fits"}]}
EOF
safetree match llama-sharded digits.safetensors --unexpected ignore
is 1
[ "$(grep -c '^  missing' out)" -eq 21 ] || failed=1
i=0
while [ $i -lt 40 ]; do
	printf 'w%d\tF32\t\n' $i
	i=$((i + 1))
done >forty
safetree match --unexpected ignore forty f32.st
is 1
has out '  and 8 more; --json lists all'
safetree match --json --unexpected ignore forty f32.st
is 1
has out '"key":"w39"'

# What cannot be asked.
cp f32.st kept.st
for wrong in --codec=x --codec=dotted:x --codec=x:p2s --dtype=F32 \
	--missing=no --shape= --rules=gone --o=kept.st -x --out; do
	safetree match "$wrong" f32.st f32.st
	is 2
	silent out
	[ -s err ] || failed=1
done
safetree match f32.st f32.st -o
is 2
has err 'option -o needs a value: OUT'
safetree match gone f32.st
is 2
safetree match f32.st gone
is 2
safetree match f32.st f32.st -o no/where.st
is 2
has err 'safetree: no/where.st: '
printf 'a -> b\na -> b c d\n' >wrong
safetree match --rules wrong f32.st f32.st
is 2
silent out
has err 'safetree: wrong: '
has err '  line 2   a -> b c d'
st bad.st '{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,4]}}' '0123'
safetree match f32.st bad.st
is 1
silent out
has err 'bad.st: invalid: a is F32 [2]'
safetree match bad.st f32.st
is 1
cmp f32.st kept.st || failed=1

exit "$failed"
