"""The Situation of a step, from the database: everything a guard may ask is looked up when it asks, and not before."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from backend.cases.orders import Loaded
from backend.core.db import execute
from backend.deadlines.calendar import calendar
from workflows import law
from workflows.standings import Participation, Standing
from workflows.vocabulary import MeetingView, MemberView, Presence, Roll, Situation

_LEFT_OUT = (Participation.AWAY, Participation.ELSEWHERE, Participation.EXEMPT, Participation.ABROAD)
_ROLL = """
    SELECT participation, count(*), count(*) FILTER (WHERE member_id = ANY (%s))
    FROM members_spell
    WHERE unit_id = %s AND valid @> %s::date AND retracted_at IS NULL AND standing = %s
    GROUP BY participation"""
_MEETING = "SELECT id, unit_id, state, facts FROM cases_case WHERE id = %s AND lifecycle = 'meeting'"
_PEOPLE = """
    SELECT id, unit_id, standing, participation, born_on, joined_on, official_on
    FROM members_member WHERE id = ANY (%s) ORDER BY id"""
_OPEN = """
    SELECT count(*) FROM cases_case
    WHERE lifecycle = %s AND closed_on IS NULL AND state <> ''
      AND CASE WHEN %s::bigint IS NULL THEN member_id IS NULL AND unit_id = %s ELSE member_id = %s END"""


class Readings:
    """What the orders of one run have read of calendar, meetings and rolls.

    A run writes nothing before its end and its units are locked: one reading serves every guard of every order.
    """

    def __init__(self) -> None:
        self.calendar = calendar()
        self._meetings: dict[int, tuple[MeetingView | None, Mapping[str, Any]]] = {}
        self._rolls: dict[tuple[int, int | date], Roll | None] = {}

    def meeting(self, case_id: int) -> tuple[MeetingView | None, Mapping[str, Any]]:
        if case_id not in self._meetings:
            self._meetings[case_id] = _meeting(case_id)
        return self._meetings[case_id]

    def roll_at(self, unit_id: int, meeting_id: int) -> Roll | None:
        """The roll at a meeting; None where there is no such meeting of the cell or it was not held."""
        if (unit_id, meeting_id) not in self._rolls:
            self._rolls[unit_id, meeting_id] = _roll_at(unit_id, *self.meeting(meeting_id))
        return self._rolls[unit_id, meeting_id]

    def roll_on(self, unit_id: int, day: date) -> Roll:
        """The roll on a day on which nobody was counted present."""
        found = self._rolls.get((unit_id, day)) or roll_on(unit_id, day, ())
        self._rolls[unit_id, day] = found
        return found


def situation(
    loaded: Loaded, facts: Mapping[str, Any], *, on: date, today: date, readings: Readings | None = None
) -> Situation:
    """What the guards and the step of one order may look at; `readings` are shared by the orders of one run."""
    case, seen = loaded.case, readings or Readings()
    return Situation(
        on=on,
        today=today,
        facts=facts,
        calendar=seen.calendar,
        subject=loaded.subject,
        member=loaded.member,
        unit_id=loaded.unit.id,
        past=dict(case.facts) if case is not None else {},
        look_up=law.rule,
        roll_at=lambda meeting: seen.roll_at(loaded.unit.id, meeting),
        roll_on=lambda day: seen.roll_on(loaded.unit.id, day),
        meeting=lambda case_id: seen.meeting(case_id)[0],
        members=people,
        open_cases=lambda key: _open_cases(loaded, key),
        packs=frozenset(loaded.unit.settings.get("packs", ())),
    )


def roll_on(unit_id: int, day: date, present: Iterable[int]) -> Roll:
    """The official members of a cell on a day, as known now (294-QĐ/TW 9.3.2 for who is left out)."""
    rows = execute(_ROLL, [list(present), unit_id, day, Standing.OFFICIAL.value])
    here = {word: (total, came) for word, total, came in rows}
    return Roll(
        official=sum(total for total, _ in here.values()),
        left_out=sum(total - came for word, (total, came) in here.items() if word in _LEFT_OUT),
        suspended=here.get(Participation.SUSPENDED, (0, 0))[0],
        in_transit=here.get(Participation.IN_TRANSIT, (0, 0))[0],
        exempt=here.get(Participation.EXEMPT, (0, 0))[0],
        present=sum(came for _, came in here.values()),
    )


def _roll_at(unit_id: int, view: MeetingView | None, facts: Mapping[str, Any]) -> Roll | None:
    if view is None or view.held_on is None or view.unit_id != unit_id:
        return None
    roll_call = facts.get("roll_call")
    if not roll_call:
        return None  # the guards then take the day's list, with a caution
    present = [int(key) for key, word in roll_call.items() if word == Presence.PRESENT]
    return roll_on(unit_id, view.held_on, present)


def _meeting(case_id: int) -> tuple[MeetingView | None, Mapping[str, Any]]:
    rows = execute(_MEETING, [case_id])
    if not rows:
        return None, {}
    key, unit_id, state, facts = rows[0]
    held = facts.get("held_on")
    return MeetingView(key, unit_id, date.fromisoformat(held) if held else None, state), facts


def people(ids: Iterable[int]) -> list[MemberView]:
    """Members named in a fact, inside the transaction's scope."""
    return [MemberView(*row) for row in execute(_PEOPLE, [list(ids)])]


def _open_cases(loaded: Loaded, lifecycle: str) -> int:
    member = loaded.member.pk if loaded.member is not None else None
    return int(execute(_OPEN, [lifecycle, member, loaded.unit.id, member])[0][0])
