#!/bin/sh
# SPDX-License-Identifier: MIT
#
# What the manual shows is what happens: every line of safetree(1) that begins
# with "$ safetree" is run, and says what stands below it; the program in
# libsafetree(3) is the one that the tests build.

# shellcheck source=tests/cli/expect.sh
. "$SFTR_SRCDIR/tests/cli/expect.sh"
mkdir "$tmp/work"
cp -R "$golden/." "$tmp/work"
chmod -R u+w "$tmp/work"
cd "$tmp/work" || exit 1

# examples PAGE: the lines between .Bd and .Ed, roff's escapes undone
examples() {
	sed -n '/^\.Sh EXAMPLES/,/^\.Sh SEE/{/^\.Bd/,/^\.Ed/p;}' \
		"$SFTR_SRCDIR/doc/$1" |
		sed -e '/^\.Bd/d' -e 's/^\\&//' -e 's/\\e/\\/g'
}

# Each command to a file N.run, what it should say to N.out.
examples safetree.1 | awk '
goes_on { goes_on = /\\$/; print > (n ".run"); next }
/^\$ safetree / { n++; shown = 1; sub(/^\$ /, ""); goes_on = /\\$/; print > (n ".run"); printf "" > (n ".out"); next }
/^\.Ed/ { shown = 0; next }
shown { print > (n ".out") }'

n=0
while [ -f "$((n + 1)).run" ]; do
	n=$((n + 1))
	# The words are quoted as in a shell.
	eval "$(cat "$n.run")"
	is 0
	silent err
	says out <"$n.out"
done
[ "$n" -ge 5 ] || { echo "examples found: $n"; failed=1; }

examples libsafetree.3 | sed '/^\.Ed/d' >page.c
sed 1,2d "$SFTR_SRCDIR/doc/examples/read.c" | diff - page.c || {
	echo 'libsafetree(3) shows another program'
	failed=1
}

# Every rule that the sources number is in safetensors(5), and no other.
sed -n 's/.*SFTR__RULE_[A-Z0-9_]* = \([0-9]*\).*/\1/p' \
	"$SFTR_SRCDIR/src/format/rule.h" | sort -n >rules
sed -n 's/^\.It \([0-9][0-9]*\)$/\1/p' "$SFTR_SRCDIR/doc/safetensors.5" |
	sort -n | diff rules - || failed=1
[ -s rules ] || failed=1

exit "$failed"
