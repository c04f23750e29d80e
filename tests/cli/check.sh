#!/bin/sh
# SPDX-License-Identifier: MIT
#
# safetree check: verdicts, findings, carets, and what machines get.

# shellcheck source=tests/cli/expect.sh
. "$SFTR_SRCDIR/tests/cli/expect.sh"
cd "$golden" || exit 1

safetree check digits.safetensors llama-sharded
is 0
silent err
says out <<'EOF'
digits.safetensors: valid
llama-sharded: valid
2 checked: 2 valid, 0 invalid, 0 unreadable
EOF
safetree check --json digits.safetensors llama-sharded
is 0
says out <<'EOF'
{"file":"digits.safetensors","policy":"strict","verdict":"valid","findings":[]}
{"file":"llama-sharded","policy":"strict","verdict":"valid","findings":[]}
EOF

cd "$tmp" || exit 1

st size.st '{"decoder.weight":{"dtype":"F32","shape":[2,2],"data_offsets":[0,12]}}' \
	'aaaabbbbcccc'
safetree check size.st
is 1
silent err
says out <<'EOF'
size.st: invalid: decoder.weight is F32 [2,2] = 16 bytes, its range holds 12
  byte 73   "data_offsets":[0,12]
                              ^
  rule 14 of safetensors(5). Do not load it: a careless reader runs past the tensor's bytes.
EOF
safetree check --json size.st
is 1
silent err
says out <<'EOF'
{"file":"size.st","policy":"strict","verdict":"invalid","findings":[{"rule":14,"severity":"error","code":"SFTR_E_SIZE","offset":73,"key":"decoder.weight","other":null,"message":"is F32 [2,2] = 16 bytes, its range holds 12"}]}
EOF
# Other commands say the same of the file, on standard error.
safetree ls size.st
is 1
silent out
says err <<'EOF'
size.st: invalid: decoder.weight is F32 [2,2] = 16 bytes, its range holds 12
  byte 73   "data_offsets":[0,12]
                              ^
  rule 14 of safetensors(5). Do not load it: a careless reader runs past the tensor's bytes.
EOF

# Further findings stand below the first.
st two.st '{"b":{"dtype":"U8","shape":[3],"data_offsets":[1,3]},"a":{"dtype":"U8","shape":[1],"data_offsets":[0,1]}}' \
	'aaabc'
safetree check two.st
is 1
says out <<'EOF'
two.st: invalid: b is U8 [3] = 3 bytes, its range holds 2
  byte 57   "data_offsets":[1,3]
                              ^
  rule 14 of safetensors(5). Do not load it: a careless reader runs past the tensor's bytes.
  error: 2 bytes after the last tensor, expected none
    byte 116   62 63
               ^
    rule 22 of safetensors(5). Do not load it: the file holds bytes that belong to no tensor.
EOF

# A place in the data, at the end of the file, in the length.
st trailing.st '{}      ' '\0\33[31'
safetree check trailing.st
is 1
says out <<'EOF'
trailing.st: invalid: 5 bytes after the last tensor, expected none
  byte 16   00 1b 5b 33 31
            ^
  rule 22 of safetensors(5). Do not load it: the file holds bytes that belong to no tensor.
EOF
printf '\1\2' >short.st
safetree check short.st
is 1
says out <<'EOF'
short.st: invalid: the file has 2 bytes, the header length alone takes 8
  byte 2   01 02
                 ^
  rule 1 of safetensors(5). The file is not complete: copy or download it again.
EOF
printf '\377\0\0\0\0\0\0\0{}' >long.st
safetree check long.st
is 1
says out <<'EOF'
long.st: invalid: the header length is 255, the file has 2 bytes behind it
  byte 0   ff 00 00 00 00 00 00 00
           ^
  rule 3 of safetensors(5). The file is not complete: copy or download it again.
EOF

# What is no safetensors file at all may be known by how it begins.
printf 'version https://git-lfs.github.com/spec/v1\noid sha256:4d7a\n' >lfs.st
safetree check lfs.st
is 1
says out <<'EOF'
lfs.st: invalid: the header length is 2336927755350992246, expected at most 100000000
  byte 0   76 65 72 73 69 6f 6e 20
           ^
  rule 2 of safetensors(5). This is probably no safetensors file. It begins as a pointer of Git LFS: 'git lfs pull' fetches the file.
EOF
while read -r begin words; do
	# shellcheck disable=SC2059  # escapes are wanted
	printf "$begin"'-------------' >other.st
	safetree ls other.st
	is 1
	has err " It begins as $words"
done <<'EOF'
<!DOCTYPE a web page
<html a web page
PK\003\004 a ZIP archive
\200\002 a pickle
\200\004 a pickle
GGUF a GGUF file.
\211HDF an HDF5 file
\223NUMPY an array of NumPy.
\037\213\010 a gzip file
EOF

# The caret stands right behind escapes, wide characters and bad bytes.
st caret.st '{"\345\261\202\345\261\202\033":{"dtype":"U8"}}'
safetree check caret.st
is 1
says out <<'EOF'
caret.st: invalid: raw control character 0x1b in a string
  byte 16   "层层\x1b":{"dtype":"U8"}
                 ^
  rule 7 of safetensors(5). Do not load it: ask whoever wrote it for a sound file.
  note: what follows could not be examined
EOF
st utf8.st '{"a\377":{"dtype":"U8","shape":[0],"data_offsets":[0,0]}}'
safetree check utf8.st
is 1
says out <<'EOF'
utf8.st: invalid: byte 0xff is not UTF-8
  byte 11   "a\xff":{"dtype":"U8"
              ^
  rule 4 of safetensors(5). Do not load it: ask whoever wrote it for a sound file.
  note: what follows could not be examined
EOF
st escape.st '{"\\u0041":{"dtype":"X8","shape":[0],"data_offsets":[0,0]}}'
safetree check escape.st
is 1
says out <<'EOF'
escape.st: invalid: A: no such dtype: 'X8'
  byte 27   "dtype":"X8"
                    ^
  rule 9 of safetensors(5). Do not load it: ask whoever wrote it for a sound file.
  note: what follows could not be examined
EOF

# The policies: an error to the one is a warning to the other.
st twice.st '{"a":{"dtype":"U8","shape":[1],"data_offsets":[0,1]},"a":{"dtype":"U8","shape":[1],"data_offsets":[0,1]}}' a
safetree check twice.st
is 1
says out <<'EOF'
twice.st: invalid: a: the same name stands at byte 9 already
  byte 61   "a":{"dtype":"U8"
            ^
  rule 16 of safetensors(5). Do not load it: two readers would see two models.
  error: a begins at 0, inside another tensor, which ends at 1 (a)
    byte 107   "data_offsets":[0,1]
                               ^
    rule 21 of safetensors(5). Do not load it: a careless reader runs past the tensor's bytes.
EOF
safetree check --policy reference twice.st
is 0
says out <<'EOF'
twice.st: valid to the reference
  warning: a: the same name stands at byte 9 already
    byte 61   "a":{"dtype":"U8"
              ^
    rule 16 of safetensors(5). Do not load it: two readers would see two models.
  note: the header length 105 is no multiple of 8
    rule 25 of safetensors(5). Views are not possible; 'safetree repack' aligns it.
EOF
safetree check --policy=reference --json twice.st
is 0
says out <<'EOF'
{"file":"twice.st","policy":"reference","verdict":"valid","findings":[{"rule":16,"severity":"warning","code":"SFTR_E_DUPLICATE","offset":61,"key":"a","other":null,"message":"the same name stands at byte 9 already"},{"rule":25,"severity":"note","code":"SFTR_N_LENGTH","offset":0,"key":null,"other":null,"message":"the header length 105 is no multiple of 8"}]}
EOF

# Unreadable beats invalid beats valid, and each gets its line.
st good.st '{}      '
safetree check good.st gone.st size.st
is 2
says err <<'EOF'
safetree: gone.st: cannot open: No such file or directory
EOF
has out '3 checked: 1 valid, 1 invalid, 1 unreadable'
# A file that comes to its end early, as those do whose length is a page.
early=/sys/kernel/mm/transparent_hugepage/enabled
if [ -r $early ]; then
	safetree check $early
	is 2
	has err "safetree: $early: the file ends here, "
fi
safetree check --json gone.st good.st
is 2
says out <<'EOF'
{"file":"gone.st","policy":"strict","verdict":"unreadable","findings":[{"rule":null,"severity":"error","code":"SFTR_E_IO","offset":null,"key":null,"other":null,"message":"cannot open: No such file or directory"}]}
{"file":"good.st","policy":"strict","verdict":"valid","findings":[]}
EOF

# Shards: the finding's file is named.
mkdir shards
cp "$golden"/llama-sharded/*.safetensors "$golden"/llama-sharded/*.index.json \
	shards
chmod u+w shards/*
printf x >>shards/model-00002-of-00003.safetensors
safetree check shards
is 1
says out <<'EOF'
shards/model-00002-of-00003.safetensors: invalid: 1 byte after the last tensor, expected none
  byte 19560   78
               ^
  rule 22 of safetensors(5). Do not load it: the file holds bytes that belong to no tensor.
EOF
safetree check --json shards
is 1
says out <<'EOF'
{"file":"shards","policy":"strict","verdict":"invalid","findings":[{"rule":22,"severity":"error","code":"SFTR_E_TRAILING","offset":19560,"key":null,"other":null,"message":"shards/model-00002-of-00003.safetensors: 1 byte after the last tensor, expected none"}]}
EOF
rm shards/model-00002-of-00003.safetensors
safetree check shards
is 1
says out <<'EOF'
shards/model.safetensors.index.json: invalid: the shard is missing (model-00002-of-00003.safetensors)
  byte 268   model.layers.0.input_layernorm.weight": "model-00002-of-00003.safetensors"
                                                     ^
  rule 31 of safetensors(5). Fetch the index and all of its shards again, from one place.
EOF

# A path that is printed otherwise, and one that diagnostics cut, are the file's.
long=$(printf 'd%0200d' 0)
mkdir -p "$long/$long"
for path in 'back\slash.st' "$long/$long/cut.st"; do
	printf '\350\001\0\0\0\0\0\0{' >"$path"
	safetree check "$path"
	is 1
	has out '  byte 0   e8 01 00 00 00 00 00 00'
	safetree check --json "$path"
	has out '"message":"the header length is 488, the file has 1 byte behind it"}]}'
done

# Many findings: a person reads eight.
many() {
	header=
	i=0
	while [ $i -lt "$1" ]; do
		header="$header,\"t$i\":{\"dtype\":\"U8\",\"shape\":[2],\"data_offsets\":[$i,$((i + 1))]}"
		i=$((i + 1))
	done
	st many.st "{${header#,}}" "$(printf "%0$1d" 0)"
}
many 9
safetree check many.st
is 1
has out '  and 1 more error; --json lists all'
many 12
safetree check many.st
is 1
has out '  and 4 more errors; --json lists all'
[ "$(grep -c 'its range holds' "$tmp/out")" -eq 8 ] || failed=1
safetree check --json many.st
is 1
[ "$(tr '{' '\n' <"$tmp/out" | grep -c 'its range holds')" -eq 12 ] || failed=1

exit "$failed"
