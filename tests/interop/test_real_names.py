# SPDX-License-Identifier: MIT
"""
Names that real frameworks give, made here and now by the functions that make
the golden files.  Each file is a tree under the codec that guess finds, and
from the steps of that tree come the names as they were.
"""

import json
import pathlib
import sys

import pytest
from conftest import SOURCE
from safetensors import safe_open
from trees import Tree

CODECS = {
    "flax-linen-p2s": "p2s",
    "flax-linen-slash": "slash",
    "flax-nnx-p2s": "p2s",
    "flax-nnx-slash": "slash",
    "flax-nnx-keystr": "keystr",
    "equinox-p2s": "p2s",
    "optax-adam-p2s": "p2s",
    "optax-inject-p2s": "p2s",
    "torch-encoder": "dotted",
    "torch-sequential": "dotted",
    "torch-finetuned": "dotted",
    "torch-tied": "dotted",
    "llama-tied/model": "dotted",
    "llama-untied/model": "dotted",
    "llama-sharded": "dotted",
}

# A leaf of each file, as the framework's own code would reach it.
LEAVES = {
    "flax-linen-p2s": [["key", "params"], ["key", "layers_0"],
                       ["key", "kernel"]],
    "flax-linen-slash": [["key", "params"], ["key", "layers_0"],
                         ["key", "kernel"]],
    "flax-nnx-p2s": [["attr", "layers"], ["index", 2], ["attr", "kernel"],
                     ["attr", "value"]],
    "flax-nnx-slash": [["key", "layers"], ["index", 2], ["key", "kernel"]],
    "equinox-p2s": [["attr", "layers"], ["index", 2], ["attr", "weight"]],
    "optax-adam-p2s": [["index", 0], ["attr", "mu"], ["key", "params"],
                       ["key", "Dense_0"], ["key", "kernel"]],
    "optax-inject-p2s": [["attr", "hyperparams"], ["key", "learning_rate"]],
    "torch-encoder": [["key", "layers"], ["index", 1], ["key", "self_attn"],
                      ["key", "in_proj_weight"]],
    # There is no 2: it is an activation.
    "torch-sequential": [["key", "3"], ["key", "weight"]],
    "llama-sharded": [["key", "model"], ["key", "layers"], ["index", 1],
                      ["key", "self_attn"], ["key", "q_proj"],
                      ["key", "weight"]],
}


class Scratch:
    """A Golden that keeps no record, elsewhere."""

    def __init__(self, root):
        self.root = root

    def path(self, name, note=None):
        path = self.root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        return str(path)


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """The folder with what the frameworks wrote just now."""
    scratch = Scratch(tmp_path_factory.mktemp("made"))
    makers = str(SOURCE / "fixtures" / "make")
    sys.path.insert(0, makers)
    try:
        import frameworks
        import llama
    finally:
        sys.path.remove(makers)
    frameworks.linen_files(scratch)
    frameworks.nnx_files(scratch)
    frameworks.equinox_files(scratch)
    frameworks.optax_files(scratch)
    frameworks.torch_files(scratch)
    untied = llama.make(False)
    llama.keep(scratch, llama.make(True), "llama-tied")
    llama.keep(scratch, untied, "llama-untied")
    llama.keep(scratch, untied, "llama-sharded", max_shard_size="20kB")
    return scratch.root


def names_of(path):
    """All names, as the official package reads them."""
    files = sorted(path.glob("*.safetensors")) if path.is_dir() else [path]
    names = []
    for file in files:
        with safe_open(file, framework="numpy") as opened:
            names += opened.keys()
    return sorted(names)


def found(made, name):
    folder = made / name
    return folder if folder.is_dir() else pathlib.Path(f"{folder}.safetensors")


@pytest.mark.parametrize("name", CODECS)
def test_names_are_a_tree_and_come_back(safetree, made, name):
    path = found(made, name)
    names = names_of(path)
    assert names
    (told,) = safetree.json("tree", "--json", path)
    assert told["codec"] == CODECS[name]
    leaves = [node["path"] for node in told["nodes"]
              if node["kind"] == "tensor"]
    # Nothing but containers and tensors; nulls where a list has gaps.
    assert {node["kind"] for node in told["nodes"]} <= {
        "dict", "list", "object", "tensor", "none"}
    if name in LEAVES:
        assert LEAVES[name] in leaves
    lines = "".join(json.dumps(leaf) + "\n" for leaf in leaves)
    texts = safetree("keypath", "--format", "--codec", told["codec"],
                     stdin=lines.encode()).stdout.decode().splitlines()
    assert sorted(texts) == names


@pytest.mark.parametrize("name", CODECS)
def test_saved_again_the_names_are_the_same(lib, made, tmp_path, name):
    path = found(made, name)
    again = tmp_path / "again.safetensors"
    with Tree.load(lib, path, "guess") as tree:
        tree.save(again, "guess")
    assert names_of(again) == names_of(path)
