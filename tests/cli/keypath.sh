#!/bin/sh
# SPDX-License-Identifier: MIT
#
# safetree keypath: names to typed steps, typed steps to names.

# shellcheck source=tests/cli/expect.sh
. "$SFTR_SRCDIR/tests/cli/expect.sh"

safetree keypath 'layers#10@query' '#2.layers#10@query' '' '@a\b' 'a@'
is 0
silent err
says out <<'END'
[["attr","layers"],["index",10],["key","query"]]
[["index",2],["attr","layers"],["index",10],["key","query"]]
[]
[["key","a\\b"]]
[["attr","a"],["key",""]]
END

safetree keypath --codec dotted w layers.10.w
is 0
says out <<'END'
[["name","w"]]
[["name","layers"],["name","10"],["name","w"]]
END

safetree keypath --codec keystr "['a'][0].w" '[-10]' '[<flat index 3>]'
is 0
says out <<'END'
[["key","a"],["index",0],["attr","w"]]
[["key",-10]]
[["flat",3]]
END

safetree keypath --codec haiku 'mlp/~/linear_0/w'
is 0
says out <<'END'
[["key","mlp/~/linear_0"],["key","w"]]
END

# A text that is no path is a no, told with its byte; the others are said.
safetree keypath 'a#01' b 'c##1'
is 1
says out <<'END'
[["attr","b"]]
END
says err <<'END'
safetree: argument 1: a#01: expected an index without a leading zero, found '0' (byte 2)
safetree: argument 3: c##1: expected an index, found '#' (byte 2)
END

safetree keypath --format '[["attr","layers"],["index",10],["key","query"]]' \
	' [ [ "key" , "\u00e9\ud83c\udf31\/" ] ] ' '[]'
is 0
silent err
says out <<END
layers#10@query
@$(printf '\303\251\360\237\214\261/')

END

safetree keypath --format --codec keystr '[["key","a"],["index",0],["attr","w"]]' \
	'[["key",-9223372036854775808],["flat",3]]'
is 0
says out <<'END'
['a'][0].w
[-9223372036854775808][<flat index 3>]
END

# Every text comes back.
printf '%s\n' 'layers#10@query' "@\\" '@@' 'a..b' >"$tmp/names"
while read -r name; do
	safetree keypath "$name"
	cp "$tmp/out" "$tmp/steps"
	safetree keypath --format <"$tmp/steps"
	is 0
	printf '%s\n' "$name" | says out
done <"$tmp/names"

# refused LINE TEXT: a line that is none, and what is said of it
refused() {
	safetree keypath --format "$1"
	is 1
	silent out
	echo "safetree: line 1: $2" | says err
}
refused '' 'expected an array of steps (byte 0)'
refused '[' 'expected a step (byte 1)'
refused '[[]]' 'expected a string (byte 2)'
refused '[["attr","a"]' "expected ',' or ']' (byte 13)"
refused '[["attr","a"]] x' 'expected the end of the line (byte 15)'
refused '[["attr"]]' "expected ',' (byte 8)"
refused '[["attr","a","b"]]' "expected ']' (byte 12)"
refused '[["item","a"]]' 'expected "attr", "key", "index", "flat" or "name" (byte 2)'
refused '[["attr",1]]' 'expected a string (byte 9)'
refused '[["index","1"]]' 'expected an integer without leading zeros (byte 10)'
refused '[["index",01]]' 'expected an integer without leading zeros (byte 10)'
refused '[["key",-0]]' 'expected an integer without leading zeros (byte 9)'
refused '[["key",9223372036854775808]]' 'expected an integer of 64 bits (byte 26)'
refused '[["key","\x"]]' 'expected an escape of JSON (byte 10)'
refused '[["key","\u00g0"]]' 'expected a hexadecimal digit (byte 13)'
refused '[["key","\ud800"]]' 'expected a pair of surrogates (byte 15)'
refused '[["key","\ud800\u0041"]]' 'expected a pair of surrogates (byte 21)'
refused '[["key","a' 'expected the end of the string (byte 10)'

safetree keypath --format '[["key","a.b"]]' '[["key",1]]' '[["index",-1]]'
is 1
silent out
has err "safetree: line 1: a.b: step 0: expected no '.', '@' or '#', found '.' (byte 1)"
has err 'safetree: line 2: 1: step 0: expected'
has err 'safetree: line 3: step 0: expected'
has err 'found -1'
# What cannot be printed is escaped, once.
safetree keypath --codec keystr "$(printf "['a\\033b'")"
is 1
says err <<'END'
safetree: argument 1: ['a\x1bb': expected ']', found the end (byte 6)
END
safetree keypath --format --codec raw '[["key","a\nb"]]'
is 1
silent out
says err <<'END'
safetree: line 1: a line cannot hold the name 'a\x0ab'
END

safetree keypath --codec guess x
is 2
has err 'a codec is guessed from all names of a file, not from one'
safetree keypath
is 2
safetree keypath --codec x y
is 2
has err "no codec 'x'"

exit "$failed"
