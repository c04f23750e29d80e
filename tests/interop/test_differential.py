# SPDX-License-Identifier: MIT
"""
Differential: random headers, judged by the official reader and by ours under
the reference policy.  Every disagreement is a failure.

SFTR_DIFFERENTIAL sets how many (by default 20,000).
"""

import ctypes
import os

import numpy as np
import safetensors

import headers

N = int(os.environ.get("SFTR_DIFFERENTIAL") or 20000)


class Options(ctypes.Structure):
    """sftr_open_options."""

    _fields_ = [("policy", ctypes.c_int), ("access", ctypes.c_int),
                ("max_header_bytes", ctypes.c_uint64),
                ("allocator", ctypes.c_void_p),
                ("reserved", ctypes.c_uint64 * 6)]


def reader(lib, policy):
    options = Options(policy=policy)
    lib.sftr_checkpoint_open_memory.argtypes = [
        ctypes.c_char_p, ctypes.c_size_t, ctypes.POINTER(Options),
        ctypes.POINTER(ctypes.c_void_p), ctypes.c_void_p]
    lib.sftr_checkpoint_close.argtypes = [ctypes.c_void_p]
    lib.sftr_checkpoint_count.argtypes = [ctypes.c_void_p]
    lib.sftr_checkpoint_count.restype = ctypes.c_size_t

    def count(file):
        """How many tensors, or None where the file is rejected."""
        ckpt = ctypes.c_void_p()
        if lib.sftr_checkpoint_open_memory(file, len(file),
                                           ctypes.byref(options),
                                           ctypes.byref(ckpt), None) != 0:
            return None
        n = lib.sftr_checkpoint_count(ckpt)
        lib.sftr_checkpoint_close(ckpt)
        return n

    return count


def official(file):
    try:
        return len(safetensors.deserialize(file))
    except safetensors.SafetensorError:
        return None


def test_reference_judges_as_the_official_reader(lib, rng):
    reference, strict = reader(lib, 1), reader(lib, 0)
    accepted = strictly = 0
    for i in range(N):
        file = headers.random_file(rng)
        theirs, ours = official(file), reference(file)
        assert theirs == ours, f"input {i}: official {theirs}, ours {ours}: {file!r}"
        accepted += theirs is not None
        if strict(file) is not None:
            strictly += 1
            assert ours is not None, f"input {i}: strict alone accepts {file!r}"
    print(f"\n{N} inputs, 0 disagreements, {accepted} accepted by the official "
          f"reader ({accepted / N:.0%}), {strictly} by strict")
    assert accepted >= N / 3
