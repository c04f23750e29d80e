#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""
A slow judge of safetensors files, written from the rules of safetensors(5) and
from nothing else: a second opinion on every header.  Needs Python alone.

    judge.py [--policy strict|reference] FILE

Exit 0: the file is accepted; 1: it is not, and standard error says by which
rule, where, and why; 2: it cannot be read.
"""

import re
import struct
import sys

BITS = {
    "BOOL": 8, "F4": 4, "F6_E2M3": 6, "F6_E3M2": 6, "U8": 8, "I8": 8,
    "F8_E5M2": 8, "F8_E4M3": 8, "F8_E8M0": 8, "F8_E4M3FNUZ": 8,
    "F8_E5M2FNUZ": 8, "I16": 16, "U16": 16, "F16": 16, "BF16": 16, "I32": 32,
    "U32": 32, "F32": 32, "C64": 64, "F64": 64, "I64": 64, "U64": 64,
}
FIELDS = ("dtype", "shape", "data_offsets")
# A phase with a fault ends the reading.
PHASES = ({1, 2, 3}, {4, 5, 6, 7, 8, 9, 10, 11, 12, 18}, {16, 17},
          {13, 14, 15, 19, 20, 21, 22, 23})
LIMIT = 2 ** 64
MAX_HEADER = 100_000_000
MAX_DEPTH = 127
SPACE = b" \t\n\r"
NUMBER = re.compile(rb"-?(0|[1-9][0-9]*)(\.[0-9]+)?([eE][-+]?[0-9]+)?")
INTEGER = re.compile(rb"(0|[1-9][0-9]*)(?![.eE0-9])")
ESCAPES = {ord('"'): '"', ord("\\"): "\\", ord("/"): "/", ord("b"): "\b",
           ord("f"): "\f", ord("n"): "\n", ord("r"): "\r", ord("t"): "\t"}


class Fault(Exception):
    """What is wrong: a rule, a byte of the file, and words."""

    def __init__(self, rule, offset, why):
        super().__init__(f"rule {rule}, byte {offset}: {why}")
        self.rule = rule
        self.offset = offset


class Tensor:
    def __init__(self, name, at):
        self.name, self.at = name, at
        self.dtype = self.shape = self.begin = self.end = None

    def record(self):
        return (self.name, self.dtype, self.shape, self.begin, self.end)


class Header:
    """The text of a header, read from left to right."""

    def __init__(self, text, strict):
        self.text, self.strict = text, strict
        self.at = 0
        self.depth = 0
        self.tensors = []
        self.metadata = []
        self.metadata_at = []
        self.has_metadata = False

    def fail(self, rule, why, at=None):
        raise Fault(rule, 8 + (self.at if at is None else at), why)

    # Tokens

    def skip(self):
        while self.text[self.at:self.at + 1] in (b" ", b"\t", b"\n", b"\r"):
            self.at += 1

    def peek(self):
        self.skip()
        return self.text[self.at:self.at + 1]

    def need(self, token, rule=7):
        if self.peek() != token:
            self.fail(rule, f"expected {token!r}")
        self.at += 1

    def take(self, token):
        if self.peek() != token:
            return False
        self.at += 1
        return True

    def open(self, token, rule):
        self.need(token, rule)
        self.depth += 1
        if self.depth > MAX_DEPTH:
            self.fail(7, "nested too deeply", self.at - 1)

    def close(self, token):
        self.need(token)
        self.depth -= 1

    def each(self, begin, end, rule):
        """Goes from item to item; what is between is the caller's."""
        self.open(begin, rule)
        if self.peek() == end:
            self.close(end)
            return
        while True:
            yield
            if not self.take(b","):
                break
        self.close(end)

    def hex4(self):
        digits = self.text[self.at:self.at + 4]
        if not re.fullmatch(rb"[0-9a-fA-F]{4}", digits):
            self.fail(7, "expected four hexadecimal digits")
        self.at += 4
        return int(digits, 16)

    def escape(self):
        start = self.at - 1
        c = self.text[self.at:self.at + 1]
        self.at += 1
        if c and c[0] in ESCAPES:
            return ESCAPES[c[0]]
        if c != b"u":
            self.fail(7, "no such escape", start)
        high = self.hex4()
        if 0xdc00 <= high < 0xe000:
            self.fail(7, "a low surrogate first", start)
        if not 0xd800 <= high < 0xdc00:
            return chr(high)
        if self.text[self.at:self.at + 2] != b"\\u":
            self.fail(7, "a high surrogate alone", start)
        self.at += 2
        low = self.hex4()
        if not 0xdc00 <= low < 0xe000:
            self.fail(7, "a high surrogate alone", start)
        return chr(0x10000 + ((high - 0xd800) << 10) + (low - 0xdc00))

    def string(self, rule=7):
        """A string, decoded."""
        self.need(b'"', rule)
        out, start = [], self.at
        while True:
            c = self.text[self.at:self.at + 1]
            if not c:
                self.fail(7, "a string without an end")
            if c == b'"' or c == b"\\":
                out.append(self.text[start:self.at].decode("utf-8"))
                self.at += 1
                if c == b'"':
                    return "".join(out)
                out.append(self.escape())
                start = self.at
            elif c[0] < 0x20:
                self.fail(7, "a raw control character")
            else:
                self.at += 1

    def text_of_name(self, rule=7):
        """A string that strict allows no U+0000 in."""
        self.skip()
        at = self.at
        text = self.string(rule)
        if self.strict and "\0" in text:
            self.fail(18, "U+0000", at)
        return text

    def integer(self, rule):
        self.skip()
        found = INTEGER.match(self.text, self.at)
        if not found:
            self.fail(rule, "expected an unsigned integer")
        value = int(found[0]) if len(found[0]) <= 20 else LIMIT
        if value >= LIMIT:
            self.fail(rule, "an integer of more than 64 bits")
        self.at = found.end()
        return value

    def anything(self):
        """A value that nobody wants; its numbers are finite as doubles."""
        c = self.peek()
        if c == b'"':
            self.string()
        elif c == b"[":
            for _ in self.each(b"[", b"]", 7):
                self.anything()
        elif c == b"{":
            for _ in self.each(b"{", b"}", 7):
                self.string()
                self.need(b":")
                self.anything()
        elif self.text[self.at:self.at + 4] in (b"null", b"true"):
            self.at += 4
        elif self.text[self.at:self.at + 5] == b"false":
            self.at += 5
        else:
            found = NUMBER.match(self.text, self.at)
            if not found:
                self.fail(7, "expected a value")
            if float(found[0]) in (float("inf"), float("-inf")):
                self.fail(8, "no finite number")
            self.at = found.end()

    # What a header is made of

    def dtype(self, tensor):
        if not self.strict and self.peek() == b"{":
            n = 0
            for _ in self.each(b"{", b"}", 9):
                name = self.string(9)
                self.need(b":")
                self.skip()
                if self.text[self.at:self.at + 4] != b"null":
                    self.fail(8, "expected null")
                self.at += 4
                n += 1
            if n != 1:
                self.fail(8, "expected one dtype")
        else:
            name = self.string(8)
        if name not in BITS:
            self.fail(9, f"no dtype is called {name!r}")
        tensor.dtype = name

    def shape(self, tensor):
        tensor.shape = [self.integer(10) for _ in self.each(b"[", b"]", 10)]

    def data_offsets(self, tensor):
        numbers = []
        for _ in self.each(b"[", b"]", 11):
            numbers.append(self.integer(11))
        if len(numbers) != 2:
            self.fail(11, "expected two offsets")
        tensor.begin, tensor.end = numbers

    def field(self, tensor, name):
        getattr(self, name)(tensor)

    def entry(self, tensor):
        if not self.strict and self.peek() == b"[":
            self.entry_as_array(tensor)
            return
        seen = set()
        for _ in self.each(b"{", b"}", 8):
            name = self.string()
            if name in seen and name in FIELDS:
                self.fail(8, f"{name} twice")
            if name not in FIELDS and self.strict:
                self.fail(8, f"no field is called {name!r}")
            seen.add(name)
            self.need(b":")
            if name in FIELDS:
                self.field(tensor, name)
            else:
                self.anything()
        if not seen.issuperset(FIELDS):
            self.fail(8, "a field is missing")

    def entry_as_array(self, tensor):
        self.open(b"[", 8)
        for i, name in enumerate(FIELDS):
            if i > 0:
                self.need(b",", 8)
            self.field(tensor, name)
        self.close(b"]")

    def read_metadata(self):
        if self.has_metadata:
            self.fail(12, "__metadata__ twice")
        self.has_metadata = True
        if self.peek() == b"n" and self.text[self.at:self.at + 4] == b"null":
            self.at += 4
            return
        for _ in self.each(b"{", b"}", 12):
            self.skip()
            at = self.at
            key = self.text_of_name()
            self.need(b":")
            self.metadata.append((key, self.text_of_name(12)))
            self.metadata_at.append(at)

    def read(self):
        if self.strict and self.text[:1] != b"{":
            self.fail(5, "expected {")
        for _ in self.each(b"{", b"}", 7):
            self.skip()
            at = self.at
            name = self.text_of_name()
            self.need(b":")
            if name == "__metadata__":
                self.read_metadata()
            else:
                tensor = Tensor(name, at)
                self.entry(tensor)
                self.tensors.append(tensor)
        rest = self.text[self.at:]
        if rest.strip(b" " if self.strict else SPACE):
            self.fail(6, "something behind the object")


def judge_names(header):
    """Rules 16 and 17; under the reference the last of a name is left."""
    if not header.strict:
        header.tensors = list({t.name: t for t in header.tensors}.values())
        header.metadata = list(dict(header.metadata).items())
        return []
    faults, names, keys = [], set(), set()
    for t in header.tensors:
        if t.name in names:
            faults.append(Fault(16, 8 + t.at, f"{t.name!r} twice"))
        names.add(t.name)
    for (key, _), at in zip(header.metadata, header.metadata_at):
        if key in keys:
            faults.append(Fault(17, 8 + at, f"{key!r} twice"))
        keys.add(key)
    return faults


def judge_size(tensor, strict):
    """Rules 13 to 15 for one tensor."""
    bits = 1
    extents = tensor.shape
    if strict:
        extents = [d for d in extents if d > 0]
    for d in extents:
        bits *= d
        if bits >= LIMIT:
            return 13
    bits *= BITS[tensor.dtype]
    if bits >= LIMIT:
        return 13
    if 0 in tensor.shape:
        bits = 0
    if bits % 8:
        return 15
    return 14 if tensor.end - tensor.begin != bits // 8 else None


def judge_ranges(tensors, n_data, strict):
    """Rules 13 to 15 and 19 to 23: all that the ranges break."""
    faults, end = [], 0
    for t in sorted(tensors, key=lambda t: (t.begin, t.end)):
        broken = []
        if t.end < t.begin:
            broken.append(19)
        if t.begin > end:
            broken.append(20)
        elif t.begin < end:
            broken.append(21)
        if t.end > n_data:
            broken.append(23)
        broken.append(judge_size(t, strict))
        faults += [Fault(rule, 8 + t.at, f"{t.name!r}") for rule in broken
                   if rule is not None]
        end = max(end, t.end)
    if end < n_data:
        faults.append(Fault(22, None, "bytes behind the last tensor"))
    return faults


def judge_text(header):
    """Rules 4 to 12 and 18, from left to right: the first fault."""
    text, bad = header.text, None
    try:
        text.decode("utf-8")
    except UnicodeDecodeError as error:
        bad = Fault(4, 8 + error.start, "not UTF-8")
        # What stands before it is judged as if nothing stood behind.
        header.text = text[:error.start]
    try:
        header.read()
    except Fault as fault:
        if bad is None or fault.offset < bad.offset:
            return [fault]
    return [bad] if bad is not None else []


def judge(file, policy="strict"):
    """
    (faults, tensors, metadata): the faults of the first phase that has any, and
    if none has, records (name, dtype, shape, begin, end) and pairs.
    """
    if len(file) < 8:
        return [Fault(1, len(file), "fewer than 8 bytes")], [], []
    n = struct.unpack("<Q", file[:8])[0]
    if n > MAX_HEADER:
        return [Fault(2, 0, "the header is too long")], [], []
    if 8 + n > len(file):
        return [Fault(3, 0, "the header passes the file")], [], []
    header = Header(file[8:8 + n], policy == "strict")
    faults = judge_text(header) or judge_names(header) or judge_ranges(
        header.tensors, len(file) - 8 - n, header.strict)
    if faults:
        return faults, [], []
    return [], [t.record() for t in header.tensors], header.metadata


def main(arguments):
    policy = "strict"
    if arguments[:1] == ["--policy"]:
        policy = arguments[1]
        arguments = arguments[2:]
    if policy not in ("strict", "reference") or len(arguments) != 1:
        print("usage: judge.py [--policy strict|reference] FILE",
              file=sys.stderr)
        return 2
    try:
        with open(arguments[0], "rb") as file:
            faults, _, _ = judge(file.read(), policy)
    except OSError as error:
        print(error, file=sys.stderr)
        return 2
    for fault in faults:
        print(fault, file=sys.stderr)
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
