# SPDX-License-Identifier: MIT
"""
Our reader on a file in memory, through ctypes: many headers in one process.
"""

import ctypes

STRICT, REFERENCE = 0, 1


class Options(ctypes.Structure):
    """sftr_open_options."""

    _fields_ = [("policy", ctypes.c_int), ("access", ctypes.c_int),
                ("max_header_bytes", ctypes.c_uint64),
                ("allocator", ctypes.c_void_p),
                ("reserved", ctypes.c_uint64 * 6)]


class Text(ctypes.Structure):
    """sftr_str."""

    _fields_ = [("ptr", ctypes.c_void_p), ("len", ctypes.c_size_t)]

    def __str__(self):
        return ctypes.string_at(self.ptr, self.len).decode("utf-8")


class Tensor(ctypes.Structure):
    """sftr_tensor."""

    _fields_ = [("name", Text), ("shape", ctypes.POINTER(ctypes.c_uint64)),
                ("begin", ctypes.c_uint64), ("end", ctypes.c_uint64),
                ("rank", ctypes.c_uint32), ("dtype", ctypes.c_uint16),
                ("file", ctypes.c_uint16)]


class Metadata(ctypes.Structure):
    """sftr_metadata."""

    _fields_ = [("key", Text), ("value", Text)]


class Error(ctypes.Structure):
    """sftr_error."""

    _fields_ = [("code", ctypes.c_int), ("os_errno", ctypes.c_int),
                ("rule", ctypes.c_uint), ("severity", ctypes.c_int),
                ("offset", ctypes.c_uint64), ("file", ctypes.c_char * 256),
                ("key", ctypes.c_char * 160), ("other", ctypes.c_char * 160),
                ("message", ctypes.c_char * 256),
                ("reserved", ctypes.c_uint64 * 4)]


class Reader:
    def __init__(self, lib, policy):
        self.lib = lib
        self.options = ctypes.byref(Options(policy=policy))
        self.error = Error()
        self.dtypes = []
        lib.sftr_dtype_name.restype = ctypes.c_char_p
        while len(self.dtypes) < 23:
            name = lib.sftr_dtype_name(len(self.dtypes))
            self.dtypes.append(name.decode("ascii"))
        pointer = ctypes.c_void_p
        lib.sftr_checkpoint_open_memory.argtypes = [
            ctypes.c_char_p, ctypes.c_size_t, ctypes.POINTER(Options),
            ctypes.POINTER(pointer), ctypes.POINTER(Error)]
        lib.sftr_checkpoint_close.argtypes = [pointer]
        for count in ("count", "n_metadata"):
            function = getattr(lib, f"sftr_checkpoint_{count}")
            function.argtypes = [pointer]
            function.restype = ctypes.c_size_t
        for at, result in (("at", Tensor), ("metadata_at", Metadata)):
            function = getattr(lib, f"sftr_checkpoint_{at}")
            function.argtypes = [pointer, ctypes.c_size_t]
            function.restype = ctypes.POINTER(result)

    def read(self, file):
        """
        (tensors, metadata), in the order of the header: (name, dtype, shape,
        begin, end) and pairs.  None where the file is rejected, and self.error
        says why.
        """
        lib, ckpt = self.lib, ctypes.c_void_p()
        if lib.sftr_checkpoint_open_memory(
                file, len(file), self.options, ctypes.byref(ckpt),
                ctypes.byref(self.error)) != 0:
            return None
        tensors, metadata = [], []
        for i in range(lib.sftr_checkpoint_count(ckpt)):
            t = lib.sftr_checkpoint_at(ckpt, i)[0]
            tensors.append((str(t.name), self.dtypes[t.dtype],
                            t.shape[:t.rank], t.begin, t.end))
        for i in range(lib.sftr_checkpoint_n_metadata(ckpt)):
            m = lib.sftr_checkpoint_metadata_at(ckpt, i)[0]
            metadata.append((str(m.key), str(m.value)))
        lib.sftr_checkpoint_close(ckpt)
        return tensors, metadata
