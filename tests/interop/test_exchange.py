# SPDX-License-Identifier: MIT
"""
The exchange: what was trained in JAX runs in torch and the other way, through
the rules of doc/examples, and comes back byte for byte; and transformers opens a
directory that we wrote.

The networks are those of fixtures/make, which trained them; the logits were
recorded by the framework that trained.
"""

import shutil
import sys

import jax
import numpy as np
import pytest
import safetensors.numpy
import safetensors.torch
import torch
from conftest import SOURCE
from pytree2safetensors import load_pytree
from transformers import LlamaForCausalLM

sys.path.append(str(SOURCE / "fixtures" / "make"))

import digits  # noqa: E402
import digits_torch  # noqa: E402

RULES = SOURCE / "doc" / "examples"
TO_TORCH = RULES / "flax-to-torch.rules"
TO_FLAX = RULES / "torch-to-flax.rules"


@pytest.fixture
def rewrite(safetree, tmp_path):
    """rewrite(RULES, IN, OUT): the path of what OUT became, in tmp_path."""
    def run(rules, source, name, *options):
        safetree("repack", "--rules", rules, *options, source,
                 tmp_path / name)
        return tmp_path / name
    return run


@pytest.fixture
def images(golden):
    held = safetensors.numpy.load_file(golden / "digits-heldout.safetensors")
    return held["images"][..., None]


def recorded(golden, name):
    return safetensors.numpy.load_file(golden / name)["logits"]


def in_torch(path, images):
    model = digits_torch.Digits()
    model.load_state_dict(safetensors.torch.load_file(path), strict=True)
    return digits_torch.logits_of(model, images)


def in_flax(path, images):
    with jax.default_matmul_precision("highest"):
        return np.asarray(digits.Digits().apply(load_pytree(path), images))


def test_a_network_of_jax_runs_in_torch(rewrite, golden, images):
    path = rewrite(TO_TORCH, golden / "digits.safetensors", "torch.st",
                   "--format", "pt")
    logits = in_torch(path, images)
    expected = recorded(golden, "digits-heldout.safetensors")
    assert logits.shape == expected.shape == (360, 10)
    assert np.abs(logits - expected).max() < 1e-5


def test_a_network_of_torch_runs_in_flax(rewrite, golden, images):
    path = rewrite(TO_FLAX, golden / "digits-torch.safetensors", "flax.st")
    logits = in_flax(path, images)
    expected = recorded(golden, "digits-torch-logits.safetensors")
    assert logits.shape == expected.shape == (360, 10)
    assert np.abs(logits - expected).max() < 1e-5


def test_what_torch_gets_is_what_a_transpose_by_hand_gives(rewrite, golden):
    source = golden / "digits.safetensors"
    got = safetensors.torch.load_file(rewrite(TO_TORCH, source, "torch.st"))
    wanted = digits_torch.from_flax(safetensors.numpy.load_file(source))
    assert set(got) == set(wanted)
    for name, tensor in wanted.items():
        assert torch.equal(got[name], tensor), name


@pytest.mark.parametrize("name, there, back", [
    ("digits.safetensors", TO_TORCH, TO_FLAX),
    ("digits-torch.safetensors", TO_FLAX, TO_TORCH),
])
def test_it_comes_back_byte_for_byte(rewrite, golden, name, there, back):
    source = golden / name
    away = rewrite(there, source, "away.st")
    assert away.read_bytes() != source.read_bytes()
    home = rewrite(back, away, "home.st")
    assert home.read_bytes() == source.read_bytes()


@pytest.mark.parametrize("source, forward", [
    ("llama-untied/model.safetensors", "llama-untied"),
    ("llama-tied/model.safetensors", "llama-tied"),
    ("llama-sharded", "llama-untied"),
])
def test_transformers_opens_a_directory_that_we_wrote(
        safetree, golden, tmp_path, source, forward):
    """Aligned, so that it is not the file that transformers wrote."""
    written = tmp_path / "model.safetensors"
    safetree("repack", "--align", "4096", golden / source, written)
    original = golden / forward / "model.safetensors"
    assert written.read_bytes() != original.read_bytes()
    shutil.copy(golden / forward / "config.json", tmp_path)

    model, info = LlamaForCausalLM.from_pretrained(
        tmp_path, local_files_only=True, output_loading_info=True)
    assert not any(info.values()), info
    expected = safetensors.torch.load_file(
        golden / f"{forward}-forward.safetensors")
    with torch.no_grad():
        logits = model.eval()(expected["input_ids"]).logits
    off = (logits - expected["logits"]).abs()
    assert (off / expected["logits"].abs().clamp(min=1)).max() < 1e-5
