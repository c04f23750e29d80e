#!/bin/sh
# SPDX-License-Identifier: MIT
#
# leaves.sh PROGRAM: instructions that trees of 100,000 and of 1,000,000 leaves
# take to be built, walked, saved and loaded, and how many times more the large
# one takes: 10 is linear, and more than 12 a failure.  PROGRAM is
# tests/bench/leaves, built; perf counts where it can, otherwise valgrind, for
# minutes.  A busy machine is no matter.
set -eu

program=${1:?usage: leaves.sh PROGRAM}
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT

# The numbers of perf, or nothing where the machine has no counters.
by_perf() {
	LC_ALL=C perf stat -x, -e instructions:u -o "$folder/log" "$@" \
		>"$folder/said" && sed -n 's/^\([0-9][0-9]*\),.*/\1/p' \
		"$folder/log"
}

by_valgrind() {
	valgrind --tool=callgrind --callgrind-out-file=/dev/null "$@" \
		>"$folder/said" 2>"$folder/log"
	sed -n 's/^.*Collected : \([0-9]*\).*$/\1/p' "$folder/log"
}

count=by_valgrind
[ -z "$(by_perf true 2>/dev/null || :)" ] || count=by_perf
echo "counted $count"

# measure N: the lines of a table, "WHAT INSTRUCTIONS", and bytes a node
measure() {
	file=$folder/$1.safetensors
	built=$($count "$program" "$1" build)
	bytes=$(cat "$folder/said")
	walked=$($count "$program" "$1" walk)
	saved=$($count "$program" "$1" save "$file")
	loaded=$($count "$program" "$1" load "$file")
	echo "build $built"
	echo "walk $((walked - built))"
	echo "save $((saved - built))"
	echo "load $loaded"
	echo "bytes-a-node-built $bytes"
	echo "bytes-a-node-loaded $(cat "$folder/said")"
	rm "$file"
}

measure 100000 >"$folder/small"
measure 1000000 >"$folder/large"
paste -d ' ' "$folder/small" "$folder/large" | awk '
BEGIN { printf "%-20s %15s %15s %6s\n", "", "100,000", "1,000,000", "x" }
/^bytes/ { printf "%-20s %15s %15s\n", $1, $2, $4; bad += $4 > 200; next }
{ printf "%-20s %15s %15s %6.2f\n", $1, $2, $4, $4 / $2; bad += $4 > 12 * $2 }
END { exit bad > 0 }'
