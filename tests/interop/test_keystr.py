# SPDX-License-Identifier: MIT
"""The codec keystr against jax.tree_util.keystr and Python's own literals."""

import ast

import jax.tree_util as jtu
import paths
import pytest

# Quotes and what the codec gives a meaning come more often than their share.
LATIN_1 = [chr(c) for c in range(0x20, 0x7f)] + \
          [chr(c) for c in range(0xa0, 0x100)] + list("'\"\\[].<>" * 8)
N_TREES = 2000
N_TEXTS = 5000


@pytest.fixture
def keystr(lib):
    return paths.Codec(lib, "keystr")


def text_key(rng):
    return "".join(rng.choice(LATIN_1) for _ in range(rng.integers(0, 7)))


def tree(rng, depth=0):
    kind = rng.integers(0, 6) if depth < 4 else 0
    n = int(rng.integers(1, 4))
    if kind <= 1:
        return 0.0
    if kind == 2:
        return [tree(rng, depth + 1) for _ in range(n)]
    if kind == 3:
        return tuple(tree(rng, depth + 1) for _ in range(n))
    if kind == 4:
        return {-int(rng.integers(1, 2**63)): tree(rng, depth + 1)
                for _ in range(n)}
    return {text_key(rng): tree(rng, depth + 1) for _ in range(n)}


def steps_of(path):
    return [("index", key.idx) if isinstance(key, jtu.SequenceKey) else
            ("key" if isinstance(key.key, str) else "integer key", key.key)
            for key in path]


def test_every_text_of_random_trees_comes_back(keystr, rng):
    n_texts = 0
    for _ in range(N_TREES):
        for path, _leaf in jtu.tree_leaves_with_path(tree(rng)):
            text = jtu.keystr(path)
            assert keystr.parse(text) == steps_of(path), text
            assert keystr.format(steps_of(path)) == text
            n_texts += 1
    assert n_texts > N_TREES


def test_attributes_and_flat_indices_come_back(keystr):
    path = (jtu.GetAttrKey("layers"), jtu.SequenceKey(0),
            jtu.FlattenedIndexKey(3), jtu.DictKey("w"), jtu.GetAttrKey("b"))
    steps = [("attr", "layers"), ("index", 0), ("flat", 3), ("key", "w"),
             ("attr", "b")]
    assert keystr.parse(jtu.keystr(path)) == steps
    assert keystr.format(steps) == jtu.keystr(path)


@pytest.mark.parametrize("key", [1.5, None, True, (1, 2), b"x", 2**63])
def test_other_keys_are_refused(keystr, key):
    with pytest.raises(paths.Refused, match="SFTR_E_PATH"):
        keystr.parse(jtu.keystr((jtu.DictKey(key),)))


def test_python_reads_what_we_write_and_we_what_python_writes(keystr, rng):
    ranges = [(0, 0x80), (0x80, 0x300), (0x300, 0xd800), (0xe000, 0x110000)]
    for _ in range(N_TEXTS):
        key = "".join(chr(rng.integers(*ranges[rng.integers(4)]))
                      for _ in range(rng.integers(0, 6)))
        assert keystr.parse(f"[{key!r}]") == [("key", key)]
        assert keystr.parse(f"[{key!a}]") == [("key", key)]
        assert ast.literal_eval(keystr.format([("key", key)])) == [key]
