"""The tree against published vectors, an independent library and itself at every small size."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pymerkle import InmemoryTree, verify_consistency

from backend.audit import merkle

# The certificate-transparency project's reference tree (merkletree tests): inputs and the root after each of them.
INPUTS = [bytes.fromhex(x) for x in (
    "", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f",
)]  # fmt: skip
ROOTS = [
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
]


class Stored:
    """A tree as the database keeps it: complete subtrees only; counts what a proof reads."""

    def __init__(self, lines: list[bytes]) -> None:
        self.nodes: merkle.Nodes = {}
        self.roots = [merkle.EMPTY]
        self.reads = 0
        tree = merkle.Frontier()
        for index, line in enumerate(lines):
            leaf = merkle.leaf_hash(line)
            self.nodes[0, index] = leaf
            self.nodes.update({(level, place): value for level, place, value in tree.append(leaf)})
            self.roots.append(tree.root())

    def read(self, names: list[merkle.NodeName]) -> merkle.Nodes:
        self.reads += len(names)
        return {name: self.nodes[name] for name in names}


LINES = [b"line %d" % number for number in range(70)]
TREE = Stored(LINES)


def test_roots_equal_the_published_vectors() -> None:
    assert [value.hex() for value in Stored(INPUTS).roots[1:]] == ROOTS
    assert merkle.root([]).hex() == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"


def test_published_paths_of_the_reference_tree() -> None:
    """Two paths of RFC 6962's reference implementation, written out."""
    tree = Stored(INPUTS)
    assert [node.hex() for node in merkle.inclusion_proof(0, 8, tree.read)] == [
        "96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7",
        "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
        "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4",
    ]
    assert [node.hex() for node in merkle.consistency_proof(6, 8, tree.read)] == [
        "0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a",
        "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
        "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    ]


def test_every_root_and_proof_agrees_with_pymerkle() -> None:
    oracle = InmemoryTree(algorithm="sha256")
    for line in LINES:
        oracle.append_entry(line)
    for size in range(1, len(LINES) + 1):
        assert TREE.roots[size] == oracle.get_root(size)
        for index in range(size):
            proof = oracle.prove_inclusion(index + 1, size)
            assert merkle.inclusion_proof(index, size, TREE.read) == proof.path[1:]
        for first in range(1, size):
            verify_consistency(TREE.roots[first], TREE.roots[size], oracle.prove_consistency(first, size))


@given(st.data())
def test_inclusion_holds_for_the_right_leaf_and_no_other(data: st.DataObject) -> None:
    size = data.draw(st.integers(1, 70))
    index = data.draw(st.integers(0, size - 1))
    other = data.draw(st.integers(0, size - 1))
    proof = merkle.inclusion_proof(index, size, TREE.read)
    leaf, expected = TREE.nodes[0, index], TREE.roots[size]
    assert merkle.verify_inclusion(leaf, index, size, proof, expected)
    assert merkle.verify_inclusion(leaf, other, size, proof, expected) is (other == index)
    assert not merkle.verify_inclusion(leaf, index, size, [*proof, leaf], expected)
    assert not merkle.verify_inclusion(merkle.leaf_hash(b"forged"), index, size, proof, expected)
    assert not merkle.verify_inclusion(leaf, size, size, proof, expected)
    if proof:
        assert not merkle.verify_inclusion(leaf, index, size, proof[:-1], expected)


def test_consistency_holds_for_all_pairs_and_breaks_with_any_change() -> None:
    for second in range(1, 71):
        for first in range(1, second + 1):
            proof = merkle.consistency_proof(first, second, TREE.read)
            old, new = TREE.roots[first], TREE.roots[second]
            assert merkle.verify_consistency(first, second, proof, old, new)
            if first < second:
                assert not merkle.verify_consistency(first, second, proof, new, new)
                assert not merkle.verify_consistency(first, second, proof, old, old)
                assert not merkle.verify_consistency(first, second, proof[:-1], old, new)
                assert not merkle.verify_consistency(first, second, [*proof, old], old, new)
    assert not merkle.verify_consistency(0, 5, [], merkle.EMPTY, TREE.roots[5])
    assert not merkle.verify_consistency(5, 5, [b"x" * 32], TREE.roots[5], TREE.roots[5])


def test_a_proof_reads_no_more_than_two_subtrees_a_level() -> None:
    tree = Stored([b"%d" % number for number in range(4095)])
    for index in (0, 1, 2047, 2048, 4094):
        tree.reads = 0
        merkle.inclusion_proof(index, 4095, tree.read)
        assert tree.reads <= 2 * 12
    for first in (1, 2047, 2048, 2049, 4094):
        tree.reads = 0
        merkle.consistency_proof(first, 4095, tree.read)
        assert tree.reads <= 2 * 12


@pytest.mark.parametrize(("index", "size"), [(5, 5), (-1, 5), (0, 0)])
def test_no_proof_of_what_is_not_there(index: int, size: int) -> None:
    with pytest.raises(ValueError, match="not in a tree"):
        merkle.inclusion_proof(index, size, TREE.read)


@pytest.mark.parametrize(("first", "second"), [(0, 3), (4, 3)])
def test_no_consistency_between_impossible_sizes(first: int, second: int) -> None:
    with pytest.raises(ValueError, match="cannot be compared"):
        merkle.consistency_proof(first, second, TREE.read)
