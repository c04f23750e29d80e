# SPDX-License-Identifier: MIT
"""Of the golden files the command says what the official package says."""

import json

import pytest
import raw
import safetensors
from conftest import FIXTURES
from safetensors import safe_open

GOLDEN = FIXTURES / "golden"
FILES = sorted(str(path.relative_to(GOLDEN))
               for path in GOLDEN.rglob("*.safetensors"))
SHARDED = GOLDEN / "llama-sharded"


def told_officially(path):
    """Name, dtype and shape by the package; ranges and their order, which it
    hides, by the header's own JSON."""
    header = json.loads(raw.split(path)[0])
    tensors = []
    with safe_open(path, framework="numpy") as file:
        for name in file.keys():
            view = file.get_slice(name)
            begin, end = header[name]["data_offsets"]
            tensors.append({"name": name, "dtype": view.get_dtype(),
                            "shape": view.get_shape(), "file": str(path),
                            "begin": begin, "end": end})
        metadata = file.metadata()
    order = list(header)
    tensors.sort(key=lambda t: (t["begin"], t["end"], order.index(t["name"])))
    return tensors, metadata


@pytest.fixture(params=FILES)
def path(request):
    return GOLDEN / request.param


def test_ls_agrees_with_the_official_reader(safetree, path):
    (told,) = safetree.json("ls", "--json", path)
    tensors, metadata = told_officially(path)

    assert told == {"file": str(path), "n_tensors": len(tensors),
                    "metadata": metadata, "tensors": tensors}


def test_header_is_the_text_in_the_file(safetree, path):
    text = raw.split(path)[0]
    assert safetree("header", path).stdout.rstrip() == text.rstrip()


@pytest.mark.parametrize("policy", ["strict", "reference"])
def test_check_finds_nothing_worse_than_a_note(safetree, path, policy):
    (told,) = safetree.json("check", "--json", "--policy", policy, path)

    assert told["file"] == str(path)
    assert told["policy"] == policy
    assert told["verdict"] == "valid"
    assert [finding for finding in told["findings"]
            if finding["severity"] != "note"] == []


def test_show_raw_gives_the_bytes_of_every_tensor(safetree, path):
    for name, tensor in safetensors.deserialize(path.read_bytes()):
        shown = safetree("show", "--raw", path, name).stdout
        assert shown == tensor["data"], name


def test_repack_gives_the_same_bytes(safetree, path, tmp_path):
    """They are canonical: the official writer made them, with one metadata
    entry at most."""
    out = tmp_path / "out.safetensors"
    safetree("repack", path, out)
    assert out.read_bytes() == path.read_bytes()


@pytest.mark.parametrize("opened", [SHARDED,
                                    SHARDED / "model.safetensors.index.json"],
                         ids=["folder", "index"])
def test_shards_are_listed_as_one(safetree, opened):
    (told,) = safetree.json("ls", "--json", opened)
    (whole,) = safetree.json("ls", "--json",
                             GOLDEN / "llama-untied" / "model.safetensors")

    def facts(listing):
        return sorted((t["name"], t["dtype"], t["shape"],
                       t["end"] - t["begin"]) for t in listing["tensors"])

    assert facts(told) == facts(whole)
    index = json.loads((SHARDED / "model.safetensors.index.json").read_text())
    assert {tensor["name"]: tensor["file"].rsplit("/", 1)[-1]
            for tensor in told["tensors"]} == index["weight_map"]
    safetree("check", opened)


def test_repack_joins_shards_to_the_single_file(safetree, tmp_path):
    out = tmp_path / "out.safetensors"
    safetree("repack", SHARDED, out)
    whole = GOLDEN / "llama-untied" / "model.safetensors"
    assert out.read_bytes() == whole.read_bytes()
