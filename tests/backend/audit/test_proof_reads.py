"""What a proof reads of a stored log, as the server itself counts it: one query, two rows a level at most, by their key."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from backend.audit import merkle, proofs
from backend.audit.nodes import read_nodes
from tests.backend.audit.events import rows

pytestmark = pytest.mark.django_db
LEAVES = """
INSERT INTO audit_leaf (position, event_id, hash)
SELECT place, -place, sha256('\\x00'::bytea || place::text::bytea) FROM generate_series(1, %s) AS place
"""
PAIRS = """
INSERT INTO audit_node (level, index, hash)
SELECT %(level)s, one.index / 2, sha256('\\x01'::bytea || one.hash || other.hash)
FROM ({below}) one JOIN ({below}) other ON other.index = one.index + 1 WHERE one.index % 2 = 0
"""


def grow(size: int) -> None:
    """A stored tree of so many leaves, as the database computes it by itself, level by level."""
    rows(LEAVES, [size])
    rows("ANALYZE audit_leaf")  # what a rolled back test left behind would let the server plan for it
    below = "SELECT position - 1 AS index, hash FROM audit_leaf"
    for level in range(1, size.bit_length()):
        rows(PAIRS.format(below=below).replace("index % 2", "index %% 2"), {"level": level})
        rows("ANALYZE audit_node")
        below = f"SELECT index, hash FROM audit_node WHERE level = {level}"
    rows("UPDATE audit_head SET size = %s", [size])


def read() -> dict[str, int]:
    """Rows of the tree that this transaction has read so far, by index and by walking a whole table, as the server counts."""
    sql = """SELECT coalesce(sum(idx_tup_fetch), 0)::int, coalesce(sum(seq_tup_read), 0)::int
             FROM pg_stat_xact_user_tables WHERE relname IN ('audit_leaf', 'audit_node')"""
    by_index, walked = rows(sql)[0]
    return {"by index": by_index, "walked": walked}


@pytest.mark.parametrize("size", [1, 7, 1_000, 100_000])
def test_a_proof_reads_two_rows_a_level_at_most_and_walks_no_table(size: int, monkeypatch: pytest.MonkeyPatch) -> None:
    grow(size)
    places = sorted({1, (size + 1) // 2, max(size - 1, 1), size})
    asked = [*((proofs.inclusion_proof, place, size) for place in places),
             *((proofs.inclusion_proof, 1, place) for place in places),
             *((proofs.consistency_proof, place, size) for place in places)]  # fmt: skip
    asked_of_the_tree: list[int] = []

    def counted(names: Sequence[merkle.NodeName]) -> merkle.Nodes:
        asked_of_the_tree.append(len(names))
        return read_nodes(names)

    monkeypatch.setattr(proofs, "read_nodes", counted)
    for prove, one, other in asked:
        before = read()
        prove(one, other)
        after = read()
        assert asked_of_the_tree[-1] <= 2 * other.bit_length()
        if size > 7:  # a table of one page the server may as well walk
            assert after["walked"] == before["walked"]
            assert after["by index"] - before["by index"] == asked_of_the_tree[-1]
    assert len(asked_of_the_tree) == len(asked), "one query each"


@pytest.mark.parametrize("size", [1, 7, 1_000, 100_000])
def test_what_a_stored_tree_proves_holds(size: int) -> None:
    """Also of sizes at which nothing was signed."""
    grow(size)
    root = proofs.root_at(size)
    leaves = {position: bytes(leaf) for position, leaf in rows("SELECT position, hash FROM audit_leaf")}
    for place in sorted({1, 2, 3, size // 3, size // 2, size - 1, size} & leaves.keys()):
        assert merkle.verify_inclusion(leaves[place], place - 1, size, proofs.inclusion_proof(place, size), root)
        proof = proofs.consistency_proof(place, size)
        assert merkle.verify_consistency(place, size, proof, proofs.root_at(place), root)
