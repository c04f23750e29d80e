#!/bin/sh
# SPDX-License-Identifier: MIT
#
# Every public header compiles alone, with all warnings: in C11, and all but
# struct.h in C++17.  Exits 77, skipped, where there is no C++ compiler.

set -u
tmp=$(mktemp -d) || exit 1
trap 'rm -rf "$tmp"' EXIT
failed=0
warn='-Wall -Wextra -Wpedantic -Wconversion -Wshadow -Wundef -Werror'

# alone HEADER LANGUAGE COMPILER...: the header first, then once more
alone() {
	header=$1
	language=$2
	shift 2
	printf '#include <%s>\n#include <%s>\nint main(%s) { return 0; }\n' \
		"$header" "$header" "$([ "$language" = c ] && echo void)" \
		>"$tmp/alone.$language"
	# shellcheck disable=SC2086  # $warn is a list
	if ! "$@" $warn -I"$SFTR_SRCDIR/include" -fsyntax-only \
		"$tmp/alone.$language"; then
		echo "$header does not compile alone as $language"
		failed=1
	fi
}

cd "$SFTR_SRCDIR/include" || exit 1
set -- safetree.h safetree/*.h
for h; do
	# shellcheck disable=SC2086  # CC may hold flags
	alone "$h" c ${CC:-cc} -std=c11 -Wstrict-prototypes
done

cxx=${CXX:-c++}
if ! command -v "${cxx%% *}" >/dev/null; then
	[ "$failed" -eq 0 ] || exit 1
	echo 'C11 is well; there is no C++ compiler to ask'
	exit 77
fi
for h; do
	# shellcheck disable=SC2086
	[ "$h" = safetree/struct.h ] ||
		alone "$h" cc $cxx -std=c++17 -Wold-style-cast
done
# shellcheck disable=SC2086
if echo '#include <safetree/struct.h>' |
	$cxx -x c++ -I. -fsyntax-only - 2>"$tmp/said" ||
	! grep -q 'C++ has the slots of safetree/bind.h' "$tmp/said"; then
	echo 'safetree/struct.h does not tell C++ what to take instead'
	failed=1
fi
exit "$failed"
