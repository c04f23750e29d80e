#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""
Saving against the official package: numpy arrays through
safetensors.numpy.save_file, and the same arrays through our library by ctypes,
from arguments that are made ready before the clock runs.  Runs alternate in one process, and every run makes a new file in the same
directory, without fsync.  Printed are the medians of the time on the clock and
of the processor's time, which a busy machine disturbs less; 'bar' is what the
ratio on the clock should reach.

    save.py [--dir DIR] [--runs N] [--mib N] [--tensors N[,N...]]

Looks for the library where SFTR_LIB or SFTR_BUILDDIR points.
"""

import argparse
import ctypes
import os
import pathlib
import platform
import statistics
import sys
import tempfile
import time

import numpy as np
import safetensors
from safetensors.numpy import save_file

SOURCE = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(SOURCE / "tests" / "interop"))

from writer import Str, Writer, declare  # noqa: E402

BAR = 1.3


def library():
    build = pathlib.Path(os.environ.get("SFTR_BUILDDIR", SOURCE / "build"))
    return ctypes.CDLL(os.environ.get(
        "SFTR_LIB", str(build / ".libs" / "libsafetree.so")))


def machine(directory):
    model = platform.processor()
    with open("/proc/cpuinfo", encoding="ascii", errors="replace") as info:
        for line in info:
            if line.startswith("model name"):
                model = line.split(":", 1)[1].strip()
                break
    system = "?"
    with open("/proc/mounts", encoding="utf-8", errors="replace") as mounts:
        points = [line.split()[1:3] for line in mounts]
        for point, kind in sorted(points, key=lambda p: len(p[0])):
            if os.path.commonpath([point, directory]) == point:
                system = kind
    return (f"{model}, {os.cpu_count()} cores, Linux {platform.release()}, "
            f"{system}; safetensors {safetensors.__version__}")


def arrays(n_tensors, n_bytes):
    """Half of them F32, half F16, of equal size; no page of zeros only."""
    each = n_bytes // n_tensors // 4 * 4
    rng = np.random.default_rng(1)
    out = {}
    for i in range(n_tensors):
        name = f"model.layers.{i // 10}.mlp.experts.{i % 10}.down_proj.weight"
        raw = rng.integers(0, 256, each, dtype=np.uint8)
        out[name] = raw.view(np.float32 if i % 2 else np.float16)
    return out


def prepared(lib, tensors):
    """What a C program has at hand: names, dtypes, shapes and addresses."""
    numbers = {np.dtype(np.float32): lib.sftr_dtype_parse(b"F32", 3),
               np.dtype(np.float16): lib.sftr_dtype_parse(b"F16", 3)}
    return [(Str.of(name), numbers[array.dtype],
             (ctypes.c_uint64 * array.ndim)(*array.shape), array.ndim,
             ctypes.c_void_p(array.ctypes.data), array.nbytes, None)
            for name, array in tensors.items()]


def save_ours(lib, tensors, path):
    add = lib.sftr_writer_add
    with Writer(lib, not_durable=1) as writer:
        handle = writer.handle
        for arguments in tensors:
            if add(handle, *arguments) != 0:
                raise RuntimeError("a tensor was refused")
        writer.save(path)


def timed(save, path):
    """Milliseconds on the clock and of the processor; bytes of the file."""
    begin, begin_cpu = time.perf_counter(), time.process_time()
    save(path)
    clock = (time.perf_counter() - begin) * 1e3
    cpu = (time.process_time() - begin_cpu) * 1e3
    size = os.stat(path).st_size
    os.unlink(path)
    return clock, cpu, size


def measure(lib, n_tensors, n_bytes, runs, directory):
    tensors = arrays(n_tensors, n_bytes)
    declare(lib)
    ready = prepared(lib, tensors)
    ways = {"official": lambda path: save_file(tensors, path),
            "ours": lambda path: save_ours(lib, ready, path)}
    taken = {name: [] for name in ways}
    sizes = set()
    for run in range(-1, runs):  # the first warms up
        for name, save in ways.items():
            os.sync()
            *times, size = timed(save, os.path.join(directory, "bench"))
            sizes.add(size)
            if run >= 0:
                taken[name].append(times)
    assert len(sizes) == 1, f"files of different sizes: {sizes}"
    return {name: [statistics.median(column) for column in zip(*times)]
            for name, times in taken.items()}


def main():
    parser = argparse.ArgumentParser(description="bench of saving")
    parser.add_argument("--dir", default=os.environ.get("SFTR_BUILDDIR",
                                                        SOURCE / "build"))
    parser.add_argument("--runs", type=int, default=15)
    parser.add_argument("--mib", type=int, default=1024)
    parser.add_argument("--tensors", default="1000")
    asked = parser.parse_args()
    lib = library()
    with tempfile.TemporaryDirectory(dir=asked.dir) as directory:
        print(machine(os.path.realpath(directory)))
        for n_tensors in map(int, asked.tensors.split(",")):
            medians = measure(lib, n_tensors, asked.mib << 20, asked.runs,
                              directory)
            print(f"save {asked.mib} MiB in {n_tensors} tensors, not durable, "
                  f"medians of {asked.runs} runs:")
            for column, what in enumerate(("clock", "processor")):
                official, mine = (medians[way][column]
                                  for way in ("official", "ours"))
                bar = f" (bar {BAR})" if what == "clock" else ""
                print(f"  {what:9}  official {official:5.0f} ms, ours "
                      f"{mine:5.0f} ms, ratio {official / mine:.2f}{bar}",
                      flush=True)


if __name__ == "__main__":
    main()
