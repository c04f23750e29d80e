#!/bin/sh
# SPDX-License-Identifier: MIT
# tests/conformance/run tells right answers from wrong ones; all files are
# judged by tests/test_conformance.c, so few are enough here.
set -u

folder=$(mktemp -d) || exit 1
trap 'rm -rf "$folder"' EXIT
for file in y_08_baseline n_07_bom n_22_trailing_zip i_05_lead_space; do
	cp "$SFTR_FIXTURES/conformance/$file.safetensors" "$folder" || exit 1
done

# judged EXPECTED-EXIT READER ...: what it prints goes to $folder/said
judged() {
	expected=$1
	shift
	"$SFTR_SRCDIR/tests/conformance/run" -d "$folder" "$@" >"$folder/said"
	found=$?
	[ $found -eq "$expected" ] && return
	echo "run $*: exit $found, expected $expected"
	cat "$folder/said"
	exit 1
}

# says LINE: it is among what was printed, spaces counted as one
says() {
	tr -s ' ' <"$folder/said" | grep -qxF "$1" && return
	echo "not said: $1"
	cat "$folder/said"
	exit 1
}

judged 0 "$SFTR_RUN $SAFETREE check" \
	"$SFTR_RUN $SAFETREE check --policy reference"
says 'y_ accepted 1 1 1 '
says 'n_ rejected 2 2 2 '
says ' of these accepted 0 1 '
says 'died or hung 4 0 0 '

judged 1 true
says 'wrong, reader 1: accepted n_07_bom.safetensors'
says 'wrong, reader 1: accepted n_22_trailing_zip.safetensors'
says 'rule 8 1 1 '
says 'rule 22 1 0!'
says 'n_ rejected 2 0!'

judged 1 false
says 'wrong, reader 1: rejected y_08_baseline.safetensors'
says 'n_ rejected 2 2 '

cat >"$folder/dies" <<'EOF'
kill -SEGV $$
EOF
judged 1 "sh $folder/dies"
says 'wrong, reader 1: died n_07_bom.safetensors'
says 'died or hung 4 4!'

"$SFTR_SRCDIR/tests/conformance/run" >/dev/null 2>&1
[ $? -eq 2 ] || { echo 'no reader, and exit is not 2'; exit 1; }
"$SFTR_SRCDIR/tests/conformance/run" ./no-such-reader >/dev/null 2>&1
[ $? -eq 2 ] || { echo 'no such reader, and exit is not 2'; exit 1; }
