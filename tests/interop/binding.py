# SPDX-License-Identifier: MIT
"""sftr_set_weights, through ctypes."""

import ctypes
from ctypes import POINTER, byref, c_char, c_char_p, c_int, c_size_t, \
    c_uint, c_uint64, c_void_p

import paths
import writer

REACTIONS = ["missing", "unexpected", "shape", "dtype", "ambiguous",
             "overlap", "kind", "tied", "converted"]
WARN = 2


class Report(ctypes.Structure):
    _fields_ = [("file", c_char * 256), ("target", c_char * 160),
                ("hint", c_char * 256), ("codec", c_int)] + [
        (name, c_uint64) for name in [
            "n_slots", "n_bound", "n_errors", "n_warnings", "n_missing",
            "n_unexpected", "n_shape", "n_dtype", "n_capacity",
            "n_ambiguous", "n_overlap", "n_kind", "n_tied", "n_converted"]] + [
        ("reserved", c_uint64 * 8)]


class Options(ctypes.Structure):
    """sftr_bind_options."""

    _fields_ = [("codec", c_int), ("slot_codec", c_int),
                ("strip", c_void_p), ("n_strip", c_size_t),
                ("rules", c_char_p), ("rules_name", c_char_p),
                ("dims", c_void_p), ("n_dims", c_size_t),
                ("drop_flat", c_int), ("conversion", c_int)] + [
        (name, c_int) for name in REACTIONS] + [
        ("finding", c_void_p), ("finding_user", c_void_p),
        ("report", c_void_p), ("target", c_char_p), ("n_threads", c_uint),
        ("progress", c_void_p), ("progress_user", c_void_p),
        ("open", c_void_p), ("allocator", c_void_p),
        ("reserved", c_uint64 * 8)]


def lenient_set_weights(lib, tree, path, **reactions):
    """
    Fills a Tree whose leaves have memory, from a file of pytree2safetensors'
    names, by the lenient preset; the report.
    """
    error = writer.Error()
    options = Options()
    report = Report()
    ckpt = c_void_p()

    lib.sftr_checkpoint_open.argtypes = [
        c_char_p, c_void_p, POINTER(c_void_p), POINTER(writer.Error)]
    lib.sftr_checkpoint_close.argtypes = [c_void_p]
    lib.sftr_checkpoint_close.restype = None
    lib.sftr_bind_options_lenient.argtypes = [POINTER(Options)]
    lib.sftr_bind_options_lenient.restype = None
    lib.sftr_set_weights.argtypes = [
        c_void_p, c_void_p, POINTER(Options), POINTER(Report),
        POINTER(writer.Error)]
    lib.sftr_bind_options_lenient(byref(options))
    options.codec = paths.Codec(lib, "p2s").codec
    for name, reaction in reactions.items():
        setattr(options, name, reaction)
    tree.check(lib.sftr_tree_status, tree.handle)
    tree.check(lib.sftr_checkpoint_open, str(path).encode(), None, byref(ckpt))
    code = lib.sftr_set_weights(tree.handle, ckpt, byref(options),
                                byref(report), byref(error))
    lib.sftr_checkpoint_close(ckpt)
    if code != 0:
        raise writer.Refused(lib.sftr_code_name(error.code).decode(),
                             error.key.decode(), error.message.decode())
    return report
