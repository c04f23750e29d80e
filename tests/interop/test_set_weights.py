# SPDX-License-Identifier: MIT
"""
set_weights of pytree2safetensors and ours with the lenient preset, over random
templates and files.

Where it is right the results are the same, bit for bit: leaves that the file
has are taken, others stay, what nobody wants is passed over, and where steps
without a name are dropped, several leaves take one tensor.  Everywhere else a
file is made wrong in one of the ways of FAULTS, and both are held to what they
then do: it what it should not, and we what the numbered cases say.

SFTR_TEMPLATES is the number of templates, 200 by default.
"""

import os

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from jax.tree_util import DictKey, FlattenedIndexKey, GetAttrKey, \
    SequenceKey
from pytree2safetensors import keypath2string, set_weights, string2keypath
from safetensors.numpy import save_file

import binding
import test_trees
import writer
from test_trees import NAMES
from trees import Tree

N_TEMPLATES = int(os.environ.get("SFTR_TEMPLATES", "200"))

# dtypes and those that hold all their values, or to which both round alike.
WIDER = {"BF16": [jnp.float32], "F16": [jnp.float32],
         "F32": [jnp.bfloat16, jnp.float16], "U8": [jnp.int16, jnp.uint32],
         "I8": [jnp.int32], "U16": [jnp.int32], "I16": [jnp.int8]}
FAULTS = ["shape", "kind", "integer", "twice", "number", "minus", "nothing"]


@jax.tree_util.register_pytree_node_class
class Flat:
    """A node whose children have no names."""

    def __init__(self, *children):
        self.children = children

    def tree_flatten(self):
        return self.children, None

    @classmethod
    def tree_unflatten(cls, _, children):
        return cls(*children)


def with_flat(rng, value):
    """The tree, with nodes of that kind here and there."""
    if isinstance(value, dict):
        value = {key: with_flat(rng, child) for key, child in value.items()}
    elif type(value) is list:
        value = [with_flat(rng, child) for child in value]
    if rng.random() < 0.1:
        like = jax.tree.map(lambda leaf: leaf.copy(), value)
        return Flat(value, like) if rng.random() < 0.5 else Flat(value)
    return value


def steps_of(path):
    """A key path of JAX in our words."""
    def step(part):
        if isinstance(part, SequenceKey):
            return "index", part.idx
        if isinstance(part, FlattenedIndexKey):
            return "flat", part.key
        if isinstance(part, GetAttrKey):
            return "attr", part.name
        return ("key" if isinstance(part.key, str) else "integer key",
                part.key)

    return [step(part) for part in path]


def named(path):
    """What the leaf is called in a file; steps without a name are dropped."""
    return tuple(part for part in path
                 if not isinstance(part, FlattenedIndexKey))


def erased(path):
    return tuple(str(value) for kind, value in steps_of(path)
                 if kind != "flat")


def build(ours, leaves):
    """The same tree, with memory that holds what the leaves do."""
    nodes, memory = {}, []
    kinds = {"index": "list", "key": "dict", "integer key": "dict",
             "attr": "object", "flat": "object"}
    for path, leaf in leaves:
        steps = tuple(steps_of(path))
        memory.append(np.array(leaf, copy=True, order="C"))
        for depth in range(len(steps)):
            here = steps[:depth]
            if here not in nodes:
                nodes[here] = ours.add(
                    nodes[here[:-1]] if here else None,
                    here[-1] if here else None, kinds[steps[depth][0]])
            # A None is in the way of the next one in a list.
            kind, value = steps[depth]
            count = ours.lib.sftr_node_count(nodes[here])
            while kind == "index" and count < value:
                ours.add(nodes[here], ("index", count), "none")
                count += 1
        ours.add_tensor(nodes[steps[:-1]], steps[-1], NAMES[leaf.dtype],
                        memory[-1])
    return memory


def other(rng, leaf, dtype=None):
    """A tensor of the same shape, and of the same dtype if none is given."""
    dtype = np.dtype(dtype or leaf.dtype)
    if dtype == np.bool_:
        return rng.integers(0, 2, leaf.shape).astype(np.bool_)
    if dtype.kind in "iu":
        return rng.integers(0, 100, leaf.shape).astype(dtype)
    return rng.standard_normal(leaf.shape).astype(np.float32).astype(dtype)


def of_another_dtype(rng, leaf):
    """One that becomes the leaf's dtype in the same way for all."""
    fits = [dtype for name in WIDER for dtype in WIDER[name]
            if name == NAMES[leaf.dtype]] or [leaf.dtype]
    return other(rng, leaf, fits[rng.integers(len(fits))])


def random_file(rng, leaves):
    """Tensors for most of the leaves, by their names, and some for none."""
    file = {}
    for path, leaf in leaves:
        name = named(path)
        if name in file or rng.random() < 0.2 or not name:
            continue
        if not all(isinstance(getattr(part, "key", ""), str)
                   for part in name):
            continue
        file[name] = (of_another_dtype if rng.random() < 0.2 else other)(
            rng, leaf)
    for n in range(rng.integers(0, 3)):
        file[(GetAttrKey(f"nobody{n}"), DictKey("wants"))] = np.zeros(2)
    return file


def is_alone(leaves, name):
    return sum(erased(path) == erased(name) for path, _ in leaves) == 1


def other_kind(part):
    """A step of the same text and another kind."""
    text = str(steps_of([part])[0][1])
    return (GetAttrKey(text) if isinstance(part, (DictKey, SequenceKey)) else
            DictKey(text))


def make_wrong(rng, fault, leaves, file):
    """The names of the file as text, made wrong; and what it is about."""
    texts = {keypath2string(name): array for name, array in file.items()}
    names = [name for name in file if is_alone(leaves, name)]
    if fault == "nothing" or not names:
        return texts, None
    name = names[rng.integers(len(names))]
    text = keypath2string(name)
    if fault == "shape":
        texts[text] = np.zeros((*file[name].shape, 2), file[name].dtype)
    elif fault == "kind":
        changed = (*name[:-1], other_kind(name[-1]))
        if changed[0] == GetAttrKey(""):
            return texts, None
        texts[keypath2string(changed)] = texts.pop(text)
    elif fault == "twice":  # case 15
        if not isinstance(name[0], GetAttrKey) or text.startswith("."):
            return texts, None
        texts["." + text] = other(rng, file[name])
    elif fault == "number":  # case 8
        texts["nobody#01"] = np.zeros(1)
    elif fault == "minus":  # case 9
        texts["nobody#-1"] = np.zeros(1)
    return texts, name


def random_case(rng, i, tmp_path):
    """A template, its leaves with their paths, and a file that is written."""
    template = with_flat(rng, test_trees.tree(rng))
    fault = FAULTS[i % len(FAULTS)] if i % 2 else "nothing"
    if fault == "integer":
        template = {"text": template, "numbers": {
            1: jnp.zeros(3), -7: jnp.zeros(2, jnp.int32)}}
    leaves = jax.tree_util.tree_leaves_with_path(template)
    file = random_file(rng, leaves)
    texts, about = make_wrong(rng, fault, leaves, file)
    if fault == "integer":  # case 5: it cannot say such a key
        about = (DictKey("numbers"), DictKey("1"))
        texts["@numbers@1"] = np.ones(3, np.float32)
    if not texts:
        texts["nobody"] = np.zeros(1)
    path = tmp_path / "file.st"
    save_file(texts, path)
    return template, leaves, texts, fault if about else "nothing", about, path


def same_bits(a, b):
    a, b = np.asarray(a), np.asarray(b)
    return (a.dtype, a.shape, a.tobytes()) == (b.dtype, b.shape, b.tobytes())


def fill(lib, leaves, path, **reactions):
    """What we make of the template, and the report; or None and the fault."""
    with Tree(lib) as ours:
        memory = build(ours, leaves)
        try:
            return memory, binding.lenient_set_weights(lib, ours, path,
                                                       **reactions)
        except writer.Refused as refused:
            for array, (_, leaf) in zip(memory, leaves):
                assert same_bits(array, leaf), "touched, and refused"
            return None, refused


def compare(leaves, theirs, ours, but=()):
    """Leaf by leaf; theirs as the template's dtype.  How many were taken."""
    taken = 0
    for (path, leaf), new, mine in zip(leaves, theirs, ours):
        new = np.asarray(new)
        if erased(path) in but:
            continue
        assert same_bits(mine, new.astype(leaf.dtype)), path
        taken += not same_bits(new, leaf)
    return taken


def check_refused(fault, refused, about, leaves, theirs, ours):
    assert ours is None, f"{fault}: taken"
    code, key, _ = refused.args
    if fault == "shape":  # case 19: it replaces, whatever the shape
        assert code == "SFTR_E_SHAPE"
        assert any(new.shape != leaf.shape
                   for (_, leaf), new in zip(leaves, theirs))
    else:  # cases 8 and 9: it reads such a number
        assert code == "SFTR_E_PATH"
        assert key.startswith("nobody#")


def leaf_of(about, leaves, values):
    return next((leaf, value) for (path, leaf), value in zip(leaves, values)
                if erased(path) == erased(about))


def check_kind(about, leaves, theirs, ours, texts, report):
    """It does not know a leaf by a name of another kind; we do."""
    leaf, new = leaf_of(about, leaves, theirs)
    assert same_bits(new, leaf)
    _, mine = leaf_of(about, leaves, ours)
    wanted = next(array for name, array in texts.items()
                  if erased(string2keypath(name)) == erased(about))
    assert same_bits(mine, wanted.astype(leaf.dtype))
    assert report.n_kind >= 1


def check_twice(about, leaves, theirs, ours, texts, report):
    """Case 15: of two names for a leaf its last wins; we say so, and take
    the first that the file has."""
    name = keypath2string(about)
    leaf, new = leaf_of(about, leaves, theirs)
    _, mine = leaf_of(about, leaves, ours)
    both = [texts[text].astype(leaf.dtype) for text in (name, "." + name)]
    assert any(same_bits(np.asarray(new).astype(leaf.dtype), one)
               for one in both)
    assert any(same_bits(mine, one) for one in both)
    assert report.n_ambiguous >= 1


def n_shared(leaves):
    return len(leaves) - len({erased(path) for path, _ in leaves})


def check_counts(leaves, texts, report):
    """What the report says, where nothing is wrong."""
    wanted = [named(path) for path, _ in leaves]
    have = set(texts)
    names = [keypath2string(name) if all(
        isinstance(getattr(part, "key", ""), str) for part in name) and name
        else None for name in wanted]
    assert report.n_slots == len(leaves)
    assert report.n_bound == sum(name in have for name in names)
    assert report.n_missing == sum(name not in have for name in names)
    assert report.n_unexpected == len(have - set(names))
    assert report.n_errors == 0
    # Case 21: leaves that have one name are told of, whatever they take.
    assert report.n_ambiguous == report.n_warnings == n_shared(leaves)


def test_lenient_is_set_weights(lib, rng, tmp_path):
    met = dict.fromkeys([*FAULTS, "taken", "flat", "shared"], 0)
    for i in range(N_TEMPLATES):
        template, leaves, texts, fault, about, path = random_case(
            rng, i, tmp_path)
        if not leaves or leaves[0][0] == ():
            met["nothing"] += 1
            continue
        theirs = jax.tree.leaves(set_weights(template, texts))
        assert len(theirs) == len(leaves)
        ours, report = fill(lib, leaves, path, kind=binding.WARN)
        met[fault] += 1
        if fault in ("shape", "number", "minus"):
            check_refused(fault, report, about, leaves, theirs, ours)
            continue
        assert ours is not None, report
        met["taken"] += compare(leaves, theirs, ours,
                                [erased(about)] if about else [])
        if fault in ("kind", "integer"):
            check_kind(about, leaves, theirs, ours, texts, report)
        elif fault == "twice":
            check_twice(about, leaves, theirs, ours, texts, report)
        else:
            check_counts(leaves, texts, report)
            met["flat"] += any(named(path) != path for path, _ in leaves)
            met["shared"] += report.n_tied > 0
    print(f"{N_TEMPLATES} templates: {met}")
    if N_TEMPLATES >= 200:
        assert all(met.values()), met


@pytest.mark.parametrize("name", ["#", "#x", "##1"])
def test_numbers_that_neither_reads(lib, tmp_path, name):
    """Case 10."""
    path = tmp_path / "file.st"
    save_file({name: np.zeros(1)}, path)
    leaves = jax.tree_util.tree_leaves_with_path({"a": jnp.zeros(1)})
    with pytest.raises(ValueError):
        set_weights({"a": jnp.zeros(1)}, {name: np.zeros(1)})
    ours, refused = fill(lib, leaves, path)
    assert ours is None and refused.args[0] == "SFTR_E_PATH"
