#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""
Loading a warm file into memory that exists already, alternating in one process:

    official  the fastest of numpy and torch: map, then copy every tensor, with
              one torch thread and with two
    bare      two threads that pread 4 MiB at a time, and nothing else
    ours      sftr_binding_load with two threads

    load.py [--mib N] [--tensors N] [--runs N] [--dir DIR]
"""

import argparse
import ctypes
import os
import tempfile
import threading

import numpy as np
import torch
from safetensors import safe_open
from safetensors.numpy import save_file

from machine import BUILD, alternate, library, machine, ratio_line

PIECE = 4 << 20


class Slot(ctypes.Structure):
    """sftr_slot."""

    _fields_ = [("name", ctypes.c_char_p), ("name_len", ctypes.c_size_t),
                ("steps", ctypes.c_void_p), ("n_steps", ctypes.c_size_t),
                ("aliases", ctypes.c_void_p), ("n_aliases", ctypes.c_size_t),
                ("shape_text", ctypes.c_char_p), ("shape", ctypes.c_void_p),
                ("rank", ctypes.c_uint32), ("dtype", ctypes.c_uint16),
                ("scope", ctypes.c_uint32), ("flags", ctypes.c_uint),
                ("place", ctypes.c_int), ("data", ctypes.c_void_p),
                ("capacity", ctypes.c_uint64), ("pointer", ctypes.c_void_p),
                ("present", ctypes.c_void_p),
                ("reserved", ctypes.c_uint64 * 4)]


def touch(arrays):
    for array in arrays.values():
        array.reshape(-1).view(np.uint8)[::4096] = 1


def ours(lib, path, arrays):
    """Bind once, then load again and again: release unmarks the slots."""
    lib.sftr_bind.argtypes = [ctypes.c_void_p, ctypes.c_size_t] + \
        [ctypes.c_void_p] * 4
    for call in ("checkpoint_close", "binding_free"):
        getattr(lib, f"sftr_{call}").argtypes = [ctypes.c_void_p]
    lib.sftr_binding_release.argtypes = [ctypes.c_void_p] * 2
    lib.sftr_binding_load.argtypes = [ctypes.c_void_p] * 3
    slots = (Slot * len(arrays))()
    for slot, (name, array) in zip(slots, arrays.items()):
        text = name.encode()
        slot.name, slot.name_len = text, len(text)
        slot.shape_text = b"n"
        slot.scope = ctypes.addressof(slot) & 0xFFFFFFFF
        slot.data, slot.capacity = array.ctypes.data, array.nbytes
    ckpt, binding = ctypes.c_void_p(), ctypes.c_void_p()
    if lib.sftr_checkpoint_open(os.fsencode(path), None, ctypes.byref(ckpt),
                                None):
        raise RuntimeError("not opened")
    if lib.sftr_bind(slots, len(slots), ckpt, None, ctypes.byref(binding),
                     None):
        raise RuntimeError("not bound")

    def load():
        if lib.sftr_binding_load(binding, None, None):
            raise RuntimeError("not loaded")
        lib.sftr_binding_release(binding, None)

    return load


def bare(path, arrays):
    """The same ranges, in pieces, by two threads; nothing is looked at."""
    fd = os.open(path, os.O_RDONLY)
    size = os.stat(path).st_size
    start = size - sum(array.nbytes for array in arrays.values())
    pieces = []
    with safe_open(path, "numpy") as file:
        names = file.offset_keys()
    for name in names:
        view = memoryview(arrays[name]).cast("B")
        for at in range(0, len(view), PIECE):
            part = view[at:at + PIECE]
            pieces.append((part, start))
            start += len(part)
    assert start == size

    def work(mine):
        for part, offset in mine:
            if os.preadv(fd, [part], offset) != len(part):
                raise RuntimeError("short")

    def load():
        half = len(pieces) // 2
        other = threading.Thread(target=work, args=(pieces[half:],))
        other.start()
        work(pieces[:half])
        other.join()

    return load


def by_numpy(path, arrays):
    def load():
        with safe_open(path, "numpy") as file:
            for name, array in arrays.items():
                np.copyto(array, file.get_tensor(name))

    return load


def by_torch(path, arrays, threads):
    tensors = {name: torch.from_numpy(array) for name, array in arrays.items()}

    def load():
        torch.set_num_threads(threads)
        with safe_open(path, "pt") as file:
            for name, tensor in tensors.items():
                tensor.copy_(file.get_tensor(name))

    return load


def main():
    parser = argparse.ArgumentParser(description="bench of loading")
    parser.add_argument("--mib", type=int, default=1024)
    parser.add_argument("--tensors", type=int, default=256)
    parser.add_argument("--runs", type=int, default=15)
    parser.add_argument("--dir", default=str(BUILD))
    asked = parser.parse_args()
    lib = library()
    each = (asked.mib << 20) // asked.tensors // 4
    names = [f"model.layers.{i}.weight" for i in range(asked.tensors)]
    with tempfile.TemporaryDirectory(dir=asked.dir) as directory:
        path = os.path.join(directory, "bench.safetensors")
        rng = np.random.default_rng(1)
        made = {name: rng.random(each, dtype=np.float32) for name in names}
        save_file(made, path)
        arrays = {name: np.empty(each, np.float32) for name in names}
        touch(arrays)
        run = ours(lib, path, arrays)
        run()
        assert all(np.array_equal(arrays[n], made[n]) for n in names)
        del made
        print(machine(directory))
        print(f"load {asked.mib} MiB in {asked.tensors} tensors, warm, medians "
              f"of {asked.runs} runs:")
        medians = alternate({
            "numpy": by_numpy(path, arrays),
            "torch 1": by_torch(path, arrays, 1),
            "torch 2": by_torch(path, arrays, 2),
            "bare": bare(path, arrays),
            "ours": run}, asked.runs)
        one = min(("numpy", "torch 1"), key=medians.get)
        two = min(("numpy", "torch 2"), key=medians.get)
        print(ratio_line("  official, one thread:", medians, "ours", one, 2.2))
        print(ratio_line("  official, two threads:", medians, "ours", two, 1.3))
        print(ratio_line("  bare pread, two threads:", medians, "ours", "bare",
                         0.9), flush=True)


if __name__ == "__main__":
    main()
