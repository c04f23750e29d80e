#!/bin/sh
# SPDX-License-Identifier: MIT
#
# Each misuse of a struct's table in tests/compile-fail is refused, in the words
# that its 'expect' line gives, without any warning being switched on; and what
# is right compiles, with all of them: good.c and the programs of the documents.

set -u
tmp=$(mktemp -d) || exit 1
trap 'rm -rf "$tmp"' EXIT
failed=0
tried=0
warn='-Wall -Wextra -Wpedantic -Wconversion -Wshadow -Werror'

cd "$SFTR_SRCDIR/tests/compile-fail" || exit 1
set -- good.c ../../doc/examples/*.c
grep -l 'SFTR_STRUCT(' "$@" >"$tmp/tables"
[ "$(wc -l <"$tmp/tables")" -ge 4 ] || { echo 'no tables'; failed=1; }
for cc in gcc clang; do
	if ! command -v "$cc" >"$tmp/path"; then
		echo "there is no $cc to ask"
		continue
	fi
	tried=$((tried + 1))
	for std in c11 c17; do
		for right; do
			# shellcheck disable=SC2086  # $warn is a list
			if ! "$cc" -std="$std" $warn -fsyntax-only \
				-I"$SFTR_SRCDIR/include" "$right"; then
				echo "$cc -std=$std refuses $right"
				failed=1
			fi
		done
	done
	for misuse in *.c; do
		[ "$misuse" != good.c ] || continue
		text=$(sed -n 's,^/\* expect: \(.*\) \*/$,\1,p' "$misuse")
		if "$cc" -std=c11 -I"$SFTR_SRCDIR/include" -fsyntax-only \
			"$misuse" 2>"$tmp/said"; then
			echo "$cc takes $misuse"
			failed=1
		elif [ -z "$text" ] || ! grep -q -e "$text" "$tmp/said"; then
			echo "$cc on $misuse does not say: $text"
			cat "$tmp/said"
			failed=1
		fi
	done
done
[ "$failed" -eq 0 ] || exit 1
[ "$tried" -gt 0 ] || exit 77
