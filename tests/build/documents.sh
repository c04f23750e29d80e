#!/bin/sh
# SPDX-License-Identifier: MIT
#
# README.md and the manual pages tell the truth: their programs are the
# examples' files, their sessions give what they show, and README.md is no
# longer than 150 lines.

set -eu
readme=$SFTR_SRCDIR/README.md
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
status=0

lines=$(wc -l <"$readme")
[ "$lines" -le 150 ] || { echo "README.md has $lines lines, over 150"; status=1; }

awk '/^```c$/ { on = 1; next } /^```$/ { on = 0 } on' "$readme" >"$dir/program.c"
diff -u "$SFTR_SRCDIR/doc/examples/struct.c" "$dir/program.c" || status=1

# literal PAGE: its literal displays, as mandoc prints them
literal() {
	awk '/^\.Bd -literal/ { on = 1; next } /^\.Ed/ { on = 0 } on' "$1" |
		sed -e 's/^\\&//' -e 's/\\e/\\/g'
}

literal "$SFTR_SRCDIR/doc/libsafetree.3" >"$dir/program.c"
sed 1,2d "$SFTR_SRCDIR/doc/examples/read.c" |
	diff -u - "$dir/program.c" || status=1

# Programs by the names that the documents call them.
mkdir "$dir/bin"
for program in "$SAFETREE" "$SFTR_BUILDDIR/doc/examples/struct"; do
	printf '#!/bin/sh\nexec %s "%s" "$@"\n' "$SFTR_RUN" "$program" \
		>"$dir/bin/$(basename "$program")"
	chmod +x "$dir/bin/$(basename "$program")"
done

# plays FOLDER: there the lines of $dir/expected behind "$ " give the others
plays() {
	(
		cd "$1"
		PATH=$dir/bin:$PATH
		awk '/^\$ / || on { print; on = /\\$/ }' "$dir/expected" |
			while read -r line; do
				printf '%s\n' "$line"
				# What goes on is one command, shown as two lines.
				case $line in *\\)
					read -r rest
					printf '    %s\n' "$rest"
					line=${line%\\}$rest
					;;
				esac
				sh -c "${line#\$ }" </dev/null || :
			done
	) >"$dir/found" 2>"$dir/errors"
	cat "$dir/errors" >>"$dir/found"
	diff -u "$dir/expected" "$dir/found" || status=1
}

mkdir "$dir/readme" "$dir/page"
ln -s "$SFTR_SRCDIR/fixtures" "$dir/readme/fixtures"
awk '/^```console$/ { on = 1; next } /^```$/ { on = 0 } on' "$readme" \
	>"$dir/expected"
plays "$dir/readme"

# The program at the end, on a header of gen-c, is tests/gen_c.sh's business.
cp -R "$SFTR_FIXTURES/golden/." "$dir/page"
literal "$SFTR_SRCDIR/doc/safetree.1" |
	sed -n -e '/^#include/q' -e '/^\$ /,$p' >"$dir/expected"
plays "$dir/page"
exit $status
