# SPDX-License-Identifier: MIT
"""
Random trees through pytree2safetensors and through us, file by file.

They are of the kind of which it is right: containers with a leaf somewhere in
them, keys that are text without its separators, None only in a list and before
a leaf.  What it does not keep is not expected of anybody: tuples come back as
lists, and whatever has attributes as an object.

SFTR_TREES is the number of trees, 300 by default.
"""

import collections
import dataclasses
import os

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
from jax.tree_util import GetAttrKey
from pytree2safetensors import PyTreeContainer, load_pytree, save_pytree

from trees import Tree

N_TREES = int(os.environ.get("SFTR_TREES", "300"))
N_DEEP = 4
TEXT = list("ab10-_ /[]\\'\"\u00e9\u65e5")

# Those that JAX makes without being asked for 64 bits.
DTYPES = {"BOOL": jnp.bool_, "U8": jnp.uint8, "I8": jnp.int8,
          "U16": jnp.uint16, "I16": jnp.int16, "F16": jnp.float16,
          "BF16": jnp.bfloat16, "U32": jnp.uint32, "I32": jnp.int32,
          "F32": jnp.float32}
NAMES = {np.dtype(dtype): name for name, dtype in DTYPES.items()}

# Fields in no order, one of them beginning as another.
FIELDS = ["weight", "bias", "w", "layers_10", "scale"]
POINTS = [collections.namedtuple(f"Point{n}", FIELDS[:n]) for n in (1, 2, 4)]
RECORDS = [jax.tree_util.register_dataclass(
    dataclasses.make_dataclass(f"Record{n}", FIELDS[:n]), FIELDS[:n], [])
    for n in (1, 3, 5)]
MODULES = [type(f"Module{n}", (eqx.Module,), {
    "__annotations__": dict.fromkeys(FIELDS[-n:], object)}) for n in (1, 2, 3)]


@jax.tree_util.register_pytree_with_keys_class
class Attributes:
    """A node whose attributes have any names."""

    def __init__(self, children):
        self.children = children

    def tree_flatten_with_keys(self):
        return ([(GetAttrKey(name), child)
                 for name, child in self.children.items()],
                tuple(self.children))

    @classmethod
    def tree_unflatten(cls, names, children):
        return cls(dict(zip(names, children)))


def array(rng):
    shape = tuple(int(rng.integers(0, 4)) for _ in range(rng.integers(0, 4)))
    dtype = np.dtype(list(DTYPES.values())[rng.integers(len(DTYPES))])
    raw = rng.bytes(int(np.prod(shape)) * dtype.itemsize)
    if dtype == np.bool_:
        raw = bytes(byte & 1 for byte in raw)
    # Bits as they are; the memory of 'raw' is not aligned.
    return jnp.asarray(np.frombuffer(raw, dtype).reshape(shape).copy())


def words(rng, shortest):
    n = int(rng.integers(1, 5))
    return ["".join(rng.choice(TEXT) for _ in range(
        rng.integers(shortest, 4))) for _ in range(n)]


def sequence(rng, depth):
    """Of 12 now and then: 10 stands before 2 in the file."""
    n = 12 if rng.random() < 0.1 else int(rng.integers(1, 4))
    return [None if rng.random() < 0.1 else tree(rng, depth + 1)
            for _ in range(n - 1)] + [tree(rng, depth + 1)]


def fields(rng, depth, types):
    cls = types[rng.integers(len(types))]
    n = len(cls._fields if issubclass(cls, tuple) else
            dataclasses.fields(cls))
    return cls(*(tree(rng, depth + 1) for _ in range(n)))


def tree(rng, depth=0):
    kind = rng.integers(0 if depth == 0 else -4, 7) if depth < N_DEEP else -1
    if kind < 0:
        return array(rng)
    if kind == 0:
        return {key: tree(rng, depth + 1) for key in words(rng, 0)}
    if kind == 1:
        return sequence(rng, depth)
    if kind == 2:
        return tuple(sequence(rng, depth))
    if kind == 3:  # an attribute "" can only be where something is before it
        return Attributes({name: tree(rng, depth + 1)
                           for name in words(rng, depth == 0)})
    return fields(rng, depth, [POINTS, RECORDS, MODULES][kind - 4])


def parts(value):
    """What a tree of JAX is in our words: its kind, its steps and children."""
    if value is None:
        return "none", []
    if isinstance(value, dict):
        return "dict", [(("key", key), value[key]) for key in value]
    if isinstance(value, (jax.Array, np.ndarray)):
        return "tensor", []
    if type(value) in (list, tuple):
        return type(value).__name__, [(("index", i), child)
                                      for i, child in enumerate(value)]
    if isinstance(value, tuple):
        children = value._asdict()
    elif isinstance(value, Attributes):
        children = value.children
    elif isinstance(value, PyTreeContainer):
        children = vars(value)
    else:
        children = {f.name: getattr(value, f.name)
                    for f in dataclasses.fields(value)}
    return "object", [(("attr", name), children[name]) for name in children]


def told(value):
    """All that a file keeps of it, to be compared."""
    kind, children = parts(value)
    if kind == "tensor":
        value = np.asarray(value)
        return NAMES[value.dtype], value.shape, value.tobytes()
    return ("list" if kind == "tuple" else kind,
            {step: told(child) for step, child in children})


def told_by_us(ours, node):
    kind = ours.kind(node)
    if kind == "tensor":
        return ours.tensor(node)
    return kind, {step: told_by_us(ours, child)
                  for step, child in ours.children(node)}


def build(ours, keep, value, parent=None, step=None):
    """The same tree by hand; 'keep' holds the memory of its leaves."""
    kind, children = parts(value)
    if kind == "tensor":
        keep.append(np.asarray(value))
        ours.add_tensor(parent, step, NAMES[keep[-1].dtype], keep[-1])
        return
    node = ours.add(parent, step, kind)
    for below, child in children:
        build(ours, keep, child, node, below)


def kinds(value):
    """The Python types of all its nodes."""
    yield type(value)
    for _, child in parts(value)[1]:
        yield from kinds(child)


def test_both_savers_and_both_loaders(lib, rng, tmp_path):
    theirs, by_us = tmp_path / "theirs", tmp_path / "ours"
    same_bytes = rebuilt = loaded = 0
    met = set()
    for i in range(N_TREES):
        value = tree(rng)
        expected = told(value)
        met.update(kinds(value))
        save_pytree(value, theirs)
        keep = []
        with Tree(lib) as ours:
            build(ours, keep, value)
            ours.save(by_us, "p2s")
        assert by_us.read_bytes() == theirs.read_bytes(), f"tree {i}"
        same_bytes += 1
        assert told(load_pytree(by_us)) == expected, f"tree {i}"
        rebuilt += 1
        with Tree.load(lib, theirs, "p2s") as ours:
            assert told_by_us(ours, ours.root()) == expected, f"tree {i}"
        loaded += 1
    print(f"of {N_TREES} trees: {same_bytes} the same bytes, "
          f"{rebuilt} rebuilt from our files, {loaded} read from theirs")
    if N_TREES >= 300:
        assert met >= {dict, list, tuple, type(None), Attributes, *POINTS,
                       *RECORDS, *MODULES}
