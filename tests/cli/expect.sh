#!/bin/sh
# SPDX-License-Identifier: MIT
#
# Sourced by the tests of the command: run it, and hold what it says to what is
# written here, byte for byte.

# shellcheck disable=SC2034  # what is set here is used there

set -u
LC_ALL=C
export LC_ALL
unset NO_COLOR TERM
tmp=$(mktemp -d) || exit 1
trap 'rm -rf "$tmp"' EXIT
golden=$SFTR_FIXTURES/golden
failed=0
said=

# safetree ARGUMENT ...: output to $tmp/out and $tmp/err, status to $status
safetree() {
	said="safetree $*"
	status=0
	# shellcheck disable=SC2086  # SFTR_RUN is words
	${SFTR_RUN-} "$SAFETREE" "$@" >"$tmp/out" 2>"$tmp/err" || status=$?
}

# is STATUS: the status of the last run
is() {
	[ "$status" -eq "$1" ] && return
	echo "$said: expected status $1, found $status"
	cat "$tmp/err"
	failed=1
}

# says out|err: what the last run wrote there is what stands on our input
says() {
	cat >"$tmp/expected"
	if ! cmp -s "$tmp/expected" "$tmp/$1"; then
		echo "$said: expected on $1 (<), found (>)"
		diff "$tmp/expected" "$tmp/$1"
		failed=1
	fi
}

# silent out|err ...: nothing was written there
silent() {
	for stream; do
		says "$stream" <<-EOF
		EOF
	done
}

# has out|err TEXT: a line has this text in it
has() {
	grep -qF -e "$2" "$tmp/$1" && return
	echo "$said: expected on $1: $2"
	cat "$tmp/$1"
	failed=1
}

# st FILE HEADER [DATA]: a file of this header, both with printf's escapes
st() {
	# shellcheck disable=SC2059  # escapes are wanted
	printf "$2" >"$tmp/header"
	n=$(($(wc -c <"$tmp/header")))
	{
		printf '%b' "\\0$(printf '%o' $((n % 256)))"
		printf '%b' "\\0$(printf '%o' $((n / 256)))"
		printf '\0\0\0\0\0\0'
		cat "$tmp/header"
		# shellcheck disable=SC2059
		printf "${3-}"
	} >"$1"
}
