# SPDX-License-Identifier: MIT
"""
The matrix of dtypes: what each official back end can write we read, and what
we write it reads, bit for bit.  Which dtypes those are is asserted, so that a
new release of a back end that can do more is noticed.
"""

import jax
import ml_dtypes
import numpy as np
import pytest
import safetensors.flax
import safetensors.numpy
import safetensors.torch
import torch

import raw
from writer import Writer, declare

COMMON = {"BOOL": "bool", "U8": "uint8", "I8": "int8", "I16": "int16",
          "U16": "uint16", "F16": "float16", "BF16": "bfloat16",
          "I32": "int32", "U32": "uint32", "F32": "float32", "C64": "complex64",
          "F64": "float64", "I64": "int64", "U64": "uint64"}
F8 = {"F8_E5M2": "float8_e5m2", "F8_E4M3": "float8_e4m3fn",
      "F8_E8M0": "float8_e8m0fnu", "F8_E4M3FNUZ": "float8_e4m3fnuz",
      "F8_E5M2FNUZ": "float8_e5m2fnuz"}
F6 = {"F6_E2M3", "F6_E3M2"}
BACKENDS = {"numpy": safetensors.numpy, "torch": safetensors.torch,
            "flax": safetensors.flax}
WRITES = {"numpy": COMMON | F8, "flax": COMMON | F8, "torch": COMMON | F8}
READS = {"numpy": set(COMMON), "flax": set(COMMON),
         "torch": {*COMMON, *F8, "F4"}}
BITS = {"F4": 4, "F6_E2M3": 6, "F6_E3M2": 6, "BOOL": 8, "U8": 8, "I8": 8,
        "I16": 16, "U16": 16, "F16": 16, "BF16": 16, "I32": 32, "U32": 32,
        "F32": 32, "C64": 64, "F64": 64, "I64": 64, "U64": 64,
        **{name: 8 for name in F8}}
SHAPES = [(), (0,), (3, 4), (2, 3, 8)]


@pytest.fixture(autouse=True)
def all_64_bits():
    """JAX narrows 64 bits unless told; told so here, and nowhere else."""
    jax.config.update("jax_enable_x64", True)
    yield
    jax.config.update("jax_enable_x64", False)


def some_bytes(rng, dtype, shape):
    n = BITS[dtype] * int(np.prod(shape, dtype=np.int64)) // 8
    if dtype == "BOOL":
        return rng.integers(0, 2, n, dtype=np.uint8).tobytes()
    return rng.integers(0, 256, n, dtype=np.uint8).tobytes()


def native(backend, dtype, shape, data):
    """An array of the back end that holds these bytes."""
    name = (COMMON | F8)[dtype]
    if backend == "torch":
        flat = torch.frombuffer(bytearray(data), dtype=torch.uint8) if data \
            else torch.empty(0, dtype=torch.uint8)
        return flat.view(getattr(torch, name)).reshape(shape)
    kind = getattr(ml_dtypes, name, None) or np.dtype(name)
    array = np.frombuffer(data, dtype=kind).reshape(shape)
    return jax.numpy.asarray(array) if backend == "flax" else array.copy()


def bytes_of(backend, array):
    if backend == "torch":
        return array.contiguous().reshape(-1).view(torch.uint8).numpy().tobytes()
    return np.asarray(array).tobytes()


@pytest.mark.parametrize("backend", BACKENDS)
def test_what_a_back_end_writes_we_read(backend, safetree, rng, tmp_path):
    tensors, expected = {}, {}
    for dtype in WRITES[backend]:
        for i, shape in enumerate(SHAPES):
            name = f"{dtype}.{i}"
            expected[name] = some_bytes(rng, dtype, shape)
            tensors[name] = native(backend, dtype, shape, expected[name])
    path = tmp_path / "theirs.safetensors"
    BACKENDS[backend].save_file(tensors, path)

    (told,) = safetree.json("ls", "--json", path)
    assert {t["name"]: (t["dtype"], tuple(t["shape"]))
            for t in told["tensors"]} == {
        f"{dtype}.{i}": (dtype, shape) for dtype in WRITES[backend]
        for i, shape in enumerate(SHAPES)}
    for name, data in expected.items():
        assert safetree("show", "--raw", path, name).stdout == data, name


def ours(lib, path, dtypes, rng):
    """A file by our writer; the bytes of each tensor by name."""
    declare(lib)
    data = {}
    with Writer(lib) as writer:
        for dtype in dtypes:
            for i, shape in enumerate(SHAPES):
                if BITS[dtype] * int(np.prod(shape)) % 8:
                    continue
                name = f"{dtype}.{i}"
                data[name] = some_bytes(rng, dtype, shape)
                writer.add(name, dtype, shape, data[name],
                           len(data[name]))
        writer.save(path)
    return data


@pytest.mark.parametrize("backend", BACKENDS)
def test_what_we_write_a_back_end_reads(backend, lib, rng, tmp_path):
    path = tmp_path / "ours.safetensors"
    data = ours(lib, path, sorted(READS[backend]), rng)

    loaded = BACKENDS[backend].load_file(path)
    assert set(loaded) == set(data)
    for name, array in loaded.items():
        assert bytes_of(backend, array) == data[name], name


@pytest.mark.parametrize("backend", BACKENDS)
@pytest.mark.parametrize("dtype", BITS)
def test_the_matrix_is_as_asserted(backend, dtype, tmp_path):
    path = tmp_path / "one.safetensors"
    path.write_bytes(raw.encode(
        raw.header([("w", raw.entry(dtype, [8], 0, BITS[dtype]))]),
        b"\0" * BITS[dtype]))
    try:
        BACKENDS[backend].load_file(path)
        reads = True
    except (AttributeError, safetensors.SafetensorError):
        reads = False
    assert reads == (dtype in READS[backend])
    if dtype in F6:
        assert not reads
