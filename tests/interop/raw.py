# SPDX-License-Identifier: MIT
"""
Safetensors files byte by byte, to say what no writer would, and what the
official package makes of them.

This is a second reading of the format, on purpose without the package: it
neither pads nor sorts nor checks unless asked.
"""

import json

import safetensors


def encode(header, data=b"", n=None):
    """
    A file with this header (text, or bytes where they are not UTF-8) and this
    data.  'n' is the length that it claims, by default the right one.
    """
    if isinstance(header, str):
        header = header.encode()
    if n is None:
        n = len(header)
    return n.to_bytes(8, "little") + header + data


def entry(dtype, shape, begin, end):
    """A tensor's entry as the official writer spells it."""
    return (f'{{"dtype":"{dtype}","shape":[{",".join(map(str, shape))}],'
            f'"data_offsets":[{begin},{end}]}}')


def header(entries, metadata=None, pad=8):
    """
    The header's text from (name, entry) pairs in the order given, names spelt
    by JSON; duplicates stay.  Padded with spaces to a multiple of 'pad'.
    """
    fields = []
    if metadata is not None:
        fields.append('"__metadata__":' + compact(metadata))
    fields += [compact(name) + ":" + text for name, text in entries]
    text = "{" + ",".join(fields) + "}"
    return text + " " * (-len(text.encode()) % pad)


def compact(value):
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def split(path):
    """The header's bytes and the data of a file."""
    with open(path, "rb") as file:
        n = int.from_bytes(file.read(8), "little")
        text = file.read(n)
        return text, file.read()


def official_error(file):
    """
    None where the official reader accepts a whole file in memory, otherwise
    what it says.
    """
    try:
        safetensors.deserialize(file)
    except safetensors.SafetensorError as refusal:
        return str(refusal)
    return None
