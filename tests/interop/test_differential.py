# SPDX-License-Identifier: MIT
"""
Differential: random headers, judged by our reader and by two others that have
nothing in common with it: the official one, and a slow judge in Python that was
written from the rules.  Every disagreement, in the verdict or in a record, is
a failure.

SFTR_DIFFERENTIAL sets how many the official reader sees (by default 20,000),
SFTR_JUDGED how many the judge does (by default 2,000).
"""

import os
import random

import pytest
import safetensors

import headers
from reader import REFERENCE, STRICT, Reader

N = int(os.environ.get("SFTR_DIFFERENTIAL") or 20000)
N_JUDGED = int(os.environ.get("SFTR_JUDGED") or 2000)


@pytest.fixture
def dice(rng):
    """What decides over headers; 'rng' seeds it."""
    return random.Random(int(rng.integers(2 ** 63)))


def official(file):
    """Name, dtype, shape and bytes of each tensor, None if it is rejected."""
    try:
        found = safetensors.deserialize(file)
    except safetensors.SafetensorError:
        return None
    return sorted((name, t["dtype"], t["shape"], bytes(t["data"]))
                  for name, t in found)


def ours_with_bytes(file, found):
    """What our reader found, as 'official' has it."""
    if found is None:
        return None
    start = 8 + int.from_bytes(file[:8], "little")
    return sorted((name, dtype, shape, file[start + begin:start + end])
                  for name, dtype, shape, begin, end in found[0])


def test_reference_judges_as_the_official_reader(lib, dice):
    reference, strict = Reader(lib, REFERENCE), Reader(lib, STRICT)
    accepted = strictly = 0
    for i in range(N):
        file = headers.random_file(dice)
        theirs = official(file)
        found = reference.read(file)
        if theirs != ours_with_bytes(file, found):
            pytest.fail(f"input {i}: official {theirs}, ours {found}, {file!r}")
        accepted += theirs is not None
        strictly_found = strict.read(file)
        if strictly_found is not None:
            strictly += 1
            if strictly_found != found:
                pytest.fail(f"input {i}: strict {strictly_found}, reference "
                            f"{found}, {file!r}")
    print(f"\n{N} inputs, 0 disagreements, {accepted} accepted by the official "
          f"reader ({accepted / N:.0%}), {strictly} by strict")
    assert accepted >= N / 3


def same_fault(judge, rule, faults):
    """
    Whether ours is a fault of the phase in which the judge found some.  Within
    the text, what is called grammar and what a field's rule is a matter of
    taste; of names and ranges the judge finds all.
    """
    rules = {fault.rule for fault in faults}
    phase = next(p for p in judge.PHASES if rules <= p)
    return rule in (phase if 7 in phase else rules)


@pytest.mark.parametrize("policy", ["strict", "reference"])
def test_both_policies_judge_as_the_rules_say(lib, dice, judge, policy):
    reader = Reader(lib, STRICT if policy == "strict" else REFERENCE)
    accepted = 0
    for i in range(N_JUDGED):
        file = headers.random_file(dice)
        faults, tensors, metadata = judge.judge(file, policy)
        found = reader.read(file)
        if found is None:
            agree = faults and same_fault(judge, reader.error.rule, faults)
            found = reader.error.message, reader.error.rule
        else:
            agree = (not faults and sorted(found[0]) == sorted(tensors) and
                     sorted(found[1]) == sorted(metadata))
            accepted += 1
        if not agree:
            pytest.fail(f"input {i}: the judge {faults or (tensors, metadata)},"
                        f" ours {found}, {file!r}")
    print(f"\n{N_JUDGED} inputs, 0 disagreements, {accepted} accepted by "
          f"{policy} ({accepted / N_JUDGED:.0%})")
    assert accepted >= N_JUDGED / 4
