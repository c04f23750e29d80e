# SPDX-License-Identifier: MIT
"""What the benches of loads share: ours.c and bare.c, as Python calls them."""

import ctypes
import os

import numpy as np

from machine import BUILD


def loops():
    """The module of ours.c and bare.c; 'make bench' builds it."""
    path = os.environ.get("SFTR_LOOPS", BUILD / "tests/bench/.libs/loops.so")
    lib = ctypes.CDLL(str(path))
    lib.ours_bind.restype = ctypes.c_void_p
    lib.ours_bind.argtypes = [ctypes.c_char_p, ctypes.c_void_p,
                              ctypes.c_char_p, ctypes.c_char_p, ctypes.c_uint]
    lib.ours_load.argtypes = [ctypes.c_void_p]
    lib.ours_free.argtypes = [ctypes.c_void_p]
    lib.bare_load.argtypes = [ctypes.c_int, ctypes.c_uint64, ctypes.c_size_t,
                              ctypes.c_void_p, ctypes.c_size_t, ctypes.c_uint,
                              ctypes.c_int]
    return lib


def touched(n, dtype):
    """An array whose pages are there, aligned to 64 bytes."""
    n_bytes = n * np.dtype(dtype).itemsize
    room = np.empty(n_bytes + 64, np.uint8)
    room[::4096] = 1
    begin = -room.ctypes.data % 64
    return room[begin:begin + n_bytes].view(dtype)


def ours(lib, path, arrays, threads=2, dtype="", transform=None):
    """Binds arrays, in the file's order, once; gives a load and an end."""
    places = (ctypes.c_void_p * len(arrays))(
        *[array.ctypes.data for array in arrays])
    binding = lib.ours_bind(os.fsencode(path), places, dtype.encode(),
                            transform, threads)
    if not binding:
        raise RuntimeError("not bound")

    def load():
        if lib.ours_load(binding):
            raise RuntimeError("not loaded")

    return load, lambda: lib.ours_free(binding)


READ, TWICE, MAPPED = range(3)  # enum way of bare.c


def bare(lib, path, memory, piece, way=READ, threads=2):
    """All data of a file to one array, by the loops in C."""
    fd = os.open(path, os.O_RDONLY)
    start = 8 + int.from_bytes(os.pread(fd, 8, 0), "little")
    n_bytes = os.stat(path).st_size - start
    assert memory.nbytes == n_bytes * (2 if way == TWICE else 1)

    def load():
        if lib.bare_load(fd, start, n_bytes, memory.ctypes.data, piece,
                         threads, way):
            raise RuntimeError("not read")

    return load


def status(field):
    """A size of this process in bytes, as /proc tells it."""
    with open("/proc/self/status", encoding="ascii") as lines:
        for line in lines:
            if line.startswith(field + ":"):
                return int(line.split()[1]) << 10
    raise RuntimeError(field)


def memory_line(load, bar):
    """How much more is resident in the first load into slots that are there."""
    with open("/proc/self/clear_refs", "w", encoding="ascii") as refs:
        refs.write("5")  # the peak begins anew
    before = status("VmRSS")
    load()
    over = max(0, status("VmHWM") - before)
    return (f"  memory besides the slots: {over / 2**20:.1f} MiB (bar {bar})"
            f"{'' if over <= bar << 20 else '  ABOVE'}")
