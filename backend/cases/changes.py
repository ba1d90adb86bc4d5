"""What a set of steps has changed, gathered as rows and written by one statement.

One step or ten thousand take the same road: each kind of row is one JSON array, each array one part of one
data-modifying statement (decisions.md: five separate statements cost 1.4 to 1.8 times as much).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from contextlib import nullcontext
from dataclasses import dataclass, field
from datetime import date
from functools import cache
from typing import Any
from uuid import UUID

from backend.audit.record import INSERT_DETAILS, INSERT_EVENTS, INSERT_HEALTH, Entry, Who, rows_of
from backend.cases.hand_parts import HAND_CASES, HAND_DEADLINES
from backend.cases.orders import Loaded, UnitRow
from backend.cases.record_clocks import follow
from backend.cases.reinforcing import Shift, settle
from backend.cases.turn_parts import BEGIN, STUCK, TURN, stuck_at
from backend.cases.undo_parts import REOPENED, RETRACT, UNCLOSE, UNTURN
from backend.core.db import execute, reaching
from backend.core.encoding import dumps
from backend.core.errors import Refused
from backend.deadlines.drafts import Draft, laddered
from backend.deadlines.writing import CLOSE_DEADLINES, INSERT_DEADLINES
from backend.members.amending import amend
from backend.members.completing import fill
from backend.members.writing import INSERT_MEMBERS, INSERT_WORDS, PLACE_WORDS, member_rows
from workflows.member_steps.placed import Begins
from workflows.vocabulary import Clock

MEMBER_FIELDS = (
    ("standing", "text"), ("participation", "text"), ("version", "int"), ("admission_decided_on", "date"),
    ("joined_on", "date"), ("official_on", "date"), ("left_on", "date"), ("away_until", "date"), ("party_age_from", "date"),
    ("badge_years", "int"), ("unit_id", "bigint"), ("unit_path", "text"), ("guest_unit_id", "bigint"), ("guest_path", "text"),
)  # fmt: skip
_MEMBER_TYPES = ", ".join(f"{name} {kind}" for name, kind in MEMBER_FIELDS)
_MEMBER_SET = ", ".join(f"{name} = x.{name}" for name, _ in MEMBER_FIELDS)
_CASE_TYPES = (
    "id bigint, lifecycle text, number text, state text, version int, member_id bigint, unit_id bigint, unit_path text, "
    "acting_unit_id bigint, acting_path text, exclusive_key text, facts jsonb, opened_on date, closed_on date, parent_uid uuid"
)
_CASE_NAMES = ", ".join(part.split()[0] for part in _CASE_TYPES.split(", "))
# ruff: noqa: S608  (the statements are made of constants)

_PARTS: dict[str, str] = {
    "new_members": INSERT_MEMBERS,
    "members": f"""
  moved AS (
    UPDATE members_member m SET {_MEMBER_SET}
    FROM (SELECT * FROM jsonb_to_recordset(%s::jsonb) AS r(id bigint, {_MEMBER_TYPES}) LIMIT {{rows}}) x
    WHERE m.id = x.id RETURNING 1)""",
    "words": INSERT_WORDS,
    "places": PLACE_WORDS,
    "new_cases": f"""
  opened AS (
    INSERT INTO cases_case ({_CASE_NAMES})
    SELECT {_CASE_NAMES} FROM jsonb_to_recordset(%s::jsonb) AS x({_CASE_TYPES}) RETURNING 1)""",
    "cases": """
  stepped AS (
    UPDATE cases_case c SET state = x.state, version = x.version, facts = x.facts, closed_on = x.closed_on,
      acting_unit_id = x.acting_unit_id, acting_path = x.acting_path
    FROM (SELECT * FROM jsonb_to_recordset(%s::jsonb) AS r(id bigint, state text, version int, facts jsonb,
      closed_on date, acting_unit_id bigint, acting_path text) LIMIT {rows}) x
    WHERE c.id = x.id RETURNING 1)""",
    "handed_cases": HAND_CASES,
    "handed_deadlines": HAND_DEADLINES,
    "spells": TURN,
    "first_spells": BEGIN,
    "closings": CLOSE_DEADLINES,
    "deadlines": INSERT_DEADLINES,
    "keys": """
  kept AS (
    INSERT INTO cases_requestkey (user_id, key, body, outcome, recorded_at)
    SELECT user_id, key, decode(body, 'hex'), convert_to(outcome, 'UTF8'), recorded_at
    FROM jsonb_to_recordset(%s::jsonb) AS x(user_id bigint, key text, body text, outcome text, recorded_at timestamptz)
    RETURNING 1)""",
    "retractions": RETRACT,
    "unturns": UNTURN,
    "unclosings": UNCLOSE,
    "events": INSERT_EVENTS,
    "details": INSERT_DETAILS,
}
Rules = tuple[str, ...]


_FEW = 10
"""So many rows of a kind can belong to one step (a chain of started cases); more come from bulk work."""


@cache
def _part(name: str, rows: int | None) -> str:
    """A part's text. Told that one row comes, the planner goes by the key; else it counts on a hundred and reads more.

    White space is folded: psycopg keeps what it made of a statement only up to 4,096 bytes.
    """
    return " ".join(_PARTS[name].replace("{rows}", str(rows or "ALL")).split())


@dataclass
class Changes:
    """Rows by part of the statement; `write()` sends them and forgets them.

    `reach` holds paths beside the actor's scope where some of the rows lie (a case of two units).
    """

    rows: dict[str, list[Mapping[str, Any]]] = field(default_factory=dict)
    reach: set[str] = field(default_factory=set)
    fills: list[Mapping[str, Any]] = field(default_factory=list)
    """What is added to members' records (`members.completing.fill`), once the states of the others are written."""
    amends: dict[int, tuple[Mapping[str, Any], Who]] = field(default_factory=dict)
    """By member what fields of the record say from now on (`members.amending.amend`), and who says so."""
    health: list[Mapping[str, Any]] = field(default_factory=list)
    """What is told of somebody's health, written once its case is."""
    shifts: dict[int, Shift] = field(default_factory=dict)
    """Units whose number of official members has changed: their tasks follow once it is written (`cases.reinforcing`)."""
    reopened: set[int] = field(default_factory=set)
    """Deadlines that are open again: whoever undoes has them counted as everything stands now (`follow_reopened`)."""
    settles: bool = True  # False in the parts of a whole: they share these two, and their caller settles at its end

    def add(self, part: str, row: Mapping[str, Any]) -> None:
        self.rows.setdefault(part, []).append(row)

    def subjects(self) -> set[tuple[str, int]]:
        """What the events gathered so far are about, as (kind, id)."""
        return {(row["subject_kind"], row["subject_id"]) for row in self.rows.get("events", [])}

    def log(self, entry: Entry) -> None:
        rows = rows_of(entry)
        self.add("events", rows.event)
        if rows.detail:
            self.add("details", rows.detail)
        if rows.health:
            self.health.append(rows.health)

    def enter(self, member: Any) -> None:
        """A person is put on a cell's lists for the first time: the row, and the words it is found by."""
        row, words = member_rows(member)
        self.add("new_members", row)
        self.rows.setdefault("words", []).extend(words)

    def stand(self, member: Any, *, placed: bool) -> None:
        """A member's row as it stands now; if the place is another, the words of the name are found there."""
        kept = vars(member)
        self.add("members", {"id": member.pk, **{name: kept[name] for name, _ in MEMBER_FIELDS}})
        if placed:
            self.add("places", {"member_id": member.pk, "unit_path": member.unit_path, "guest_path": member.guest_path})

    def turn(
        self, member: Any, since: date, entry: Entry, *, fields: Mapping[str, Any], today: date, first: bool = False,
        begins: Begins | None = None,
    ) -> None:  # fmt: skip
        """A member's history turns on a day: `fields` are the new standing, participation or unit.

        `begins`: the way of taking part is the new one from a later day on only.
        """
        names = ("unit_id", "unit_path", "standing", "participation")
        values = (
            {name: getattr(member, name) for name in names} if first else {name: fields.get(name) for name in names}
        )
        stamp = {"event_uid": entry.uid, "recorded_at": entry.recorded_at}
        meanwhile, later = (begins.meanwhile, begins.day) if begins else (None, since)
        days = {"since": since if meanwhile else later, "later": later, "meanwhile": meanwhile, "today": today}
        row = {"member_id": member.pk, **days, **values, **stamp}
        self.add("first_spells" if first else "spells", row)

    def retract(self, member: Any, entry: Entry) -> None:
        """All of a member's history counts nowhere from now on; what was known before can still be told."""
        stamp = {"event_uid": entry.uid, "recorded_at": entry.recorded_at}
        self.add("retractions", {"member_id": member.pk, **stamp})

    def close(
        self, kind: str, subject: int, day: date, uid: UUID, *, met: Rules = (), missed: Rules = (), cancelled: Rules = (),
        rest: bool = False, by_step: bool = False,
    ) -> None:  # fmt: skip
        """Open deadlines of a subject are met, missed or cancelled, by rule; `rest` cancels all that is left too.
        A rule named more than once (a last step meets a deadline and cancels all) is met before missed before cancelled.
        `by_step`: what a step cancels after its due day was missed, which no extension and no end takes back."""
        rules = {"met": list(met), "missed": list(missed), "cancelled": list(cancelled)}
        marks = {"rest": rest, "by_step": by_step, "day": day, "event_uid": uid}
        self.add("closings", {"kind": kind, "subject": subject, **rules, **marks})

    def open(
        self, drafted: Draft, clock: Clock, kind: str, subject: int, loaded: Loaded, entry: Entry, number: str
    ) -> None:
        """A deadline that an event opens: of a subject in a unit, to be met at the clock's level, here or there."""
        acting_id, acting_path = loaded.place(clock.there).at_level(clock.acting)
        unit = loaded.unit
        about = {"subject_kind": kind, "subject_id": subject, "unit_id": unit.id, "unit_path": unit.path}
        acting = {"acting_unit_id": acting_id, "acting_path": acting_path, "acting_level": clock.acting.value}
        stamp = {"occurrence": entry.uid, "opened_at": entry.recorded_at, "reference": number}
        self.add("deadlines", {**laddered(drafted, unit.ladders).columns(), **about, **acting, **stamp})

    def undo(self, kind: str, subject: int, voided: UUID, uid: UUID, loaded: Loaded | None = None) -> None:
        """Deadlines that a voided event had opened are cancelled, those it had closed are open again; of a case, where it
        stands by now: closed ones did not go along with it."""
        row = {"kind": kind, "subject": subject, "voided": voided, "event_uid": uid}
        if loaded is not None and loaded.case is not None:
            unit = loaded.unit
            row |= {"unit_id": unit.id, "unit_path": unit.path, "acting": unit.by_level(), "number": loaded.case.number}
        self.add("unclosings", row)

    def recount(self, units: Iterable[UnitRow], entry: Entry) -> None:
        """An event changed how many official members units have."""
        self.shifts.update({unit.id: Shift(unit, entry) for unit in units})

    def write(self) -> None:
        """Send everything as one statement. Raises Refused for a day on which a member's history cannot turn."""
        with reaching(self.reach) if self.reach else nullcontext():
            self._send()
            if self.settles:
                self.settle()

    def settle(self) -> int:
        """Let the tasks of cells that became too small, or large enough, follow; how many were opened."""
        shifts, self.shifts = self.shifts, {}
        return settle(self, shifts) if shifts else 0

    def _send(self) -> None:
        parts = [name for name in _PARTS if self.rows.get(name)]
        if not parts:
            return
        last = STUCK if "spells" in parts else REOPENED if "unclosings" in parts else "SELECT 1 WHERE false"
        few = max(len(self.rows[name]) for name in parts) <= _FEW
        sql = f"WITH {','.join(_part(name, 1 if len(self.rows[name]) == 1 else None) for name in parts)} {last}"
        answered = execute(sql, [dumps(self.rows[name]) for name in parts], prepared=few)
        self.rows = {}
        if self.fills:
            fill(self.fills)
            self.fills = []
        for key, (says, who) in self.amends.items():
            amend(key, says)
            follow(key, says, who)
        self.amends = {}
        if self.health:
            execute(INSERT_HEALTH, [dumps(self.health)])
            self.health = []
        if last is STUCK and answered:
            raise Refused([stuck_at(*answered[0])])
        self.reopened.update(key for (key,) in answered)
