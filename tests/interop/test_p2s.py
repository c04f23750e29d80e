# SPDX-License-Identifier: MIT
"""The codec p2s against the package that it is named for."""

import paths
import pytest
from jax.tree_util import DictKey, GetAttrKey, SequenceKey
from pytree2safetensors import keypath2string, string2keypath

TEXT = list("ab10-_ /[]\\'\"\u00e9\u65e5") + [""]
N_PATHS = 5000


@pytest.fixture
def p2s(lib):
    return paths.Codec(lib, "p2s")


def steps_of(path):
    return [("index", key.idx) if isinstance(key, SequenceKey) else
            ("key", key.key) if isinstance(key, DictKey) else
            ("attr", key.name) for key in path]


def random_path(rng, text):
    """A path of texts of these characters."""
    def word():
        return "".join(rng.choice(text) for _ in range(rng.integers(0, 4)))

    return tuple([lambda: GetAttrKey(word()), lambda: DictKey(word()),
                  lambda: SequenceKey(int(rng.integers(0, 12)))
                  ][rng.integers(3)]() for _ in range(rng.integers(0, 5)))


def test_examples_of_its_readme(p2s):
    for path in [(GetAttrKey("layers"), SequenceKey(10), DictKey("query")),
                 (SequenceKey(2), GetAttrKey("layers"), SequenceKey(10),
                  DictKey("query"))]:
        assert p2s.format(steps_of(path)) == keypath2string(path)
        assert p2s.parse(keypath2string(path)) == steps_of(path)


def test_where_it_is_right_we_say_the_same(p2s, rng):
    n_right = 0
    for _ in range(N_PATHS):
        path = random_path(rng, TEXT)
        if path == () or path[0] == GetAttrKey(""):
            continue
        n_right += 1
        text = keypath2string(path)
        assert string2keypath(text) == path
        assert p2s.format(steps_of(path)) == text
        assert p2s.parse(text) == steps_of(path)
    assert n_right > N_PATHS // 4


def test_what_it_would_read_back_otherwise_we_refuse(p2s, rng):
    n_wrong = 0
    for _ in range(N_PATHS):
        path = random_path(rng, TEXT + [".", "@", "#"] * 3)
        try:
            right = string2keypath(keypath2string(path)) == path
        except (ValueError, IndexError):
            right = path == ()  # which we can say and it cannot read
        if right:
            assert p2s.parse(p2s.format(steps_of(path))) == steps_of(path)
            continue
        n_wrong += 1
        with pytest.raises(paths.Refused, match="SFTR_E_CODEC"):
            p2s.format(steps_of(path))
    assert n_wrong > N_PATHS // 4
