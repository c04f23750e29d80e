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

exit "$failed"
