#!/bin/sh
# SPDX-License-Identifier: MIT
#
# The shared library exports what the public headers mark SFTR_API, no more
# and no less.  Exits 77, skipped, in a build without a shared library.

set -u
tmp=$(mktemp -d) || exit 1
trap 'rm -rf "$tmp"' EXIT

lib=$SFTR_BUILDDIR/.libs/libsafetree.so
if [ ! -e "$lib" ]; then
	echo 'this build has no shared library'
	exit 77
fi

# Without comments and directives, a declaration runs to its semicolon, and
# the name stands before the first parenthesis.
cat "$SFTR_SRCDIR"/include/safetree.h "$SFTR_SRCDIR"/include/safetree/*.h |
	sed '/^[ \t]*#/d' | tr '\n\t' '  ' |
	sed -e 's,/\*,\n&,g' -e 's,\*/,&\n,g' | sed '/^\/\*/d' | tr '\n' ' ' |
	tr ';' '\n' |
	sed -n 's/.*SFTR_API \([^(]*\)(.*/\1/p' |
	sed 's/.*[^a-z0-9_]\([a-z0-9_]*\) *$/\1/' | LC_ALL=C sort >"$tmp/public"

${NM:-nm} -D --defined-only "$lib" | awk '{ print $NF }' |
	sed 's/@.*//' | LC_ALL=C sort >"$tmp/exported"

if [ ! -s "$tmp/public" ]; then
	echo 'found no SFTR_API in the headers'
	exit 1
fi
if ! diff "$tmp/public" "$tmp/exported" >"$tmp/diff"; then
	echo '< only in the headers, > only in the library:'
	grep '^[<>]' "$tmp/diff"
	exit 1
fi
