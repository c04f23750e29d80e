#!/bin/sh
# SPDX-License-Identifier: MIT
#
# The exchange: a network that was trained in JAX becomes the state_dict that
# torch writes of it, one of torch the variables of Flax, and each comes back;
# byte for byte what the tools themselves wrote (fixtures/make/exchange.py).

# shellcheck source=tests/cli/expect.sh
. "$SFTR_SRCDIR/tests/cli/expect.sh"
rules=$SFTR_SRCDIR/doc/examples
cd "$tmp" || exit 1

# becomes IN RULES OUT [OPTION ...]: rewritten by the rules, IN is OUT
becomes() {
	in=$1
	by=$2
	out=$3
	shift 3
	safetree repack --rules "$rules/$by" "$@" "$in" new.st
	is 0
	silent out err
	if ! cmp new.st "$golden/$out"; then
		echo "$by does not make $out of $in"
		failed=1
	fi
	cp new.st "was-$out"
}

becomes "$golden/digits.safetensors" flax-to-torch.rules \
	digits-in-torch.safetensors --format pt
becomes was-digits-in-torch.safetensors torch-to-flax.rules \
	digits.safetensors --drop-meta
becomes "$golden/digits-torch.safetensors" torch-to-flax.rules \
	digits-torch-in-flax.safetensors --drop-meta
becomes was-digits-torch-in-flax.safetensors flax-to-torch.rules \
	digits-torch.safetensors --format pt

# The other network is a tree of the same names and shapes, as match sees it.
safetree match "$golden/digits-torch.safetensors" was-digits-in-torch.safetensors
is 0
# Rules of the one direction do nothing in the other.
safetree repack --rules "$rules/torch-to-flax.rules" \
	"$golden/digits.safetensors" new.st
is 0
cmp new.st "$golden/digits.safetensors" || failed=1

exit "$failed"
