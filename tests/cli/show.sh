#!/bin/sh
# SPDX-License-Identifier: MIT
#
# safetree show: values of every dtype, slices, lines, and bytes.

# shellcheck source=tests/cli/expect.sh
. "$SFTR_SRCDIR/tests/cli/expect.sh"
cd "$golden" || exit 1

safetree show digits.safetensors @params@Dense_1@bias
is 0
silent err
says out <<'EOF'
@params@Dense_1@bias  F32 [10]  40 B
[0]  -0.053016223   0.019018313    0.01096904  -0.021343311   -0.01239487   0.035777178
[6]   -0.05507167   0.020569816   0.011572597   0.029413199
EOF
safetree show digits.safetensors @params@Dense_0@kernel --slice 60:72,::16
is 0
says out <<'EOF'
@params@Dense_0@kernel  F32 [128,32]  16.0 KiB  slice 60:72,::16  gives [12,2]
[60,0]   -0.10279762    0.21039037
[61,0]  -0.047009893    0.15690222
[62,0]    0.14588425  -0.057172835
[63,0]     0.1447044  -0.065902345
[64,0]    0.14988522      0.362112
... 2 lines
[67,0]   0.077599525   -0.21724498
[68,0]  0.0023413226      0.271299
[69,0]     0.2965325   -0.22558898
[70,0]    0.11669515  -0.006995923
[71,0]   0.031679224   -0.13601747
EOF
safetree show digits.safetensors @params@Dense_0@kernel --slice 127
is 0
says out <<'EOF'
@params@Dense_0@kernel  F32 [128,32]  16.0 KiB  slice 127  gives [32]
[127,0]     0.19695112     0.1377821    0.03241141   -0.10270328  -0.033050843    0.19517235
[127,6]     0.25133157     0.1294861   0.013163367   0.047144033    -0.3120116    0.12236968
[127,12]    0.01176306   -0.14922914   -0.08627853   -0.16648695    -0.0637958     0.2918639
[127,18]   0.043331034    0.10235259   -0.18308213   0.030375374   -0.11443116   -0.12413118
[127,24]    0.10398952    -0.2264211  -0.022740507    0.09177401   -0.21948151    0.22268271
[127,30]   0.021980684   -0.10852968
EOF
safetree show digits.safetensors @params@Conv_0@kernel --slice=1,-1,0,3
is 0
says out <<'EOF'
@params@Conv_0@kernel  F32 [3,3,1,8]  288 B  slice 1,-1,0,3  gives []
[1,2,0,3]  0.78195953
EOF
safetree show digits.safetensors @params@Dense_0@bias --slice=5:3
is 0
says out <<'EOF'
@params@Dense_0@bias  F32 [32]  128 B  slice 5:3  gives [0]
EOF
safetree show dtypes-torch.safetensors scalar
is 0
says out <<'EOF'
scalar  F32 []  4 B
-2.5
EOF
safetree show digits.safetensors @params@Dense_0@kernel
is 0
says out <<'EOF'
@params@Dense_0@kernel  F32 [128,32]  16.0 KiB
[0,0]      -0.09893226    -0.11672312    -0.01894582  ...   -0.117363475    -0.09366075    0.062111247
[1,0]       0.08769222     0.22204247    -0.07907165  ...   -0.060043998   -0.124435104    -0.24225722
[2,0]      0.013930606     0.03447073    -0.12724243  ...    0.026455628    -0.20787077     0.07839827
[3,0]       0.23338623     0.20060343    -0.09209814  ...    -0.14217933    -0.25478032    -0.16714665
[4,0]      -0.27699885    0.046969756    0.002608324  ...     0.25393316     0.09368023     0.43331042
... 118 lines
[123,0]     -0.2578795    -0.21901187     -0.0412233  ...   -0.032366794     0.20144843     0.18144792
[124,0]    -0.09947854    -0.15161377  -0.0019236972  ...    -0.13898806   -0.058634885      0.1616791
[125,0]   -0.029480383  -0.0008253485     0.10093356  ...    -0.08876633    0.055485353     0.16544776
[126,0]    -0.27625933    0.069095135     0.17696057  ...    0.043411374     0.05524046    0.101397924
[127,0]     0.19695112      0.1377821     0.03241141  ...     0.22268271    0.021980684    -0.10852968
EOF

# The bytes themselves, whole and in part.
safetree show --raw torch-tied.safetensors decoder.weight
is 0
tail -c 144 torch-tied.safetensors | cmp - "$tmp/out" || failed=1
safetree show --raw --slice 8,1: torch-tied.safetensors decoder.weight
is 0
tail -c 12 torch-tied.safetensors | cmp - "$tmp/out" || failed=1
safetree show --raw --slice :,3 torch-tied.safetensors decoder.weight
is 0
i=0
while [ $i -lt 9 ]; do
	tail -c $((144 - 16 * i - 12)) torch-tied.safetensors | head -c 4
	i=$((i + 1))
done | cmp - "$tmp/out" || failed=1

# What cannot be shown.
safetree show digits.safetensors nothing
is 1
silent out
says err <<'EOF'
safetree: digits.safetensors: no tensor 'nothing'; 'safetree ls' lists them
EOF
safetree show digits.safetensors @params@Dense_0@bias --slice 32
is 2
silent out
says err <<'EOF'
safetree: slice: index 32 is out of range, dimension 0 has 32
  32
  ^
EOF
safetree show digits.safetensors @params@Dense_0@bias --slice 1,
is 2
says err <<'EOF'
safetree: slice: expected no more items, one for each dimension is enough
  1,
    ^
EOF
safetree show digits.safetensors @params@Dense_0@kernel --slice 3:x,1
is 2
says err <<'EOF'
safetree: slice: expected ',' or the end
  3:x,1
    ^
EOF
safetree show dtypes-torch.safetensors float4_e2m1fn_x2 --slice :,1
is 2
says err <<'EOF'
safetree: dtypes-torch.safetensors: float4_e2m1fn_x2: selects part of a byte, F4 elements are packed
EOF

cd "$tmp" || exit 1

# values DTYPE N BYTES: what they are to machines
values() {
	st values.st "{\"w\":{\"dtype\":\"$1\",\"shape\":[$2],\"data_offsets\":[0,$3]}}" "$4"
	safetree show --json values.st w
	is 0
	silent err
	sed 's/.*"values"://' "$tmp/out" >"$tmp/values"
	mv "$tmp/values" "$tmp/out"
}
values BOOL 3 3 '\0\1\2'
says out <<'EOF'
[false,true,2]}
EOF
values I8 3 3 '\177\200\377'
says out <<'EOF'
[127,-128,-1]}
EOF
values U64 2 16 '\377\377\377\377\377\377\377\377\0\0\0\0\0\0\0\200'
says out <<'EOF'
[18446744073709551615,9223372036854775808]}
EOF
values I64 2 16 '\377\377\377\377\377\377\377\377\0\0\0\0\0\0\0\200'
says out <<'EOF'
[-1,-9223372036854775808]}
EOF
# 0.1, 2^24, the least, the largest, -0, infinities, NaN
values F32 8 32 '\315\314\314\075\0\0\200\113\1\0\0\0\377\377\177\177\0\0\0\200\0\0\200\177\0\0\200\377\0\0\300\177'
says out <<'EOF'
[0.1,16777216,1e-45,3.4028235e38,-0.0,"inf","-inf","nan"]}
EOF
values F64 3 24 '\232\231\231\231\231\231\271\077\1\0\0\0\0\0\0\0\377\377\377\377\377\377\357\177'
says out <<'EOF'
[0.1,5e-324,1.7976931348623157e308]}
EOF
# 1, 65504, 2^-24, infinity, NaN
values F16 5 10 '\0\074\377\173\1\0\0\174\1\174'
says out <<'EOF'
[1,65504,5.9604645e-8,"inf","nan"]}
EOF
values BF16 4 8 '\200\077\177\177\1\0\200\377'
says out <<'EOF'
[1,3.3895314e38,9.1835e-41,"-inf"]}
EOF
values F8_E4M3 5 5 '\70\176\177\1\200'
says out <<'EOF'
[1,448,"nan",0.001953125,-0.0]}
EOF
values F8_E5M2 5 5 '\74\173\174\175\1'
says out <<'EOF'
[1,57344,"inf","nan",0.000015258789]}
EOF
values F8_E4M3FNUZ 4 4 '\100\177\200\1'
says out <<'EOF'
[1,240,"nan",0.0009765625]}
EOF
values F8_E5M2FNUZ 4 4 '\100\177\200\1'
says out <<'EOF'
[1,57344,"nan",7.6293945e-6]}
EOF
values F8_E8M0 3 3 '\177\0\377'
says out <<'EOF'
[1,5.877472e-39,"nan"]}
EOF
# 16 values each, low bits first: 0 to 15
values F4 16 8 '\20\62\124\166\230\272\334\376'
says out <<'EOF'
[0,0.5,1,1.5,2,3,4,6,-0.0,-0.5,-1,-1.5,-2,-3,-4,-6]}
EOF
# 0, 1, 31, 63: three bytes
values F6_E2M3 4 3 '\100\360\375'
says out <<'EOF'
[0,0.125,7.5,-7.5]}
EOF
values F6_E3M2 4 3 '\100\360\375'
says out <<'EOF'
[0,0.0625,28,-28]}
EOF
values C64 2 16 '\0\0\200\077\0\0\0\300\0\0\300\177\0\0\200\377'
says out <<'EOF'
[[1,-2],["nan","-inf"]]}
EOF
safetree show values.st w
is 0
says out <<'EOF'
w  C64 [2]  16 B
[0]      1-2i  nan-infi
EOF
st unnamed.st '{"":{"dtype":"U8","shape":[1],"data_offsets":[0,1]}}' '\7'
safetree show unnamed.st ''
is 0
says out <<'EOF'
""  U8 [1]  1 B
[0]  7
EOF
safetree show --json --slice 1 values.st w
is 0
says out <<'EOF'
{"file":"values.st","name":"w","dtype":"C64","slice":"1","shape":[],"values":[["nan","-inf"]]}
EOF

exit "$failed"
