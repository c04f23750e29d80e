#!/bin/sh
# SPDX-License-Identifier: MIT
#
# safetree repack: canonical bytes, metadata, and what is refused.

# shellcheck source=tests/cli/expect.sh
. "$SFTR_SRCDIR/tests/cli/expect.sh"
cd "$tmp" || exit 1

# What the official writer wrote comes out as it went in.
for name in digits dtypes-numpy torch-tied; do
	safetree repack "$golden/$name.safetensors" out.st
	is 0
	silent out err
	cmp "$golden/$name.safetensors" out.st || failed=1
done

# Any spelling, any order: one result.  A is I16, b and c are U8.
st canonical.st '{"A":{"dtype":"I16","shape":[1],"data_offsets":[0,2]},"b":{"dtype":"U8","shape":[1],"data_offsets":[2,3]},"c":{"dtype":"U8","shape":[2],"data_offsets":[3,5]}}  ' '12345'
n=$(($(wc -c <canonical.st)))
[ $(((n - 5) % 8)) -eq 0 ] || { echo "the fixture needs padding: $n"; failed=1; }
st spelt.st '{ "c":{"data_offsets":[0,2],"dtype":"U8","shape":[2]},\n"\\u0041" : {"dtype":"I16","shape":[1],"data_offsets":[3,5]},\n "b":{"dtype":"U8","data_offsets":[2,3],"shape":[1]}}' '45312'
safetree repack spelt.st out.st
is 0
cmp canonical.st out.st || failed=1

# What only the reference reads becomes what all read.
st loose.st ' {"c":["U8",[2],[0,2]],"A":{"dtype":"I16","shape":[1],"data_offsets":[3,5]},"b":{"dtype":"U8","shape":[1],"data_offsets":[2,3],"x":1}}' '45312'
safetree repack loose.st out2.st
is 1
has err 'loose.st: invalid: white space before'
[ ! -e out2.st ] || failed=1
safetree repack --policy reference loose.st out.st
is 0
cmp canonical.st out.st || failed=1

# Shards come together.
safetree repack "$golden/llama-sharded" joined.st
is 0
safetree ls joined.st
is 0
has out '21 tensors, '
safetree show --raw "$golden/llama-sharded" lm_head.weight
cp out raw
safetree show --raw joined.st lm_head.weight
cmp raw out || failed=1

# Metadata: kept, replaced, added, dropped; sorted by bytes.
st meta.st '{"__metadata__":{"z":"1","format":"np","a":"2"}}'
# metadata ARGUMENT ...: that of meta.st repacked
metadata() {
	safetree repack "$@" meta.st out.st
	is 0
	safetree ls --json out.st
	sed 's/.*"metadata":\(.*\),"tensors.*/\1/' out >found
	mv found out
}
metadata
says out <<'EOF'
{"a":"2","format":"np","z":"1"}
EOF
metadata --format pt --meta z=3=4 --meta b=
says out <<'EOF'
{"a":"2","b":"","format":"pt","z":"3=4"}
EOF
metadata --drop-meta
says out <<'EOF'
null
EOF
metadata --drop-meta --meta z=5 --format=mlx
says out <<'EOF'
{"format":"mlx","z":"5"}
EOF

# Metadata without an entry are metadata, to the official writer too.
st meta.st '{ "__metadata__":{}}'
metadata
says out <<'EOF'
{}
EOF
metadata --meta a=1
says out <<'EOF'
{"a":"1"}
EOF
metadata --drop-meta
says out <<'EOF'
null
EOF

# Data begin where they are wanted.
for align in 8 64 4096 1048576; do
	safetree repack --align $align canonical.st out.st
	is 0
	[ $((($(wc -c <out.st) - 5) % align)) -eq 0 ] || failed=1
	safetree check out.st
	is 0
	says out <<-'EOF'
	out.st: valid
	EOF
done

# Over itself, and through a link.
cp spelt.st self.st
safetree repack self.st self.st
is 0
cmp canonical.st self.st || failed=1
cp spelt.st target.st
ln -s target.st link.st
safetree repack link.st link.st
is 0
[ -h link.st ] || failed=1
cmp canonical.st target.st || failed=1

# Refused, and the old file is as it was.
cp canonical.st kept.st
for wrong in --align=12 --align=0 --align=-8 --align=8x --align=2097152 \
	--meta=x --format=tf; do
	safetree repack "$wrong" spelt.st kept.st
	is 2
	silent out
	[ -s err ] || failed=1
done
safetree repack --meta a=1 --meta a=2 spelt.st kept.st
is 2
has err 'safetree: kept.st: a'
safetree repack --meta "$(printf 'a=\377')" spelt.st kept.st
is 2
safetree repack gone.st kept.st
is 2
safetree repack spelt.st no/where.st
is 2
has err 'safetree: no/where.st: '
mkdir dir
safetree repack spelt.st dir
is 2
st nul.st '{"\\u0000":{"dtype":"U8","shape":[0],"data_offsets":[0,0]}}'
safetree repack --policy reference nul.st kept.st
is 2
has err 'U+0000'
cmp canonical.st kept.st || failed=1

# At the limit of a file's size it says so.  What a build that counts coverage
# writes comes to the limit as well: it goes here, and spoils nothing.
(
	GCOV_PREFIX=$PWD
	export GCOV_PREFIX
	ulimit -f 1
	# shellcheck disable=SC2086  # SFTR_RUN is words
	${SFTR_RUN-} "$SAFETREE" repack --align 4096 spelt.st out.st 2>err
	echo $? >status
)
grep -q '^safetree: out.st: .*File too large' err || { cat err; failed=1; }
echo 2 | cmp - status || failed=1

# begun: a file is being written to out.st
begun() { find . -name '.out.st.*' | grep -q .; }

# stopped SIGNAL: told to stop in the midst of that, it dies of the signal
stopped() {
	in_midst=no
	status=0
	while [ $in_midst = no ] && [ $status -eq 0 ]; do
		# shellcheck disable=SC2086  # SFTR_RUN is words
		${SFTR_RUN-} "$SAFETREE" repack vast.st out.st &
		until begun || ! kill -0 $! 2>err; do :; done
		# It may have come to its end by now: then once more.
		kill -STOP $! 2>err && begun && in_midst=yes
		kill -s "$1" $! 2>err
		kill -CONT $! 2>err
		wait $!
		status=$?
	done 2>died
	[ "$(kill -l $status)" = "$1" ] ||
		{ echo "$1: status $status"; failed=1; }
}
size=268435456
st vast.st "{\"w\":{\"dtype\":\"U8\",\"shape\":[$size],\"data_offsets\":[0,$size]}}"
dd if=/dev/null of=vast.st bs=1 seek=$(($(wc -c <vast.st) + size)) 2>err
for signal in HUP TERM; do
	# Where nohup has it ignored, so does whatever is started here.
	sh -c "kill -s $signal \$\$" 2>err || stopped $signal
done
left=$(find . -name '*.tmp*' -o -name '.*.st*')
[ -z "$left" ] || { echo "left behind: $left"; failed=1; }

exit "$failed"
