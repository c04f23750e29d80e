#!/bin/sh
# SPDX-License-Identifier: MIT
#
# README.md tells the truth: its program is the example's file, its sessions
# give what they show, and it is no longer than 150 lines.

set -eu
readme=$SFTR_SRCDIR/README.md
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
status=0

lines=$(wc -l <"$readme")
[ "$lines" -le 150 ] || { echo "README.md has $lines lines, over 150"; status=1; }

awk '/^```c$/ { on = 1; next } /^```$/ { on = 0 } on' "$readme" >"$dir/program.c"
diff -u "$SFTR_SRCDIR/doc/examples/struct.c" "$dir/program.c" || status=1

# Programs by the names that the README calls them.
mkdir "$dir/bin"
for program in "$SAFETREE" "$SFTR_BUILDDIR/doc/examples/struct"; do
	printf '#!/bin/sh\nexec %s "%s" "$@"\n' "$SFTR_RUN" "$program" \
		>"$dir/bin/$(basename "$program")"
	chmod +x "$dir/bin/$(basename "$program")"
done
ln -s "$SFTR_SRCDIR/fixtures" "$dir/fixtures"

awk '/^```console$/ { on = 1; next } /^```$/ { on = 0 } on' "$readme" \
	>"$dir/expected"
(
	cd "$dir"
	PATH=$dir/bin:$PATH
	sed -n 's/^\$ //p' expected | while IFS= read -r line; do
		printf '$ %s\n' "$line"
		sh -c "$line" </dev/null || :
	done
) >"$dir/found" 2>"$dir/errors"
cat "$dir/errors" >>"$dir/found"
diff -u "$dir/expected" "$dir/found" || status=1
exit $status
