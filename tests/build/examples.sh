#!/bin/sh
# SPDX-License-Identifier: MIT
#
# The programs of the documents, run on a model that JAX trained, and on a
# file that is not there.

set -u
tmp=$(mktemp -d) || exit 1
trap 'rm -rf "$tmp"' EXIT
failed=0
digits=$SFTR_FIXTURES/golden/digits.safetensors

# says EXAMPLE ARGUMENT ...: its output is what standard input holds
says() {
	example=$1
	shift
	cat >"$tmp/expected"
	if ! $SFTR_RUN "$SFTR_BUILDDIR/doc/examples/$example" "$@" \
		>"$tmp/said" 2>"$tmp/complaint"; then
		echo "$example failed:"
		cat "$tmp/complaint"
		failed=1
	elif ! diff "$tmp/expected" "$tmp/said"; then
		echo "$example: expected <, said >"
		failed=1
	fi
}

# complains EXAMPLE TEXT: on a file that is not there it fails and says TEXT
complains() {
	if $SFTR_RUN "$SFTR_BUILDDIR/doc/examples/$1" "$tmp/absent" \
		>"$tmp/said" 2>"$tmp/complaint"; then
		echo "$1 succeeds on a file that is not there"
		failed=1
	elif ! grep -qF "$2" "$tmp/complaint"; then
		echo "$1: expected to read: $2"
		cat "$tmp/complaint"
		failed=1
	fi
}

says read "$digits" <<'EOF'
@params@Conv_0@bias          F32
@params@Conv_0@kernel        F32
@params@Dense_0@bias         F32
@params@Dense_0@kernel       F32
@params@Dense_1@bias         F32
@params@Dense_1@kernel       F32
@params@Conv_0@bias[0] = 0.143147
EOF
complains read "$tmp/absent: "

says struct "$digits" <<'EOF'
dense 0: 128 -> 32, bias[0] = 0.0289913
dense 1: 32 -> 10, bias[0] = -0.0530162
EOF
complains struct "$tmp/absent: "

says tree "$digits" <<'EOF'
bias[9] = 0.0294132
EOF
complains tree "$tmp/absent: "

# How near the logits are depends on how this host sums; digits holds them to
# 1e-5 itself.
heldout=$SFTR_FIXTURES/golden/digits-heldout.safetensors
if ! $SFTR_RUN "$SFTR_BUILDDIR/doc/examples/digits" "$digits" "$heldout" \
	>"$tmp/said" 2>&1; then
	echo 'digits fails'
	cat "$tmp/said"
	failed=1
fi
sed '$d' "$tmp/said" >"$tmp/counts"
if ! diff - "$tmp/counts" <<'EOF'; then
JAX, when it was trained: 355/360 right
this program:             355/360 right
EOF
	echo 'digits: expected <, said >'
	failed=1
fi
complains digits "$tmp/absent: "

# with_nan FILE N: a copy, with a NaN where its last N bytes begin
with_nan() {
	cat "$1" >"$tmp/nan"
	printf '\0\0\300\177' | dd of="$tmp/nan" bs=1 conv=notrunc \
		seek=$(($(wc -c <"$1") - $2)) 2>"$tmp/complaint"
}

# refuses EXAMPLE MODEL: $tmp/nan does not agree with anything
refuses() {
	if $SFTR_RUN "$SFTR_BUILDDIR/doc/examples/$1" "$2" "$tmp/nan" \
		>"$tmp/said" 2>&1 || ! grep -q '^largest.*inf' "$tmp/said"; then
		echo "$1 does not mind a NaN"
		cat "$tmp/said"
		failed=1
	fi
}

with_nan "$heldout" 364 # the last logit; 360 labels are behind it
refuses digits "$digits"

# llama2 holds itself to 1e-4 as well; a folder of shards is the same model, and
# a classifier that is not tied is another one.
llama() {
	$SFTR_RUN "$SFTR_BUILDDIR/doc/examples/llama2" "$SFTR_FIXTURES/golden/$1" \
		"$SFTR_FIXTURES/golden/$2-forward.safetensors" >"$tmp/said" 2>&1
}

for pair in untied:untied tied:tied sharded:untied; do
	if ! llama "llama-${pair%:*}" "llama-${pair#*:}"; then
		echo "llama2 fails on llama-${pair%:*}"
		cat "$tmp/said"
		failed=1
	fi
done
if llama llama-tied/model.safetensors llama-untied ||
	! grep -q '^largest difference' "$tmp/said"; then
	echo 'llama2 takes one model for another'
	cat "$tmp/said"
	failed=1
fi
complains llama2 "$tmp/absent: "
with_nan "$SFTR_FIXTURES/golden/llama-tied-forward.safetensors" 4
refuses llama2 "$SFTR_FIXTURES/golden/llama-tied"

# The tuned layer is the old one, doubled.
cd "$SFTR_FIXTURES/golden" || exit 1
says partial torch-sequential.safetensors torch-finetuned.safetensors <<'EOF'
3.bias[0] before = 1.03383
  missing     0.bias              F32 [4]
  missing     0.weight            F32 [4,3]
  missing     1.bias              F32 [4]
  missing     1.num_batches_tracked  I64 []
  missing     1.running_mean      F32 [4]
  missing     1.running_var       F32 [4]
  missing     1.weight            F32 [4]
torch-finetuned.safetensors -> the base (names: dotted): 2 of 9 bound, 7 warnings
3.bias[0] after = 2.06766
EOF
complains partial "$tmp/absent: "

exit "$failed"
