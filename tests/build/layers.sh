#!/bin/sh
# SPDX-License-Identifier: MIT
#
# The sources obey src/LAYERS, and every way to break it is found and named.

set -u
tmp=$(mktemp -d) || exit 1
trap 'rm -rf "$tmp"' EXIT
failed=0

# fresh: an untouched copy of the sources in $tmp/t
fresh() {
	rm -rf "$tmp/t"
	mkdir -p "$tmp/t/doc/examples"
	cp -R "$SFTR_SRCDIR/src" "$tmp/t/src"
	chmod -R u+w "$tmp/t"
	cd "$tmp/t" || exit 1
}

# finds TEXT: the checker refuses the copy and says TEXT
finds() {
	if sh "$SFTR_SRCDIR/build-aux/layers" "$tmp/t" 2>"$tmp/said"; then
		echo "not found: $1"
		failed=1
	elif ! grep -qF -e "$1" "$tmp/said"; then
		echo "expected to read: $1"
		sed 's/^/  /' "$tmp/said"
		failed=1
	fi
}

# plant FILE LINE ...: append lines to a file of the copy
plant() {
	file=$1
	shift
	printf '%s\n' "$@" >>"$file"
}

if ! sh "$SFTR_SRCDIR/build-aux/layers"; then
	echo 'the sources do not obey src/LAYERS'
	failed=1
fi

# Three rooms of our own, so that the plants do not depend on the sources.
map() {
	fresh
	rm -rf src
	mkdir -p src/low src/high src/cli
	cat >src/LAYERS <<-'EOF'
	room low: <safetree/base.h>
	low/one  the first
	low/two  the second
	room high: low <safetree/tree.h>
	high/top  what stands on low
	room cli: <safetree.h>
	cli/main  the command
	door <xxhash.h>: low/one
	EOF
	plant src/low/one.c '#include "low/one.h"' '#include <xxhash.h>'
	plant src/low/one.h '#include <safetree/base.h>' '#include <stdio.h>'
	plant src/low/two.h '#include "low/one.h"'
	plant src/high/top.c '#include "low/two.h"' \
		'#include <safetree/base.h>' '#include <safetree/tree.h>'
	plant src/cli/main.c '#include <safetree.h>' '/* "high/top.h" */'
	plant doc/examples/list.c '#include <safetree.h>'
}

map
if ! sh "$SFTR_SRCDIR/build-aux/layers" "$tmp/t"; then
	echo 'a sound map is refused'
	failed=1
fi

map
plant src/low/one.c '#include "high/top.h"'
finds 'src/low/one.c:3: room low may not include "high/top.h"'

map
plant src/low/one.h '  #  include "low/two.h"'
finds 'src/low/one.h:3: low/one may not include the later module low/two'

map
plant src/high/spare.c '#include "low/one.h"'
finds 'src/high/spare.c: high/spare is not in the map'

map
plant src/LAYERS 'cli/ghost  not there'
finds 'cli/ghost is in the map but has no file'

map
plant src/cli/main.c '#include "low/one.h"'
finds 'src/cli/main.c:3: room cli may not include "low/one.h"'

map
plant src/cli/main.c '#include <safetree/base.h>'
finds 'src/cli/main.c:3: room cli may not include <safetree/base.h>'

map
plant src/cli/main.c '#include "../low/one.h"'
finds 'src/cli/main.c:3: write "../low/one.h" as "room/module.h"'

map
plant src/low/two.h '#include <safetree/tree.h>'
finds 'src/low/two.h:2: room low may not include <safetree/tree.h>'

map
plant src/high/top.c '#include <xxhash.h>'
finds 'src/high/top.c:4: <xxhash.h> has its door in low/one'

map
plant doc/examples/list.c '#include "low/one.h"'
finds 'doc/examples/list.c:2: an example includes public headers only'

map
sed 's/^room low:/room low: high/' src/LAYERS >map.new
mv map.new src/LAYERS
finds 'room low lists high, which is not above it in the map'

# The same three faults in the real tree.
lowest=$(sed -n 's,^\([a-z]*/[a-z0-9_]*\) .*,\1,p' "$SFTR_SRCDIR/src/LAYERS" |
	head -n 1)
if [ -z "$lowest" ]; then
	echo 'the map holds no module'
	exit 1
fi

fresh
plant src/LAYERS 'cli/planted  a module of the last room'
mkdir -p src/cli
plant src/cli/planted.h '#include "cli/planted.h"'
plant "src/$lowest.h" '#include "cli/planted.h"'
finds 'may not include "cli/planted.h"'

fresh
plant "src/${lowest%/*}/planted.c" "#include \"$lowest.h\""
finds "src/${lowest%/*}/planted.c: ${lowest%/*}/planted is not in the map"

fresh
plant src/LAYERS 'cli/planted  a module of the last room'
mkdir -p src/cli
plant src/cli/planted.c "#include \"$lowest.h\""
finds "src/cli/planted.c:1: room cli may not include \"$lowest.h\""

exit "$failed"
