# SPDX-License-Identifier: MIT
"""Our trees, through ctypes: built by hand, saved, loaded, looked at."""

import ctypes
from ctypes import POINTER, byref, c_char_p, c_int, c_size_t, \
    c_uint16, c_uint32, c_uint64, c_void_p

import paths
import writer
from paths import Step

KINDS = ["none", "dict", "list", "tuple", "object", "tensor", "scalar"]


class Leaf(ctypes.Structure):
    _fields_ = [("dtype", c_uint16), ("rank", c_uint32),
                ("shape", POINTER(c_uint64)), ("data", c_void_p),
                ("n_bytes", c_uint64)]


class LoadOptions(ctypes.Structure):
    """sftr_tree_options."""

    _fields_ = [("codec", c_int), ("data", c_int), ("ignore_note", c_int),
                ("open", c_void_p), ("allocator", c_void_p),
                ("reserved", c_uint64 * 6)]


class SaveOptions(ctypes.Structure):
    """sftr_save_options."""

    _fields_ = [("codec", c_int), ("note", c_int),
                ("write", POINTER(writer.Options)),
                ("reserved", c_uint64 * 6)]


def declare(lib):
    """Tells ctypes what the functions take and give."""
    error = POINTER(writer.Error)
    shape = [c_uint16, POINTER(c_uint64), c_uint32, c_void_p]
    for name, result, arguments in [
            ("tree_new", c_int, [c_void_p, POINTER(c_void_p), error]),
            ("tree_free", None, [c_void_p]),
            ("tree_root", c_void_p, [c_void_p]),
            ("tree_set_root", c_void_p, [c_void_p, c_int]),
            ("tree_status", c_int, [c_void_p, error]),
            ("tree_load", c_int, [c_char_p, POINTER(LoadOptions),
                                  POINTER(c_void_p), error]),
            ("tree_save", c_int, [c_void_p, c_char_p, POINTER(SaveOptions),
                                  error]),
            ("node_add", c_void_p, [c_void_p, Step, c_int]),
            ("node_add_tensor", c_void_p, [c_void_p, Step, *shape]),
            ("node_kind_of", c_int, [c_void_p]),
            ("node_count", c_size_t, [c_void_p]),
            ("node_child", c_void_p, [c_void_p, c_size_t, POINTER(Step)]),
            ("node_tensor", c_int, [c_void_p, POINTER(Leaf), error]),
            ("dtype_name", c_char_p, [c_uint16]),
            ("dtype_parse", c_uint16, [c_char_p, c_size_t])]:
        function = getattr(lib, f"sftr_{name}")
        function.restype = result
        function.argtypes = arguments


class Tree:
    """
    Nodes are handles.  What add_tensor gets is not copied: it must live until
    the tree does not.
    """

    def __init__(self, lib):
        declare(lib)
        self.lib = lib
        self.handle = c_void_p()
        self.check(lib.sftr_tree_new, None, byref(self.handle))

    @classmethod
    def load(cls, lib, path, codec):
        tree = cls(lib)
        lib.sftr_tree_free(tree.handle)
        options = LoadOptions(codec=paths.Codec(lib, codec).codec)
        tree.check(lib.sftr_tree_load, str(path).encode(), byref(options),
                   byref(tree.handle))
        return tree

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.lib.sftr_tree_free(self.handle)

    def check(self, function, *arguments):
        error = writer.Error()
        if function(*arguments, byref(error)) != 0:
            raise writer.Refused(self.lib.sftr_code_name(error.code).decode(),
                                 error.key.decode(), error.message.decode())

    def add(self, parent, step, kind):
        """Below a parent, or as the root where that is None."""
        kind = KINDS.index(kind)
        if parent is None:
            return self.lib.sftr_tree_set_root(self.handle, kind)
        return self.lib.sftr_node_add(parent, Step.of(*step), kind)

    def add_tensor(self, parent, step, dtype, array):
        dtype = self.lib.sftr_dtype_parse(dtype.encode(), len(dtype))
        return self.lib.sftr_node_add_tensor(
            parent, Step.of(*step), dtype, (c_uint64 * array.ndim)(
                *array.shape), array.ndim, array.ctypes.data)

    def save(self, path, codec, note=False):
        self.check(self.lib.sftr_tree_status, self.handle)
        write = writer.Options(not_durable=1)
        options = SaveOptions(codec=paths.Codec(self.lib, codec).codec,
                              note=note, write=ctypes.pointer(write))
        self.check(self.lib.sftr_tree_save, self.handle, str(path).encode(),
                   byref(options))

    def root(self):
        return self.lib.sftr_tree_root(self.handle)

    def kind(self, node):
        return KINDS[self.lib.sftr_node_kind_of(node)]

    def children(self, node):
        """Pairs of a step and a node."""
        step = Step()
        for i in range(self.lib.sftr_node_count(node)):
            child = self.lib.sftr_node_child(node, i, byref(step))
            yield step.pair(), child

    def tensor(self, node):
        """Its dtype's name, its shape, and its bytes."""
        leaf = Leaf()
        self.check(self.lib.sftr_node_tensor, node, byref(leaf))
        return (self.lib.sftr_dtype_name(leaf.dtype).decode(),
                tuple(leaf.shape[:leaf.rank]),
                ctypes.string_at(leaf.data, leaf.n_bytes)
                if leaf.n_bytes else b"")
