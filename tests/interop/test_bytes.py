# SPDX-License-Identifier: MIT
"""
Our writer against the official one: the same tensors, the same bytes.

Dtypes are all that the official writer knows: all but F6.  F4 goes to it with
the last dimension halved, as its frameworks have it.  With more than one
metadata entry the official order is random; there, and with F6, the official
reader must read back what was written.

SFTR_SETS is the number of sets, 1000 by default.
"""

import ctypes
import os
import stat

import numpy as np
import pytest
import safetensors

from writer import Refused, Writer

OFFICIAL = {
    "BOOL": "bool", "F4": "float4_e2m1fn_x2", "U8": "uint8", "I8": "int8",
    "F8_E5M2": "float8_e5m2", "F8_E4M3": "float8_e4m3fn",
    "F8_E8M0": "float8_e8m0fnu", "F8_E4M3FNUZ": "float8_e4m3fnuz",
    "F8_E5M2FNUZ": "float8_e5m2fnuz", "I16": "int16", "U16": "uint16",
    "F16": "float16", "BF16": "bfloat16", "I32": "int32", "U32": "uint32",
    "F32": "float32", "C64": "complex64", "F64": "float64", "I64": "int64",
    "U64": "uint64",
}
BITS = {"F4": 4, "F6_E2M3": 6, "F6_E3M2": 6, "C64": 64, "BOOL": 8,
        "BF16": 16}
N_SETS = int(os.environ.get("SFTR_SETS", "1000"))

WORDS = ["model", "layers", "weight", "bias", "params", "Dense_0", "0", "10",
         "attn", "q_proj", "$", "[0]", "['a']", "#1", "@x", "__metadata_"]
ESCAPED = [chr(c) for c in range(1, 0x20)] + ['"', "\\", "/", "\x7f", "\x80"]
EDGES = [0x7ff, 0x800, 0xd7ff, 0xe000, 0xfeff, 0xfffd, 0xffff, 0x10000,
         0x1f600, 0x10ffff, 0x2028, 0x2029, 0xa0, 0xe9]


def bits(dtype):
    return BITS.get(dtype) or int("".join(
        c for c in dtype.split("_")[0] if c.isdigit()))


def random_text(rng, longest=24):
    """Any Unicode but U+0000, rich in what must be escaped."""
    out = []
    for _ in range(rng.integers(0, longest)):
        match rng.integers(0, 8):
            case 0 | 1 | 2:
                out.append(str(rng.choice(WORDS)))
            case 3:
                out.append(".")
            case 4 | 5:
                out.append(str(rng.choice(ESCAPED)))
            case 6:
                out.append(chr(rng.choice(EDGES)))
            case 7:
                code = int(rng.integers(1, 0x110000 - 0x800))
                out.append(chr(code if code < 0xd800 else code + 0x800))
    return "".join(out)


def random_shape(rng, dtype):
    """Ranks from 0, extents from 0; whole bytes for sub-byte dtypes."""
    rank = int(rng.integers(0, 6))
    shape = [int(rng.choice([0, 1, 1, 2, 3, 4, 5, 7])) for _ in range(rank)]
    if dtype == "F4":
        return [*shape[:-1], shape[-1] * 2] if shape else [2]
    if dtype.startswith("F6"):
        return [*shape, 4]
    return shape


def random_set(rng, dtypes):
    """Tensors by name: dtype, shape, bytes."""
    tensors = {}
    for _ in range(int(rng.choice([0, 1, 2, 3, 8, 20, 60]))):
        dtype = str(rng.choice(dtypes))
        shape = random_shape(rng, dtype)
        n_bytes = int(np.prod(shape, dtype=np.int64)) * bits(dtype) // 8
        name = random_text(rng)
        if name != "__metadata__":
            tensors[name] = dtype, shape, rng.bytes(n_bytes)
    return tensors


def ours(lib, tensors, metadata, path=None):
    with Writer(lib, not_durable=1,
                has_metadata=metadata is not None) as writer:
        for name, (dtype, shape, data) in tensors.items():
            writer.add(name, dtype, shape,
                       ctypes.cast(data, ctypes.c_void_p), len(data))
        for key, value in (metadata or {}).items():
            writer.add_metadata(key, value)
        if path is not None:
            writer.save(path)
        return writer.memory()


def specs(tensors):
    """The same for the official writer."""
    return {name: safetensors.TensorSpec(
        dtype=OFFICIAL[dtype],
        shape=[*shape[:-1], shape[-1] // 2] if dtype == "F4" else shape,
        data_ptr=ctypes.cast(data, ctypes.c_void_p).value, data_len=len(data))
        for name, (dtype, shape, data) in tensors.items()}


def test_bytes_are_those_of_the_official_writer(lib, rng, tmp_path):
    seen = set()
    for i in range(N_SETS):
        tensors = random_set(rng, list(OFFICIAL))
        metadata = {random_text(rng): random_text(rng)
                    for _ in range(rng.integers(0, 2))}
        # Of no tensors and no entries the official writer makes no JSON.
        if not metadata and (not tensors or rng.integers(0, 2)):
            metadata = None
        seen.update(dtype for dtype, _, _ in tensors.values())
        path = tmp_path / "ours"

        mine = ours(lib, tensors, metadata, path)

        assert mine == safetensors.serialize(
            specs(tensors), metadata), f"set {i}"
        if i % 10 == 0:
            official = tmp_path / "official"
            safetensors.serialize_file(specs(tensors), official, metadata)
            assert path.read_bytes() == official.read_bytes(), f"set {i}"
    assert seen == set(OFFICIAL)


def test_official_reader_reads_f6_and_many_metadata(lib, rng, tmp_path):
    dtypes = [*OFFICIAL, "F6_E2M3", "F6_E3M2", "F6_E2M3", "F6_E3M2"]
    path = tmp_path / "x.safetensors"
    n_sets = max(1, N_SETS // 5)
    n_f6 = 0
    for i in range(n_sets):
        tensors = random_set(rng, dtypes)
        tensors[f"f6 {i}"] = dtypes[-1 - i % 2], [4, 3], rng.bytes(9)
        metadata = {random_text(rng): random_text(rng)
                    for _ in range(rng.integers(2, 20))}

        file = ours(lib, tensors, metadata, path)
        read = {name: (t["dtype"], t["shape"], bytes(t["data"]))
                for name, t in safetensors.deserialize(file)}

        assert read == tensors, f"set {i}"
        with safetensors.safe_open(path, framework="numpy") as opened:
            assert opened.metadata() == metadata, f"set {i}"
        n_f6 += sum(t[0].startswith("F6") for t in tensors.values())
    assert n_f6 >= n_sets


def test_metadata_come_out_in_the_order_of_their_keys(lib):
    metadata = {"b": "1", "a": "2", "\U0001f332": "3", "\uffff": "4", "": "5"}

    file = ours(lib, {}, metadata)

    assert file[8:].rstrip(b" ").decode() == (
        '{"__metadata__":{"":"5","a":"2","b":"1","\uffff":"4",'
        '"\U0001f332":"3"}}')


def test_what_the_official_writer_gets_wrong_is_right_here(lib, tmp_path):
    """A reserved name, a lone surrogate, the mode of the file."""
    one = {"w": ("U8", [1], b"x")}
    for name in "__metadata__", "\ud800", "a\0b":
        with pytest.raises(Refused):
            ours(lib, {name: one["w"]}, {})

    path = tmp_path / "m"
    old = os.umask(0o022)
    try:
        ours(lib, one, {}, path)
    finally:
        os.umask(old)
    assert stat.S_IMODE(path.stat().st_mode) == 0o644
