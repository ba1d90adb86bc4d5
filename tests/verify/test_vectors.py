"""The published vectors of RFC 6962 (whose tree RFC 9162 keeps) against both of our implementations of the proofs.

`tests/data/merkle/vectors.jsonl` has the numbers, in hexadecimal, of `testdata/inclusion` and `testdata/consistency` in
github.com/transparency-dev/merkle at 417fb0c314750d94e53942e9f92e79b6d35915db (the certificate-transparency project's library):
proofs that hold, and each with a bit turned, nodes added or missing, roots, sizes or places exchanged.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings

from backend.audit import merkle
from tests.backend.audit.test_merkle import INPUTS, Stored
from tests.verify.conftest import chibo_verify

VECTORS = [
    json.loads(line)
    for line in (Path(settings.BASE_DIR) / "tests" / "data" / "merkle" / "vectors.jsonl").read_text().splitlines()
]
OTHERWISE = {
    # two empty trees are consistent to the library; RFC 9162, 2.1.4, speaks of 0 < first, and so do we
    "consistency/additional/sizes-are-equal-zero-and-proof-is-empty",
    # a leaf and a root without a byte: ours are made by SHA-256 where they are compared
    "inclusion/single-entry/empty-root-and-leaf",
}


def of(kind: str, *, valid: bool | None = None) -> list[Any]:
    return [
        pytest.param(one, id=one["name"].partition("/")[2])
        for one in VECTORS
        if one["name"].startswith(kind) and valid in (None, one["valid"]) and one["name"] not in OTHERWISE
    ]


def nodes(vector: dict[str, Any]) -> list[bytes]:
    return [bytes.fromhex(one) for one in vector["proof"]]


def test_all_of_them_are_there() -> None:
    assert {kind: len(of(kind)) for kind in ("inclusion", "consistency")} == {"inclusion": 97, "consistency": 97}
    assert {kind: len(of(kind, valid=True)) for kind in ("inclusion", "consistency")} == {
        "inclusion": 6,
        "consistency": 6,
    }


@pytest.mark.parametrize("vector", of("inclusion"))
def test_inclusion(vector: dict[str, Any]) -> None:
    leaf, expected = bytes.fromhex(vector["leaf"]), bytes.fromhex(vector["root"])
    asked = (leaf, vector["index"], vector["size"], nodes(vector))
    assert merkle.verify_inclusion(*asked, expected) is vector["valid"]
    assert (chibo_verify.included(*asked) == expected) is vector["valid"]


@pytest.mark.parametrize("vector", of("consistency"))
def test_consistency(vector: dict[str, Any]) -> None:
    old, new = bytes.fromhex(vector["old"]), bytes.fromhex(vector["new"])
    asked = (vector["first"], vector["second"], nodes(vector), old, new)
    assert merkle.verify_consistency(*asked) is vector["valid"]
    assert chibo_verify.continues(*asked) is vector["valid"]


@pytest.mark.parametrize("vector", [one for one in of("", valid=True) if str(one.id).endswith("happy-path")])
def test_our_proofs_are_the_published_ones(vector: dict[str, Any]) -> None:
    tree = Stored(INPUTS)
    if "index" in vector:
        assert tree.nodes[0, vector["index"]].hex() == vector["leaf"]
        assert tree.roots[vector["size"]].hex() == vector["root"]
        assert merkle.inclusion_proof(vector["index"], vector["size"], tree.read) == nodes(vector)
    else:
        assert (tree.roots[vector["first"]].hex(), tree.roots[vector["second"]].hex()) == (vector["old"], vector["new"])
        assert merkle.consistency_proof(vector["first"], vector["second"], tree.read) == nodes(vector)


def test_a_place_outside_of_the_tree_and_a_tree_of_nothing_are_answered_with_no() -> None:
    """Where the root is the leaf itself, and where a size of 0 would shift for ever."""
    leaf = merkle.leaf_hash(b"one")
    for index, size in ((1, 1), (2, 1), (-1, 1), (0, 0)):
        assert chibo_verify.included(leaf, index, size, []) is None
        assert not merkle.verify_inclusion(leaf, index, size, [], leaf)
    for first, second in ((0, 1), (0, 0), (-1, 3), (2, 1)):
        assert not chibo_verify.continues(first, second, [], leaf, leaf)
        assert not merkle.verify_consistency(first, second, [], leaf, leaf)
