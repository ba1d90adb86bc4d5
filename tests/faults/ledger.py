"""What must hold after every fault: one outcome for each due rung, letters neither lost nor doubled in silence, a log
that verifies."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.db import connection, transaction

from backend.audit.verify import verify_log
from backend.core import clock
from demo.expected import Plan, Told, compare
from tests.faults.machines import Mailbox, until
from workflows.ladders import ladders
from workflows.offices import TOLD, Level

PATIENCE = 120
"""Seconds for what takes two on a quiet machine."""
_PLANS = "SELECT id, acting_path, ladder, rung_days, opened_on FROM deadlines_deadline"
_NOTICES = "SELECT deadline_id, rung, unit_id, office, channel, count(*) FROM alerts_notice GROUP BY 1, 2, 3, 4, 5"
_UNDONE = "SELECT id FROM deadlines_deadline WHERE next_rung_on <= (SELECT day FROM core_businessdate) LIMIT 1"
_HELD = "SELECT id FROM alerts_notice WHERE outcome = 'held' LIMIT 1"
_WAITING = "SELECT pid FROM pg_locks WHERE NOT granted AND relation = %s::regclass"


def query(sql: str, *params: Any) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
        return list(cursor.fetchall())


def letters() -> dict[str, int]:
    return dict(query("SELECT outcome, count(*) FROM alerts_letter GROUP BY 1"))


def settled(wanted: int) -> bool:
    """Every letter has its final outcome."""
    found = letters()
    return "held" not in found and sum(found.values()) == wanted


def in_order() -> bool:
    """No rung is due, no notice waits, and everything is sealed."""
    return not (query(_UNDONE) or query(_HELD) or query("SELECT event_id FROM audit_pending LIMIT 1"))


@contextmanager
def locked(table: str) -> Iterator[None]:
    """Whoever reads or writes the table comes to a stop there until the end of the block."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"LOCK TABLE {table}")
        yield


def waiting_for(table: str) -> bool:
    return bool(query(_WAITING, table))


def check(mailbox: Mailbox) -> None:
    """Wait until the books are closed, then raise for anything lost, doubled, or out of order."""
    until(in_order, PATIENCE, "everything due has its outcome and everything recorded is sealed")
    plans = [Plan(key, path, ladder, days, opened, None) for key, path, ladder, days, opened in query(_PLANS)]
    levels = {unit: Level(level) for unit, level in query("SELECT id, level FROM organizations_unit")}
    found = {Told(*row[:5]): row[5] for row in query(_NOTICES)}
    known = {ladder.name: ladder for ladder in ladders()}
    counted, faults = compare(
        plans, found, known, lambda unit: [one.value for one in TOLD[levels[unit]]], clock.today()
    )
    assert faults == []
    assert counted > 0
    doubled = {key for key, count in mailbox.accepted.items() if count > 1}
    said = dict(query("SELECT message_id, outcome FROM alerts_letter"))
    assert set(said) == set(mailbox.accepted), "a letter was lost, or came from nowhere"
    assert {key for key in doubled if said[key] != "possibly_twice"} == set(), "a letter was doubled in silence"
    assert Counter(said.values()).keys() <= {"sent", "possibly_twice"}
    log = verify_log()
    assert log.fault is None, str(log.fault)
