# SPDX-License-Identifier: MIT
"""
What every interoperability test may ask for.

    safetree   runs the command that was built: safetree("ls", "--json", path)
    lib        the shared library that was built, through ctypes
    golden     fixtures/golden
    judge      tests/conformance/judge.py, a second opinion on headers
    rng        numbers that are random, and the same again with the same seed

They look where SAFETREE, SFTR_LIB, SFTR_BUILDDIR and SFTR_SRCDIR point, and by
default into ./build.  What is not there is a failure, never a skip.

SFTR_SEED repeats a run; the seed stands at the end of every run.
"""

import ctypes
import importlib.util
import json
import os
import pathlib
import secrets
import subprocess
import zlib

import numpy as np
import pytest

SOURCE = pathlib.Path(os.environ.get(
    "SFTR_SRCDIR", pathlib.Path(__file__).resolve().parents[2]))
BUILD = pathlib.Path(os.environ.get("SFTR_BUILDDIR", SOURCE / "build"))
FIXTURES = pathlib.Path(os.environ.get("SFTR_FIXTURES", SOURCE / "fixtures"))
SEED = int(os.environ.get("SFTR_SEED") or secrets.randbits(32))

os.environ.setdefault("JAX_PLATFORMS", "cpu")
os.environ.setdefault("HF_HUB_OFFLINE", "1")


def pytest_terminal_summary(terminalreporter):
    terminalreporter.write_line(f"SFTR_SEED={SEED} repeats this run")


class Command:
    """
    The command.  Called, it returns the finished process; where the exit
    status is not 'exit' it fails with what the command said.
    """

    def __init__(self, path):
        self.path = path

    def __call__(self, *arguments, exit=0, stdin=b""):
        done = subprocess.run([self.path, *map(str, arguments)], input=stdin,
                              capture_output=True, timeout=300, check=False)
        assert done.returncode == exit, (
            f"safetree {' '.join(map(str, arguments))}: exit status "
            f"{done.returncode}, not {exit}\n"
            f"{done.stdout[-2000:].decode('utf-8', 'replace')}"
            f"{done.stderr[-2000:].decode('utf-8', 'replace')}")
        return done

    def json(self, *arguments, exit=0):
        """The objects that it prints with --json, one a line."""
        done = self(*arguments, exit=exit)
        return [json.loads(line) for line in done.stdout.splitlines()]


@pytest.fixture(scope="session")
def safetree():
    path = os.environ.get("SAFETREE") or BUILD / "safetree"
    assert os.access(path, os.X_OK), f"{path}: no command; build it first"
    return Command(str(path))


@pytest.fixture(scope="session")
def lib():
    path = os.environ.get("SFTR_LIB") or BUILD / ".libs" / "libsafetree.so"
    return ctypes.CDLL(str(path))


@pytest.fixture(scope="session")
def golden():
    return FIXTURES / "golden"


@pytest.fixture(scope="session")
def judge():
    spec = importlib.util.spec_from_file_location(
        "judge", SOURCE / "tests" / "conformance" / "judge.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def rng(request):
    """One sequence a test, whatever other tests run."""
    return np.random.default_rng(
        [SEED, zlib.crc32(request.node.nodeid.encode())])
