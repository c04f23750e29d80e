#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""
Loading a warm file into memory that exists already, alternating in one process:

    official  the fastest of numpy and torch: map, then copy every tensor, with
              one torch thread and with two
    bare      two threads that pread all data, 4 MiB at a time, and nothing else
    ours      sftr_binding_load with two threads
    ceiling   two threads that copy out of a mapping, past the caches: as fast
              as memory is, but a file that is cut meanwhile kills the process

    load.py [--mib N] [--tensors N] [--runs N] [--dir DIR]
"""

import argparse
import os
import tempfile

import numpy as np
import torch
from safetensors import safe_open
from safetensors.numpy import save_file

from loading import MAPPED, bare, loops, memory_line, ours, touched
from machine import BUILD, alternate, machine, ratio_line


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


def say(medians):
    one = min(("numpy", "torch 1"), key=medians.get)
    two = min(("numpy", "torch 2"), key=medians.get)
    print(ratio_line("  official, one thread:", medians, "ours", one, 2.2))
    print(ratio_line("  official, two threads:", medians, "ours", two, 1.3))
    print(ratio_line("  bare pread, two threads:", medians, "ours", "bare",
                     0.9))
    print(ratio_line("  official, one thread:", medians, "ceiling", one, None),
          flush=True)


def main():
    parser = argparse.ArgumentParser(description="bench of loading")
    parser.add_argument("--mib", type=int, default=1024)
    parser.add_argument("--tensors", type=int, default=256)
    parser.add_argument("--runs", type=int, default=15)
    parser.add_argument("--dir", default=str(BUILD))
    asked = parser.parse_args()
    lib = loops()
    each = (asked.mib << 20) // asked.tensors // 4
    names = [f"model.layers.{i}.weight" for i in range(asked.tensors)]
    with tempfile.TemporaryDirectory(dir=asked.dir) as directory:
        path = os.path.join(directory, "bench.safetensors")
        rng = np.random.default_rng(1)
        made = {name: rng.random(each, dtype=np.float32) for name in names}
        save_file(made, path)
        with safe_open(path, "numpy") as file:
            names = file.offset_keys()
        arrays = {name: touched(each, np.float32) for name in names}
        whole = touched(each * len(names), np.float32)
        load, end = ours(lib, path, list(arrays.values()))
        memory = memory_line(load, 32)
        assert all(np.array_equal(arrays[n], made[n]) for n in names)
        del made
        print(machine(directory))
        print(f"load {asked.mib} MiB in {asked.tensors} tensors, warm, medians "
              f"of {asked.runs} runs:")
        print(memory)
        say(alternate({
            "numpy": by_numpy(path, arrays),
            "torch 1": by_torch(path, arrays, 1),
            "torch 2": by_torch(path, arrays, 2),
            "bare": bare(lib, path, whole, 4 << 20),
            "ceiling": bare(lib, path, whole, 1 << 20, MAPPED),
            "ours": load}, asked.runs))
        end()


if __name__ == "__main__":
    main()
