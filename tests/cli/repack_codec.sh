#!/bin/sh
# SPDX-License-Identifier: MIT
#
# safetree repack --codec: other names, the same tensors, and what is refused.

# shellcheck source=tests/cli/expect.sh
. "$SFTR_SRCDIR/tests/cli/expect.sh"
cd "$tmp" || exit 1

# no FILE FROM:TO: refused as a no, the old file as it was, nothing left behind
printf old >kept.st
no() {
	safetree repack --codec "$2" "$1" kept.st
	is 1
	silent out
	[ "$(cat kept.st)" = old ] || { echo "$said: replaced"; failed=1; }
}

# One model as Flax users save it, either way: the same bytes.
p2s=$golden/flax-linen-p2s.safetensors
slash=$golden/flax-linen-slash.safetensors
safetree repack --codec p2s:slash "$p2s" out.st
is 0
silent out err
cmp "$slash" out.st || failed=1
safetree repack "$slash" --codec=guess:p2s out.st
is 0
cmp "$p2s" out.st || failed=1

# Shards, the metadata that they have, and the data of a tensor.
safetree repack --codec guess:keystr "$golden/llama-sharded" out.st
is 0
safetree ls --json out.st
has out '"n_tensors":21,"metadata":{"format":"pt"},'
has out "{\"name\":\"['model']['layers'][1]['mlp']['up_proj']['weight']\",\"dtype\":\"F32\",\"shape\":[40,24],"
safetree show --raw "$golden/llama-sharded" model.layers.1.mlp.up_proj.weight
cp out raw
safetree show --raw out.st "['model']['layers'][1]['mlp']['up_proj']['weight']"
cmp raw out || failed=1
safetree repack --codec keystr:dotted out.st back.st
is 0
safetree repack "$golden/llama-sharded" joined.st
is 0
cmp joined.st back.st || failed=1

# With the other options, and over itself.
cp "$golden/torch-sequential.safetensors" self.st
safetree repack --codec dotted:slash --align 4096 --meta by=me --format np \
	self.st self.st
is 0
[ $((($(wc -c <self.st) - 176) % 4096)) -eq 0 ] || { echo align; failed=1; }
safetree ls --json self.st
has out '"metadata":{"by":"me","format":"np"},'
has out '{"name":"1/num_batches_tracked",'
safetree repack --codec slash:dotted --drop-meta --format pt self.st self.st
is 0
cmp "$golden/torch-sequential.safetensors" self.st || failed=1

# The codec is in the metadata where the names need it, and goes with them.
safetree repack --codec raw:p2s-esc "$golden/llama-tied" esc.st
is 0
safetree ls --json esc.st
has out '"metadata":{"format":"pt","pytree.codec":"p2s-esc"},'
has out '{"name":"@model\\.norm\\.weight",'
safetree repack --codec guess:raw esc.st out.st
is 0
cmp "$golden/llama-tied/model.safetensors" out.st || failed=1

# A structure note is told anew: its paths are names.
st note.st '{"__metadata__":{"by":"me","pytree.note":"{\\"version\\":1,\\"notes\\":[[\\"m\\",\\"object\\",\\"Linear\\"],[\\"o@-7\\",\\"int\\",null],[\\"t\\",\\"tuple\\",null],[\\"tied\\",\\"alias\\",\\"m.w\\"],[\\"yes\\",\\"scalar\\",true]]}"},"m.w":{"dtype":"U8","shape":[],"data_offsets":[0,1]},"o@-7":{"dtype":"U8","shape":[0],"data_offsets":[1,1]},"t#0":{"dtype":"U8","shape":[1],"data_offsets":[1,2]},"t#1":{"dtype":"U8","shape":[1],"data_offsets":[2,3]}}' '012'
safetree repack note.st canonical.st
is 0
safetree repack --codec p2s:keystr note.st keystr.st
is 0
safetree ls --json keystr.st
has out '"metadata":{"by":"me","pytree.note":"'
has out '[\".tied\",\"alias\",\".m.w\"]'
has out '{"name":".o[-7]",'
safetree tree keystr.st
has out 'Linear, 1 tensor'
has out '2 x U8 [1]'
has out '= .m.w'
safetree repack --codec keystr:p2s keystr.st back.st
is 0
cmp canonical.st back.st || failed=1

# Without the note its leaves are not there, and the key is a text.
safetree repack --codec p2s:dotted --drop-meta note.st out.st
is 0
safetree ls --json out.st
has out '"n_tensors":4,"metadata":null,'
has out '{"name":"o.-7",'

# Rules are of the names as they are in IN; the codec comes last.  The network
# of Flax comes out as a tree whose keys are those that the rules gave.
cat >rules <<'EOF'
features.*.weight -> params.Conv_*.kernel   permute 2,3,1,0
features.*.bias   -> params.Conv_*.bias
layers.*.weight   -> params.Dense_*.kernel  T
layers.*.bias     -> params.Dense_*.bias
EOF
torch=$golden/digits-torch.safetensors
safetree repack --codec guess:p2s --rules rules --drop-meta "$torch" out.st
is 0
silent out err
cmp "$golden/digits-torch-in-flax.safetensors" out.st || failed=1
safetree repack --codec dotted:slash --dtype BF16 "$torch" half.st
is 0
safetree repack --dtype BF16 "$torch" out.st
safetree repack --codec dotted:slash out.st again.st
is 0
cmp half.st again.st || failed=1
safetree ls half.st 'features/*'
has out 'features/0/weight  BF16  [8,1,3,3]'
# Stacked, and escaped; what the metadata have to say is said.
printf 'model.layers.*.mlp.up_proj.weight -> up stack 0\nmodel.** -> drop\n' \
	>rules
safetree repack --codec guess:keystr --rules rules "$golden/llama-tied" out.st
is 0
safetree ls out.st
has out "['up']  F32  [2,40,24]"
printf 'model.norm.weight -> x\n' >rules
safetree repack --codec raw:p2s-esc --rules rules "$golden/llama-tied" out.st
is 0
safetree ls --json out.st
has out '"metadata":{"format":"pt","pytree.codec":"p2s-esc"},'
has out '{"name":"@x",'
has out '{"name":"@model\\.embed_tokens\\.weight",'
safetree repack --codec p2s:dotted --rules rules esc.st out.st
is 1
has err 'cannot be named under dotted'
# A note would be lost on the way; names that meet, or are no tree, are a no.
safetree repack --codec p2s:keystr --dtype U8 note.st out.st
is 2
has err 'note.st has a structure note, which goes with --codec alone: repack twice, or --drop-meta'
safetree repack --codec p2s:dotted --dtype I32 --drop-meta note.st out.st
is 0
silent err
printf 'layers.0.** -> a.**\nlayers.1.** -> a\n' >rules
safetree repack --codec dotted:p2s --rules rules "$torch" kept.st
is 2
printf 'layers.0.weight -> a.b\nlayers.1.weight -> a\n' >rules
safetree repack --codec dotted:p2s --rules rules "$torch" kept.st
is 1
has err "$torch: names are no tree under dotted: a: expected nothing below a tensor, found a.b"
[ "$(cat kept.st)" = old ] || { echo "$said: replaced"; failed=1; }

# What TO cannot say, by the tensor's name in IN.
no "$slash" slash:haiku
says err <<EOF
safetree: $slash: batch_stats/BatchNorm_0/mean cannot be named under haiku: mean: step 2: expected the end after module and parameter, found a third key
EOF
no esc.st p2s-esc:p2s
has err "esc.st: @model\\\\.embed_tokens\\\\.weight cannot be named under p2s: model.embed_tokens.weight: step 0: expected no '.', '@' or '#', found '.' (byte 5)"
no "$golden/keystr.safetensors" keystr:p2s
has err '@integers@-9223372036854775808: only a structure note can say that a key is an integer'

# Names that meet: under TO, and already under FROM.
st alike.st "{\"['-1']\":{\"dtype\":\"U8\",\"shape\":[0],\"data_offsets\":[0,0]},\"[-1]\":{\"dtype\":\"U8\",\"shape\":[0],\"data_offsets\":[0,0]}}"
no alike.st keystr:dotted
says err <<'EOF'
safetree: alike.st: the tree cannot be named under dotted: [-1]: dotted cannot tell this integer key from the text key of ['-1']
EOF
st twice.st '{".a":{"dtype":"U8","shape":[0],"data_offsets":[0,0]},"a":{"dtype":"U8","shape":[0],"data_offsets":[0,0]}}'
no twice.st p2s:slash
has err 'twice.st: names are no tree under p2s: .a: '
no "$p2s" keystr:slash
has err 'names are no tree under keystr: '
st lie.st '{"__metadata__":{"pytree.note":"[]"},"a":{"dtype":"U8","shape":[0],"data_offsets":[0,0]}}'
no lie.st p2s:slash
has err "expected '{', found '['"

# No pair of codecs.
for wrong in p2s p2s: p2s:guess p2s:x x:p2s p2s:slash:raw :p2s ''; do
	safetree repack --codec "$wrong" "$p2s" kept.st
	is 2
	silent out
	has err "--codec is FROM:TO, "
done
safetree repack --codec p2s:slash "$p2s" no/where.st
is 2
has err 'safetree: no/where.st: '
safetree repack --codec p2s:slash --meta a=1 --meta a=2 "$p2s" kept.st
is 2
[ "$(cat kept.st)" = old ] || failed=1
left=$(find . -name '*.tmp*' -o -name '.*.st*')
[ -z "$left" ] || { echo "left behind: $left"; failed=1; }

exit "$failed"
