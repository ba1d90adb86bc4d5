"""A superuser without triggers at work: `verify_log` names the first fault, its kind and its place."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from backend.audit import heads, merkle
from backend.audit.models import SignedHead
from backend.audit.nodes import BrokenTree
from backend.audit.record import record
from backend.audit.sealing import seal
from backend.audit.verify import verify_log
from tests.backend.audit.events import entry, rows, write
from tests.backend.audit.forging import body_at, cut_to, event_at, rebuild_tree, rewrite, sign_anew, walls

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def log_without_walls() -> Iterator[None]:
    """Nine events sealed as 4 + 3 + 2, then every trigger of the log off, as its owner can."""
    write(9)
    for size in (4, 3, 2):
        seal(size)
    walls("DISABLE")
    assert verify_log().fault is None
    return


def _first_fault(**options: Any) -> tuple[str, int | None]:
    fault = verify_log(**options).fault
    assert fault is not None
    assert fault.sentence.endswith(".")
    return fault.code, fault.position


def test_an_edited_line() -> None:
    rows("UPDATE audit_event SET line = line || 'x'::bytea WHERE id = %s", [event_at(6)])
    assert _first_fault() == ("line", 6)


def test_an_edited_line_with_its_leaf() -> None:
    rewrite(5)
    assert _first_fault() == ("subtree", 6)


def test_an_edited_line_with_its_leaf_and_the_tree() -> None:
    rewrite(2)
    rebuild_tree()
    assert _first_fault() == ("root", 4)


@pytest.mark.parametrize(
    ("column", "value", "named"),
    [
        ("facts", '{"held_on": "2026-02-09", "yes": 13}', "facts"),
        ("changes", '{"state": ["a", "b"]}', "changes"),
        ("rules", "{}", "rules"),
        ("code", "test.forged", "code"),
        ("subject_id", "44", "subject"),
        ("version", "44", "subject"),
        ("office", "staff", "office"),
        ("on_date", "2026-02-11", "on"),
        ("recorded_at", "2026-02-11T00:00:00Z", "recorded"),
        ("recorded_at", "infinity", "recorded"),
        ("unit_id", "8", "unit"),
        ("uid", "00000000-0000-7000-8000-000000000000", "uid"),
        ("member_id", "5", "member"),
        ("commitment", "\\x00", "commitment"),
    ],
)
def test_an_edited_column_is_named(column: str, value: str, named: str) -> None:
    rows(f"UPDATE audit_event SET {column} = %s WHERE id = %s", [value, event_at(3)])
    assert _first_fault() == ("row", 3)
    fault = verify_log().fault
    assert fault is not None
    assert f"its line says {named} = " in fault.sentence


def test_a_moment_without_decimals_is_no_fault() -> None:
    record([entry(2, recorded_at=datetime(2026, 2, 10, 8, 0, tzinfo=UTC))])
    seal()
    assert (verify_log().fault, body_at(10)["recorded"]) == (None, "2026-02-10T08:00:00+00:00")


@pytest.mark.parametrize(("table", "column"), [("audit_event", "facts"), ("audit_eventdetail", "data")])
def test_what_nobody_can_read_is_a_fault_and_no_traceback(table: str, column: str) -> None:
    key = {"audit_event": "uid", "audit_eventdetail": "event_uid"}[table]
    rows(f"UPDATE {table} SET {column} = %s WHERE {key} = %s", ["[" * 2000 + "]" * 2000, body_at(5)["uid"]])
    assert _first_fault() == ("row", 5)


def test_an_edited_detail() -> None:
    uid = body_at(7)["uid"]
    rows('UPDATE audit_eventdetail SET data = \'{"reason": "another"}\' WHERE event_uid = %s', [uid])
    assert _first_fault() == ("row", 7)


def test_an_erased_detail_is_no_fault() -> None:
    rows("DELETE FROM audit_eventdetail WHERE event_uid = %s", [body_at(7)["uid"]])
    report = verify_log()
    assert (report.fault, report.events, report.details) == (None, 9, 8)


def test_a_removed_event() -> None:
    rows("DELETE FROM audit_event WHERE id = %s", [event_at(5)])
    assert _first_fault() == ("removed", 5)


def test_a_removed_event_and_its_place() -> None:
    event = event_at(5)
    rows("DELETE FROM audit_event WHERE id = %s", [event])
    rows("DELETE FROM audit_leaf WHERE position = 5")
    assert _first_fault() == ("gap", 5)


def test_an_inserted_event_without_a_place() -> None:
    write(1, subject=2)
    rows("DELETE FROM audit_pending")
    assert _first_fault() == ("inserted", None)


def test_an_inserted_event_that_took_a_place() -> None:
    write(1, subject=2)
    rows("DELETE FROM audit_pending")
    event, line = rows("SELECT id, line FROM audit_event ORDER BY id DESC LIMIT 1")[0]
    rows("UPDATE audit_leaf SET position = -position WHERE position >= 3")
    rows("UPDATE audit_leaf SET position = 1 - position WHERE position < 0")
    rows(
        "INSERT INTO audit_leaf (position, event_id, hash) VALUES (3, %s, %s)",
        [event, merkle.leaf_hash(bytes(line))],
    )
    assert _first_fault() == ("order", 4)


def test_two_events_in_another_order() -> None:
    rows("UPDATE audit_leaf SET position = CASE position WHEN 2 THEN -3 ELSE -2 END WHERE position IN (2, 3)")
    rows("UPDATE audit_leaf SET position = -position WHERE position < 0")
    rebuild_tree()
    assert _first_fault() == ("order", 3)


def test_an_end_cut_off_while_heads_remain() -> None:
    rows("DELETE FROM audit_event WHERE id = %s", [event_at(9)])
    rows("DELETE FROM audit_leaf WHERE position = 9")
    assert _first_fault() == ("cut", 9)


def test_an_end_cut_off_with_everything_shows_against_exported_heads_only() -> None:
    exported = [heads.of_row(row) for row in SignedHead.objects.order_by("size")]
    assert verify_log(exported=exported).fault is None
    cut_to(7)
    assert verify_log().fault is None
    assert _first_fault(exported=exported) == ("cut", 8)


def test_a_log_rewritten_by_who_holds_the_key_shows_against_exported_heads_only() -> None:
    exported = [heads.of_row(row) for row in SignedHead.objects.order_by("size")]
    rewrite(6)
    sign_anew(rebuild_tree())
    assert verify_log().fault is None
    assert _first_fault(exported=exported) == ("rewritten", 7)


def test_a_head_of_another_key(settings: Any) -> None:
    row = SignedHead.objects.get(size=7)
    settings.CHIBO_SIGNING_KEY = "22" * 32
    forged = heads.sign(row.epoch, row.size, bytes(row.root), row.signed_at)
    settings.CHIBO_SIGNING_KEY = "11" * 32
    rows(
        "UPDATE audit_signedhead SET public_key = %s, key_id = %s, signature = %s WHERE size = 7",
        [forged.public_key, forged.key_id, forged.signature],
    )
    assert _first_fault() == ("key", 7)
    assert verify_log(trusted=[forged.public_key]).fault is None


@pytest.mark.parametrize("column", ["signed_at = now()", "epoch = 2", "signature = '\\x00'", "root = '\\x00'"])
def test_an_edited_head(column: str) -> None:
    rows(f"UPDATE audit_signedhead SET {column} WHERE size = 7")
    assert _first_fault() == ("signature", 7)


def test_a_removed_last_head() -> None:
    rows("DELETE FROM audit_signedhead WHERE size = 9")
    assert _first_fault() == ("head", 9)


def test_a_removed_subtree_and_one_too_many() -> None:
    kept = rows("SELECT hash FROM audit_node WHERE level = 2 AND index = 1")[0][0]
    rows("DELETE FROM audit_node WHERE level = 2 AND index = 1")
    assert _first_fault() == ("subtree", 8)
    rows("INSERT INTO audit_node (level, index, hash) VALUES (2, 1, %s), (5, 5, %s)", [kept, kept])
    assert _first_fault() == ("beyond", None)


def test_a_leaf_beyond_the_end() -> None:
    rows("INSERT INTO audit_leaf (position, event_id, hash) VALUES (12, 999999, '\\x00')")
    assert _first_fault() == ("beyond", None)


def test_an_event_that_waits_too_long() -> None:
    write(1, subject=3)
    report = verify_log()
    assert (report.fault, report.waiting) == (None, 1)
    assert _first_fault(pending_after=timedelta(0)) == ("pending", None)


def test_without_a_trusted_key_a_note_says_so(settings: Any) -> None:
    settings.CHIBO_SIGNING_KEY = ""
    report = verify_log()
    assert report.fault is None
    assert report.notes == ("No trusted key is known: heads were checked against the key they carry.",)


def test_the_row_that_holds_the_logs_size_is_gone() -> None:
    rows("DELETE FROM audit_head")
    with pytest.raises(BrokenTree, match=r"^The log's head is missing: restore the database\.$"):
        verify_log()
