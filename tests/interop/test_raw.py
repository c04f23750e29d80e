# SPDX-License-Identifier: MIT
"""raw.py says of files what the official package says."""

import raw
from safetensors.numpy import save

import numpy as np


def test_encodes_as_the_official_writer():
    tensors = {"wide": np.arange(6, dtype=np.int64).reshape(2, 3),
               "caf\u00e9 \"/\\": np.array(1.5, np.float32)}
    ours = raw.encode(raw.header([
        ("wide", raw.entry("I64", [2, 3], 0, 48)),
        ("caf\u00e9 \"/\\", raw.entry("F32", [], 48, 52)),
    ], {"format": "np"}), tensors["wide"].tobytes() + b"\0\0\xc0\x3f")

    assert ours == save(tensors, metadata={"format": "np"})


def test_splits_what_it_encodes(tmp_path):
    path = tmp_path / "x.safetensors"
    path.write_bytes(raw.encode("{}  ", b"data", n=2))
    assert raw.split(path) == (b"{}", b"  data")


def test_tells_what_the_official_reader_refuses():
    good = raw.header([("w", raw.entry("F32", [1], 0, 4))])
    assert raw.official_error(raw.encode(good, b"1234")) is None
    assert "not fully covered" in raw.official_error(raw.encode(good, b"123"))
    assert raw.official_error(raw.encode(good, b"1234", n=7)) is not None
