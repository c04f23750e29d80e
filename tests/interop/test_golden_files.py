# SPDX-License-Identifier: MIT
"""The files in fixtures/golden are those that their makers wrote."""

import hashlib


def manifest(golden):
    """Digest by file name."""
    lines = (golden / "MANIFEST").read_text(encoding="ascii").splitlines()
    pairs = [line.split("  ", 1) for line in lines
             if line and not line.startswith("#")]
    return {name: digest for digest, name in pairs}


def test_manifest_names_every_file_and_no_other(golden):
    files = {str(path.relative_to(golden)) for path in golden.rglob("*")
             if path.is_file()}
    assert set(manifest(golden)) == files - {"MANIFEST"}


def test_digests_are_those_of_the_manifest(golden):
    found = {name: hashlib.sha256((golden / name).read_bytes()).hexdigest()
             for name in manifest(golden)}
    assert found == manifest(golden)
