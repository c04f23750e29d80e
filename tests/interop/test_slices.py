# SPDX-License-Identifier: MIT
"""Slices of random tensors, by the command and by numpy."""

import os

import numpy as np
from safetensors.numpy import save_file

N = int(os.environ.get("SFTR_SLICES") or 300)
DTYPES = [np.uint8, np.int16, np.float32, np.float64, np.complex64]


def bound(rng, extent):
    """A bound of a range as text: none, inside, negative, or far outside."""
    kind = int(rng.integers(5))
    if kind == 0:
        return ""
    if kind == 1:
        return str(int(rng.integers(-extent - 3, extent + 4)))
    if kind == 2:
        return str(int(rng.integers(-1000, 1000)))
    return str(int(rng.integers(0, extent + 1)))


def item(rng, extent):
    """An item of a selection, and numpy's for it."""
    if extent and rng.random() < 0.3:
        at = int(rng.integers(-extent, extent))
        return str(at), at
    start, stop = bound(rng, extent), bound(rng, extent)
    step = "" if rng.random() < 0.5 else str(int(rng.integers(1, 5)))
    text = f"{start}:{stop}" + (f":{step}" if step or rng.random() < 0.2 else "")
    return text, slice(int(start) if start else None,
                       int(stop) if stop else None, int(step) if step else None)


def test_slices_are_numpys(safetree, rng, tmp_path):
    path = tmp_path / "w.safetensors"
    for i in range(N):
        shape = tuple(int(rng.integers(0, 7)) if rng.random() < 0.1
                      else int(rng.integers(1, 7))
                      for _ in range(int(rng.integers(0, 5))))
        dtype = np.dtype(DTYPES[int(rng.integers(len(DTYPES)))])
        array = np.frombuffer(rng.bytes(
            int(np.prod(shape, dtype=np.int64)) * dtype.itemsize),
            dtype).reshape(shape)
        save_file({"w": array}, path)
        items = [item(rng, extent) for extent in
                 shape[:int(rng.integers(0, len(shape) + 1))]]
        text = ",".join(text for text, _ in items)
        expected = array[tuple(index for _, index in items)]
        shown = safetree("show", "--raw", "--slice", text, path, "w").stdout
        assert shown == np.ascontiguousarray(expected).tobytes(), (
            f"slice {i}: {shape} {dtype} [{text}]")
