#!/bin/sh
# SPDX-License-Identifier: MIT
#
# hostile.sh PROGRAM: instructions that headers made to cost take to be opened,
# and how many times those of a usual header of the same size.  PROGRAM is
# tests/bench/hostile, built; valgrind counts, so a busy machine is no matter.
# SFTR_TEST=long: headers of 100 MB instead of 2 MB, which takes minutes.
set -eu

program=${1:?usage: hostile.sh PROGRAM}
file=$(mktemp)
trap 'rm -f "$file" "$file.log"' EXIT

# Those of the program's start are not taken off: they are some 200,000.
instructions() {
	valgrind --tool=callgrind --callgrind-out-file=/dev/null \
		"$program" "$1" "$2" 2>"$file.log" || return 1
	sed -n 's/^.*Collected : \([0-9]*\).*$/\1/p' "$file.log"
}

n=$("$program")
usual=
i=0
printf '%-28s %12s %16s %9s\n' header bytes instructions 'x usual'
while [ "$i" -lt "$n" ]; do
	name=$("$program" "$i")
	policy=$("$program" "$i" "$file")
	count=$(instructions "$file" "$policy")
	[ -n "$usual" ] || usual=$count
	printf '%-28s %12d %16d %9s\n' "$name" "$(wc -c <"$file")" "$count" \
		"$(awk -v a="$count" -v b="$usual" \
			'BEGIN { printf "%.2f", a / b }')"
	i=$((i + 1))
done
