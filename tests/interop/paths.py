# SPDX-License-Identifier: MIT
"""
Key paths through the library: texts to steps and back.  A step is a pair of
its kind's name and its text or number.
"""

import ctypes

KINDS = ["name", "attr", "key", "integer key", "index", "flat"]
NUMBERS = {"integer key", "index", "flat"}


class Step(ctypes.Structure):
    _fields_ = [("kind", ctypes.c_int),
                ("ptr", ctypes.c_void_p), ("len", ctypes.c_size_t),
                ("number", ctypes.c_int64)]

    @classmethod
    def of(cls, kind, value):
        if kind in NUMBERS:
            return cls(KINDS.index(kind), None, 0, value)
        text = value.encode()
        step = cls(KINDS.index(kind), None, len(text), 0)
        step.text = ctypes.create_string_buffer(text)  # keeps it alive
        step.ptr = ctypes.addressof(step.text)
        return step

    def pair(self):
        kind = KINDS[self.kind]
        if kind in NUMBERS:
            return kind, self.number
        return kind, ctypes.string_at(self.ptr, self.len).decode()


class Path(ctypes.Structure):
    _fields_ = [("steps", ctypes.POINTER(Step)), ("n_steps", ctypes.c_size_t),
                ("reserved", ctypes.c_void_p * 4)]


class Refused(Exception):
    """The code of the library."""


class Codec:
    def __init__(self, lib, name):
        codec = ctypes.c_int()
        assert lib.sftr_codec_parse(name.encode(), ctypes.c_size_t(len(name)),
                                    ctypes.byref(codec)) == 1
        self.lib = lib
        self.codec = codec
        lib.sftr_code_name.restype = ctypes.c_char_p

    def check(self, code):
        if code != 0:
            raise Refused(self.lib.sftr_code_name(code).decode())

    def parse(self, text):
        text = text.encode()
        path = Path()
        self.check(self.lib.sftr_path_parse(
            self.codec, text, ctypes.c_size_t(len(text)), None,
            ctypes.byref(path), None))
        steps = [path.steps[i].pair() for i in range(path.n_steps)]
        self.lib.sftr_path_free(ctypes.byref(path))
        return steps

    def format(self, steps):
        made = [Step.of(*step) for step in steps]
        buffer = ctypes.create_string_buffer(65536)
        n_bytes = ctypes.c_size_t()
        self.check(self.lib.sftr_path_format(
            self.codec, (Step * len(made))(*made),
            ctypes.c_size_t(len(made)), buffer, ctypes.c_size_t(65536),
            ctypes.byref(n_bytes), None))
        return buffer.raw[:n_bytes.value].decode()
