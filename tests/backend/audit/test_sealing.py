"""Sealing: gapless order, the tree, the signed head; who may, and what happens with forged queue entries."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import DatabaseError, transaction

from backend.audit import heads, merkle, proofs
from backend.audit.log_keys import announce, fresh, retire
from backend.audit.models import Event, Head, Leaf, Node, Pending, SignedHead
from backend.audit.sealing import KeyWithdrawn, seal, seal_all
from backend.core.errors import NotFound
from tests.backend.audit.events import rows, write
from tests.roles import as_role

pytestmark = pytest.mark.django_db


def _lines() -> list[bytes]:
    order = Leaf.objects.order_by("position").values_list("event_id", flat=True)
    lines = dict(Event.objects.values_list("id", "line"))
    return [bytes(lines[event]) for event in order]


def test_seal_gives_places_in_id_order_and_signs_the_root() -> None:
    write(5)
    with as_role("chibo_jobs"):
        assert (seal(3), seal(3), seal(3)) == (3, 2, 0)
    assert list(Leaf.objects.order_by("position").values_list("position", flat=True)) == [1, 2, 3, 4, 5]
    ids = list(Leaf.objects.order_by("position").values_list("event_id", flat=True))
    assert ids == sorted(ids)
    assert Pending.objects.count() == 0
    tree = merkle.Frontier()
    roots = {}
    for line in _lines():
        tree.append(merkle.leaf_hash(line))
        roots[tree.size] = tree.root()
    signed = list(SignedHead.objects.order_by("size"))
    assert [(row.size, bytes(row.root)) for row in signed] == [(3, roots[3]), (5, roots[5])]
    assert all(heads.of_row(row).is_signed() and row.key_id == heads.of_row(row).key_id for row in signed)
    assert Head.objects.get().size == 5
    assert {row[0] for row in rows("SELECT level FROM audit_node")} == {1, 2}
    assert Node.objects.count() == 3


def test_proofs_from_the_database_verify_against_the_signed_roots() -> None:
    write(13)
    for size in (4, 3, 6):
        seal(size)
    lines = _lines()
    at = {row.size: bytes(row.root) for row in SignedHead.objects.all()}
    assert set(at) == {4, 7, 13}
    for size, root in at.items():
        assert proofs.root_at(size) == root
        for position in range(1, size + 1):
            path = proofs.inclusion_proof(position, size)
            assert merkle.verify_inclusion(merkle.leaf_hash(lines[position - 1]), position - 1, size, path, root)
    assert merkle.verify_consistency(4, 13, proofs.consistency_proof(4, 13), at[4], at[13])
    assert merkle.verify_consistency(7, 13, proofs.consistency_proof(7, 13), at[7], at[13])


@pytest.mark.parametrize(("position", "size"), [(0, 2), (3, 2), (1, 3)])
def test_no_proof_beyond_the_sealed_log(position: int, size: int) -> None:
    write(2)
    seal()
    with pytest.raises(NotFound):
        proofs.inclusion_proof(position, size)
    with pytest.raises(NotFound):
        proofs.consistency_proof(1, 3)


@pytest.mark.parametrize("key", ["", "xyz", "11" * 31])
def test_seal_without_a_key_says_so_and_touches_nothing(key: str, settings: Any) -> None:
    write(1)
    settings.CHIBO_SIGNING_KEY = key
    with pytest.raises(heads.NoSigningKey, match="CHIBO_SIGNING_KEY"):
        seal()
    assert (Pending.objects.count(), Leaf.objects.count(), Head.objects.get().size) == (1, 0, 0)


def test_the_app_cannot_seal() -> None:
    write(1)
    with as_role("chibo_app"), pytest.raises(DatabaseError, match="permission denied"), transaction.atomic():
        seal()
    assert (Pending.objects.count(), Leaf.objects.count(), Head.objects.get().size) == (1, 0, 0)


@pytest.mark.parametrize(
    "statement",
    [
        "DELETE FROM audit_pending",
        "INSERT INTO audit_leaf VALUES (9, 9, '\\x00')",
        "INSERT INTO audit_node VALUES (1, 9, '\\x00')",
        "UPDATE audit_head SET size = 0",
        "INSERT INTO audit_signedhead (size, epoch, root, signed_at, key_id, public_key, signature)"
        " VALUES (9, 1, '\\x00', now(), '', '\\x00', '\\x00')",
        "UPDATE audit_cursor SET position = 0",
    ],
)
def test_the_app_may_write_none_of_the_sealed_tables(statement: str) -> None:
    with as_role("chibo_app"), pytest.raises(DatabaseError, match="permission denied"), transaction.atomic():
        rows(statement)


@pytest.mark.parametrize("role", ["chibo_app", "chibo_jobs", "chibo_owner"])
@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE audit_event SET code = 'forged'",
        "DELETE FROM audit_event",
        "TRUNCATE audit_event",
        "UPDATE audit_leaf SET position = position + 10",
        "DELETE FROM audit_leaf",
        "UPDATE audit_node SET hash = '\\x00'",
        "DELETE FROM audit_signedhead",
        "TRUNCATE audit_signedhead",
    ],
)
def test_nobody_changes_what_is_written(role: str, statement: str) -> None:
    write(2)
    seal()
    before = rows("SELECT count(*), min(code) FROM audit_event")
    with (
        as_role(role),
        pytest.raises(DatabaseError, match=r"permission denied|append-only"),
        transaction.atomic(),
    ):
        rows(statement)
    assert rows("SELECT count(*), min(code) FROM audit_event") == before


@pytest.mark.parametrize("statement", ["DELETE FROM audit_head", "INSERT INTO audit_head VALUES (2, 0, 1)"])
def test_the_jobs_cannot_take_away_the_lock_row(statement: str) -> None:
    with as_role("chibo_jobs"), pytest.raises(DatabaseError, match="permission denied"), transaction.atomic():
        rows(statement)


def test_forged_queue_entries_get_no_place_and_stop_nobody() -> None:
    write(2)
    seal()
    sealed = Leaf.objects.values_list("event_id", flat=True)[0]
    with as_role("chibo_app"):
        rows("INSERT INTO audit_pending VALUES (%s), (999999999)", [sealed])
    write(1, subject=2)
    assert seal_all() == 1
    assert (Pending.objects.count(), Head.objects.get().size, Leaf.objects.count()) == (0, 3, 3)


def test_a_key_that_was_withdrawn_signs_nothing_any_more(settings: Any) -> None:
    write(2)
    assert seal() == 2
    public = heads.signing_key().public_key().public_bytes_raw().hex()
    old, seed = settings.CHIBO_SIGNING_KEY, fresh()
    announce(seed[1], "Another year")
    settings.CHIBO_SIGNING_KEY = seed[0]
    retire(public, "Lost")
    write(1, first=3)
    settings.CHIBO_SIGNING_KEY = old
    before = (SignedHead.objects.count(), Pending.objects.count())
    with pytest.raises(
        KeyWithdrawn, match="was withdrawn from the log: start the jobs with the key that was announced"
    ):
        seal()
    assert (SignedHead.objects.count(), Pending.objects.count()) == before
    settings.CHIBO_SIGNING_KEY = seed[0]
    assert seal() == 1
