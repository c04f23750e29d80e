#!/bin/sh
# SPDX-License-Identifier: MIT
#
# What holds for every command: help, usage, exit status, broken outputs.

# shellcheck source=tests/cli/expect.sh
. "$SFTR_SRCDIR/tests/cli/expect.sh"
cd "$golden" || exit 1

safetree
is 2
silent out
has err 'usage: safetree COMMAND'

safetree --help
is 0
silent err
has out 'usage: safetree COMMAND'
cp "$tmp/out" "$tmp/help"
safetree help
is 0
says out <"$tmp/help"

# Every command of the table has help of its own.
commands=$(sed -n 's/^  \([a-z-]*\) .*/\1/p' "$tmp/help")
for command in $commands; do
	safetree "$command" --help
	is 0
	silent err
	has out "usage: safetree $command "
	safetree "$command"
	is 2
	silent out
	has err "safetree: usage: safetree $command "
	safetree "$command" --frob
	is 2
	silent out
	has err "safetree: $command has no option --frob"
done
case $commands in
ls*check*) ;;
*) echo "commands: $commands"; failed=1 ;;
esac

# What an option is for stands in one column, below a long one.
safetree gen-c --help
says out <<'EOF'
usage: safetree gen-c [--codec CODEC] [--prefix NAME] [--policy strict|reference] PATH
print a C header with a struct that loads

  --codec guess|p2s|p2s-esc|dotted|slash|haiku|keystr|raw
                             how names are read; guess if not given
  --prefix NAME              what the struct is called; model if not given
  --policy strict|reference  which rules to read by; strict if not given
  --help                     this text
EOF

safetree --version
is 0
says out <<EOF
safetree $(sed -n 's/^AC_INIT(\[safetree\], \[\(.*\)\])/\1/p' \
	"$SFTR_SRCDIR/configure.ac")
EOF

safetree frob
is 2
silent out
says err <<'EOF'
safetree: no command 'frob'; see 'safetree --help'
EOF
safetree --frob
is 2
says err <<'EOF'
safetree: no option '--frob'; see 'safetree --help'
EOF
safetree ls -x
is 2
says err <<'EOF'
safetree: ls has no option -x; see 'safetree ls --help'
EOF
safetree ls --json=1 digits.safetensors
is 2
says err <<'EOF'
safetree: option --json takes no value
EOF
safetree ls digits.safetensors --policy
is 2
says err <<'EOF'
safetree: option --policy needs a value: strict|reference
EOF
safetree ls --policy=loose digits.safetensors
is 2
says err <<'EOF'
safetree: --policy is strict or reference, not 'loose'
EOF

safetree ls --manifest digits.safetensors --json
is 2
silent out
says err <<'EOF'
safetree: --json or --manifest, not both
EOF
safetree header --pretty --json digits.safetensors
is 2
silent out
safetree show --json --raw digits.safetensors @params@Dense_1@bias
is 2
silent out

# Options may stand anywhere, and end at "--".
safetree check digits.safetensors --policy reference
is 0
says out <<'EOF'
digits.safetensors: valid to the reference
EOF
safetree check -- --policy
is 2
says err <<'EOF'
safetree: --policy: cannot open: No such file or directory
EOF
safetree check ''
is 2
says err <<'EOF'
safetree: "": cannot open: No such file or directory
EOF
safetree check .
is 2
has err 'safetree: .: expected one index'
mkfifo "$tmp/pipe"
safetree ls "$tmp/pipe"
is 2
says err <<EOF
safetree: $tmp/pipe: not a regular file
EOF

# What a file is called cannot speak to the terminal.
bad=$(printf 'a\033[31m\302\205b')
safetree ls "$bad"
is 2
says err <<'EOF'
safetree: a\x1b[31m\u{0085}b: cannot open: No such file or directory
EOF
safetree "$bad"
is 2
says err <<'EOF'
safetree: no command 'a\x1b[31m\u{0085}b'; see 'safetree --help'
EOF

# What is too long for a line is cut, behind a whole character.
e=$(printf '\303\251')
safetree "$(printf '%0600d' 0 | sed "s/0/$e/g")"
is 2
says err <<EOF
safetree: no command '$(printf '%0504d' 0 | sed "s/0/$e/g")...
EOF

# A full disk is said, whether one write fails or the last; a reader that has
# left is not.
st "$tmp/long.st" "{}$(printf '%8190s' '')"
if [ -w /dev/full ]; then
	for said in 'ls digits.safetensors' "header $tmp/long.st"; do
		# shellcheck disable=SC2086  # these are words
		${SFTR_RUN-} "$SAFETREE" $said >/dev/full 2>"$tmp/err" &&
			{ echo 'full disk: status 0'; failed=1; }
		says err <<-'EOF'
		safetree: cannot write the output: No space left on device
		EOF
	done
fi
for said in 'ls digits.safetensors' "header $tmp/long.st"; do
	{
		trap '' PIPE
		sleep 1
		# shellcheck disable=SC2086  # these are words
		${SFTR_RUN-} "$SAFETREE" $said 2>"$tmp/err"
		echo $? >"$tmp/status"
	} | :
	silent err
	echo 2 | cmp -s - "$tmp/status" || { echo 'closed pipe'; failed=1; }
done

exit "$failed"
