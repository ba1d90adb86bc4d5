"""What must hold after every fault: one outcome for each due rung, letters neither lost nor doubled in silence, a log
that verifies."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Protocol

import psycopg
from django.db import connection, transaction

from backend.audit.verify import verify_log
from backend.config.database import conninfo
from backend.core import clock
from demo.expected import Plan, Told, compare
from tests.faults.machines import until
from tests.realdb import RealDatabase
from workflows.ladders import ladders
from workflows.offices import TOLD, Level

PATIENCE = 120
"""Seconds for what takes two on a quiet machine."""
_PLANS = "SELECT id, acting_path, ladder, rung_days, opened_on FROM deadlines_deadline"
_NOTICES = "SELECT deadline_id, rung, unit_id, office, channel, count(*) FROM alerts_notice GROUP BY 1, 2, 3, 4, 5"
_UNDONE = "SELECT id FROM deadlines_deadline WHERE next_rung_on <= (SELECT day FROM core_businessdate) LIMIT 1"
_HELD = (
    "SELECT id FROM alerts_notice WHERE outcome = 'held' "
    "UNION ALL SELECT id FROM alerts_letter WHERE outcome = 'held' LIMIT 1"
)
_WAITING = "SELECT pid FROM pg_locks WHERE NOT granted AND relation = %s::regclass"
_FATES = "SELECT outcome, reason, count(*) FROM alerts_notice GROUP BY 1, 2"
_GATE = 4201
_AT_GATE = """
SELECT l.pid FROM pg_locks l JOIN pg_database d ON d.oid = l.database
WHERE NOT l.granted AND l.locktype = 'advisory' AND l.objid = %s AND d.datname = current_database()"""
_MAKE_GATE = """
CREATE OR REPLACE FUNCTION drill_gate() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN PERFORM pg_advisory_xact_lock_shared({gate}); RETURN NULL; END $$;
CREATE OR REPLACE TRIGGER drill_gate AFTER INSERT ON {table} FOR EACH STATEMENT EXECUTE FUNCTION drill_gate();
"""


@dataclass(frozen=True)
class Seen:
    """The books as they were closed: outcomes that were due, what became of them, and what the servers accepted."""

    due: int
    fates: Mapping[str, int]
    reasons: Mapping[str, int]
    letters: Mapping[str, int]
    accepted: int


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
    """No rung is due, no notice or letter waits, and everything is sealed."""
    return not (query(_UNDONE) or query(_HELD) or query("SELECT event_id FROM audit_pending LIMIT 1"))


@contextmanager
def locked(table: str) -> Iterator[None]:
    """Whoever reads or writes the table comes to a stop there until the end of the block."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"LOCK TABLE {table}")
        yield


def waiting_for(table: str) -> bool:
    return bool(query(_WAITING, table))


@contextmanager
def gate(database: RealDatabase, table: str) -> Iterator[None]:
    """Until the end of the block, whoever inserts into the table stops after the statement and before its commit.

    The gate is a trigger (of a database that is dropped with the test); who keeps it shut is a session of its own,
    which may be killed with the server.
    """
    with connection.cursor() as cursor:
        cursor.execute(_MAKE_GATE.format(gate=_GATE, table=table))
    keeper = psycopg.connect(conninfo(database.url("owner")), autocommit=True)
    try:
        keeper.execute("SELECT pg_advisory_lock(%s)", [_GATE])
        yield
    finally:
        keeper.close()


def at_gate() -> bool:
    return bool(query(_AT_GATE, _GATE))


class Keeps(Protocol):
    """A server, or several taken together, and how often it accepted each letter, by Message-ID."""

    accepted: Counter[str]


def check(mailbox: Keeps, refused: Mapping[str, int]) -> Seen:
    """Wait until the books are closed, then raise for anything lost, doubled, or out of order.

    `refused` counts, by reason, the notices of which it is expected that they failed.
    """
    until(in_order, PATIENCE, "everything due has its outcome and everything recorded is sealed")
    plans = [Plan(key, path, ladder, days, opened, None) for key, path, ladder, days, opened in query(_PLANS)]
    levels = {unit: Level(level) for unit, level in query("SELECT id, level FROM organizations_unit")}
    found = {Told(*row[:5]): row[5] for row in query(_NOTICES)}
    known = {ladder.name: ladder for ladder in ladders()}
    counted, faults = compare(
        plans, found, known, lambda unit: [one.value for one in TOLD[levels[unit]]], clock.today()
    )
    assert not faults, "\n".join(faults)
    assert counted > 0
    said = dict(query("SELECT message_id, outcome FROM alerts_letter"))
    assert set(mailbox.accepted) <= set(said), "a letter came from nowhere"
    wrong = {key: (outcome, mailbox.accepted[key]) for key, outcome in said.items() if not _true(outcome, mailbox, key)}
    assert not wrong, f"a letter was lost, or doubled in silence: {wrong}"
    fates, reasons, failed = Counter[str](), Counter[str](), Counter[str]()
    for outcome, reason, count in query(_FATES):
        fates[outcome] += count
        reasons.update({reason: count} if outcome in ("skipped", "failed") else {})
        failed.update({reason: count} if outcome == "failed" else {})
    assert fates.total() == counted
    assert "" not in reasons, "something was not sent, and nobody can say why"
    assert failed == refused, f"failed: {dict(failed)}, expected: {dict(refused)}"
    log = verify_log()
    assert log.fault is None, str(log.fault)
    return Seen(counted, dict(fates), dict(reasons), dict(Counter(said.values())), mailbox.accepted.total())


def _true(outcome: str, mailbox: Keeps, key: str) -> bool:
    """Whether what the books say of a letter is what the mail server saw: once, at least once, or never."""
    count = mailbox.accepted[key]
    return {"sent": count == 1, "possibly_twice": count >= 1, "failed": count == 0}.get(outcome, False)
