#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""
Opening and validating against the official package: safe_open with numpy, and
sftr_checkpoint_open by ctypes, alternating in one process, small files several
times a run; the memory that an open file of 100,000 tensors takes; and an index
of 100 shards with 500,000 names, of which the official package opens each shard
and looks at no index.

    open.py [--runs N]
"""

import argparse
import ctypes
import json
import os
import random
import struct
import tempfile

from safetensors import safe_open

from machine import BUILD, alternate, library, machine, ratio_line

# tensors, spelling, bar
FILES = [(1000, "compact", 12), (10000, "compact", None),
         (100000, "compact", 20), (100000, "python", 10),
         (100000, "pretty", 10), (100000, "shuffled", 10)]


def header(n, spelling, prefix=""):
    """n tensors with names as models have them, 128 bytes each."""
    parts = ("down_proj", "gate_proj", "up_proj")
    shapes = ([4, 16], [16, 4], [16, 4])
    entries = [
        (f"{prefix}model.layers.{i // 1200}.mlp.experts.{i // 3 % 400}."
         f"{parts[i % 3]}.weight",
         {"dtype": "BF16", "shape": shapes[i % 3],
          "data_offsets": [128 * i, 128 * (i + 1)]}) for i in range(n)]
    if spelling == "shuffled":
        random.Random(1).shuffle(entries)
    text = json.dumps({"__metadata__": {"format": "pt"}, **dict(entries)},
                      indent=2 if spelling == "pretty" else None,
                      separators=None if spelling in ("python", "pretty")
                      else (",", ":")).encode()
    return text + b" " * (-len(text) % 8)


def write(path, n, spelling):
    return write_text(path, header(n, spelling), n)


def write_text(path, text, n):
    with open(path, "wb") as file:
        file.write(struct.pack("<Q", len(text)) + text)
        file.truncate(8 + len(text) + 128 * n)
    return len(text)


def opener(lib, path):
    name = os.fsencode(path)
    ckpt = ctypes.c_void_p()
    lib.sftr_checkpoint_open.argtypes = [
        ctypes.c_char_p, ctypes.c_void_p, ctypes.POINTER(ctypes.c_void_p),
        ctypes.c_void_p]
    lib.sftr_checkpoint_close.argtypes = [ctypes.c_void_p]

    def run(close=True):
        if lib.sftr_checkpoint_open(name, None, ctypes.byref(ckpt), None):
            raise RuntimeError(f"{path} is refused")
        if close:
            lib.sftr_checkpoint_close(ckpt)

    return run


def official(path):
    def run():
        with safe_open(path, framework="numpy"):
            pass

    return run


def repeat(way, times):
    def run():
        for _ in range(times):
            way()

    return run


def write_shards(directory, n_shards, n_each):
    weight_map = {}
    for shard in range(n_shards):
        name = f"model-{shard + 1:05}-of-{n_shards:05}.safetensors"
        text = header(n_each, "compact", f"part{shard}.").decode()
        write_text(os.path.join(directory, name), text.encode(), n_each)
        weight_map.update((key, name) for key in json.loads(text)
                          if key != "__metadata__")
    with open(os.path.join(directory, "model.safetensors.index.json"), "w",
              encoding="ascii") as index:
        json.dump({"metadata": {"total_size": 128 * n_shards * n_each},
                   "weight_map": weight_map}, index)


def official_shards(directory):
    ways = [official(os.path.join(directory, name))
            for name in os.listdir(directory) if name.endswith("safetensors")]

    def run():
        for way in ways:
            way()

    return run


def resident():
    with open("/proc/self/statm", encoding="ascii") as statm:
        return int(statm.read().split()[1]) * os.sysconf("SC_PAGE_SIZE")


def memory(lib, path):
    """Bytes that an open file adds to a process of its own."""
    read_end, write_end = os.pipe()
    if os.fork() == 0:
        before = resident()
        opener(lib, path)(close=False)
        os.write(write_end, struct.pack("<q", resident() - before))
        os._exit(0)
    os.close(write_end)
    with os.fdopen(read_end, "rb") as pipe:
        taken, = struct.unpack("<q", pipe.read(8))
    os.wait()
    return taken


def main():
    parser = argparse.ArgumentParser(description="bench of opening")
    parser.add_argument("--runs", type=int, default=21)
    asked = parser.parse_args()
    lib = library()
    with tempfile.TemporaryDirectory(dir=BUILD) as directory:
        print(machine(directory))
        for n, spelling, bar in FILES:
            path = os.path.join(directory, "bench.safetensors")
            n_text = write(path, n, spelling)
            if (n, spelling) == (100000, "compact"):
                over = memory(lib, path) - n_text
                print(f"open {n} tensors: resident header + "
                      f"{over / 2**20:.2f} MiB (bar 8)"
                      f"{'' if over <= 8 << 20 else '  ABOVE'}")
            # A run is a millisecond at least, so short ones are repeated.
            times = max(1, 20000 // n)
            medians = alternate({"official": repeat(official(path), times),
                                 "ours": repeat(opener(lib, path), times)},
                                asked.runs)
            medians = {way: ms / times for way, ms in medians.items()}
            print(ratio_line(f"open {n} tensors, {spelling}:", medians, "ours",
                             "official", bar), flush=True)
        os.remove(path)
        write_shards(directory, 100, 5000)
        medians = alternate({"official": official_shards(directory),
                             "ours": opener(lib, directory)}, 5)
        print(ratio_line("open 500000 tensors, 100 shards:", medians, "ours",
                         "official", None), flush=True)


if __name__ == "__main__":
    main()
