"""Writing to the log: an entry, the exact line whose hash is its leaf, and the rows that the engine inserts.

The line is `chibo-event/2`, a tab, and canonical JSON (sorted keys, no spaces, UTF-8). It holds what `replay` needs:
dates, totals, codes, rule versions, ids. Names, reasons and whatever else people write never stand in it; they go to
EventDetail, and the line carries SHA-256(salt ‖ canonical JSON of the detail) as their commitment.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any
from uuid import UUID

from backend.core.clock import now
from backend.core.db import execute
from backend.core.encoding import canonical, dumps
from backend.core.ids import uuid7
from backend.core.keyring import seal_bytes
from backend.core.sealed import closed

FORMAT = b"chibo-event/2"


@dataclass(frozen=True)
class Who:
    """Who did it: office and unit by value; the person's name goes to the detail."""

    office: str
    unit_id: int | None = None
    user_id: int | None = None
    assignment_id: int | None = None
    behalf_unit_id: int | None = None
    name: str = ""


@dataclass(frozen=True)
class Entry:
    """One event to be written. `changes` maps a state field to (from, to).

    Of each fact, by name, `facts` is what the line says and `detail` what stands behind its commitment
    (`Fact.sealed` and `Fact.detail`); there stand the actor's name and the client's request id too. `health` is what is told
    of somebody's health (`workflows.health`): the detail holds a commitment to it, no more.
    """

    code: str
    subject_kind: str
    subject_id: int
    version: int
    who: Who
    on: date
    unit_id: int
    unit_path: str
    lifecycle: str = ""
    step: str = ""
    changes: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    facts: Mapping[str, Any] = field(default_factory=dict)
    rules: Mapping[str, str] = field(default_factory=dict)
    cautions: Sequence[str] = ()
    detail: Mapping[str, Any] = field(default_factory=dict)
    health: Mapping[str, Any] = field(default_factory=dict)
    member_id: int | None = None
    case_id: int | None = None
    request_id: str = ""
    batch: UUID | None = None
    voids: UUID | None = None
    cause: UUID | None = None
    uid: UUID = field(default_factory=uuid7)
    recorded_at: datetime = field(default_factory=now)


def commitment(salt: bytes, data: Mapping[str, Any]) -> bytes:
    """What binds an event to its erasable detail."""
    return hashlib.sha256(salt + canonical(data)).digest()


def line_of(entry: Entry, bound: bytes | None) -> bytes:
    """The exact bytes of the export line; `bound` is the commitment to the detail, if there is one."""
    body = {
        "batch": entry.batch,
        "case": entry.case_id,
        "cause": entry.cause,
        "cautions": list(entry.cautions),
        "changes": entry.changes,
        "code": entry.code,
        "commitment": bound.hex() if bound else None,
        "facts": entry.facts,
        "lifecycle": entry.lifecycle,
        "member": entry.member_id,
        "office": [
            entry.who.office,
            entry.who.unit_id,
            entry.who.behalf_unit_id,
            entry.who.user_id,
            entry.who.assignment_id,
        ],
        "on": entry.on,
        "recorded": entry.recorded_at.isoformat(),
        "rules": entry.rules,
        "step": entry.step,
        "subject": [entry.subject_kind, entry.subject_id, entry.version],
        "uid": entry.uid,
        "unit": entry.unit_id,
        "voids": entry.voids,
    }
    return FORMAT + b"\t" + canonical(body)


def _words(entry: Entry, health: str) -> dict[str, Any]:
    """The data of the event's detail; empty where nothing stands behind the line."""
    parts = {"facts": dict(entry.detail), "health": health, "request": entry.request_id, "who": entry.who.name}
    return {name: part for name, part in parts.items() if part}


@dataclass(frozen=True)
class Rows:
    """The event's row with those behind it, where there are any, as JSON for set-sized inserts."""

    event: Mapping[str, Any]
    detail: Mapping[str, Any] | None
    health: Mapping[str, Any] | None


def rows_of(entry: Entry) -> Rows:
    """What is written of an event: its row, its detail, what it tells of health."""
    health, health_salt = dict(entry.health), os.urandom(16)
    data = _words(entry, commitment(health_salt, health).hex() if health else "")
    salt = os.urandom(16) if data else b""
    bound = commitment(salt, data) if data else None
    detail = {"event_uid": entry.uid, "unit_path": entry.unit_path, "salt": salt.hex(), "data": closed(data)}
    apart = {
        "event_uid": entry.uid, "case_id": entry.case_id, "lifecycle": entry.lifecycle, "salt": health_salt.hex(),
        "data": seal_bytes(canonical(health)),
    } if health else None  # fmt: skip
    return Rows(_row(entry, bound), detail if data else None, apart)


def _row(entry: Entry, bound: bytes | None) -> dict[str, Any]:
    who = entry.who
    return {
        "uid": entry.uid, "code": entry.code, "subject_kind": entry.subject_kind, "subject_id": entry.subject_id,
        "version": entry.version, "lifecycle": entry.lifecycle, "step": entry.step,
        "changes": entry.changes, "facts": entry.facts, "rules": entry.rules, "cautions": list(entry.cautions),
        "member_id": entry.member_id, "case_id": entry.case_id,
        "unit_id": entry.unit_id, "unit_path": entry.unit_path, "user_id": who.user_id,
        "assignment_id": who.assignment_id, "office": who.office, "office_unit_id": who.unit_id,
        "behalf_unit_id": who.behalf_unit_id, "on_date": entry.on, "recorded_at": entry.recorded_at,
        "batch": entry.batch, "voids": entry.voids, "cause": entry.cause, "line": line_of(entry, bound).decode(),
        "commitment": bound.hex() if bound else None,
    }  # fmt: skip


_COLUMNS = (
    "uid uuid, code text, subject_kind text, subject_id bigint, version int, lifecycle text, step text, changes jsonb, "
    "facts jsonb, rules jsonb, member_id bigint, case_id bigint, unit_id bigint, unit_path text, user_id bigint, "
    "assignment_id bigint, office text, office_unit_id bigint, behalf_unit_id bigint, on_date date, "
    "recorded_at timestamptz, batch uuid, voids uuid, cause uuid, cautions text[]"
)
_NAMES = ", ".join(part.split()[0] for part in _COLUMNS.split(", "))

INSERT_EVENTS = f"""
  logged AS (
    INSERT INTO audit_event ({_NAMES}, line, commitment)
    SELECT {_NAMES}, convert_to(line, 'UTF8'), decode(commitment, 'hex')
    FROM jsonb_to_recordset(%s::jsonb) AS e({_COLUMNS}, line text, commitment text)
    RETURNING id),
  waiting AS (INSERT INTO audit_pending (event_id) SELECT id FROM logged RETURNING 1)"""  # noqa: S608  (constants only)
INSERT_DETAILS = """
  told AS (
    INSERT INTO audit_eventdetail (event_uid, unit_path, salt, data)
    SELECT event_uid, unit_path, decode(salt, 'hex'), data
    FROM jsonb_to_recordset(%s::jsonb) AS d(event_uid uuid, unit_path text, salt text, data jsonb)
    RETURNING 1)"""


INSERT_HEALTH = """
  INSERT INTO audit_healthdetail (event_uid, case_id, lifecycle, salt, data)
  SELECT event_uid, case_id, lifecycle, decode(salt, 'hex'), convert_to(data, 'UTF8')
  FROM jsonb_to_recordset(%s::jsonb) AS h(event_uid uuid, case_id bigint, lifecycle text, salt text, data text)"""
"""A statement of its own, after the case it belongs to is there: its wall looks for that."""


def record(entries: Sequence[Entry]) -> None:
    """Write events that have no other rows to travel with. Must run inside the transaction they belong to."""
    made = [rows_of(entry) for entry in entries]
    details = [one.detail for one in made if one.detail]
    execute(
        f"WITH {INSERT_EVENTS},{INSERT_DETAILS} SELECT count(*) FROM logged",  # noqa: S608  (constants only)
        [dumps([one.event for one in made]), dumps(details)],
    )
