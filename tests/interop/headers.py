# SPDX-License-Identifier: MIT
"""
Random files for the differential test: good headers in every spelling, and
mutations of them that a hostile writer would think of.  'rng' is a
random.Random: millions of small decisions are slow with others.
"""

import struct

DTYPES = {
    "BOOL": 8, "F4": 4, "F6_E2M3": 6, "F6_E3M2": 6, "U8": 8, "I8": 8,
    "F8_E5M2": 8, "F8_E4M3": 8, "F8_E8M0": 8, "F8_E4M3FNUZ": 8,
    "F8_E5M2FNUZ": 8, "I16": 16, "U16": 16, "F16": 16, "BF16": 16, "I32": 32,
    "U32": 32, "F32": 32, "C64": 64, "F64": 64, "I64": 64, "U64": 64,
}
NAMES = list(DTYPES)
LETTERS = ["a", "w", ".", "/", "@", "#", "0", "\u00e9", "\u4e2d", "\U0001f600",
           "\u0000", "\t", '"', "\\", "\u007f", "\u2028", "\ufeff", "_"]
# Texts that stand where a number, a string or any value may.  Between
# 1.7976931348623157e308 and what rounds to infinity the builds of the official
# reader differ among themselves (rule 8 of safetensors(5) rounds correctly), so
# nothing from there is asked.
NUMBERS = ["0", "1", "2", "7", "8", "-0", "-1", "-2", "00", "01", "+1", "1.0",
           "2e0", "1E2", "1e-1", "0.0", "18446744073709551615",
           "18446744073709551616", "9223372036854775808", "4294967296",
           "1e308", "1e309", "1e999", "-1e309", "1e-999", "0e999999999999",
           "1.7976931348623157e308", "1.7976931348623159e308",
           "123456789012345678901234567890", "9" * 309, "9" * 310, "1e", "1.",
           ".5", "0x1", "1_0", "--1", "1e+", "1e+2", "0e5", "-", "Infinity",
           "NaN"]
VALUES = NUMBERS + [
    "null", "true", "false", "nul", "True", '"x"', '""', "[]", "{}", "[1,2]",
    '{"a":1}', '{"a":1,"a":2}', "[[[]]]", '"\\ud800"', '"\\udc00"',
    '"\\ud83d\\ude00"', '"\\ud83d\\u0041"', '"\\u00"', '"\\q"', '"a\tb"',
    '"\\u0000"', "[1,]", "[,1]", '{"a"}', '{"a":}', "{1:2}", "[1 2]",
    '{"a":[{"b":[{"c":null}]}]}', "[" * 124 + "]" * 124,
    "[" * 125 + "]" * 125, "[" * 126 + "]" * 126, "[" * 200 + "]" * 200,
    '{"I32":null}', '{"F32":null}', '{"F32":{}}', '{"F32":[]}',
    '{"F32":null,"F32":null}', '{"F32": null }', '["F32"]', '"F32"', '"f32"',
    '["F32",[2],[0,8]]', '["F32",[2],[0,8],1]', '["F32",[2]]', '"F\\u0033\\u0032"',
]
SPACES = ["", "", "", "", " ", "  ", "\n", "\t", "\r\n", "\n      ", "\f",
          "\u00a0", "\x0b", "\x00"]


def pick(rng, items):
    return items[int(rng.random() * len(items))]


def chance(rng, p):
    return rng.random() < p


def text_of(rng, s):
    """A string as JSON, in one of its spellings."""
    out = []
    for c in s:
        n = ord(c)
        if c == '"' or c == "\\":
            out.append("\\" + c)
        elif n < 0x20 or chance(rng, 0.03):
            if n >= 0x10000:
                n -= 0x10000
                out.append(f"\\u{0xd800 + (n >> 10):04x}"
                           f"\\u{0xdc00 + (n & 0x3ff):04X}")
            else:
                out.append(f"\\u{n:04x}")
        elif c == "/" and chance(rng, 0.2):
            out.append("\\/")
        else:
            out.append(c)
    return '"' + "".join(out) + '"'


def name_of(rng):
    return "".join(pick(rng, LETTERS if chance(rng, 0.3) else ["a", "b", "w"])
                   for _ in range(rng.randrange(0, 6)))


def shape_of(rng):
    return [rng.randrange(0, 5) for _ in range(rng.randrange(0, 4))]


def tensor_bits(dtype, shape):
    n = DTYPES[dtype]
    for d in shape:
        n *= d
    return n


class Draft:
    """A header before it is spelt: entries as lists of (field, text)."""

    def __init__(self, rng):
        self.rng = rng
        self.entries = []
        self.end = 0
        names = set()
        for _ in range(rng.randrange(0, 5)):
            name, dtype, shape = name_of(rng), pick(rng, NAMES), shape_of(rng)
            if tensor_bits(dtype, shape) % 8 or name in names:
                continue
            names.add(name)
            size = tensor_bits(dtype, shape) // 8
            self.entries.append([name, [
                ("dtype", f'"{dtype}"'),
                ("shape", "[" + ",".join(map(str, shape)) + "]"),
                ("data_offsets", f"[{self.end},{self.end + size}]")]])
            self.end += size
        if chance(rng, 0.4):
            self.entries.insert(
                rng.randrange(len(self.entries) + 1),
                ["__metadata__", [(name_of(rng), text_of(rng, name_of(rng)))
                                  for _ in range(rng.randrange(0, 3))]])

    def tensors(self):
        return [e for e in self.entries if isinstance(e[1], list)
                and e[0] != "__metadata__"]

    def mutate(self):
        """One change of what is said, not of how it is spelt."""
        rng = self.rng
        kind = rng.randrange(14)
        tensors = self.tensors()
        if kind == 0:
            rng.shuffle(self.entries)
        elif kind == 1 and tensors:
            rng.shuffle(pick(rng, tensors)[1])
        elif kind == 2 and tensors:
            fields = pick(rng, tensors)[1]
            if fields:
                fields.pop(rng.randrange(len(fields)))
        elif kind == 3 and tensors:
            fields = pick(rng, tensors)[1]
            if fields:
                fields.append(pick(rng, fields))
        elif kind == 4 and tensors:
            pick(rng, tensors)[1].append((name_of(rng), pick(rng, VALUES)))
        elif kind == 5 and tensors:
            fields = pick(rng, tensors)[1]
            if fields:
                i = rng.randrange(len(fields))
                fields[i] = (fields[i][0], pick(rng, VALUES))
        elif kind == 6 and tensors:
            fields = pick(rng, tensors)[1]
            for i, (name, value) in enumerate(fields):
                if name in ("shape", "data_offsets") and chance(rng, 0.5):
                    parts = value[1:-1].split(",")
                    parts[rng.randrange(len(parts))] = pick(rng, NUMBERS)
                    fields[i] = (name, "[" + ",".join(parts) + "]")
        elif kind == 7 and self.entries:
            self.entries.append(list(pick(rng, self.entries)))
        elif kind == 8 and self.entries:
            pick(rng, self.entries)[0] = pick(
                rng, ["__metadata__", name_of(rng), "a"])
        elif kind == 9 and self.entries:
            self.entries.pop(rng.randrange(len(self.entries)))
        elif kind == 10:
            self.entries.append([pick(rng, ["__metadata__", "a"]),
                                 pick(rng, VALUES)])
        elif kind == 11 and tensors:
            entry = pick(rng, tensors)
            by_name = dict(entry[1])
            if {"dtype", "shape", "data_offsets"} <= set(by_name):
                entry[1] = "[" + ",".join(
                    by_name[f] for f in ("dtype", "shape", "data_offsets")) + "]"
        elif kind == 12 and tensors:
            fields = pick(rng, tensors)[1]
            for i, (name, value) in enumerate(fields):
                if name == "dtype":
                    fields[i] = (name, "{" + value + ":null}")
        else:
            self.entries.append([name_of(rng), [
                ("dtype", '"F32"'), ("shape", "[0]"),
                ("data_offsets", f"[{self.end},{self.end}]")]])

    def spell(self):
        rng = self.rng
        style = rng.randrange(4)

        def space():
            if style == 0:
                return ""
            if style == 1:
                return pick(rng, ["", " "])
            if style == 2:
                return pick(rng, ["", " ", "\n  ", "\t", "\r"])
            return pick(rng, SPACES) if chance(rng, 0.05) else ""

        def members(pairs):
            return "{" + space() + ("," + space()).join(
                text_of(rng, name) + space() + ":" + space() + value + space()
                for name, value in pairs) + "}"

        return members([
            (name, members(body) if isinstance(body, list) else body)
            for name, body in self.entries])


def random_file(rng):
    """A file, good or bad."""
    draft = Draft(rng)
    for _ in range(pick(rng, (0, 0, 1, 1, 1, 2, 4))):
        draft.mutate()
    header = draft.spell().encode("utf-8", "surrogatepass")
    if chance(rng, 0.5):
        header += b" " * (-len(header) % 8)
    elif chance(rng, 0.1):
        header = pick(rng, SPACES).encode() + header + pick(rng, SPACES).encode()
    if chance(rng, 0.12) and header:
        changed = bytearray(header)
        for _ in range(rng.randrange(1, 3)):
            at = rng.randrange(len(changed))
            what = rng.randrange(5)
            if what == 0:
                changed[at] ^= 1 << rng.randrange(8)
            elif what == 1:
                changed[at] = rng.randrange(256)
            elif what == 2 and len(changed) > 1:
                del changed[at]
            elif what == 3:
                changed.insert(at, pick(rng, list(b'{}[],:"\\0189.-+eE \n\x00\xff')))
            else:
                end = min(len(changed), at + rng.randrange(1, 6))
                changed[at:at] = changed[at:end]
        header = bytes(changed)
    length = len(header)
    if chance(rng, 0.02):
        length += rng.randrange(-3, 4)
    data = b"\x01" * max(0, draft.end + (rng.randrange(-2, 3)
                                         if chance(rng, 0.03) else 0))
    return struct.pack("<Q", max(0, length)) + header + data
