#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""
Loading a warm file of matrices into memory that exists already, transposed, as
weights go from JAX to torch; alternating in one process, two threads each:

    torch     copy_ of the transposed tensor, from safe_open
    ours      sftr_binding_load with the transform T

    turn.py [--mib N] [--side N] [--runs N] [--dir DIR]
"""

import argparse
import os
import tempfile

import numpy as np
import torch
from safetensors import safe_open
from safetensors.torch import save_file

from loading import loops, ours, touched
from machine import BUILD, alternate, machine, ratio_line

DTYPES = {"F32": (torch.float32, np.uint32), "BF16": (torch.bfloat16, np.uint16)}


def by_torch(path, tensors):
    def load():
        torch.set_num_threads(2)
        with safe_open(path, "pt") as file:
            for name, tensor in tensors.items():
                tensor.copy_(file.get_tensor(name).T)

    return load


def main():
    parser = argparse.ArgumentParser(description="bench of transposing loads")
    parser.add_argument("--mib", type=int, default=512)
    parser.add_argument("--side", type=int, default=2048)
    parser.add_argument("--runs", type=int, default=9)
    parser.add_argument("--dir", default=str(BUILD))
    asked = parser.parse_args()
    lib = loops()
    side = asked.side
    with tempfile.TemporaryDirectory(dir=asked.dir) as directory:
        print(machine(directory))
        for dtype, (kind, plain) in DTYPES.items():
            path = os.path.join(directory, f"{dtype}.safetensors")
            n = (asked.mib << 20) // (side * side * kind.itemsize)
            torch.manual_seed(1)
            save_file({f"layers.{i}.kernel":
                       torch.randn(side, side).to(kind).contiguous()
                       for i in range(n)}, path)
            with safe_open(path, "pt") as file:
                arrays = {name: touched(side * side, plain)
                          for name in file.offset_keys()}
            tensors = {name: torch.from_numpy(array).view(kind)
                       .reshape(side, side) for name, array in arrays.items()}
            load, end = ours(lib, path, list(arrays.values()), transform=b"T")
            load()
            with safe_open(path, "pt") as file:
                for name, tensor in tensors.items():
                    assert torch.equal(tensor, file.get_tensor(name).T)
            medians = alternate({"torch": by_torch(path, tensors),
                                 "ours": load}, asked.runs)
            end()
            print(ratio_line(f"load {asked.mib} MiB of {dtype}, transposed:",
                             medians, "ours", "torch", None), flush=True)


if __name__ == "__main__":
    main()
