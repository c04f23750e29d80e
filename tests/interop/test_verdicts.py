# SPDX-License-Identifier: MIT
"""
One file for each way in which the two policies part, and some on which all
readers agree.  Under 'reference' the verdict is the official reader's, asked
here and now; under 'strict' it stands in the table.
"""

import pytest
import raw

W = raw.entry("F32", [1], 0, 4)
EMPTY = raw.entry("F32", [0], 0, 0)
ONE = '{"w":' + W + "}"


def deep(levels):
    return '{"w":' + W[:-1] + ',"x":' + "[" * levels + "]" * levels + "}}"


# name: the file, and whether strict accepts it
CASES = {
    "one tensor": (raw.encode(ONE, b"abcd"), True),
    "nothing": (raw.encode("{}"), True),
    "no metadata entries": (raw.encode('{"__metadata__":{}}'), True),
    "an empty name": (raw.encode('{"":' + W + "}", b"abcd"), True),
    "a length that is no multiple of 8": (raw.encode(ONE + " ", b"abcd"), True),
    "two empty tensors in one place": (
        raw.encode(raw.header([("a", EMPTY), ("b", EMPTY)])), True),
    "S1 space before": (raw.encode(" " + ONE, b"abcd"), False),
    "S2 tabs behind": (raw.encode(ONE + "\t\r\n", b"abcd"), False),
    "S3 a name twice": (
        raw.encode(raw.header([("w", EMPTY), ("w", W)]), b"abcd"), False),
    "S3 a name twice, once escaped": (
        raw.encode('{"w":' + EMPTY + ',"\\u0077":' + W + "}", b"abcd"), False),
    "S4 a metadata key twice": (
        raw.encode('{"__metadata__":{"a":"1","a":"2"}}'), False),
    "S5 a field more": (raw.encode(deep(1), b"abcd"), False),
    "S5 as deep as may be": (raw.encode(deep(125), b"abcd"), False),
    "S5 deeper": (raw.encode(deep(126), b"abcd"), False),
    "S5 too large for a double": (
        raw.encode('{"w":' + W[:-1] + ',"x":1e309}}', b"abcd"), False),
    "S6 an entry as an array": (
        raw.encode('{"w":["F32",[1],[0,4]]}', b"abcd"), False),
    "S6 an array of four": (
        raw.encode('{"w":["F32",[1],[0,4],0]}', b"abcd"), False),
    "S6 a dtype as an object": (
        raw.encode('{"w":{"dtype":{"F32":null},"shape":[1],'
                   '"data_offsets":[0,4]}}', b"abcd"), False),
    "S7 a name with U+0000": (
        raw.encode('{"w\\u0000":' + W + "}", b"abcd"), False),
    "S8 an overflow behind a 0": (
        raw.encode(raw.header([("w", raw.entry(
            "U8", [0, 2 ** 64 - 1, 2 ** 64 - 1], 0, 0))])), False),
    "S8 an overflow before a 0": (
        raw.encode(raw.header([("w", raw.entry(
            "U8", [2 ** 64 - 1, 2 ** 64 - 1, 0], 0, 0))])), False),
    "S9 metadata null": (raw.encode('{"__metadata__":null}'), True),
    "a byte order mark": (raw.encode("\ufeff" + ONE, b"abcd"), False),
    "a hole": (raw.encode(raw.header([("w", raw.entry("F32", [1], 4, 8))]),
                          b"abcdabcd"), False),
    "an overlap": (raw.encode(raw.header([
        ("a", W), ("b", raw.entry("F32", [1], 2, 6))]), b"abcdef"), False),
    "a byte too many": (raw.encode(ONE, b"abcde"), False),
    "a byte too few": (raw.encode(ONE, b"abc"), False),
    "a range too short for its shape": (
        raw.encode(raw.header([("w", raw.entry("F32", [2], 0, 4))]), b"abcd"),
        False),
    "half a byte": (
        raw.encode(raw.header([("w", raw.entry("F4", [3], 0, 2))]), b"ab"),
        False),
    "not UTF-8": (raw.encode(b'{"\xff":' + W.encode() + b"}", b"abcd"), False),
    "a lone surrogate": (raw.encode('{"\\ud800":' + W + "}", b"abcd"), False),
    "a number with a point": (
        raw.encode(ONE.replace("[1]", "[1.0]"), b"abcd"), False),
    "a dtype in lower case": (
        raw.encode(ONE.replace("F32", "f32"), b"abcd"), False),
    "seven bytes": (b"\0" * 7, False),
    "a length past the file": (raw.encode(ONE, n=10 ** 6), False),
    "a length above the limit": (raw.encode(ONE, n=10 ** 8 + 1), False),
}


@pytest.fixture(params=CASES)
def case(request, tmp_path):
    file, strict = CASES[request.param]
    path = tmp_path / "case.safetensors"
    path.write_bytes(file)
    return path, {"strict": strict,
                  "reference": raw.official_error(file) is None}


@pytest.mark.parametrize("policy", ["strict", "reference"])
def test_verdict(safetree, case, policy):
    path, accepts = case
    (told,) = safetree.json("check", "--json", "--policy", policy, path,
                            exit=0 if accepts[policy] else 1)

    assert told["verdict"] == ("valid" if accepts[policy] else "invalid")
    errors = [finding for finding in told["findings"]
              if finding["severity"] == "error"]
    assert (errors == []) == accepts[policy]
    for finding in told["findings"]:
        assert set(finding) == {"rule", "severity", "code", "offset", "key",
                                "other", "message"}


def test_only_strict_refuses_more():
    """No case may be here for which strict accepts what the official reader
    refuses; and some must part the two."""
    official = {name: raw.official_error(file) is None
                for name, (file, _) in CASES.items()}
    strict = {name: accepts for name, (_, accepts) in CASES.items()}
    assert [name for name in CASES if strict[name] and not official[name]] == []
    assert sum(official[name] and not strict[name] for name in CASES) >= 8
