#!/bin/sh
# SPDX-License-Identifier: MIT
#
# The header, pkg-config and the changelog tell one version.

set -u
failed=0

part() {
	sed -n "s/^#define SFTR_VERSION_$1 //p" \
		"$SFTR_SRCDIR/include/safetree/base.h"
}
version=$(part MAJOR).$(part MINOR).$(part PATCH)

if ! grep -qx "Version: $version" "$SFTR_BUILDDIR/safetree.pc"; then
	echo "safetree/base.h says $version, safetree.pc:"
	grep '^Version' "$SFTR_BUILDDIR/safetree.pc"
	failed=1
fi
newest=$(grep -m 1 '^## ' "$SFTR_SRCDIR/CHANGELOG.md")
case $newest in
*"$version"*) ;;
*)
	echo "safetree/base.h says $version, CHANGELOG.md begins: $newest"
	failed=1
	;;
esac
exit "$failed"
