#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""
Loading a warm file of BF16 into memory for F32 that exists already, alternating
in one process, two threads each:

    torch     the fastest of its ways: copy_ into the slot, or to() and copy_,
              from safe_open
    stores    the bare loop in C: the same preads to scratch, the same amount
              stored past the caches, no conversion; the fastest of its pieces
    ours      sftr_binding_load with conversion

    widen.py [--mib N] [--tensors N] [--runs N] [--dir DIR]
"""

import argparse
import os
import tempfile

import numpy as np
import torch
from safetensors import safe_open
from safetensors.torch import save_file

from loading import TWICE, bare, loops, memory_line, ours, touched
from machine import BUILD, alternate, machine, ratio_line

PIECES = (128 << 10, 256 << 10, 1 << 20)


def by_copy(path, tensors):
    """copy_ converts as it copies, by torch's own vector loops."""
    def load():
        torch.set_num_threads(2)
        with safe_open(path, "pt") as file:
            for name, tensor in tensors.items():
                tensor.copy_(file.get_tensor(name))

    return load


def by_to(path, tensors):
    def load():
        torch.set_num_threads(2)
        with safe_open(path, "pt") as file:
            for name, tensor in tensors.items():
                tensor.copy_(file.get_tensor(name).to(torch.float32))

    return load


def write(path, n, each):
    torch.manual_seed(1)
    made = {f"model.layers.{i}.weight": torch.randn(each).to(torch.bfloat16)
            for i in range(n)}
    save_file(made, path)


def main():
    parser = argparse.ArgumentParser(description="bench of converting loads")
    parser.add_argument("--mib", type=int, default=1024)
    parser.add_argument("--tensors", type=int, default=256)
    parser.add_argument("--runs", type=int, default=15)
    parser.add_argument("--dir", default=str(BUILD))
    asked = parser.parse_args()
    lib = loops()
    each = (asked.mib << 20) // asked.tensors // 2
    with tempfile.TemporaryDirectory(dir=asked.dir) as directory:
        path = os.path.join(directory, "bench.safetensors")
        write(path, asked.tensors, each)
        with safe_open(path, "pt") as file:
            arrays = {name: touched(each, np.float32)
                      for name in file.offset_keys()}
        load, end = ours(lib, path, list(arrays.values()), dtype="F32")
        memory = memory_line(load, 32)
        with safe_open(path, "pt") as file:
            for name, array in arrays.items():
                assert torch.equal(torch.from_numpy(array),
                                   file.get_tensor(name).to(torch.float32))
        whole = touched(each * asked.tensors, np.float32)
        tensors = {n: torch.from_numpy(array) for n, array in arrays.items()}
        ways = {f"stores {piece >> 10}k": bare(lib, path, whole, piece, TWICE)
                for piece in PIECES}
        stores = list(ways)
        ways.update({"copy_": by_copy(path, tensors),
                     "to": by_to(path, tensors), "ours": load})
        print(machine(directory))
        print(f"load {asked.mib} MiB of BF16 as F32, in {asked.tensors} "
              f"tensors, warm, medians of {asked.runs} runs:")
        print(memory)
        medians = alternate(ways, asked.runs)
        end()
        fastest = min(stores, key=medians.get)
        official = min(("copy_", "to"), key=medians.get)
        print(ratio_line("  official, two threads:", medians, "ours", official,
                         1.3))
        print(ratio_line("  bare stores, two threads:", medians, "ours",
                         fastest, 0.75), flush=True)


if __name__ == "__main__":
    main()
