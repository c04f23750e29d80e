# SPDX-License-Identifier: MIT
"""Our writer, through ctypes."""

import ctypes
from ctypes import POINTER, byref, c_char_p, c_int, c_size_t, c_uint16, \
    c_uint32, c_uint64, c_void_p


class Str(ctypes.Structure):
    _fields_ = [("ptr", c_char_p), ("len", c_size_t)]

    @classmethod
    def of(cls, text):
        raw = text.encode("utf-8", "surrogatepass")
        return cls(raw, len(raw))


class Options(ctypes.Structure):
    _fields_ = [("align", c_uint64), ("format", c_char_p),
                ("not_durable", c_int), ("has_metadata", c_int),
                ("progress", c_void_p),
                ("progress_user", c_void_p), ("allocator", c_void_p),
                ("reserved", c_uint64 * 6)]


class Error(ctypes.Structure):
    _fields_ = [("code", c_int), ("os_errno", c_int), ("rule", ctypes.c_uint),
                ("severity", c_int), ("offset", c_uint64),
                ("file", ctypes.c_char * 256), ("key", ctypes.c_char * 160),
                ("other", ctypes.c_char * 160),
                ("message", ctypes.c_char * 256),
                ("reserved", c_uint64 * 4)]


class Refused(Exception):
    """The library said no; the name of its code is first."""


def declare(lib):
    """Tells ctypes what the functions take."""
    error = POINTER(Error)
    for name, arguments in {
            "new": [POINTER(Options), POINTER(c_void_p), error],
            "add": [c_void_p, Str, c_uint16, POINTER(c_uint64), c_uint32,
                    c_void_p, c_uint64, error],
            "add_metadata": [c_void_p, Str, Str, error],
            "n_bytes": [c_void_p, POINTER(c_uint64), error],
            "save_memory": [c_void_p, c_void_p, c_size_t, error],
            "save": [c_void_p, c_char_p, error]}.items():
        getattr(lib, f"sftr_writer_{name}").argtypes = arguments
    lib.sftr_writer_free.argtypes = [c_void_p]
    lib.sftr_writer_free.restype = None
    lib.sftr_code_name.restype = c_char_p
    lib.sftr_dtype_parse.argtypes = [c_char_p, c_size_t]
    lib.sftr_dtype_parse.restype = c_uint16
    lib.sftr_dtype_bits.argtypes = [c_uint16]


class Writer:
    """
    Tensors and metadata of one file.  What is added is not copied: its bytes
    must live until the writer does not.
    """

    def __init__(self, lib, **options):
        declare(lib)
        self.lib = lib
        self.handle = c_void_p()
        self.call("new", byref(Options(**options)), byref(self.handle))

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.lib.sftr_writer_free(self.handle)

    def call(self, name, *arguments):
        error = Error()
        code = getattr(self.lib, f"sftr_writer_{name}")(*arguments,
                                                        byref(error))
        if code != 0:
            raise Refused(self.lib.sftr_code_name(code).decode(),
                          error.key.decode(), error.message.decode())

    def add(self, name, dtype, shape, address, n_bytes):
        number = self.lib.sftr_dtype_parse(dtype.encode(), len(dtype))
        self.call("add", self.handle, Str.of(name), number,
                  (c_uint64 * len(shape))(*shape), len(shape), address,
                  n_bytes)

    def add_metadata(self, key, value):
        self.call("add_metadata", self.handle, Str.of(key), Str.of(value))

    def memory(self):
        """The file's bytes."""
        n_bytes = c_uint64()
        self.call("n_bytes", self.handle, byref(n_bytes))
        file = ctypes.create_string_buffer(n_bytes.value)
        self.call("save_memory", self.handle, file, n_bytes)
        return file.raw

    def save(self, path):
        self.call("save", self.handle, str(path).encode())
