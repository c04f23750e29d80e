#!/bin/sh
# SPDX-License-Identifier: MIT
#
# The programs of the documents, and with them the tables of their structs,
# compile in C11 and C17 with all warnings, with gcc and clang.

set -u
tmp=$(mktemp -d) || exit 1
trap 'rm -rf "$tmp"' EXIT
failed=0
tried=0
warn='-Wall -Wextra -Wpedantic -Wconversion -Wshadow -Werror'

cd "$SFTR_SRCDIR/doc/examples" || exit 1
grep -l 'SFTR_STRUCT(' ./*.c >"$tmp/tables"
[ "$(wc -l <"$tmp/tables")" -ge 3 ] || { echo 'no tables'; failed=1; }
for cc in gcc clang; do
	if ! command -v "$cc" >"$tmp/path"; then
		echo "there is no $cc to ask"
		continue
	fi
	tried=$((tried + 1))
	for std in c11 c17; do
		for program in *.c; do
			# shellcheck disable=SC2086  # $warn is a list
			if ! "$cc" -std="$std" $warn -fsyntax-only \
				-I"$SFTR_SRCDIR/include" "$program"; then
				echo "$cc -std=$std does not like $program"
				failed=1
			fi
		done
	done
done
[ "$failed" -eq 0 ] || exit 1
[ "$tried" -gt 0 ] || exit 77
