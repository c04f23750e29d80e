#!/bin/sh
# SPDX-License-Identifier: MIT
#
# test_sweep sweeps each function that the public headers mark SFTR_API and that
# can fail: it returns an sftr_code, takes an sftr_error, or builds on a tree,
# whose failures stick.

set -u
tmp=$(mktemp -d) || exit 1
trap 'rm -rf "$tmp"' EXIT

cat "$SFTR_SRCDIR"/include/safetree/*.h |
	sed '/^[ \t]*#/d' | tr '\n\t' '  ' |
	sed -e 's,/\*,\n&,g' -e 's,\*/,&\n,g' | sed '/^\/\*/d' | tr '\n' ' ' |
	tr ';' '\n' | sed -n 's/.*SFTR_API \(.*\)/\1/p' |
	sed -n -e '/^sftr_code /p' -e '/sftr_error \*/p' \
		-e '/sftr_tree_set_root/p' -e '/sftr_node_add/p' \
		-e '/sftr_node_set_/p' -e '/sftr_tree_get/p' |
	sed 's/^[^(]*[ *]\(sftr_[a-z0-9_]*\) *(.*/\1/' |
	LC_ALL=C sort -u >"$tmp/fallible"

# shellcheck disable=SC2086  # SFTR_RUN is a command with its options
${SFTR_RUN:-} "$SFTR_BUILDDIR/tests/test_sweep" --list |
	LC_ALL=C sort -u >"$tmp/swept"

if [ ! -s "$tmp/fallible" ]; then
	echo 'found no fallible function in the headers'
	exit 1
fi
if ! diff "$tmp/fallible" "$tmp/swept" >"$tmp/diff"; then
	echo '< can fail and is not swept, > is swept and not in the headers:'
	grep '^[<>]' "$tmp/diff"
	exit 1
fi
